// The door of the datasets room: public sources read into plain tables, one reader a source, kept by edition.
import { TracewireError } from "../errors.ts";
import type { DatasetReader } from "./reader.ts";
import { READERS } from "./readers.ts";

export {
  captureOfRow,
  datasetOfEntry,
  datasetsView,
  findDataset,
  findRowsNaming,
  listDatasets,
  readRow,
  readRows,
  requireDataset,
  rowTexts,
  rowsRoot,
  storedRowsRoot,
  storeRowTexts,
  type Dataset,
  type RowPlace,
} from "./dataset-rows.ts";
export { appendDataset, diffRows, importDataset, type ImportedDataset, type ImportedTable, type NewDataset } from "./import-dataset.ts";
export { rereadRows } from "./reread-rows.ts";
export type { DatasetReader, DatasetTable, Row, SourceFile } from "./reader.ts";
export { READERS } from "./readers.ts";

/** A reader by its format's name; left out or "auto", by the files' names. Throws BAD_ARGUMENT with those there are. */
export function findReader(format: string, names: readonly string[]): DatasetReader {
  const reader =
    format === "auto"
      ? READERS.find((item) => names.length > 0 && names.every((name) => item.recognises(name)))
      : READERS.find((item) => item.format === format);
  if (reader) return reader;
  throw new TracewireError("BAD_ARGUMENT", {
    what: format === "auto" ? `No format is known for ${names.join(", ")}` : `"${format}" is no format`,
    hint: `Formats: casefile, ${READERS.map((item) => item.format).join(", ")}`,
  });
}
export { plainDecimal } from "./readers/ronin-transfers.ts";
