// A newsroom in which everything is done and then taken back, to see what would come of it: bytes are only hashed.
import { sha256Hex } from "../evidence/evidence.ts";
import type { NewsroomWriter } from "../newsroom.ts";

class TakenBack extends Error {}

export function tried(newsroom: NewsroomWriter): NewsroomWriter & { isDryRun: true } {
  const transact: NewsroomWriter["transact"] = (by, change) => {
    const done: { value?: ReturnType<typeof change> } = {};
    try {
      newsroom.transact(by, (transaction) => {
        done.value = change(transaction);
        throw new TakenBack();
      });
    } catch (error) {
      if (!(error instanceof TakenBack)) throw error;
    }
    return done.value!;
  };
  return { ...newsroom, isDryRun: true, blobs: { ...newsroom.blobs, put: (bytes) => ({ sha256: sha256Hex(bytes), existed: false }) }, transact };
}
