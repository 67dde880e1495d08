// A small real newsroom in a temporary folder, for tests that need one: real log, real blobs, stepped clock.
import { createPrivateKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendClaim, parseClaim, type ClaimInput } from "../src/casefile/casefile.ts";
import { seededRandom, steppedClock } from "../src/effects.ts";
import { appendCapture, appendRelease, parseLogKey, prepareCapture, verifierKey } from "../src/evidence/evidence.ts";
import { createNewsroom, KEY_FILE, PUBLIC_KEY_FILE, type NewsroomWriter } from "../src/newsroom.ts";

export type SmallNewsroom = NewsroomWriter & {
  /** Log index of the one capture that test claims name. */
  source: number;
  /** Adds claims, released unless told otherwise; returns their log indices. */
  claim(claims: Partial<ClaimInput>[], options?: { release?: boolean }): number[];
  remove(): void;
};

/** With `fixedKey` the key is the same each time, and so are all roots and signatures. */
export async function smallNewsroom(seed = 1, { fixedKey = false } = {}): Promise<SmallNewsroom> {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-test-"));
  if (fixedKey) writeFixedKey(folder);
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

/** RFC 8410: an Ed25519 private key is this prefix and 32 bytes of seed, here all of them 7. It signs nothing but tests. */
function writeFixedKey(folder: string): void {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, 7)]);
  const key = `tracewire/test\n${createPrivateKey({ key: der, format: "der", type: "pkcs8" }).export({ type: "pkcs8", format: "pem" }).toString()}`;
  writeFileSync(join(folder, KEY_FILE), key, { mode: 0o600 });
  writeFileSync(join(folder, PUBLIC_KEY_FILE), `${verifierKey(parseLogKey(key))}\n`);
}
