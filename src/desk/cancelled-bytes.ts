// What was taken and then put away is no evidence: its bytes go, unless something else holds the same ones.
import type { Effects } from "../effects.ts";
import type { BlobStore } from "../evidence/evidence.ts";
import { openForWriting } from "../newsroom.ts";
import type { Inbox } from "./inbox.ts";

type Place = { folder: string; effects: Effects; inbox: Inbox; blobs: Pick<BlobStore, "has" | "erase"> };

/**
 * Erases the bytes of cancelled items that no capture names and no other item holds; of one, or of all that are left from
 * before. Under the writer's lock, so that nobody makes a capture of them meanwhile. Returns how many were erased.
 */
export function forgetCancelled({ folder, effects, inbox, blobs }: Place, only?: string): number {
  const asked = only === undefined ? inbox.cancelledBytes() : [only];
  const open = asked.filter((sha256) => !inbox.holds(sha256));
  if (open.length === 0) return 0;
  const writer = openForWriting(folder, effects);
  try {
    return writer.transact("desk", ({ db }) => {
      const isCaptured = db.prepare("SELECT 1 FROM captures WHERE sha256 = ? LIMIT 1");
      let erased = 0;
      for (const sha256 of open) {
        if (!isCaptured.get(sha256) && blobs.has(sha256)) {
          blobs.erase(sha256);
          erased += 1;
        }
        inbox.letGo(sha256);
      }
      return erased;
    });
  } finally {
    writer.close();
  }
}
