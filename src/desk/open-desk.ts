// The desk itself, opened over one data folder: its stores, its server, what works through its inbox.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { openAccounts } from "../accounts/accounts.ts";
import type { ImportedStories } from "../archive-import/archive-import.ts";
import type { MailSettings } from "../config.ts";
import type { Effects } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { diskFileSystem, openBlobStore, openEgress, readText, type Capture, type Egress, type Extraction } from "../evidence/evidence.ts";
import { openPeople, PEOPLE_FILE, queueAccountLetter, txtResolver } from "../newsletter/newsletter.ts";
import { openNewsroom } from "../newsroom.ts";
import { openDrafts, openSubmissions } from "../press/press.ts";
import { openTraceNotes } from "../tracing/tracing.ts";
import { clientOf, gentleClose } from "../site/site.ts";
import { forgetCancelled } from "./cancelled-bytes.ts";
import { recoverDone } from "./change.ts";
import { openImportJobs, type DataAsk, type DataJobs, type StoryAsk, type ToldData } from "./import-jobs.ts";
import { openInbox } from "./inbox.ts";
import { openOriginals } from "./originals.ts";
import { openPresence } from "./presence.ts";
import { openProgramWrites } from "./program-writes.ts";
import { openQuestionJobs, type QuestionJobs } from "./question-jobs.ts";
import { openRefusals } from "./refusals.ts";
import { openInboxReader, type InboxReader } from "./read-inbox.ts";
import { DESK_ROUTES } from "./routes.ts";
import { openTraceJobs, type TraceJobs } from "./trace-jobs.ts";
import { openWorkJobs, type WorkJobs } from "./work-jobs.ts";
import type { SecondStep, UnsavedWords } from "./route.ts";
import { openDeskServer, type DeskServerOptions } from "./server.ts";

export { DESK_ROUTES } from "./routes.ts";
export { OBJECT_WORDS } from "./objects.ts";

export type DeskOptions = {
  folder: string;
  effects: Effects;
  /** Where people reach it: scheme and host. */
  url: string;
  hosts: readonly string[];
  /** Approval by another person than the author. */
  approval?: "another" | "anybody";
  /** Letters as the newsletter room sends them. Left out, they stay on this machine. */
  mail?: MailSettings;
  /** Where the public site is, if the desk has an origin of its own. */
  site_url?: string;
  /** Whether a password alone is enough. */
  second_step?: SecondStep;
  unsaved_words?: UnsavedWords;
  remoteOf?: DeskServerOptions["remoteOf"];
  /** Tests fetch nothing. */
  egress?: Egress;
  resolveTxt?: (name: string) => Promise<string[][]>;
  report(error: unknown): void;
  /** Takes a line for each refusal that is worth watching. */
  watch?(line: string): void;
};

export type Desk = { app: FastifyInstance; inbox: InboxReader; traceJobs: TraceJobs; works: WorkJobs; questionJobs: QuestionJobs; dataJobs: DataJobs; close(): Promise<void> };

/** Reading a document takes a process of its own; whoever works on one asks for it again and again. */
const TEXTS_KEPT_MAX = 12;

function openTexts(read: (capture: Capture) => Promise<Extraction>): (capture: Capture) => Promise<Extraction> {
  const kept = new Map<string, Promise<Extraction>>();
  return (capture) => {
    const known = kept.get(capture.sha256);
    if (known) return known;
    const text = read(capture);
    text.catch(() => kept.delete(capture.sha256));
    if (kept.size >= TEXTS_KEPT_MAX) kept.delete(kept.keys().next().value!);
    kept.set(capture.sha256, text);
    return text;
  };
}

export function openDesk({ folder, effects, report, watch = () => {}, ...options }: DeskOptions): Desk {
  const newsroom = openNewsroom(folder);
  const accounts = openAccounts(folder, effects);
  recoverDone(newsroom, accounts);
  const [inbox, drafts, submissions] = [openInbox(folder, effects), openDrafts(folder, effects), openSubmissions(folder, effects)];
  const blobs = openBlobStore(folder, diskFileSystem);
  const forget = (sha256?: string): void => {
    try {
      forgetCancelled({ folder, effects, inbox, blobs }, sha256);
    } catch (error) {
      // Somebody writes for long, or this folder is only read: the next start tries again.
      if (!(error instanceof TracewireError)) throw error;
    }
  };
  forget();
  const reader = openInboxReader({ inbox, blobs, egress: options.egress ?? openEgress({ clock: effects.clock }), forget, report });
  const traceNotes = openTraceNotes(folder, effects);
  const traceJobs = openTraceJobs(folder, effects.clock);
  const importJobs = openImportJobs<StoryAsk, ImportedStories>(folder, effects.clock, "import-child.ts");
  const dataJobs = openImportJobs<DataAsk, ToldData>(folder, effects.clock, "data-child.ts");
  const countErased = () => newsroom.log.db.prepare("SELECT count(*) AS n FROM entry_index WHERE erased IS NOT NULL").get()!.n as number;
  const works = openWorkJobs(folder, effects.clock, countErased);
  const questionJobs = openQuestionJobs(folder, effects.clock, countErased);
  const remoteOf = options.remoteOf ?? ((request) => clientOf(request).remote);
  const texts = openTexts((capture) => readText(blobs, capture));
  const approval = options.approval ?? "anybody";
  const programs = openProgramWrites({ newsroom, accounts, inbox, drafts, submissions, effects, traceJobs, works, questionJobs, dataJobs, blobs, approval, readText: texts }, { remoteOf, report });
  const app = openDeskServer({
    routes: DESK_ROUTES,
    newsroom,
    accounts,
    inbox,
    drafts,
    submissions,
    effects,
    url: options.url,
    hosts: options.hosts,
    approval,
    second_step: options.second_step ?? "asked",
    unsaved_words: options.unsaved_words ?? "kept",
    remoteOf,
    programs: programs.handle,
    given: {
      presence: openPresence(effects),
      post(letter) {
        const people = openPeople(folder, effects);
        try {
          queueAccountLetter(people, letter);
        } finally {
          people.close();
        }
      },
      traceJobs,
      questionJobs,
      importJobs,
      dataJobs,
      works,
      resolveTxt: options.resolveTxt ?? txtResolver(),
      traceNotes,
      publicHref: (path) => `${options.site_url ?? ""}${path}`,
      mail: options.mail ?? { from: "Tracewire <newsletter@tracewire.invalid>", base_url: options.site_url ?? options.url },
      withPeople(use) {
        if (!existsSync(join(folder, PEOPLE_FILE))) return undefined;
        const people = openPeople(folder, effects);
        try {
          return use(people);
        } finally {
          people.close();
        }
      },
      openPeople: () => openPeople(folder, effects),
      keep: (bytes) => blobs.put(bytes),
      forget,
      wakeInbox: () => reader.wake(),
      originals: openOriginals(blobs),
      readText: texts,
    },
    report,
    refusals: openRefusals(effects.clock, watch),
  });
  const closeApp = gentleClose(app);
  // Its own routes are made ready with the desk's.
  app.addHook("onReady", () => programs.ready());
  return {
    app,
    inbox: reader,
    traceJobs,
    questionJobs,
    dataJobs,
    works,
    async close() {
      await closeApp();
      await programs.close();
      await reader.stop();
      await traceJobs.stop();
      await questionJobs.stop();
      await importJobs.stop();
      await dataJobs.stop();
      await works.stop();
      for (const store of [traceNotes, inbox, drafts, submissions, accounts, newsroom]) store.close();
    },
  };
}
