// What of the addresses asked about came from listed ones by way of others, over the transfers held: chain by chain.
import { chainsHeld, exposureOverChains, joinExposures, type Screener } from "../screening/screening.ts";
import { TracewireError } from "../errors.ts";
import type { NewsroomReader } from "../newsroom.ts";
import { assetWords, listTransferSets, openTagBook, readApart, readTransferSets, shortAmount, stopsFromTags } from "../tracing/tracing.ts";
import { list, whole, type CommandContext, type Options } from "./command.ts";
import { table, wrap } from "./output.ts";

/** Kept in memory for the traces; more are screened without exposure. */
export const EXPOSED_MAX = 100_000;

export async function showExposure(context: CommandContext, newsroom: NewsroomReader, screener: Screener, given: readonly string[], options: Options): Promise<void> {
  const { output } = context;
  const wanted = list(options, "set");
  // Sets that were named are put together or refused.
  const held = listTransferSets(newsroom.log).flatMap(({ seq, superseded_by }) => (superseded_by === undefined ? [seq] : []));
  const parts = wanted.length > 0 ? [await readTransferSets(newsroom, { sets: wanted })] : await readApart(newsroom, held);
  const sets = parts.flatMap((read) => read.sets);
  if (sets.length === 0) throw new TracewireError("NOT_FOUND", { what: "No transfers are held", hint: "Import some: tracewire import transfers FILE." });
  for (const note of parts.flatMap((read) => read.notes)) output.note(note);
  const asked = {
    given,
    accounts: screener.accounts,
    isListed: ({ caip10 }: { caip10: string }) => screener.screen(caip10).is_alert,
    depth: whole(options, "depth", "--depth"),
    stopAt: options.known ? stopsFromTags(openTagBook(newsroom.log)) : undefined,
  };
  const { exposures, listed_seeds, notes } = joinExposures(parts.map(({ transfers, transactions }) => exposureOverChains(chainsHeld(transfers, transactions), asked)));
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
  output.json(JSON.parse(JSON.stringify({ exposure: exposures, listed_seeds, sets: sets.map(({ name, seq, rows_root }) => ({ name, seq, rows_root })), notes }, plain)));
  output.line();
  output.line(output.bold(`Exposure by way of others: ${exposures.length} of the addresses, from ${listed_seeds} listed ones that the transfers show`));
  for (const { address, methods } of exposures) {
    output.line(`  ${address}`);
    const rows = methods.map(({ method, asset, tainted, received, share_bp, path }) => {
      const words = assetWords(asset);
      return [`    ${method}`, `${shortAmount(tainted, words)} of ${shortAmount(received, words)} ${words?.symbol ?? "base units"}`, `${(share_bp / 100).toFixed(2)} %`, `${path.length} ${path.length === 1 ? "transfer" : "transfers"}`, `from ${path[0]?.from ?? ""}`];
    });
    for (const line of table(rows, output.width, [1, 2])) output.line(line);
  }
  for (const note of notes) for (const part of wrap(note, output.width)) output.line(output.dim(part));
}
