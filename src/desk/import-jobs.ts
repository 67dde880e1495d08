// Files that come in at the desk: archives of stories, transfers, tags, public sources. Each import is tried first, in a process
// of its own, and taken in when a person has seen what would come of it. A job and its files live as long as the desk's process.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ImportedStories } from "../archive-import/archive-import.ts";
import type { Clock } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { ENDED_SILENTLY, startJob, type JobChild } from "./job-child.ts";

const OPEN_MAX = 2;
/** Of one person, with their files. */
const KEPT_MAX = 4;
/** Of one import; what comes at once is at most 50 MB (read-body.ts). */
const FILES_MAX = 100;
const BYTES_MAX = 100 * 2 ** 20;

/** What an archive of stories is asked. */
export type StoryAsk = { from?: string; topic?: string; address?: string; mend?: boolean };
/** What transfers, tags and public sources are asked. */
export type DataAsk = { name?: string; chain?: string; decimals?: number; accept_bad_checksums?: boolean; supersedes?: string; edition?: string; licence?: string; release?: boolean };
/** What came of these, in words; `fresh`: something would be, or was, written. */
export type ToldData = { says: string[]; fresh: boolean };

export type ImportQuestion<Ask> = { folder: string; files: { path: string; name: string }[]; format: string; by: string; dry: boolean; options: Ask };
export type ImportNote<Result> = { note: "progress"; done: number } | { note: "done"; result: Result } | { note: "fault"; what: string; hint: string; where?: string };
export type ImportJob<Ask = StoryAsk, Result = ImportedStories> = {
  id: number;
  by: string;
  at: string;
  /** Of its files, the first first. */
  names: string[];
  format: string;
  options: Ask;
  /** "tried" and "taken in" have a result. */
  state: "trying" | "tried" | "taking in" | "taken in" | "failed" | "cancelled";
  /** Stories or rows read so far. */
  done: number;
  reason?: string;
  /** The place in a file that could not be read: file, line. */
  where?: string;
  result?: Result;
};
type Given = { name: string; bytes: Uint8Array };

export type ImportJobs<Ask = StoryAsk, Result = ImportedStories> = {
  /** Keeps the files and tries them. Throws TOO_MANY_JOBS, BODY_TOO_LARGE. */
  start(job: Pick<ImportJob<Ask, Result>, "by" | "format" | "options">, files: readonly Given[]): ImportJob<Ask, Result>;
  /** Tries the same files again, asked otherwise, with more files; false where it runs or is taken in. */
  tryAgain(id: number, asked: Pick<ImportJob<Ask, Result>, "format" | "options">, more: readonly Given[]): boolean;
  /** Takes in what was tried, as `by`; false where it is not at that. */
  takeIn(id: number, by: string): boolean;
  /** Of what runs nothing is written, unless it was written already; false where nothing runs. */
  cancel(id: number): boolean;
  find(id: number): ImportJob<Ask, Result> | undefined;
  /** The newest first. */
  list(): ImportJob<Ask, Result>[];
  stop(): Promise<void>;
};
export type DataJob = ImportJob<DataAsk, ToldData>;
export type DataJobs = ImportJobs<DataAsk, ToldData>;

/** `module`: the file of this folder that reads them. */
export function openImportJobs<Ask, Result>(folder: string, clock: Clock, module: string): ImportJobs<Ask, Result> {
  type Held = ImportJob<Ask, Result> & { place: string; bytes: number };
  const jobs = new Map<number, Held>();
  const children = new Map<number, JobChild>();
  let next = 1;
  const hasRoom = (): void => {
    if (children.size >= OPEN_MAX) throw new TracewireError("TOO_MANY_JOBS", { what: `${children.size} imports are being read already` });
  };
  const run = (job: Held, by: string, dry: boolean): void => {
    job.state = dry ? "trying" : "taking in";
    job.done = 0;
    job.reason = job.where = undefined;
    // A child that tried may still be ending when the next one takes in: each ends its own work, once.
    let isOver = false;
    const end = (state: Held["state"], reason?: string, where?: string) => {
      if (isOver) return;
      isOver = true;
      if (job.state === "cancelled") return;
      job.state = state;
      job.reason = reason;
      job.where = where;
    };
    const files = job.names.map((name, at) => ({ name, path: join(job.place, String(at)) }));
    const child = startJob<ImportNote<Result>>(module, { folder, files, format: job.format, by, dry, options: job.options } satisfies ImportQuestion<Ask>, {
      late: (seconds) => end("failed", `It ran for ${seconds} s, the most that it may take at the desk: tracewire import has no such limit`),
      note(message) {
        if (message.note === "progress") job.done = message.done;
        else if (message.note === "fault") end("failed", `${message.what}. ${message.hint}`, message.where);
        else {
          job.result = message.result;
          end(dry ? "tried" : "taken in");
        }
      },
      exit() {
        if (children.get(job.id) === child) children.delete(job.id);
        end("failed", ENDED_SILENTLY);
        if (job.state === "taken in") rmSync(job.place, { recursive: true, force: true });
      },
    });
    children.set(job.id, child);
  };
  const keep = (job: Held, files: readonly Given[]): void => {
    const bytes = job.bytes + files.reduce((sum, file) => sum + file.bytes.length, 0);
    if (job.names.length + files.length > FILES_MAX || bytes > BYTES_MAX) throw new TracewireError("BODY_TOO_LARGE", { what: `An import at the desk has at most ${FILES_MAX} files, of ${BYTES_MAX / 2 ** 20} MB together` });
    for (const file of files) {
      const known = job.names.indexOf(file.name);
      const at = known === -1 ? job.names.push(file.name) - 1 : known;
      writeFileSync(join(job.place, String(at)), file.bytes, { mode: 0o600 });
    }
    job.bytes = bytes;
  };
  return {
    start(given, files) {
      hasRoom();
      const own = [...jobs.values()].filter(({ by }) => by === given.by);
      const ended = own.filter(({ id }) => !children.has(id));
      for (const old of ended.slice(0, Math.max(0, own.length - KEPT_MAX + 1))) {
        rmSync(old.place, { recursive: true, force: true });
        jobs.delete(old.id);
      }
      // For its owner's eyes: what is brought may never have been printed.
      const place = mkdtempSync(join(tmpdir(), "tracewire-import-"));
      const job: Held = { ...given, id: next++, at: clock(), names: [], state: "trying", done: 0, place, bytes: 0 };
      keep(job, files);
      jobs.set(job.id, job);
      run(job, given.by, true);
      return job;
    },
    tryAgain(id, asked, more) {
      const job = jobs.get(id);
      // What was cancelled may still be ending.
      if (!job || !["tried", "failed", "cancelled"].includes(job.state) || (job.state === "cancelled" && children.has(id))) return false;
      hasRoom();
      keep(job, more);
      Object.assign(job, asked);
      delete job.result;
      run(job, job.by, true);
      return true;
    },
    takeIn(id, by) {
      const job = jobs.get(id);
      if (job?.state !== "tried") return false;
      hasRoom();
      run(job, by, false);
      return true;
    },
    cancel(id) {
      const job = jobs.get(id);
      if (!job || (job.state !== "trying" && job.state !== "taking in")) return false;
      job.state = "cancelled";
      children.get(id)?.end("SIGTERM");
      return true;
    },
    find: (id) => jobs.get(id),
    list: () => [...jobs.values()].reverse(),
    async stop() {
      const ended = [...children.values()];
      for (const child of ended) child.end("SIGTERM");
      await Promise.all(ended.map(({ isOver }) => isOver));
      for (const { place } of jobs.values()) rmSync(place, { recursive: true, force: true });
    },
  };
}
