// The sign-up desk as laws: limits hold in every window, a link is opened by its holder only, addresses cannot carry
// headers, and who is erased leaves no byte behind.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { newsletterNewsroom } from "../../test/newsletter-newsroom.ts";
import { announce, scaled, seed } from "../../test/scale.ts";
import { seededRandom } from "../effects.ts";
import { networkOf, parseAddress } from "./address.ts";
import { composeDraft } from "./draft-issue.ts";
import { sendDraft } from "./issues.ts";
import { openMailSink, openSinkMailer } from "./mailer.ts";
import { openPeople, type People } from "./people-store.ts";
import { openPostOffice } from "./post-office.ts";
import { openSignUpDesk } from "./sign-up-desk.ts";
import { sendTest } from "./test-copy.ts";
import { takeSignUps } from "./sign-up-inbox.ts";
import { SIGN_UP_LIMITS } from "./sign-up-limits.ts";

const settings = { from: "Tracewire <news@tracewire.test>", base_url: "https://tracewire.test" };

function peopleAt(start: string): { people: People; advance(ms: number): void; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-people-"));
  let now = Date.parse(start);
  const people = openPeople(folder, { clock: () => new Date(now).toISOString(), random: seededRandom(seed) });
  return {
    people,
    advance: (ms) => (now += ms),
    remove() {
      people.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

test("no window holds more letters than its limit, whatever the order and pace of sign-ups", (t) => {
  const runs = scaled(100);
  announce(t, "runs of sign-ups", runs);
  const step = fc.record({ wait_ms: fc.nat(30 * 60_000), reader: fc.nat(4), domain: fc.nat(1), host: fc.nat(300), repeat: fc.integer({ min: 1, max: 12 }) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const { people, advance, remove } = peopleAt("2026-01-01T00:00:00.000Z");
      try {
        const desk = openSignUpDesk(people);
        const letters: { at: number; address: string; domain: string; network: string }[] = [];
        for (const { wait_ms, reader, domain, host, repeat } of steps) {
          advance(wait_ms);
          for (let turn = 0; turn < repeat; turn++) {
            const address = `reader-${reader}@d${domain}.example.org`;
            const before = people.db.prepare("SELECT count(*) AS n FROM outbox").get()!.n as number;
            desk.subscribe(turn % 2 ? address.toUpperCase() : address, `10.0.${host >> 8}.${host & 255}`);
            takeSignUps(people);
            const after = people.db.prepare("SELECT count(*) AS n FROM outbox").get()!.n as number;
            if (after > before) letters.push({ at: Date.parse(people.effects.clock()), address, domain: `d${domain}`, network: `${host >> 8}` });
          }
        }
        for (const [name, { count, window_ms }] of Object.entries(SIGN_UP_LIMITS))
          for (const end of letters) {
            const key = name as "address" | "domain" | "network";
            const inside = letters.filter((letter) => letter[key] === end[key] && letter.at <= end.at && letter.at > end.at - window_ms);
            assert.ok(inside.length <= count, `${inside.length} letters for one ${name}`);
          }
      } finally {
        remove();
      }
    }),
    { seed, numRuns: runs },
  );
});

test("signing up runs the same statements with the same effects for every address, and none that looks for people", async () => {
  const newsroom = await newsletterNewsroom();
  const { people } = newsroom;
  try {
    newsroom.subscribe(4);
    people.db.exec("UPDATE people SET state = 'left' WHERE id = 2; UPDATE people SET state = 'complained' WHERE id = 3; UPDATE people SET state = 'bounced' WHERE id = 4");
    let work: string[] = [];
    const db = new Proxy(people.db, {
      get(target, name: "prepare") {
        const member = target[name] as unknown;
        if (name !== "prepare") return typeof member === "function" ? member.bind(target) : member;
        return (sql: string) => {
          const statement = target.prepare(sql);
          const ran = (how: "run" | "get" | "all") => (...values: unknown[]) => {
            const result = (statement[how] as (...values: unknown[]) => unknown)(...values);
            work.push(`${sql}: ${how === "run" ? (result as { changes: number }).changes : "read"}`);
            return result;
          };
          return { run: ran("run"), get: ran("get"), all: ran("all") };
        };
      },
    });
    const desk = openSignUpDesk({ ...people, db });
    const done = ["Reader-0@example.org", "reader-1@example.org", "reader-2@example.org", "reader-3@example.org", ...Array.from({ length: 5 }, () => "nobody@example.org")].map((address, at) => {
      work = [];
      assert.equal(desk.subscribe(address, `192.0.${at}.1`), "taken");
      return work.join("\n");
    });
    assert.equal(new Set(done).size, 1);
    assert.doesNotMatch(done[0]!, /\b(people|outbox|tokens)\b/);
    assert.match(done[0]!, /INSERT INTO sign_ups .*: 1/);
  } finally {
    newsroom.stop();
  }
});

test("a network is a /24 or a /64, also where IPv4 is written as IPv6", () => {
  assert.equal(networkOf("192.0.2.7"), networkOf("::ffff:192.0.2.200"));
  assert.notEqual(networkOf("192.0.2.7"), networkOf("192.0.3.7"));
  assert.equal(networkOf("2001:db8:1:2:3::4"), networkOf("2001:db8:1:2:ffff::9"));
  assert.notEqual(networkOf("2001:db8:1:2::1"), networkOf("2001:db8:1:3::1"));
  assert.equal(networkOf("nonsense"), networkOf(""));
});

test("an address is one mailbox and never a header", () => {
  for (const good of ["a@example.org", "A.b+c@Sub.Example.org", "x@bücher.example"]) assert.ok(parseAddress(good), good);
  assert.equal(parseAddress("A@EXAMPLE.org")!.key, parseAddress("a@example.ORG")!.key);
  const bad = ["", "a", "a@b", "a@@example.org", ".a@example.org", "a..b@example.org", '"a b"@example.org', "a@[192.0.2.1]", "a@example.org,b@example.org"];
  const injected = ["a@example.org\r\nBcc: b@example.org", "a\nb@example.org", "a@example.org\u0000", "a@example.org> SIZE=1", "<a@example.org>", "a@exa\u2028mple.org"];
  for (const text of [...bad, ...injected]) assert.equal(parseAddress(text), undefined, JSON.stringify(text));
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 80 }), fc.string({ unit: "binary", maxLength: 20 }), (left, right) => {
      const found = parseAddress(`${left}@${right}.example.org`);
      assert.ok(!found || /^[\x21-\x7e]+@[a-z0-9.-]+$/.test(found.address));
    }),
    { seed, numRuns: scaled(5_000) },
  );
});

test("only the token that was sent opens a link; a confirmation runs out, and an old one brings nobody back", async () => {
  const newsroom = await newsletterNewsroom();
  const { people, advance, remove } = peopleAt("2026-01-01T00:00:00.000Z");
  try {
    const desk = openSignUpDesk(people);
    const sink = openMailSink(people);
    const office = openPostOffice({ people, mailer: openSinkMailer(people), settings, log: newsroom.log });
    const linkIn = (id: number, kind: string) => new RegExp(`/newsletter/${kind}/([\\w-]+)`).exec(sink.read(id)!.text)![1]!;
    assert.equal(desk.subscribe("reader@example.org", "192.0.2.1"), "taken");
    await office.run();
    const first = linkIn(1, "confirm");
    for (const wrong of ["", "x", `${first}x`, first.slice(1), `${first.slice(0, -1)}${first.endsWith("A") ? "B" : "A"}`, "A".repeat(43), "'; DROP TABLE people; --"]) {
      assert.equal(desk.canConfirm(wrong), false);
      assert.equal(desk.confirm(wrong), false);
    }
    assert.equal(desk.preferences(first), undefined, "a token for confirming chooses nothing");
    assert.ok(!people.db.prepare("SELECT hash FROM tokens").all().some(({ hash }) => Buffer.from(hash as Uint8Array).toString("base64url") === first), "stored as a hash");
    advance(49 * 3_600_000);
    assert.equal(desk.confirm(first), false, "it has run out");
    await office.run();
    assert.equal(people.db.prepare("SELECT count(*) AS n FROM people").get()!.n, 0, "who never confirmed is deleted");
    assert.deepEqual(sink.list(9), []);

    desk.subscribe("reader@example.org", "192.0.2.1");
    await office.run();
    const confirm = linkIn(sink.list(1)[0]!.id, "confirm");
    assert.ok(desk.confirm(confirm));
    desk.subscribe("READER@example.org", "192.0.2.1");
    await office.run();
    const letter = sink.list(1)[0]!;
    assert.equal(letter.subject, "Your Tracewire newsletter", "known already");
    const manage = linkIn(letter.id, "leave");
    assert.deepEqual(desk.preferences(manage), { masked: "r…@example.org", subscribed: true, topics: [] });
    assert.ok(desk.choose(manage, ["Security", "Security", "Bridges"]));
    assert.deepEqual(desk.preferences(manage)!.topics, ["Security", "Bridges"]);
    assert.ok(desk.unsubscribe(manage));
    assert.equal(desk.confirm(confirm), false, "an old letter of confirmation brings nobody back");
    assert.equal(desk.preferences(manage)!.subscribed, false);
  } finally {
    remove();
    newsroom.stop();
  }
});

test("whoever is erased leaves no byte in any file of the data folder", async () => {
  const newsroom = await newsletterNewsroom();
  const { people, folder } = newsroom;
  try {
    const desk = openSignUpDesk(people);
    const office = openPostOffice({ people, mailer: openSinkMailer(people), settings, log: newsroom.log });
    newsroom.story("a-first-story", "nothing else");
    newsroom.subscribe(50);
    const name = "Xylophone.Quagmire";
    desk.subscribe(`${name}@rare-domain.example`, "192.0.2.1");
    await office.run();
    const sink = openMailSink(people);
    assert.ok(desk.confirm(/confirm\/([\w-]+)/.exec(sink.read(1)!.text)![1]!));
    composeDraft(people, newsroom.log, { slugs: [] });
    sendDraft(people, newsroom.log, { base: settings.base_url, by: "test", transact: (change) => newsroom.transact("test", change) });
    await office.run();
    const mine = sink.list(200).find(({ to }) => to.startsWith("xylophone"))!;
    const token = /leave\/([\w-]+)/.exec(sink.read(mine.id)!.text)![1]!;
    const needles = ["xylophone", "quagmire", "rare-domain", token.toLowerCase(), Buffer.from(`${name}@rare-domain.example`).toString("base64").slice(0, 30).toLowerCase()];
    const found = () =>
      files(folder).flatMap((file) => {
        const text = readFileSync(file).toString("latin1").toLowerCase();
        return needles.filter((needle) => text.includes(needle)).map((needle) => `${file}: ${needle}`);
      });
    for (let turn = 0; turn < 5; turn++) desk.subscribe(`${name}@rare-domain.example`, "192.0.2.2");
    await office.run();
    desk.subscribe(`${name}@rare-domain.example`, "192.0.2.3");
    assert.equal(people.db.prepare("SELECT count(*) AS n FROM sign_ups").get()!.n, 1, "one more waits for the worker");
    await sendTest(people, newsroom.log, settings, `${name}@rare-domain.example`).catch(() => undefined);
    assert.ok(found().length > 0, "before, the address is there");
    assert.ok(desk.erase(token));
    assert.ok(people.isSettled());
    assert.deepEqual(found(), []);
    assert.equal(desk.preferences(token), undefined);
    assert.equal(desk.erase(token), false);
    assert.equal(people.db.prepare("SELECT count(*) AS n FROM people").get()!.n, 50, "and nobody else is gone");
    assert.equal((people.db.prepare("PRAGMA foreign_key_check").all() as unknown[]).length, 0);
  } finally {
    newsroom.stop();
  }
});

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}
