// A trace that is kept: one entry with the question, the sets by their roots, the versions and the hash of the answer;
// and the answer as rows of datasets, so that figures can count over them and pages can show them without tracing again.
import { appendDataset, type DatasetTable, type Row } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import { appendRelease, type Json, type LogReader, type Transaction, type View } from "../evidence/evidence.ts";
import { RESULT_VERSION, type Answer, type SetRef, type TraceAsk } from "./ask.ts";
import type { AssetWords } from "./asset-words.ts";
import type { MethodResults } from "./result.ts";

const STEPS_KEPT_MAX = 100_000;
const ID = /^[a-z0-9][a-z0-9-]{1,60}$/;
const READER_VERSION = "1";

export const tracesView: View = {
  name: "traces",
  version: 1,
  tables: ["traces"],
  create: `
    CREATE TABLE traces (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX traces_by_id ON traces (id, seq);
  `,
  apply(db, { seq, body }) {
    if (body.kind === "trace")
      db.prepare("INSERT INTO traces (seq, id, at, body) VALUES (?, ?, ?, ?)").run(seq, body.id as string, body.at, JSON.stringify(body));
    if (body.kind === "erasure")
      for (const erased of body.entries as unknown as { seq: number }[]) db.prepare("DELETE FROM traces WHERE seq = ?").run(erased.seq);
  },
};

export type SavedTrace = {
  seq: number;
  at: string;
  id: string;
  title: string;
  ask: TraceAsk;
  sets: SetRef[];
  log_size: number;
  result_sha256: string;
  /** What the hash is over (ask.ts); absent in the first traces. */
  result_version?: number;
  /** Entries of the datasets that hold the answer; steps only where they are few enough. */
  totals: number;
  flows: number;
  steps: number | null;
  step_count: number;
  /** Versions and per asset what the terminal shows, without the places. */
  methods: Record<string, { version: string; conserves: boolean; step_count: number; bound?: string; excess?: Record<string, string> }>;
  notes: string[];
  /** Names and decimals of its tokens, as the sources state them. */
  tokens?: Record<string, AssetWords>;
  by: string;
  released?: number;
};

export type SaveOptions = { id: string; title: string; by: string; captures: number[]; release?: boolean };
export type SaveOutcome = { outcome: "saved" | "unchanged"; seq: number; id: string; step_count: number; steps_kept: boolean };

/** Throws BAD_ARGUMENT for a name that is none. The same answer under the same name is not kept twice. */
export function saveTrace(transaction: Transaction, found: Answer, options: SaveOptions): SaveOutcome {
  const { id, title, by } = options;
  if (!ID.test(id))
    throw new TracewireError("BAD_ARGUMENT", { what: `--save: "${id}" is no name`, hint: "2 to 61 small letters, digits and hyphens." });
  const { result, result_sha256 } = found;
  const step_count = Object.values(result.methods).reduce((sum, { step_count: count }) => sum + count, 0);
  const steps_kept = step_count <= STEPS_KEPT_MAX && !found.steps_cut;
  const known = findTrace(transaction, id, undefined, "all");
  if (known?.result_sha256 === result_sha256) {
    if (options.release && known.released === undefined) releaseTrace(transaction, known, by);
    return { outcome: "unchanged", seq: known.seq, id, step_count, steps_kept };
  }
  const put = (suffix: string, table: DatasetTable, what: string) =>
    appendDataset(transaction, {
      name: `trace/${id}${suffix}`,
      edition: null,
      title: `${title}: ${what}`,
      publisher: "This newsroom, by its own tracing",
      captures: options.captures,
      reader: "trace",
      reader_version: READER_VERSION,
      lacks: "A trace is computed, not observed: each method is a convention about which units moved. Nothing is known beyond the transfers imported.",
      table,
      by,
    });
  const totals = put("", totalsTable(result.methods), "where the funds are, by method");
  const flows = put("-flows", flowsTable(found), "what went from where to where");
  const steps = steps_kept ? put("-steps", stepsTable(found), "every step") : null;
  const seq = transaction.append({
    kind: "trace",
    id,
    title,
    ask: result.ask as unknown as Json,
    sets: result.sets as unknown as Json,
    log_size: result.log_size,
    result_sha256,
    result_version: RESULT_VERSION,
    totals,
    flows,
    steps,
    step_count,
    methods: Object.fromEntries(
      Object.entries(result.methods).map(([name, { version, conserves, step_count: count, bound, excess }]) => [
        name,
        { version, conserves, step_count: count, ...(bound === undefined ? {} : { bound }), ...(excess === undefined ? {} : { excess }) },
      ]),
    ) as unknown as Json,
    notes: result.notes,
    tokens: result.tokens as unknown as Json,
    by,
  });
  if (options.release) appendRelease(transaction, entriesOf({ seq, totals, flows, steps }), [], by);
  return { outcome: "saved", seq, id, step_count, steps_kept };
}

const entriesOf = ({ seq, totals, flows, steps }: Pick<SavedTrace, "seq" | "totals" | "flows" | "steps">): number[] => [seq, totals, flows, ...(steps === null ? [] : [steps])];

/** Inside a change: the trace and the tables of its answer become public. */
export function releaseTrace(transaction: Transaction, trace: SavedTrace, by: string): void {
  appendRelease(transaction, entriesOf(trace), [], by);
}

/** A trace with the tables of its answer: its page shows them, so that none is public without the others. Nothing for an entry that is no trace. */
export function entriesOfTrace(log: Pick<LogReader, "db">, seq: number): number[] | undefined {
  const row = log.db.prepare(`${SELECT} WHERE t.seq = ?`).get(seq);
  return row && entriesOf(toTrace(row));
}

const SELECT = "SELECT t.seq, t.at, t.body, i.released FROM traces t JOIN entry_index i ON i.seq = t.seq";

/** The newest of a name, as known at `log_size`. */
export function findTrace(
  log: Pick<LogReader, "db">,
  id: string,
  log_size = Number.MAX_SAFE_INTEGER,
  evidence: "released" | "all" = "released",
): SavedTrace | undefined {
  const row = log.db
    .prepare(`${SELECT} WHERE t.id = ? AND t.seq < ?${evidence === "released" ? " AND i.released < ?2" : ""} ORDER BY t.seq DESC LIMIT 1`)
    .get(id, log_size);
  return row && toTrace(row);
}

/** Newest first, one for each name. */
export function listTraces(log: Pick<LogReader, "db">, evidence: "released" | "all" = "released", log_size = Number.MAX_SAFE_INTEGER): SavedTrace[] {
  const seen = new Set<string>();
  return log.db
    .prepare(`${SELECT} WHERE t.seq < ?1${evidence === "released" ? " AND i.released < ?1" : ""} ORDER BY t.seq DESC`)
    .all(log_size)
    .map(toTrace)
    .filter(({ id }) => !seen.has(id) && seen.add(id));
}

function toTrace(row: Record<string, unknown>): SavedTrace {
  const body = JSON.parse(row.body as string) as Omit<SavedTrace, "seq">;
  return { ...body, seq: row.seq as number, at: row.at as string, ...(row.released === null ? {} : { released: row.released as number }) };
}

export const TOTAL_COLUMNS = ["method", "asset", "what", "place", "amount", "reason", "name"] as const;

export function totalsTable(methods: MethodResults): DatasetTable {
  const rows: Row[] = [];
  for (const [method, { assets }] of Object.entries(methods))
    for (const [asset, totals] of Object.entries(assets)) {
      const add = (what: string, place: string, amount: string, reason = "", name = "") =>
        rows.push({ method, asset, what, place, amount, reason, name });
      add("seed", "", totals.seed);
      if (totals.seed_unbacked) add("seed_unbacked", "", totals.seed_unbacked);
      add("converted_in", "", totals.converted_in);
      for (const [place, amount] of Object.entries(totals.held)) add("held", place, amount);
      for (const [place, amount] of Object.entries(totals.stops)) {
        const { reason, name } = totals.stop_reasons[place]!;
        add("stop", place, amount, reason, name);
      }
      for (const [txid, amount] of Object.entries(totals.fees)) add("fee", txid, amount);
      for (const [place, amount] of Object.entries(totals.floor_at)) add("floor", place, amount);
      add("converted_out", "", totals.converted_out);
    }
  return { name: "totals", columns: TOTAL_COLUMNS, key: ["method", "asset", "what", "place"], rows };
}

function flowsTable({ flows }: Answer): DatasetTable {
  const rows = flows.map(({ amount, transfer_count, ...flow }): Row => ({ ...flow, amount: String(amount), transfers: String(transfer_count) }));
  return {
    name: "flows",
    columns: ["method", "asset", "from", "to", "kind", "amount", "transfers"],
    key: ["method", "asset", "from", "to", "kind"],
    rows,
  };
}

export const STEP_COLUMNS = ["step", "method", "asset", "rule", "place", "from", "before", "in", "out", "after", "amount", "balance", "rounding", "transfer", "reason"] as const;

export function stepsTable({ steps }: Pick<Answer, "steps">): DatasetTable {
  const rows = steps.map(
    ({ from = "", reason = "", ...step }, at): Row => ({
      step: String(at + 1),
      method: step.method,
      asset: step.asset,
      rule: step.rule,
      place: step.place,
      from,
      before: String(step.before),
      in: String(step.in),
      out: String(step.out),
      after: String(step.after),
      amount: String(step.amount),
      balance: String(step.balance),
      rounding: String(step.rounding),
      transfer: step.transfer,
      reason,
    }),
  );
  return { name: "steps", columns: STEP_COLUMNS, key: ["step"], rows };
}
