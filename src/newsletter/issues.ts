// An issue from its draft to the outbox. The log (public) and people.db (private) are two databases, so sending is three
// durable steps, each of which can be repeated: the draft says "sending", the log says "issue", the outbox has its rows.
import { TracewireError } from "../errors.ts";
import type { Json, LogReader, Transaction } from "../evidence/evidence.ts";
import { listCards, printerOf, readPublication, type Publication } from "../press/press.ts";
import { FORM_BYTES_MAX, formBytes, formHashes, issueForms, type Forms } from "./issue-forms.ts";
import { listIssues, nextIssueNumber, readIssue, type Issue } from "./issues-view.ts";
import { oneLine } from "./message-words.ts";
import { queueMail } from "./outbox.ts";
import type { People } from "./people-store.ts";

export const STORIES_MAX = 8;
const SUBJECT_LENGTH_MAX = 120;
const CARDS_READ_MAX = 200;
const ISSUES_READ_MAX = 10_000;
/** What the sign-up page promises: in any seven days, by the calendar in UTC, at most one issue. */
const DAYS_BETWEEN_ISSUES = 7;
const DAY_MS = 86_400_000;
const REASON_LENGTH_MAX = 300;

export type Draft = { key: string; state: "draft" | "sending" | "queued"; subject: string; stories: { slug: string; revision: number }[]; at: string };

export type DraftChoice = { slugs: readonly string[]; subject?: string };

/** Why a draft has the stories that it has. */
export type StoryChoice = {
  why: "named" | "not carried yet";
  stories: { slug: string; revision: number; headline: string; published: string }[];
  /** The issue before, by whose stories the choice was made. */
  last: { number: number; on: string } | null;
  /** Stories that no issue has carried and that this one has no room for. */
  waiting: number;
};

/** Composes the one draft there is: the stories named, or those that no issue has carried yet, newest first. */
export function composeDraft(people: People, log: LogReader, { slugs, subject }: DraftChoice): Draft & { choice: StoryChoice } {
  const issues = listIssues(log, ISSUES_READ_MAX);
  const carried = new Set(issues.flatMap((issue) => issue.stories.map(({ slug }) => slug)));
  const fresh = listCards(log, { limit: CARDS_READ_MAX }).flatMap((card) => (card.supplied_by === null && !carried.has(card.slug) ? [card.slug] : []));
  const chosen = slugs.length > 0 ? slugs : fresh.slice(0, STORIES_MAX);
  if (chosen.length === 0) throw new TracewireError("NOT_FOUND", { what: "Every story published has been sent already", hint: "Name stories by their slug, or publish one." });
  if (chosen.length > STORIES_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `An issue carries at most ${STORIES_MAX} stories, not ${chosen.length}` });
  const publications = [...new Set(chosen)].map((slug) => requireSendable(log, slug));
  const draft: Draft = {
    key: Buffer.from(people.effects.random(8)).toString("hex"),
    state: "draft",
    subject: checkSubject(subject) ?? defaultSubject(log, publications[0]!),
    stories: publications.map(({ slug, revision }) => ({ slug, revision })),
    at: people.effects.clock(),
  };
  draftForms(log, draft, "https://example.org", "draft");
  people.change(() => {
    people.db.exec("DELETE FROM drafts WHERE state = 'draft'");
    people.db
      .prepare("INSERT INTO drafts (key, state, subject, stories, at) VALUES (?, ?, ?, ?, ?)")
      .run(draft.key, draft.state, draft.subject, JSON.stringify(draft.stories), draft.at);
  });
  const [last] = issues;
  const choice: StoryChoice = {
    why: slugs.length > 0 ? "named" : "not carried yet",
    stories: publications.map(({ slug, revision, story, figures, at }) => ({ slug, revision, headline: printerOf(log, figures)(story.headline), published: at.slice(0, 10) })),
    last: last ? { number: last.number, on: last.at.slice(0, 10) } : null,
    waiting: fresh.filter((slug) => !chosen.includes(slug)).length,
  };
  return { ...draft, choice };
}

export function readDraft(people: People): Draft | undefined {
  const row = people.db.prepare("SELECT * FROM drafts WHERE state IN ('draft', 'sending') ORDER BY at DESC LIMIT 1").get();
  return row && toDraft(row);
}

export function requireDraft(people: People): Draft {
  const draft = readDraft(people);
  if (!draft) throw new TracewireError("NOT_FOUND", { what: "There is no draft", hint: "Make one: tracewire newsletter compose." });
  return draft;
}

/** The forms of a draft. Throws BAD_INPUT where they are larger than a mail may be, or a story has changed since. */
export function draftForms(log: LogReader, draft: Draft, base: string, number: number | "draft"): Forms {
  const publications = draft.stories.map(({ slug, revision }) => {
    const publication = requireSendable(log, slug);
    if (publication.revision !== revision)
      throw new TracewireError("BAD_INPUT", {
        what: `${slug} has had revision ${publication.revision} since revision ${revision} was put into the draft`,
        hint: "Compose again: tracewire newsletter compose.",
      });
    return publication;
  });
  return checkedForms(issueForms(log, { number, subject: draft.subject, base, publications }));
}

/** The forms of an issue as sent; undefined where a publication it carried was erased. */
export function sentForms(log: Pick<LogReader, "db">, issue: Issue): Forms | undefined {
  const publications = issue.stories.map(({ slug, revision }) => readPublication(log, slug, revision));
  if (publications.some((publication) => publication === undefined)) return undefined;
  return issueForms(log, { number: issue.number, subject: issue.subject, base: issue.base, publications: publications as Publication[] });
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
  const topics = new Set(issue.stories.map(({ slug, revision }) => readPublication(log, slug, revision)!.story.topic));
  const mail = `issue:${issue.number}`;
  return people.change(() => {
    // Of two that finish one issue, the second finds it done.
    if (people.db.prepare("UPDATE drafts SET state = 'queued' WHERE key = ? AND state = 'sending'").run(issue.draft).changes === 0) return 0;
    storeMail(people, mail, "issue", forms, issue.stories);
    let queued = 0;
    for (const { id, topics: wanted } of listSubscribed(people)) if (isWanted(wanted, topics)) queued += Number(queueMail(people, mail, "issue", id));
    return queued;
  });
}

const listSubscribed = (people: People): { id: number; topics: string[] }[] =>
  people.db
    .prepare("SELECT id, topics FROM people WHERE state = 'subscribed' ORDER BY id")
    .all()
    .map(({ id, topics }) => ({ id: id as number, topics: JSON.parse(topics as string) as string[] }));

/** Who chose no topics gets every issue. */
const isWanted = (wanted: readonly string[], topics: ReadonlySet<string>): boolean => wanted.length === 0 || wanted.some((topic) => topics.has(topic));

export type Audience = { subscribed: number; /** Those whom the draft goes to. */ wanted: number; every_issue: number; by_topic: [topic: string, people: number][] };

/** How many a draft goes to, and how many chose which topic. Numbers only: nobody is named. */
export function audienceOf(people: People, log: LogReader, draft?: Draft): Audience {
  const topics = new Set((draft?.stories ?? []).map(({ slug, revision }) => readPublication(log, slug, revision)!.story.topic));
  const subscribed = listSubscribed(people);
  const chosen = Map.groupBy(subscribed.flatMap((person) => person.topics), (topic) => topic);
  return {
    subscribed: subscribed.length,
    wanted: subscribed.filter((person) => isWanted(person.topics, topics)).length,
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

function requireSendable(log: LogReader, slug: string): Publication {
  const publication = readPublication(log, slug);
  if (!publication) throw new TracewireError("NOT_FOUND", { what: `There is no published story "${slug}"` });
  if (publication.story.type === "archive")
    throw new TracewireError("BAD_INPUT", { what: `${slug} was taken over from another publication's archive`, hint: "A letter carries what is ours and new." });
  if (publication.withdrawn) throw new TracewireError("BAD_INPUT", { what: `${slug} was withdrawn`, hint: "Leave it out of the issue." });
  return publication;
}

function defaultSubject(log: LogReader, { story, figures }: Publication): string {
  const headline = oneLine(printerOf(log, figures)(story.headline));
  return headline.length <= SUBJECT_LENGTH_MAX ? headline : `${headline.slice(0, headline.lastIndexOf(" ", SUBJECT_LENGTH_MAX - 2))} …`;
}

function checkSubject(subject: string | undefined): string | undefined {
  if (subject === undefined) return undefined;
  const line = oneLine(subject);
  if (line === "" || line.length > SUBJECT_LENGTH_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `A subject has 1 to ${SUBJECT_LENGTH_MAX} characters` });
  if (/\d/.test(line))
    throw new TracewireError("BAD_ARGUMENT", {
      what: "A subject that is typed has no digits: a number is computed",
      hint: "Leave --subject out, and the lead story's headline is taken with its figures.",
    });
  return line;
}

function checkedForms(forms: Forms): Forms {
  const bytes = formBytes(forms);
  if (bytes > FORM_BYTES_MAX)
    throw new TracewireError("BAD_INPUT", { what: `The issue has ${bytes} bytes; a letter has at most ${FORM_BYTES_MAX}`, hint: "Compose it of fewer stories." });
  return forms;
}

function toDraft(row: Record<string, unknown>): Draft {
  return { ...(row as unknown as Draft), stories: JSON.parse(row.stories as string) as Draft["stories"] };
}
