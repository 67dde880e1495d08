// Which output is change: edges of their own, each with its heuristics and their confidence, never merged into a cluster.
// Rules of GraphSense (three, with confidence) and of BlockSci (sets of outputs that cannot be ruled out, to be combined;
// one is an edge only where it leaves a single output). Both read what comes later in the data too (is the address used
// again, who spends the output), so an edge holds for the data it was computed over.
import { accountsOf, readAddress } from "../../chains/chains.ts";
import { NO_ADDRESS } from "./address-numbers.ts";
import type { Clusters } from "./co-spend.ts";
import { HEURISTICS, type HeuristicName } from "./heuristics.ts";
import { SHARED_SHAPES, shapeIn } from "./shapes.ts";

export type ChangeName = Exclude<HeuristicName, "co_spend">;

export type ChangeEdge = {
  transaction: number;
  vout: number;
  /** Id of the payers' cluster; several where the transaction was left out of clustering. */
  from: readonly number[];
  /** Address number. */
  to: number;
  heuristics: readonly ChangeName[];
  /** The highest of its heuristics; null where none of them states one. */
  confidence: number | null;
};

type Uses = { firstSeen: Int32Array; incoming: Int32Array; outgoing: Int32Array };

export type ChangeContext = { clusters: Clusters; uses: Uses; scriptType(address: number): string | undefined };

/** Places of outputs in a transaction, rising. */
export type Candidates = readonly number[];
type Rule = (context: ChangeContext, transaction: number) => Candidates;

export const both = (a: Candidates, b: Candidates): Candidates => a.filter((vout) => b.includes(vout));
export const either = (a: Candidates, b: Candidates): Candidates => [...new Set([...a, ...b])].sort((one, other) => one - other);
export const without = (a: Candidates, b: Candidates): Candidates => a.filter((vout) => !b.includes(vout));
export const unique = (a: Candidates): Candidates => (a.length === 1 ? a : []);

export function changeContext(clusters: Clusters): ChangeContext {
  const { graph, numbers } = clusters;
  const count = numbers.addresses.length;
  const uses: Uses = { firstSeen: new Int32Array(count).fill(-1), incoming: new Int32Array(count), outgoing: new Int32Array(count) };
  for (let transaction = 0; transaction < graph.transactions.length; transaction++)
    for (const [side, times] of [[numbers.ofInputs(transaction), uses.outgoing], [numbers.ofOutputs(transaction), uses.incoming]] as const)
      for (const address of new Set(side)) {
        if (address === NO_ADDRESS) continue;
        times[address]!++;
        if (uses.firstSeen[address] === -1) uses.firstSeen[address] = transaction;
      }
  const types = new Map<number, string | undefined>();
  return {
    clusters,
    uses,
    scriptType(address) {
      if (!types.has(address)) types.set(address, typeOf(numbers.addresses[address]!, numbers.chains[address]!));
      return types.get(address);
    },
  };
}

/** The kind of script that an address stands for, where every chain that it may be of agrees. */
function typeOf(address: string, chain: string): string | undefined {
  const kinds = new Set(accountsOf(readAddress(address, chain === "" ? {} : { chain })).map(({ kind }) => kind));
  return kinds.size === 1 ? [...kinds][0] : undefined;
}

const paid = ({ clusters }: ChangeContext, transaction: number): number[] =>
  clusters.graph.transactions[transaction]!.outputs.flatMap(({ address }, vout) => (address === null ? [] : [vout]));
const valueOf = ({ clusters }: ChangeContext, transaction: number, vout: number): bigint => clusters.graph.transactions[transaction]!.outputs[vout]!.value;
const payee = ({ clusters }: ChangeContext, transaction: number, vout: number): number => clusters.numbers.ofOutputs(transaction)[vout]!;
const payers = ({ clusters }: ChangeContext, transaction: number): Set<number> =>
  new Set([...clusters.numbers.ofInputs(transaction)].filter((address) => address !== NO_ADDRESS));

/** The one script type of all inputs; undefined where they differ or one is not known. */
function typeOfInputs(context: ChangeContext, transaction: number): string | undefined {
  const types = new Set([...context.clusters.numbers.ofInputs(transaction)].map((address) => (address === NO_ADDRESS ? undefined : context.scriptType(address))));
  return types.size === 1 ? [...types][0] : undefined;
}

/** Undefined where a value is not known. */
function smallestInput({ clusters }: ChangeContext, transaction: number): bigint | undefined {
  const values = clusters.graph.inputValues(transaction);
  if (values.length === 0 || values.includes(null)) return undefined;
  return values.reduce((least, value) => (value! < least! ? value : least))!;
}

const reused: Rule = (context, transaction) => {
  const own = payers(context, transaction);
  return paid(context, transaction).filter((vout) => own.has(payee(context, transaction, vout)));
};

const sameType: Rule = (context, transaction) => {
  const type = typeOfInputs(context, transaction);
  if (type === undefined) return [];
  return paid(context, transaction).filter((vout) => context.scriptType(payee(context, transaction, vout)) === type);
};

const belowInputs: Rule = (context, transaction) => {
  const smallest = smallestInput(context, transaction);
  return smallest === undefined ? [] : paid(context, transaction).filter((vout) => valueOf(context, transaction, vout) < smallest);
};

const fresh: Rule = (context, transaction) =>
  paid(context, transaction).filter((vout) => context.uses.firstSeen[payee(context, transaction, vout)] === transaction);

const notMultipleOf =
  (unit: bigint): Rule =>
  (context, transaction) =>
    paid(context, transaction).filter((vout) => valueOf(context, transaction, vout) % unit !== 0n);

/** Paid once and spent from once at most, and not seen in an earlier block. */
const usedOnce: Rule = (context, transaction) => {
  const { uses, clusters } = context;
  const { transactions } = clusters.graph;
  return paid(context, transaction).filter((vout) => {
    const address = payee(context, transaction, vout);
    if (uses.incoming[address]! > 1 || uses.outgoing[address]! > 1) return false;
    const [first, here] = [transactions[uses.firstSeen[address]!]!.block, transactions[transaction]!.block];
    return first === null || here === null ? uses.firstSeen[address]! >= transaction : first >= here;
  });
};

/** Paid by one output of this transaction only. */
const paidOnceHere: Rule = (context, transaction) => {
  const times = Map.groupBy(paid(context, transaction), (vout) => payee(context, transaction, vout));
  return [...times.values()].flatMap((vouts) => (vouts.length === 1 ? vouts : [])).sort((a, b) => a - b);
};

const oneTime: Rule = (context, transaction) => {
  const count = context.clusters.graph.transactions[transaction]!.outputs.length;
  if (count < 2 || count > 10) return [];
  return unique([sameType, notMultipleOf(1_000n), belowInputs, usedOnce, paidOnceHere].map((rule) => rule(context, transaction)).reduce(both));
};

const sameCluster: Rule = (context, transaction) => {
  const { ids } = context.clusters;
  const own = new Set([...payers(context, transaction)].map((address) => ids[address]!));
  return paid(context, transaction).filter((vout) => own.has(ids[payee(context, transaction, vout)]!));
};

const looksLikePeel = ({ clusters }: ChangeContext, transaction: number | undefined): boolean => {
  const shown = transaction === undefined ? undefined : clusters.graph.transactions[transaction];
  return shown !== undefined && shown.inputs.length === 1 && shown.outputs.length === 2;
};

/** One input and two outputs, and so has the transaction before it or one behind it (BlockSci). */
export function isPeel(context: ChangeContext, transaction: number): boolean {
  if (!looksLikePeel(context, transaction)) return false;
  const { graph } = context.clusters;
  const [input] = graph.transactions[transaction]!.inputs;
  const before = "external" in input! ? undefined : graph.numberOf(input!.txid);
  return looksLikePeel(context, before) || [0, 1].some((vout) => looksLikePeel(context, graph.spender(transaction, vout)));
}

const goesOn: Rule = (context, transaction) => {
  if (!isPeel(context, transaction)) return [];
  return paid(context, transaction).filter((vout) => {
    const next = context.clusters.graph.spender(transaction, vout);
    return next === undefined || isPeel(context, next);
  });
};

const legacy: Rule = (context, transaction) => {
  const shape = shapeIn(context.clusters.graph, transaction)?.shape;
  if ((shape && SHARED_SHAPES.has(shape)) || paid(context, transaction).length < 2) return [];
  return unique(both(belowInputs(context, transaction), fresh(context, transaction)));
};

/** Outputs that each rule cannot rule out; GraphSense's three say which are change, without more. */
export const CHANGE_RULES: Record<ChangeName, Rule> = {
  one_time_change: oneTime,
  direct_change: reused,
  multi_input_change: sameCluster,
  address_reuse: reused,
  address_type: sameType,
  optimal_change: belowInputs,
  power_of_ten: notMultipleOf(1_000_000n),
  client_change_behavior: fresh,
  peeling_chain: goesOn,
  legacy,
};

const SAYS_ALL: ReadonlySet<ChangeName> = new Set(["direct_change", "multi_input_change"]);
export const CHANGE_NAMES = Object.keys(CHANGE_RULES) as ChangeName[];
/** GraphSense's, whose confidences are stated. */
export const CHANGE_DEFAULT: readonly ChangeName[] = ["one_time_change", "direct_change", "multi_input_change"];

/** Edges of one transaction; none where it makes coins, or is shaped like one of several owners. */
export function changeOf(context: ChangeContext, transaction: number, names: readonly ChangeName[] = CHANGE_DEFAULT): ChangeEdge[] {
  const own = payers(context, transaction);
  if (own.size === 0 || context.clusters.skipped.has(transaction)) return [];
  const said = new Map<number, ChangeName[]>();
  for (const name of names) {
    const candidates = CHANGE_RULES[name](context, transaction);
    for (const vout of SAYS_ALL.has(name) ? candidates : unique(candidates)) said.set(vout, [...(said.get(vout) ?? []), name]);
  }
  const from = [...new Set([...own].map((address) => context.clusters.ids[address]!))].sort((a, b) => a - b);
  return [...said]
    .sort(([a], [b]) => a - b)
    .map(([vout, heuristics]) => {
      const stated = heuristics.map((name) => HEURISTICS[name].confidence).filter((confidence) => confidence !== null);
      return { transaction, vout, from, to: payee(context, transaction, vout), heuristics, confidence: stated.length > 0 ? Math.max(...stated) : null };
    });
}
