// Two thefts whose laundering others followed by hand (Harmony bridge and LI.FI; tests only): how much of it each
// convention reaches, alone and among a million transfers that have nothing to do with it. The results stand in
// known-error.ts, where traces print them; this test makes them again.
import assert from "node:assert/strict";
import test from "node:test";
import { background, readCase, skip, type Case } from "../../test/ground-truth.ts";
import { KNOWN_ERROR, KNOWN_ERROR_BACK, type Coverage } from "./known-error.ts";
import { METHOD_NAMES } from "./methods/methods.ts";
import type { Step } from "./request.ts";
import { trace } from "./trace.ts";
import { buildTransferTable } from "./transfer-table.ts";
import type { Transfer } from "./transfer.ts";

const BACKGROUND = 1_000_000;

function measure(found: Case, others: readonly Transfer[]): Record<string, Coverage> {
  const table = buildTransferTable([...found.edges, ...others]);
  const amounts = new Map(found.edges.map(({ txid, amount }) => [txid, amount]));
  const all = [...amounts.values()].reduce((sum, amount) => sum + amount, 0n);
  const seeds = [...found.sources].filter((address) => table.accountsOf(address).length > 0).map((address) => ({ kind: "address" as const, address }));
  return Object.fromEntries(
    METHOD_NAMES.map((method) => {
      const covered = new Set<string>();
      const reached = new Set<string>();
      let [carried, onTrue] = [0n, 0n];
      const onStep = ({ rule, transfer, place, in: amount }: Step) => {
        if (rule !== "credit") return;
        carried += amount;
        if (amounts.has(transfer)) {
          covered.add(transfer);
          onTrue += amount;
        }
        reached.add(place);
      };
      trace({ kind: "accounts", table }, { seeds, methods: [method], onStep });
      const sum = [...covered].reduce((total, txid) => total + amounts.get(txid)!, 0n);
      const terminals = [...found.terminals].filter((address) => reached.has(address)).length;
      const percent = (part: bigint, whole: bigint) => Math.round((Number(part) / Number(whole)) * 1000) / 10;
      return [method, { edges_percent: percent(sum, all), true_percent: percent(onTrue, carried), terminals, terminals_known: found.terminals.size }];
    }),
  );
}

/** From the transfers into the end points back: what of the whole way, and of the addresses where it began, is found. */
function measureBack(found: Case, others: readonly Transfer[]): Record<string, Coverage> {
  const table = buildTransferTable([...found.edges, ...others]);
  const amounts = new Map(found.edges.map(({ txid, amount }) => [txid, amount]));
  const all = [...amounts.values()].reduce((sum, amount) => sum + amount, 0n);
  const rows = table.transfers.flatMap(({ txid, to }, row) => (amounts.has(txid) && found.terminals.has(to!) ? [row] : []));
  return Object.fromEntries(
    (["haircut", "fifo", "lifo"] as const).map((method) => {
      const covered = new Set<string>();
      const reached = new Set<string>();
      let [carried, onTrue] = [0n, 0n];
      const onStep = ({ rule, transfer, place, in: amount }: Step) => {
        if (rule !== "debit") return;
        carried += amount;
        if (amounts.has(transfer)) {
          covered.add(transfer);
          onTrue += amount;
        }
        reached.add(place);
      };
      trace({ kind: "accounts", table }, { direction: "backward", seeds: [{ kind: "rows", rows, name: "into the end points" }], methods: [method], onStep });
      const sum = [...covered].reduce((total, txid) => total + amounts.get(txid)!, 0n);
      const percent = (part: bigint, whole: bigint) => Math.round((Number(part) / Number(whole)) * 1000) / 10;
      const sources = [...found.sources].filter((address) => reached.has(address)).length;
      return [method, { edges_percent: percent(sum, all), true_percent: percent(onTrue, carried), terminals: sources, terminals_known: found.sources.size }];
    }),
  );
}

for (const name of ["HB", "LIFI"] as const) {
  test(`${name}: what each convention reaches of a theft that was followed by hand`, { skip }, () => {
    assert.deepEqual(measure(readCase(name), []), KNOWN_ERROR[name].alone);
    assert.deepEqual(measureBack(readCase(name), []), KNOWN_ERROR_BACK[name].alone);
  });

  const isProving = Boolean(process.env.TRACEWIRE_PROVE);
  test(`${name}: the same among ${BACKGROUND} other transfers`, { skip: skip || (isProving ? false : "in npm run prove: a minute") }, () => {
    const found = readCase(name);
    const others = background(found, BACKGROUND);
    assert.deepEqual(measure(found, others), KNOWN_ERROR[name].hidden);
    assert.deepEqual(measureBack(found, others), KNOWN_ERROR_BACK[name].hidden);
  });
}
