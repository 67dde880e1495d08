// Transactions with inputs and outputs in the shape of docs/tracing.md, one JSON object a line. They need no chain.
import { createNames } from "./fields.ts";
import { parseJsonLine, readLines } from "./lines.ts";
import type { ReadRow, TransferReader } from "./reader.ts";
import { utxoRow } from "./utxo-row.ts";

/** A consolidation of a million inputs is one line of about this length. */
const LINE_CHARS_MAX = 200_000_000;

export const utxoReader: TransferReader = {
  format: "utxo",
  version: "1",
  kind: "utxo",
  title: "Transactions with inputs and outputs, as given",
  publisher: "not stated",
  files: "one JSON object a line: { txid, time, block, inputs, outputs }",
  lacks: "Whatever its maker left out. An input whose transaction is not in the set is of unknown origin.",
  grade: "copy",
  source_grade: "F",
  item_grade: "6",
  recognises: (_, head) => /^\ufeff?\s*\{/.test(head) && /"inputs"\s*:/.test(head) && /"outputs"\s*:/.test(head) && !/"(?:is_coinbase|output_count|script_asm)"/.test(head),
  async *read(files, options, report) {
    const names = createNames(options, report);
    for (const [at, file] of files.entries())
      for await (const lines of readLines(file, LINE_CHARS_MAX)) {
        const out: ReadRow[] = [];
        for (const { line, text } of lines) {
          if (text.trim() === "") continue;
          const place = { file: file.name, line };
          out.push({ file: at, line, row: utxoRow(parseJsonLine(text, place), place, names, report) });
        }
        yield out;
      }
  },
};
