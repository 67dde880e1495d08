// Addresses in base 32: segregated witness in bech32 and bech32m (BIP-173, BIP-350), and Bitcoin Cash's own form. All
// small or all capital is the same address, mixed is none.
import { bech32, bech32m } from "@scure/base";
import type { AddressRule } from "./address-rule.ts";

const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const WITNESS_VERSION_MAX = 16;
const MIXED = { outcome: "form", reason: "capital and small letters are mixed, which this form forbids" } as const;

const isMixed = (text: string) => text !== text.toLowerCase() && text !== text.toUpperCase();

export function segwitAddress(prefix: string): AddressRule {
  return (text) => {
    const small = text.toLowerCase();
    if (!new RegExp(`^${prefix}1[a-z0-9]{1,86}$`).test(small)) return undefined;
    if (isMixed(text)) return MIXED;
    const [plain, modified] = [bech32.decodeUnsafe(small), bech32m.decodeUnsafe(small)];
    const decoded = plain ?? modified;
    if (!decoded) return { outcome: "checksum", reason: "its last six letters are not the checksum of the rest (bech32)" };
    const [version, ...words] = decoded.words;
    if (version === undefined) return { outcome: "form", reason: "its checksum holds, but there is nothing before it" };
    // BIP-350: version 0 is written in bech32, every later one in bech32m; the other way round is refused.
    if ((version === 0) !== (plain !== undefined))
      return {
        outcome: "checksum",
        reason: `its checksum is that of ${plain ? "bech32" : "bech32m"}, and witness version ${version} needs the other (BIP-350)`,
      };
    const program = bech32.fromWordsUnsafe(words);
    if (version > WITNESS_VERSION_MAX || !program || program.length < 2 || program.length > 40)
      return { outcome: "form", reason: "its checksum holds, but it holds no witness program (BIP-141)" };
    if (version === 0 && program.length !== 20 && program.length !== 32)
      return { outcome: "form", reason: "its checksum holds, but a program of version 0 has 20 or 32 bytes (BIP-141)" };
    return { outcome: "valid", address: small, display: small, kind: witnessKind(version, program.length), checksum: "held" };
  };
}

function witnessKind(version: number, length: number): string {
  if (version === 0) return length === 20 ? "P2WPKH" : "P2WSH";
  if (version === 1 && length === 32) return "taproot";
  return `witness version ${version}`;
}

/** Zcash's shielded Sapling address: plain bech32 of 43 bytes (ZIP 32, protocol §5.6.3.1). */
export const saplingAddress: AddressRule = (text) => {
  const small = text.toLowerCase();
  if (!/^zs1[a-z0-9]{75}$/.test(small)) return undefined;
  if (isMixed(text)) return MIXED;
  const decoded = bech32.decodeUnsafe(small);
  if (!decoded) return { outcome: "checksum", reason: "its last six letters are not the checksum of the rest (bech32)" };
  return { outcome: "valid", address: small, display: small, kind: "Sapling", checksum: "held" };
};

/** Generators of the code over GF(2^40) that Bitcoin Cash's address specification gives. */
const GENERATORS = [0x98f2bc8e61n, 0x79b76d99e2n, 0xf33e5fb3c4n, 0xae2eabe2a8n, 0x1e4f43e470n];
/** By the four bits of type: what it pays to. 2 and 3 are the same accounts, written by wallets that know tokens (CHIP-2022-02). */
const CASH_KINDS = ["P2PKH", "P2SH", "P2PKH", "P2SH"];
const CASH_PREFIX = "bitcoincash";

/** The account is the same with the prefix and without; it is compared without, because CAIP-10 has no room for a colon. */
export const cashAddress: AddressRule = (text) => {
  const bare = text.replace(/^bitcoincash:/i, "");
  if (!/^[qpzr][a-z0-9]{41}(?:[a-z0-9]{0,62})$/i.test(bare)) return undefined;
  if (isMixed(text)) return MIXED;
  const small = bare.toLowerCase();
  const words = [...small].map((letter) => ALPHABET.indexOf(letter));
  if (words.includes(-1)) return undefined;
  if (polymod([...cashPrefixWords(), ...words]) !== 0n)
    return { outcome: "checksum", reason: "its last eight letters are not the checksum of the rest (CashAddr)" };
  const bytes = bech32.fromWordsUnsafe(words.slice(0, -8));
  const kind = bytes && CASH_KINDS[bytes[0]! >> 3];
  // The low three bits say how long the hash is: 0 for 20 bytes, 3 for 32, which only a script's hash has.
  const length = { 0: 20, 3: 32 }[(bytes?.[0] ?? 7) & 7];
  if (!kind || bytes.length !== 1 + (length ?? 0) || (length === 32 && kind !== "P2SH"))
    return { outcome: "form", reason: "its checksum holds, but it is of no kind that Bitcoin Cash has" };
  return { outcome: "valid", ...writeCashAddress(kind === "P2PKH" ? 0 : 1, bytes.subarray(1)), kind, checksum: "held" };
};

/** `type` 0 for P2PKH, 1 for P2SH; a hash of 20 or 32 bytes. Shown with the prefix, compared without it. */
export function writeCashAddress(type: 0 | 1, hash: Uint8Array): { address: string; display: string } {
  const words = bech32.toWords(Buffer.concat([Buffer.from([(type << 3) | (hash.length === 32 ? 3 : 0)]), hash]));
  const sum = polymod([...cashPrefixWords(), ...words, ...Array<number>(8).fill(0)]);
  const tail = Array.from({ length: 8 }, (_, at) => Number((sum >> BigInt(5 * (7 - at))) & 31n));
  const address = [...words, ...tail].map((word) => ALPHABET[word]).join("");
  return { address, display: `${CASH_PREFIX}:${address}` };
}

const cashPrefixWords = () => [...[...CASH_PREFIX].map((letter) => letter.charCodeAt(0) & 31), 0];

function polymod(words: readonly number[]): bigint {
  let sum = 1n;
  for (const word of words) {
    const top = sum >> 35n;
    sum = ((sum & 0x07ffffffffn) << 5n) ^ BigInt(word);
    for (const [at, generator] of GENERATORS.entries()) if ((top >> BigInt(at)) & 1n) sum ^= generator;
  }
  return sum ^ 1n;
}
