import { importCasefile, runChecks } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { sha256Hex } from "../evidence/evidence.ts";
import { change, openWriter, type Command } from "./command.ts";

/** Formats by name; more come with tracing. */
const FORMATS = ["casefile"] as const;

export const importCommand: Command = {
  name: "import",
  summary: "Import a folder of tables: captures, datasets, then claims with their row",
  arguments: "<format> <folder>",
  writes: true,
  options: [{ flags: "--release", about: "make everything of this import public at once, bytes too: its licence must allow it" }],
  examples: [["tracewire import casefile demo/casefile --release", "the demo's case file; a second time changes nothing"]],
  async run(context, [format, folder], options) {
    if (!(FORMATS as readonly string[]).includes(format!))
      throw new TracewireError("BAD_ARGUMENT", { what: `"${format}" is no format; formats: ${FORMATS.join(", ")}` });
    const newsroom = openWriter(context);
    try {
      const target = context.dryRun
        ? {
            ...newsroom,
            blobs: { ...newsroom.blobs, put: (bytes: Uint8Array) => ({ sha256: sha256Hex(bytes), existed: false }) },
            transact: (_: string, run: Parameters<typeof newsroom.transact>[1]) => change(context, newsroom, run),
          }
        : newsroom;
      const result = await importCasefile(target as typeof newsroom, folder!, {
        by: context.by,
        retrieved_at: context.effects.clock(),
        release: Boolean(options.release),
        onProgress: (done, total, what) => context.output.progress(done, total, `Importing ${what}`),
      });
      context.output.endProgress();
      // The same checks as on demand: what an import brings in is looked at while its importer is there.
      const found = runChecks(newsroom.log, { log_size: newsroom.log.size(), evidence: "all" });
      const checks = Object.fromEntries([...Map.groupBy(found, ({ check }) => check)].map(([check, own]) => [check, own.length]));
      context.output.json({ ...result, checks });
      if (result.claims_added + result.captures_added === 0)
        context.output.line(`Nothing new: all ${result.claims_known} claims of ${result.rows} rows are held already.`);
      else
        context.output.line(
          `${result.claims_added} claims from ${result.rows} rows of ${result.tables} tables (${result.claims_known} held already), ${result.captures_added} captures. The log has ${result.log_size} entries.`,
        );
      if (found.length > 0) {
        const counts = Object.entries(checks).map(([check, count]) => `${check} ${count}`);
        context.output.line(`Checks raised over the case file: ${counts.join(", ")}. See them: tracewire check`);
      }
    } finally {
      newsroom.close();
    }
  },
};
