// Transactions as bitcoin-etl exports them, of Bitcoin and of chains like it; enriched ones say what each input was worth.

import { createNames } from "./fields.ts";
import { cellText } from "./lines.ts";
import { refuseField, type Place, type ReadRow, type TransferReader } from "./reader.ts";
import { readRecords } from "./records.ts";
import { utxoRow } from "./utxo-row.ts";

const BITCOIN = "bip122:000000000019d6689c085ae165831e93";
const RECORD_CHARS_MAX = 200_000_000;

export const bitcoinEtl: TransferReader = {
  format: "bitcoin-etl",
  version: "1",
  kind: "utxo",
  title: "Transactions, as exported by bitcoin-etl",
  publisher: "the network, by the exporter’s node",
  files: "transactions, one JSON object a line (enriched, where inputs are to have their values)",
  lacks: "Blocks that were not exported. Shielded money (Zcash) has no address and no history.",
  grade: "copy",
  source_grade: "B",
  item_grade: "2",
  recognises: (_, head) => /"(?:is_coinbase|input_count)"\s*:/.test(head) && /"inputs"\s*:/.test(head),
  async *read(files, options, report) {
    const names = createNames({ ...options, chain: options.chain ?? BITCOIN }, report);
    if (options.chain === undefined) report.notes.push("Taken as Bitcoin; say --chain for another chain of its kind.");
    const counts = { shared: 0 };
    for (const [at, file] of files.entries())
      for await (const records of readRecords(file, RECORD_CHARS_MAX, report)) {
        const out: ReadRow[] = [];
        for (const { line, value } of records) {
          const place = { file: file.name, line };
          out.push({ file: at, line, row: utxoRow(toShape(value, place, counts), place, names, report) });
        }
        yield out;
      }
    if (counts.shared > 0) report.notes.push(`${counts.shared} outputs pay to several addresses at once or to a script without one: no address is held for them.`);
  },
};

type Part = Record<string, unknown>;

/** In the shape of docs/tracing.md. */
function toShape(value: Part, place: Place, counts: { shared: number }): Part {
  const text = (part: Part, field: string) => cellText(part[field], place, field);
  const outputs = partsOf(value, "outputs", place).map((output) => {
    const addresses = plainAddresses(output.addresses);
    const isOne = addresses.length === 1;
    if (!isOne) counts.shared += 1;
    return { value: text(output, "value"), ...(isOne ? { address: addresses[0] } : {}) };
  });
  const given = partsOf(value, "inputs", place);
  const inputs = given.map((input) => {
    const txid = text(input, "spent_transaction_hash");
    const worth = text(input, "value");
    const addresses = plainAddresses(input.addresses);
    // A shielded input spends no output that anybody can see.
    if (txid === "") return { external: true, value: worth, addresses };
    return { txid, vout: text(input, "spent_output_index"), ...(worth === "" ? {} : { value: worth }), addresses };
  });
  const isCoinbase = value.is_coinbase === true || value.is_coinbase === "true";
  const made = outputs.reduce((sum, output) => sum + (/^\d+$/.test(output.value) ? BigInt(output.value) : 0n), 0n);
  return {
    txid: text(value, "hash"),
    time: text(value, "block_timestamp"),
    block: text(value, "block_number"),
    tx_index: text(value, "index"),
    inputs: isCoinbase ? [{ external: true, value: String(made) }] : inputs,
    outputs,
  };
}

function partsOf(value: Part, field: string, place: Place): Part[] {
  const parts = typeof value[field] === "string" ? (JSON.parse(value[field] as string) as unknown) : value[field];
  if (!Array.isArray(parts) || parts.some((part) => typeof part !== "object" || part === null)) return refuseField(place, field, "a list of objects is wanted");
  return parts as Part[];
}

/** bitcoin-etl makes up a name ("nonstandard…") for a script without address. */
const plainAddresses = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string" && item !== "" && !item.startsWith("nonstandard")) : [];

