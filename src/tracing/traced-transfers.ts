// Of a kept trace, the transfers behind its steps as the sets have them: whole, with their place in the chain and their
// time. A step says how much of a transfer was tainted; whoever looks a payment up in their own books needs the payment.
import { bridgeEnds, collectBridgeSteps, type BridgeEnds } from "./bridges.ts";
import { holdingsOf, payersOf } from "./holdings.ts";
import { dataOf, type Newsroom } from "./ask-newsroom.ts";
import type { SavedTrace } from "./saved-traces.ts";
import type { TransferTable } from "./transfer-table.ts";
import { listTransferSets, readTransferSets } from "./transfer-sets.ts";
import type { UtxoGraph } from "./utxo-graph.ts";

/** Rows looked at, from the last one back, for the end of the data. */
const LOOKED_BACK_MAX = 300_000;

export type WholeTransfer = {
  /** CAIP-2, or "". */
  chain: string;
  /** "" where the source has none. */
  txid: string;
  /** Of transfers between accounts the log's or trace's index, of outputs the output's; null where the source does not say. */
  index: number | null;
  block: number | null;
  time: string | null;
  /** Who paid: one account, or the addresses of the inputs. */
  from: string[];
  to: string | null;
  /** Base units, tainted or not. */
  amount: bigint;
  /** How many transfers of one name these are: a source without index does not tell them apart. */
  count: number;
  /** "dataset:row" of the first of them. */
  row: string;
  /** Its place in the order of the data. */
  at: number;
};

export type MissingFunds = { address: string; asset: string; missing: bigint };

type Named = { transfer: string; place: string; asset: string };

export type TracedTransfers = {
  /** By which transfer something came to a place; undefined where nothing did. */
  arrivalOf(step: Named): WholeTransfer | undefined;
  /** Of an output its address, of an account itself. */
  addressOf(place: string): string;
  /** Where transfers end at a bridge, what arrived elsewhere that fits (bridges.ts). */
  bridgeEnds(stops: readonly Named[]): BridgeEnds | undefined;
  /** Of accounts: those that sent more than the data shows them to have had, the most of each asset first. */
  gapsAt(places: Iterable<string>): MissingFunds[];
  /** Per chain, up to when the data goes, as far as it says. */
  ends: { chain: string; block: number | null; time: string | null }[];
};

/** Over the very sets that the trace was asked of. Throws as readTransferSets does. */
export async function openTracedTransfers(newsroom: Newsroom, trace: Pick<SavedTrace, "ask" | "sets" | "log_size">): Promise<TracedTransfers> {
  const { ask, sets, log_size } = trace;
  const read = await readTransferSets(newsroom, { sets: sets.map(({ seq }) => String(seq)), log_size, until: ask.until });
  const data = dataOf(read, ask);
  if (data.kind === "utxo") return overOutputs(data.graph);
  const used = new Set(sets.map(({ seq }) => seq));
  const tokens = Object.assign({}, ...listTransferSets(newsroom.log, log_size).filter(({ seq }) => used.has(seq)).map((set) => set.tokens));
  return {
    ...overAccounts(data.table),
    bridgeEnds(stops) {
      const bridged = collectBridgeSteps();
      for (const { transfer, place } of stops) bridged.add(transfer, place);
      return bridgeEnds(data.table, bridged.names(), tokens);
    },
  };
}

function overAccounts(table: TransferTable): Omit<TracedTransfers, "bridgeEnds"> {
  let unnamed: Map<string, number> | undefined;
  const rowsNamed = (name: string): readonly number[] => {
    const found = [name, name.replace(/#\d+$/, "")].flatMap((txid) => table.rowsOfTransaction(txid));
    if (found.length > 0) return [...new Set(found)].filter((row) => table.nameOf(row) === name);
    unnamed ??= new Map(Array.from({ length: table.count }, (_, row) => [table.nameOf(row), row]));
    const row = unnamed.get(name);
    return row === undefined ? [] : [row];
  };
  return {
    arrivalOf({ transfer: name, place, asset }) {
      const rows = rowsNamed(name).filter((row) => {
        const { to, asset: own } = table.transfer(row);
        return to === place && own === asset;
      });
      if (rows.length === 0) return undefined;
      const { chain, txid, index, block, time, from, to, row } = table.transfer(rows[0]!);
      const amount = rows.reduce((sum, one) => sum + table.amount(one), 0n);
      return { chain, txid, index, block, time, from: from === null ? [] : [from], to, amount, count: rows.length, row, at: rows[0]! };
    },
    addressOf: (place) => place,
    gapsAt: (places) =>
      [...new Set(places)]
        .flatMap((address) => holdingsOf(table, address).flatMap(({ asset, unexplained }): MissingFunds[] => (unexplained > 0n ? [{ address, asset, missing: unexplained }] : [])))
        .sort((a, b) => (a.asset === b.asset ? (a.missing > b.missing ? -1 : 1) : a.asset < b.asset ? -1 : 1)),
    ends: endsOf(table.count, (row) => table.transfer(row)),
  };
}

function overOutputs(graph: UtxoGraph): TracedTransfers {
  const outputAt = (place: string) => {
    const [, txid, vout] = /^(.+):(\d+)$/.exec(place) ?? [];
    const number = txid === undefined ? undefined : graph.numberOf(txid);
    return number === undefined ? undefined : { number, vout: Number(vout), output: graph.transactions[number]!.outputs[Number(vout)] };
  };
  return {
    arrivalOf({ place }) {
      const found = outputAt(place);
      if (!found?.output) return undefined;
      const { chain, txid, block, time, inputs, row } = graph.transactions[found.number]!;
      const from = [...new Set(inputs.flatMap((input) => payersOf(graph, input)))];
      return { chain, txid, index: found.vout, block, time, from, to: found.output.address, amount: found.output.value, count: 1, row, at: found.number };
    },
    addressOf: (place) => outputAt(place)?.output?.address ?? place,
    bridgeEnds: () => undefined,
    gapsAt: () => [],
    ends: endsOf(graph.transactions.length, (number) => graph.transactions[number]!),
  };
}

function endsOf(count: number, at: (row: number) => { chain: string; block: number | null; time: string | null }): TracedTransfers["ends"] {
  const ends = new Map<string, { chain: string; block: number | null; time: string | null }>();
  for (let row = count - 1; row >= Math.max(0, count - LOOKED_BACK_MAX); row--) {
    const { chain, block, time } = at(row);
    const known = ends.get(chain) ?? { chain, block: null, time: null };
    if (block !== null && (known.block === null || block > known.block)) known.block = block;
    if (time !== null && (known.time === null || Date.parse(time) > Date.parse(known.time))) known.time = time;
    ends.set(chain, known);
  }
  return [...ends.values()].sort((a, b) => (a.chain < b.chain ? -1 : 1));
}

/** How exactly a time of the sets is written. What stands in a block's header is its maker's word. */
export const precisionOf = (time: string): "second" | "millisecond" => (/\.\d+Z$/.test(time) ? "millisecond" : "second");
