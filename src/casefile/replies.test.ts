// Right of reply from the letter to the claims: each claim stands in the very words that were kept.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { smallNewsroom, type SmallNewsroom } from "../../test/small-newsroom.ts";
import { findCapture, readText, requireLocator } from "../evidence/evidence.ts";
import { appendAnswer, appendRequest, appendSilence, dueReplies, prepareAnswer, prepareRequest, readReplies, readReply, releaseReply, subjectsAbout, type RequestInput } from "./casefile.ts";

let newsroom: SmallNewsroom;
before(async () => void (newsroom = await smallNewsroom(8)));
after(() => newsroom.remove());

const NOW = "2026-03-01T12:00:00.000Z";
const all = () => ({ log_size: newsroom.log.size(), evidence: "all" as const });
const shown = () => ({ log_size: newsroom.log.size(), evidence: "released" as const });
const REQUEST: RequestInput = {
  name: "the-bridge",
  asked_of: "The bridge’s operators",
  channel: "mail to their press office",
  asked_at: "2026-03-01",
  deadline: "2026-03-08",
  reminder: "2026-03-06",
  about: "a-story",
  wording: "We are told that 12 coins were taken.\n\nIs that so, and when did you know?",
};

async function ask(given: Partial<RequestInput> = {}): Promise<number[]> {
  const prepared = await prepareRequest(newsroom.blobs, { ...REQUEST, ...given }, "rosa", NOW);
  return newsroom.transact("rosa", (transaction) => appendRequest(transaction, prepared, "rosa"));
}

test("a request is claims, each of which stands in the words kept; its reminder is never public", async () => {
  await ask();
  const reply = readReply(newsroom.log, all(), "the-bridge")!;
  assert.deepEqual([reply.asked, reply.asked_of, reply.deadline, reply.reminder, reply.state], [REQUEST.wording, REQUEST.asked_of, "2026-03-08", "2026-03-06", "waiting"]);
  for (const claim of reply.claims) {
    const text = await readText(newsroom.blobs, findCapture(newsroom.log, claim.source.capture)!);
    const found = requireLocator(text, claim.source.locator, claim.field);
    if (claim.field !== "asked") assert.ok(found.endsWith(claim.value), `${claim.field}: ${found}`);
  }
  assert.equal(readReply(newsroom.log, shown(), "the-bridge"), undefined);
  newsroom.transact("edda", (transaction) => releaseReply(transaction, "the-bridge", "edda"));
  const read = readReply(newsroom.log, shown(), "the-bridge")!;
  assert.deepEqual([read.asked_of, read.reminder, read.about], [REQUEST.asked_of, null, "a-story"]);
  assert.deepEqual(subjectsAbout(newsroom.log, shown(), "a-story"), ["reply/the-bridge"]);
  // Nor do the bytes that readers may open say it.
  const isOpen = newsroom.log.db.prepare("SELECT 1 FROM entry_index WHERE seq = ? AND released IS NOT NULL");
  for (const { field, source } of reply.claims) {
    const text = await readText(newsroom.blobs, findCapture(newsroom.log, source.capture)!);
    assert.equal(isOpen.get(source.capture) !== undefined, field !== "reminder");
    assert.equal(JSON.stringify(text).includes(REQUEST.reminder!), field === "reminder", field);
  }
  await assert.rejects(ask(), /was asked already/);
});

test("it is due by its deadline, reminds on its day, and an answer settles it", async () => {
  await ask({ name: "sooner", deadline: "2026-03-04", about: undefined, reminder: undefined } as Partial<RequestInput>);
  const due = (today: string) => dueReplies(readReplies(newsroom.log, all()), today).map(({ name, due: what }) => [name, what]);
  assert.deepEqual(due("2026-03-02"), [["sooner", undefined], ["the-bridge", undefined]]);
  assert.deepEqual(due("2026-03-06"), [["sooner", "overdue"], ["the-bridge", "remind"]]);
  const prepared = await prepareAnswer(newsroom.blobs, { name: "sooner", claimant: "A company", answered_at: "2026-03-03", text: "That is not so.\nWe were never asked.", hedge: "denied" }, "rosa", NOW);
  newsroom.transact("rosa", (transaction) => appendAnswer(transaction, prepared, "rosa"));
  const answered = readReply(newsroom.log, all(), "sooner")!;
  assert.deepEqual([answered.state, answered.answers[0]!.hedge, answered.answers[0]!.value], ["answered", "denied", "That is not so.\nWe were never asked."]);
  assert.deepEqual(due("2026-03-06").map(([name]) => name), ["the-bridge"]);
});

test("silence is recorded only when the day is over, and not over an answer", () => {
  const close = (name: string, today: string) => newsroom.transact("rosa", (transaction) => appendSilence(transaction, name, today, "rosa"));
  assert.throws(() => close("the-bridge", "2026-03-08"), /until the end of 2026-03-08/);
  assert.throws(() => close("sooner", "2026-03-20"), /settled: answered/);
  close("the-bridge", "2026-03-09");
  assert.deepEqual([readReply(newsroom.log, all(), "the-bridge")!.state, readReply(newsroom.log, all(), "the-bridge")!.silence], ["no reply", "2026-03-08"]);
  assert.throws(() => close("the-bridge", "2026-03-10"), /settled/);
});

test("what cannot be kept is refused by its field", async () => {
  for (const [given, where] of [
    [{ name: "../x" }, "name"],
    [{ asked_of: " " }, "asked_of"],
    [{ deadline: "2026-02-30x" }, "deadline"],
    [{ deadline: "2026-02-01" }, "deadline"],
    [{ wording: "x".repeat(2_001) }, "question"],
    [{ wording: "x".repeat(20_001) }, "wording"],
  ] as const)
    await assert.rejects(ask({ ...REQUEST, name: "another", ...given }), (error: { where?: string }) => error.where === where, where);
  await ask({ name: "long", wording: "y".repeat(9_000), question: "Whether it is so" });
  assert.equal(readReply(newsroom.log, all(), "long")!.asked, "Whether it is so");
});
