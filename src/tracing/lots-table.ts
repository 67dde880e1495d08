// All that went through the places a trace reached, clean money too: with it the order inside an account, and a
// transaction's shares, can be worked out again from the audit alone, without the transfers.
import type { Row } from "../datasets/datasets.ts";
import type { Step } from "./request.ts";
import type { TraceData } from "./trace.ts";
import { transferName } from "./transfer.ts";
import type { TransferTable } from "./transfer-table.ts";
import { sidesOf } from "./holdings.ts";
import type { UtxoGraph } from "./utxo-graph.ts";

/** In each line of an account `after = before + in + unknown - out`; lines of a transaction with outputs have no balance, and add up by transfer. */
export const LOT_COLUMNS = ["place", "asset", "transfer", "with", "before", "in", "unknown", "out", "after"] as const;
export const LOTS_MAX = 500_000;

/** `cut`: there were more. */
export function lotsTable(data: TraceData, steps: readonly Step[]): { rows: Row[]; cut: boolean } {
  const lines = data.kind === "accounts" ? lotsOfAccounts(data.table, steps) : lotsOfTransactions(data.graph, data.asset, steps);
  const rows: Row[] = [];
  for (const line of lines) {
    if (rows.length === LOTS_MAX) return { rows, cut: true };
    rows.push(line);
  }
  return { rows, cut: false };
}

/** A place where it stopped was not gone into, and what else went through it decides nothing. */
const ENTERED: ReadonlySet<Step["rule"]> = new Set(["seed", "credit", "debit", "conversion_in"]);

function* lotsOfAccounts(table: TransferTable, steps: readonly Step[]): Generator<Row> {
  const entered = new Set(steps.flatMap(({ rule, place, asset }) => (ENTERED.has(rule) ? [`${place} ${asset}`] : [])));
  const places = new Set(steps.map(({ place }) => place));
  for (const account of [...places].flatMap((place) => table.accountsOf(place))) {
    const { address, asset } = table.account(account);
    if (!entered.has(`${address} ${asset}`)) continue;
    const ledger = table.ledger(account);
    for (let at = ledger.first; at < ledger.end; at++) {
      const transfer = table.transfers[ledger.row(at)]!;
      // A payment to oneself stands on both sides, and changes nothing but what it shows to have been there.
      const [isDebit, isCredit] = [!ledger.isCredit(at), !ledger.isDebit(at)];
      yield {
        place: address,
        asset,
        transfer: transferName(transfer),
        with: (isDebit ? transfer.to : transfer.from) ?? transfer.kind,
        before: String(ledger.before(at)),
        in: isCredit ? String(ledger.amount(at)) : "0",
        unknown: String(ledger.unknown(at)),
        out: isDebit ? String(ledger.amount(at)) : "0",
        after: String(ledger.before(at + 1)),
      };
    }
  }
}

function* lotsOfTransactions(graph: UtxoGraph, asset: string, steps: readonly Step[]): Generator<Row> {
  const base = { asset, before: "", unknown: "", after: "" };
  for (const transfer of new Set(steps.map((step) => step.transfer))) {
    const sides = sidesOf(graph, transfer);
    if (!sides) continue;
    const { inputs, outputs, fee } = sides;
    for (const { from, address, value } of inputs) yield { ...base, place: from, transfer, with: address ?? "", in: value === null ? "not known" : String(value), out: "0" };
    for (const [vout, { address, value }] of outputs.entries()) yield { ...base, place: `${transfer}:${vout}`, transfer, with: address ?? "", in: "0", out: String(value) };
    if (fee !== null && fee > 0n) yield { ...base, place: "fee", transfer, with: "", in: "0", out: String(fee) };
  }
}
