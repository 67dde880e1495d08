import { closeSync, existsSync, openSync, readFileSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { importCasefile, runChecks } from "../casefile/casefile.ts";
import { READERS, findReader, importDataset, type ImportedTable, type SourceFile } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import { sha256Hex } from "../evidence/evidence.ts";
import { lazily } from "../lazy.ts";
import type { NewsroomWriter } from "../newsroom.ts";
import { guessReader, TRANSFER_READERS, fileOnDisk, type TransferReader } from "../tracing/tracing.ts";
import { change, openWriter, text, type Command, type CommandContext, type Options } from "./command.ts";
import { importStoryFiles, STORY_FORMATS, STORY_OPTIONS } from "./import-stories.ts";
import { importTransferFiles, heldAlready, NOT_PUBLIC, TRANSFER_OPTIONS } from "./import-transfers.ts";
import { counted } from "./output.ts";

const BYTES_MAX = 256 * 2 ** 20;
const FIRST_LINE_BYTES_MAX = 1_024;
const FIRST_LINE_SHOWN = 200;

/** Loaded when it is needed: its readers of markup are a fifth of what a serving process would carry. */
const archives = lazily<typeof import("../archive-import/archive-import.ts")>(import.meta.url, "../archive-import/archive-import.ts");
const FORMATS = [...new Set([...[...TRANSFER_READERS, ...READERS].map((reader) => reader.format), ...STORY_FORMATS])];

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
      else await importFiles(context, newsroom, format, files, options);
    } finally {
      newsroom.close();
    }
  },
};

/** A format may be read as tables, as transfers, or as both; guessed, each that recognises the files. */
async function importFiles(context: CommandContext, newsroom: NewsroomWriter, format: string, paths: string[], options: Options): Promise<void> {
  const names = paths.map((path) => basename(path));
  const isGuess = format === "auto";
  const transfers = isGuess
    ? await guessReader(paths.map((path) => fileOnDisk(path, basename(path))))
    : TRANSFER_READERS.find((reader) => reader.format === format);
  const hasTables = isGuess ? READERS.some((reader) => names.every((name) => reader.recognises(name))) : READERS.some((reader) => reader.format === format);
  if (isGuess && !hasTables && !transfers) throw unknownFormat(paths);
  if (hasTables || !transfers) await importSource(context, newsroom, format, paths, options);
  if (!transfers) return;
  if (isGuess) context.output.note(`Read as ${transfers.format}: ${transfers.title}.`);
  await importTransferFiles(context, newsroom, transfers, filesOf(transfers, paths), options);
}

/** What is there is said, so that whoever brings a table of their own sees which columns are missing. */
function unknownFormat(paths: string[]): TracewireError {
  const start = Buffer.alloc(FIRST_LINE_BYTES_MAX);
  const file = openSync(paths[0]!, "r");
  const length = readSync(file, start);
  closeSync(file);
  const [line = ""] = start.subarray(0, length).toString("utf8").split(/\r?\n/, 1);
  const isText = line !== "" && !/[\u0000-\u0008\ufffd]/.test(line);
  return new TracewireError("BAD_ARGUMENT", {
    what: `No format is known for ${paths.slice(0, 5).map((path) => basename(path)).join(", ")}${isText ? `, which begins: ${line.slice(0, FIRST_LINE_SHOWN)}` : ""}`,
    hint: `Transfers of your own have the columns from, to, amount and more (docs/tracing.md). Else name the format: casefile, ${FORMATS.join(", ")}.`,
  });
}

/** A reader of one source's own files leaves others alone; one of files of any name takes those that it is given. */
function filesOf(reader: TransferReader, paths: string[]): string[] {
  const own = reader.own_names ? paths.filter((path) => reader.own_names!.test(basename(path))) : paths;
  return own.length > 0 ? own : paths;
}

async function importSource(
  context: CommandContext,
  newsroom: NewsroomWriter,
  format: string,
  paths: string[],
  options: Options,
): Promise<void> {
  const files = paths.map(readFile);
  const given = files.map((file) => file.name);
  const reader = findReader(format, given);
  const read = reader.format === "table" || (reader.any_name && format !== "auto") ? files : files.filter((file) => reader.recognises(file.name));
  if (format === "auto") context.output.note(`Read as ${reader.format}: ${reader.title}.`);
  const passed = files.length - read.length;
  if (passed > 0)
    context.output.note(
      `${passed} file${passed === 1 ? " is" : "s are"} not of ${reader.format} and ${passed === 1 ? "is" : "are"} left alone.`,
    );
  const result = await importDataset(dryOr(context, newsroom), reader, read, {
    by: context.by,
    retrieved_at: context.effects.clock(),
    edition: text(options, "edition"),
    licence: text(options, "licence"),
    release: Boolean(options.release),
    onProgress: (done, total, what) => context.output.progress(done, total, `Capturing ${what}`),
  });
  context.output.endProgress();
  context.output.json(result);
  for (const table of result.tables) {
    const rows = counted(table.row_count, "row");
    context.output.line(
      table.outcome === "unchanged"
        ? heldAlready(table.dataset, rows, table)
        : `${context.output.bold(table.dataset)}${table.edition ? ` (edition ${table.edition})` : ""}: ${rows}, entry ${table.seq}${table.public === "now" ? ", public" : ""}.${againstWords(table)}`,
    );
  }
  if (result.tables.some((table) => table.public === "no")) context.output.line(NOT_PUBLIC);
  const unknown = Object.entries(result.unknown_fields);
  if (unknown.length > 0) context.output.line(`Not read: ${unknown.map(([field, count]) => `${field} (${count})`).join(", ")}.`);
}

/** The edition that it was compared with, and what that one is where it is not simply the one before. */
function againstWords({ edition, difference }: ImportedTable): string {
  if (!difference || difference.from_edition === edition) return "";
  const { from_edition, from_public, added, removed, changed } = difference;
  const later = from_edition !== null && edition !== null && from_edition > edition;
  const which = from_edition === null ? "the one before" : `${later ? "the later edition " : "edition "}${from_edition}`;
  return ` Against ${which}${from_public ? "" : " (held, not public)"}: ${added} in, ${removed} out, ${changed} changed.`;
}

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

export const readSource = (path: string): SourceFile[] => filesBelow(path).map(readFile);

function readFile(path: string): SourceFile {
  try {
    if (statSync(path).size > BYTES_MAX) throw new TracewireError("BAD_INPUT", { what: `More than ${BYTES_MAX} bytes`, where: path });
    return { name: basename(path), bytes: readFileSync(path) };
  } catch (error) {
    if (error instanceof TracewireError) throw error;
    throw new TracewireError("NOT_FOUND", { what: "This cannot be read", where: path, cause: error });
  }
}

/** Under --dry-run the blobs are only hashed and the transaction is taken back. */
function dryOr(context: CommandContext, newsroom: NewsroomWriter): NewsroomWriter {
  if (!context.dryRun) return newsroom;
  return {
    ...newsroom,
    blobs: { ...newsroom.blobs, put: (bytes: Uint8Array) => ({ sha256: sha256Hex(bytes), existed: false }) },
    transact: (_: string, run: Parameters<typeof newsroom.transact>[1]) => change(context, newsroom, run),
  } as NewsroomWriter;
}

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
