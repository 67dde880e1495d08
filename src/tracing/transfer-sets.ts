// What a trace reads: the sets asked for, put together. Sets over the same chain may overlap; a transfer that stands in
// two of them is taken once, and two that contradict are refused with both rows.
import { TracewireError } from "../errors.ts";
import { findCapture, type EvidenceReader } from "../evidence/evidence.ts";
import { rowTexts } from "../datasets/datasets.ts";
import { collectRows } from "./collect-rows.ts";
import { rowsOfColumns, type NamedColumns } from "./columns/column-table.ts";
import { columnsOfSet, COLUMNS_ROWS_MIN } from "./columns/set-columns.ts";
import { TRANSFER_READERS } from "./readers/readers.ts";
import { readSegment, SegmentDamaged } from "./segment-file.ts";
import { compareInPlace, compareText, nameOf, placeOf, toTransfer, toUtxoTransaction, type RowOrder, type SetKind, type SetRow } from "./set-row.ts";
import { isNamed, listTransferSets, type TransferSet } from "./transfer-set-list.ts";
import type { Transfer, UtxoTransaction } from "./transfer.ts";
import { buildTransferTable, tableOver, type TransferTable } from "./transfer-table.ts";

export { listTransferSets, supersededSets, type TransferSet } from "./transfer-set-list.ts";

export type ReadTransferSets = {
  sets: Pick<TransferSet, "name" | "seq" | "rows_root" | "row_count" | "reader" | "reader_version" | "kind">[];
  /** Transfers between accounts in one order. */
  table(): TransferTable;
  /** All of them: made when first asked for, where the table lies over columns. */
  readonly transfers: readonly Transfer[];
  transactions: UtxoTransaction[];
  notes: string[];
};

type Newsroom = EvidenceReader & { folder: string };

/**
 * Rows of the sets named (all that are held and not superseded, where none is named), known at `log_size`. `until` is a
 * UTC day or time; later rows are left out, and sets without times are refused with it. Throws NOT_FOUND for a set that
 * is not there, BAD_INPUT where two sets contradict or cannot be put in one order.
 */
export async function readTransferSets(
  newsroom: Newsroom,
  options: { sets?: readonly string[]; log_size?: number; until?: string; columns_rows_min?: number } = {},
): Promise<ReadTransferSets> {
  const held = listTransferSets(newsroom.log, options.log_size);
  const notes: string[] = [];
  const chosen = chooseSets(held, options.sets, notes);
  const until = options.until === undefined ? undefined : endOf(options.until);
  const sets = chosen.map(({ name, seq, rows_root, row_count, reader, reader_version, kind }) => ({ name, seq, rows_root, row_count, reader, reader_version, kind }));
  const accounts = chosen.filter(({ kind }) => kind === "accounts");
  const columns = until === undefined ? await readColumns(newsroom, accounts, options.columns_rows_min) : undefined;
  const rows = new Map<TransferSet, StoredRow[]>();
  for (const set of columns ? chosen.filter(({ kind }) => kind === "utxo") : chosen) {
    const own: StoredRow[] = [];
    for await (const text of rowsOfSet(newsroom, set)) {
      const row = JSON.parse(text) as SetRow;
      const name = `${set.name}:${own.length + 1}`;
      own.push({ row, text, name });
    }
    rows.set(set, own);
  }
  const of = (kind: SetKind) => mergeSets(new Map([...rows].filter(([set]) => set.kind === kind)), kind, notes).filter(({ row, name }) => isUntil(row, name, until));
  const transactions = of("utxo").map(({ row, name }) => toUtxoTransaction(row, name));
  const given = columns ? undefined : of("accounts").map(({ row, name }) => toTransfer(row, name));
  let table: TransferTable | undefined;
  const openTable = () => (table ??= given ? buildTransferTable(given) : tableOver(rowsOfColumns(columns!)));
  return {
    sets,
    table: openTable,
    get transfers() {
      return given ?? openTable().transfers;
    },
    transactions,
    notes,
  };
}

/** Where the sets are large, and their rows as they lie behind each other are in order: of one set, or of sets over one chain each and no chain twice. */
async function readColumns(newsroom: Newsroom, sets: readonly TransferSet[], rows_min = COLUMNS_ROWS_MIN): Promise<NamedColumns[] | undefined> {
  const chains = new Set(sets.flatMap((set) => set.chains));
  const isApart = sets.length === 1 || (sets.every((set) => set.chains.length === 1) && chains.size === sets.length);
  if (sets.length === 0 || !isApart || sets.reduce((sum, { row_count }) => sum + row_count, 0) < rows_min) return undefined;
  const found: NamedColumns[] = [];
  for (const set of sets.toSorted((a, b) => compareText(a.chains[0]!, b.chains[0]!))) {
    const columns = await columnsOfSet(newsroom.folder, set, () => rowsOfSet(newsroom, set));
    if (!columns) return undefined;
    found.push({ name: set.name, columns });
  }
  return found;
}

/** Texts of a set's rows in canonical order, one by one: for indexes that are built while they pass. */
export async function* rowsOfSet(newsroom: Newsroom, set: TransferSet): AsyncGenerator<string> {
  if (set.stored === "rows") return yield* rowTexts(newsroom.log, set.seq);
  const segment = readSegment(newsroom.folder, set.rows_root);
  if (segment) {
    let count = 0;
    try {
      for (const { text } of segment) {
        count += 1;
        yield text;
      }
      return;
    } catch (error) {
      if (!(error instanceof SegmentDamaged)) throw error;
      // What was handed out before the damage was whole: every frame has its checksum. The rest is read anew.
    }
    await rebuildSegment(newsroom, set);
    let at = 0;
    for (const { text } of readSegment(newsroom.folder, set.rows_root)!) if (at++ >= count) yield text;
    return;
  }
  await rebuildSegment(newsroom, set);
  for (const { text } of readSegment(newsroom.folder, set.rows_root)!) yield text;
}

/** Makes a set's segment file again from its captures. Throws LOG_DAMAGED where the rows come out otherwise. */
export async function rebuildSegment(newsroom: Newsroom, set: TransferSet): Promise<void> {
  const reader = TRANSFER_READERS.find(({ format, version }) => format === set.reader && version === set.reader_version);
  if (!reader)
    throw new TracewireError("NOT_FOUND", { what: `Version ${set.reader_version} of the reader of ${set.reader} is not here`, where: set.name });
  const sources = set.captures.map((seq) => {
    const capture = findCapture(newsroom.log, seq);
    if (!capture || !newsroom.blobs.has(capture.sha256)) throw new TracewireError("NOT_FOUND", { what: `The bytes of capture ${seq} are not here`, where: set.name });
    return { name: capture.origin.name, raw: () => newsroom.blobs.pieces(capture.sha256)! };
  });
  const collected = await collectRows(reader, sources, { ...set.options, folder: newsroom.folder, table_rows_max: 0 });
  try {
    if (collected.rows_root !== set.rows_root)
      throw new TracewireError("LOG_DAMAGED", { what: `Its rows come out with the root ${collected.rows_root}, and its entry names ${set.rows_root}`, where: set.name });
    collected.keep();
  } finally {
    collected.close();
  }
}

function chooseSets(held: readonly TransferSet[], names: readonly string[] | undefined, notes: string[]): TransferSet[] {
  const current = held.filter((set) => set.superseded_by === undefined);
  for (const { name, superseded_by } of held.filter((set) => set.superseded_by !== undefined && names === undefined))
    notes.push(`${name} is left out: entry ${superseded_by} supersedes it.`);
  if (names === undefined || names.length === 0) return current;
  const chosen = new Set<TransferSet>();
  for (const name of names) {
    // A number names that very set; a name those of it that are not superseded.
    const found = (/^\d+$/.test(name) ? held : current).filter((set) => isNamed(set, name));
    if (found.length === 0)
      throw new TracewireError("NOT_FOUND", {
        what: `No set of transfers "${name}" is held`,
        hint: current.length > 0 ? `Held: ${current.map((set) => set.name).join(", ")}.` : "Import one: tracewire import transfers FILE",
      });
    for (const set of found) {
      chosen.add(set);
      if (set.superseded_by !== undefined) notes.push(`${set.name} (entry ${set.seq}) is superseded by entry ${set.superseded_by}.`);
    }
  }
  return [...chosen].sort((a, b) => a.seq - b.seq);
}

type StoredRow = { row: SetRow; text: string; name: string };

function mergeSets(sets: ReadonlyMap<TransferSet, StoredRow[]>, kind: SetKind, notes: string[]): StoredRow[] {
  if (sets.size === 1) return [...sets.values()][0]!;
  const chains = new Map<string, Map<TransferSet, StoredRow[]>>();
  for (const [set, rows] of sets)
    for (const item of rows) {
      const chain = chains.get(item.row.chain!) ?? new Map<TransferSet, StoredRow[]>();
      chains.set(item.row.chain!, chain);
      const own = chain.get(set);
      if (own) own.push(item);
      else chain.set(set, [item]);
    }
  return [...chains]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([, own]) => (own.size === 1 ? [...own.values()][0]! : mergeChain([...own.values()], [...own.keys()], kind, notes)));
}

function mergeChain(parts: readonly StoredRow[][], sets: readonly TransferSet[], kind: SetKind, notes: string[]): StoredRow[] {
  const kept: StoredRow[] = [];
  const known = new Map<string, { item: StoredRow; place: number; count: number }>();
  let twice = 0;
  for (const rows of parts) {
    const counts = new Map<string, number>();
    for (const item of rows) {
      const { name, single } = nameOf(item.row, kind);
      const nth = (counts.get(name) ?? 0) + 1;
      counts.set(name, nth);
      const other = known.get(name);
      if (other) {
        const row = agreed(other.item, item);
        if (single || nth <= other.count) {
          twice += 1;
          if (single) {
            kept[other.place] = { ...other.item, row };
            other.item = kept[other.place]!;
          }
          continue;
        }
        other.count = nth;
      } else known.set(name, { item, place: kept.length, count: 1 });
      kept.push(item);
    }
  }
  if (twice > 0) notes.push(`${twice} rows stand in more than one of ${sets.map((set) => set.name).join(", ")} and are counted once.`);
  const order = commonOrder(kept, sets, kind);
  if (order === "file") return kept;
  const compare = compareInPlace(kind);
  return kept
    .map((item, sequence) => ({ ...item, sequence, place: placeOf(item.row, order)! }))
    .sort((a, b) => a.place - b.place || compare(a, b));
}

/** What both rows say, where one may leave out what the other states; a contradiction is refused. */
function agreed(a: StoredRow, b: StoredRow): SetRow {
  const row: Record<string, string> = {};
  for (const field of new Set([...Object.keys(a.row), ...Object.keys(b.row)])) {
    const [one, other] = [a.row[field] ?? "", b.row[field] ?? ""];
    if (one !== other && one !== "" && other !== "")
      throw new TracewireError("BAD_INPUT", {
        what: `Two sets say different things of one transfer: ${field} ${one.slice(0, 80)} and ${other.slice(0, 80)}`,
        where: `${a.name} and ${b.name}`,
        hint: "Name the sets to read with --set, or import the right one again with --supersedes SET.",
      });
    row[field] = one === "" ? other : one;
  }
  return row;
}

function commonOrder(rows: readonly StoredRow[], sets: readonly TransferSet[], kind: SetKind): RowOrder {
  if (rows.every(({ row }) => row.block !== "")) return "block";
  // What spends what puts these in order (utxo-graph.ts).
  if (kind === "utxo") return "file";
  if (rows.every(({ row }) => row.time !== "")) return "time";
  if (sets.every((set) => set.order === "file")) return "file";
  throw new TracewireError("BAD_INPUT", {
    what: `${sets.map((set) => `${set.name} (by ${set.order})`).join(" and ")} cannot be put in one order`,
    hint: "State block or time in all of them, or name the sets to read with --set.",
  });
}

function endOf(until: string): number {
  const day = /^\d{4}-\d\d-\d\d$/.test(until);
  const at = Date.parse(day ? `${until}T23:59:59.999Z` : until);
  if (Number.isNaN(at) || (!day && !/(?:Z|[+-]\d\d:\d\d)$/.test(until)))
    throw new TracewireError("BAD_ARGUMENT", { what: `"${until}" is no day and no time`, hint: "Write 2022-08-01, or 2022-08-01T21:32:00Z." });
  return at;
}

function isUntil({ time }: SetRow, name: string, until: number | undefined): boolean {
  if (until === undefined) return true;
  if (time === "")
    throw new TracewireError("BAD_ARGUMENT", { what: "Rows after a time cannot be left out: this one states none", where: name, hint: "Leave --until out, or import rows with their times." });
  return Date.parse(time!) <= until;
}
