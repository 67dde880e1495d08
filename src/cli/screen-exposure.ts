// What of the addresses asked about came from listed ones by way of others, over the transfers held: chain by chain.
import { exposureOf, type Exposure, type Screener } from "../screening/screening.ts";
import { accountsOf, nativeAsset, readAddress } from "../chains/chains.ts";
import { TracewireError } from "../errors.ts";
import type { NewsroomReader } from "../newsroom.ts";
import { assetWords, buildTransferTable, buildUtxoGraph, openTagBook, readTransferSets, shortAmount, stopsFromTags, type TraceData, type Transfer, type UtxoTransaction } from "../tracing/tracing.ts";
import { list, whole, type CommandContext, type Options } from "./command.ts";
import { table, wrap } from "./output.ts";

/** Kept in memory for the traces; more are screened without exposure. */
export const EXPOSED_MAX = 100_000;

export async function showExposure(context: CommandContext, newsroom: NewsroomReader, screener: Screener, given: readonly string[], options: Options): Promise<void> {
  const { output } = context;
  const wanted = list(options, "set");
  const read = await readTransferSets(newsroom, wanted.length > 0 ? { sets: wanted } : {});
  if (read.sets.length === 0) throw new TracewireError("NOT_FOUND", { what: "No transfers are held", hint: "Import some: tracewire import transfers FILE." });
  for (const note of read.notes) output.note(note);
  const stopAt = options.known ? stopsFromTags(openTagBook(newsroom.log)) : undefined;
  const depth = whole(options, "depth", "--depth");
  const notes = new Set<string>();
  const found: (Exposure & { chain: string })[] = [];
  let seeds = 0;
  for (const { chain, data, shows } of worldsOf(read.transfers, read.transactions)) {
    const here = screener.accounts.filter((account) => (chain === "" || account.chain === chain) && shows(account.address));
    const listed = here.filter(({ caip10 }) => screener.screen(caip10).is_alert);
    const spellings = (text: string) => [text.trim(), ...accountsOf(readAddress(text)).flatMap((account) => (chain === "" || account.chain === chain ? [account.address] : []))];
    const asked = [...new Set(given.flatMap(spellings))].filter(shows);
    const answer = exposureOf(data, { asked, listed, depth, stopAt });
    seeds += answer.seeds.length;
    for (const note of answer.notes) notes.add(note);
    found.push(...answer.exposures.map((exposure) => ({ chain, ...exposure })));
  }
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
  output.json(JSON.parse(JSON.stringify({ exposure: found, listed_seeds: seeds, sets: read.sets.map(({ name, seq, rows_root }) => ({ name, seq, rows_root })), notes: [...notes] }, plain)));
  output.line();
  output.line(output.bold(`Exposure by way of others: ${found.length} of the addresses, from ${seeds} listed ones that the transfers show`));
  for (const { address, methods } of found) {
    output.line(`  ${address}`);
    const rows = methods.map(({ method, asset, tainted, received, share_bp, path }) => {
      const words = assetWords(asset);
      return [`    ${method}`, `${shortAmount(tainted, words)} of ${shortAmount(received, words)} ${words?.symbol ?? "base units"}`, `${(share_bp / 100).toFixed(2)} %`, `${path.length} ${path.length === 1 ? "transfer" : "transfers"}`, `from ${path[0]?.from ?? ""}`];
    });
    for (const line of table(rows, output.width, [1, 2])) output.line(line);
  }
  for (const note of notes) for (const part of wrap(note, output.width)) output.line(output.dim(part));
}

/** Transfers and transactions of each chain by themselves: the same text on two of them is two addresses. */
function worldsOf(transfers: readonly Transfer[], transactions: readonly UtxoTransaction[]): { chain: string; data: TraceData; shows: (address: string) => boolean }[] {
  const accounts = [...Map.groupBy(transfers, ({ chain }) => chain)].map(([chain, own]) => {
    const transferTable = buildTransferTable(own);
    return { chain, data: { kind: "accounts" as const, table: transferTable }, shows: (address: string) => transferTable.accountsOf(address).length > 0 };
  });
  const outputs = [...Map.groupBy(transactions, ({ chain }) => chain)].map(([chain, own]) => {
    const graph = buildUtxoGraph(own);
    const asset = chain === "" ? "native" : (nativeAsset(chain) ?? chain);
    return { chain, data: { kind: "utxo" as const, graph, asset }, shows: (address: string) => graph.outputsOf(address).length > 0 };
  });
  return [...accounts, ...outputs];
}
