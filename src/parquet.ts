// A table as Parquet, all columns as text: amounts go beyond every number type of the format's readers.
import { lazily } from "./lazy.ts";

// Only who asks for Parquet waits for it.
const writer = lazily<typeof import("hyparquet-writer")>(import.meta.url, "hyparquet-writer");

/** `notes` go into the file's own metadata. A cell that is not there is written as an empty text. */
export function writeParquet(columns: readonly string[], rows: readonly Readonly<Record<string, string | undefined>>[], notes: Readonly<Record<string, string>> = {}): Uint8Array {
  const kvMetadata = Object.entries(notes).map(([key, value]) => ({ key, value }));
  return new Uint8Array(
    writer().parquetWriteBuffer({
      columnData: columns.map((name) => ({ name, type: "STRING", nullable: false, data: rows.map((row) => row[name] ?? "") })),
      ...(kvMetadata.length > 0 ? { kvMetadata } : {}),
    }),
  );
}
