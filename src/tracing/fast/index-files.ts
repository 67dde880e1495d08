// A segment as a folder of columns (columns/column-files.ts).
import { closeSync, existsSync, openSync, readSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { TracewireError } from "../../errors.ts";
import { openColumns, writeColumns } from "../columns/column-files.ts";
import { AMOUNT, ENTRY, RECORD, recordsOver, type Ledger, type Segment } from "./fast-index.ts";
import { openingBalance } from "./build-segment.ts";

const KIND = { magic: "tracewire transfer index", version: 2, manifest: "segment.json" };

type Manifest = { rows: number; first_row: number; accounts: number; wide: number[]; fee_takers: number[] };

/** Writes a new folder; it is there whole or not at all. Refuses a folder that exists. */
export function saveSegment(folder: string, segment: Segment): void {
  if (existsSync(folder)) throw new TracewireError("BAD_ARGUMENT", { what: `${folder} exists; a segment is never written again` });
  const making = `${folder}.part`;
  rmSync(making, { recursive: true, force: true });
  const ledger = segment.ledger();
  const { rows, first_row, accounts, wide, fee_takers, records, starts, givers } = segment;
  const columns = { records: records.words, starts, givers, ledger: ledger?.values, closing: ledger?.closing, given_by: segment.givenBy() };
  writeColumns(making, KIND, columns, { rows, first_row, accounts, wide: [...wide], fee_takers: [...fee_takers] } satisfies Manifest);
  renameSync(making, folder);
}

/** Opens a segment, and those before it, in order. Exact columns are read when a trace first asks for them. Throws INDEX_DAMAGED. */
export function openSegments(folders: readonly string[]): Segment[] {
  const opened: Segment[] = [];
  for (const folder of folders) {
    const before = opened.at(-1);
    const segment = openSegment(folder, before);
    const expected = before ? before.first_row + before.rows : 0;
    if (segment.first_row !== expected) damaged(folder, `starts at row ${segment.first_row}, but the segment before it ends at ${expected}`);
    opened.push(segment);
  }
  return opened;
}

function openSegment(folder: string, before?: Segment): Segment {
  const { rest: manifest, bytesOf, read, damaged: refuse } = openColumns<Manifest>(folder, KIND);
  const { rows, first_row, accounts } = manifest;
  const givers_bytes = bytesOf("givers");
  const givers = givers_bytes === undefined ? undefined : new Int32Array(read("givers", givers_bytes));
  const count = givers ? givers.length : accounts;
  let ledger: Ledger | undefined;
  let givenBy: Int32Array | undefined;
  const one = new DataView(new ArrayBuffer(16));
  const readAt = (name: string, at: number, bytes: number): DataView => {
    const file = openSync(join(folder, name), "r");
    const got = readSync(file, one, 0, bytes, at);
    closeSync(file);
    if (got !== bytes) refuse(`${name} ends before byte ${at + bytes}`);
    return one;
  };
  return {
    rows,
    first_row,
    accounts,
    givers,
    starts: new Int32Array(read("starts", 4 * (count + 1))),
    records: recordsOver(read("records", 4 * RECORD * rows)),
    wide: new Set(manifest.wide),
    fee_takers: new Set(manifest.fee_takers),
    ledger() {
      if (bytesOf("ledger") === undefined) return undefined;
      return (ledger ??= {
        values: new Float64Array(read("ledger", 8 * ENTRY * rows)),
        closing: new Float64Array(read("closing", 32 * accounts)),
      });
    },
    givenBy: () => (bytesOf("given_by") !== undefined ? (givenBy ??= new Int32Array(read("given_by", 4 * rows))) : undefined),
    giverOf: (row) => readAt("given_by", 4 * row, 4).getInt32(0, true),
    openingBalance: (account) => openingBalance(account, before),
    amountOf(record) {
      const pair = readAt("ledger", 8 * (ENTRY * record + AMOUNT), 16);
      return [pair.getFloat64(0, true), pair.getFloat64(8, true)];
    },
  };
}

function damaged(folder: string, what: string): never {
  throw new TracewireError("INDEX_DAMAGED", { what: `${basename(folder)}: ${what}` });
}
