// Against a hub that really listens: what it is told, when, and what happens while it is away.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { smallNewsroom, type SmallNewsroom } from "../../test/small-newsroom.ts";
import { openEgress } from "../evidence/evidence.ts";
import { FEED_FILES, openSchedule, parseStoryText, publishStory, withdrawStory } from "../press/press.ts";
import { openHubPinger, openPingQueue, readPingState, type HubPinger, type PingQueue } from "./hub.ts";

const BASE = "https://news.example.org";
const START = Date.parse("2026-06-01T00:00:00.000Z");
const story = (slug: string, topic = "Bridges", standfirst = "Standfirst.") =>
  parseStoryText(`---\nslug: ${slug}\ntopic: ${topic}\nbyline: Chain desk\nhappened: 2026\n---\n\n# A story\n\n> ${standfirst}\n\nA body.\n`);
const feeds = (...bases: string[]) => bases.flatMap((base) => FEED_FILES.map((file) => `${BASE}${base}/${file}`)).sort();

describe("a hub", () => {
  type Told = { method: string; type: string; form: [string, string][] };
  let told: Told[] = [];
  let answer: { status: number; headers?: Record<string, string> } = { status: 204 };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      const form = [...new URLSearchParams(body)];
      told.push({ method: request.method!, type: String(request.headers["content-type"]), form });
      response.writeHead(answer.status, answer.headers).end();
    });
  });
  let hub: string;
  let newsroom: SmallNewsroom;
  let queue: PingQueue;
  let pinger: HubPinger;
  let now = START;
  let notes: string[] = [];
  const clock = () => new Date(now).toISOString();
  const urls = () => told.map(({ form }) => form.find(([name]) => name === "hub.url")![1]).sort();
  const publish = (slug: string, ...rest: string[]) =>
    newsroom.transact("test", (transaction) => publishStory(transaction, newsroom.log, story(slug, ...rest), { by: "test" }));
  const open = (address = hub, named: string | null = new URL(address).origin) => {
    queue = openPingQueue(newsroom.folder, address);
    const egress = openEgress({ clock, ...(named === null ? {} : { named_origin: named }) });
    const note = (line: string) => void notes.push(line);
    pinger = openHubPinger({ queue, log: newsroom.log, hub: address, base_url: BASE, egress, clock, note });
  };

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    hub = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hub`;
  });
  after(() => server.close());
  beforeEach(async () => {
    [told, notes, now, answer] = [[], [], START, { status: 204 }];
    newsroom = await smallNewsroom();
    open();
    await pinger.look();
    assert.deepEqual(told, [], "what was published before the hub was set is nobody's news");
  });

  const close = () => {
    queue.close();
    newsroom.remove();
  };

  test("is told of each feed that a publication, a correction or a withdrawal changed, once", async () => {
    publish("one-story");
    await pinger.look();
    assert.deepEqual(urls(), feeds("", "/topics/bridges", "/authors/chain-desk"));
    for (const { method, type, form } of told) {
      assert.deepEqual([method, type], ["POST", "application/x-www-form-urlencoded"]);
      assert.deepEqual(form[0], ["hub.mode", "publish"]);
      assert.equal(form.length, 2);
    }
    await pinger.look();
    assert.equal(told.length, 9, "and not again");

    told = [];
    const what = "The topic was wrong.";
    newsroom.transact("test", (transaction) =>
      publishStory(transaction, newsroom.log, story("one-story", "Exchanges"), { by: "test", correction: { what } }),
    );
    await pinger.look();
    assert.deepEqual(urls(), feeds("", "/topics/bridges", "/topics/exchanges", "/authors/chain-desk", "/corrections"));

    told = [];
    newsroom.transact("test", (transaction) => withdrawStory(transaction, newsroom.log, "one-story", { by: "test", why: "It was wrong." }));
    await pinger.look();
    assert.deepEqual(urls(), feeds("", "/topics/exchanges", "/authors/chain-desk", "/corrections"));
    assert.deepEqual(
      { ...queue.state(), oldest: null },
      { hub, waiting: 0, oldest: null, given_up: 0, sent: 36, failures: 0, next_at: null, last: null },
    );
    close();
  });

  test("that is away is tried again later, ever more rarely; what was published meanwhile is told once", async () => {
    answer = { status: 503 };
    publish("one-story");
    await pinger.look();
    assert.equal(told.length, 1, "one request shows that it is away");
    publish("one-story", "Bridges", "Another standfirst.");
    await pinger.look();
    assert.equal(told.length, 1, "it is given its minute");
    const gaps: number[] = [];
    for (let failures = 1; failures < 9; failures++) {
      const { next_at } = queue.state();
      gaps.push((Date.parse(next_at!) - now) / 60_000);
      now = Date.parse(next_at!) - 1;
      await pinger.look();
      assert.equal(told.length, failures);
      now += 1;
      await pinger.look();
      assert.equal(told.length, failures + 1);
    }
    assert.deepEqual(gaps, [1, 5, 15, 60, 240, 720, 1440, 1440]);
    assert.equal(queue.state().waiting, 9);
    assert.equal(queue.state().oldest, clockAt(START));
    [told, answer] = [[], { status: 202 }];
    now = Date.parse(queue.state().next_at!);
    await pinger.look();
    assert.deepEqual(urls(), feeds("", "/topics/bridges", "/authors/chain-desk"));
    assert.equal(queue.state().failures, 0);
    assert.ok(notes.every((line) => line.includes("answered 503")));
    close();
  });

  test("keeps its queue over a restart, and nothing of it is in the log", async () => {
    answer = { status: 500 };
    publish("one-story");
    await pinger.look();
    queue.close();
    publish("another-story");
    now += 3_600_000;
    [told, answer] = [[], { status: 204 }];
    open();
    await pinger.look();
    assert.equal(urls().length, 9);
    assert.equal(readPingState(newsroom.folder, hub)!.sent, 9);
    for (const file of readdirSync(newsroom.folder, { recursive: true, withFileTypes: true }))
      if (file.isFile() && !file.name.startsWith("pings.db"))
        assert.ok(!readFileSync(join(file.parentPath, file.name)).includes(new URL(hub).host), file.name);
    close();
  });

  test("that refuses a feed is not asked again until the feed changes; a redirect is not followed", async () => {
    answer = { status: 410 };
    publish("one-story");
    await pinger.look();
    assert.equal(told.length, 9);
    assert.deepEqual([queue.state().waiting, queue.state().given_up], [0, 9]);
    now += 7 * 24 * 3_600_000;
    await pinger.look();
    assert.equal(told.length, 9);
    [told, answer] = [[], { status: 307, headers: { location: `${hub}/elsewhere` } }];
    publish("another-story");
    await pinger.look();
    assert.equal(told.length, 9);
    assert.match(queue.state().last!, /answered 307, pointing to .*\/elsewhere/);
    close();
  });

  test("on a private address is reached only where the settings name that address", async () => {
    queue.close();
    const { port } = server.address() as AddressInfo;
    for (const [address, named, reached] of [
      [hub, new URL(hub).origin, true],
      [`http://localhost:${port}/hub`, `http://localhost:${port}`, true],
      [hub, null, false],
      [hub, "http://127.0.0.1:1", false],
      [hub, "http://127.0.0.2", false],
    ] as const) {
      told = [];
      open(address, named);
      await pinger.look();
      publish("one-story", "Bridges", `For ${address} ${named}`.replaceAll(/\d/g, "n"));
      await pinger.look();
      assert.equal(told.length > 0, reached, `${address} named as ${named}`);
      queue.close();
    }
    // A public name must not lead into the house, even that of the hub in the settings.
    const egress = openEgress({ clock, named_origin: "http://hub.example.org:8080", resolve: async () => ["127.0.0.1"] });
    await assert.rejects(egress("http://hub.example.org:8080/", {}, new URLSearchParams()), /not a public address/);
    newsroom.remove();
  });

  test("learns nothing of what waits under embargo until its moment", async () => {
    const schedule = openSchedule(newsroom.folder);
    const secret = story("under-embargo", "Secrets");
    schedule.add({ slug: secret.slug, due: "2030-01-01T00:00:00.000Z", by: "test", story: secret, waivers: [] });
    await pinger.look();
    assert.deepEqual(told, []);
    newsroom.transact("test", (transaction) => publishStory(transaction, newsroom.log, secret, { by: "test" }));
    await pinger.look();
    assert.ok(urls().includes(`${BASE}/topics/secrets/feed.xml`));
    schedule.close();
    close();
  });
});

const clockAt = (ms: number): string => new Date(ms).toISOString();
