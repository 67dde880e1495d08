// Addresses in base58: nearly all with four bytes of checksum behind, each alphabet and each version byte a chain's own.
// Case is part of every such address and is never folded.
import { base58, base58xmr, base58xrp } from "@scure/base";
import { keccak256, sameBytes, sha256, type AddressRule } from "./address-rule.ts";

const CHECKSUM_LENGTH = 4;

type Versions = Record<string, string | { kind: string; rewrite: (hash: Uint8Array) => { address: string; display: string } }>;

/**
 * `versions`: by the leading bytes in hexadecimal, what such an address pays to. A version that is only an older spelling
 * is rewritten from its hash, so that both spellings are one account. `ripple`: XRP's order of the alphabet.
 */
export function base58Check(versions: Versions, { hash_length = 20, ripple = false } = {}): AddressRule {
  const version_length = Object.keys(versions)[0]!.length / 2;
  const length = version_length + hash_length + CHECKSUM_LENGTH;
  return (text) => {
    if (!/^[1-9A-HJ-NP-Za-km-z]{25,40}$/.test(text)) return undefined;
    const { bytes, holds } = decoded(text, ripple);
    if (bytes.length !== length) return undefined;
    const version = Object.entries(versions).find(([lead]) => Buffer.from(bytes.subarray(0, version_length)).toString("hex") === lead)?.[1];
    if (version === undefined) return undefined;
    const body = bytes.subarray(0, -CHECKSUM_LENGTH);
    if (!holds)
      return { outcome: "checksum", reason: "its last four bytes are not the checksum of those before them (base58check)" };
    if (typeof version === "string") return { outcome: "valid", address: text, display: text, kind: version, checksum: "held" };
    return { outcome: "valid", ...version.rewrite(body.subarray(version_length)), kind: version.kind, checksum: "held" };
  };
}

/** Of each alphabet the last text: a text whose chain is not said is tried on every chain, and most write alike. */
const last: Record<"plain" | "ripple", { text: string; bytes: Uint8Array; holds: boolean }> = {
  plain: { text: "", bytes: new Uint8Array(), holds: false },
  ripple: { text: "", bytes: new Uint8Array(), holds: false },
};

function decoded(text: string, ripple: boolean): { bytes: Uint8Array; holds: boolean } {
  const name = ripple ? "ripple" : "plain";
  if (last[name].text !== text) {
    const bytes = (ripple ? base58xrp : base58).decode(text);
    const sum = sha256(sha256(bytes.subarray(0, -CHECKSUM_LENGTH))).subarray(0, CHECKSUM_LENGTH);
    last[name] = { text, bytes, holds: sameBytes(sum, bytes.subarray(-CHECKSUM_LENGTH)) };
  }
  return last[name];
}

/** The spelling of a hash under a version byte. */
export function writeBase58Check(version: string, hash: Uint8Array): string {
  const body = Buffer.concat([Buffer.from(version, "hex"), hash]);
  return base58.encode(Buffer.concat([body, sha256(sha256(body)).subarray(0, CHECKSUM_LENGTH)]));
}

/** Solana: 32 bytes and no checksum at all, so a mistyped one is another address. */
export const solanaAddress: AddressRule = (text) => {
  if (!/^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(text) || base58.decode(text).length !== 32) return undefined;
  return { outcome: "valid", address: text, display: text, kind: "account or program", checksum: "absent" };
};

/** Monero's network bytes (src/cryptonote_config.h), each with the length that follows from what it holds. */
const MONERO: Record<number, { kind: string; length: number }> = {
  18: { kind: "standard address", length: 69 },
  19: { kind: "integrated address", length: 77 },
  42: { kind: "subaddress", length: 69 },
};

export const moneroAddress: AddressRule = (text) => {
  if (!/^[48][1-9A-HJ-NP-Za-km-z]{94}([1-9A-HJ-NP-Za-km-z]{11})?$/.test(text)) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = base58xmr.decode(text);
  } catch {
    // Monero's base58 works in blocks of eight bytes, and a changed letter can make a block that no bytes give.
    return { outcome: "checksum", reason: "a block of it stands for no bytes (Monero’s base58)" };
  }
  const known = MONERO[bytes[0]!];
  if (known?.length !== bytes.length) return { outcome: "form", reason: "its first byte or its length is of no kind of Monero address" };
  if (!sameBytes(keccak256(bytes.subarray(0, -CHECKSUM_LENGTH)).subarray(0, CHECKSUM_LENGTH), bytes.subarray(-CHECKSUM_LENGTH)))
    return { outcome: "checksum", reason: "its last four bytes are not the checksum of those before them" };
  return { outcome: "valid", address: text, display: text, kind: known.kind, checksum: "held" };
};
