// Bitcoin blocks as the network sends them (the protocol's own serialisation, with BIP 144 witnesses where present):
// headers, transactions, what they spend and what they pay. Hashes are computed from the bytes; nothing is taken on trust.
import { createHash, hash } from "node:crypto";
import { bech32, bech32m } from "@scure/base";
import { TracewireError } from "../errors.ts";
import { writeBase58Check } from "./base58-address.ts";

/** In front of every block in a file, before its length. */
export const BITCOIN_MAGIC = 0xd9b4bef9;

const LIST_MAX = 1_000_000;
/** From this block on, every coinbase states its height first (BIP 34). */
const HEIGHT_STATED_FROM = 227_931;

export type BitcoinOutput = { satoshi: bigint; script: Uint8Array };
export type BitcoinTransaction = {
  txid: string;
  /** Whether it makes the block's new coins: it then spends nothing. */
  is_reward: boolean;
  inputs: { txid: string; vout: number }[];
  outputs: BitcoinOutput[];
};
export type BitcoinBlock = {
  hash: string;
  previous: string;
  /** UTC, to the second. */
  time: string;
  /** As its own coinbase states it; undefined before BIP 34. */
  height: number | undefined;
  transactions: BitcoinTransaction[];
};

/** Throws BAD_INPUT at `where` for bytes that are no whole block. */
export function readBitcoinBlock(bytes: Buffer, where: string): BitcoinBlock {
  let at = 80;
  const varint = (): number => {
    const first = bytes[at++]!;
    const width = first < 0xfd ? 0 : first === 0xfd ? 2 : first === 0xfe ? 4 : 8;
    if (width === 0) return first;
    const value = width === 8 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUIntLE(at, width);
    at += width;
    if (value > LIST_MAX) throw new TracewireError("BAD_INPUT", { what: `A list of ${value} items`, where });
    return value;
  };
  // The length is read first: `at += varint()` would add to where the length began.
  const skip = (beyond: number): void => {
    const length = varint();
    at += length + beyond;
  };
  let height: number | undefined;
  const readTransaction = (): BitcoinTransaction => {
    const start = at;
    at += 4;
    const hasWitness = bytes[at] === 0 && bytes[at + 1] === 1;
    if (hasWitness) at += 2;
    const coreStart = at;
    const inputs = Array.from({ length: varint() }, () => {
      const input = { txid: Buffer.from(bytes.subarray(at, at + 32)).reverse().toString("hex"), vout: bytes.readUInt32LE(at + 32) };
      at += 36;
      if (/^0{64}$/.test(input.txid)) height = statedHeight(bytes, at);
      skip(4);
      return input;
    });
    // A reward spends the output numbered 2^32 - 1 of no transaction.
    const is_reward = inputs[0]?.vout === 0xffffffff && /^0{64}$/.test(inputs[0].txid);
    const outputs = Array.from({ length: varint() }, () => {
      const satoshi = bytes.readBigUInt64LE(at);
      at += 8;
      const length = varint();
      const script = bytes.subarray(at, at + length);
      at += length;
      return { satoshi, script };
    });
    const coreEnd = at;
    if (hasWitness) for (let i = 0; i < inputs.length; i++) for (let items = varint(); items > 0; items--) skip(0);
    at += 4;
    const core = Buffer.concat([bytes.subarray(start, start + 4), bytes.subarray(coreStart, coreEnd), bytes.subarray(at - 4, at)]);
    return { txid: hashOf(core), is_reward, inputs: is_reward ? [] : inputs, outputs };
  };
  try {
    const transactions: BitcoinTransaction[] = [];
    for (let i = varint(); i > 0; i--) transactions.push(readTransaction());
    if (at !== bytes.length) throw new RangeError("bytes are left over");
    return {
      hash: hashOf(bytes.subarray(0, 80)),
      previous: Buffer.from(bytes.subarray(4, 36)).reverse().toString("hex"),
      time: new Date(bytes.readUInt32LE(68) * 1000).toISOString().replace(".000Z", "Z"),
      height: height !== undefined && height >= HEIGHT_STATED_FROM ? height : undefined,
      transactions,
    };
  } catch (error) {
    if (error instanceof TracewireError) throw error;
    throw new TracewireError("BAD_INPUT", { what: `The block cannot be read: ${(error as Error).message}`, where, cause: error });
  }
}

function statedHeight(bytes: Buffer, at: number): number | undefined {
  // Behind the script's own length: a push of three bytes, which holds for heights from 32,768 to 8,388,607.
  return bytes[at + 1] === 3 ? bytes.readUIntLE(at + 2, 3) : undefined;
}

/** The address that a script pays to, as wallets write it; undefined where no one address stands for it. */
export function bitcoinAddressOf(script: Uint8Array): string | undefined {
  const length = script.length;
  // OP_DUP OP_HASH160 <20> OP_EQUALVERIFY OP_CHECKSIG; OP_HASH160 <20> OP_EQUAL.
  if (length === 25 && script[0] === 0x76 && script[1] === 0xa9 && script[2] === 20 && script[23] === 0x88 && script[24] === 0xac)
    return writeBase58Check("00", script.subarray(3, 23));
  if (length === 23 && script[0] === 0xa9 && script[1] === 20 && script[22] === 0x87) return writeBase58Check("05", script.subarray(2, 22));
  // A bare public key, as the first blocks paid it: its owner is whom the hash of the key names.
  if ((length === 67 || length === 35) && script[0] === length - 2 && script[length - 1] === 0xac)
    return writeBase58Check("00", hash("ripemd160", hash("sha256", script.subarray(1, -1), "buffer"), "buffer"));
  // OP_0 or OP_1 to OP_16, then a program of 2 to 40 bytes (BIP 141); version 0 in bech32, later ones in bech32m (BIP 350).
  const version = script[0] === 0 ? 0 : script[0]! >= 0x51 && script[0]! <= 0x60 ? script[0]! - 0x50 : undefined;
  if (version === undefined || script[1] !== length - 2 || length < 4 || length > 42) return undefined;
  if (version === 0 && length !== 22 && length !== 34) return undefined;
  const code = version === 0 ? bech32 : bech32m;
  return code.encode("bc", [version, ...code.toWords(script.subarray(2))]);
}

/** Twice SHA-256, printed from the last byte to the first, as everybody does. */
function hashOf(bytes: Buffer): string {
  const once = createHash("sha256").update(bytes).digest();
  return createHash("sha256").update(once).digest().reverse().toString("hex");
}
