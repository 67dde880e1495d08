// The part of `import` for files of rows, transfers and public sources: streamed, with rate and time left, and told with what
// the rows lack.
import { statSync } from "node:fs";
import { basename } from "node:path";
import { sha256Hex } from "../evidence/evidence.ts";
import type { NewsroomWriter } from "../newsroom.ts";
import { importFiles, tablesWords, transfersWords, type ImportManner } from "../tracing/tracing.ts";
import { change, text, whole, type CommandContext, type Options } from "./command.ts";

const GAPS_IN_JSON_MAX = 1_000;

export const TRANSFER_OPTIONS = [
  { flags: "--name <name>", about: "transfers: what the set is called; left out, after its first file" },
  { flags: "--chain <id>", about: "transfers: the chain (CAIP-2, such as eip155:1) of rows that name none" },
  { flags: "--decimals <n>", about: "transfers: amounts are decimals with so many places, instead of whole base units" },
  { flags: "--accept-bad-checksums", about: "transfers: take addresses with a wrong checksum as they stand" },
  { flags: "--supersedes <set>", about: "transfers: the held set that this one replaces, by name or entry" },
] as const;

export const NOT_PUBLIC = "Readers do not see it yet. Next: the same command with --release.";

/** `formats`: all that may be named. */
export async function importRows(context: CommandContext, newsroom: NewsroomWriter, format: string, paths: readonly string[], options: Options, formats: readonly string[]): Promise<void> {
  const { output } = context;
  const manner: ImportManner = { strong: (name) => output.bold(name), not_public: NOT_PUBLIC, more_gaps: `; --json lists up to ${GAPS_IN_JSON_MAX.toLocaleString("en-GB")}` };
  const total = paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
  const started = performance.now();
  const { transfers } = await importFiles(dryOr(context, newsroom), format, paths.map((path) => ({ path, name: basename(path) })), {
    by: context.by,
    retrieved_at: context.effects.clock(),
    edition: text(options, "edition"),
    formats,
    name: text(options, "name"),
    chain: text(options, "chain"),
    decimals: whole(options, "decimals", "--decimals"),
    accept_bad_checksums: Boolean(options.acceptBadChecksums),
    supersedes: text(options, "supersedes"),
    licence: text(options, "licence"),
    release: Boolean(options.release),
    dry_run: context.dryRun,
    note: (words) => output.note(words),
    onFile: (done, of, what) => output.progress(done, of, `Capturing ${what}`),
    onTables(tables) {
      output.endProgress();
      output.json(tables);
      for (const line of tablesWords(tables, manner)) output.line(line);
    },
    onRows(bytes, rows) {
      const seconds = (performance.now() - started) / 1000;
      const left = bytes > 0 ? Math.ceil((seconds * (total - bytes)) / bytes) : 0;
      const count = (number: number) => number.toLocaleString("en-GB");
      output.progress(bytes, total, `${count(rows)} rows, ${count(Math.round(rows / Math.max(seconds, 0.001)))} a second, ${left} s left`);
    },
  });
  output.endProgress();
  if (!transfers) return;
  const { gaps, ...result } = transfers;
  output.json({ ...result, gaps: gaps && { count: gaps.length, first: gaps.slice(0, GAPS_IN_JSON_MAX).map((gap) => ({ ...gap, missing: String(gap.missing) })) } });
  for (const line of transfersWords(transfers, manner)) output.line(line);
}

/** Under --dry-run the blobs are only hashed and the transaction is taken back. */
export function dryOr(context: CommandContext, newsroom: NewsroomWriter): NewsroomWriter {
  if (!context.dryRun) return newsroom;
  return {
    ...newsroom,
    blobs: { ...newsroom.blobs, put: (bytes: Uint8Array) => ({ sha256: sha256Hex(bytes), existed: false }) },
    transact: (_: string, run: Parameters<typeof newsroom.transact>[1]) => change(context, newsroom, run),
  } as NewsroomWriter;
}
