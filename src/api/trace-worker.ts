// One job, in a thread of its own: reads the sets, asks the question, says how far it is, hands back JSON. It is stopped
// from outside at any moment; all it holds is a reader.
import { parentPort, workerData } from "node:worker_threads";
import { TracewireError } from "../errors.ts";
import { openNewsroom } from "../newsroom.ts";
import { askNewsroom, openTagBook, stopsFromTags, type Stop } from "../tracing/tracing.ts";
import type { Progress, Question, WorkerNote } from "./jobs.ts";

/** How many places pass between two looks at the clock, and how often progress is told. */
const LOOK_EVERY = 512;
const TELL_EVERY_MS = 100;

const { folder, question, result_bytes_max } = workerData as { folder: string; question: Question; result_bytes_max: number };
const say = (message: WorkerNote) => parentPort!.postMessage(message);

const progress: Progress = { stage: "reading", places_looked_at: 0 };
let told = 0;
const look = (): void => {
  progress.stage = "tracing";
  if (++progress.places_looked_at % LOOK_EVERY !== 0 || performance.now() - told < TELL_EVERY_MS) return;
  told = performance.now();
  say({ note: "progress", progress });
};

try {
  const newsroom = openNewsroom(folder);
  const { ask, sets, among, log_size, evidence, exploring } = question;
  const byTags = ask.known ? stopsFromTags(openTagBook(newsroom.log, { log_size, evidence: "released" })) : undefined;
  const knownStop = (address: string, chain: string): Stop | undefined => {
    look();
    return byTags?.(address, chain);
  };
  const { result, result_sha256 } = await askNewsroom(newsroom, ask, { sets, among, log_size, evidence, knownStop, exploring });
  const json = JSON.stringify({ ...result, ...(exploring ? {} : { result_sha256 }) });
  if (json.length > result_bytes_max)
    throw new TracewireError("JOB_LIMIT", { what: `Its answer has ${json.length} bytes; the most is ${result_bytes_max}` });
  say({ note: "progress", progress });
  say({ note: "result", json });
  newsroom.close();
} catch (error) {
  if (error instanceof TracewireError) say({ note: "fault", code: error.code, what: error.message, hint: error.hint, where: error.where });
  else throw error;
}
