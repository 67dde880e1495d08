// Rows read again from the captured bytes, where only entries and bytes are at hand: a receiver of a bundle has no
// table of rows, and need not believe one.
import type { LogReader } from "../evidence/evidence.ts";
import { listDatasets, rowsRoot, storeRows } from "./dataset-rows.ts";
import { READERS } from "./readers.ts";
import type { SourceFile } from "./reader.ts";

/**
 * Fills the rows of every dataset whose files `fileOf` can give and whose rows come out with the Merkle root that its
 * entry names. Returns the names of those it could not.
 */
export function rereadRows(db: LogReader["db"], fileOf: (capture: number) => SourceFile | undefined): string[] {
  const missing: string[] = [];
  for (const dataset of listDatasets({ db })) {
    const files = dataset.captures.map(fileOf).filter((file) => file !== undefined);
    const reader = READERS.find(({ format, version }) => format === dataset.reader && version === dataset.reader_version);
    const table =
      reader && files.length === dataset.captures.length
        ? reader.read(files).tables.find(({ name }) => `${dataset.reader}/${name}` === dataset.name)
        : undefined;
    if (table && rowsRoot(table.rows) === dataset.rows_root) storeRows({ db }, dataset.seq, table.rows, table.files);
    else missing.push(dataset.name);
  }
  return missing;
}
