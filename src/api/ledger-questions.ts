// What may be asked of the transfers, as functions from data to plain values: amounts are strings of base units.
import { accountsOf, readAddress, type Address } from "../chains/chains.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { chainsHeld, exposureOverChains, joinExposures, type ChainData, type ChainExposures } from "../screening/screening.ts";
import { holdingsOf, lowestBetween, openTagBook, stopsFromTags, outputsHeld, sidesOf, transfersIn, type LowestAsk, type Transfer } from "../tracing/tracing.ts";
import { graphsense, isOfAll, joinCurrencies } from "./graphsense-questions.ts";
import type { GraphsenseAsk } from "./graphsense-shapes.ts";
import type { ChainGraph, LedgerData } from "./ledger-data.ts";

export type TransferRow = {
  chain: string;
  txid: string;
  block: number | null;
  time: string | null;
  kind: string;
  from: string | null;
  to: string | null;
  asset: string;
  amount: string;
  row: string;
};

const toRow = ({ chain, txid, block, time, kind, from, to, asset, amount, row }: Transfer): TransferRow => ({
  chain,
  txid,
  block,
  time,
  kind,
  from,
  to,
  asset,
  amount: String(amount),
  row,
});

export type Place = { address: string; chain?: string };
type Slice = { after?: number; count: number };

/** The address as the data spells it: as typed, or as a chain's rule folds it. */
function spelled(data: LedgerData, { address, chain }: Place): string | undefined {
  const spellings = [address, ...accountsOf(readAddress(address)).map((one) => one.address)];
  const isThere = (one: string) =>
    data.table.accountsOf(one, chain).length > 0 || chainsOf(data, chain).some(({ graph }) => graph.outputsOf(one).length > 0);
  return spellings.find(isThere);
}

const chainsOf = (data: LedgerData, chain: string | undefined): ChainGraph[] =>
  [...data.graphs.values()].filter((one) => chain === undefined || one.chain === chain);

const plain = <T>(value: T): unknown => JSON.parse(JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? String(item) : item)));

const OUTPUTS_MAX = 1_000;

type ExposureAsk = { given: readonly string[]; listed: readonly Address[]; depth?: number; ends_known?: boolean; log_size: number };
/** Made when first asked for, and kept as long as the transfers. */
const heldChains = new WeakMap<LedgerData, ChainData[]>();

export const LEDGER_QUESTIONS = {
  /** Undefined where the sets do not show it. */
  address(data: LedgerData, place: Place) {
    const address = spelled(data, place);
    if (address === undefined) return undefined;
    const holdings = holdingsOf(data.table, address).filter(({ chain }) => place.chain === undefined || chain === place.chain);
    const outputs = chainsOf(data, place.chain).flatMap(({ graph }) => {
      const held = outputsHeld(graph, address);
      return held ? [{ ...held, output_count: held.outputs.length, outputs: held.outputs.slice(0, OUTPUTS_MAX) }] : [];
    });
    return plain({ address, holdings, outputs, sets: data.sets }) as { address: string; holdings: unknown[]; outputs: unknown[]; sets: LedgerData["sets"] };
  },

  /** Transfers between accounts that touch the address, oldest first. */
  transfers(data: LedgerData, { after = -1, count, ...place }: Place & Slice): { at: number; transfer: TransferRow }[] | undefined {
    const address = spelled(data, place);
    if (address === undefined) return undefined;
    const rows = [...new Set(data.table.accountsOf(address, place.chain).flatMap((account) => [...data.table.rowsOf(account)]))].sort((a, b) => a - b);
    return rows
      .filter((row) => row > after)
      .slice(0, count)
      .map((at) => ({ at, transfer: toRow(data.table.transfer(at)) }));
  },

  /** Who paid it, or whom it paid, by asset. In order of name. */
  neighbors(data: LedgerData, { direction, after, count, ...place }: Place & { direction: "in" | "out"; after?: string; count: number }) {
    const address = spelled(data, place);
    if (address === undefined) return undefined;
    const sums = new Map<string, { key: string; address: string; chain: string; asset: string; amount: bigint; transfer_count: number; is_estimate: boolean }>();
    const add = (other: string, chain: string, asset: string, amount: bigint, transfer_count: number, is_estimate: boolean) => {
      const key = `${other} ${chain} ${asset}`;
      const known = sums.get(key) ?? { key, address: other, chain, asset, amount: 0n, transfer_count: 0, is_estimate };
      sums.set(key, { ...known, amount: known.amount + amount, transfer_count: known.transfer_count + transfer_count });
    };
    const { table } = data;
    for (const account of table.accountsOf(address, place.chain))
      for (const row of table.rowsOf(account)) {
        const { from, to, chain, asset, amount } = table.transfer(row);
        const [own, other] = direction === "out" ? [from, to] : [to, from];
        if (own === address && other !== null) add(other, chain, asset, amount, 1, false);
      }
    for (const one of chainsOf(data, place.chain)) {
      const { numbers } = one.clusters();
      const number = numbers.numberOf(address, one.chain);
      if (number === undefined) continue;
      const nodes = one.nodes("address");
      for (const { from, to, value, transactions } of direction === "out" ? nodes.out(number) : nodes.into(number))
        add(numbers.addresses[direction === "out" ? to : from]!, one.chain, "native", value, transactions, true);
    }
    return [...sums.values()]
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .filter(({ key }) => after === undefined || key > after)
      .slice(0, count)
      .map((one) => ({ ...one, amount: String(one.amount) }));
  },

  /** The least that an account held between two moments. */
  lowest(data: LedgerData, { amount, ...ask }: Omit<LowestAsk, "amount"> & { amount?: string }) {
    if (spelled(data, ask) === undefined) return undefined;
    return { ...lowestBetween(data.table, { ...ask, ...(amount === undefined ? {} : { amount: BigInt(amount) }) }), sets: data.sets };
  },

  transaction(data: LedgerData, { txid }: { txid: string }) {
    const spellings = /^0x[0-9a-fA-F]+$/.test(txid) ? [txid, txid.toLowerCase()] : [txid];
    for (const spelling of spellings) {
      const transfers = transfersIn(data.table, spelling).map(toRow);
      const sides = [...data.graphs.values()].flatMap(({ graph }) => sidesOf(graph, spelling) ?? []);
      if (transfers.length + sides.length > 0) return plain({ txid: spelling, transfers, sides, sets: data.sets }) as { txid: string; transfers: unknown[]; sides: unknown[] };
    }
    return undefined;
  },

  /** The co-spend cluster of an address on each chain of outputs; with `other`, why the two are together. */
  cluster(data: LedgerData, { other, after, count, ...place }: Place & { other?: string; after?: number; count: number }) {
    const address = spelled(data, place);
    if (address === undefined) return undefined;
    for (const { chain, graph, clusters } of chainsOf(data, place.chain)) {
      const { numbers, ids, members, why, joins, skipped, multisig } = clusters();
      const number = numbers.numberOf(address, chain);
      if (number === undefined) continue;
      const nameOf = ({ from, to, transaction }: { from: number; to: number; transaction: number }) => ({
        from: numbers.addresses[from]!,
        to: numbers.addresses[to]!,
        txid: graph.transactions[transaction]!.txid,
      });
      const id = ids[number]!;
      const all = [...members(id)];
      const second = other === undefined ? undefined : numbers.numberOf(other, chain);
      return {
        chain,
        cluster: id,
        first_address: numbers.addresses[id]!,
        address_count: all.length,
        members: all.filter((one) => after === undefined || one > after).slice(0, count).map((one) => ({ number: one, address: numbers.addresses[one]! })),
        joins: joins(id).slice(0, OUTPUTS_MAX).map(nameOf),
        left_out_transactions: skipped.size + multisig.length,
        why: other === undefined ? null : second === undefined ? null : (why(number, second)?.map(nameOf) ?? null),
      };
    }
    return undefined;
  },

  /** What of the addresses given came from listed ones by way of others; with `ends_known` it ends where released tags name a service. */
  exposure(data: LedgerData, { given, listed, depth, ends_known, log_size }: ExposureAsk, log: Pick<LogReader, "db">): ChainExposures {
    const chains = heldChains.get(data) ?? chainsHeld(data.table.transfers, [...data.graphs.values()].flatMap(({ graph }) => graph.transactions));
    heldChains.set(data, chains);
    const stopAt = ends_known ? stopsFromTags(openTagBook(log, { log_size, evidence: "released" })) : undefined;
    return plain(exposureOverChains(chains, { given, accounts: listed, isListed: () => true, depth, stopAt })) as ChainExposures;
  },

  graphsense,
};
export type LedgerQuestions = typeof LEDGER_QUESTIONS;

type AddressAnswer = NonNullable<ReturnType<LedgerQuestions["address"]>>;

/** What is said of an address stands side by side; everything else is of the first part that shows it. */
export function askParts(parts: readonly LedgerData[], name: keyof LedgerQuestions, args: unknown, log: Pick<LogReader, "db">): unknown {
  const ask = LEDGER_QUESTIONS[name] as (data: LedgerData, asked: unknown, log: Pick<LogReader, "db">) => unknown;
  if (name === "exposure") return joinExposures(parts.map((part) => ask(part, args, log) as ChainExposures));
  if (name === "graphsense" && isOfAll(args as GraphsenseAsk)) return joinCurrencies(parts.map((part) => graphsense(part, args as GraphsenseAsk)!), args as GraphsenseAsk);
  if (name !== "address") {
    for (const part of parts) {
      const found = ask(part, args, log);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const found = parts.flatMap((part) => (ask(part, args, log) as AddressAnswer | undefined) ?? []);
  if (found.length === 0) return undefined;
  const { address } = found[0]!;
  return { address, holdings: found.flatMap(({ holdings }) => holdings), outputs: found.flatMap(({ outputs }) => outputs), sets: found.flatMap(({ sets }) => sets) } satisfies AddressAnswer;
}
