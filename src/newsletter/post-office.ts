// The worker: takes due rows from the outbox, makes each person's own letter, hands it to the mailer and writes down what
// became of it. It runs inside `serve` and in `newsletter send --wait`; two at once share the work by claims.
import type { MailSettings } from "../config.ts";
import { isAlive } from "../effects.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { dropSpentAccountLetters, readAccountLetter } from "./account-letters.ts";
import { queueCorrection, type Correction } from "./correction-mail.ts";
import { withPersonalLinks } from "./issue-forms.ts";
import { finishSending } from "./issues.ts";
import { CONFIRM_HOURS, confirmLetter, knownLetter, type Words } from "./letters.ts";
import type { Mailer } from "./mailer.ts";
import { senderAddress } from "./message-words.ts";
import {
  RETRY_AFTER_MS,
  claimDue,
  markFailed,
  markInDoubt,
  markSent,
  noteDoubt,
  putBack,
  recoverSending,
  unclaim,
  type OutboxRow,
} from "./outbox.ts";
import { findPerson, issueToken, receiversNoted, setState, type People, type Person } from "./people-store.ts";
import { takeSignUps } from "./sign-up-inbox.ts";

/** Longest wait of a sign-up before the worker looks at it, drawn anew each time. */
const WAKE_WITHIN_MS = 500;
/** How long a server that takes no mail at all is left alone. */
const SERVER_PAUSE_MS = 60_000;
const LOOK_INTERVAL_MS = 2_000;
const HOUR_MS = 3_600_000;
const RUNS_MAX = 100_000;

export type PostOfficeOptions = {
  people: People;
  mailer: Mailer;
  settings: MailSettings;
  log: LogReader;
  /** Asked when the log has grown or more people have received something; the letters of those it returns are queued. */
  corrections?: (log: LogReader) => readonly Correction[];
  retry_after_ms?: readonly number[];
  /** Told of a fault of ours; the worker goes on. */
  onFault?: (error: unknown) => void;
};

export type RunReport = { sent: number; failed: number; deferred: number; in_doubt: number; server_down: boolean };

export type PostOffice = {
  /** Sends all that is due. */
  run(): Promise<RunReport>;
  /** Looks every two seconds, and soon when woken. */
  start(): void;
  wake(): void;
  stop(): Promise<void>;
};

export function openPostOffice(options: PostOfficeOptions): PostOffice {
  const { people, mailer, settings, log, retry_after_ms = RETRY_AFTER_MS } = options;
  const owner = `${process.pid}.${Buffer.from(people.effects.random(6)).toString("hex")}`;
  let corrected = "";
  let sentSince = true;
  let stopping = false;
  let pausedUntil = 0;

  const queueCorrections = () => {
    const state = `${log.size()} ${receiversNoted(people)}`;
    if (!options.corrections || (state === corrected && !sentSince)) return;
    for (const correction of options.corrections(log)) queueCorrection(people, log, settings.base_url, correction);
    [corrected, sentSince] = [state, false];
  };

  const run = async (): Promise<RunReport> => {
    const report: RunReport = { sent: 0, failed: 0, deferred: 0, in_doubt: 0, server_down: false };
    sweep(people);
    takeSignUps(people);
    finishSending(people, log);
    recoverSending(people, (owner) => isAlive(Number(owner.split(".")[0])));
    queueCorrections();
    let compose: Compose | undefined;
    for (let round = 0; round < RUNS_MAX && !stopping && !report.server_down; round++) {
      const rows = claimDue(people, owner);
      if (rows.length === 0) break;
      compose ??= await openComposer(people, settings);
      for (const [at, row] of rows.entries()) {
        if (stopping || report.server_down) {
          unclaim(people, rows.slice(at).map(({ id }) => id), owner);
          break;
        }
        await deliverRow(row, compose, report);
      }
    }
    queueCorrections();
    dropSpentAccountLetters(people);
    return report;
  };

  const deliverRow = async (row: OutboxRow, compose: Compose, report: RunReport): Promise<void> => {
    // Whoever was erased meanwhile has no row any more, and nothing is sent.
    const person = row.person === null ? undefined : findPerson(people, row.person);
    if (row.person !== null && !person) return;
    const message = await compose(row, person);
    if (!message) {
      markFailed(people, row.id, owner, "no longer wanted when its turn came");
      report.failed += 1;
      return;
    }
    const delivery = await mailer.deliver(message, () => markInDoubt(people, row.id, owner));
    switch (delivery.outcome) {
      case "accepted":
        markSent(people, row.id, owner, delivery.reply);
        report.sent += 1;
        if (row.kind === "issue" || row.kind === "correction") sentSince = true;
        break;
      case "refused":
        markFailed(people, row.id, owner, delivery.reply);
        if (delivery.mailbox && person) people.change(() => setState(people, person.id, "bounced"));
        report.failed += 1;
        break;
      case "deferred":
        report[putBack(people, row, owner, delivery.reply, retry_after_ms) === "failed" ? "failed" : "deferred"] += 1;
        report.server_down = delivery.server;
        break;
      case "in_doubt":
        noteDoubt(people, row.id, owner, delivery.reply);
        report.in_doubt += 1;
        break;
    }
  };

  let timer: NodeJS.Timeout | undefined;
  let woken: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  const look = () => {
    if (running || stopping || performance.now() < pausedUntil) return;
    running = run()
      .then((report) => {
        if (report.server_down) pausedUntil = performance.now() + SERVER_PAUSE_MS;
      })
      .catch((error: unknown) => options.onFault?.(error))
      .finally(() => (running = undefined));
  };
  return {
    run,
    start() {
      timer = setInterval(look, LOOK_INTERVAL_MS);
      look();
    },
    // After the answer has gone out, and at no fixed distance from it: what the worker does differs with who is known,
    // and whoever asks again at once must not meet it.
    wake() {
      if (!timer || woken || stopping) return;
      const wait = (people.effects.random(1)[0]! / 256) * WAKE_WITHIN_MS;
      woken = setTimeout(() => {
        woken = undefined;
        look();
      }, wait);
    },
    async stop() {
      stopping = true;
      clearInterval(timer);
      clearTimeout(woken);
      await running;
      await mailer.close();
    },
  };
}

/** Sign-ups that were never confirmed, and links that have run out, are deleted. */
function sweep(people: People): void {
  const now = people.effects.clock();
  const before = new Date(Date.parse(now) - CONFIRM_HOURS * HOUR_MS).toISOString();
  const stale = people.db.prepare("SELECT 1 FROM people WHERE state = 'asked' AND asked_at < ? UNION SELECT 1 FROM tokens WHERE expires < ?").get(before, now);
  if (!stale) {
    if (!people.isSettled()) people.settle();
    return;
  }
  people.change(() => {
    people.db.prepare("DELETE FROM sink WHERE address_key IN (SELECT address_key FROM people WHERE state = 'asked' AND asked_at < ?)").run(before);
    people.db.prepare("DELETE FROM people WHERE state = 'asked' AND asked_at < ?").run(before);
    people.db.prepare("DELETE FROM tokens WHERE expires < ?").run(now);
  });
  people.settle();
}

type Compose = (row: OutboxRow, person: Person | undefined) => Promise<Parameters<Mailer["deliver"]>[0] | undefined>;

/** The mail library is loaded when there is something to send. */
async function openComposer(people: People, settings: MailSettings): Promise<Compose> {
  const { composeMessage, openSigner } = await import("./message.ts");
  const sign = openSigner(settings);
  return async (row, person) => {
    const own = person ? personalLetter(people, settings.base_url, row, person) : readAccountLetter(people, row.mail);
    if (!own) return undefined;
    const { to, words, one_click }: { to: string; words: Words; one_click?: string } = { to: person?.address ?? "", ...own };
    const raw = await composeMessage(
      { to, ...words, message_id: row.message_id, date: people.effects.clock(), one_click },
      settings,
      sign,
    );
    return { envelope: { from: senderAddress(settings), to }, subject: words.subject, text: words.text, raw };
  };
}

function personalLetter(people: People, base: string, row: OutboxRow, person: Person): { words: Words; one_click?: string } | undefined {
  if (person.state === "complained") return undefined;
  if (row.kind === "confirm") {
    const expires = new Date(Date.parse(people.effects.clock()) + CONFIRM_HOURS * HOUR_MS).toISOString();
    return { words: confirmLetter(base, people.change(() => issueToken(people, person.id, "confirm", expires))) };
  }
  if (person.state !== "subscribed") return undefined;
  const token = people.change(() => issueToken(people, person.id, "manage", null));
  const one_click = `${base}/newsletter/one-click/${token}`;
  if (row.kind === "known") return { words: knownLetter(base, token), one_click };
  const mail = people.db.prepare("SELECT subject, text, html FROM mails WHERE key = ?").get(row.mail) as unknown as Words | undefined;
  return mail && { words: { subject: mail.subject, ...withPersonalLinks(mail, base, token) }, one_click };
}
