// An archive comes in at the desk: tried first, with what would be lost and nothing written; taken in by one press; a second
// time changes nothing. What cannot be read says so.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deskNewsroom, type DeskNewsroom, type Handle } from "../../test/desk-newsroom.ts";
import { listActs } from "../accounts/accounts.ts";
import { listPublications } from "../press/press.ts";

let bench: DeskNewsroom;
before(async () => void (bench = await deskNewsroom()));
after(() => bench?.remove());

const FEED = `<?xml version="1.0"?><rss version="2.0"><channel><title>The old paper</title><link>https://old.example/</link>
<item><title>What was printed</title><link>https://old.example/a</link><guid>https://old.example/a</guid><pubDate>Mon, 04 Sep 2023 10:00:00 GMT</pubDate><description>&lt;p&gt;It was printed.&lt;/p&gt;&lt;iframe src="https://x.example/"&gt;&lt;/iframe&gt;</description></item>
<item><title>And another</title><link>https://old.example/b</link><guid>https://old.example/b</guid><pubDate>Tue, 05 Sep 2023 10:00:00 GMT</pubDate><description>&lt;p&gt;Another one.&lt;/p&gt;</description></item>
</channel></rss>`;

function send(handle: Handle, fields: Record<string, string>, content: string) {
  const boundary = "----tracewire";
  const parts = Object.entries({ csrf: bench.signedIn(handle).csrf, ...fields }).map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  const payload = Buffer.from(`${parts.join("")}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="old.xml"\r\nContent-Type: text/xml\r\n\r\n${content}\r\n--${boundary}--\r\n`);
  return bench.ask("/desk/imports", { cookie: `tracewire-desk=${bench.tokens[handle]}`, payload, headers: { "content-type": `multipart/form-data; boundary=${boundary}` } });
}

async function ended(path: string): Promise<string> {
  for (let look = 0; look < 600; look++) {
    const { body } = await bench.as("edda", path);
    if (!/Look again/.test(body)) return body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return assert.fail("it does not end");
}

test("tried: what would come in and what would be lost, and nothing is written; taken in: archive stories under the editor's handle", { timeout: 60_000 }, async () => {
  const size = bench.newsroom.log.size();
  const { status, location, body } = await send("edda", { format: "feed", topic: "Security" }, FEED);
  assert.equal(status, 303, body);
  const tried = await ended(location);
  assert.match(tried, /2 stories of [^:]*: 2 would come in/);
  assert.match(tried, /What would be lost or changed[^]*<td class="num">1<\/td>/);
  assert.match(tried, /Take 2 stories in/);
  assert.equal(bench.newsroom.log.size(), size);
  // Who does not publish does not see it, nor take it in.
  assert.equal((await bench.as("rosa", location)).status, 403);
  assert.equal((await bench.as("rosa", `${location}/take`, {})).status, 403);

  assert.equal((await bench.as("edda", `${location}/take`, {})).status, 303);
  assert.equal((await bench.as("edda", `${location}/take`, {})).status, 409, "once");
  assert.match(await ended(location), /2 came in[^]*Taken in/);
  const taken = listPublications(bench.newsroom.log).filter(({ story }) => story.type === "archive");
  assert.deepEqual(taken.map(({ by }) => by), ["edda", "edda"]);
  assert.deepEqual(listActs(bench.accounts, { handle: "edda", limit: 5 }).map(({ act, object }) => [act, object]), [["archive.import", "old.xml"], ["archive.try", "old.xml"]]);

  const again = await ended((await send("edda", { format: "feed", topic: "Security" }, FEED)).location);
  assert.match(again, /2 held already[^]*There is nothing to take in/);
});

test("what is no archive says why and writes nothing", { timeout: 60_000 }, async () => {
  const size = bench.newsroom.log.size();
  const { location } = await send("edda", { format: "ghost" }, "{ not json");
  assert.match(await ended(location), /It failed\.[^]*old\.xml|Refused: 1/);
  assert.equal((await send("edda", { format: "feed", address: "javascript:alert(1)" }, FEED)).status, 400);
  assert.equal((await send("edda", { format: "no-such" }, FEED)).status, 400);
  assert.match((await bench.as("edda", "/desk/imports/999")).body, /There is no such import/);
  assert.equal((await bench.as("edda", "/desk/imports/999/take", {})).status, 404);
  assert.equal(bench.newsroom.log.size(), size);
});
