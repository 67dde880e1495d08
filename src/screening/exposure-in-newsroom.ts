// What of the addresses asked about came from listed ones by way of others, over the transfers held, and how that reads.
import { TracewireError } from "../errors.ts";
import type { EvidenceReader } from "../evidence/evidence.ts";
import { assetWords, listTransferSets, openTagBook, readApart, readTransferSets, shortAmount, stopsFromTags } from "../tracing/tracing.ts";
import { chainsHeld, exposureOverChains, joinExposures, type ChainExposures } from "./exposure-over-chains.ts";
import type { MethodExposure } from "./exposure.ts";
import type { Screener } from "./screen-batch.ts";

/** Kept in memory for the traces; more are screened without exposure. */
export const EXPOSED_MAX = 100_000;

export type ExposureAsk = {
  given: readonly string[];
  /** As the asker names them: put together, or refused. */
  sets?: readonly string[];
  /** Where none is named: these are all that the asker may see. */
  among?: readonly string[];
  depth?: number | undefined;
  known?: boolean;
};
export type ExposureFound = ChainExposures & { sets: { name: string; seq: number; rows_root: string }[]; read_notes: string[] };

/** Throws NOT_FOUND where no transfers are held, BAD_INPUT for sets that were named and cannot be put together. */
export async function exposureInNewsroom(newsroom: EvidenceReader & { folder: string }, screener: Screener, { given, sets: wanted, among, depth, known }: ExposureAsk): Promise<ExposureFound> {
  const held = listTransferSets(newsroom.log).flatMap(({ seq, superseded_by }) => (superseded_by === undefined && (among === undefined || among.includes(String(seq))) ? [seq] : []));
  const parts = wanted ? [await readTransferSets(newsroom, { sets: wanted })] : await readApart(newsroom, held);
  const sets = parts.flatMap((read) => read.sets);
  if (sets.length === 0) throw new TracewireError("NOT_FOUND", { what: "No transfers are held", hint: "Import some: tracewire import transfers FILE." });
  const asked = {
    given,
    accounts: screener.accounts,
    isListed: ({ caip10 }: { caip10: string }) => screener.screen(caip10).is_alert,
    depth,
    stopAt: known ? stopsFromTags(openTagBook(newsroom.log)) : undefined,
  };
  const found = joinExposures(parts.map(({ transfers, transactions }) => exposureOverChains(chainsHeld(transfers, transactions), asked)));
  return { ...found, sets: sets.map(({ name, seq, rows_root }) => ({ name, seq, rows_root })), read_notes: parts.flatMap((read) => read.notes) };
}

/** As --json prints it: amounts as text. */
export function exposureJson({ exposures, listed_seeds, sets, notes }: ExposureFound): unknown {
  return JSON.parse(JSON.stringify({ exposure: exposures, listed_seeds, sets, notes }, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value)));
}

export const exposureTitle = ({ exposures, listed_seeds }: ChainExposures): string => `Exposure by way of others: ${exposures.length} of the addresses, from ${listed_seeds} listed ones that the transfers show`;

/** Method, amount of what arrived, share, length of the way, its first payer. */
export function exposureCells({ method, asset, tainted, received, share_bp, path }: MethodExposure): string[] {
  const words = assetWords(asset);
  return [
    method,
    `${shortAmount(tainted, words)} of ${shortAmount(received, words)} ${words?.symbol ?? "base units"}`,
    `${(share_bp / 100).toFixed(2)} %`,
    `${path.length} ${path.length === 1 ? "transfer" : "transfers"}`,
    `from ${path[0]?.from ?? ""}`,
  ];
}
