// What is held and not released would change an answer: it is told to whoever makes the figure, with the claims to release.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { smallNewsroom, type SmallNewsroom } from "../../test/small-newsroom.ts";
import { appendClaim, parseClaim } from "../casefile/casefile.ts";
import { appendCapture, appendRelease, prepareCapture } from "../evidence/evidence.ts";
import { lintStory, parseStoryText } from "../press/press.ts";
import { appendFigureSpec, computeFigure, describeFigure, findNotReleased, notReleasedWords, parseFigureSpec, releaseCommand, type FigureSpec } from "./figures.ts";

let newsroom: SmallNewsroom;
before(async () => void (newsroom = await smallNewsroom()));
after(() => newsroom?.remove());

const find = (spec: FigureSpec) => findNotReleased(newsroom.log, spec, newsroom.log.size());
const release = (...seqs: number[]) => newsroom.transact("edda", (transaction) => appendRelease(transaction, seqs, [], "edda"));
const amount = (subject: string, value: string) => ({ subject, field: "amount", value, unit: "USD" });

test("a value that is quoted: the claim that it would be, and nothing once it is released", () => {
  const spec = parseFigureSpec({ id: "one-loss", title: "What one lost", measure: "quote", of: "theft", subject: "theft/one", field: "amount" });
  newsroom.transact("rosa", (transaction) => appendFigureSpec(transaction, spec, "rosa"));
  assert.equal(find(spec), undefined, "nothing is held");
  const [seq] = newsroom.claim([amount("theft/one", "7000")], { release: false });
  newsroom.claim([{ subject: "theft/one", field: "victim", value: "One" }], { release: false });
  const waiting = find(spec)!;
  assert.deepEqual(waiting, { claims: [seq], subjects: ["theft/one"], value: "7000", readers_see: null });
  assert.equal(notReleasedWords(waiting, ""), "One claim behind this is not released; readers will see “not known”");
  assert.equal(releaseCommand(waiting), `tracewire release ${seq!}`);
  // The lint says the same, instead of that there is no value.
  const story = parseStoryText("---\nslug: told\ntopic: Test\nbyline: rosa\nhappened: 2024\n---\n\n# Told\n\n> Told.\n\nIt was {{one-loss}}.\n");
  const found = () => lintStory(newsroom.log, story, new Map([["one-loss", computeFigure(newsroom.log, spec, newsroom.log.size())]])).filter(({ rule }) => rule === "figure-without-value");
  assert.deepEqual(found().map(({ what, fix }) => [what, fix]), [["“one-loss”: One claim behind this is not released; readers will see “not known”", `Release them: an editor at /desk/subjects/theft/one, or tracewire release ${seq!}`]]);
  release(seq!);
  assert.equal(find(spec), undefined);
  assert.deepEqual(found(), []);
  // A newer one would move what is printed: it is told with what readers see meanwhile.
  newsroom.claim([{ ...amount("theft/one", "9000"), claimant: "Another", as_of: "2025" }], { release: false });
  const moved = find(spec)!;
  assert.deepEqual([moved.value, moved.readers_see, moved.claims.length], ["9000", "7000", 1]);
  const figure = computeFigure(newsroom.log, spec, newsroom.log.size());
  assert.match(notReleasedWords(moved, describeFigure(figure, spec).exact), /readers will see .*7,000/);
});

test("a count: what would bring a theft in, all of its claims; what is counted already brings nothing", () => {
  const spec = parseFigureSpec({ id: "all", title: "All that were counted", measure: "count", of: "theft", period: { basis: "date", from: "2030-01-01", to: "2030-12-31" } });
  const seqs = newsroom.claim([{ subject: "theft/two", field: "date", value: "2030-02-02" }, { subject: "theft/two", field: "victim", value: "Two" }], { release: false });
  assert.deepEqual(find(spec), { claims: seqs, subjects: ["theft/two"], value: "1", readers_see: "0" });
  release(...seqs);
  newsroom.claim([{ subject: "theft/two", field: "country", value: "KR" }], { release: false });
  assert.equal(find(spec), undefined);
});

test("what rests on a protected source is not told of, and a figure over everything needs no release", async () => {
  const bytes = new TextEncoder().encode("A made-up source that is protected.\n");
  const prepared = await prepareCapture(newsroom.blobs, { bytes, origin: { from: "file", name: "secret.txt" }, retrieved_at: "2026-01-01T00:00:00Z", retrieved_by: "rosa", grade: "copy", source_grade: "B", item_grade: "2", is_protected: true });
  const spec = parseFigureSpec({ id: "three-loss", title: "What three lost", measure: "quote", of: "theft", subject: "theft/three", field: "amount" });
  newsroom.transact("rosa", (transaction) => {
    const capture = appendCapture(transaction, prepared);
    appendClaim(transaction, parseClaim({ ...amount("theft/three", "5"), claimant: "Somebody", hedge: "asserted", as_of: "2024", source: { capture, locator: { quote: "made-up" } } }), "rosa");
  });
  assert.equal(find(spec), undefined);
  newsroom.claim([amount("theft/three", "6")], { release: false });
  assert.equal(find(spec)!.value, "6");
  assert.equal(find({ ...spec, evidence: "all" }), undefined);
});
