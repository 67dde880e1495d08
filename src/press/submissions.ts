// Press releases that suppliers sent and nobody has printed yet. They wait outside the log, like drafts: a leaf would say that
// something is coming. What was sent is never changed; what becomes of it is a step more.
//
//   sent → accepted (out, or kept for its time) · refused with a note · taken back by its sender
import { join } from "node:path";
import type { Clock } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { openPrivateDatabase } from "../private-database.ts";

export const SUBMISSIONS_FILE = "releases.db";
export const SUBMISSION_LIMITS = { headline: 200, summary: 600, text: 40_000, contact: 300, licence: 200, note: 2_000, organisation: 120 } as const;
/** Of one organisation: waiting at once, and sent within a day. */
const WAITING_MAX = 20;
const DAY_MAX = 50;
const DAY_MS = 24 * 3_600_000;
const LIST_MAX = 500;
const PARAGRAPHS_MAX = 400;

export const SUBMISSION_STATES = ["sent", "accepted", "refused", "taken back"] as const;
export type SubmissionState = (typeof SUBMISSION_STATES)[number];

export type NewSubmission = { organisation: string; headline: string; summary: string; text: string; /** Not before, UTC. */ embargo: string | null; /** For the newsroom's questions; never printed. */ contact: string; licence: string };
export type Submission = NewSubmission & { id: number; by: string; at: string; state: SubmissionState; /** Its last part of the address, once accepted. */ slug: string | null };
export type SubmissionStep = { at: string; by: string; state: SubmissionState; note: string };

export type Submissions = {
  /** Throws BAD_ARGUMENT naming the field, TOO_MANY_JOBS. What waits already in the same words is that one, not a second. */
  send(by: string, given: NewSubmission): Submission;
  find(id: number): Submission | undefined;
  /** Newest first; of one organisation where it is named. */
  list(organisation?: string): Submission[];
  steps(id: number): SubmissionStep[];
  /** Throws CONFLICT where it is not in one of these states any more. */
  step(id: number, by: string, from: readonly SubmissionState[], to: SubmissionState, options?: { note?: string; slug?: string }): Submission;
  close(): void;
};

const TABLES = `
  CREATE TABLE IF NOT EXISTS submissions (id INTEGER PRIMARY KEY AUTOINCREMENT, organisation TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL, headline TEXT NOT NULL, summary TEXT NOT NULL,
    text TEXT NOT NULL, embargo TEXT, contact TEXT NOT NULL, licence TEXT NOT NULL, state TEXT NOT NULL, slug TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS steps (id INTEGER PRIMARY KEY AUTOINCREMENT, submission INTEGER NOT NULL REFERENCES submissions (id),
    at TEXT NOT NULL, by TEXT NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS submissions_by_organisation ON submissions (organisation, id);
`;

export function openSubmissions(folder: string, { clock }: { clock: Clock }): Submissions {
  const { db, change, close } = openPrivateDatabase(join(folder, SUBMISSIONS_FILE), TABLES);
  const find = (id: number) => db.prepare("SELECT * FROM submissions WHERE id = ?").get(id) as unknown as Submission | undefined;
  const note = (id: number, by: string, state: SubmissionState, words: string) =>
    db.prepare("INSERT INTO steps (submission, at, by, state, note) VALUES (?, ?, ?, ?, ?)").run(id, clock(), by, state, words);
  const requireRoom = (organisation: string): void => {
    const waiting = db.prepare("SELECT count(*) AS n FROM submissions WHERE organisation = ? AND state = 'sent'").get(organisation)!.n as number;
    if (waiting >= WAITING_MAX) throw new TracewireError("TOO_MANY_JOBS", { what: `${WAITING_MAX} releases of yours wait already`, hint: "Wait until they are decided, or take one back." });
    const since = new Date(Date.parse(clock()) - DAY_MS).toISOString();
    if ((db.prepare("SELECT count(*) AS n FROM submissions WHERE organisation = ? AND at > ?").get(organisation, since)!.n as number) >= DAY_MAX)
      throw new TracewireError("TOO_MANY_JOBS", { what: `You have sent ${DAY_MAX} releases within a day`, hint: "There is room again tomorrow." });
  };
  return {
    send: (by, given) =>
      change(() => {
        const { organisation, headline, summary, text, embargo, contact, licence } = checked(given);
        const same = db
          .prepare("SELECT * FROM submissions WHERE state = 'sent' AND organisation = ? AND headline = ? AND summary = ? AND text = ? AND embargo IS ? AND contact = ? AND licence = ?")
          .get(organisation, headline, summary, text, embargo, contact, licence);
        if (same) return same as unknown as Submission;
        requireRoom(organisation);
        const { lastInsertRowid } = db
          .prepare("INSERT INTO submissions (organisation, by, at, headline, summary, text, embargo, contact, licence, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'sent')")
          .run(organisation, by, clock(), headline, summary, text, embargo, contact, licence);
        note(Number(lastInsertRowid), by, "sent", "");
        return find(Number(lastInsertRowid))!;
      }),
    find,
    list: (organisation) => db.prepare("SELECT * FROM submissions WHERE ? IS NULL OR organisation = ? ORDER BY id DESC LIMIT ?").all(organisation ?? null, organisation ?? null, LIST_MAX) as unknown as Submission[],
    steps: (id) => db.prepare("SELECT at, by, state, note FROM steps WHERE submission = ? ORDER BY id").all(id) as unknown as SubmissionStep[],
    step: (id, by, from, to, { note: words = "", slug } = {}) =>
      change(() => {
        const found = find(id);
        if (!found) throw new TracewireError("NOT_FOUND", { what: `There is no release ${id}` });
        if (!from.includes(found.state)) throw new TracewireError("CONFLICT", { what: `It is ${found.state}`, hint: "Open it again." });
        if (to === "refused" && words.trim() === "") throw new TracewireError("BAD_ARGUMENT", { what: "A refusal says why, for its sender", where: "note" });
        if (words.length > SUBMISSION_LIMITS.note) throw new TracewireError("BAD_ARGUMENT", { what: `The note has more than ${SUBMISSION_LIMITS.note} characters`, where: "note" });
        db.prepare("UPDATE submissions SET state = ?, slug = ? WHERE id = ?").run(to, slug ?? found.slug, id);
        note(id, by, to, words.trim());
        return find(id)!;
      }),
    close,
  };
}

function checked(given: NewSubmission): NewSubmission {
  const line = (name: "organisation" | "headline" | "summary" | "contact" | "licence"): string => {
    const words = plain(given[name]).replaceAll(/\s+/g, " ").trim();
    if (words.length < 2 || words.length > SUBMISSION_LIMITS[name]) throw new TracewireError("BAD_ARGUMENT", { what: `${name}: 2 to ${SUBMISSION_LIMITS[name]} characters`, where: name });
    return words;
  };
  const text = plain(given.text.replaceAll(/\r\n?/g, "\n")).trim();
  if (text.length < 2 || text.length > SUBMISSION_LIMITS.text) throw new TracewireError("BAD_ARGUMENT", { what: `text: 2 to ${SUBMISSION_LIMITS.text} characters`, where: "text" });
  if (text.split(/\n[ \t]*\n/).length > PARAGRAPHS_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `text: more than ${PARAGRAPHS_MAX} paragraphs`, where: "text" });
  return { organisation: line("organisation"), headline: line("headline"), summary: line("summary"), text, embargo: given.embargo, contact: line("contact"), licence: line("licence") };
}

/** Without signs that control a terminal or the direction of other people's words (Unicode TR 36), and without half characters. */
const plain = (words: string): string => words.toWellFormed().replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, "");
