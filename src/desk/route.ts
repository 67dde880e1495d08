// An address of the desk as data. Its rule stands where it is defined: the type has no room for a route without one, and
// the server asks the rule before the room hears of the request. Who acts is the session's, never the body's.
import type { Static, TObject } from "typebox";
import type { Accounts, Doer, PasskeySite, Right, SignedIn, Where } from "../accounts/accounts.ts";
import type { MailSettings } from "../config.ts";
import type { Effects } from "../effects.ts";
import type { Capture, Extraction } from "../evidence/evidence.ts";
import type { People } from "../newsletter/newsletter.ts";
import type { NewsroomReader } from "../newsroom.ts";
import type { Html } from "../site/site.ts";
import type { Drafts, Submissions } from "../press/press.ts";
import type { Write } from "./change.ts";
import type { Inbox } from "./inbox.ts";
import type { ObjectName } from "./objects.ts";
import type { Originals } from "./originals.ts";
import type { TraceNotes } from "../tracing/tracing.ts";
import type { DataJobs, ImportJobs } from "./import-jobs.ts";
import type { QuestionJobs } from "./question-jobs.ts";
import type { TraceJobs } from "./trace-jobs.ts";
import type { WorkJobs } from "./work-jobs.ts";
import type { Presence } from "./presence.ts";

/** Whether a newsroom lets people work who have signed in by a password alone. */
export type SecondStep = "asked" | "required";
/** Whether the editor keeps words on the device until the desk has them. */
export type UnsavedWords = "kept" | "never";

export type Rule =
  /** `because`: what else keeps it safe. */
  | { for: "anyone"; because: string }
  /** `fresh`: who it is was proved within minutes. */
  | { for: "signed-in"; object?: ObjectName; fresh?: true; /** Open by a password alone where a second step is required. */ with_one_factor?: "always" | "to set up another" }
  /** `object`: besides the right, this one must be theirs to see (objects.ts); else it is not there. */
  | { for: Right; object?: ObjectName; fresh?: true };

/** All that a room is given. Reading is open; writing is `write`, which puts the session's handle on everything. */
export type DeskContext = {
  newsroom: NewsroomReader;
  accounts: Accounts;
  inbox: Inbox;
  drafts: Drafts;
  submissions: Submissions;
  presence: Presence;
  effects: Effects;
  site: PasskeySite;
  where: Where;
  /** Whether a story is approved by another person than its author. */
  approval: "another" | "anybody";
  unsaved_words: UnsavedWords;
  /** Keeps bytes durably, under their hash; they are no part of the log by that. */
  keep(bytes: Uint8Array): { sha256: string };
  /** The bytes of an item that was cancelled: they go, where nothing else holds them. */
  forget(sha256: string): void;
  /** The inbox has something to do. */
  wakeInbox(): void;
  /** Text of a capture; the last few are kept at hand. */
  readText(capture: Capture): Promise<Extraction>;
  /** Captured documents as they look. */
  originals: Originals;
  traceJobs: TraceJobs;
  questionJobs: QuestionJobs;
  importJobs: ImportJobs;
  dataJobs: DataJobs;
  /** Exports, reports built, checks. */
  works: WorkJobs;
  traceNotes: TraceNotes;
  /** An address of the public site, from here: with its scheme and host where the desk has an origin of its own. */
  publicHref(path: string): string;
  mail: MailSettings;
  /** Text records of a name. Throws what node:dns throws. */
  resolveTxt(name: string): Promise<string[][]>;
  /** Looks into the subscribers and the outbox; undefined where there are none. */
  withPeople<T>(use: (people: People) => T): T | undefined;
  /** The subscribers and the outbox to work on; whoever opens them closes them. */
  openPeople(): People;
  /** Sends a letter to somebody of the newsroom. */
  post(letter: { to: string; subject: string; lines: readonly string[]; href: string; expires: string }): void;
};

export type SignedInContext = DeskContext & {
  who: SignedIn;
  /**
   * One change of the newsroom, durable and signed when it returns, under the person's handle and in the record of acts.
   * With `dry` all of it is done and taken back, and nothing is recorded. Throws WRITER_BUSY.
   */
  write: Write;
  /** Records an act that changes nothing in the log. */
  record(act: string, object: string): void;
  doer: Doer;
};

export type Upload = { name: string; type: string; bytes: Uint8Array };
export type Asked<F> = { path: string; params: Record<string, string>; query: URLSearchParams; form: F; file?: Upload; /** All of them, where several are taken. */ files?: readonly Upload[]; /** The If-Match header, as it came. */ ifMatch?: string };

export type DeskAnswer = (
  | { page: Html; title: string; /** Read before the page's own words. */ wide?: boolean }
  /** Another address of the desk, after something was done. */
  | { go: string }
  | { json: unknown; /** Which state of it this is. */ etag?: string }
  /** A page that is not the desk's, shown inside one: it runs nothing. `styled`: it brings its own styles in its elements, as mail does. */
  | { shown: string; styled?: true }
  /** A PNG that was made here. */
  | { picture: Uint8Array }
  /** A file that was made here, sent as it is read. */
  | { download: { name: string; type: string; path: string } }
  | { file: { name: string; type: string; bytes: Uint8Array | string } }
) & {
  status?: number;
  /** A session's token to keep, or "end". */
  session?: string;
};

export type DeskRoute = {
  method: "GET" | "POST";
  /** Below /desk, in Fastify's notation: "/captures/:capture". */
  path: string;
  /** One line for docs/desk-routes.md. */
  about: string;
  rule: Rule;
  /** Parameters that mean something here; others are refused. */
  query?: readonly string[];
  /** What a form may hold, and nothing else. Left out: nothing but the token. */
  form?: TObject;
  /** Takes one file besides, or several. */
  upload?: true | "several";
  run(context: never, asked: Asked<never>): DeskAnswer | Promise<DeskAnswer>;
};

type ContextFor<R extends Rule> = R extends { for: "anyone" } ? DeskContext & { who?: SignedIn } : SignedInContext;
type Form<F> = F extends TObject ? Static<F> : Record<string, never>;

/** Gives `run` the types of what was checked: a signed-in context where the rule asks for one. */
export function deskRoute<const R extends Rule, F extends TObject | undefined = undefined>(
  route: Omit<DeskRoute, "run" | "rule" | "form"> & {
    rule: R;
    form?: F;
    run(context: ContextFor<R>, asked: Asked<Form<F>>): DeskAnswer | Promise<DeskAnswer>;
  },
): DeskRoute {
  return route as unknown as DeskRoute;
}
