// Pictures at the desk: taken into a story with their rights, made anew, shown, taken out and put back, and published as a
// command would publish them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deskNewsroom, type Answered, type DeskNewsroom, type Handle } from "../../test/desk-newsroom.ts";
import { hostilePictures, madePhoto, SECRET_CAMERA } from "../../test/made-pictures.ts";
import { openNewsroom } from "../newsroom.ts";
import { openDrafts, openSchedule, parseStoryText, publishStory, readPublication } from "../press/press.ts";
import { openSite } from "../site/site.ts";

let bench: DeskNewsroom;
before(async () => {
  bench = await deskNewsroom();
});
after(() => bench?.remove());

const SAID = { credit: "Rosa", licence: "CC BY 4.0", alt: "A wallet on a table" };

function upload(handle: Handle, path: string, fields: Record<string, string>, file: { name: string; bytes: Uint8Array }): Promise<Answered> {
  const boundary = "----tracewire";
  const parts = Object.entries({ ...fields, csrf: bench.signedIn(handle).csrf }).map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${file.name}"\r\nContent-Type: image/jpeg\r\n\r\n`;
  const payload = Buffer.concat([Buffer.from(parts.join("") + head), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return bench.ask(path, { cookie: `tracewire-desk=${bench.tokens[handle]}`, payload, headers: { "content-type": `multipart/form-data; boundary=${boundary}` } });
}
async function begin(headline: string): Promise<string> {
  const { location } = await bench.as("rosa", "/desk/stories", { headline });
  const id = location.split("/").at(-1)!;
  const slug = headline.toLowerCase().replaceAll(" ", "-");
  await bench.as("rosa", location, { version: "1", text: `---\nslug: ${slug}\ntopic: Sanctions\nbyline: Rosa\nhappened: 2026-03-01\n---\n\n# ${headline}\n\n> It is said.\n\nWords.\n` });
  return id;
}
function draftOf(id: string) {
  const drafts = openDrafts(bench.newsroom.folder, { clock: bench.now });
  const { version } = drafts.find(Number(id))!;
  const found = { version, text: drafts.text(Number(id))!.text, pictures: drafts.pictures(Number(id)) };
  drafts.close();
  return found;
}
async function publish(id: string, more: Record<string, string> = {}): Promise<Answered> {
  const version = String(draftOf(id).version);
  await bench.as("edda", `/desk/stories/${id}/step`, { to: "in review", version });
  await bench.as("edda", `/desk/stories/${id}/approve`, { version });
  return bench.as("edda", `/desk/stories/${id}/publish`, { version, ...more });
}

test("a picture is taken in, shown, taken out, put back, previewed, and published without what its file told", async () => {
  const id = await begin("A wallet is found");
  const bytes = await madePhoto();
  const taken = await upload("rosa", `/desk/stories/${id}/pictures`, { version: "2", ...SAID }, { name: "../My wallet (1).jpg", bytes });
  assert.equal(taken.status, 303, taken.body);
  const { text, version, pictures } = draftOf(id);
  assert.match(text, /^photo: My-wallet-1-\.jpg\ncredit: Rosa\nlicence: CC BY 4\.0\nalt: A wallet on a table$/m);
  assert.equal(version, 3);
  const page = await bench.as("rosa", `/desk/stories/${id}`);
  assert.match(page.body, /<img src="\/desk\/stories\/\d+\/pictures\/My-wallet-1-\.jpg" alt="A wallet on a table">/);
  const shown = await bench.as("rosa", `/desk/stories/${id}/pictures/My-wallet-1-.jpg`);
  assert.deepEqual([shown.status, shown.headers["content-type"], shown.headers["x-content-type-options"]], [200, "image/jpeg", "nosniff"]);
  assert.ok(!shown.bytes.includes(SECRET_CAMERA) && Buffer.from(bytes).includes(SECRET_CAMERA), "made anew from its pixels");
  // Out, and in again: each is a version, and nothing is lost.
  assert.equal((await bench.as("rosa", `/desk/stories/${id}/pictures/use`, { version: "3", file: "" })).status, 303);
  assert.doesNotMatch(draftOf(id).text, /photo:/);
  assert.match((await bench.as("rosa", `/desk/stories/${id}`)).body, /Show this one/);
  assert.equal((await bench.as("rosa", `/desk/stories/${id}/pictures/use`, { version: "3", file: pictures[0]!.file })).status, 409, "on top of what was seen");
  assert.equal((await bench.as("rosa", `/desk/stories/${id}/pictures/use`, { version: "4", file: pictures[0]!.file })).status, 303);
  assert.equal(draftOf(id).text, text);
  assert.equal((await bench.as("rosa", `/desk/stories/${id}/pictures/use`, { version: "5", file: "another.jpg" })).status, 404);
  // The same bytes are kept once; others of that name stand beside them.
  await upload("rosa", `/desk/stories/${id}/pictures`, { version: "5", ...SAID }, { name: "My wallet (1).jpg", bytes: await madePhoto({ width: 700 }) });
  assert.deepEqual(draftOf(id).pictures.map(({ file }) => file), ["My-wallet-1-.jpg", "My-wallet-1--2.jpg"]);
  await bench.as("rosa", `/desk/stories/${id}/pictures/use`, { version: "6", file: "My-wallet-1-.jpg" });

  const frame = /<iframe[^>]*src="([^"]+)"/.exec((await bench.as("rosa", `/desk/stories/${id}/preview`)).body)![1]!;
  const preview = await bench.ask(frame.replaceAll("&amp;", "&"));
  const picture = /\/desk\/preview\/[^/"]+\/pictures\/[0-9a-f]{32}\.jpg/.exec(preview.body)?.[0];
  assert.ok(picture, preview.body.slice(0, 2_000));
  assert.equal((await bench.ask(picture)).headers["content-type"], "image/jpeg");
  assert.equal((await bench.ask(picture.replace(/[0-9a-f]{32}/, "0".repeat(32)))).status, 404);
  assert.equal((await bench.ask(picture.replace(/preview\/[^/]+/, `preview/${"A".repeat(43)}`))).status, 410);

  assert.equal((await publish(id)).status, 303);
  const out = readPublication(bench.newsroom.log, "a-wallet-is-found")!;
  assert.deepEqual([out.story.photo?.credit, out.photo?.width], ["Rosa", 640]);
  const reader = openNewsroom(bench.newsroom.folder);
  const site = openSite(reader, { clock: bench.now, hosts: ["localhost"] });
  const { body } = await site.app.inject({ url: "/stories/a-wallet-is-found", headers: { host: "localhost" } });
  const src = /<img src="(\/pictures\/[^"]+)"/.exec(body)![1]!;
  const printed = await site.app.inject({ url: src, headers: { host: "localhost" } });
  assert.equal(printed.statusCode, 200);
  assert.ok(!printed.rawPayload.includes(SECRET_CAMERA));
  await site.close();
  reader.close();

  // Its words are revised by who never had the file: the picture that was printed is printed again.
  const revised = parseStoryText(text.replace("Words.", "Other words."));
  bench.newsroom.transact("edda", (transaction) => publishStory(transaction, bench.newsroom.log, revised, { by: "edda" }));
  assert.equal(readPublication(bench.newsroom.log, "a-wallet-is-found")!.revision, 2);
  assert.equal(readPublication(bench.newsroom.log, "a-wallet-is-found")!.photo!.capture, out.photo!.capture);
});

test("a scheduled story takes its picture along, checked when it was scheduled", async () => {
  const id = await begin("A later wallet");
  await upload("rosa", `/desk/stories/${id}/pictures`, { version: "2", ...SAID }, { name: "later.jpg", bytes: await madePhoto() });
  assert.equal((await publish(id, { at: "2026-05-01T06:00:00Z" })).status, 303);
  const schedule = openSchedule(bench.newsroom.folder);
  assert.equal(schedule.due("2026-05-02")[0]!.photo!.file, "later.jpg");
  schedule.close();
});

test("hostile files, a picture without rights, a stale version, and one too many are refused", async () => {
  const id = await begin("Refused wallets");
  const path = `/desk/stories/${id}/pictures`;
  for (const [what, name, bytes, words] of await hostilePictures()) {
    const refused = await upload("rosa", path, { version: "2", ...SAID }, { name, bytes });
    assert.ok([400, 413].includes(refused.status), `${what}: ${refused.status}`);
    if (refused.status === 400 && bytes.length > 0) assert.match(refused.body.replaceAll("&#39;", "'").replaceAll("&lt;", "<"), words, what);
  }
  const bytes = await madePhoto();
  for (const missing of ["credit", "licence", "alt"]) assert.equal((await upload("rosa", path, { version: "2", ...SAID, [missing]: " " }, { name: "a.jpg", bytes })).status, 400, missing);
  assert.equal((await upload("rosa", path, { version: "1", ...SAID }, { name: "a.jpg", bytes })).status, 409);
  assert.equal((await upload("olga", path, { version: "2", ...SAID }, { name: "a.jpg", bytes })).status, 404, "another's story");
  assert.equal(draftOf(id).version, 2);
  let status = 303;
  for (let at = 0; status === 303 && at < 14; at++) ({ status } = await upload("rosa", path, { version: String(draftOf(id).version), ...SAID }, { name: `n-${at}.jpg`, bytes: await madePhoto({ width: 400 + at }) }));
  assert.equal(status, 429);
  assert.equal(draftOf(id).pictures.length, 12);
  assert.deepEqual(bench.faults, []);
});
