// The thread of ledger.ts: opens a reader of its own, keeps the last few states of the sets, answers one question at a time.
import { parentPort, workerData } from "node:worker_threads";
import { TracewireError } from "../errors.ts";
import { openNewsroom } from "../newsroom.ts";
import { readLedger, type LedgerData } from "./ledger-data.ts";
import { askParts } from "./ledger-questions.ts";
import type { LedgerCall, LedgerReply } from "./ledger.ts";

const KEPT_MAX = 2;
const newsroom = openNewsroom((workerData as { folder: string }).folder);
const kept = new Map<string, Promise<LedgerData[]>>();

/** The same sets are the same rows, whatever else was appended. */
function dataOf(seqs: readonly number[]): Promise<LedgerData[]> {
  const key = seqs.join(" ");
  const known = kept.get(key);
  if (known) {
    kept.delete(key);
    kept.set(key, known);
    return known;
  }
  const data = readLedger(newsroom, seqs);
  kept.set(key, data);
  data.catch(() => kept.delete(key));
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value!);
  return data;
}

parentPort!.on("message", ({ id, seqs, name, args }: LedgerCall) => {
  void (async () => {
    let reply: LedgerReply;
    try {
      reply = { id, value: askParts(await dataOf(seqs), name, args, newsroom.log) };
    } catch (error) {
      const { code, message, hint, where } = error instanceof TracewireError ? error : new TracewireError("INTERNAL", { what: error instanceof Error ? error.message : String(error) });
      reply = { id, fault: { code, what: message, hint, ...(where === undefined ? {} : { where }) } };
    }
    parentPort!.postMessage(reply);
  })();
});
