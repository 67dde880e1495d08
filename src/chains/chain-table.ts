// The chains whose addresses are understood, as data: CAIP-2 id, what its coin is called, how its addresses are written.
// A chain joins by one entry.
import type { AddressRule } from "./address-rule.ts";
import { base58Check, moneroAddress, solanaAddress, writeBase58Check } from "./base58-address.ts";
import { cashAddress, saplingAddress, segwitAddress, writeCashAddress } from "./bech32-address.ts";
import { evmAddress } from "./evm-address.ts";

export type Chain = {
  /** CAIP-2; of a chain that split from another, its first block of its own (CASA's bip122 namespace). */
  id: string;
  name: string;
  /** Symbols by which lists and tags name it or its coin; XBT is OFAC's and ISO 4217's for bitcoin. */
  symbols: readonly string[];
  /** Coin type of SLIP-44, as CAIP-19 names a chain's own coin. */
  slip44: number;
  /** Tried in order. */
  rules: readonly AddressRule[];
};

const oldCash = (type: 0 | 1, kind: string) => ({ kind, rewrite: (hash: Uint8Array) => writeCashAddress(type, hash) });

const newLitecoin = (hash: Uint8Array) => {
  const address = writeBase58Check("32", hash);
  return { address, display: address };
};

const evm = (reference: number, name: string, slip44: number, ...symbols: string[]): Chain => ({
  id: `eip155:${reference}`,
  name,
  symbols,
  slip44,
  rules: [evmAddress],
});

export const CHAINS: readonly Chain[] = [
  {
    id: "bip122:000000000019d6689c085ae165831e93",
    name: "Bitcoin",
    symbols: ["XBT", "BTC"],
    slip44: 0,
    rules: [base58Check({ "00": "P2PKH", "05": "P2SH" }), segwitAddress("bc")],
  },
  evm(1, "Ethereum", 60, "ETH"),
  {
    id: "tron:0x2b6653dc",
    name: "Tron",
    symbols: ["TRX"],
    slip44: 195,
    rules: [base58Check({ "41": "account or contract" })],
  },
  {
    // Block 478559, the first that Bitcoin does not share. Some name the block after it: see ALIASES.
    id: "bip122:000000000000000000651ef99cb9fcbe",
    name: "Bitcoin Cash",
    symbols: ["BCH"],
    slip44: 145,
    rules: [cashAddress, base58Check({ "00": oldCash(0, "P2PKH"), "05": oldCash(1, "P2SH") })],
  },
  {
    // Block 556767, the first that Bitcoin Cash does not share.
    id: "bip122:000000000000000001d956714215d96f",
    name: "Bitcoin SV",
    symbols: ["BSV", "BCHSV"],
    slip44: 236,
    rules: [base58Check({ "00": "P2PKH", "05": "P2SH" })],
  },
  {
    id: "bip122:12a765e31ffd4059bada1e25190f6e98",
    name: "Litecoin",
    symbols: ["LTC"],
    slip44: 2,
    // Version 5 is the spelling before 2017, the same as Bitcoin's, and was given up for that reason.
    rules: [base58Check({ "30": "P2PKH", "32": "P2SH", "05": { kind: "P2SH", rewrite: newLitecoin } }), segwitAddress("ltc")],
  },
  {
    id: "bip122:1a91e3dace36e2be3bf030a65679fe82",
    name: "Dogecoin",
    symbols: ["DOGE"],
    slip44: 3,
    rules: [base58Check({ "1e": "P2PKH", "16": "P2SH" })],
  },
  {
    id: "bip122:00000ffd590b1485b3caadc19b22e637",
    name: "Dash",
    symbols: ["DASH"],
    slip44: 5,
    rules: [base58Check({ "4c": "P2PKH", "10": "P2SH" })],
  },
  {
    id: "bip122:00040fe8ec8471911baa1db1266ea15d",
    name: "Zcash",
    symbols: ["ZEC"],
    slip44: 133,
    // Unified addresses (u1…) are jumbled over their whole length (ZIP 316): their rule is not known here.
    rules: [base58Check({ "1cb8": "P2PKH", "1cbd": "P2SH" }), saplingAddress],
  },
  {
    // The hash of its first own block (491407) is not at hand, so the chain goes by its name here.
    id: "bip122:bitcoin-gold",
    name: "Bitcoin Gold",
    symbols: ["BTG"],
    slip44: 156,
    rules: [base58Check({ "26": "P2PKH", "17": "P2SH" }), segwitAddress("btg")],
  },
  {
    id: "bip122:00000fc63692467faeb20cdb3b53200d",
    name: "Verge",
    symbols: ["XVG"],
    slip44: 77,
    rules: [base58Check({ "1e": "P2PKH", "21": "P2SH" })],
  },
  { id: "monero:418015bb9ae982a1975da7d79277c270", name: "Monero", symbols: ["XMR"], slip44: 128, rules: [moneroAddress] },
  {
    id: "xrpl:0",
    name: "XRP Ledger",
    symbols: ["XRP"],
    slip44: 144,
    rules: [base58Check({ "00": "account" }, { ripple: true })],
  },
  { id: "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp", name: "Solana", symbols: ["SOL"], slip44: 501, rules: [solanaAddress] },
  evm(10, "OP Mainnet", 60, "OP"),
  evm(56, "BNB Smart Chain", 714, "BSC", "BNB"),
  evm(61, "Ethereum Classic", 61, "ETC"),
  evm(137, "Polygon", 966, "POL", "MATIC"),
  evm(8453, "Base", 60, "BASE"),
  evm(42161, "Arbitrum One", 60, "ARB"),
  evm(43114, "Avalanche C-Chain", 9000, "AVAX"),
];

/** Tokens that lists name by their symbol alone: on which chains such an address may stand. */
const TOKENS: Record<string, readonly string[]> = {
  USDT: ["Ethereum", "Tron", "Bitcoin"], // On Bitcoin by the Omni layer.
  USDC: ["Ethereum"],
};

/** Other ids in use for a chain of the table. */
const ALIASES: Record<string, string> = {
  "bip122:000000000000000000b15ad892af8f6a": "bip122:000000000000000000651ef99cb9fcbe",
  "tron:mainnet": "tron:0x2b6653dc",
};

const byId = new Map(CHAINS.map((chain) => [chain.id, chain]));

export const isChainId = (text: string): boolean => /^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$/.test(text);

/**
 * The chain of a CAIP-2 id. Every eip155 chain writes addresses alike, so one that is not in the table is understood as
 * well; any other unknown chain has no rules. Undefined where the text is no CAIP-2 id.
 */
export function findChain(id: string): Chain | undefined {
  const known = byId.get(ALIASES[id] ?? id);
  if (known || !isChainId(id)) return known;
  const isEvm = /^eip155:[1-9]\d*$/.test(id);
  return {
    id,
    name: isEvm ? `EVM chain ${id.slice("eip155:".length)}` : id,
    symbols: [],
    slip44: isEvm ? 60 : -1,
    rules: isEvm ? [evmAddress] : [],
  };
}

/** Chains that a list's or a tag's symbol may mean ("XBT", "USDT"); empty where it is not known. */
export function chainsOfSymbol(symbol: string): readonly Chain[] {
  const upper = symbol.toUpperCase();
  const token = TOKENS[upper];
  return CHAINS.filter((chain) => (token ? token.includes(chain.name) : chain.symbols.includes(upper)));
}
