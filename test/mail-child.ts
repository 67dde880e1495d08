// A mail worker as a process of its own, to be killed: FOLDER SMTP-URL. Ends when nothing waits any more.
import { systemEffects } from "../src/effects.ts";
import { openPeople, openPostOffice } from "../src/newsletter/newsletter.ts";
import { openSmtpMailer } from "../src/newsletter/smtp-mailer.ts";
import { openNewsroom } from "../src/newsroom.ts";

const [, , folder, smtp_url] = process.argv as string[];
const ATTEMPTS_MAX = 60;
const RUNS_MAX = 10_000;

const newsroom = openNewsroom(folder!);
const people = openPeople(folder!, systemEffects);
const settings = { smtp_url, from: "Tracewire <news@tracewire.test>", base_url: "https://tracewire.test" };
// Shorter than in life: a server that says nothing is part of the test.
const mailer = openSmtpMailer({ url: smtp_url!, name: "tracewire.test", timeouts: { connect_ms: 3_000, socket_ms: 5_000 } });
const office = openPostOffice({
  people,
  mailer,
  settings,
  log: newsroom.log,
  retry_after_ms: Array.from({ length: ATTEMPTS_MAX }, () => 1),
});
const waiting = () => people.db.prepare("SELECT count(*) AS n FROM outbox WHERE state IN ('queued', 'sending')").get()!.n as number;
for (let run = 0; run < RUNS_MAX && waiting() > 0; run++) await office.run();
await office.stop();
people.close();
newsroom.close();
