// Raw Bitcoin blocks as transactions with inputs and outputs. Ids are hashes of the bytes, so this is an original: nobody
// had to be believed.
import { BITCOIN_MAGIC, bitcoinAddressOf, readBitcoinBlock, type BitcoinBlock } from "../../chains/chains.ts";
import { TracewireError } from "../../errors.ts";
import type { UtxoCells } from "../set-row.ts";
import type { InputFile, ReadRow, TransferReader } from "./reader.ts";

const BITCOIN = "bip122:000000000019d6689c085ae165831e93";
const BLOCK_BYTES_MAX = 32 * 2 ** 20;

export const bitcoinBlock: TransferReader = {
  format: "bitcoin-block",
  version: "1",
  kind: "utxo",
  title: "Bitcoin blocks, as mined",
  publisher: "the Bitcoin network",
  files: "files of raw blocks, each behind the network’s magic number and its length (blk….dat)",
  lacks: "Blocks that are not in the files: an input that spends an output of one of them is of unknown value.",
  grade: "original",
  source_grade: "A",
  item_grade: "1",
  own_names: /\.(dat|blk|bin)$/,
  recognises: (name, head) => /\.(dat|blk|bin)$/.test(name) && head.startsWith("\ufffd"),
  async *read(files, options) {
    const chain = options.chain ?? BITCOIN;
    for (const [at, file] of files.entries()) {
      const first = /blocks(\d+)-/.exec(file.name)?.[1];
      let count = 0;
      let previous: string | undefined;
      for await (const bytes of framed(file)) {
        const where = `${file.name}, block ${++count}`;
        const block = readBitcoinBlock(bytes, where);
        // A file that says in its name which blocks it holds has to hold them in a row.
        if (first !== undefined && previous !== undefined && block.previous !== previous)
          throw new TracewireError("BAD_INPUT", { what: "It does not follow the block before it", where });
        previous = block.hash;
        const height = first === undefined ? block.height : Number(first) + count - 1;
        yield block.transactions.map((_, index): ReadRow => ({ file: at, line: count, row: toRow(block, index, chain, height) }));
      }
    }
  },
};

function toRow(block: BitcoinBlock, index: number, chain: string, height: number | undefined): Record<string, string> {
  const { txid, is_reward, inputs, outputs } = block.transactions[index]!;
  const made = outputs.reduce((sum, { satoshi }) => sum + satoshi, 0n);
  const spent: UtxoCells["inputs"] = is_reward ? [{ external: true, value: String(made) }] : inputs;
  const paid: UtxoCells["outputs"] = outputs.map(({ satoshi, script }) => {
    const address = bitcoinAddressOf(script);
    return { ...(address === undefined ? {} : { address }), value: String(satoshi) };
  });
  return {
    block: height === undefined ? "" : String(height),
    chain,
    inputs: JSON.stringify(spent),
    outputs: JSON.stringify(paid),
    time: block.time,
    tx_index: String(index),
    txid,
  };
}

/** Each block's bytes. A node's own files are filled up with zeros at their end. */
async function* framed(file: InputFile): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let position = 0;
  let isPadding = false;
  const fail = (what: string): never => {
    throw new TracewireError("BAD_INPUT", { what, where: `${file.name}, byte ${position}` });
  };
  for await (const piece of file.pieces()) {
    rest = Buffer.concat([rest, piece]);
    for (;;) {
      if (isPadding || (rest.length >= 8 && position > 0 && rest.readUInt32LE(0) === 0)) {
        isPadding = true;
        if (rest.some((byte) => byte !== 0)) fail("Bytes stand behind the zeros that fill the file");
        position += rest.length;
        rest = Buffer.alloc(0);
        break;
      }
      if (rest.length < 8) break;
      if (rest.readUInt32LE(0) !== BITCOIN_MAGIC) fail("The network’s magic number is missing");
      const length = rest.readUInt32LE(4);
      if (length > BLOCK_BYTES_MAX) fail(`A block of ${length} bytes`);
      if (rest.length < 8 + length) break;
      yield rest.subarray(8, 8 + length);
      position += 8 + length;
      rest = rest.subarray(8 + length);
    }
  }
  if (rest.length > 0 && rest.some((byte) => byte !== 0)) fail("The last block is cut off");
  if (position === 0) fail("It is empty");
}
