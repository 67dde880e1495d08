import { TracewireError } from "../errors.ts";
import { desksMemory } from "../desk/desk.ts";
import { appendErasure, appendRelease, findCapture, type LogReader } from "../evidence/evidence.ts";
import { readClaim, readClaims, requireReleasable } from "../casefile/casefile.ts";
import { restatementsMovedBy } from "../figures/figures.ts";
import { versionsMadeFrom } from "../press/press.ts";
import { entriesOfTrace, listTransferSets, sweepSegments } from "../tracing/tracing.ts";
import { change, openWriter, text, type Command } from "./command.ts";

export const release: Command = {
  name: "release",
  summary: "Make entries public: readers see them, figures count them, exports may carry them",
  arguments: "<id...>",
  writes: true,
  options: [{ flags: "--bytes", about: "for captures: the bytes may leave as well (their licence must allow it)" }],
  examples: [["tracewire release 1545", "a claim, and the record of the capture it was read from"]],
  run(context, ids, options) {
    const newsroom = openWriter(context);
    try {
      const named = ids.flatMap((id) => {
        const seq = findEntry(newsroom.log, id);
        // A public claim whose source stays hidden could not be opened by its reader; a public trace shows its tables.
        const claim = readClaim(newsroom.log, seq);
        if (claim) requireReleasable(claim, `entry ${seq}`);
        return claim ? [seq, claim.source.capture] : (entriesOfTrace(newsroom.log, seq) ?? [seq]);
      });
      const seqs = [...new Set(named)].sort((a, b) => a - b);
      const bytes = options.bytes ? seqs.filter((seq) => findCapture(newsroom.log, seq)) : [];
      const entry = change(context, newsroom, (transaction) => appendRelease(transaction, seqs, bytes, context.by));
      context.output.json({ released: entry !== undefined, entry: entry ?? null, entries: seqs });
      context.output.line(
        entry === undefined
          ? "All of it was public already."
          : `Released (entry ${entry}): ${seqs.join(", ")}${bytes.length ? "; bytes of " + bytes.join(", ") : ""}`,
      );
    } finally {
      newsroom.close();
    }
  },
};

export const erase: Command = {
  name: "erase",
  summary: "Forget an entry for good; its place in the log, and that it was erased, stay",
  arguments: "<id...>",
  writes: true,
  options: [
    { flags: "--reason <reason>", about: "why; kept in the log, in public" },
    { flags: "--with-claims", about: "for a capture: erase the claims read from it, too" },
    { flags: "--yes", about: "do it: this cannot be undone" },
  ],
  examples: [['tracewire erase 1544 --reason "Court order 12/2026" --with-claims --yes', "a capture with all that was read from it"]],
  run(context, ids, options) {
    const reason = text(options, "reason");
    if (!reason || reason.trim().length < 3) throw new TracewireError("BAD_ARGUMENT", { what: "An erasure needs its --reason" });
    if (!options.yes && !context.dryRun)
      throw new TracewireError("BAD_ARGUMENT", {
        what: "An erasure cannot be undone",
        hint: "Look with --dry-run first, then give --yes.",
      });
    const newsroom = openWriter(context);
    try {
      const named = ids.map((id) => findEntry(newsroom.log, id));
      // What was made from a picture's file goes with it.
      const seqs = new Set(named.flatMap((seq) => [seq, ...versionsMadeFrom(newsroom.log, seq)]));
      const blobs = new Set<string>();
      for (const seq of [...seqs]) {
        const capture = findCapture(newsroom.log, seq);
        if (!capture) continue;
        const claims = readClaims(newsroom.log, { log_size: newsroom.log.size(), evidence: "all" }, { capture: seq });
        if (claims.length > 0 && !options.withClaims)
          throw new TracewireError("BAD_ARGUMENT", {
            what: `${claims.length} claims rest on capture ${seq}`,
            hint: "Erase them with it: --with-claims.",
          });
        for (const claim of claims) seqs.add(claim.seq);
        const others = newsroom.log.db
          .prepare("SELECT seq FROM captures WHERE sha256 = ?")
          .all(capture.sha256)
          .map((row) => row.seq as number);
        if (others.every((other) => seqs.has(other))) blobs.add(capture.sha256);
      }
      // What moved with a claim tells its value: a restatement goes with the claim that it tells of.
      const restated = new Set<number>();
      let wasCounted = false;
      for (const seq of seqs) {
        const claim = readClaim(newsroom.log, seq);
        wasCounted ||= claim?.released !== undefined;
        if (claim) for (const one of restatementsMovedBy(newsroom.log, claim.subject, seq)) restated.add(one);
      }
      for (const seq of restated) seqs.add(seq);
      const entry = change(context, newsroom, (transaction) =>
        appendErasure(transaction, { seqs: [...seqs].sort((a, b) => a - b), blobs: [...blobs], reason }, context.by),
      );
      if (!context.dryRun) {
        for (const sha256 of blobs) newsroom.blobs.erase(sha256);
        sweepSegments(newsroom.folder, listTransferSets(newsroom.log));
        desksMemory().forgetErased(newsroom.folder, context.effects, { seqs: [...seqs], blobs: [...blobs] });
      }
      context.output.json({ erased: [...seqs], restatements: [...restated], blobs: [...blobs], entry });
      context.output.line(
        `${context.dryRun ? "Would erase" : "Erased"} ${[...seqs].join(", ")}${blobs.size ? ` and the bytes of ${blobs.size} capture${blobs.size === 1 ? "" : "s"}` : ""} (entry ${entry}).`,
      );
      if (restated.size > 0) context.output.line(`Among them what told of their numbers: ${[...restated].join(", ")} (restatements).`);
      if (wasCounted) context.output.line("What was published keeps its numbers: `tracewire story affected` lists the stories whose numbers were counted from it.");
    } finally {
      newsroom.close();
    }
  },
};

/** An entry by log index, or a capture by its SHA-256 or the start of it. */
export function findEntry(log: LogReader, id: string): number {
  const seq = /^\d{1,7}$/.test(id) ? Number(id) : findCapture(log, id)?.seq;
  if (seq === undefined || seq >= log.size())
    throw new TracewireError("NOT_FOUND", {
      what: `There is no entry "${id}"`,
      hint: "Give a log index, or the start of a capture's SHA-256.",
    });
  return seq;
}
