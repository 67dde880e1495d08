// A supplier's release becomes a press release of the publication: in their words as they stand, marked as supplied, by the
// same publishing as everything else. What the lint raises of words that are theirs stands with a reason that readers see.
import { TracewireError } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import type { Change } from "./draft-way.ts";
import { computeStoryFigures, publishStory } from "./publish.ts";
import { lintStory, type LintFinding } from "./lint.ts";
import { readPublication, type Waiver } from "./read-press.ts";
import { scheduleExists, withSchedule } from "./schedule.ts";
import { parseStory, type Block, type Inline, type Story } from "./story.ts";
import type { Submission, Submissions } from "./submissions.ts";
import { slugOf } from "./topics.ts";

/** What a supplier's words may do and ours may not: their numbers and quotations are theirs. Nothing that is owed to third persons. */
const THEIR_WORDS: ReadonlySet<string> = new Set<LintFinding["rule"]>(["unbound-number", "unheld-name", "unheld-date", "unheld-quotation", "one-source-paragraph", "headline-not-carried", "unequal-periods"]);
const NODE_CHARS_MAX = 4_000;
const BLOCKS_MAX = 200;

export type Acceptance = { slug: string; topic: string };
export type Accepted = { outcome: "published"; slug: string; seq: number } | { outcome: "scheduled"; slug: string; due: string };

/** The address that a form begins with; a headline without Latin letters has none of its own. */
export function releaseSlug({ id, headline, slug }: Submission): string {
  const own = slug ?? slugOf(headline).slice(0, 80).replace(/-+$/, "");
  return own !== "other" && /^[a-z0-9][a-z0-9-]{2,}$/.test(own) ? own : `release-${id}`;
}

/** As it would be printed on that day. Throws BAD_STORY for what does not fit. */
export function releaseStory({ organisation, headline, summary, text, licence }: Submission, { slug, topic }: Acceptance, day: string): Story {
  const paragraphs = text.split(/\n[ \t]*\n+/).map((words) => words.replaceAll(/\s+/g, " ").trim()).filter(Boolean);
  const blocks = [...paragraphs, `Licence of this text: ${licence}`].map((words): Block => ({ type: "paragraph", content: inline(words) }));
  const sections = Array.from({ length: Math.ceil(blocks.length / BLOCKS_MAX) }, (_, at) => ({ title: null, blocks: blocks.slice(at * BLOCKS_MAX, (at + 1) * BLOCKS_MAX) }));
  const head = { supplied_by: organisation, slug, topic, byline: organisation.slice(0, 80), happened: day.slice(0, 10) };
  return parseStory({ type: "release", ...head, headline: inline(headline), standfirst: inline(summary), sections, replies: [] }, "the release");
}

/** What the lint says of it, and which of that stands because the words are theirs. */
export function lintRelease(log: LogReader, story: Story): { theirs: LintFinding[]; open: LintFinding[] } {
  const findings = lintStory(log, story, computeStoryFigures(log, story));
  return { theirs: findings.filter(({ rule }) => THEIR_WORDS.has(rule)), open: findings.filter(({ rule }) => !THEIR_WORDS.has(rule)) };
}

export type WhatBecame = { is: "open" | "refused" | "taken back" } | { is: "out"; slug: string; at: string } | { is: "waiting"; slug: string; due: string } | { is: "not out"; slug: string; why: string };

/** What became of a submission, as log and schedule tell it: one that was accepted may still not have come out. */
export function whatBecame({ folder, log }: { folder: string; log: LogReader }, { state, slug }: Submission): WhatBecame {
  if (state === "sent") return { is: "open" };
  if (state !== "accepted" || slug === null) return { is: state === "refused" ? "refused" : "taken back" };
  const publication = readPublication(log, slug);
  if (publication) return { is: "out", slug, at: publication.at };
  const item = scheduleExists(folder) ? withSchedule(folder, (schedule) => schedule.list().filter((one) => one.slug === slug).sort((a, b) => a.id - b.id).at(-1)) : undefined;
  if (item?.state === "waiting") return { is: "waiting", slug, due: item.due };
  return { is: "not out", slug, why: item?.outcome ?? "the process ended while it was published" };
}

/**
 * Publishes it, or keeps it until its embargo ends. Throws CONFLICT where it is decided already or its address is taken,
 * LINT_FAILED with what is owed to others. Decided first and undone where publishing fails, so that two who accept at once
 * make one release.
 */
export function acceptRelease(
  place: { folder: string; log: LogReader },
  submissions: Submissions,
  submission: Submission,
  by: string,
  acceptance: Acceptance & { /** Only tried. */ dry?: boolean },
  now: string,
  change: Change,
): Accepted | { outcome: "tried"; slug: string } {
  const { slug, dry = false } = acceptance;
  if (readPublication(place.log, slug)) throw new TracewireError("CONFLICT", { what: `There is a story at “${slug}” already`, where: "slug", hint: "Choose another address." });
  const isOpen = ["open", "not out"].includes(whatBecame(place, submission).is);
  if (!isOpen) throw new TracewireError("CONFLICT", { what: `It is ${submission.state}`, hint: "Open it again." });
  const due = submission.embargo !== null && submission.embargo > now ? submission.embargo : undefined;
  const story = releaseStory(submission, acceptance, due ?? now);
  const waivers: Waiver[] = [...new Set(lintRelease(place.log, story).theirs.map(({ rule }) => rule))].map((rule) => ({ rule, why: `In the words of ${submission.organisation}, who supplied it` }));
  const publish = (taken_back: boolean) => change("release.accept", slug, (transaction, { log }) => publishStory(transaction, log, story, { by, waivers }), { dry: taken_back });
  if (due !== undefined || dry) publish(true);
  if (dry) return { outcome: "tried", slug };
  submissions.step(submission.id, by, [submission.state], "accepted", { slug, note: due === undefined ? "" : `kept until ${due}` });
  try {
    if (due === undefined) return { outcome: "published", slug, seq: publish(false).seq };
    withSchedule(place.folder, (schedule) => {
      if (schedule.waiting().some((waiting) => waiting.slug === slug)) throw new TracewireError("CONFLICT", { what: `Something waits for its time at “${slug}” already`, where: "slug", hint: "Choose another address." });
      schedule.add({ slug, due, by, story, waivers });
    });
    return { outcome: "scheduled", slug, due };
  } catch (error) {
    submissions.step(submission.id, by, ["accepted"], "sent", { note: "it could not be published" });
    throw error;
  }
}

/** With a note for its sender; one that was accepted and still waits for its time is taken out of the schedule. */
export function refuseRelease({ folder }: { folder: string }, submissions: Submissions, submission: Submission, by: string, note: string): Submission {
  if (submission.state === "accepted" && note.trim() !== "")
    withSchedule(folder, (schedule) => {
      const waiting = schedule.waiting().find(({ slug }) => slug === submission.slug);
      if (!waiting) throw new TracewireError("CONFLICT", { what: "It is out already", hint: "Withdraw it: tracewire story withdraw." });
      schedule.settle(waiting.id, "taken back", "refused after all");
    });
  return submissions.step(submission.id, by, ["sent", "accepted"], "refused", { note });
}

/** Plain words as nodes that a story may hold: nothing in them is read as a figure, a link or a mark. */
function inline(words: string): Inline {
  return Array.from({ length: Math.ceil(words.length / NODE_CHARS_MAX) }, (_, at) => ({ type: "text" as const, text: words.slice(at * NODE_CHARS_MAX, (at + 1) * NODE_CHARS_MAX) }));
}
