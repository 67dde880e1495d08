// The part of `import` that brings in transfers: streamed, with rate and time left, and told with what the rows lack.
import { statSync } from "node:fs";
import { basename } from "node:path";
import { TracewireError } from "../errors.ts";
import type { NewsroomWriter } from "../newsroom.ts";
import { buildTransferTable, fileOnDisk, importTransfers, listGaps, type ImportedTransfers, type TransferReader } from "../tracing/tracing.ts";
import { change, text, whole, type CommandContext, type Options } from "./command.ts";

const GAPS_SHOWN = 5;
const GAPS_IN_JSON_MAX = 1_000;
const NAMES_SHOWN = 5;

export const TRANSFER_OPTIONS = [
  { flags: "--name <name>", about: "transfers: what the set is called; left out, after its first file" },
  { flags: "--chain <id>", about: "transfers: the chain (CAIP-2, such as eip155:1) of rows that name none" },
  { flags: "--decimals <n>", about: "transfers: amounts are decimals with so many places, instead of whole base units" },
  { flags: "--accept-bad-checksums", about: "transfers: take addresses with a wrong checksum as they stand" },
  { flags: "--supersedes <set>", about: "transfers: the held set that this one replaces, by name or entry" },
] as const;

export async function importTransferFiles(
  context: CommandContext,
  newsroom: NewsroomWriter,
  reader: TransferReader,
  paths: readonly string[],
  options: Options,
): Promise<void> {
  const files = paths.map((path) => fileOnDisk(path, basename(path)));
  const total = paths.reduce((sum, path) => sum + sizeOf(path), 0);
  const started = performance.now();
  const { collected, ...result } = await importTransfers(dryOr(context, newsroom), reader, files, {
    by: context.by,
    retrieved_at: context.effects.clock(),
    name: text(options, "name"),
    chain: text(options, "chain"),
    decimals: whole(options, "decimals", "--decimals"),
    accept_bad_checksums: Boolean(options.acceptBadChecksums),
    supersedes: text(options, "supersedes"),
    licence: text(options, "licence"),
    release: Boolean(options.release),
    dry_run: context.dryRun,
    onProgress(bytes, rows) {
      const seconds = (performance.now() - started) / 1000;
      const left = bytes > 0 ? Math.ceil((seconds * (total - bytes)) / bytes) : 0;
      const rate = Math.round(rows / Math.max(seconds, 0.001));
      context.output.progress(bytes, total, `${count(rows)} rows, ${count(rate)} a second, ${left} s left`);
    },
  });
  context.output.endProgress();
  const gaps = reader.kind === "accounts" ? gapsOf(collected) : undefined;
  context.output.json({ ...result, gaps: gaps && { count: gaps.length, first: gaps.slice(0, GAPS_IN_JSON_MAX).map((gap) => ({ ...gap, missing: String(gap.missing) })) } });
  tell(context, result, gaps);
}

export const NOT_PUBLIC = "Readers do not see it yet. Next: the same command with --release.";

/** Of an import that brought no new row: it may have made public what was held. */
export function heldAlready(name: string, rows: string, { seq, public: seen }: { seq: number; public: "now" | "before" | "no" }): string {
  return `${name}: no new row, its ${rows} were held already (entry ${seq})${seen === "now" ? "; they are public from now on" : ""}.`;
}

/** Gaps need all rows at once: only what the database's table holds is looked at here. */
function gapsOf(collected: Awaited<ReturnType<typeof importTransfers>>["collected"]) {
  return collected.held && listGaps(buildTransferTable(collected.transfers()));
}

function tell(context: CommandContext, result: ImportedTransfers, gaps: ReturnType<typeof gapsOf>): void {
  const { output } = context;
  const what = result.kind === "utxo" ? "transactions" : "transfers";
  if (result.outcome === "unchanged") output.line(heldAlready(result.set, `${count(result.row_count)} ${what}`, result));
  else {
    const by = { block: "by block", time: "by time, for want of blocks", file: "as in the file, for want of blocks and times" }[result.order];
    const on = result.chains.filter((chain) => chain !== "").join(", ");
    output.line(`${output.bold(result.set)}: ${count(result.row_count)} ${what}${on ? ` on ${on}` : ""}, entry ${result.seq}${result.public === "now" ? ", public" : ""}; in order ${by}.`);
  }
  if (result.public === "no") output.line(NOT_PUBLIC);
  if (result.repeated > 0) output.line(`${count(result.repeated)} rows stood there already and are counted once.`);
  if (result.look_alike > 0) output.line(`${count(result.look_alike)} rows look like another of the same file and are kept: nothing in the file tells them apart.`);
  const { unknown_fields, bad_checksums, borrowed_names, notes } = result.report;
  const unknown = Object.entries(unknown_fields);
  if (unknown.length > 0) output.line(`Not read: ${unknown.map(([field, times]) => `${field} (${times})`).join(", ")}.`);
  if (bad_checksums.count > 0) output.line(`Taken with a wrong checksum: ${bad_checksums.count} (${bad_checksums.first.join("; ")}).`);
  const borrowed = Object.entries(borrowed_names);
  if (borrowed.length > 0)
    output.line(
      `Tokens with a known name that is not theirs: ${borrowed.length}. ${borrowed
        .slice(0, NAMES_SHOWN)
        .map(([asset, { name, rows }]) => `${asset} is called “${name}” (${rows} rows)`)
        .join("; ")}.`,
    );
  for (const note of notes) output.line(note);
  if (gaps && gaps.length > 0) {
    output.line(`${count(gaps.length)} account${gaps.length === 1 ? " sends" : "s send"} more than these rows show ${gaps.length === 1 ? "it" : "them"} to have (what was there before, or transfers that are missing):`);
    for (const gap of gaps.slice(0, GAPS_SHOWN)) output.line(`  ${gap.address}: ${gap.missing} of ${gap.asset}, first at ${gap.first}`);
    if (gaps.length > GAPS_SHOWN) output.line(`  and ${count(gaps.length - GAPS_SHOWN)} more; --json lists up to ${count(GAPS_IN_JSON_MAX)}`);
  } else if (!gaps && result.kind === "accounts") output.line("Not looked for in a set of this size: accounts that send more than the rows show them to have. A trace shows them.");
}

const count = (number: number): string => number.toLocaleString("en-GB");

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    throw new TracewireError("NOT_FOUND", { what: "This cannot be read", where: path, cause: error });
  }
}

function dryOr(context: CommandContext, newsroom: NewsroomWriter): NewsroomWriter {
  if (!context.dryRun) return newsroom;
  return { ...newsroom, transact: (_: string, run: Parameters<typeof newsroom.transact>[1]) => change(context, newsroom, run) } as NewsroomWriter;
}
