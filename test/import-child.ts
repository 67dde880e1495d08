// Imports a file of transfers until it is killed: in many sorted runs and into a segment file, as a large one would be.
import { writeSync } from "node:fs";
import { systemEffects } from "../src/effects.ts";
import { openForWriting } from "../src/newsroom.ts";
import { fileOnDisk, importTransfers, TRANSFER_READERS } from "../src/tracing/tracing.ts";

const newsroom = openForWriting(process.argv[2]!, systemEffects);
const reader = TRANSFER_READERS.find(({ format }) => format === "transfers")!;
writeSync(1, "ready\n");
const result = await importTransfers(newsroom, reader, [fileOnDisk(process.argv[3]!, "transfers.csv")], {
  by: "crash",
  retrieved_at: "2026-01-01T00:00:00Z",
  run_rows_max: 700,
  table_rows_max: 1_000,
});
writeSync(1, `${result.rows_root}\n`);
newsroom.close();
