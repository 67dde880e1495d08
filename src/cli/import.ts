import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { importCasefile, runChecks } from "../casefile/casefile.ts";
import type { SourceFile } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import { lazily } from "../lazy.ts";
import type { NewsroomWriter } from "../newsroom.ts";
import { DATA_FORMATS, tableFile } from "../tracing/tracing.ts";
import { openWriter, type Command, type CommandContext, type Options } from "./command.ts";
import { importStoryFiles, STORY_FORMATS, STORY_OPTIONS } from "./import-stories.ts";
import { dryOr, importRows, NOT_PUBLIC, TRANSFER_OPTIONS } from "./import-transfers.ts";
import { counted } from "./output.ts";

/** Loaded when it is needed: its readers of markup are a fifth of what a serving process would carry. */
const archives = lazily<typeof import("../archive-import/archive-import.ts")>(import.meta.url, "../archive-import/archive-import.ts");
const FORMATS = [...DATA_FORMATS, ...STORY_FORMATS];

export const importCommand: Command = {
  name: "import",
  summary: "Import a public source, your own transfers, or the stories of another publication's archive",
  arguments: "<format> [files...]",
  writes: true,
  options: [
    { flags: "--release", about: "make everything of this import public at once, bytes too: its licence must allow it" },
    { flags: "--edition <date>", about: "the day of the edition, where the source does not state it" },
    { flags: "--licence <words>", about: "the licence under which the source may be passed on" },
    ...TRANSFER_OPTIONS,
    ...STORY_OPTIONS,
  ],
  examples: [
    ["tracewire import casefile demo/casefile --release", "the demo's case file; a second time changes nothing"],
    [
      "tracewire import auto demo/sources/misp-threat-actors/threat-actor.dprk.json",
      `the format is guessed and said, also where it is left out; formats: casefile, ${FORMATS.join(", ")}`,
    ],
    ["tracewire import transfers my-transfers.csv --chain eip155:1", "transfers to trace over: docs/tracing.md has the columns"],
    ["tracewire import ghost export.json --from \"Name of the publication\" --dry-run", "stories of another publication, and what of them would be lost: docs/import-export.md"],
  ],
  exits: { 1: "posts of an archive were refused; the others came in" },
  async run(context, args, options) {
    const named = args[0] === "auto" || args[0] === "casefile" || FORMATS.includes(args[0]!);
    const [format, paths] = named ? [args[0]!, args.slice(1)] : ["auto", args];
    if (paths.length === 0) throw new TracewireError("BAD_ARGUMENT", { what: "No file was given", hint: `Formats: casefile, ${FORMATS.join(", ")}.` });
    if (!named && !existsSync(paths[0]!))
      throw new TracewireError("BAD_ARGUMENT", { what: `"${paths[0]}" is no format and no file`, hint: `Formats: casefile, ${FORMATS.join(", ")}.` });
    // What cannot be read is met before a folder is made for it.
    const files = paths.flatMap(filesBelow);
    const newsroom = openWriter(context);
    try {
      const stories = archives().STORY_READERS.find((reader) => reader.format === format);
      if (stories) return await importStoryFiles(context, newsroom, stories, paths, options);
      if (format === "casefile") await importTables(context, newsroom, paths, options);
      else await importRows(context, newsroom, format, files, options, ["casefile", ...FORMATS]);
    } finally {
      newsroom.close();
    }
  },
};

/** The files of a folder, in the order of their names; a file itself. */
function filesBelow(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .sort()
      .map((name) => join(path, name))
      .filter((inside) => statSync(inside).isFile());
  } catch (error) {
    throw new TracewireError("NOT_FOUND", { what: "This cannot be read", where: path, cause: error });
  }
}

export const readSource = (path: string): SourceFile[] => filesBelow(path).map((file) => tableFile({ name: basename(file), path: file }));

async function importTables(context: CommandContext, newsroom: NewsroomWriter, paths: string[], options: Options): Promise<void> {
  if (paths.length !== 1) throw new TracewireError("BAD_ARGUMENT", { what: "casefile is one folder of tables" });
  const result = await importCasefile(dryOr(context, newsroom), paths[0]!, {
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
    context.output.line(
      `Nothing new: all ${result.claims_known} claims of ${result.rows} rows are held already.${result.release === null ? "" : ` What of them was not public is now (entry ${result.release}).`}`,
    );
  else
    context.output.line(
      `${counted(result.claims_added, "claim")} from ${counted(result.rows, "row")} of ${counted(result.tables, "table")} (${result.claims_known} held already), ${counted(result.captures_added, "capture")}. The log has ${result.log_size} entries.`,
    );
  if (!result.is_public) context.output.line(NOT_PUBLIC);
  if (found.length > 0) {
    const counts = Object.entries(checks).map(([check, count]) => `${check} ${count}`);
    context.output.line(`Checks raised over the case file: ${counts.join(", ")}. See them: tracewire check`);
  }
}
