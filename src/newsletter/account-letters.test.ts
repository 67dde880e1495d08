// Letters to people of the newsroom: by the outbox, once, and nothing of them stays; an outbox of the first format takes them.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { seededRandom, steppedClock } from "../effects.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { queueAccountLetter } from "./account-letters.ts";
import { openMailSink, openSinkMailer, type Mailer } from "./mailer.ts";
import { openPeople, PEOPLE_FILE } from "./people-store.ts";
import { openPostOffice } from "./post-office.ts";

const settings = { from: "Tracewire <newsletter@tracewire.invalid>", base_url: "https://news.example.org" };
const nothing = { size: () => 0 } as unknown as LogReader;

/** The outbox as the first format had it. */
const FORMAT_1 = `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT; INSERT INTO meta VALUES ('format', '1'), ('salt', 'ab'), ('receivers', '0');
  CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT NOT NULL, address_key TEXT NOT NULL UNIQUE, state TEXT NOT NULL, topics TEXT NOT NULL DEFAULT '[]',
    asked_at TEXT NOT NULL, soft_bounces INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, mail TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('confirm', 'known', 'issue', 'correction')),
    person INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE, state TEXT NOT NULL, message_id TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_at TEXT NOT NULL,
    owner TEXT, claimed_at TEXT, last TEXT, UNIQUE (mail, person)) STRICT;
  CREATE INDEX outbox_by_state ON outbox (state, next_at);
  INSERT INTO people (address, address_key, state, asked_at) VALUES ('r@example.org', 'r@example.org', 'subscribed', '2025');
  INSERT INTO outbox (id, mail, kind, person, state, message_id, next_at) VALUES (41, 'issue:1', 'issue', 1, 'sent', 'm', '2025');`;

async function withPeople(tables: string | undefined, run: (folder: string, people: ReturnType<typeof openPeople>, pass: (ms: number) => void) => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-letters-"));
  if (tables) {
    const db = new DatabaseSync(join(folder, PEOPLE_FILE));
    db.exec(tables);
    db.close();
  }
  let late = 0;
  const clock = steppedClock("2026-01-01T00:00:00.000Z");
  const people = openPeople(folder, { clock: () => new Date(Date.parse(clock()) + late).toISOString(), random: seededRandom(3) });
  try {
    await run(folder, people, (ms) => void (late += ms));
  } finally {
    people.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const letter = { to: "ada@example.org", subject: "You are invited", lines: ["Come in."], href: "https://desk.example.org/desk/join/SECRETLINK", expires: "2026-01-04T00:00:00.000Z" };

test("a letter goes out once, and then its link stands in no byte of people.db but the local sink's", () =>
  withPeople(undefined, async (folder, people) => {
    const sent: { to: string; text: string }[] = [];
    const mailer: Mailer = {
      async deliver({ envelope, text }, mark) {
        mark();
        sent.push({ to: envelope.to, text });
        return { outcome: "accepted", reply: "250" };
      },
      close: async () => {},
    };
    const office = openPostOffice({ people, mailer, settings, log: nothing });
    queueAccountLetter(people, letter);
    for (let at = 0; at < 3; at++) await office.run();
    assert.equal(sent.length, 1);
    assert.equal(sent[0]!.to, "ada@example.org");
    assert.match(sent[0]!.text, /SECRETLINK/);
    for (const name of readdirSync(folder)) assert.equal(readFileSync(join(folder, name)).includes("SECRETLINK"), false, name);
    assert.equal(people.db.prepare("SELECT count(*) AS n FROM people").get()!.n, 0, "who is invited is no subscriber");
  }));

test("a letter whose link is dead is not sent", () =>
  withPeople(undefined, async (_, people, pass) => {
    queueAccountLetter(people, letter);
    pass(4 * 24 * 3_600_000);
    const report = await openPostOffice({ people, mailer: openSinkMailer(people), settings, log: nothing }).run();
    assert.deepEqual([report.sent, report.failed], [0, 1]);
    assert.equal(openMailSink(people).list(5).length, 0);
  }));

test("an outbox of the first format is taken over with its rows, and takes the new letters", () =>
  withPeople(FORMAT_1, async (_, people) => {
    queueAccountLetter(people, letter);
    const rows = people.db.prepare("SELECT id, kind, person, state FROM outbox ORDER BY id").all().map((row) => Object.values(row));
    assert.deepEqual(rows, [[41, "issue", 1, "sent"], [42, "account", null, "queued"]]);
    assert.equal(people.db.prepare("SELECT value FROM meta WHERE key = 'format'").get()!.value, "2");
    assert.equal(people.db.prepare("SELECT count(*) AS n FROM sqlite_master WHERE type = 'index' AND tbl_name = 'outbox' AND name LIKE 'outbox_by_%'").get()!.n, 3);
    const report = await openPostOffice({ people, mailer: openSinkMailer(people), settings, log: nothing }).run();
    assert.equal(report.sent, 1);
  }));
