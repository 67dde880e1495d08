// Archives of stories that come in at the desk: each is tried first, in a process of its own, and taken in when a person has
// seen what would be lost. A job and its file live as long as the desk's process.
import { fork, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ImportedStories } from "../archive-import/archive-import.ts";
import type { Clock } from "../effects.ts";
import { TracewireError } from "../errors.ts";

const OPEN_MAX = 2;
/** Files of 50 MB at most. */
const KEPT_MAX = 6;
const TIME_MS_MAX = 600_000;
const MEMORY_MB_MAX = 2_048;

export type ImportAsk = { from?: string; topic?: string; address?: string; mend?: boolean };
export type ImportQuestion = { folder: string; path: string; name: string; format: string; by: string; dry: boolean; options: ImportAsk };
export type ImportNote = { note: "progress"; done: number } | { note: "done"; result: ImportedStories } | { note: "fault"; what: string; hint: string };
export type ImportJob = {
  id: number;
  by: string;
  at: string;
  name: string;
  format: string;
  options: ImportAsk;
  /** "tried" and "taken in" have a result. */
  state: "trying" | "tried" | "taking in" | "taken in" | "failed";
  /** Stories read so far. */
  done: number;
  reason?: string;
  result?: ImportedStories;
};

export type ImportJobs = {
  /** Keeps the file and tries it. Throws TOO_MANY_JOBS. */
  start(job: Pick<ImportJob, "by" | "name" | "format" | "options">, bytes: Uint8Array): ImportJob;
  /** Takes in what was tried, as `by`; false where it is not at that. */
  takeIn(id: number, by: string): boolean;
  find(id: number): ImportJob | undefined;
  /** The newest first. */
  list(): ImportJob[];
  stop(): Promise<void>;
};

export function openImportJobs(folder: string, clock: Clock): ImportJobs {
  const jobs = new Map<number, ImportJob & { place: string }>();
  const children = new Map<number, ChildProcess>();
  let next = 1;
  const run = (job: ImportJob & { place: string }, by: string, dry: boolean): void => {
    job.state = dry ? "trying" : "taking in";
    job.done = 0;
    const child = fork(join(import.meta.dirname, "import-child.ts"), [], { execArgv: ["--disable-warning=ExperimentalWarning", `--max-old-space-size=${MEMORY_MB_MAX}`], stdio: ["ignore", "ignore", "inherit", "ipc"] });
    children.set(job.id, child);
    // A child that tried may still be ending when the next one takes in: each ends its own work, once.
    let isOver = false;
    const end = (state: ImportJob["state"], reason?: string) => {
      if (isOver) return;
      isOver = true;
      job.state = state;
      job.reason = reason;
    };
    const late = setTimeout(() => {
      end("failed", `It ran for ${TIME_MS_MAX / 1_000} s, the most that it may take at the desk: tracewire import has no such limit`);
      child.kill("SIGKILL");
    }, TIME_MS_MAX);
    child.on("message", (message: ImportNote) => {
      if (message.note === "progress") job.done = message.done;
      else if (message.note === "fault") end("failed", `${message.what}. ${message.hint}`);
      else {
        job.result = message.result;
        end(dry ? "tried" : "taken in");
      }
    });
    child.on("exit", () => {
      clearTimeout(late);
      if (children.get(job.id) === child) children.delete(job.id);
      end("failed", "Its process ended without an answer; it may have needed too much memory");
      if (job.state === "taken in") rmSync(job.place, { recursive: true, force: true });
    });
    child.send({ folder, path: join(job.place, "archive"), name: job.name, format: job.format, by, dry, options: job.options } satisfies ImportQuestion);
  };
  return {
    start(given, bytes) {
      if (children.size >= OPEN_MAX) throw new TracewireError("TOO_MANY_JOBS", { what: `${children.size} archives are being read already` });
      const ended = [...jobs.values()].filter(({ id }) => !children.has(id));
      for (const old of ended.slice(0, Math.max(0, jobs.size - KEPT_MAX + 1))) {
        rmSync(old.place, { recursive: true, force: true });
        jobs.delete(old.id);
      }
      // For its owner's eyes: what an archive holds may never have been printed.
      const place = mkdtempSync(join(tmpdir(), "tracewire-import-"));
      writeFileSync(join(place, "archive"), bytes, { mode: 0o600 });
      const job = { ...given, id: next++, at: clock(), state: "trying" as const, done: 0, place };
      jobs.set(job.id, job);
      run(job, given.by, true);
      return job;
    },
    takeIn(id, by) {
      const job = jobs.get(id);
      if (job?.state !== "tried") return false;
      if (children.size >= OPEN_MAX) throw new TracewireError("TOO_MANY_JOBS", { what: `${children.size} archives are being read already` });
      run(job, by, false);
      return true;
    },
    find: (id) => jobs.get(id),
    list: () => [...jobs.values()].reverse(),
    async stop() {
      const ended = [...children.values()].map((child) => new Promise((resolve) => child.once("exit", resolve)));
      for (const child of children.values()) child.kill("SIGTERM");
      await Promise.all(ended);
      for (const { place } of jobs.values()) rmSync(place, { recursive: true, force: true });
    },
  };
}
