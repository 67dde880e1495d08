// A seed as a person types it: a theft of the case file, an address, address@order=amount, a txid, txid:vout=amount;
// several with commas. What is meant is told by the data: a name that is in it is that; nothing is guessed.
import { readAddress } from "../chains/chains.ts";
import { TracewireError } from "../errors.ts";
import type { Seed } from "./request.ts";
import type { TraceData } from "./trace.ts";
import type { TransferTable } from "./transfer-table.ts";

export const SEED_FORMS = "theft, address, address@order=amount, txid, txid:vout or txid:vout=amount; several with commas";
const SEEDS_MAX = 1_000;
/** The field of a question that a seed stands in, wherever it was typed. */
const FROM = "from";

/** What the case file says of a theft: who took it, in which transactions, from whom. */
export type TheftSeeds = { taken_in: readonly string[]; taken_by: readonly string[]; taken_from: readonly string[] };

export type SeedContext = {
  data: TraceData;
  asset?: string;
  /** Claims of a theft by its id or name; undefined when the case file has no such theft. */
  theft?(name: string): TheftSeeds | undefined;
};

/** Throws BAD_ARGUMENT where a part has none of the forms, NOT_FOUND where the data does not hold it. */
export function readSeeds(text: string, context: SeedContext): Seed[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.length > SEEDS_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `${parts.length} seeds; the most is ${SEEDS_MAX}`, where: FROM });
  return parts.flatMap((part) => readSeed(part, context));
}

function readSeed(text: string, context: SeedContext): Seed[] {
  const { data, asset } = context;
  const [, name, amount] = /^(.*?)(?:=(\d+))?$/s.exec(text)!;
  if (!name) throw new TracewireError("BAD_ARGUMENT", { what: "A seed is missing", where: FROM, hint: SEED_FORMS });
  if (amount === undefined && /=/.test(text))
    throw new TracewireError("BAD_ARGUMENT", { what: `"${text}": an amount is a whole number of base units`, where: FROM });

  const [, holder, order] = /^(.+?)(?:@([\d.]+))?$/.exec(name)!;
  if (order !== undefined) {
    if (amount === undefined) throw new TracewireError("BAD_ARGUMENT", { what: `"${text}" names no amount`, where: FROM, hint: SEED_FORMS });
    if (data.kind === "utxo")
      throw new TracewireError("BAD_ARGUMENT", { what: `"${text}": these transactions have outputs; name txid:vout=amount`, where: FROM });
    const address = asHeld(holder!, data) ?? notHeld(holder!);
    const account = data.table.accountsOf(address).find((one) => asset === undefined || data.table.account(one).asset === asset);
    const chain = account === undefined ? undefined : data.table.account(account).chain;
    return [{ kind: "account", address, asset, row: rowOfOrder(data.table, order, chain), amount: BigInt(amount) }];
  }
  const output = /^(.+):(\d+)$/.exec(name);
  if (output && data.kind === "utxo" && data.graph.numberOf(output[1]!) !== undefined)
    return [{ kind: "output", txid: output[1]!, vout: Number(output[2]), ...(amount === undefined ? {} : { amount: BigInt(amount) }) }];
  if (amount !== undefined)
    throw new TracewireError("BAD_ARGUMENT", { what: `"${text}": an amount needs a place: address@order=amount, or txid:vout=amount`, where: FROM, hint: SEED_FORMS });
  if (isTransaction(name, data)) return [{ kind: "transaction", txid: name }];
  const address = asHeld(name, data);
  if (address !== undefined) return [{ kind: "address", address, ...(asset === undefined ? {} : { asset }) }];
  const theft = context.theft?.(name);
  if (theft) return theftSeeds(name, theft, context);
  return notHeld(name);
}

const isTransaction = (txid: string, data: TraceData): boolean =>
  data.kind === "utxo" ? data.graph.numberOf(txid) !== undefined : data.table.rowsOfTransaction(txid).length > 0;

/** The address as the data spells it; a legal other spelling of it is it too (chains/). */
export function asHeld(text: string, data: TraceData): string | undefined {
  const isThere = (address: string) => (data.kind === "utxo" ? data.graph.outputsOf(address).length > 0 : data.table.accountsOf(address).length > 0);
  if (isThere(text)) return text;
  const reading = readAddress(text);
  const candidates = reading.outcome === "address" ? [reading.address] : reading.outcome === "several_chains" ? reading.candidates.map(({ address }) => address) : [];
  return candidates.find(isThere);
}

/** Blocks of the account's own chain count: another chain counts its own. "12" is a block, or a row where blocks are not stated; "12.3.4" is block, place in the block, place in the transaction. */
export function rowOfOrder(table: TransferTable, order: string, chain: string | undefined): number {
  const place = order.split(".").map(Number);
  const rows = Array.from({ length: table.count }, (_, row) => row);
  const hasBlocks = rows.some((row) => table.transfer(row).block !== null);
  if (!hasBlocks) {
    if (place.length > 1) throw new TracewireError("BAD_ARGUMENT", { what: `"@${order}": these transfers state no block; an order is a row`, where: FROM });
    return Math.min(place[0]!, table.count) - 1;
  }
  let last = -1;
  for (const row of rows) {
    const { chain: own, block, tx_index, index } = table.transfer(row);
    if (own !== chain) continue;
    const parts = [block ?? 0, tx_index ?? 0, index ?? 0].slice(0, place.length);
    const difference = parts.map((part, at) => part - place[at]!).find((one) => one !== 0) ?? 0;
    if (difference <= 0) last = row;
  }
  return last;
}

function theftSeeds(name: string, { taken_in, taken_by, taken_from }: TheftSeeds, context: SeedContext): Seed[] {
  const { data } = context;
  const held = taken_in.filter((txid) => isTransaction(txid, data));
  if (held.length > 0) {
    if (data.kind === "utxo" || taken_from.length === 0) return held.map((txid) => ({ kind: "transaction", txid }));
    const victims = new Set(taken_from.flatMap((address) => asHeld(address, data) ?? []));
    const rows = held.flatMap((txid) => data.table.rowsOfTransaction(txid).filter((row) => victims.has(data.table.transfer(row).from ?? "")));
    if (rows.length > 0) return [{ kind: "rows", rows, name }];
  }
  for (const addresses of [taken_from, taken_by]) {
    const seeds = addresses.flatMap((text): Seed[] => {
      const address = asHeld(text, data);
      return address === undefined ? [] : [{ kind: "address", address, ...(context.asset === undefined ? {} : { asset: context.asset }) }];
    });
    if (seeds.length > 0) return seeds;
  }
  return theftNotHeld(name);
}

export function theftNotHeld(name: string): never {
  throw new TracewireError("NOT_FOUND", {
    what: `The case file knows the theft ${name}, and names no transaction or address of it that these transfers hold`,
    where: FROM,
    hint: "Begin at an address or a transaction instead, claim one (tracewire claim THEFT taken_in TXID …, or taken_by ADDRESS), or import its transfers.",
  });
}

function notHeld(name: string): never {
  throw new TracewireError("NOT_FOUND", {
    what: `The transfers hold neither an address nor a transaction "${name}", and the case file no such theft`,
    where: FROM,
    hint: `A seed is a ${SEED_FORMS}. Check its spelling, or import what is missing.`,
  });
}
