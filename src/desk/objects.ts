// Whose an object is: one function for each kind of thing that an address names by a parameter. The answer for what does not
// exist is "no" as well. Lists use the same functions, so that a list never shows what its page would not.
import { can, ownerOfPasskey, ownerOfSession, type Right, type User } from "../accounts/accounts.ts";
import { findJudgement, readClaim } from "../casefile/casefile.ts";
import { findCapture, type Capture, type LogReader } from "../evidence/evidence.ts";
import type { Draft, Embargoed, Submission } from "../press/press.ts";
import { findTrace, listTransferSets } from "../tracing/tracing.ts";
import type { InboxItem } from "./inbox.ts";
import type { WorkAsk } from "./work-jobs.ts";
import type { DeskContext } from "./route.ts";

type Params = Record<string, string>;
type Looks = Pick<DeskContext, "newsroom" | "accounts" | "inbox" | "drafts" | "submissions" | "traceJobs" | "works" | "questionJobs" | "dataJobs">;
type See = (context: Looks, params: Params, who: Actor) => boolean;

/** Who asks: a person with the rights of their role, or a program with those of its key. */
export type Actor = { user: Pick<User, "id" | "handle"> & Partial<Pick<User, "organisation">> & { role: string }; /** Instead of a role's. */ rights?: ReadonlySet<Right> };

export const may = ({ user, rights }: Actor, right: Right): boolean => (rights ? rights.has(right) : can(user.role, right));
const number = (text: string | undefined): number => (/^\d{1,9}$/.test(text ?? "") ? Number(text) : -1);

/** A protected source is for who captured it, and for editors. */
export const seesCapture = (who: Actor, { by, is_protected }: Pick<Capture, "by" | "is_protected">): boolean =>
  !is_protected || by === who.user.handle || may(who, "sources.read");

export const seesInboxItem = (who: Actor, item: InboxItem): boolean =>
  item.by === who.user.handle || (may(who, "case.release") && (!item.is_protected || may(who, "sources.read")));

/** Readers are let in on press releases; the newsroom's own stories under embargo are for who may change them. */
export const seesEmbargoed = (who: Actor, item: Embargoed): boolean =>
  item.type === "release" || item.by === who.user.handle || may(who, "stories.review");

/** Sets of transfers, by their entries. */
export function seesSets(log: LogReader, who: Actor, seqs: readonly number[]): boolean {
  const captures = listTransferSets(log).filter(({ seq }) => seqs.includes(seq)).flatMap((set) => set.captures);
  return captures.every((capture) => {
    const found = findCapture(log, capture);
    return found !== undefined && seesCapture(who, found);
  });
}

export const seesDraft = (who: Actor, draft: Draft): boolean => draft.by === who.user.handle || may(who, "stories.review");

/** A supplier sees what their organisation sent, whoever of it; the newsroom's editors see all. */
export const seesSubmission = (who: Actor, { organisation }: Pick<Submission, "organisation">): boolean =>
  may(who, "stories.publish") || (typeof who.user.organisation === "string" && who.user.organisation === organisation);

/** What each board of Today asks. */
const BOARD_RIGHTS = {
  inbox: "case.write",
  questions: "case.read",
  checks: "case.read",
  replies: "case.read",
  figures: "case.read",
  releases: "stories.publish",
  scheduled: "embargo.read",
  traces: "traces.write",
  mail: "stories.publish",
} as const satisfies Record<string, Right>;
export type BoardName = keyof typeof BOARD_RIGHTS;

export const seesBoard = (who: Actor, board: string): board is BoardName => Object.hasOwn(BOARD_RIGHTS, board) && may(who, BOARD_RIGHTS[board as BoardName]);

/** What starting it asks. */
export function rightOfWork(ask: WorkAsk): Right {
  if (ask.kind === "verify" || (ask.kind === "bundle" && ask.subject === "case")) return "archive.manage";
  return ask.kind === "report" ? "case.write" : "case.read";
}

const claimSeen: See = ({ newsroom }, { claim }, who) => {
  const found = readClaim(newsroom.log, number(claim));
  const capture = found && findCapture(newsroom.log, found.source.capture);
  return capture !== undefined && seesCapture(who, capture);
};

export const OBJECTS = {
  /** :session, one's own; an administrator ends others' from the list of people. */
  session: ({ accounts }, { session }, who) => ownerOfSession(accounts, number(session)) === who.user.id,
  /** :passkey, one's own. */
  passkey: ({ accounts }, { passkey }, who) => ownerOfPasskey(accounts, number(passkey)) === who.user.id,
  /** :item of the inbox. */
  inbox: ({ inbox }, { item }, who) => {
    const found = inbox.find(number(item));
    return found !== undefined && seesInboxItem(who, found);
  },
  /** :capture. */
  capture: ({ newsroom }, { capture }, who) => {
    const found = /^\d{1,9}$/.test(capture ?? "") ? findCapture(newsroom.log, Number(capture)) : undefined;
    return found !== undefined && seesCapture(who, found);
  },
  /** :claim, whose capture they may see. */
  claim: claimSeen,
  /** :claim, and it is their own, or they release. */
  "own claim": (context, params, who) =>
    claimSeen(context, params, who) && (readClaim(context.newsroom.log, number(params.claim))!.by === who.user.handle || may(who, "case.release")),
  /** :judgement that holds, their own, or they release. */
  "own judgement": ({ newsroom }, { judgement }, who) => {
    const found = findJudgement(newsroom.log, number(judgement));
    return found !== undefined && (found.by === who.user.handle || may(who, "case.release"));
  },
  /** :draft of a story. */
  draft: ({ drafts }, { draft }, who) => {
    const found = drafts.find(number(draft));
    return found !== undefined && seesDraft(who, found);
  },
  /** :board, whose right they have. */
  board: (_, { board }, who) => seesBoard(who, board ?? ""),
  /** :trace that is kept, none of whose transfers come from a protected source that is not theirs to see. */
  trace: ({ newsroom }, { trace }, who) => {
    const found = findTrace(newsroom.log, trace ?? "", undefined, "all");
    return found !== undefined && seesSets(newsroom.log, who, found.sets.map(({ seq }) => seq));
  },
  /** :job, one's own. */
  job: ({ traceJobs }, { job }, who) => traceJobs.find(number(job))?.by === who.user.handle,
  /** :question that was asked, one's own. */
  question: ({ questionJobs }, { question }, who) => questionJobs.find(number(question))?.by === who.user.handle,
  /** :import of transfers, tags or a source, one's own. */
  import: ({ dataJobs }, params, who) => dataJobs.find(number(params.import))?.by === who.user.handle,
  /** :work, one's own, of a kind that one may still start. */
  work: ({ works }, { work }, who) => {
    const found = works.find(number(work));
    return found?.by === who.user.handle && may(who, rightOfWork(found.ask));
  },
  /** :built, one's own report whose files were made. */
  built: ({ works }, { built }, who) => {
    const found = works.find(number(built));
    return found?.by === who.user.handle && found.ask.kind === "report" && found.found?.good === true && may(who, rightOfWork(found.ask));
  },
  /** :submission, a press release that was sent. */
  submission: ({ submissions }, { submission }, who) => {
    const found = submissions.find(number(submission));
    return found !== undefined && seesSubmission(who, found);
  },
  /** :embargoed, what waits for its time. */
  embargoed: ({ drafts }, { embargoed }, who) => {
    const found = drafts.embargoed(number(embargoed));
    return found !== undefined && seesEmbargoed(who, found);
  },
} as const satisfies Record<string, See>;
export type ObjectName = keyof typeof OBJECTS;

/** For the documentation. */
export const OBJECT_WORDS: Record<ObjectName, string> = {
  session: "one's own",
  passkey: "one's own",
  inbox: "one's own; others' for who releases, protected ones for `sources.read`",
  capture: "protected ones for who captured them and `sources.read`",
  claim: "of a capture that one may see",
  "own claim": "one's own, or for who releases; of a capture that one may see",
  "own judgement": "one's own, or for who releases",
  draft: "one's own, others' for `stories.review`",
  trace: "over transfers of sources that one may see",
  job: "one's own",
  question: "one's own",
  import: "one's own",
  work: "one's own, of what one may start",
  built: "one's own, once it is built",
  board: "each asks its own right: `case.write` (inbox), `case.read` (questions, checks, replies, figures), `embargo.read`, `traces.write`, `stories.publish` (mail, releases)",
  submission: "of one's own organisation; all for `stories.publish`",
  embargoed: "press releases; stories are one's own or for `stories.review`",
};
