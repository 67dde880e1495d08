// The one draft of an issue there is: of which stories, for whom, under which subject.
import { TracewireError } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { listCards, listOwnTopics, printerOf, readPublication, type Publication } from "../press/press.ts";
import { FORM_BYTES_MAX, formBytes, issueForms, type Forms } from "./issue-forms.ts";
import { listIssues } from "./issues-view.ts";
import { oneLine } from "./message-words.ts";
import type { People } from "./people-store.ts";

export const STORIES_MAX = 8;
const SUBJECT_LENGTH_MAX = 120;
const CARDS_READ_MAX = 200;
const ISSUES_READ_MAX = 10_000;

export type Draft = { key: string; state: "draft" | "sending" | "queued"; subject: string; stories: { slug: string; revision: number }[]; at: string; /** It goes to those who chose this topic, and to nobody else. */ for_topic?: string };

export type DraftChoice = { slugs: readonly string[]; subject?: string; for_topic?: string };

/** Why a draft has the stories that it has. */
export type StoryChoice = {
  why: "named" | "not carried yet";
  stories: { slug: string; revision: number; headline: string; published: string }[];
  /** The issue before, by whose stories the choice was made. */
  last: { number: number; on: string } | null;
  /** Stories that no issue has carried and that this one has no room for. */
  waiting: number;
};

/**
 * Composes the one draft there is: the stories named, or those that no issue has carried yet, newest first. For one topic
 * alone they are of that topic; what such a letter carried, the others have not had (decision 0022).
 */
export function composeDraft(people: People, log: LogReader, { slugs, subject, for_topic }: DraftChoice): Draft & { choice: StoryChoice } {
  if (for_topic !== undefined) requireTopic(log, for_topic);
  const issues = listIssues(log, ISSUES_READ_MAX);
  const carried = new Set(issues.flatMap((issue) => (issue.for_topic === undefined || issue.for_topic === for_topic ? issue.stories.map(({ slug }) => slug) : [])));
  const fresh = listCards(log, { limit: CARDS_READ_MAX }).flatMap((card) =>
    card.supplied_by === null && !carried.has(card.slug) && (for_topic === undefined || card.topic === for_topic) ? [card.slug] : [],
  );
  const chosen = slugs.length > 0 ? slugs : fresh.slice(0, STORIES_MAX);
  if (chosen.length === 0) throw new TracewireError("NOT_FOUND", { what: "Every story published has been sent already", hint: "Name stories by their slug, or publish one." });
  if (chosen.length > STORIES_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `An issue carries at most ${STORIES_MAX} stories, not ${chosen.length}` });
  const publications = [...new Set(chosen)].map((slug) => requireSendable(log, slug));
  const foreign = publications.find(({ story }) => for_topic !== undefined && story.topic !== for_topic);
  if (foreign) throw new TracewireError("BAD_ARGUMENT", { what: `${foreign.slug} is of ${foreign.story.topic}, and the letter is for those who chose ${for_topic} alone`, hint: "Leave it out, or send the issue to everybody who wants one of its topics." });
  const draft: Draft = {
    key: Buffer.from(people.effects.random(8)).toString("hex"),
    state: "draft",
    subject: checkSubject(subject) ?? defaultSubject(log, publications[0]!),
    stories: publications.map(({ slug, revision }) => ({ slug, revision })),
    at: people.effects.clock(),
    ...(for_topic === undefined ? {} : { for_topic }),
  };
  draftForms(log, draft, "https://example.org", "draft");
  people.change(() => {
    people.db.exec("DELETE FROM drafts WHERE state = 'draft'");
    people.db
      .prepare("INSERT INTO drafts (key, state, subject, stories, at, for_topic) VALUES (?, ?, ?, ?, ?, ?)")
      .run(draft.key, draft.state, draft.subject, JSON.stringify(draft.stories), draft.at, for_topic ?? null);
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
  return checkedForms(issueForms(log, { number, subject: draft.subject, base, publications, for_topic: draft.for_topic }));
}

function requireTopic(log: LogReader, topic: string): void {
  const topics = listOwnTopics(log);
  if (!topics.includes(topic)) throw new TracewireError("BAD_ARGUMENT", { what: `No story that is published has the topic “${topic.slice(0, 60)}”`, where: "topic", hint: topics.length > 0 ? `Topics: ${topics.join(", ")}.` : "Publish one first." });
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
  const { for_topic, ...draft } = row as unknown as Draft & { for_topic: string | null };
  return { ...draft, stories: JSON.parse(row.stories as string) as Draft["stories"], ...(for_topic === null ? {} : { for_topic }) };
}
