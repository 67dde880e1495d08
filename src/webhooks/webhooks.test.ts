// Against a receiver that really listens: what it is told, that it can check the signature, and what happens while it is away.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { statSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { smallNewsroom, type SmallNewsroom } from "../../test/small-newsroom.ts";
import { TracewireError } from "../errors.ts";
import { openEgress } from "../evidence/evidence.ts";
import { parseStoryText, publishStory, withdrawStory } from "../press/press.ts";
import { RETRY_AFTER_MS } from "./webhook-store.ts";
import { openWebhookSender, openWebhookStore, WEBHOOKS_FILE, type WebhookSender, type WebhookStore } from "./webhooks.ts";

const START = Date.parse("2026-06-01T00:00:00.000Z");
const BASE = "https://news.example.org";
const story = (slug: string, standfirst = "Standfirst.") =>
  parseStoryText(`---\nslug: ${slug}\ntopic: Bridges\nbyline: Chain desk\nhappened: 2026\n---\n\n# A story\n\n> ${standfirst}\n\nA body.\n`);

describe("a webhook", () => {
  type Told = { id: string; seconds: number; signature: string; type: string; body: string };
  let told: Told[] = [];
  let status = 204;
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      const header = (name: string) => String(request.headers[name]);
      told.push({ id: header("webhook-id"), seconds: Number(header("webhook-timestamp")), signature: header("webhook-signature"), type: header("content-type"), body });
      response.writeHead(status, status === 302 ? { location: "http://127.0.0.1:1/elsewhere" } : {}).end();
    });
  });
  let url: string;
  let newsroom: SmallNewsroom;
  let store: WebhookStore;
  let sender: WebhookSender;
  let secret: string;
  let now = START;
  const clock = () => new Date(now).toISOString();
  const publish = (slug: string, standfirst?: string, correction?: { what: string }) =>
    newsroom.transact("test", (transaction) => publishStory(transaction, newsroom.log, story(slug, standfirst), { by: "test", correction }));
  const types = () => told.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  const openSender = () => openWebhookSender({ store, log: newsroom.log, base_url: BASE, clock, note() {} });

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  after(() => server.close());
  beforeEach(async () => {
    [told, now, status] = [[], START, 204];
    newsroom = await smallNewsroom();
    publish("before-it-was-made");
    store = openWebhookStore(newsroom.folder, newsroom.effects);
    ({ secret } = store.add({ name: "desk", url, events: ["story.published", "story.revised", "story.corrected", "story.withdrawn"], is_here: true }, newsroom.log));
    sender = openSender();
  });

  test("is told of each event once, in order, with a signature that it can check", async () => {
    publish("one");
    publish("one", "Another standfirst.", { what: "The standfirst was wrong." });
    newsroom.transact("test", (transaction) => withdrawStory(transaction, newsroom.log, "one", { by: "test", why: "Not so." }));
    newsroom.claim([{ subject: "theft/a", field: "victim", value: "No event of those chosen" }]);
    await sender.look();
    await sender.look();
    assert.deepEqual(types(), ["story.published", "story.corrected", "story.withdrawn"]);
    for (const { id, seconds, signature, type, body } of told) {
      assert.equal(type, "application/json");
      assert.equal(seconds, START / 1_000);
      const key = Buffer.from(secret.slice("whsec_".length), "base64");
      assert.equal(key.length, 32);
      assert.equal(signature, `v1,${createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64")}`);
    }
    const { data } = JSON.parse(told[1]!.body) as { data: Record<string, unknown> };
    assert.deepEqual([data.url, data.what, data.revision], [`${BASE}/stories/one`, "The standfirst was wrong.", 2]);
    assert.equal(store.list()[0]!.sent, 3);
    newsroom.remove();
  });

  test("whose secret is rotated is told under both for a day, then under the new one alone; what waits keeps its identifier", async () => {
    store.close();
    store = openWebhookStore(newsroom.folder, { ...newsroom.effects, clock });
    sender = openSender();
    const signed = (by: string, { id, seconds, body }: Told) => `v1,${createHmac("sha256", Buffer.from(by.slice("whsec_".length), "base64")).update(`${id}.${seconds}.${body}`).digest("base64")}`;
    status = 503;
    publish("one");
    await sender.look();
    const rotated = store.rotate("desk", 86_400_000);
    assert.notEqual(rotated.secret, secret);
    status = 204;
    now += RETRY_AFTER_MS[0]!;
    await sender.look();
    assert.equal(told[1]!.id, told[0]!.id);
    assert.equal(told[1]!.signature, `${signed(rotated.secret, told[1]!)} ${signed(secret, told[1]!)}`);
    now = Date.parse(rotated.until);
    publish("two");
    await sender.look();
    assert.equal(told[2]!.signature, signed(rotated.secret, told[2]!));
    const leaked = store.rotate("desk", 0);
    publish("three");
    await sender.look();
    assert.equal(told[3]!.signature, signed(leaked.secret, told[3]!), "at once: the former one signs nothing");
    assert.throws(() => store.rotate("nobody", 0), { code: "NOT_FOUND" });
    newsroom.remove();
  });

  test("that is away is told later, under the same identifiers; a restart loses nothing; in the end it is given up and can be replayed", async () => {
    status = 503;
    publish("one");
    publish("two");
    await sender.look();
    assert.equal(told.length, 1, "the later one waits behind the first");
    for (const wait of RETRY_AFTER_MS.slice(0, -1)) {
      now += wait - 1;
      await sender.look();
      const tries: number = told.length;
      now += 1;
      await sender.look();
      assert.equal(told.length, tries + 1, `tried again after ${wait} ms and not before`);
    }
    assert.equal(new Set(told.map(({ id }) => id)).size, 1);
    store.close();
    store = openWebhookStore(newsroom.folder, newsroom.effects);
    sender = openSender();
    now += RETRY_AFTER_MS.at(-1)!;
    await sender.look();
    assert.deepEqual([store.list()[0]!.given_up, store.list()[0]!.waiting], [1, 1]);
    const first = told[0]!.id;
    told = [];
    status = 200;
    now += RETRY_AFTER_MS.at(-1)!;
    await sender.look();
    assert.equal(told.length, 1);
    assert.equal(store.replay("desk", 0, newsroom.log, clock()), 3, "what was before it was made as well");
    await sender.look();
    assert.deepEqual(types(), ["story.published", "story.published", "story.published", "story.published"]);
    assert.ok(told.some(({ id }) => id === first));
    assert.deepEqual([store.list()[0]!.given_up, store.list()[0]!.waiting], [0, 0]);
    newsroom.remove();
  });

  test("that says it is gone is left alone; a redirect is a failure and is not followed", async () => {
    status = 302;
    publish("one");
    await sender.look();
    assert.match(store.list()[0]!.last!, /answered 302/);
    now += RETRY_AFTER_MS[0]!;
    status = 410;
    publish("two");
    await sender.look();
    assert.deepEqual([store.list()[0]!.given_up, store.list()[0]!.waiting], [2, 0]);
    told = [];
    await sender.look();
    assert.deepEqual(told, []);
    newsroom.remove();
  });

  test("is guarded: no private address unless said, no plain http outside, no password, no unknown event; its file is its owner's", async () => {
    const add = (address: string, is_here: boolean, events: string[] = []) => () => store.add({ name: `h${Math.abs(address.length)}${is_here}`.toLowerCase(), url: address, events, is_here }, newsroom.log);
    const refused = (error: unknown) => error instanceof TracewireError && error.code === "BAD_ARGUMENT";
    for (const call of [add("http://example.org/", false), add("https://a:b@example.org/", false), add("file:///etc/passwd", true), add("https://example.org/", false, ["no.such"])]) assert.throws(call, refused);
    store.remove("desk");
    store.add({ name: "inside", url: "https://127.0.0.1/hook", events: [], is_here: false }, newsroom.log);
    publish("one");
    await sender.look();
    assert.match(store.list()[0]!.last!, /127\.0\.0\.1 is not a public address/);
    assert.deepEqual(told, []);
    if (process.platform !== "win32") assert.equal(statSync(join(newsroom.folder, WEBHOOKS_FILE)).mode & 0o777, 0o600);
    newsroom.remove();
  });

  test("of what was erased since nothing is sent, and the next goes on", async () => {
    status = 503;
    publish("one");
    await sender.look();
    const asked = openWebhookSender({ store, log: { size: () => newsroom.log.size(), read: () => undefined }, base_url: BASE, clock, note() {}, egress: () => openEgress({ clock }) });
    now += RETRY_AFTER_MS[0]!;
    told = [];
    await asked.look();
    assert.deepEqual([told.length, store.list()[0]!.waiting], [0, 0]);
    newsroom.remove();
  });
});
