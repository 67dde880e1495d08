// The mail server is away for half an hour in the middle of an issue, by a clock that is stepped: nobody is sent two,
// nobody is given up, and the server is not hammered while it is down.
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../src/effects.ts";
import { composeDraft, openPostOffice, sendDraft } from "../src/newsletter/newsletter.ts";
import { openSmtpMailer } from "../src/newsletter/smtp-mailer.ts";
import { openNewsroom } from "../src/newsroom.ts";
import { openHostileSmtp } from "./hostile-smtp.ts";
import { newsletterNewsroom } from "./newsletter-newsroom.ts";
import { announce, scaled, seed } from "./scale.ts";

const OUTAGE_MINUTES = 30;
/** The worker waits a minute after it found the server down. */
const LOOKS_A_MINUTE = 1;
const MINUTES_MAX = 24 * 60;

test("a mail server away for thirty minutes: every reader is sent the issue once, and it is asked once a minute", async (t) => {
  const readers = scaled(2_000);
  announce(t, "readers", readers);
  let now = Date.parse("2026-03-29T00:40:00.000Z"); // Over the hour at which clocks in Europe are put forward.
  const newsroom = await newsletterNewsroom({ clock: () => new Date(now).toISOString(), random: seededRandom(seed) });
  let minute = -1;
  let connections = 0;
  const isDown = () => minute >= 0 && minute < OUTAGE_MINUTES;
  const server = await openHostileSmtp((stage) => {
    if (stage === "after-250" && [...server.taken].length === Math.floor(readers / 3)) minute = Math.max(minute, 0);
    if (!isDown()) return "none";
    if (stage === "connect") connections += 1;
    // Half of the time it is not there at all; then it is there and says that it cannot.
    return stage === "connect" && minute < OUTAGE_MINUTES / 2 ? "cut" : stage === "greeting" || stage === "mail" ? "4xx" : "none";
  });
  const reader = openNewsroom(newsroom.folder);
  const smtp_url = `smtp://127.0.0.1:${server.port}`;
  const mailer = openSmtpMailer({ url: smtp_url, name: "tracewire.test", timeouts: { connect_ms: 3_000, socket_ms: 5_000 } });
  const settings = { smtp_url, from: "Tracewire <news@tracewire.test>", base_url: "https://tracewire.test" };
  const office = openPostOffice({ people: newsroom.people, mailer, settings, log: reader.log });
  const count = (state: string) => newsroom.people.db.prepare("SELECT count(*) AS n FROM outbox WHERE state = ?").get(state)!.n as number;
  try {
    newsroom.story("a-first-story", "nothing else");
    newsroom.subscribe(readers);
    composeDraft(newsroom.people, newsroom.log, { slugs: [] });
    sendDraft(newsroom.people, newsroom.log, { base: "https://tracewire.test", by: "test", transact: (change) => newsroom.transact("test", change) });

    await office.run();
    assert.equal(minute, 0, "the server went away in the middle");
    assert.ok(count("sent") < readers && count("queued") > 0);
    let waited = 0;
    for (; count("queued") + count("sending") > 0; waited++) {
      assert.ok(waited < MINUTES_MAX, "it comes to an end within a day");
      now += 60_000;
      minute += 1;
      const report = await office.run();
      if (isDown()) assert.ok(report.server_down, `minute ${minute}: the outage is noticed`);
      else assert.ok(!report.server_down);
    }
    t.diagnostic(`${waited} minutes from the outage to the last letter; ${connections} connections while it was down`);
    assert.ok(connections <= OUTAGE_MINUTES * LOOKS_A_MINUTE + 1, `${connections} connections`);
    const twice = [...server.taken].filter(([, copies]) => copies.length !== 1);
    assert.deepEqual(twice.map(([address]) => address), []);
    assert.equal(server.taken.size, readers);
    assert.deepEqual([count("sent"), count("failed"), count("in_doubt")], [readers, 0, 0]);
  } finally {
    await office.stop();
    await server.close();
    reader.close();
    newsroom.stop();
  }
});
