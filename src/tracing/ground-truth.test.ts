// Two thefts whose laundering others followed by hand (Harmony bridge and LI.FI; tests only): how much of it each
// convention reaches, alone and among a million transfers that have nothing to do with it. The results stand in
// known-error.ts, where traces print them; this test makes them again.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { parse } from "csv-parse/sync";
import { KNOWN_ERROR, type Coverage } from "./known-error.ts";
import { METHOD_NAMES } from "./methods/methods.ts";
import type { Step } from "./request.ts";
import { trace } from "./trace.ts";
import { buildTransferTable } from "./transfer-table.ts";
import type { Transfer } from "./transfer.ts";

const folder = join(process.env.TRACEWIRE_CORPORA ?? "../shared", "data", "trace-groundtruth");
const skip = existsSync(folder) ? false : `no ${folder}`;
const BACKGROUND = 1_000_000;
const STRANGERS = 200_000;

type Case = { edges: Transfer[]; sources: Set<string>; terminals: Set<string> };

function read(name: string): Case {
  const text = (file: string) => readFileSync(join(folder, `${name}__${file}.csv`), "utf8");
  const addresses = (file: string) => new Set(text(file).split(/\r?\n/).map((line) => line.trim().toLowerCase()).filter((line) => line.startsWith("0x")));
  const rows = parse(text(name), { columns: true, bom: true, relax_column_count: true }) as Record<string, string>[];
  const edges = rows.map(
    (row, at): Transfer => ({
      chain: "",
      txid: `edge-${at}`,
      block: Number(row.Block),
      tx_index: null,
      index: null,
      kind: "transfer",
      time: null,
      from: row.From!.toLowerCase(),
      to: row.To!.toLowerCase(),
      asset: "native",
      // Only dollars are stated: millionths of one, as whole units.
      amount: BigInt(Math.round(Number(row.Value_in_USD) * 1e6)),
      row: `${name}:${at + 1}`,
    }),
  );
  return { edges, sources: addresses("source_addresses"), terminals: addresses("terminal_addresses") };
}

/** Transfers between strangers; of a hundred, one goes to an address of the theft and one comes from it: other money that mixes in and leaves. */
function background({ edges }: Case, count: number): Transfer[] {
  let state = 7;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const places = [...new Set(edges.flatMap(({ from, to }) => [from!, to!]))];
  const [first, last] = [edges.reduce((least, { block }) => Math.min(least, block!), Infinity), edges.reduce((most, { block }) => Math.max(most, block!), 0)];
  return Array.from({ length: count }, (_, at): Transfer => {
    const mixed = next(100);
    return {
      ...edges[0]!,
      txid: `stranger-${at}`,
      block: first + next(last - first + 1),
      from: mixed === 1 ? places[next(places.length)]! : `s${next(STRANGERS)}`,
      to: mixed === 0 ? places[next(places.length)]! : `s${next(STRANGERS)}`,
      amount: BigInt(1 + next(1_000)) * 1_000_000n,
      row: `background:${at + 1}`,
    };
  });
}

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

for (const name of ["HB", "LIFI"] as const) {
  test(`${name}: what each convention reaches of a theft that was followed by hand`, { skip }, () => {
    assert.deepEqual(measure(read(name), []), KNOWN_ERROR[name].alone);
  });

  const isProving = Boolean(process.env.TRACEWIRE_PROVE);
  test(`${name}: the same among ${BACKGROUND} other transfers`, { skip: skip || (isProving ? false : "in npm run prove: a minute") }, () => {
    const found = read(name);
    assert.deepEqual(measure(found, background(found, BACKGROUND)), KNOWN_ERROR[name].hidden);
  });
}
