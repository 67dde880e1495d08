// Traces that were started at the desk: a queue, each in a process of its own with a limit on time and memory. They live
// as long as the desk's process; what is to last is kept in the log under a name.
import type { Row } from "../datasets/datasets.ts";
import type { Clock } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import type { AssetWords, TraceAsk } from "../tracing/tracing.ts";
import { ENDED_SILENTLY, startJob, type JobChild } from "./job-child.ts";

const RUNNING_MAX = 1;
const OPEN_PER_PERSON_MAX = 6;
const OPEN_MAX = 30;
const KEPT_MAX = 100;
/** How the form calls what a fault is about. */
const FIELD_WORDS: Record<string, string> = { from: "From", asset: "Only this asset", until: "As if the data ended at" };
/** Rows of an answer that a job holds; a kept trace has all of them. */
export const PLACES_MAX = 5_000;

/** `among`: the sets that who asks may see, by their entries; `sets`: those of them that were named. */
export type TraceQuestion = { folder: string; ask: TraceAsk; among: string[]; sets?: string[]; exploring?: boolean; by: string; keep?: { id: string; title: string } };
export type FoundTrace = { rows: readonly Row[]; row_count: number; notes: readonly string[]; result_sha256: string; tokens?: Record<string, AssetWords> };
export type ChildNote = { note: "progress"; places: number } | ({ note: "found"; seq?: number } & FoundTrace) | { note: "fault"; what: string; hint: string; where?: string };

export type TraceJob = {
  id: number;
  by: string;
  at: string;
  ask: TraceAsk;
  among: string[];
  sets?: string[];
  /** By the fast kernel, for looking around: never kept. */
  exploring?: boolean;
  keep?: { id: string; title: string };
  /** The job that keeps this one's answer. */
  kept_by?: number;
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  /** Places looked at so far. */
  places: number;
  reason?: string;
  found?: FoundTrace;
  /** Entry under which it is kept. */
  seq?: number;
  /** Its answer was looked at by who asked. */
  seen: boolean;
};

export type TraceJobs = {
  /** Throws TOO_MANY_JOBS. */
  start(job: Pick<TraceJob, "by" | "ask" | "among" | "sets" | "exploring" | "keep">): TraceJob;
  find(id: number): TraceJob | undefined;
  /** The oldest first. */
  list(): TraceJob[];
  cancel(id: number): void;
  stop(): Promise<void>;
};

export function openTraceJobs(folder: string, clock: Clock): TraceJobs {
  const jobs = new Map<number, TraceJob>();
  const children = new Map<number, JobChild>();
  let next = 1;
  let stopped = false;
  const isOpen = ({ state }: TraceJob) => state === "waiting" || state === "running";
  const end = (job: TraceJob, state: TraceJob["state"], reason?: string) => {
    if (!isOpen(job)) return;
    job.state = state;
    if (reason !== undefined) job.reason = reason;
  };
  const startNext = () => {
    while (!stopped && children.size < RUNNING_MAX) {
      const job = [...jobs.values()].find(({ state }) => state === "waiting");
      if (!job) return;
      run(job);
    }
  };
  const run = (job: TraceJob) => {
    job.state = "running";
    const { ask, among, sets, exploring, by, keep } = job;
    const child = startJob<ChildNote>("trace-child.ts", { folder, ask, among, sets, exploring, by, keep } satisfies TraceQuestion, {
      late: (seconds) => end(job, "failed", `It ran for ${seconds} s, the most that one may take: ask for less, by a floor, a depth or a day`),
      note(message) {
        if (message.note === "progress") job.places = message.places;
        else if (message.note === "fault") end(job, "failed", `${message.where === undefined ? "" : `${FIELD_WORDS[message.where] ?? message.where}: `}${message.what}. ${message.hint}`);
        else {
          const { note: _, seq, ...found } = message;
          job.found = found;
          if (seq !== undefined) job.seq = seq;
          end(job, "done");
        }
      },
      exit() {
        children.delete(job.id);
        end(job, "failed", ENDED_SILENTLY);
        startNext();
      },
    });
    children.set(job.id, child);
  };
  return {
    start(given) {
      const open = [...jobs.values()].filter(isOpen);
      if (open.filter(({ by }) => by === given.by).length >= OPEN_PER_PERSON_MAX || open.length >= OPEN_MAX)
        throw new TracewireError("TOO_MANY_JOBS", { what: `${open.length} traces wait or run already` });
      const job: TraceJob = { ...given, id: next++, at: clock(), state: "waiting", places: 0, seen: false };
      jobs.set(job.id, job);
      const over = [...jobs.values()].filter((one) => !isOpen(one));
      for (const old of over.slice(0, Math.max(0, over.length - KEPT_MAX))) jobs.delete(old.id);
      startNext();
      return job;
    },
    find: (id) => jobs.get(id),
    list: () => [...jobs.values()],
    cancel(id) {
      const job = jobs.get(id);
      if (!job) return;
      end(job, "cancelled");
      children.get(id)?.end();
    },
    async stop() {
      stopped = true;
      const ended = [...children.values()];
      for (const child of ended) child.end();
      await Promise.all(ended.map(({ isOver }) => isOver));
    },
  };
}
