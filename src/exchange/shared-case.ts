// What of the case file goes out, read once for every format: released claims by subject, their captures, and addresses of
// tables whose bytes may be passed on.
import { kindOf, kindSpec, readClaims, isPrivateClaim, type Claim, type Kind } from "../casefile/casefile.ts";
import { findDataset, readRows, type Dataset } from "../datasets/datasets.ts";
import { findCapture, type Capture, type LogReader } from "../evidence/evidence.ts";

export type ListedAddress = { address: string; asset: string; name: string; why: string; since: string; dataset: Dataset };
export type SharedCase = {
  log_size: number;
  root: string;
  /** When the log had got this size: the one time that an export states of itself. */
  at: string;
  verifier_key: string;
  subjects: Map<string, Claim[]>;
  capture(seq: number): Capture | undefined;
  addresses: ListedAddress[];
  left_out: { what: string; why: string }[];
};

/** Tables in which somebody names addresses, and the column that says what of. */
const ADDRESS_TABLES = [
  { table: "ofac-crypto/addresses", name: undefined, why: "on OFAC's list" },
  { table: "ofac-sdn/crypto-addresses", name: "name", why: "on OFAC's list" },
  { table: "tagpack/tags", name: "label", why: "tagged" },
] as const;

/** Kinds that the exchange formats have a place for; claims of other kinds are counted among what is left out. */
export const SHARED_KINDS: readonly Kind[] = ["theft", "actor", "report", "reply"];

export function readSharedCase(log: LogReader, verifier_key: string, log_size = log.size()): SharedCase {
  const left_out: SharedCase["left_out"] = [];
  const captures = new Map<number, Capture | undefined>();
  const capture = (seq: number): Capture | undefined => {
    if (!captures.has(seq)) captures.set(seq, findCapture(log, seq));
    const found = captures.get(seq);
    return found?.released !== undefined && found.released < log_size ? found : undefined;
  };
  const claims = readClaims(log, { log_size, evidence: "released" }).filter((claim) => !isPrivateClaim({ kind: "claim", claim }));
  const shared = claims.filter((claim) => SHARED_KINDS.includes(claim.kind_of));
  for (const [kind, own] of Map.groupBy(claims.filter((claim) => !SHARED_KINDS.includes(claim.kind_of)), (claim) => claim.kind_of))
    left_out.push({ what: `${own.length} claims on ${kindSpec(kind).many}`, why: "the format has no object for them" });
  const hidden = log.db
    .prepare("SELECT count(*) AS count FROM claims c JOIN entry_index i USING (seq) WHERE c.seq < ? AND (i.released IS NULL OR i.released >= ?)")
    .get(log_size, log_size) as { count: number };
  if (hidden.count > 0) left_out.push({ what: `${hidden.count} claims`, why: "not released" });
  return {
    log_size,
    root: log.root(log_size),
    at: (log.db.prepare("SELECT at FROM entry_index WHERE seq = ?").get(log_size - 1)?.at as string | undefined) ?? "1970-01-01T00:00:00.000Z",
    verifier_key,
    subjects: new Map([...Map.groupBy(shared, (claim) => claim.subject)].sort(([a], [b]) => (a < b ? -1 : 1))),
    capture,
    addresses: addressesOf(log, log_size, capture, left_out),
    left_out,
  };
}

function addressesOf(log: LogReader, log_size: number, capture: SharedCase["capture"], left_out: SharedCase["left_out"]): ListedAddress[] {
  const found = new Map<string, ListedAddress>();
  for (const { table, name, why } of ADDRESS_TABLES) {
    const dataset = findDataset(log, table, log_size);
    if (!dataset) continue;
    const may = dataset.released !== undefined && dataset.released < log_size && dataset.captures.every((seq) => {
      const bytes = capture(seq)?.bytes_released;
      return bytes !== undefined && bytes < log_size;
    });
    if (!may) {
      left_out.push({ what: `${dataset.row_count} addresses of ${table}`, why: "the source may not be passed on" });
      continue;
    }
    for (const row of readRows(log, dataset)) {
      const { address, asset = row.currency ?? "" } = row;
      // Part of an address names nobody.
      if (!address || row.is_whole === "no" || address.length > 128) continue;
      const listed = { address, asset, name: (name && row[name]) || dataset.title, why: `${why}: ${dataset.publisher}`, since: dayOf(row.lastmod ?? dataset.edition) ?? dataset.at, dataset };
      if (!found.has(`${asset} ${address}`)) found.set(`${asset} ${address}`, listed);
    }
  }
  return [...found.values()].sort((a, b) => (a.address === b.address ? (a.asset < b.asset ? -1 : 1) : a.address < b.address ? -1 : 1));
}

const dayOf = (date: string | null | undefined): string | undefined =>
  date && /^\d{4}(-\d{2}){0,2}$/.test(date) ? `${date}${"-01-01".slice(date.length - 4)}T00:00:00.000Z` : undefined;

/** What an `attributed_to` claim holds of the blame that others laid. */
export function stanceOf(claim: Claim): "blames" | "rejects" | "doubts" | "names nobody" {
  if (claim.hedge === "denied" || claim.hedge === "withdrawn" || /^(rejected|denied|not )/i.test(claim.value)) return "rejects";
  if (/^unproven/i.test(claim.value)) return "doubts";
  return /^nobody/i.test(claim.value) ? "names nobody" : "blames";
}

export function valueOf(claims: readonly Claim[], field: string): string | undefined {
  return claims.find((claim) => claim.field === field)?.value;
}

/** A claim in one line of words, its hedge and bound with it. */
export function claimWords(claim: Claim): string {
  const label = kindSpec(kindOf(claim.subject)!).fields[claim.field]!.label;
  const how = [
    claim.hedge === "unstated" ? "" : claim.hedge,
    claim.bound && claim.bound !== "exact" ? claim.bound.replace("_", " ") : "",
    claim.measure ?? "",
    claim.valuation ? `valued ${claim.valuation.basis.replaceAll("_", " ")}` : "",
    claim.part_of ? `only ${claim.part_of}` : "",
    claim.as_of === "unstated" ? "" : `as of ${claim.as_of}`,
  ].filter(Boolean);
  const unit = claim.unit ? ` ${claim.unit}` : "";
  const by = [claim.claimant, claim.cites?.length ? `citing ${claim.cites.join(" and ")}` : "", claim.relayed_by ? `by way of ${claim.relayed_by}` : ""].filter(Boolean);
  return `${label}: ${claim.value}${unit}, according to ${by.join(", ")}${how.length > 0 ? ` (${how.join(", ")})` : ""}`;
}
