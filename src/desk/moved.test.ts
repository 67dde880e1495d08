// When evidence moves: both wordings side by side, one act that makes the correction, or "stands as of then" with a reason, until
// it moves again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deskNewsroom, type DeskNewsroom } from "../../test/desk-newsroom.ts";
import { appendClaim, parseClaim } from "../casefile/casefile.ts";
import { appendCapture, appendRelease, prepareCapture } from "../evidence/evidence.ts";
import { appendFigureSpec } from "../figures/figures.ts";
import { openNewsroom } from "../newsroom.ts";
import { openSite } from "../site/site.ts";
import { listCorrections, readStands, parseStoryText, publishStory, readPublication } from "../press/press.ts";

let bench: DeskNewsroom;
let capture: number;
const theft = (subject: string): void =>
  bench.newsroom.transact("rosa", (transaction) => {
    const seq = appendClaim(transaction, parseClaim({ subject, field: "victim", value: "A victim", claimant: "The Panel", hedge: "asserted", as_of: "2024", source: { capture, locator: { quote: "Thefts were listed" } } }), "rosa");
    appendRelease(transaction, [capture, seq], [], "edda");
  });

before(async () => {
  bench = await deskNewsroom();
  const { newsroom } = bench;
  const bytes = new TextEncoder().encode("Thefts were listed.\n");
  const about = { origin: { from: "file" as const, name: "list.txt" }, retrieved_at: bench.now(), retrieved_by: "rosa" };
  const prepared = await prepareCapture(newsroom.blobs, { bytes, ...about, grade: "copy", source_grade: "C", item_grade: "3" });
  capture = newsroom.transact("rosa", (transaction) => appendCapture(transaction, prepared));
  theft("theft/2024-01-01-one");
  newsroom.transact("rosa", (transaction) => appendFigureSpec(transaction, { id: "count-of-all", title: "Thefts, counted", measure: "count", of: "theft" }, "rosa"));
  for (const slug of ["first-told", "second-told"]) {
    const story = parseStoryText(`---\nslug: ${slug}\ntopic: Test\nbyline: rosa\nhappened: 2024\n---\n\n# What is counted in ${slug.replace("-", " ")}\n\n> Told.\n\nThere are {{count-of-all|words}} by now.\n`);
    newsroom.transact("edda", (transaction) => publishStory(transaction, newsroom.log, story, { by: "edda" }));
  }
});
after(() => bench?.remove());

const formOf = (body: string, action: string, after = 0): Record<string, string> => {
  const at = body.indexOf(`action="${action}"`, after);
  assert.ok(at >= 0, action);
  const form = body.slice(at, body.indexOf("</form>", at));
  return Object.fromEntries([...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].filter(([, name]) => name !== "csrf").map(([, name, value]) => [name!, value!]));
};

test("nothing moved: nothing to look at; then both stories are there with both wordings, and readers of them cannot act", async () => {
  assert.match((await bench.as("edda", "/desk/moved")).body, /Every published number comes out the same today/);
  theft("theft/2024-02-02-two");
  const page = (await bench.as("edda", "/desk/moved")).body;
  assert.match(page, /<th scope="row">section 1, paragraph 1<\/th><td>There are one by now\.<\/td><td>There are two by now\.<\/td>/);
  assert.match(page, /Revision 2 at \/stories\/[^]*The feeds \/corrections\/feed\.xml, \/feed\.xml, \/topics\/test\/feed\.xml, \/authors\/rosa\/feed\.xml[^]*No letter: nobody who is subscribed/);
  assert.match(page, /We wrote: “There are one by now\.” By what is known now it reads: “There are two by now\.”/);
  const read = (await bench.as("rosa", "/desk/moved")).body;
  assert.match(read, /There are two by now/);
  assert.doesNotMatch(read, /nobody who is subscribed/, "who reads what is not theirs to know");
  assert.doesNotMatch(read, /moved\/first-told\/correct/);
});

test("one act corrects: a new revision with its record; once, and not where it moved again meanwhile", async () => {
  const path = "/desk/moved/first-told/correct";
  const form = { ...formOf((await bench.as("edda", "/desk/moved")).body, path), what: "We counted one; there are two." };
  theft("theft/2024-03-03-three");
  assert.equal((await bench.as("edda", path, form)).status, 409, "it moved again since");
  const fresh = { ...formOf((await bench.as("edda", "/desk/moved")).body, path), what: "We counted one; there are three." };
  const done = await bench.as("edda", path, fresh);
  assert.equal(done.status, 303, done.body);
  const { log } = bench.newsroom;
  const [correction] = listCorrections(log, { limit: 5 });
  assert.deepEqual([correction!.slug, correction!.what, correction!.sentences], ["first-told", "We counted one; there are three.", [{ was: "There are one by now.", now: "There are three by now." }]]);
  assert.deepEqual([readPublication(log, "first-told")!.revision, readPublication(log, "first-told")!.by], [2, "edda"]);
  assert.equal((await bench.as("edda", path, fresh)).status, 409);
});

test("it stands as of then with a reason, and is asked again when it moves again", async () => {
  const page = (await bench.as("edda", "/desk/moved")).body;
  assert.doesNotMatch(page, /first-told/);
  const form = { ...formOf(page, "/desk/moved/stands"), why: "It tells of its day." };
  assert.equal((await bench.as("edda", "/desk/moved/stands", form)).status, 303);
  const after = (await bench.as("edda", "/desk/moved")).body;
  assert.match(after, /was looked at[^]*1 that stand as of then[^]*It tells of its day\. \(edda/);
  // Readers see why, where the newer value is shown; and it is an entry that they can open.
  const read = async (path: string) => {
    const reader = openNewsroom(bench.newsroom.folder);
    const site = openSite(reader, { clock: bench.now, hosts: ["localhost"] });
    const { body } = await site.app.inject({ url: path, headers: { host: "localhost" } });
    await site.close();
    reader.close();
    return body;
  };
  for (const path of ["/stories/second-told", "/figures/count-of-all"]) assert.match(await read(path), /<strong>It stands as of its day\.<\/strong> It tells of its day\.[^]*href="\/log\/\d+"/, path);
  const [stand] = readStands(bench.newsroom.log);
  assert.deepEqual([stand!.what, stand!.by, stand!.figures], ["story second-told revision 1", "edda", [{ id: "count-of-all", was: "1", now: "3" }]]);
  assert.match(await read(`/log/${stand!.seq}`), /It tells of its day/);
  theft("theft/2024-04-04-four");
  assert.doesNotMatch(await read("/stories/second-told"), /It stands as of its day/, "it moved again: nobody has said so of these values");
  assert.match((await bench.as("edda", "/desk/moved")).body, /2 to look at/);
  const draft = await bench.as("edda", "/desk/published/second-told/draft", {});
  assert.match((await bench.as("edda", draft.location)).body, /There are \{\{count-of-all\|words\}\} by now/);
  assert.deepEqual(bench.faults, []);
});

test("mended by hand: one draft of a story, no number changes without a word, and no older text goes over a newer one", async () => {
  const begin = async () => (await bench.as("edda", "/desk/published/second-told/draft", {})).location;
  const path = await begin();
  assert.equal(await begin(), path, "a second one leads to the first");
  const id = path.split("/").at(-1)!;
  const textOf = (body: string) => /<textarea[^>]*name="text"[^>]*>([^]*?)<\/textarea>/.exec(body)![1]!.replace(/^\n/, "").replaceAll("&gt;", ">").replaceAll("&quot;", '"');
  const version = (body: string) => /name="version" value="(\d+)"/.exec(body)![1]!;
  const goOut = async (where: string, form: Record<string, string>) => {
    let now = version((await bench.as("edda", where)).body);
    for (const [step, more] of [["step", { to: "in review", note: "" }], ["approve", {}]] as const) assert.equal((await bench.as("edda", `${where}/${step}`, { version: now, ...more })).status, 303);
    return bench.as("edda", `${where}/publish`, { version: now, ...form });
  };
  const silent = await goOut(path, { at: "", why: "", correction: "" });
  assert.equal(silent.status, 422, silent.body);
  assert.match(silent.body, /count-of-all, 1, now 4/);
  const spoken = await bench.as("edda", `${path}/publish`, { version: version((await bench.as("edda", path)).body), at: "", why: "", correction: "We counted one; there are four." });
  assert.equal(spoken.status, 303, spoken.body);
  assert.equal(listCorrections(bench.newsroom.log, { limit: 1 })[0]!.what, "We counted one; there are four.");

  // The same draft, begun anew by one person; meanwhile another's text goes out by a command.
  const old = await bench.as("edda", path);
  const saved = await bench.as("edda", path, { version: version(old.body), text: textOf(old.body).replace("> Told.", "> Told by edda.") });
  assert.equal(saved.status, 303, saved.body);
  const { story } = readPublication(bench.newsroom.log, "second-told")!;
  bench.newsroom.transact("olga", (transaction) => publishStory(transaction, bench.newsroom.log, { ...story, standfirst: [{ type: "text", text: "Told by olga." }] }, { by: "olga" }));
  const over = await goOut(path, { at: "", why: "", correction: "" });
  assert.equal(over.status, 409, over.body);
  assert.match(over.body, /Revision 3 by olga is out; this text was begun from revision 2/);
  const page = (await bench.as("edda", path)).body;
  assert.match(page, /Revision 3 by olga is out[^]*Told by olga/);
  assert.match((await bench.as("edda", "/desk/stories")).body, /behind what is out/);
  assert.equal((await bench.as("edda", `${path}/catch-up`, { version: version(page), how: "take" })).status, 303);
  assert.match(textOf((await bench.as("edda", path)).body), /Told by olga/);
  assert.doesNotMatch((await bench.as("edda", path)).body, /is out[^]*Told by olga[^]*Publishing this would/);
  const early = await bench.as("edda", `/desk/stories/${id}/step`, { version: version((await bench.as("edda", path)).body), to: "in review", note: "" });
  assert.equal(early.status, 303);
  assert.deepEqual(bench.faults, []);
});

test("a press release that moved is linked where it stands", async () => {
  const { newsroom } = bench;
  const release = parseStoryText("---\nslug: our-own-release\ntype: release\nsupplied: Tracewire\ntopic: Test\nbyline: Tracewire\nhappened: 2024\n---\n\n# What we hold\n\n> Told.\n\nThere are {{count-of-all|words}} by now.\n");
  newsroom.transact("edda", (transaction) => publishStory(transaction, newsroom.log, release, { by: "edda" }));
  theft("theft/2024-09-09-more");
  assert.match((await bench.as("anna", "/desk/boards/figures")).body, /href="[^"]*\/press-releases\/our-own-release">What we hold/);
});
