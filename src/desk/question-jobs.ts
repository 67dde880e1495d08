// Questions that were asked at the desk: a queue, each answered in a process of its own, with the files of its answer in a
// folder of its own below the newsroom's, where an erasure finds them. They live as long as the desk's process, and are their
// asker's alone.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { ENDED_SILENTLY, startJob, type JobChild } from "./job-child.ts";
import { WORKS_FOLDER } from "./work-jobs.ts";
import { questionWords, type Answered, type Question, type QuestionAsk, type QuestionNote } from "./questions.ts";

const RUNNING_MAX = 1;
const OPEN_PER_PERSON_MAX = 6;
const OPEN_MAX = 30;
/** With their files. */
const KEPT_MAX = 60;

export type QuestionJob = {
  id: number;
  by: string;
  at: string;
  question: Question;
  words: string;
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  done: number;
  reason?: string;
  answered?: Answered;
};

export type QuestionJobs = {
  /** `input`: bytes that the question is about, kept as `question.input`. Throws TOO_MANY_JOBS. */
  start(by: string, question: Question, input?: Uint8Array): QuestionJob;
  find(id: number): QuestionJob | undefined;
  /** Of one person, the newest first. */
  list(by: string): QuestionJob[];
  /** A file of its answer, by its name. */
  file(id: number, name: string): { name: string; type: string; bytes: Uint8Array } | undefined;
  cancel(id: number): void;
  stop(): Promise<void>;
};

type Held = QuestionJob & { place: string; /** How many entries had been erased when it was asked: its answer may hold what was erased since. */ erased: number };

/** `countErased`: entries of the log that are erased by now; what was answered before the last one goes. */
export function openQuestionJobs(folder: string, clock: Clock, countErased: () => number): QuestionJobs {
  const base = join(folder, WORKS_FOLDER);
  const jobs = new Map<number, Held>();
  const children = new Map<number, JobChild>();
  let next = 1;
  let stopped = false;
  const isOpen = ({ state }: Held) => state === "waiting" || state === "running";
  const end = (job: Held, state: QuestionJob["state"], reason?: string): void => {
    if (!isOpen(job)) return;
    job.state = state;
    if (reason !== undefined) job.reason = reason;
  };
  const forget = ({ place }: Held): void => rmSync(place, { recursive: true, force: true });
  const dropOutdated = (): void => {
    const erased = countErased();
    for (const job of [...jobs.values()].filter((one) => !isOpen(one) && !children.has(one.id) && one.erased !== erased)) {
      forget(job);
      jobs.delete(job.id);
    }
  };
  const run = (job: Held): void => {
    job.state = "running";
    const child = startJob<QuestionNote>("question-child.ts", { folder, place: job.place, by: job.by, question: job.question } satisfies QuestionAsk, {
      late: (seconds) => end(job, "failed", `It ran for ${seconds} s, the most that one may take: ask for less, or by the command`),
      note(note) {
        if (note.note === "progress") job.done = note.done;
        else if (note.note === "fault") end(job, "failed", `${note.what}. ${note.hint}${note.where === undefined ? "" : ` Where: ${note.where}.`}`);
        else if (isOpen(job)) {
          const { note: _, ...answered } = note;
          job.answered = answered;
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
  const startNext = (): void => {
    while (!stopped && children.size < RUNNING_MAX) {
      const job = [...jobs.values()].find(({ state }) => state === "waiting");
      if (!job) return;
      run(job);
    }
  };
  return {
    start(by, question, input) {
      const open = [...jobs.values()].filter(isOpen);
      if (open.filter((job) => job.by === by).length >= OPEN_PER_PERSON_MAX || open.length >= OPEN_MAX) throw new TracewireError("TOO_MANY_JOBS", { what: `${open.length} questions wait or run already` });
      const over = [...jobs.values()].filter((job) => !isOpen(job) && !children.has(job.id));
      for (const old of over.slice(0, Math.max(0, jobs.size - KEPT_MAX + 1))) {
        forget(old);
        jobs.delete(old.id);
      }
      // For its owner's eyes: whom somebody screens is nobody's business.
      mkdirSync(base, { recursive: true, mode: 0o700 });
      const place = mkdtempSync(join(base, `${process.pid}-`));
      const asked = input === undefined ? question : { ...question, input: join(place, "input") };
      if (input !== undefined) writeFileSync(join(place, "input"), input, { mode: 0o600 });
      const job: Held = { id: next++, by, at: clock(), question: asked, words: questionWords(asked).slice(0, 200), state: "waiting", done: 0, place, erased: countErased() };
      jobs.set(job.id, job);
      startNext();
      return job;
    },
    find(id) {
      dropOutdated();
      return jobs.get(id);
    },
    list(by) {
      dropOutdated();
      return [...jobs.values()].filter((job) => job.by === by).reverse();
    },
    file(id, name) {
      dropOutdated();
      const job = jobs.get(id);
      const found = job?.answered?.files.find((file) => file.name === name);
      return job && found && existsSync(join(job.place, name)) ? { name, type: found.type, bytes: readFileSync(join(job.place, name)) } : undefined;
    },
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
      for (const job of jobs.values()) forget(job);
    },
  };
}
