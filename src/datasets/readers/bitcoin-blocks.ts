// Bitcoin blocks as the network sends them (the protocol's own serialisation, with BIP 144 witnesses where present):
// headers, transactions, outputs. The block's hash is computed from its header; nothing is taken on trust.
import { createHash } from "node:crypto";
import { TracewireError } from "../../errors.ts";
import type { DatasetReader, Row, SourceFile } from "../reader.ts";

const MAGIC = 0xd9b4bef9;
const SATOSHI_PER_BITCOIN = 100_000_000n;
const LIST_MAX = 1_000_000;

export const bitcoinBlocks: DatasetReader = {
  format: "bitcoin-blocks",
  version: "1",
  title: "Bitcoin blocks, as mined",
  publisher: "the Bitcoin network, as kept by the btcd project",
  files: "files of raw blocks, each behind the network’s magic number and its length",
  grade: "original",
  source_grade: "A",
  item_grade: "1",
  lacks: "The genesis block is not among them; a height is a block’s place in the file, checked by the hash of the block before.",
  recognises: (name) => /^blocks?[\d-]*\.(dat|blk|bin)$/.test(name),
  read(files) {
    const blocks: Row[] = [];
    const transactions: Row[] = [];
    const outputs: Row[] = [];
    for (const file of files) {
      let previous: string | undefined;
      const firstHeight = Number(/blocks(\d+)-/.exec(file.name)?.[1] ?? "1");
      for (const [at, bytes] of framed(file).entries()) {
        const block = readBlock(bytes, `${file.name}, block ${at + 1}`);
        if (previous !== undefined && block.previous !== previous)
          throw new TracewireError("BAD_INPUT", { what: "It does not follow the block before it", where: `${file.name}, block ${at + 1}` });
        previous = block.hash;
        const height = String(firstHeight + at);
        blocks.push({ height, hash: block.hash, time: block.time, transactions: String(block.transactions.length) });
        for (const [index, transaction] of block.transactions.entries()) {
          transactions.push({
            height,
            index: String(index),
            txid: transaction.txid,
            time: block.time,
            is_reward: transaction.is_reward ? "yes" : "no",
            inputs: String(transaction.inputs),
            outputs: String(transaction.outputs.length),
          });
          for (const [vout, satoshi] of transaction.outputs.entries())
            outputs.push({
              txid: transaction.txid,
              vout: String(vout),
              height,
              is_reward: transaction.is_reward ? "yes" : "no",
              bitcoin: formatBitcoin(satoshi),
            });
        }
      }
    }
    return {
      tables: [
        { name: "blocks", columns: ["height", "hash", "time", "transactions"], key: ["height"], rows: blocks },
        {
          name: "transactions",
          columns: ["height", "index", "txid", "time", "is_reward", "inputs", "outputs"],
          key: ["txid"],
          rows: transactions,
        },
        { name: "outputs", columns: ["txid", "vout", "height", "is_reward", "bitcoin"], key: ["txid", "vout"], rows: outputs },
      ],
    };
  },
};

function framed(file: SourceFile): Buffer[] {
  const bytes = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength);
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 8 > bytes.length || bytes.readUInt32LE(at) !== MAGIC)
      throw new TracewireError("BAD_INPUT", { what: "The network’s magic number is missing", where: `${file.name}, byte ${at}` });
    const length = bytes.readUInt32LE(at + 4);
    if (at + 8 + length > bytes.length)
      throw new TracewireError("BAD_INPUT", { what: "The last block is cut off", where: `${file.name}, byte ${at}` });
    blocks.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return blocks;
}

type Transaction = { txid: string; inputs: number; outputs: bigint[]; is_reward: boolean };
type Block = { hash: string; previous: string; time: string; transactions: Transaction[] };

function readBlock(bytes: Buffer, where: string): Block {
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
  const readTransaction = (): Transaction => {
    const start = at;
    at += 4;
    const hasWitness = bytes[at] === 0 && bytes[at + 1] === 1;
    if (hasWitness) at += 2;
    const coreStart = at;
    const inputs = varint();
    let is_reward = false;
    for (let i = 0; i < inputs; i++) {
      // A reward spends the output numbered 2^32 - 1 of no transaction.
      if (i === 0) is_reward = bytes.readUInt32LE(at + 32) === 0xffffffff && bytes.subarray(at, at + 32).every((byte) => byte === 0);
      at += 36;
      skip(4);
    }
    const outputs: bigint[] = [];
    for (let i = varint(); i > 0; i--) {
      outputs.push(bytes.readBigUInt64LE(at));
      at += 8;
      skip(0);
    }
    const coreEnd = at;
    if (hasWitness) for (let i = 0; i < inputs; i++) for (let items = varint(); items > 0; items--) skip(0);
    at += 4;
    const core = Buffer.concat([bytes.subarray(start, start + 4), bytes.subarray(coreStart, coreEnd), bytes.subarray(at - 4, at)]);
    return { txid: hashOf(core), inputs, outputs, is_reward };
  };
  try {
    const transactions: Transaction[] = [];
    for (let i = varint(); i > 0; i--) transactions.push(readTransaction());
    if (at !== bytes.length) throw new RangeError("bytes are left over");
    return {
      hash: hashOf(bytes.subarray(0, 80)),
      previous: Buffer.from(bytes.subarray(4, 36)).reverse().toString("hex"),
      time: new Date(bytes.readUInt32LE(68) * 1000).toISOString().replace(".000Z", "Z"),
      transactions,
    };
  } catch (error) {
    if (error instanceof TracewireError) throw error;
    throw new TracewireError("BAD_INPUT", { what: `The block cannot be read: ${(error as Error).message}`, where, cause: error });
  }
}

/** Twice SHA-256, printed from the last byte to the first, as everybody does. */
function hashOf(bytes: Buffer): string {
  const once = createHash("sha256").update(bytes).digest();
  return createHash("sha256").update(once).digest().reverse().toString("hex");
}

function formatBitcoin(satoshi: bigint): string {
  const fraction = (satoshi % SATOSHI_PER_BITCOIN).toString().padStart(8, "0").replace(/0+$/, "");
  return `${satoshi / SATOSHI_PER_BITCOIN}${fraction ? `.${fraction}` : ""}`;
}
