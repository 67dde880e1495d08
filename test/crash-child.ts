// Writes to a newsroom until it is killed, acknowledging each durable write on a line of its own.
import { writeSync } from "node:fs";
import { appendClaim, parseClaim } from "../src/casefile/casefile.ts";
import { systemEffects } from "../src/effects.ts";
import { appendCapture, appendRelease, prepareCapture } from "../src/evidence/evidence.ts";
import { appendFigureSpec } from "../src/figures/figures.ts";
import { openForWriting } from "../src/newsroom.ts";
import { parseStoryText, publishStory } from "../src/press/press.ts";

const WRITES_MAX = 100_000;
const newsroom = openForWriting(process.argv[2]!, systemEffects);
// One write to the pipe is atomic, so a line is there whole or not at all.
const acknowledge = (what: object) => writeSync(1, `${JSON.stringify(what)}\n`);
const story = (round: number) =>
  parseStoryText(
    `---\nslug: crash-story\ntopic: Security\nbyline: Test\nhappened: 2024\nreply: reply/crash\n---\n\n# There are {{crash-count}} thefts\n\n> Round ${"x".repeat(round % 50)}.\n\nText.\n`,
  );

acknowledge({ ready: true });
for (let round = 0; round < WRITES_MAX; round++) {
  const bytes = new TextEncoder().encode(`capture ${process.pid} ${round} ${"y".repeat((round * 7919) % 20_000)}`);
  const prepared = await prepareCapture(newsroom.blobs, {
    bytes,
    origin: { from: "file", name: "crash.txt" },
    retrieved_at: "2026-01-01T00:00:00Z",
    retrieved_by: "crash",
    grade: "copy",
    source_grade: "F",
    item_grade: "6",
  });
  const capture = newsroom.transact("crash", (transaction) => appendCapture(transaction, prepared));
  acknowledge({ write: "capture", seq: capture, sha256: prepared.sha256 });
  for (let at = 0; at < 5; at++) {
    const claim = parseClaim({
      subject: `theft/crash-${process.pid}-${round}-${at}`,
      field: "victim",
      value: "Somebody",
      claimant: "crash",
      hedge: "unstated",
      as_of: "2024",
      source: { capture, locator: { quote: "capture" } },
    });
    const seq = newsroom.transact("crash", (transaction) => {
      const entry = appendClaim(transaction, claim, "crash");
      appendRelease(transaction, [capture, entry], [], "crash");
      return entry;
    });
    acknowledge({ write: "claim", seq, subject: claim.subject });
  }
  newsroom.transact("crash", (transaction) =>
    appendFigureSpec(transaction, { id: "crash-count", title: "Thefts in the crash test", measure: "count", of: "theft" }, "crash"),
  );
  const published = newsroom.transact("crash", (transaction) => publishStory(transaction, newsroom.log, story(round), { by: "crash" }));
  acknowledge({ write: "publication", seq: published.seq, revision: published.revision });
}
