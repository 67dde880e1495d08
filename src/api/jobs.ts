// Traces as jobs: each runs in a worker of its own, away from the thread that answers readers, with a limit on how many
// there are, how long one takes and how much memory it holds. Jobs live here and nowhere else: a job that ends with the
// process is asked again. What is to last is kept with `tracewire trace --save`.
import { Worker } from "node:worker_threads";
import type { Clock, Random } from "../effects.ts";
import { ERRORS, TracewireError, type ErrorCode } from "../errors.ts";
import type { TraceAsk } from "../tracing/tracing.ts";
import { problemOf, type Problem } from "./problem.ts";

export type JobLimits = {
  running_max: number;
  waiting_max: number;
  /** Running and waiting, of one caller. */
  per_caller_max: number;
  time_ms_max: number;
  memory_mb_max: number;
  result_bytes_max: number;
  kept_max: number;
  kept_ms: number;
};
export const JOB_LIMITS: JobLimits = {
  running_max: 1,
  waiting_max: 16,
  per_caller_max: 4,
  time_ms_max: 120_000,
  memory_mb_max: 1_024,
  result_bytes_max: 16 * 1024 * 1024,
  kept_max: 64,
  kept_ms: 3_600_000,
};

export const JOB_STATES = ["waiting", "running", "done", "failed", "cancelled"] as const;
export type JobState = (typeof JOB_STATES)[number];
export type Progress = { stage: "waiting" | "reading" | "tracing" | "done"; places_looked_at: number };

/** `sets` as named, else `among`: all that the asker may see. By their entries, so that what is asked over stays fixed. */
export type Question = { ask: TraceAsk; sets?: string[]; among: string[]; log_size: number; evidence: "released" | "all"; exploring?: boolean };

export type Job = {
  id: string;
  state: JobState;
  question: Question;
  created: string;
  started?: string;
  ended?: string;
  progress: Progress;
  /** JSON, as the worker wrote it. */
  result?: string;
  problem?: Problem;
};

export type Jobs = {
  /** Throws TOO_MANY_JOBS; IDEMPOTENCY_KEY_REUSED where the caller's key came with another body (by its hash). */
  submit(owner: Owner, question: Question, idempotency?: { key: string; body: string }): { job: Job; isNew: boolean };
  /** Undefined for a job of somebody else, as for one that never was. */
  find(owner: Owner, id: string): Job | undefined;
  cancel(owner: Owner, id: string): Job | undefined;
  close(): Promise<void>;
};

export type Owner = { name: string; hasKey: boolean };

type Held = Job & { owner: Owner; idempotency?: string; body?: string; worker?: Worker; timer?: NodeJS.Timeout };

/** What a worker says. */
export type WorkerNote =
  { note: "progress"; progress: Progress } | { note: "result"; json: string } | { note: "fault"; code: ErrorCode; what: string; hint: string; where?: string };

const ID_BYTES = 16;

export function openJobs(options: { folder: string; clock: Clock; random: Random; limits?: Partial<JobLimits> }): Jobs {
  const limits = { ...JOB_LIMITS, ...options.limits };
  const jobs = new Map<string, Held>();
  const byIdempotency = new Map<string, string>();
  let closed = false;

  const inState = (state: JobState) => [...jobs.values()].filter((job) => job.state === state);
  const isOver = ({ state }: Job) => state !== "waiting" && state !== "running";

  const forget = (job: Held) => {
    jobs.delete(job.id);
    if (job.idempotency !== undefined) byIdempotency.delete(job.idempotency);
  };
  const sweep = () => {
    const now = Date.parse(options.clock());
    const over = [...jobs.values()].filter(isOver);
    for (const [at, job] of over.entries())
      if (over.length - at > limits.kept_max || now - Date.parse(job.ended!) > limits.kept_ms) forget(job);
  };

  const end = (job: Held, state: JobState, outcome: { result?: string; problem?: Problem } = {}) => {
    if (isOver(job)) return;
    clearTimeout(job.timer);
    Object.assign(job, outcome, { state, ended: options.clock() });
    if (state === "done") job.progress = { ...job.progress, stage: "done" };
    const { worker } = job;
    job.worker = undefined;
    // A worker that is stopped holds no lock: it only reads.
    if (worker) void worker.terminate().then(startNext);
    else startNext();
  };
  const fail = (job: Held, error: TracewireError) => end(job, "failed", { problem: problemOf(error) });

  const startNext = () => {
    while (!closed && inState("running").length < limits.running_max) {
      const next = inState("waiting")[0];
      if (!next) return;
      start(next);
    }
  };

  const start = (job: Held) => {
    job.state = "running";
    job.started = options.clock();
    job.progress = { ...job.progress, stage: "reading" };
    const worker = new Worker(new URL("./trace-worker.ts", import.meta.url), {
      workerData: { folder: options.folder, question: job.question, result_bytes_max: limits.result_bytes_max },
      resourceLimits: { maxOldGenerationSizeMb: limits.memory_mb_max },
    });
    job.worker = worker;
    worker.unref();
    job.timer = setTimeout(
      () => fail(job, new TracewireError("JOB_LIMIT", { what: `It ran for ${limits.time_ms_max / 1_000} s, the most that a job may take` })),
      limits.time_ms_max,
    );
    job.timer.unref();
    worker.on("message", (message: WorkerNote) => {
      if (message.note === "progress") job.progress = message.progress;
      else if (message.note === "result") end(job, "done", { result: message.json });
      else fail(job, new TracewireError(message.code, { what: message.what, hint: message.hint, where: message.where }));
    });
    worker.on("error", (error: NodeJS.ErrnoException) =>
      fail(
        job,
        error.code === "ERR_WORKER_OUT_OF_MEMORY"
          ? new TracewireError("JOB_LIMIT", { what: `It needed more than ${limits.memory_mb_max} MB, the most that a job may hold` })
          : new TracewireError("INTERNAL", { what: ERRORS.INTERNAL.summary, cause: error }),
      ),
    );
    worker.on("exit", () => fail(job, new TracewireError("INTERNAL", { what: "The job's worker stopped without an answer" })));
  };

  const isOf = (job: Held, owner: Owner) => (job.owner.hasKey ? job.owner.name === owner.name : true);

  return {
    submit(owner, question, idempotency) {
      sweep();
      const name = idempotency && `${owner.name}\n${idempotency.key}`;
      const before = name === undefined ? undefined : jobs.get(byIdempotency.get(name) ?? "");
      if (before) {
        if (before.body !== idempotency!.body) throw new TracewireError("IDEMPOTENCY_KEY_REUSED");
        return { job: before, isNew: false };
      }
      const open = [...jobs.values()].filter((job) => !isOver(job));
      if (open.filter((job) => job.owner.name === owner.name).length >= limits.per_caller_max)
        throw new TracewireError("TOO_MANY_JOBS", { what: `${limits.per_caller_max} jobs of yours are waiting or running, the most at a time` });
      if (open.length >= limits.running_max + limits.waiting_max)
        throw new TracewireError("TOO_MANY_JOBS", { what: `${open.length} jobs are waiting or running, the most at a time` });
      const job: Held = {
        id: Buffer.from(options.random(ID_BYTES)).toString("hex"),
        state: "waiting",
        question,
        created: options.clock(),
        progress: { stage: "waiting", places_looked_at: 0 },
        owner,
        ...(idempotency && { idempotency: name!, body: idempotency.body }),
      };
      jobs.set(job.id, job);
      if (name !== undefined) byIdempotency.set(name, job.id);
      startNext();
      return { job, isNew: true };
    },
    find(owner, id) {
      sweep();
      const job = jobs.get(id);
      return job && isOf(job, owner) ? job : undefined;
    },
    cancel(owner, id) {
      const job = jobs.get(id);
      if (!job || !isOf(job, owner)) return undefined;
      end(job, "cancelled");
      return job;
    },
    async close() {
      closed = true;
      const workers = [...jobs.values()].map(({ worker }) => worker);
      for (const job of jobs.values()) end(job, "cancelled");
      await Promise.all(workers.map((worker) => worker?.terminate()));
    },
  };
}
