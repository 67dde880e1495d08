// A small real newsroom in a temporary folder, for tests that need one: real log, real blobs, stepped clock.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendClaim, parseClaim, type ClaimInput } from "../src/casefile/casefile.ts";
import { seededRandom, steppedClock } from "../src/effects.ts";
import { appendCapture, appendRelease, prepareCapture } from "../src/evidence/evidence.ts";
import { createNewsroom, type NewsroomWriter } from "../src/newsroom.ts";

export type SmallNewsroom = NewsroomWriter & {
  /** Log index of the one capture that test claims name. */
  source: number;
  /** Adds claims, released unless told otherwise; returns their log indices. */
  claim(claims: Partial<ClaimInput>[], options?: { release?: boolean }): number[];
  remove(): void;
};

export async function smallNewsroom(seed = 1): Promise<SmallNewsroom> {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-test-"));
  const newsroom = createNewsroom(folder, { clock: steppedClock("2026-01-01T00:00:00.000Z", 1_000), random: seededRandom(seed) });
  const prepared = await prepareCapture(newsroom.blobs, {
    bytes: new TextEncoder().encode("A made-up source for tests. It says whatever the tests say it says.\n"),
    origin: { from: "file", name: "made-up.txt" },
    retrieved_at: "2026-01-01T00:00:00Z",
    retrieved_by: "test",
    grade: "copy",
    source_grade: "F",
    item_grade: "6",
  });
  const source = newsroom.transact("test", (transaction) => {
    const seq = appendCapture(transaction, prepared);
    appendRelease(transaction, [seq], [seq], "test");
    return seq;
  });
  return {
    ...newsroom,
    source,
    claim: (claims, { release = true } = {}) =>
      newsroom.transact("test", (transaction) => {
        const seqs = claims.map((claim) =>
          appendClaim(
            transaction,
            parseClaim({
              claimant: "Somebody",
              hedge: "asserted",
              as_of: "2024",
              source: { capture: source, locator: { quote: "made-up" } },
              ...claim,
            }),
            "test",
          ),
        );
        if (release) appendRelease(transaction, seqs, [], "test");
        return seqs;
      }),
    remove() {
      newsroom.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
