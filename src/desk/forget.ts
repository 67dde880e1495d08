// What an erasure reaches outside the log: the desk keeps what came in until it is old, and the record of acts names what was
// done to what. Both lose what told of the erased entries; that something was done, by whom and when, stays.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { accountsExist, forgetObjects, openAccounts } from "../accounts/accounts.ts";
import type { Effects } from "../effects.ts";
import { openForWriting } from "../newsroom.ts";
import { sweepErased, type ErasurePlan } from "../release-and-erase.ts";
import { WORKS_FOLDER } from "./work-jobs.ts";
import { INBOX_FILE, openInbox } from "./inbox.ts";

/** After an erasure that was made at the desk is committed: its bytes, and what the desk holds of it. */
export function finishErasure(folder: string, effects: Effects, plan: ErasurePlan, by: string): void {
  const writer = openForWriting(folder, effects);
  try {
    sweepErased(writer, plan, by);
  } finally {
    writer.close();
  }
  forgetErased(folder, effects, plan);
}

export function forgetErased(folder: string, effects: Effects, { seqs, blobs }: { seqs: readonly number[]; blobs: readonly string[] }): void {
  // Exports and reports that were made before may hold it: whoever needs one makes it anew.
  rmSync(join(folder, WORKS_FOLDER), { recursive: true, force: true });
  let titles: string[] = [];
  if (existsSync(join(folder, INBOX_FILE))) {
    const inbox = openInbox(folder, effects);
    titles = inbox.forget(seqs, blobs);
    inbox.close();
  }
  if (!accountsExist(folder)) return;
  const accounts = openAccounts(folder, effects);
  forgetObjects(accounts, seqs, titles);
  accounts.close();
}
