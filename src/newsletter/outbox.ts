// The outbox: one row for each mail to each person, and never two (UNIQUE). SMTP cannot promise "exactly once": between
// the final dot and the 250 nobody knows (RFC 1047). A row is marked in_doubt durably before that dot, so that a crash or
// a cut leaves a row which asks a person, and never a second copy.
//
//   queued → sending → in_doubt → sent
//      ↑________|  (4xx, cut before the dot: later)      failed: 5xx, or too many attempts
import { TracewireError } from "../errors.ts";
import { noteReceiver, type People } from "./people-store.ts";

export type MailKind = "confirm" | "known" | "issue" | "correction" | "account";
export type OutboxState = "queued" | "sending" | "sent" | "failed" | "in_doubt";

export type OutboxRow = { id: number; mail: string; kind: MailKind; /** Nobody where it is a letter to somebody of the newsroom. */ person: number | null; message_id: string; attempts: number };

const MINUTE_MS = 60_000;
/** Waits after the first, second … failed attempt: three days in all, as RFC 5321 §4.5.4.1 has it (at least 4–5 days for
 * servers; a newsletter is stale by then). */
export const RETRY_AFTER_MS = [5, 15, 60, 240, 720, 1_440, 1_440].map((minutes) => minutes * MINUTE_MS);
/** A worker that holds rows longer than this is taken to be dead; should it wake, its mark before the dot fails. */
export const LEASE_MS = 15 * MINUTE_MS;
export const BATCH_MAX = 20;

/** Inside a change. Does nothing where the person has this mail already. Returns whether it was queued. */
export function queueMail(people: People, mail: string, kind: MailKind, person: number): boolean {
  const { random, clock } = people.effects;
  // Stable over attempts: a server or reader that sees two copies can tell that they are one.
  const messageId = Buffer.from(random(16)).toString("hex");
  const { changes } = people.db
    .prepare("INSERT OR IGNORE INTO outbox (mail, kind, person, state, message_id, next_at) VALUES (?, ?, ?, 'queued', ?, ?)")
    .run(mail, kind, person, messageId, clock());
  return changes === 1;
}

/** A row that is to wait for longer than any waits was put off while the clock was ahead: it is due. */
const beyondAnyWait = (now: string): string => new Date(Date.parse(now) + Math.max(...RETRY_AFTER_MS) + LEASE_MS).toISOString();

/** Takes due rows for one worker, durably. */
export function claimDue(people: People, owner: string): OutboxRow[] {
  const now = people.effects.clock();
  return people.change(() =>
    people.db
      .prepare(
        `UPDATE outbox SET state = 'sending', owner = ?, claimed_at = ?, attempts = attempts + 1
         WHERE id IN (SELECT id FROM outbox WHERE state = 'queued' AND (next_at <= ? OR next_at > ?) ORDER BY next_at, id LIMIT ${BATCH_MAX})
         RETURNING id, mail, kind, person, message_id, attempts`,
      )
      .all(owner, now, now, beyondAnyWait(now)),
  ) as unknown as OutboxRow[];
}

/** The durable mark before the final dot. False: the row is no longer this worker's, and the message must not be ended. */
export function markInDoubt(people: People, id: number, owner: string): boolean {
  return move(people, id, owner, "sending", "in_doubt", null);
}

export function markSent(people: People, id: number, owner: string, reply: string): boolean {
  return move(people, id, owner, "in_doubt", "sent", reply);
}

export function markFailed(people: People, id: number, owner: string, why: string): boolean {
  return move(people, id, owner, "sending", "failed", why) || move(people, id, owner, "in_doubt", "failed", why);
}

/** Only after an answer, or a cut before the dot: the server certainly has not taken the message. */
export function putBack(people: People, row: OutboxRow, owner: string, why: string, retry_after_ms: readonly number[]): "queued" | "failed" {
  const wait = retry_after_ms[row.attempts - 1];
  if (wait === undefined) {
    markFailed(people, row.id, owner, `given up after ${row.attempts} attempts: ${why}`);
    return "failed";
  }
  const next = new Date(Date.parse(people.effects.clock()) + wait).toISOString();
  people.change(() =>
    people.db
      .prepare("UPDATE outbox SET state = 'queued', owner = NULL, next_at = ?, last = ? WHERE id = ? AND owner = ? AND state IN ('sending', 'in_doubt')")
      .run(next, clip(why), row.id, owner),
  );
  return "queued";
}

/** Rows claimed but not tried, at the end of a run: they cost no attempt. */
export function unclaim(people: People, ids: readonly number[], owner: string): void {
  people.change(() => {
    const undo = people.db.prepare(
      "UPDATE outbox SET state = 'queued', owner = NULL, attempts = attempts - 1 WHERE id = ? AND owner = ? AND state = 'sending'",
    );
    for (const id of ids) undo.run(id, owner);
  });
}

export function noteDoubt(people: People, id: number, owner: string, why: string): void {
  people.change(() => people.db.prepare("UPDATE outbox SET last = ? WHERE id = ? AND owner = ? AND state = 'in_doubt'").run(clip(why), id, owner));
}

/**
 * Rows left `sending` by a worker that is gone had not reached their dot and are queued again. Rows left in_doubt stay as
 * they are: only a person can find out. `isAlive` is asked for an owner's process.
 */
export function recoverSending(people: People, isAlive: (owner: string) => boolean): number {
  const stale = new Date(Date.parse(people.effects.clock()) - LEASE_MS).toISOString();
  return people.change(() => {
    const requeue = people.db.prepare("UPDATE outbox SET state = 'queued', owner = NULL WHERE id = ? AND state = 'sending'");
    let recovered = 0;
    for (const { id, owner, claimed_at } of people.db.prepare("SELECT id, owner, claimed_at FROM outbox WHERE state = 'sending'").all())
      if ((claimed_at as string) < stale || !isAlive(owner as string)) {
        requeue.run(id as number);
        recovered += 1;
      }
    return recovered;
  });
}

export type InDoubt = { id: number; mail: string; message_id: string; claimed_at: string; last: string | null };
export type OutboxStatus = { mail: string; states: Partial<Record<OutboxState, number>> }[];

export function outboxStatus(people: People): OutboxStatus {
  const rows = people.db
    .prepare(
      `SELECT CASE WHEN kind IN ('issue', 'correction') THEN mail ELSE kind END AS mail, state, count(*) AS n
       FROM outbox GROUP BY 1, 2 ORDER BY min(id), 2`,
    )
    .all();
  return [...Map.groupBy(rows, (row) => row.mail as string)].map(([mail, own]) => ({
    mail,
    states: Object.fromEntries(own.map(({ state, n }) => [state, n])) as OutboxStatus[number]["states"],
  }));
}

export function listInDoubt(people: People, limit: number): InDoubt[] {
  return people.db
    .prepare("SELECT id, mail, message_id, claimed_at, last FROM outbox WHERE state = 'in_doubt' ORDER BY id LIMIT ?")
    .all(limit) as unknown as InDoubt[];
}

/** A person's answer to a row in doubt: it arrived, or it did not and goes out again. */
export function resolveDoubt(people: People, id: number, answer: "sent" | "again"): void {
  const [state, last] = answer === "sent" ? ["sent", "resolved by a person: it arrived"] : ["queued", "resolved by a person: send again"];
  const { changes } = people.change(() => {
    if (answer === "sent") noteReceiver(people);
    return people.db
      .prepare("UPDATE outbox SET state = ?, last = ?, owner = NULL, next_at = ? WHERE id = ? AND state = 'in_doubt'")
      .run(state, last, people.effects.clock(), id);
  });
  if (changes === 0)
    throw new TracewireError("NOT_FOUND", { what: `Row ${id} of the outbox is not in doubt`, hint: "List them: tracewire newsletter status." });
}

function move(people: People, id: number, owner: string, from: OutboxState, to: OutboxState, last: string | null): boolean {
  const { changes } = people.change(() =>
    people.db.prepare("UPDATE outbox SET state = ?, last = ? WHERE id = ? AND owner = ? AND state = ?").run(to, last && clip(last), id, owner, from),
  );
  return changes === 1;
}

const REPLY_LENGTH_MAX = 300;
const clip = (text: string): string => text.replace(/\s+/g, " ").slice(0, REPLY_LENGTH_MAX);
