// An issue from its draft to the outbox. The log (public) and people.db (private) are two databases, so sending is three
// durable steps, each of which can be repeated: the draft says "sending", the log says "issue", the outbox has its rows.
import { TracewireError } from "../errors.ts";
import type { Json, LogReader, Transaction } from "../evidence/evidence.ts";
import { readPublication, type Publication } from "../press/press.ts";
import { draftForms, requireDraft, type Draft } from "./draft-issue.ts";
import { formHashes, issueForms, type Forms } from "./issue-forms.ts";
import { listIssues, nextIssueNumber, readIssue, type Issue } from "./issues-view.ts";
import { oneLine } from "./message-words.ts";
import { queueMail } from "./outbox.ts";
import type { People } from "./people-store.ts";

/** What the sign-up page promises: in any seven days, by the calendar in UTC, at most one issue. */
const DAYS_BETWEEN_ISSUES = 7;
const DAY_MS = 86_400_000;
const REASON_LENGTH_MAX = 300;

/** The forms of an issue as sent; undefined where a publication it carried was erased. */
export function sentForms(log: Pick<LogReader, "db">, issue: Issue): Forms | undefined {
  const publications = issue.stories.map(({ slug, revision }) => readPublication(log, slug, revision));
  if (publications.some((publication) => publication === undefined)) return undefined;
  return issueForms(log, { number: issue.number, subject: issue.subject, base: issue.base, publications: publications as Publication[], for_topic: issue.for_topic });
}

/** The first day (UTC) on which the promise of one issue a week lets the next one go; undefined where that is now. */
export function waitOf(log: Pick<LogReader, "db">, now: string): { last: number; until: string } | undefined {
  const [last] = listIssues(log, 1);
  if (!last) return undefined;
  const until = new Date(Date.parse(last.at.slice(0, 10)) + DAYS_BETWEEN_ISSUES * DAY_MS).toISOString().slice(0, 10);
  return now.slice(0, 10) < until ? { last: last.number, until } : undefined;
}

/** The reason for an issue within the week, as the log keeps it. Throws BAD_INPUT without one. */
function requireWeek(log: Pick<LogReader, "db">, now: string, sooner: string | undefined): { sooner?: string } {
  const wait = waitOf(log, now);
  if (!wait) return {};
  const reason = oneLine(sooner ?? "").slice(0, REASON_LENGTH_MAX);
  if (reason === "")
    throw new TracewireError("BAD_INPUT", {
      what: `Readers were promised at most one issue a week: after issue ${wait.last} the next may go on ${wait.until}`,
      hint: "Wait, or say --sooner WHY; the reason is kept in the log and stands on the issue's page.",
    });
  return { sooner: reason };
}

export type SendOptions = {
  base: string;
  by: string;
  /** Why this issue does not wait until the week is over; kept only where it has to. */
  sooner?: string;
  transact<T>(change: (transaction: Transaction) => T): T;
};

/** Sends the draft: the issue becomes an entry of the log, and one row of the outbox for each subscriber it is for. */
export function sendDraft(people: People, log: LogReader, { base, by, sooner, transact }: SendOptions): { issue: Issue; queued: number } {
  const draft = requireDraft(people);
  people.change(() => people.db.prepare("UPDATE drafts SET state = 'sending' WHERE key = ?").run(draft.key));
  let issue = findByDraft(log, draft.key);
  if (!issue) {
    try {
      transact((transaction) => {
        const waiver = requireWeek(transaction, people.effects.clock(), sooner);
        const number = nextIssueNumber(transaction);
        const forms = draftForms(log, draft, base, number);
        transaction.append({
          kind: "issue",
          number,
          subject: forms.subject,
          stories: draft.stories as unknown as Json,
          base,
          ...formHashes(forms),
          ...waiver,
          ...(draft.for_topic === undefined ? {} : { for_topic: draft.for_topic }),
          draft: draft.key,
          by,
        });
      });
    } catch (error) {
      people.change(() => people.db.prepare("UPDATE drafts SET state = 'draft' WHERE key = ?").run(draft.key));
      throw error;
    }
    issue = findByDraft(log, draft.key)!;
  }
  return { issue, queued: queueIssue(people, log, issue) };
}

/** What a crash between the log and the outbox left: called by the worker. A draft without an entry is a draft again. */
export function finishSending(people: People, log: LogReader): void {
  for (const row of people.db.prepare("SELECT * FROM drafts WHERE state = 'sending'").all()) {
    const issue = findByDraft(log, row.key as string);
    if (issue) queueIssue(people, log, issue);
  }
}

function queueIssue(people: People, log: LogReader, issue: Issue): number {
  const forms = sentForms(log, issue)!;
  const wants = whoWants(log, issue);
  const mail = `issue:${issue.number}`;
  return people.change(() => {
    // Of two that finish one issue, the second finds it done.
    if (people.db.prepare("UPDATE drafts SET state = 'queued' WHERE key = ? AND state = 'sending'").run(issue.draft).changes === 0) return 0;
    storeMail(people, mail, "issue", forms, issue.stories);
    let queued = 0;
    for (const { id, topics: wanted } of listSubscribed(people)) if (wants(wanted)) queued += Number(queueMail(people, mail, "issue", id));
    return queued;
  });
}

const listSubscribed = (people: People): { id: number; topics: string[] }[] =>
  people.db
    .prepare("SELECT id, topics FROM people WHERE state = 'subscribed' ORDER BY id")
    .all()
    .map(({ id, topics }) => ({ id: id as number, topics: JSON.parse(topics as string) as string[] }));

/** Who chose no topics gets every issue; one for a topic alone goes to those who chose that one. */
function whoWants(log: LogReader, { stories, for_topic }: Pick<Issue, "stories" | "for_topic">): (chosen: readonly string[]) => boolean {
  if (for_topic !== undefined) return (chosen) => chosen.includes(for_topic);
  const topics = new Set(stories.map(({ slug, revision }) => readPublication(log, slug, revision)!.story.topic));
  return (chosen) => chosen.length === 0 || chosen.some((topic) => topics.has(topic));
}

export type Audience = { subscribed: number; /** Those whom the draft goes to. */ wanted: number; every_issue: number; by_topic: [topic: string, people: number][] };

/** How many a draft goes to, and how many chose which topic. Numbers only: nobody is named. */
export function audienceOf(people: People, log: LogReader, draft?: Draft): Audience {
  const wants = whoWants(log, draft ?? { stories: [] });
  const subscribed = listSubscribed(people);
  const chosen = Map.groupBy(subscribed.flatMap((person) => person.topics), (topic) => topic);
  return {
    subscribed: subscribed.length,
    wanted: subscribed.filter((person) => wants(person.topics)).length,
    every_issue: subscribed.filter((person) => person.topics.length === 0).length,
    by_topic: [...chosen].map(([topic, own]) => [topic, own.length] as [string, number]).sort((a, b) => b[1] - a[1]),
  };
}

/** Inside a change: the words once for all who get them, and which revisions they carried. */
export function storeMail(people: People, key: string, kind: "issue" | "correction", forms: Forms, stories: Issue["stories"]): void {
  people.db
    .prepare("INSERT OR IGNORE INTO mails (key, kind, subject, text, html) VALUES (?, ?, ?, ?, ?)")
    .run(key, kind, forms.subject, forms.text, forms.html);
  const insert = people.db.prepare("INSERT OR IGNORE INTO mail_stories (mail, slug, revision) VALUES (?, ?, ?)");
  for (const { slug, revision } of stories) insert.run(key, slug, revision);
}

function findByDraft(log: LogReader, key: string): Issue | undefined {
  const row = log.db.prepare("SELECT number FROM issues WHERE body ->> '$.draft' = ?").get(key);
  return row && readIssue(log, row.number as number);
}
