// What a log entry is to those who are told of it. An event says what happened and where it stands; it is read from the entry
// each time it is sent, so nothing is kept twice, a replay says the same, and what was erased since is not sent.
import type { LogReader } from "../evidence/evidence.ts";

export const EVENT_TYPES = {
  "story.published": "a story or press release is out",
  "story.revised": "a new revision of one",
  "story.corrected": "a correction of one",
  "story.withdrawn": "one was taken back",
  "figure.moved": "a published figure comes out otherwise, with its cause",
  "report.issued": "a report was issued",
  "entries.released": "entries of the log became public",
} as const;
export type EventType = keyof typeof EVENT_TYPES;

export type WebhookEvent = { type: EventType; timestamp: string; data: Record<string, unknown> };

const ENTRIES_SHOWN = 1_000;

/** Undefined for an entry that nobody is told of: one that is not public, is erased, or is no event. */
export function eventOf(log: Pick<LogReader, "read">, seq: number, base_url: string): WebhookEvent | undefined {
  const body = log.read(seq)?.body;
  if (!body) return undefined;
  const event = (type: EventType, data: Record<string, unknown>): WebhookEvent => ({ type, timestamp: body.at, data: { entry: seq, entry_url: `${base_url}/log/${seq}`, ...data } });
  switch (body.kind) {
    case "publication": {
      const { type, archive } = body.story as { type: string; archive?: unknown };
      // What was taken over from an archive is no news; its corrections are.
      const verb = body.withdrawn ? "withdrawn" : body.correction ? "corrected" : body.revision === 1 ? "published" : "revised";
      if (archive && (verb === "published" || verb === "revised")) return undefined;
      const href = `${base_url}${type === "release" ? "/press-releases" : "/stories"}/${String(body.slug)}`;
      const what = (body.withdrawn as { why: string } | undefined)?.why ?? (body.correction as { what: string } | undefined)?.what;
      return event(`story.${verb}`, { slug: body.slug, revision: body.revision, url: href, json_url: `${href}.json`, ...(what ? { what } : {}) });
    }
    case "restatement":
      return event("figure.moved", { figure: body.figure, from: body.from, to: body.to, url: `${base_url}/figures/${String(body.figure)}` });
    case "report":
      return event("report.issued", { symbol: body.symbol, url: `${base_url}/reports` });
    case "release": {
      const entries = (body.entries ?? []) as number[];
      return event("entries.released", { entries: entries.slice(0, ENTRIES_SHOWN), count: entries.length });
    }
    default:
      return undefined;
  }
}
