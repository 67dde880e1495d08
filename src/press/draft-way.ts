// The way of a draft to its reader, for whoever takes it along: the desk, a command, a program. Only the version that was
// approved goes out, now or at its time; what waits is taken back before anything else is done to it.
import { TracewireError } from "../errors.ts";
import type { BlobStore, LogReader, Transaction } from "../evidence/evidence.ts";
import type { Draft, Drafts } from "./drafts.ts";
import { publishStory, type PublishOutcome } from "./publish.ts";
import { listRevisions, readPublication, type Publication, type Waiver } from "./read-press.ts";
import { withSchedule } from "./schedule.ts";
import { formatStoryText, parseStoryText } from "./story-text.ts";

/** More than the site's own look at the clock. */
const LATE_MS = 60_000;

export type DraftPlace = { folder: string; log: LogReader };
/** One change of the newsroom under the author's name; with `dry` all of it is done and taken back. */
export type Change = <T>(act: string, object: string, run: (transaction: Transaction, newsroom: { log: LogReader; blobs: Pick<BlobStore, "put"> }) => T, how: { dry: boolean }) => T;
export type SendOut = { version: number; now: string; at?: string; why?: string; correction?: string; waivers?: readonly Waiver[] };
type Step = { version: number; note?: string; tookBack?(slug: string): void };
export type SentOut = { outcome: PublishOutcome["outcome"]; slug: string; seq: number; revision: number } | { outcome: "scheduled"; slug: string; due: string; /** An earlier version waited for this moment, and waits no more. */ replaced?: string };

/**
 * What waited for its time has come out, or did not: the site's process publishes, and knows no drafts. Asked whenever a draft
 * is shown; a moment that was missed while nothing ran is said.
 */
export function settleDraft({ folder, log }: DraftPlace, drafts: Drafts, draft: Draft): Draft {
  if (draft.state !== "scheduled") return draft;
  const { slug } = parseStoryText(drafts.text(draft.id)!.text);
  const item = withSchedule(folder, (schedule) => schedule.list().filter((one) => one.slug === slug).sort((a, b) => a.id - b.id).at(-1));
  if (!item || item.state === "waiting") return draft;
  if (item.state !== "published") return drafts.step(draft.id, item.by, "draft", { version: draft.version, note: `It did not come out: ${item.outcome ?? item.state}` });
  const out = listRevisions(log, slug).find(({ scheduled_for }) => scheduled_for === item.due);
  const at = out?.at ?? item.due;
  if (out) drafts.standOn(draft.id, out.revision);
  const late = Date.parse(at) - Date.parse(item.due) > LATE_MS ? `, late: it was due at ${item.due}, and nothing of ours ran then` : "";
  return drafts.step(draft.id, item.by, "published", { version: draft.version, note: `out at ${at}${late}` });
}

/** What is out with another text than the draft was begun from; publishing it would put that back. */
export function outMeanwhile({ log }: Pick<DraftPlace, "log">, drafts: Drafts, draft: Draft): Publication | undefined {
  const stands_on = drafts.standsOn(draft.id);
  const slug = /^slug: (.+)$/m.exec(drafts.text(draft.id)!.text)?.[1]?.trim();
  const last = stands_on === undefined || slug === undefined ? undefined : readPublication(log, slug);
  if (!last || last.revision <= stands_on!) return undefined;
  const base = readPublication(log, last.slug, stands_on);
  return base && formatStoryText(base.story) === formatStoryText(last.story) ? undefined : last;
}

/** Takes what is out over as the newest version, or keeps the draft's text on top of it, by somebody who has seen both. */
export function catchUp({ log }: Pick<DraftPlace, "log">, drafts: Drafts, draft: Draft, by: string, how: "take" | "keep", version: number): Draft {
  const out = outMeanwhile({ log }, drafts, draft);
  if (!out) return draft;
  const saved = how === "take" ? drafts.save(draft.id, by, formatStoryText(out.story), version) : draft;
  drafts.standOn(draft.id, out.revision);
  return saved;
}

/**
 * The draft of a story that is out: the one that is on its way already, or one that begins from the revision that is out.
 * A second one would be published over the first.
 */
export function draftOfPublished(drafts: Drafts, { slug, story, revision }: Pick<Publication, "slug" | "story" | "revision">, by: string): Draft {
  const [known] = drafts.ofSlug(slug);
  if (!known) return drafts.create(by, formatStoryText(story), revision);
  if (known.state !== "published") return known;
  const saved = drafts.save(known.id, by, formatStoryText(story), known.version);
  drafts.standOn(known.id, revision);
  // The same words are no new version, and begin their way anew all the same: a withdrawn story is brought back, or its numbers are.
  return saved.state === "published" ? drafts.step(known.id, by, "draft", { version: saved.version, note: `a new revision after revision ${revision}` }) : saved;
}

/** A step to review, or back with a note. What is scheduled is taken out of the schedule first; `tookBack` hears of it. */
export function stepDraft({ folder }: DraftPlace, drafts: Drafts, draft: Draft, by: string, to: "in review" | "draft", { version, note, tookBack }: Step): Draft {
  if (draft.state === "scheduled" && draft.version === version && note?.trim()) {
    const slug = takeBack(folder, drafts, draft);
    tookBack?.(slug);
  }
  return drafts.step(draft.id, by, to, { version, note });
}

/**
 * Publishes what is approved, or keeps it for its moment. Throws CONFLICT where that version is not what was approved;
 * LINT_FAILED with what is open; BAD_ARGUMENT for a moment that is none. `scheduled` hears of what waits.
 */
export function sendDraftOut({ folder, log }: DraftPlace, drafts: Drafts, draft: Draft, by: string, { version, now: today, at, why, correction, waivers = [] }: SendOut, change: Change): SentOut {
  if (draft.state !== "approved" || draft.version !== version) throw new TracewireError("CONFLICT", { what: `It is ${draft.state}, at version ${draft.version}`, hint: "Only the version that was approved is published." });
  const story = parseStoryText(drafts.text(draft.id, draft.version)!.text, "the text");
  const all = [...drafts.waivers(draft.id).map(({ rule, why: reason }) => ({ rule, why: reason })), ...waivers];
  const told = { by, why, waivers: all, ...(correction === undefined ? {} : { correction: { what: correction } }) };
  const options = { ...told, stands_on: drafts.standsOn(draft.id) };
  const due = at === undefined ? undefined : dueAhead(at, today);
  const prepared = story.photo && drafts.picture(draft.id, story.photo.file);
  // For a later moment it is done now and taken back: every finding shows while somebody is there to mend it.
  const done = change(
    "story.publish",
    story.slug,
    (transaction, { log: now, blobs }) => publishStory(transaction, now, story, { ...options, ...(prepared ? { photo: { prepared, ...(due === undefined ? { blobs } : {}) } } : {}) }),
    { dry: due !== undefined },
  );
  const replaced = due === undefined ? undefined : withSchedule(folder, (schedule) => schedule.add({ slug: story.slug, due, story, ...told, photo: prepared })).replaced;
  const revision = readPublication(log, story.slug)?.revision ?? 1;
  if (due === undefined) drafts.standOn(draft.id, done.revision);
  drafts.step(draft.id, by, due === undefined ? "published" : "scheduled", { version: draft.version, note: due === undefined ? `revision ${revision}` : `waits until ${due}${replaced === undefined ? "" : `; an earlier version, which waited until ${replaced}, does not come out`}` });
  return due === undefined ? { ...done, slug: story.slug } : { outcome: "scheduled", slug: story.slug, due, ...(replaced === undefined ? {} : { replaced }) };
}

/** Out of the schedule before its time. Throws CONFLICT where it is out already. */
function takeBack(folder: string, drafts: Drafts, draft: Draft): string {
  const { slug } = parseStoryText(drafts.text(draft.id)!.text);
  withSchedule(folder, (schedule) => {
    const item = schedule.waiting().find((one) => one.slug === slug);
    if (!item) throw new TracewireError("CONFLICT", { what: "It waits no more", hint: "Open the story again: it is out, or it was refused." });
    schedule.settle(item.id, "taken back", "sent back at the desk");
  });
  return slug;
}

/** A moment in UTC, as the schedule keeps it; a browser's own field for date and time names no zone. Throws BAD_ARGUMENT. */
export function dueOf(at: string): string {
  const [, day, clock] = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?) ?(?:Z|UTC)?$/.exec(at.trim()) ?? [];
  const time = new Date(`${day}T${clock}Z`);
  if (Number.isNaN(time.getTime())) throw new TracewireError("BAD_ARGUMENT", { what: `at: “${at.slice(0, 40)}” is no time in UTC`, where: "at", hint: "Write 2026-11-24T18:00:00Z." });
  return time.toISOString();
}

/** A moment to wait for. Throws BAD_ARGUMENT for one that is past: a mistyped year would break an embargo. */
export function dueAhead(at: string, now: string): string {
  const due = dueOf(at);
  if (due > now) return due;
  throw new TracewireError("BAD_ARGUMENT", { what: `at: ${due} is past; now it is ${now}`, where: "at", hint: "To publish at once leave --at out, or the moment at the desk. To keep it for later, look at the year." });
}
