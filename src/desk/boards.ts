// What waits, as boards: each a list with the oldest first, a count, and words for when it is empty. Today shows the head of
// each, a board's own page all of it by cursor. Lists ask the same questions as the pages they lead to (objects.ts).
import { dueReplies, readJudgements, readReplies, sumUpChecks, type CheckResult } from "../casefile/casefile.ts";
import { listUndecided } from "../figures/figures.ts";
import { listAffectedIssues, outboxStatus } from "../newsletter/newsletter.ts";
import { listAffected, type MovedFigure } from "../press/press.ts";
import { listAffectedReports } from "../reports/reports.ts";
import { html, type Html } from "../site/site.ts";
import { vantageOf } from "./claim-form.ts";
import { when } from "./frame.ts";
import { madeOnce } from "./made-once.ts";
import { seesEmbargoed, seesInboxItem, type BoardName } from "./objects.ts";
import type { SignedInContext } from "./route.ts";

/** Findings that are kept for a board; more of one check are counted and not listed. */
const FINDINGS_MAX = 5_000;

/** `order`: by it the list is sorted, and by it a page goes on. */
export type BoardItem = { order: string; line: Html; /** Something is due now. */ due?: boolean };
export type Board = {
  title: string;
  /** Said where nothing waits: what would appear, and where it comes from. */
  empty: Html;
  items(context: SignedInContext): BoardItem[] | Promise<BoardItem[]>;
};

const byNumber = (number: number, more = ""): string => `${String(number).padStart(12, "0")}${more && `.${more}`}`;

const vantage = (context: SignedInContext) => vantageOf(context, context.newsroom.log.size());
const subjectLink = (subject: string): Html => html`<a href="/desk/subjects/${subject}">${subject}</a>`;

export const BOARDS = {
  inbox: {
    title: "Captures that wait",
    empty: html`None. <a href="/desk/inbox">Drop a document in the inbox</a>, mark a sentence in it, and it is a claim with its place. What failed, and what lacks its second grade, stands here.`,
    items: ({ inbox, who }) =>
      inbox
        .open()
        .filter((item) => seesInboxItem(who, item))
        .map((item) => ({
          order: byNumber(item.id),
          line: html`<a href="/desk/inbox/${item.id}">${item.title}</a>: ${item.state === "read" ? `${item.reason === null ? "read" : "no text could be read"}; its second grade is missing` : item.state === "failed" ? `failed: ${(item.reason ?? "").replace(/\.$/, "")}` : "being read"}, ${item.by}, ${when(item.at)}`,
        })),
  },
  questions: {
    title: "Open questions",
    empty: html`None. A judgement that says “unsure”, and values that differ where no figure’s rules name whose is taken, stand here.`,
    items: (context) =>
      madeOnce(context, "questions", async () => {
        const { log } = context.newsroom;
        const at = vantage(context);
        const unsure = readJudgements(log, at)
          .filter(({ verdict }) => verdict === "unsure")
          .map(({ seq, subject, other, question, why, by, at: on }) => ({
            order: byNumber(seq),
            line: html`${subjectLink(subject)}${other !== undefined && html` and ${subjectLink(other)}`}: unsure whether ${question === "same" ? "they are the same" : "the victim is named"}. ${why} (${by}, ${when(on)})`,
          }));
        const rivals = (await listUndecided(log, at)).map(({ subject, field, claims, since }) => ({
          order: byNumber(since, `${field}.${subject}`),
          line: html`${subjectLink(subject)}, ${field.replaceAll("_", " ")}: ${claims.map(({ value, unit, claimant }, place) => html`${place > 0 && "; "}<strong>${grouped(value)}${unit !== undefined && ` ${unit}`}</strong> (${claimant})`)}. No figure names whose is taken.`,
        }));
        return inOrder([...unsure, ...rivals]);
      }),
  },
  checks: {
    title: "Checks raised",
    empty: html`None. The named checks look over thefts and published totals: parts that do not add up, dates that do not fit, totals against their rows.`,
    items: (context) =>
      madeOnce(context, "checks", async () => {
        const sums = await sumUpChecks(context.newsroom.log, vantage(context), FINDINGS_MAX);
        return inOrder([...sums.values()].flatMap(({ first }) => first).map((found, at) => ({ order: byNumber(raisedBy(found), `${found.check}.${found.subject}.${at}`), line: html`${subjectLink(found.subject)}, <strong>${found.check}</strong>: ${found.what}` })));
      }),
  },
  replies: {
    title: "Replies due",
    empty: html`Nobody is waited for. <a href="/desk/replies/new">Ask somebody who is blamed</a>; the nearest deadline stands first, and what was answered leaves the list.`,
    items: (context) =>
      dueReplies(readReplies(context.newsroom.log, vantage(context)), context.effects.clock().slice(0, 10)).map(({ name, asked_of, deadline, reminder, due, about }) => ({
        order: `${deadline!}.${name}`,
        ...(due === undefined ? {} : { due: true }),
        line: html`<a href="/desk/replies/${name}">${asked_of ?? name}</a> by <strong>${deadline!}</strong>${about !== null && `, on ${about}`}${due === "overdue" ? html`: <strong>the deadline has passed</strong>` : due === "remind" && html`: <strong>reminder of ${reminder}</strong>`}`,
      })),
  },
  figures: {
    title: "Figures that moved since they were printed",
    empty: html`None: every published number comes out the same today. When new evidence moves one, the stories, letters and reports that print it stand here.`,
    items: (context) => {
      const { log } = context.newsroom;
      const printed = madeOnce(context, "figures", () => [
        ...listAffected(log).map(({ card, figures }) => ({ order: byNumber(card.newest_seq, card.slug), line: html`<a href="${context.publicHref(`/${card.type === "release" ? "press-releases" : "stories"}/${card.slug}`)}">${card.headline}</a>, revision ${card.revision}: ${movedWords(context, figures)}` })),
        ...listAffectedReports(log).map(({ report, figures }) => ({ order: byNumber(report.seq, report.symbol), line: html`Report ${report.symbol}: ${movedWords(context, figures)}` })),
      ]);
      const letters = context.withPeople((people) => listAffectedIssues(log, undefined, people)) ?? listAffectedIssues(log);
      return inOrder([...printed, ...letters.map(({ number, subject, figures }) => ({ order: `letter ${number === "draft" ? number : byNumber(number)}`, line: html`${number === "draft" ? "The letter composed" : html`<a href="${context.publicHref(`/newsletter/${number}`)}">Letter ${number}</a>`}, “${subject}”: ${movedWords(context, figures)}` }))]);
    },
  },
  releases: {
    title: "Press releases to be decided",
    empty: html`None. What suppliers send stands here until somebody accepts it, or refuses it with a note.`,
    items: ({ submissions }) =>
      submissions
        .list()
        .filter(({ state }) => state === "sent")
        .map(({ id, headline, organisation, embargo }) => ({ order: byNumber(id), line: html`<a href="/desk/supplied/${id}">${headline}</a>, ${organisation}${embargo !== null && html`, not before ${when(embargo)} UTC`}` })),
  },
  scheduled: {
    title: "Scheduled and under embargo",
    empty: html`Nothing waits for its time. A story that is published for a later moment, and a release under embargo, stand here, the next first.`,
    items: ({ drafts, who, effects }) =>
      drafts
        .listEmbargoed()
        .filter((item) => seesEmbargoed(who, item))
        .map((item) => ({
          order: `${item.due}.${byNumber(item.id)}`,
          due: item.due <= effects.clock(),
          line: html`<a href="/desk/embargoed/${item.id}">${item.slug}</a>, ${item.type === "release" ? "a release" : "a story"}, not before ${when(item.due)} UTC (${item.by})`,
        })),
  },
  traces: {
    title: "Traces on their way",
    empty: html`None. <a href="/desk/traces">Start one</a>; it stands here until it is read, failed ones with their reason.`,
    items: ({ traceJobs, who }) =>
      traceJobs
        .list()
        .filter(({ by, seen }) => by === who.user.handle && !seen)
        .map(({ id, ask, state, reason }) => ({ order: byNumber(id), line: html`<a href="/desk/traces/jobs/${id}">From ${ask.from.slice(0, 60)}</a>: ${state}${reason !== undefined && `. ${reason}`}` })),
  },
  mail: {
    title: "Mail on its way",
    empty: html`Nothing is on its way. Letters that are queued, that a server refused, or of which nobody knows whether they arrived, stand here.`,
    items: ({ withPeople }) =>
      (withPeople(outboxStatus) ?? []).flatMap(({ mail, states }, at) => {
        const { sent: _, ...open } = states;
        if (Object.keys(open).length === 0) return [];
        return [{ order: byNumber(at, mail), due: open.in_doubt !== undefined, line: html`<a href="/desk/newsletter">${mail.replace(":", " ")}</a>: ${Object.entries(states).map(([state, count]) => `${count} ${state.replace("_", " ")}`).join(", ")}` }];
      }),
  },
} as const satisfies Record<BoardName, Board>;

export const boardNamed = (name: string): Board | undefined => (Object.hasOwn(BOARDS, name) ? BOARDS[name as BoardName] : undefined);

const inOrder = (items: BoardItem[]): BoardItem[] => items.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));

/** A finding is as old as the claim that made it one: the newest of those it names. */
const raisedBy = ({ claims }: CheckResult): number => claims.reduce((last, seq) => Math.max(last, seq), 0);

const grouped = (value: string): string => value.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ",");

const movedWords = ({ publicHref }: SignedInContext, figures: readonly MovedFigure[]): Html =>
  html`${figures.map(({ id, was, now, why }, at) => html`${at > 0 && "; "}<a href="${publicHref(`/figures/${id}`)}">${id}</a> was ${was ?? "without a value"}, now ${now ?? `without one${why === undefined ? "" : ` (${why})`}`}`)}`;
