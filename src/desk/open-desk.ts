// The desk itself, opened over one data folder: its stores, its server, what works through its inbox.
import type { FastifyInstance } from "fastify";
import { openAccounts } from "../accounts/accounts.ts";
import type { Effects } from "../effects.ts";
import { diskFileSystem, openBlobStore, openEgress, readText, type Capture, type Egress, type Extraction } from "../evidence/evidence.ts";
import { openPeople, queueAccountLetter } from "../newsletter/newsletter.ts";
import { openNewsroom } from "../newsroom.ts";
import { openDrafts } from "../press/press.ts";
import { clientOf } from "../site/site.ts";
import { openInbox } from "./inbox.ts";
import { openPresence } from "./presence.ts";
import { openRefusals } from "./refusals.ts";
import { openInboxReader, type InboxReader } from "./read-inbox.ts";
import { DESK_ROUTES } from "./routes.ts";
import type { SecondStep } from "./route.ts";
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
  /** Whether a password alone is enough. */
  second_step?: SecondStep;
  remoteOf?: DeskServerOptions["remoteOf"];
  /** Tests fetch nothing. */
  egress?: Egress;
  report(error: unknown): void;
  /** Takes a line for each refusal that is worth watching. */
  watch?(line: string): void;
};

export type Desk = { app: FastifyInstance; inbox: InboxReader; close(): Promise<void> };

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
  const [inbox, drafts] = [openInbox(folder, effects), openDrafts(folder, effects)];
  const blobs = openBlobStore(folder, diskFileSystem);
  const reader = openInboxReader({ inbox, blobs, egress: options.egress ?? openEgress({ clock: effects.clock }), report });
  const app = openDeskServer({
    routes: DESK_ROUTES,
    newsroom,
    accounts,
    inbox,
    drafts,
    effects,
    url: options.url,
    hosts: options.hosts,
    approval: options.approval ?? "anybody",
    second_step: options.second_step ?? "asked",
    remoteOf: options.remoteOf ?? ((request) => clientOf(request).remote),
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
      keep: (bytes) => blobs.put(bytes),
      wakeInbox: () => reader.wake(),
      readText: openTexts((capture) => readText(blobs, capture)),
    },
    report,
    refusals: openRefusals(effects.clock, watch),
  });
  return {
    app,
    inbox: reader,
    async close() {
      await app.close();
      await reader.stop();
      for (const store of [inbox, drafts, accounts, newsroom]) store.close();
    },
  };
}
