// Transactions of several parties have shapes: equal outputs, known denominations. A shape is a resemblance and no proof;
// each names the rule it fits and, where its author states one, a confidence from 0 to 100. Rules: BlockSci
// (Kalodner et al. 2020, `isCoinjoin`), GraphSense (heuristics for Wasabi, Whirlpool, JoinMarket, Stonewall), and for
// PayJoin the unnecessary input of BIP 78. Values are satoshis, so the rules with amounts mean Bitcoin.
import { addressesOfInput } from "./address-numbers.ts";
import type { UtxoTransaction } from "../transfer.ts";
import type { UtxoGraph } from "../utxo-graph.ts";

export const SHAPES = {
  whirlpool: "CoinJoin of Whirlpool (Samourai)",
  wasabi_2: "CoinJoin of Wasabi 2 (WabiSabi)",
  wasabi_1: "CoinJoin of Wasabi 1 (ZeroLink)",
  joinmarket: "CoinJoin of JoinMarket",
  stonewall: "two equal outputs, as a CoinJoin of two or one wallet’s imitation of it (Stonewall)",
  coinjoin: "CoinJoin",
  payjoin: "PayJoin, as it is known to be",
  possible_payjoin: "perhaps a PayJoin",
  whirlpool_tx0: "preparation of a Whirlpool CoinJoin (Tx0)",
} as const;
export type ShapeName = keyof typeof SHAPES;

export type Shape = {
  shape: ShapeName;
  /** What of the transaction fits, in words. */
  why: string;
  /** 0 to 100 as the rule's author states it; null where nobody does. */
  confidence: number | null;
};

/** Inputs of these are of several owners, so that nobody may be named for all of them. */
export const SHARED_SHAPES: ReadonlySet<ShapeName> = new Set(["whirlpool", "wasabi_2", "wasabi_1", "joinmarket", "stonewall", "coinjoin", "payjoin"]);

type Side = { value: number; address: string };
type Parts = {
  inputs: Side[];
  outputs: Side[];
  /** Outputs that pay nobody (OP_RETURN). */
  unpayable: number;
  /** Distinct addresses. */
  payers: number;
  payees: number;
};

/** `payjoins`: ids of transactions that are known to be PayJoins, by somebody's word. */
export type ShapeOptions = { payjoins?: ReadonlySet<string> };

/** The shape of a transaction as it states itself; inputs without value or address leave most rules undecided. */
export function shapeOf(transaction: UtxoTransaction, options: ShapeOptions = {}): Shape | undefined {
  return shapeOfParts(
    transaction,
    transaction.inputs.map((input) => ({ value: input.value, addresses: input.addresses })),
    options,
  );
}

/** The same with what the data knows of the outputs that it spends. */
export function shapeIn(graph: UtxoGraph, number: number, options: ShapeOptions = {}): Shape | undefined {
  const values = graph.inputValues(number);
  return shapeOfParts(
    graph.transactions[number]!,
    values.map((value, at) => ({ value, addresses: addressesOfInput(graph, number, at) })),
    options,
  );
}

function shapeOfParts(
  transaction: UtxoTransaction,
  inputs: readonly { value: bigint | null; addresses: readonly string[] }[],
  { payjoins }: ShapeOptions,
): Shape | undefined {
  if (payjoins?.has(transaction.txid)) return { shape: "payjoin", why: "somebody who took part, or a list, says so", confidence: null };
  if (inputs.length === 0) return undefined;
  // A rule that reads amounts needs all of them; an input whose value is not known leaves the transaction undecided.
  if (inputs.some(({ value, addresses }) => value === null || addresses.length === 0)) return undefined;
  const taken = inputs.map(({ value, addresses }) => ({ value: Number(value), address: addresses.join("+") }));
  const paid = transaction.outputs.flatMap(({ value, address }) => (address === null ? [] : [{ value: Number(value), address }]));
  const parts: Parts = {
    inputs: taken,
    outputs: paid,
    unpayable: transaction.outputs.length - paid.length,
    payers: new Set(taken.map(({ address }) => address)).size,
    payees: new Set(paid.map(({ address }) => address)).size,
  };
  if (paid.length === 0) return undefined;
  for (const rule of RULES) {
    const shape = rule(parts);
    if (shape) return shape;
  }
  return undefined;
}

const DUST = new Set([546, 2730]);

/** The commonest value and how often it stands there; of two equally common ones, the larger. */
function commonest(sides: readonly Side[]): { value: number; count: number } {
  const counts = new Map<number, number>();
  for (const { value } of sides) counts.set(value, (counts.get(value) ?? 0) + 1);
  let [value, count] = [0, 0];
  for (const [other, times] of counts) if (times > count || (times === count && other > value)) [value, count] = [other, times];
  return { value, count };
}

const topShare = (sides: readonly Side[]): number => {
  const counts = new Map<string, number>();
  for (const { address } of sides) counts.set(address, (counts.get(address) ?? 0) + 1);
  return Math.max(...counts.values()) / sides.length;
};

const POOLS = [
  [100_000, 5_000],
  [1_000_000, 50_000],
  [5_000_000, 175_000],
  [50_000_000, 1_750_000],
] as const;
const [FEE_MIN, FEE_MAX] = [100, 110_000];

/** Five to eight inputs and as many outputs of one pool's size; one to four newcomers pay the miners for all. */
function whirlpool({ inputs, outputs, payers, payees }: Parts): Shape | undefined {
  const count = inputs.length;
  if (count < 5 || count > 8 || outputs.length !== count || payers !== count || payees !== count) return undefined;
  const pool = POOLS.find(([size]) => outputs.every(({ value }) => value === size))?.[0];
  if (pool === undefined) return undefined;
  const extra = inputs.map(({ value }) => value - pool).filter((more) => more !== 0);
  if (extra.length < 1 || extra.length > 4 || extra.some((more) => more < FEE_MIN || more > FEE_MAX)) return undefined;
  return { shape: "whirlpool", why: `${count} outputs of ${pool} from ${count} inputs, ${extra.length} of them new to the pool`, confidence: 60 };
}

/** Twenty inputs or more, nobody with more than a tenth of them, and at least three sizes that stand there more than once. */
function wasabi2({ inputs, outputs, payees }: Parts): Shape | undefined {
  if (inputs.length < 20 || topShare(inputs) > 0.1 || payees !== outputs.length) return undefined;
  if (outputs.some(({ value }) => value < 5_000)) return undefined;
  const counts = Map.groupBy(outputs, ({ value }) => value);
  const sizes = [...counts].filter(([, same]) => same.length >= 2);
  const repeated = sizes.reduce((sum, [, same]) => sum + same.length, 0);
  if (sizes.length < 3 || repeated < (outputs.length - 1) / 2 || repeated === outputs.length) return undefined;
  return { shape: "wasabi_2", why: `${inputs.length} inputs; ${repeated} of ${outputs.length} outputs have one of ${sizes.length} repeated values`, confidence: 60 };
}

const SIZE = 10_000_000;
const SIZE_SPREAD = 500_000;

/** Ten inputs or more and equal outputs within 5 % of 0.1 BTC, at least half of all but the coordinator's. */
function wasabi1({ inputs, outputs, payers, payees }: Parts): Shape | undefined {
  if (inputs.length < 10 || topShare(inputs) > 0.1 || payees !== outputs.length) return undefined;
  const near = outputs.filter(({ value }) => Math.abs(value - SIZE) <= SIZE_SPREAD);
  if (near.length === 0) return undefined;
  const { value, count } = commonest(near);
  if (count < 3 || count < (outputs.length - 1) / 2 || payers < count || payers > 7 * count) return undefined;
  // A small round that is an even split of one sum is a batch of payments.
  if (inputs.length < 20) {
    const sum = outputs.reduce((total, output) => total + output.value, 0);
    const size = commonest(outputs).value;
    const parts = Math.round(sum / size);
    if (parts > 0 && Math.abs(sum - parts * size) / sum <= 0.0001) return undefined;
  }
  return { shape: "wasabi_1", why: `${count} equal outputs of ${value}, near 0.1 BTC, from ${inputs.length} inputs`, confidence: 70 };
}

/** Three equal outputs or more, at least half of all, and change beside them. */
function joinmarket({ inputs, outputs, payers, payees }: Parts): Shape | undefined {
  const candidates = outputs.filter(({ value }) => value > 2_730);
  if (candidates.length === 0 || payees !== outputs.length) return undefined;
  const { value, count } = commonest(candidates);
  if (count < 3 || count < outputs.length / 2 || count > payers || count === outputs.length) return undefined;
  if (inputs.length >= 50 && (inputs.length / count > 20 || outputs.length / count < 1.7)) return undefined;
  return { shape: "joinmarket", why: `${count} equal outputs of ${value} among ${outputs.length}, paid from ${payers} addresses`, confidence: 49 };
}

/** BlockSci: as many equal outputs as there can be participants, each with a spend and a change, and payers enough. */
function blocksci({ inputs, outputs, unpayable, payers }: Parts): Shape | undefined {
  const all = outputs.length + unpayable;
  const participants = Math.floor((all + 1) / 2);
  if (inputs.length < 2 || all < 3 || participants > inputs.length || participants > payers) return undefined;
  const { value, count } = commonest(outputs);
  if (count !== participants || DUST.has(value)) return undefined;
  const shape = isStonewall(outputs) ? "stonewall" : "coinjoin";
  return { shape, why: `${count} equal outputs of ${value} for ${participants} participants, paid from ${payers} addresses`, confidence: null };
}

/** Three or four outputs to as many addresses, exactly two of them equal. */
function isStonewall(outputs: readonly Side[]): boolean {
  if (outputs.length < 3 || outputs.length > 4 || new Set(outputs.map(({ address }) => address)).size !== outputs.length) return false;
  return new Set(outputs.map(({ value }) => value)).size === outputs.length - 1 && commonest(outputs).value >= 5_000;
}

/** One output without payee, one fee of the coordinator, and the rest one pool's size with the miners' fee on top. */
function whirlpoolTx0({ outputs, unpayable }: Parts): Shape | undefined {
  if (unpayable !== 1 || outputs.length < 2) return undefined;
  for (const [pool, fee] of POOLS) {
    const premix = outputs.filter(({ value }) => value >= pool + FEE_MIN && value <= pool + FEE_MAX);
    if (premix.length === 0) continue;
    const { value, count } = commonest(premix);
    const fees = outputs.filter((output) => output.value >= fee / 2 && output.value <= fee * 3);
    if (count > 70 || count < outputs.length - 2 || fees.length !== 1) continue;
    return { shape: "whirlpool_tx0", why: `${count} outputs of ${value} for the pool of ${pool}, and its fee`, confidence: 60 };
  }
  return undefined;
}

/**
 * Two outputs, several payers, and an input that neither output needed: without the smallest input the rest still pays
 * the larger output and the fee. A wallet that consolidates does that too, so by itself it proves nothing (BIP 78 names
 * the heuristic and how a PayJoin avoids it).
 */
function possiblePayjoin({ inputs, outputs, unpayable, payers }: Parts): Shape | undefined {
  if (outputs.length !== 2 || unpayable > 0 || payers < 2) return undefined;
  const taken = inputs.reduce((sum, { value }) => sum + value, 0);
  const fee = taken - outputs[0]!.value - outputs[1]!.value;
  const smallest = inputs.reduce((least, { value }) => Math.min(least, value), Infinity);
  if (fee < 0 || taken - smallest < Math.max(outputs[0]!.value, outputs[1]!.value) + fee) return undefined;
  return { shape: "possible_payjoin", why: `its smallest input, ${smallest}, was needed for neither output`, confidence: null };
}

const RULES = [whirlpool, wasabi2, wasabi1, joinmarket, blocksci, whirlpoolTx0, possiblePayjoin];
