// Transfers, tags or a public source in a process of its own: read, tried or taken in by the same function as `tracewire
// import`, and what came of it told to the desk in the command's words.
import { systemEffects } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { openForWriting } from "../newsroom.ts";
import { importFiles, tablesWords, transfersWords, type ImportManner } from "../tracing/tracing.ts";
import type { DataAsk, ImportNote, ImportQuestion, ToldData } from "./import-jobs.ts";
import { onJob } from "./job-child.ts";
import { tried } from "./tried.ts";

const TELL_EVERY_MS = 200;
const MANNER: ImportManner = { not_public: "Readers do not see it until it is made public.", more_gaps: "" };

type Note = ImportNote<ToldData>;
onJob<ImportQuestion<DataAsk>, Note>(run);

async function run({ folder, files, format, by, dry, options }: ImportQuestion<DataAsk>, say: (note: Note) => Promise<void>): Promise<void> {
  let told = 0;
  const tell = (done: number): void => {
    if (performance.now() - told < TELL_EVERY_MS) return;
    told = performance.now();
    void say({ note: "progress", done });
  };
  try {
    const newsroom = openForWriting(folder, systemEffects);
    try {
      const says: string[] = [];
      const { tables, transfers } = await importFiles(dry ? tried(newsroom) : newsroom, format, files, {
        by,
        retrieved_at: systemEffects.clock(),
        ...options,
        dry_run: dry,
        note: (words) => void says.push(words),
        onTables: (found) => void says.push(...tablesWords(found, MANNER)),
        onFile: tell,
        onRows: (_, rows) => tell(rows),
      });
      if (transfers) says.push(...transfersWords(transfers, MANNER));
      const parts = [...(tables?.tables ?? []), ...(transfers ? [transfers] : [])];
      await say({ note: "done", result: { says, fresh: parts.some(({ outcome, public: seen }) => outcome === "added" || seen === "now") } });
    } finally {
      newsroom.close();
    }
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
    const where = error.where && files.reduce((words, { path, name }) => words.replace(path, name), error.where);
    await say({ note: "fault", what: error.message, hint: error.hint, ...(where === undefined ? {} : { where }) });
  }
}
