// Work that takes long and writes nothing into the log: exports, reports built, checks of the whole. Each runs in a process of
// its own with a limit on time and memory; what it makes lies in a folder of its owner's until it is old, or the desk ends. The
// folder is below the newsroom's: an erasure by command finds it there.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import type { BundleSubject, ExchangeFormat, TableForm, TlpLevel } from "../exchange/exchange.ts";
import { startJob, type JobChild, type JobEvents } from "./job-child.ts";

const RUNNING_MAX = 2;
const OPEN_PER_PERSON_MAX = 4;
const OPEN_MAX = 20;
/** Ended ones, whose files are kept. */
const KEPT_MAX = 24;
const KEPT_BYTES_MAX = 4 * 2 ** 30;
export const WORK_LIMITS = { time_ms: 900_000, memory_mb: 3_072, lines: 300 };

export type WorkAsk =
  | { kind: "export"; format: ExchangeFormat; id?: string; form?: TableForm; tlp?: TlpLevel; known?: string; base_url: string }
  | { kind: "bundle"; subject: BundleSubject; id?: string }
  /** `previous`: the report.json of the one before was given along, as the file. */
  | { kind: "report"; symbol: string; text: string; draft: boolean; at?: number; previous: boolean }
  | { kind: "verify"; key?: string; against?: string }
  | { kind: "reproduce"; id: string; known?: string; revision?: number }
  /** A bundle that somebody sent, as the file: verified, and its figures computed again. */
  | { kind: "received"; key?: string };

export type WorkFile = { name: string; byte_count: number; sha256: string };
/** What came of it, in words: `good` where nothing is wrong. */
export type WorkFound = { good: boolean; said: string[]; lists: { title: string; lines: string[]; /** Where there are more. */ count: number }[]; files: WorkFile[] };
export type WorkQuestion = { folder: string; place: string; ask: WorkAsk };
export type WorkNote = { note: "progress"; words: string } | ({ note: "found" } & WorkFound) | { note: "fault"; what: string; hint: string };

export type Work = {
  id: number;
  by: string;
  at: string;
  title: string;
  ask: WorkAsk;
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  progress?: string;
  reason?: string;
  found?: WorkFound;
  /** Where its files lie. */
  place: string;
  /** How many entries had been erased when it began: what it made may hold what was erased since. */
  erased: number;
};

export type WorkJobs = {
  /** `given`: a file that it reads. Throws TOO_MANY_JOBS. */
  start(work: Pick<Work, "by" | "title" | "ask">, given?: Uint8Array): Work;
  find(id: number): Work | undefined;
  /** The newest first. */
  list(): Work[];
  /** Where a file that it made lies; undefined where it made none of that name. */
  pathOf(work: Work, name: string): string | undefined;
  cancel(id: number): void;
  stop(): Promise<void>;
};

/** Below the newsroom's folder. */
export const WORKS_FOLDER = "works";
export const GIVEN_FILE = "given";
export const MADE_FOLDER = "made";

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Of desks that were killed; one that runs beside this from the same folder keeps its own. */
function dropLeft(base: string): void {
  if (!existsSync(base)) return;
  for (const name of readdirSync(base)) {
    const pid = Number(name.split("-")[0]);
    if (pid === process.pid || !isAlive(pid)) rmSync(join(base, name), { recursive: true, force: true });
  }
}

/** `countErased`: entries of the log that are erased by now. What was made before the last one goes, whoever erased it. */
export function openWorkJobs(folder: string, clock: Clock, countErased: () => number): WorkJobs {
  const base = join(folder, WORKS_FOLDER);
  dropLeft(base);
  const works = new Map<number, Work>();
  const children = new Map<number, JobChild>();
  let next = 1;
  let stopped = false;
  const isOpen = ({ state }: Work) => state === "waiting" || state === "running";
  const bytesOf = ({ found }: Work) => (found?.files ?? []).reduce((sum, { byte_count }) => sum + byte_count, 0);
  const end = (work: Work, state: Work["state"], reason?: string): void => {
    if (!isOpen(work)) return;
    work.state = state;
    if (reason !== undefined) work.reason = reason;
  };
  const drop = (work: Work): void => {
    rmSync(work.place, { recursive: true, force: true });
    works.delete(work.id);
  };
  const dropOld = (): void => {
    const ended = [...works.values()].filter((work) => !isOpen(work) && !children.has(work.id));
    let bytes = ended.reduce((sum, work) => sum + bytesOf(work), 0);
    for (const [at, old] of ended.slice(0, -1).entries()) {
      if (ended.length - at <= KEPT_MAX && bytes <= KEPT_BYTES_MAX) return;
      bytes -= bytesOf(old);
      drop(old);
    }
  };
  const dropOutdated = (): void => {
    const erased = countErased();
    for (const work of [...works.values()]) if (!isOpen(work) && !children.has(work.id) && work.erased !== erased) drop(work);
  };
  const startNext = (): void => {
    while (!stopped && children.size < RUNNING_MAX) {
      const work = [...works.values()].find(({ state }) => state === "waiting");
      if (!work) return;
      run(work);
    }
  };
  const run = (work: Work): void => {
    work.state = "running";
    const events: JobEvents<WorkNote> = {
      late: (seconds) => end(work, "failed", `It ran for ${seconds} s, the most that it may take at the desk: the command has no such limit`),
      note(message) {
        if (message.note === "progress") work.progress = message.words;
        else if (message.note === "fault") end(work, "failed", `${message.what}. ${message.hint}`.trim());
        else if (isOpen(work)) {
          const { note: _, ...found } = message;
          work.found = found;
          end(work, "done");
        }
      },
      exit() {
        children.delete(work.id);
        end(work, "failed", `Its process ended without an answer; it may have needed more than ${WORK_LIMITS.memory_mb} MB of memory: the command has no such limit`);
        // What was cut off leaves no half of a file.
        if (work.state !== "done") rmSync(work.place, { recursive: true, force: true });
        if (!works.has(work.id)) return;
        dropOld();
        startNext();
      },
    };
    children.set(work.id, startJob("work-child.ts", { folder, place: work.place, ask: work.ask } satisfies WorkQuestion, events, WORK_LIMITS));
  };
  return {
    start(asked, given) {
      const open = [...works.values()].filter(isOpen);
      if (open.filter(({ by }) => by === asked.by).length >= OPEN_PER_PERSON_MAX || open.length >= OPEN_MAX) throw new TracewireError("TOO_MANY_JOBS", { what: `${open.length} jobs wait or run already` });
      dropOld();
      // For its owner's eyes: what others may not see yet can be in it.
      mkdirSync(base, { recursive: true, mode: 0o700 });
      const place = mkdtempSync(join(base, `${process.pid}-`));
      mkdirSync(join(place, MADE_FOLDER), { mode: 0o700 });
      if (given) writeFileSync(join(place, GIVEN_FILE), given, { mode: 0o600 });
      const work: Work = { ...asked, id: next++, at: clock(), state: "waiting", place, erased: countErased() };
      works.set(work.id, work);
      startNext();
      return work;
    },
    find(id) {
      dropOutdated();
      return works.get(id);
    },
    list() {
      dropOutdated();
      return [...works.values()].reverse();
    },
    pathOf(work, name) {
      const path = join(work.place, MADE_FOLDER, name);
      return work.found?.files.some((file) => file.name === name) && existsSync(path) ? path : undefined;
    },
    cancel(id) {
      const work = works.get(id);
      if (!work) return;
      const wasWaiting = work.state === "waiting";
      end(work, "cancelled");
      if (wasWaiting) rmSync(work.place, { recursive: true, force: true });
      children.get(id)?.end();
    },
    async stop() {
      stopped = true;
      const ended = [...children.values()];
      for (const child of ended) child.end();
      await Promise.all(ended.map(({ isOver }) => isOver));
      for (const work of [...works.values()]) drop(work);
    },
  };
}
