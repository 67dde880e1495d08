import { readFileSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { importCasefile, runChecks } from "../casefile/casefile.ts";
import { READERS, findReader, importDataset, type SourceFile } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import { sha256Hex } from "../evidence/evidence.ts";
import type { NewsroomWriter } from "../newsroom.ts";
import { change, openWriter, text, type Command, type CommandContext, type Options } from "./command.ts";

const BYTES_MAX = 256 * 2 ** 20;

export const importCommand: Command = {
  name: "import",
  summary: "Import a public source: captures, one dataset for each table; for the case file, claims with their row",
  arguments: "<format> <files...>",
  writes: true,
  options: [
    { flags: "--release", about: "make everything of this import public at once, bytes too: its licence must allow it" },
    { flags: "--edition <date>", about: "the day of the edition, where the source does not state it" },
    { flags: "--licence <words>", about: "the licence under which the source may be passed on" },
  ],
  examples: [
    ["tracewire import casefile demo/casefile --release", "the demo's case file; a second time changes nothing"],
    [
      "tracewire import auto demo/sources/misp/threat-actor.dprk.json",
      `the format is guessed and said; formats: casefile, ${READERS.map((reader) => reader.format).join(", ")}`,
    ],
  ],
  async run(context, [format, ...paths], options) {
    const newsroom = openWriter(context);
    try {
      if (format === "casefile") await importTables(context, newsroom, paths, options);
      else await importSource(context, newsroom, format!, paths, options);
    } finally {
      newsroom.close();
    }
  },
};

async function importSource(
  context: CommandContext,
  newsroom: NewsroomWriter,
  format: string,
  paths: string[],
  options: Options,
): Promise<void> {
  const files = paths.flatMap(readSource);
  const given = files.map((file) => file.name);
  const reader = findReader(format, given);
  const read = reader.format === "table" ? files : files.filter((file) => reader.recognises(file.name));
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
    const against =
      table.difference && table.difference.from_edition !== table.edition
        ? ` Against ${table.difference.from_edition ?? "the one before"}: ${table.difference.added} in, ${table.difference.removed} out, ${table.difference.changed} changed.`
        : "";
    context.output.line(
      table.outcome === "unchanged"
        ? `${table.dataset}: nothing new, its ${table.row_count} rows are held already (entry ${table.seq}).`
        : `${context.output.bold(table.dataset)}${table.edition ? ` (edition ${table.edition})` : ""}: ${table.row_count} rows, entry ${table.seq}.${against}`,
    );
  }
  const unknown = Object.entries(result.unknown_fields);
  if (unknown.length > 0) context.output.line(`Not read: ${unknown.map(([field, count]) => `${field} (${count})`).join(", ")}.`);
}

export function readSource(path: string): SourceFile[] {
  try {
    if (statSync(path).isDirectory())
      return readdirSync(path)
        .sort()
        .map((name) => join(path, name))
        .filter((inside) => statSync(inside).isFile())
        .flatMap(readSource);
    if (statSync(path).size > BYTES_MAX) throw new TracewireError("BAD_INPUT", { what: `More than ${BYTES_MAX} bytes`, where: path });
    return [{ name: basename(path), bytes: readFileSync(path) }];
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
    context.output.line(`Nothing new: all ${result.claims_known} claims of ${result.rows} rows are held already.`);
  else
    context.output.line(
      `${result.claims_added} claims from ${result.rows} rows of ${result.tables} tables (${result.claims_known} held already), ${result.captures_added} captures. The log has ${result.log_size} entries.`,
    );
  if (found.length > 0) {
    const counts = Object.entries(checks).map(([check, count]) => `${check} ${count}`);
    context.output.line(`Checks raised over the case file: ${counts.join(", ")}. See them: tracewire check`);
  }
}
