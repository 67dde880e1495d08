// What is moved, named across chains: CAIP-19, a chain's own coin by SLIP-44 and a token by its contract.
import { findChain } from "./chain-table.ts";
import { readAddress } from "./read-address.ts";

export type AssetId = {
  /** CAIP-2. */
  chain: string;
  /** "slip44", "erc20", "erc721" … */
  namespace: string;
  /** A coin type, or a contract in the form used for equality. */
  reference: string;
  /** One token of many, where the namespace has such. */
  token_id?: string;
};
export type AssetReading = ({ outcome: "asset"; id: string } & AssetId) | { outcome: "not_an_asset"; reason: string };

/** Namespaces whose reference is an address of the chain, and is folded and checked as one. */
const CONTRACTS = new Set(["erc20", "erc721", "erc1155", "bep20", "trc20", "token", "nft"]);

/** `text`: "eip155:1/erc20:0x…", "bip122:…/slip44:0", "eip155:1/erc721:0x…/771769". */
export function parseAssetId(text: string): AssetReading {
  const match = /^([^/\s]+)\/([-a-z0-9]{3,8}):([-.%a-zA-Z0-9]{1,128})(?:\/([-.%a-zA-Z0-9]{1,78}))?$/.exec(text.trim());
  if (!match) return { outcome: "not_an_asset", reason: "an asset is written chain/namespace:reference (CAIP-19)" };
  const [, chain_text, namespace, written, token_id] = match as unknown as [string, string, string, string, string?];
  const chain = findChain(chain_text);
  if (!chain) return { outcome: "not_an_asset", reason: `“${chain_text}” is no chain id (CAIP-2)` };
  if (namespace === "slip44" && !/^(0|[1-9]\d{0,9})$/.test(written))
    return { outcome: "not_an_asset", reason: `“${written}” is no coin type of SLIP-44` };
  let reference = written;
  if (CONTRACTS.has(namespace)) {
    const contract = readAddress(written, { chain: chain.id });
    if (contract.outcome !== "address")
      return { outcome: "not_an_asset", reason: `its contract: ${"reason" in contract ? contract.reason : "not an address"}` };
    reference = contract.address;
  }
  const asset: AssetId = { chain: chain.id, namespace, reference, ...(token_id === undefined ? {} : { token_id }) };
  return { outcome: "asset", id: formatAssetId(asset), ...asset };
}

export function formatAssetId({ chain, namespace, reference, token_id }: AssetId): string {
  return `${chain}/${namespace}:${reference}${token_id === undefined ? "" : `/${token_id}`}`;
}

/** A chain's own coin, such as "eip155:1/slip44:60"; undefined where its coin type is not known. */
export function nativeAsset(chain: string): string | undefined {
  const known = findChain(chain);
  if (!known || known.slip44 < 0) return undefined;
  return formatAssetId({ chain: known.id, namespace: "slip44", reference: String(known.slip44) });
}
