// Rows in the canonical order of their set, whatever order they came in, in bounded memory: sorted runs on the disk, and
// one merge over them (Knuth, TAOCP vol. 3, section 5.4). What stands twice is taken once on the way, what contradicts
// is refused.
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { TracewireError } from "../errors.ts";
import type { ReadRow } from "./readers/reader.ts";
import { compareInPlace, compareText, nameOf, orderOf, placeOf, rowText, type Ordered, type RowOrder, type SetKind, type SetRow } from "./set-row.ts";
import { temporaryPath } from "./temporary-files.ts";

const RUN_ROWS_MAX = 200_000;
const RUN_CHARS_MAX = 100_000_000;
/** Rows that share their chain and place are held together: a block has thousands, a file without blocks or times all of its rows. */
const PLACE_ROWS_MAX = 2_000_000;
const PIECE_BYTES = 1024 * 1024;

/** A row in its place: what is kept of it, and where it was read first. */
export type SortedRow = { text: string; file: number; line: number };

export type SortSummary = {
  order: RowOrder;
  chains: string[];
  row_count: number;
  /** Rows left out because they stood there already. */
  repeated: number;
  /** Rows kept although they look like another of the same file, which their source tells apart by nothing. */
  look_alike: number;
};

export type RowSorter = {
  /** Throws BAD_INPUT for a row without the place that the set's first row has. */
  add(rows: readonly ReadRow[]): void;
  /** Hands out every row in order, once. Throws BAD_INPUT for two rows of one name that say different things. */
  finish(onRow: (row: SortedRow) => void): SortSummary & { suspects: ReadonlySet<number> };
  /** Removes what lies on the disk. Runs lie in the data folder's segments/tmp/. */
  close(): void;
};

type Item = { chain: string; place: number; sequence: number; file: number; line: number; text: string };

export function createRowSorter(kind: SetKind, file_names: readonly string[], folder: string, run_rows_max = RUN_ROWS_MAX): RowSorter {
  let order: RowOrder | undefined;
  let items: Item[] = [];
  let chars = 0;
  let sequence = 0;
  const chains = new Map<string, string>();
  const runs: { path: string; handle: number }[] = [];
  const sort = () => items.sort(compareItems);

  const spill = () => {
    const path = temporaryPath(folder, "run");
    const handle = openSync(path, "wx+");
    runs.push({ path, handle });
    let lines: string[] = [];
    let length = 0;
    const flush = () => {
      const bytes = Buffer.from(lines.join(""));
      for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
      lines = [];
      length = 0;
    };
    for (const item of sort()) {
      lines.push(`${item.chain}\t${item.place}\t${item.sequence}\t${item.file}\t${item.line}\t${item.text}\n`);
      length += item.text.length;
      if (length >= PIECE_BYTES) flush();
    }
    flush();
    items = [];
    chars = 0;
  };

  return {
    add(rows) {
      for (const { file, line, row } of rows) {
        order ??= kind === "utxo" && row.block === "" ? "file" : orderOf(row);
        const place = kind === "utxo" && order === "file" ? placeOfTxid(row.txid!) : placeOf(row, order);
        if (place === undefined || (order === "file" && row.block !== ""))
          throw new TracewireError("BAD_INPUT", {
            what: `${order === "time" ? "time" : "block"}: ${place === undefined ? "it is empty here, and the first row of the set has one" : "it is stated here, and not in the first row of the set"}`,
            where: `${file_names[file]}:${line}`,
            hint: "All rows of a set are put in order by the same thing: blocks where they are stated, else times. Import the others as a set of their own.",
          });
        const text = rowText(row);
        // One string for each chain, so that comparing them mostly compares nothing.
        const chain = chains.get(row.chain!) ?? (chains.set(row.chain!, row.chain!), row.chain!);
        items.push({ chain, place, sequence: sequence++, file, line, text });
        chars += text.length;
        if (items.length >= run_rows_max || chars >= RUN_CHARS_MAX) spill();
      }
    },
    finish(onRow) {
      const state = newMergeState(kind, file_names, onRow);
      let group: Item[] = [];
      for (const item of runs.length === 0 ? sort() : (items.length > 0 && spill(), mergeRuns(runs, chains))) {
        const first = group[0];
        if (first && (first.place !== item.place || first.chain !== item.chain)) {
          state.take(group);
          group = [];
        }
        group.push(item);
        if (group.length > PLACE_ROWS_MAX)
          throw new TracewireError("BAD_INPUT", {
            what: `More than ${PLACE_ROWS_MAX} rows share one place`,
            where: `${file_names[item.file]}:${item.line}`,
            hint: "State block (or time) for each row, so that they can be put in order.",
          });
      }
      if (group.length > 0) state.take(group);
      return { order: order ?? "file", chains: [...chains.keys()].sort(compareText), ...state.summary() };
    },
    close() {
      for (const { path, handle } of runs.splice(0)) {
        closeSync(handle);
        rmSync(path, { force: true });
      }
    },
  };
}

const compareItems = (a: Item, b: Item): number =>
  (a.chain === b.chain ? 0 : compareText(a.chain, b.chain)) || a.place - b.place || a.sequence - b.sequence;

/** Transactions without a block are put in order by their ids: what spends what says the rest. */
const placeOfTxid = (txid: string): number => {
  const digits = /^(?:0x)?([0-9a-f]{12})/.exec(txid)?.[1];
  return digits === undefined ? 0 : Number.parseInt(digits, 16);
};

function newMergeState(kind: SetKind, file_names: readonly string[], onRow: (row: SortedRow) => void) {
  const compare = compareInPlace(kind);
  const names = createNameHashes();
  let row_count = 0;
  let repeated = 0;
  let look_alike = 0;
  const emit = ({ text, file, line }: SortedRow) => {
    onRow({ text, file, line });
    row_count += 1;
  };
  return {
    take(group: readonly Item[]): void {
      const known = new Map<string, { item: Item; file: number; of_file: number; kept: number }>();
      const kept: (Ordered & Item)[] = [];
      const completed = completeRows(group, kind);
      for (const { item, row } of completed) {
        const { name, single } = nameOf(row, kind);
        const other = known.get(name);
        if (!other) {
          known.set(name, { item, file: item.file, of_file: 1, kept: 1 });
          if (row.txid !== "") names.add(name);
          kept.push({ ...item, row });
          continue;
        }
        if (other.item.text !== item.text) refuseContradiction(other.item, item, file_names);
        other.of_file = other.file === item.file ? other.of_file + 1 : 1;
        other.file = item.file;
        if (single || other.of_file <= other.kept) repeated += 1;
        else {
          other.kept += 1;
          look_alike += 1;
          kept.push({ ...item, row });
        }
      }
      if (kept.length > 1) kept.sort(compare);
      for (const item of kept) emit(item);
    },
    summary: () => ({ row_count, repeated, look_alike, suspects: names.repeated() }),
  };
}

/**
 * Rows of one block complete each other: its time is one for all of them, and a transaction's place is one for all of
 * its rows. Exports of logs and of traces leave out what the export of blocks or transactions says.
 */
function completeRows(group: readonly Item[], kind: SetKind): { item: Item; row: SetRow }[] {
  const rows = group.map((item) => ({ item, row: JSON.parse(item.text) as Record<string, string> }));
  if (kind === "utxo" || rows.length === 1 || rows[0]!.row.block === "") return rows;
  const time = rows.find(({ row }) => row.time !== "")?.row.time ?? "";
  const places = new Map(rows.filter(({ row }) => row.tx_index !== "" && row.txid !== "").map(({ row }) => [row.txid!, row.tx_index!]));
  return rows.map(({ item, row }) => {
    const tx_index = row.tx_index === "" ? (places.get(row.txid!) ?? "") : row.tx_index!;
    if ((row.time !== "" || time === "") && tx_index === row.tx_index) return { item, row };
    if (row.time === "") row.time = time;
    row.tx_index = tx_index;
    return { item: { ...item, text: rowText(row) }, row };
  });
}

/** Names as 48 bits of their SHA-256: enough to find the few that may stand twice, and small enough for a hundred million. */
function createNameHashes(): { add(name: string): void; repeated(): ReadonlySet<number> } {
  let hashes = new Float64Array(1_024);
  let count = 0;
  return {
    add(name) {
      if (count === hashes.length) {
        const grown = new Float64Array(count * 2);
        grown.set(hashes);
        hashes = grown;
      }
      hashes[count++] = hashOfName(name);
    },
    repeated() {
      const sorted = hashes.subarray(0, count).sort();
      const found = new Set<number>();
      for (let at = 1; at < count; at++) if (sorted[at] === sorted[at - 1]) found.add(sorted[at]!);
      return found;
    },
  };
}

const hashOfName = (name: string): number => hash("sha256", name, "buffer").readUIntBE(0, 6);

/** The second look at names that may stand at two places: most are none, and a real one is refused with both rows. */
export function refuseSuspects(kind: SetKind, suspects: ReadonlySet<number>, rows: Iterable<SortedRow>, file_names: readonly string[]): void {
  if (suspects.size === 0) return;
  const seen = new Map<string, SortedRow>();
  for (const row of rows) {
    const { name } = nameOf(JSON.parse(row.text) as SetRow, kind);
    if (!suspects.has(hashOfName(name))) continue;
    const other = seen.get(name);
    if (other && other.text !== row.text) refuseContradiction(other, row, file_names);
    seen.set(name, row);
  }
}

function refuseContradiction(a: SortedRow, b: SortedRow, file_names: readonly string[]): never {
  const [one, other] = [JSON.parse(a.text) as SetRow, JSON.parse(b.text) as SetRow];
  const said = Object.keys(one).flatMap((field) => (one[field] === other[field] ? [] : [`${field} ${short(one[field]!)} and ${short(other[field]!)}`]));
  throw new TracewireError("BAD_INPUT", {
    what: `Two rows are the same by their transaction, index and kind, and say different things: ${said.join("; ")}`,
    where: `${file_names[a.file]}:${a.line} and ${file_names[b.file]}:${b.line}`,
    hint: "One of them is wrong, or the block was replaced: import the newer file alone with --supersedes SET.",
  });
}

const short = (text: string): string => (text === "" ? "nothing" : text.length > 60 ? `${text.slice(0, 60)}…` : text);

function* mergeRuns(runs: readonly { handle: number }[], chains: ReadonlyMap<string, string>): Generator<Item> {
  // A binary heap of the runs' next rows: the least is on top.
  const heap: { next: Item; rest: Generator<Item> }[] = [];
  const sink = (at: number) => {
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && compareItems(heap[child]!.next, heap[least]!.next) < 0) least = child;
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  };
  for (const { handle } of runs) {
    const rest = readRun(handle, chains);
    const first = rest.next();
    if (!first.done) heap.push({ next: first.value, rest });
  }
  for (let at = (heap.length >> 1) - 1; at >= 0; at--) sink(at);
  while (heap.length > 0) {
    const top = heap[0]!;
    yield top.next;
    const { value, done } = top.rest.next();
    if (!done) top.next = value;
    else {
      const last = heap.pop()!;
      if (heap.length > 0) heap[0] = last;
    }
    sink(0);
  }
}

function* readRun(handle: number, chains: ReadonlyMap<string, string>): Generator<Item> {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  const decoder = new TextDecoder();
  let rest: string[] = [];
  let position = 0;
  for (let read = readSync(handle, piece, 0, PIECE_BYTES, position); read > 0; read = readSync(handle, piece, 0, PIECE_BYTES, position)) {
    position += read;
    const text = decoder.decode(piece.subarray(0, read), { stream: true });
    const end = text.lastIndexOf("\n");
    if (end < 0) {
      rest.push(text);
      continue;
    }
    for (const line of (rest.join("") + text.slice(0, end)).split("\n")) yield toItem(line, chains);
    rest = [text.slice(end + 1)];
  }
  assert.equal(rest.join(""), "", "a run ends with a whole line");
}

function toItem(line: string, chains: ReadonlyMap<string, string>): Item {
  const cells: string[] = [];
  let at = 0;
  for (let cell = 0; cell < 5; cell++) {
    const end = line.indexOf("\t", at);
    cells.push(line.slice(at, end));
    at = end + 1;
  }
  return {
    chain: chains.get(cells[0]!)!,
    place: Number(cells[1]),
    sequence: Number(cells[2]),
    file: Number(cells[3]),
    line: Number(cells[4]),
    text: line.slice(at),
  };
}
