// One trace in a process of its own: it reads the sets, asks the question, says how far it is and what it found, and keeps
// it where a name was given, by the same functions as `tracewire trace`. It may be stopped at any moment.
import { systemEffects } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { openForWriting, openNewsroom } from "../newsroom.ts";
import { askNewsroom, openTagBook, saveTrace, stopsFromTags, totalsTable, type Stop } from "../tracing/tracing.ts";
import { onJob } from "./job-child.ts";
import { PLACES_MAX, type ChildNote, type TraceQuestion } from "./trace-jobs.ts";

const LOOK_EVERY = 512;
const TELL_EVERY_MS = 200;

onJob<TraceQuestion, ChildNote>(run);

async function run({ folder, ask, among, sets, exploring, by, keep }: TraceQuestion, say: (note: ChildNote) => Promise<void>): Promise<void> {
  const newsroom = openNewsroom(folder);
  try {
    const byTags = ask.known ? stopsFromTags(openTagBook(newsroom.log, { log_size: newsroom.log.size() })) : undefined;
    let places = 0;
    let told = 0;
    const knownStop = (address: string, chain: string): Stop | undefined => {
      if (++places % LOOK_EVERY === 0 && performance.now() - told > TELL_EVERY_MS) {
        told = performance.now();
        void say({ note: "progress", places });
      }
      return byTags?.(address, chain);
    };
    const found = await askNewsroom(newsroom, ask, { among, ...(sets ? { sets } : {}), exploring, knownStop, keepSteps: keep !== undefined });
    const { rows } = totalsTable(found.result.methods);
    let seq: number | undefined;
    if (keep) {
      const writer = openForWriting(folder, systemEffects);
      try {
        seq = writer.transact(by, (transaction) => saveTrace(transaction, found, { id: keep.id, title: keep.title, by, captures: found.captures })).seq;
      } finally {
        writer.close();
      }
    }
    await say({ note: "found", seq, rows: rows.slice(0, PLACES_MAX), row_count: rows.length, notes: found.result.notes, result_sha256: found.result_sha256, tokens: found.result.tokens });
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
    await say({ note: "fault", what: error.message, hint: error.hint, where: error.where });
  } finally {
    newsroom.close();
  }
}
