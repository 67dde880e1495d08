// The sets of transfers that the log names, and which of them a later one replaced.
import { TracewireError } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import type { ReadOptions } from "./readers/reader.ts";
import type { RowOrder, SetKind } from "./set-row.ts";

export type TransferSet = {
  /** "transfers/my-theft": reader and name. */
  name: string;
  seq: number;
  at: string;
  kind: SetKind;
  reader: string;
  reader_version: string;
  row_count: number;
  rows_root: string;
  /** CAIP-2; "" stands for rows that name none. */
  chains: string[];
  order: RowOrder;
  captures: number[];
  /** Rows kept although they look like another of the same file. */
  look_alike: number;
  /** Where its rows lie: in the database's table of rows, or in a segment file that is made again where it is missing. */
  stored: "rows" | "segment";
  lacks: string;
  options: ReadOptions;
  /** Log index of the set that this one replaces, and of the one that replaces it. */
  supersedes?: number;
  superseded_by?: number;
  released?: number;
};

type ReadsDatabase = Pick<LogReader, "db">;

/** All sets known at `log_size`, oldest first, superseded ones too; erased ones are not among them. */
export function listTransferSets(log: ReadsDatabase, log_size = Number.MAX_SAFE_INTEGER): TransferSet[] {
  const sets = log.db
    .prepare(
      `SELECT d.seq, d.body, i.released FROM datasets d JOIN entry_index i ON i.seq = d.seq
       WHERE d.seq < ? AND i.erased IS NULL AND json_extract(d.body, '$.set.kind') IS NOT NULL ORDER BY d.seq`,
    )
    .all(log_size)
    .map(toSet);
  for (const { seq, supersedes } of sets) {
    const replaced = sets.find((set) => set.seq === supersedes);
    if (replaced) replaced.superseded_by = seq;
  }
  return sets;
}

/** Entries of sets that were replaced by a later one, with it: a trace that rests on one of them is to be flagged. */
export const supersededSets = (log: ReadsDatabase, log_size?: number): Map<number, number> =>
  new Map(listTransferSets(log, log_size).flatMap(({ seq, superseded_by }) => (superseded_by === undefined ? [] : [[seq, superseded_by]])));

/** The newest of that name which nothing supersedes. Throws NOT_FOUND. */
export function requireTransferSet(log: ReadsDatabase, reference: string): TransferSet {
  const named = listTransferSets(log).filter((set) => isNamed(set, reference));
  const found = named.findLast((set) => set.superseded_by === undefined) ?? named.at(-1);
  if (found) return found;
  throw new TracewireError("NOT_FOUND", { what: `No set of transfers "${reference}" is held`, hint: "Import one: tracewire import transfers FILE" });
}

/** A set is named by its whole name, the part behind the slash, or its entry's number. */
export const isNamed = (set: Pick<TransferSet, "name" | "seq">, reference: string): boolean =>
  set.name === reference || set.name.slice(set.name.indexOf("/") + 1) === reference || String(set.seq) === reference;

function toSet(row: Record<string, unknown>): TransferSet {
  const body = JSON.parse(row.body as string) as Omit<TransferSet, "seq"> & { set: Pick<TransferSet, "kind" | "order" | "chains" | "look_alike" | "options"> };
  const { kind, order, chains, look_alike, options } = body.set;
  return {
    name: body.name,
    seq: row.seq as number,
    at: body.at,
    kind,
    reader: body.reader,
    reader_version: body.reader_version,
    row_count: body.row_count,
    rows_root: body.rows_root,
    chains,
    order,
    captures: body.captures,
    look_alike,
    stored: body.stored,
    lacks: body.lacks,
    options,
    ...(body.supersedes === undefined ? {} : { supersedes: body.supersedes }),
    ...(row.released === null ? {} : { released: row.released as number }),
  };
}
