import { TracewireError } from "../errors.ts";
import { desksMemory } from "../desk/desk.ts";
import { entryWords, erasePlanned, findEntry, planErasure, planRelease, printedFrom, releasePlanned, sweepErased } from "../release-and-erase.ts";
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
      const plan = planRelease(newsroom.log, ids.map((id) => findEntry(newsroom.log, id)), { bytes: Boolean(options.bytes) });
      const { seqs, bytes } = plan;
      const entry = change(context, newsroom, (transaction) => releasePlanned(transaction, plan, context.by));
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
      const { log } = newsroom;
      const plan = planErasure(log, ids.map((id) => findEntry(log, id)), { with_claims: Boolean(options.withClaims) });
      const { seqs, blobs, restated, shared, was_counted } = plan;
      const printed = printedFrom(log, plan);
      const words = context.dryRun ? seqs.map((seq) => `  ${seq}  ${entryWords(log, seq)}`) : [];
      const entry = change(context, newsroom, (transaction) => erasePlanned(transaction, plan, reason, context.by));
      if (!context.dryRun) {
        sweepErased(newsroom, plan, context.by);
        desksMemory().forgetErased(newsroom.folder, context.effects, { seqs, blobs });
      }
      context.output.json({ erased: seqs, restatements: restated, blobs, shared, printed, entry });
      context.output.line(
        `${context.dryRun ? "Would erase" : "Erased"} ${seqs.join(", ")}${blobs.length ? ` and the bytes of ${blobs.length} capture${blobs.length === 1 ? "" : "s"}` : ""} (entry ${entry}).`,
      );
      for (const line of words) context.output.line(line);
      if (restated.length > 0) context.output.line(`Among them what told of their numbers: ${restated.join(", ")} (restatements).`);
      if (shared.length > 0) context.output.line(`The bytes of ${shared.join(", ")} stay: another capture holds the same.`);
      if (was_counted) context.output.line("What was published keeps its numbers: `tracewire story affected` lists the stories whose numbers were counted from it.");
    } finally {
      newsroom.close();
    }
  },
};
