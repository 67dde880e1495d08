// From new log entries to the pages that show them: the names under which pages were stored.
import type { LogReader } from "../evidence/evidence.ts";

const ENTRIES_MAX = 5_000;

/** Names touched by the entries [from, to); "everything" when there are too many to look at one by one. */
export function changedSince(log: LogReader, from: number, to: number): Set<string> | "everything" {
  if (to < from || to - from > ENTRIES_MAX) return "everything";
  const names = new Set(["log"]);
  const touch = (body: Record<string, unknown>, seq: number): void => {
    names.add(`entry:${seq}`);
    switch (body.kind) {
      case "claim":
        names
          .add(`subject:${(body.claim as { subject: string }).subject}`)
          .add("figures")
          .add("casefile");
        break;
      case "judgement":
        names
          .add(`subject:${String(body.subject)}`)
          .add("figures")
          .add("casefile");
        break;
      case "retraction": {
        const entry = log.read(body.entry as number);
        if (entry?.body) touch(entry.body, body.entry as number);
        break;
      }
      case "capture":
        names.add(`capture:${String(body.sha256)}`);
        break;
      case "figure":
      case "restatement":
        names.add("figures");
        break;
      case "report":
        names.add("figures");
        break;
      case "issue":
        names.add("issues").add("figures");
        break;
      case "stand": {
        names.add("figures");
        const slug = /^story (\S+) /.exec(String(body.what))?.[1];
        if (slug !== undefined) names.add(`story:${slug}`);
        break;
      }
      case "front":
        names.add("stories");
        break;
      case "trace":
        names.add("traces");
        break;
      case "dataset":
        names.add("datasets").add("figures");
        break;
      case "publication":
        names
          .add(`story:${String(body.slug)}`)
          .add("stories")
          .add("figures");
        break;
    }
  };
  for (const { seq, body } of log.entries(from, to)) {
    if (!body) continue;
    touch(body, seq);
    if (body.kind === "erasure") return "everything";
    // A release changes what its targets show.
    if (body.kind === "release")
      for (const target of [...((body.entries ?? []) as number[]), ...((body.bytes ?? []) as number[])]) {
        const entry = log.read(target);
        if (entry?.body) touch(entry.body, target);
      }
  }
  return names;
}
