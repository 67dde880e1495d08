// Transactions with inputs and outputs, in an order in which nothing is spent before it is made, and each output's
// spender. What cannot be (spent twice, a value that changed on the way, a circle) is refused with its rows.
import { TracewireError } from "../errors.ts";
import { isExternal, type UtxoTransaction } from "./transfer.ts";
import { createRowQueue } from "./row-queue.ts";

export type UtxoGraph = {
  /** In order: the place here is the number that everything below speaks of. */
  transactions: readonly UtxoTransaction[];
  /** Number of a transaction by its id. */
  numberOf(txid: string): number | undefined;
  /** Who spends an output; undefined when nobody in the data does. */
  spender(transaction: number, vout: number): number | undefined;
  /** Values of the inputs in order; null where the data does not say. */
  inputValues(transaction: number): readonly (bigint | null)[];
  /** Outputs paid to an address. */
  outputsOf(address: string): readonly { transaction: number; vout: number }[];
};

export const outputName = (txid: string, vout: number): string => `${txid}:${vout}`;

export function buildUtxoGraph(input: readonly UtxoTransaction[]): UtxoGraph {
  const sorted = [...input].sort((a, b) => compare(a.block, b.block) || compare(a.tx_index, b.tx_index));
  const transactions = inOrder(sorted);
  const numbers = new Map(transactions.map(({ txid }, number) => [txid, number]));
  const spenders = transactions.map(({ outputs }) => new Array<number | undefined>(outputs.length));
  for (const [number, transaction] of transactions.entries())
    for (const spent of transaction.inputs) {
      if (isExternal(spent)) continue;
      const maker = numbers.get(spent.txid);
      if (maker === undefined) continue;
      const name = outputName(spent.txid, spent.vout);
      const output = transactions[maker]!.outputs[spent.vout];
      if (!output) refuse(transaction, `It spends ${name}, and that transaction has ${transactions[maker]!.outputs.length} outputs`);
      if (spent.value !== null && spent.value !== output.value)
        refuse(transaction, `It spends ${name} as ${spent.value}, and that output is ${output.value}`);
      const other = spenders[maker]![spent.vout];
      if (other !== undefined) refuse(transaction, `It spends ${name}, which ${transactions[other]!.txid} (${transactions[other]!.row}) spends too`);
      spenders[maker]![spent.vout] = number;
    }
  let byAddress: Map<string, { transaction: number; vout: number }[]> | undefined;
  return {
    transactions,
    numberOf: (txid) => numbers.get(txid),
    spender: (transaction, vout) => spenders[transaction]?.[vout],
    inputValues: (transaction) =>
      transactions[transaction]!.inputs.map((spent) => {
        if (isExternal(spent)) return spent.value;
        const maker = numbers.get(spent.txid);
        return maker === undefined ? spent.value : transactions[maker]!.outputs[spent.vout]!.value;
      }),
    outputsOf(address) {
      byAddress ??= groupOutputs(transactions);
      return byAddress.get(address) ?? [];
    },
  };
}

const compare = (a: number | null, b: number | null): number => (a === null || b === null ? 0 : a - b);

function refuse(transaction: UtxoTransaction, what: string): never {
  throw new TracewireError("BAD_INPUT", { what, where: `${transaction.row}, transaction ${transaction.txid}` });
}

/** As given where that is possible; else each transaction as early as what it spends allows. */
function inOrder(sorted: readonly UtxoTransaction[]): UtxoTransaction[] {
  const places = new Map<string, number>();
  for (const [at, transaction] of sorted.entries()) {
    const other = places.get(transaction.txid);
    if (other !== undefined) refuse(transaction, `The same txid stands at ${sorted[other]!.row} with other contents`);
    places.set(transaction.txid, at);
  }
  const waits = sorted.map(() => 0);
  const waiting = new Map<number, number[]>();
  for (const [at, { inputs }] of sorted.entries())
    for (const maker of new Set(inputs.flatMap((spent) => (isExternal(spent) ? [] : [places.get(spent.txid)])))) {
      if (maker === undefined) continue;
      waits[at]!++;
      const others = waiting.get(maker);
      if (others) others.push(at);
      else waiting.set(maker, [at]);
    }
  const ready = createRowQueue();
  for (const [at, count] of waits.entries()) if (count === 0) ready.push(at);
  const order: UtxoTransaction[] = [];
  for (let at = ready.pop(); at !== undefined; at = ready.pop()) {
    order.push(sorted[at]!);
    for (const other of waiting.get(at) ?? []) if (--waits[other]! === 0) ready.push(other);
  }
  const stuck = waits.findIndex((count) => count > 0);
  if (stuck >= 0) refuse(sorted[stuck]!, "It spends, directly or by others, what it makes itself");
  return order;
}

function groupOutputs(transactions: readonly UtxoTransaction[]): Map<string, { transaction: number; vout: number }[]> {
  const groups = new Map<string, { transaction: number; vout: number }[]>();
  for (const [transaction, { outputs }] of transactions.entries())
    for (const [vout, { address }] of outputs.entries()) {
      if (address === null) continue;
      const group = groups.get(address);
      if (group) group.push({ transaction, vout });
      else groups.set(address, [{ transaction, vout }]);
    }
  return groups;
}
