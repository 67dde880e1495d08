// Bitcoin blocks as tables: blocks, transactions, outputs.
import { BITCOIN_MAGIC, readBitcoinBlock } from "../../chains/chains.ts";
import { TracewireError } from "../../errors.ts";
import type { DatasetReader, Row, SourceFile } from "../reader.ts";

const SATOSHI_PER_BITCOIN = 100_000_000n;

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
        const block = readBitcoinBlock(bytes, `${file.name}, block ${at + 1}`);
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
            // A reward is written with one input that spends nothing.
            inputs: String(transaction.is_reward ? 1 : transaction.inputs.length),
            outputs: String(transaction.outputs.length),
          });
          for (const [vout, { satoshi }] of transaction.outputs.entries())
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
    if (at + 8 > bytes.length || bytes.readUInt32LE(at) !== BITCOIN_MAGIC)
      throw new TracewireError("BAD_INPUT", { what: "The network’s magic number is missing", where: `${file.name}, byte ${at}` });
    const length = bytes.readUInt32LE(at + 4);
    if (at + 8 + length > bytes.length)
      throw new TracewireError("BAD_INPUT", { what: "The last block is cut off", where: `${file.name}, byte ${at}` });
    blocks.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return blocks;
}

function formatBitcoin(satoshi: bigint): string {
  const fraction = (satoshi % SATOSHI_PER_BITCOIN).toString().padStart(8, "0").replace(/0+$/, "");
  return `${satoshi / SATOSHI_PER_BITCOIN}${fraction ? `.${fraction}` : ""}`;
}
