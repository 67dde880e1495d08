// The columns of a set beside its rows: made of them when a question first wants them, and opened from then on. They are
// named by the Merkle root of the rows, and rows that do not have that root are not kept as columns. A cache: whoever
// deletes it, or cannot write it, loses time and nothing else; `verify` holds it against the root again.
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { TracewireError } from "../../errors.ts";
import { growRoot } from "../../evidence/evidence.ts";
import type { SetRow } from "../set-row.ts";
import { temporaryPath } from "../temporary-files.ts";
import type { TransferSet } from "../transfer-set-list.ts";
import { openColumns, writeColumns, type OpenedColumns } from "./column-files.ts";
import { collectColumns, textsOfColumns, type RowColumns } from "./row-columns.ts";
import { Texts } from "./texts.ts";

/** Fewer rows are read as fast as columns are opened. */
export const COLUMNS_ROWS_MIN = 5_000;

/** The version stands in the manifest’s name too: columns of another one are no damage, they are not there. */
const KIND = { magic: "tracewire rows in columns", version: 2, manifest: "columns-2.json" };

type Manifest = {
  count: number;
  account_count: number;
  assets: RowColumns["assets"];
  unplaced: readonly string[];
  is_grouped: boolean;
  wide: [row: number, amount: string][];
  /** Of addresses and transaction ids: how many, how many bytes, how many places in the table. */
  texts: Record<"addresses" | "txids", { count: number; bytes: number; places: number }>;
} | { refused: true };

export const columnsPath = (folder: string, rows_root: string): string => join(folder, "segments", `${rows_root}.columns`);

type Wanted = Pick<TransferSet, "rows_root" | "row_count">;

/** Opened, or made of `rows` and kept; undefined where columns cannot hold them. */
export async function columnsOfSet(folder: string, set: Wanted, rows: () => AsyncIterable<string>): Promise<RowColumns | undefined> {
  const path = columnsPath(folder, set.rows_root);
  if (existsSync(path))
    try {
      return open(path, set);
    } catch (error) {
      if (!(error instanceof TracewireError) || error.code !== "INDEX_DAMAGED") throw error;
      remove(path);
    }
  const collector = collectColumns(set.row_count);
  const root = growRoot();
  let isHeld = true;
  let count = 0;
  for await (const text of rows()) {
    // More rows than the set has: they are not the set's, and nothing is remembered of them.
    if (count === set.row_count) return undefined;
    root.add(Buffer.from(text));
    count++;
    isHeld = collector.add(JSON.parse(text) as SetRow);
    if (!isHeld) break;
  }
  if (!isHeld) {
    keep(folder, path, {}, { refused: true });
    return undefined;
  }
  if (count !== set.row_count || root.hex() !== set.rows_root) return undefined;
  const columns = collector.columns();
  const { texts, assets, account_count, unplaced, is_grouped } = columns;
  const { wide, ...traced } = columns.traced;
  const { addresses: _, ...accounts } = columns.accounts;
  const { txids: __, ...names } = columns.names;
  const sizeOf = ({ starts, bytes, table }: (typeof texts)["txids"]) => ({ count: starts.length - 1, bytes: bytes.byteLength, places: table.length });
  const ofTexts = Object.entries(texts).flatMap(([name, { bytes, starts, table }]) => [[`${name}.bytes`, bytes], [`${name}.starts`, starts], [`${name}.table`, table]] as const);
  keep(folder, path, { ...traced, ...accounts, ...names, ...Object.fromEntries(ofTexts) }, {
    count,
    account_count,
    assets,
    unplaced,
    is_grouped,
    wide: [...wide].map(([row, amount]) => [row, String(amount)]),
    texts: { addresses: sizeOf(texts.addresses), txids: sizeOf(texts.txids) },
  });
  return columns;
}

function keep(folder: string, path: string, columns: Parameters<typeof writeColumns>[2], manifest: Manifest): void {
  let making: string | undefined;
  try {
    making = temporaryPath(folder, "columns");
    writeColumns(making, KIND, columns, manifest);
    // Where another process was first, what it made is the same.
    if (!existsSync(path)) renameSync(making, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  } finally {
    if (making !== undefined) remove(making);
  }
}

/** A folder that cannot be written is not written; what was asked is answered all the same. */
function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

function open(path: string, { row_count }: Pick<Wanted, "row_count">): RowColumns | undefined {
  const opened = openColumns<Manifest>(path, KIND);
  const { rest, read, damaged } = opened;
  if ("refused" in rest) return undefined;
  const { count, account_count, assets, unplaced, is_grouped } = rest;
  if (count !== row_count) damaged(`it has ${count} rows, and the set ${row_count}`);
  const ints = (name: string, length = count) => new Int32Array(read(name, 4 * length));
  const floats = (name: string, length = count) => new Float64Array(read(name, 8 * length));
  const bytes = (name: string) => new Uint8Array(read(name, count));
  // All of it is read and checked at once: what is damaged has to show before anything was answered with it.
  const traced = { from: ints("from"), to: ints("to"), limbs: floats("limbs", 2 * count), marks: bytes("marks"), wide: new Map(rest.wide.map(([row, amount]) => [row, BigInt(amount)])) };
  const accounts = { address_of: ints("address_of", account_count), asset_of: ints("asset_of", account_count), addresses: openTexts(opened, "addresses", rest.texts.addresses) };
  const names = { kinds: bytes("kinds"), blocks: ints("blocks"), tx_indexes: ints("tx_indexes"), indexes: ints("indexes"), times: floats("times"), txid_of: ints("txid_of"), txids: openTexts(opened, "txids", rest.texts.txids) };
  return {
    count,
    account_count,
    assets,
    unplaced,
    is_grouped,
    traced,
    accounts,
    names,
  };
}

const openTexts = ({ read }: OpenedColumns<Manifest>, name: string, sizes: { count: number; bytes: number; places: number }): Texts =>
  new Texts({
    bytes: new Uint8Array(read(`${name}.bytes`, sizes.bytes)),
    starts: new Uint32Array(read(`${name}.starts`, 4 * (sizes.count + 1))),
    table: new Int32Array(read(`${name}.table`, 4 * sizes.places)),
  });

/** Root of the rows that a set's columns say; undefined where there are none, "damaged" where they cannot be read. */
export function storedColumnsRoot(folder: string, set: Wanted): string | undefined {
  const path = columnsPath(folder, set.rows_root);
  if (!existsSync(join(path, KIND.manifest))) return undefined;
  try {
    const columns = open(path, set);
    if (!columns) return undefined;
    const root = growRoot();
    for (const text of textsOfColumns(columns)) root.add(Buffer.from(text));
    return root.hex();
  } catch (error) {
    if (error instanceof TracewireError && error.code === "INDEX_DAMAGED") return "damaged";
    throw error;
  }
}
