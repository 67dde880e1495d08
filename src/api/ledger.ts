// What the transfers say, asked of a thread of its own: sets are read and indexed there, and readers of pages never wait for
// it. It starts when first asked and ends when nobody asks; what it holds can be made again.
import { Worker } from "node:worker_threads";
import { TracewireError, type ErrorCode } from "../errors.ts";
import { listTransferSets, type TransferSet } from "../tracing/tracing.ts";
import type { ApiContext } from "./endpoint.ts";
import type { LedgerQuestions } from "./ledger-questions.ts";

/** Transfers and transactions read for one answer; larger sets are left out and named, and the command line reads them. */
export const LEDGER_ROWS_MAX = 1_000_000;
const WAITING_MAX = 200;
const ANSWER_MS_MAX = 30_000;
const IDLE_MS_MAX = 600_000;
const MEMORY_MB_MAX = 2_048;

export type LedgerSets = { seqs: number[]; left_out: string[] };

export type Ledger = {
  ask<N extends keyof LedgerQuestions>(sets: LedgerSets, name: N, args: Parameters<LedgerQuestions[N]>[1]): Promise<Awaited<ReturnType<LedgerQuestions[N]>>>;
  close(): Promise<void>;
};

export type LedgerCall = { id: number; seqs: number[]; name: keyof LedgerQuestions; args: unknown };
export type LedgerReply = { id: number; value: unknown } | { id: number; fault: { code: ErrorCode; what: string; hint: string; where?: string } };

/** Sets of transfers that the caller may see, none of them superseded. */
export function visibleSets({ log, at, caller }: Pick<ApiContext, "log" | "at" | "caller">): TransferSet[] {
  const isPrivate = caller.scopes.has("traces:private");
  return listTransferSets(log, at.log_size).filter(
    (set) => set.superseded_by === undefined && (isPrivate || (set.released !== undefined && set.released < at.log_size)),
  );
}

/** Of those, what one answer may rest on: smallest first, up to the limit. */
export function ledgerSets(context: Pick<ApiContext, "log" | "at" | "caller">): LedgerSets {
  const sets: LedgerSets = { seqs: [], left_out: [] };
  let rows = 0;
  for (const set of visibleSets(context).toSorted((a, b) => a.row_count - b.row_count)) {
    rows += set.row_count;
    if (rows <= LEDGER_ROWS_MAX) sets.seqs.push(set.seq);
    else sets.left_out.push(set.name);
  }
  sets.seqs.sort((a, b) => a - b);
  return sets;
}

type Waiting = { resolve(value: unknown): void; reject(error: unknown): void; timer: NodeJS.Timeout };

export function openLedger(folder: string): Ledger {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let next = 0;
  const waiting = new Map<number, Waiting>();

  const stop = (error: TracewireError) => {
    const stopped = worker;
    worker = undefined;
    for (const { reject, timer } of waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    waiting.clear();
    return stopped?.terminate();
  };
  const start = (): Worker => {
    const started = new Worker(new URL("./ledger-worker.ts", import.meta.url), {
      workerData: { folder },
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB_MAX },
    });
    started.unref();
    started.on("message", (reply: LedgerReply) => {
      const asked = waiting.get(reply.id);
      if (!asked) return;
      waiting.delete(reply.id);
      clearTimeout(asked.timer);
      if ("value" in reply) asked.resolve(reply.value);
      else asked.reject(new TracewireError(reply.fault.code, reply.fault));
    });
    started.on("error", (error: NodeJS.ErrnoException) => {
      if (worker !== started) return;
      void stop(
        error.code === "ERR_WORKER_OUT_OF_MEMORY"
          ? new TracewireError("JOB_LIMIT", { what: `The transfers need more than ${MEMORY_MB_MAX} MB, the most that is held for answers` })
          : new TracewireError("INTERNAL", { cause: error }),
      );
    });
    return started;
  };

  return {
    ask({ seqs }, name, args) {
      if (waiting.size >= WAITING_MAX) return Promise.reject(new TracewireError("TOO_MANY_JOBS", { what: `${waiting.size} answers about transfers are being made, the most at a time` }));
      worker ??= start();
      clearTimeout(idle);
      idle = setTimeout(() => void stop(new TracewireError("INTERNAL")), IDLE_MS_MAX).unref();
      return new Promise<never>((resolve, reject) => {
        const id = next++;
        const timer = setTimeout(
          () => void stop(new TracewireError("JOB_LIMIT", { what: `It took more than ${ANSWER_MS_MAX / 1_000} s, the most that an answer may take` })),
          ANSWER_MS_MAX,
        ).unref();
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject, timer });
        worker!.postMessage({ id, seqs, name, args } satisfies LedgerCall);
      });
    },
    async close() {
      clearTimeout(idle);
      await stop(new TracewireError("INTERNAL", { what: "The server stops" }));
    },
  };
}
