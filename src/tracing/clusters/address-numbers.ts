// Addresses of transactions by number, in the order in which the data first shows them: inputs before outputs within a
// transaction. An input with several addresses (bare multisig) or with none has no number: nobody can be named for it.
import { TracewireError } from "../../errors.ts";
import { isExternal, type UtxoTransaction } from "../transfer.ts";
import type { UtxoGraph } from "../utxo-graph.ts";

export const NO_ADDRESS = -1;

export type AddressNumbers = {
  addresses: readonly string[];
  /** CAIP-2 of each, as its transactions state it. */
  chains: readonly string[];
  /** Undefined where the data does not show it. Throws BAD_ARGUMENT where it stands on several chains and none is named. */
  numberOf(address: string, chain?: string): number | undefined;
  /** By place of the input or output; NO_ADDRESS where there is none, or more than one. */
  ofInputs(transaction: number): Int32Array;
  ofOutputs(transaction: number): Int32Array;
};

export function numberAddresses(graph: UtxoGraph): AddressNumbers {
  const numbers = new Map<string, number>();
  const addresses: string[] = [];
  const chains: string[] = [];
  const number = (address: string, chain: string): number => {
    const key = `${chain} ${address}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, addresses.length);
    chains.push(chain);
    return addresses.push(address) - 1;
  };
  const { transactions } = graph;
  const inputs = startsOf(transactions, ({ inputs }) => inputs.length);
  const outputs = startsOf(transactions, ({ outputs }) => outputs.length);
  for (const [at, transaction] of transactions.entries()) {
    for (let input = 0; input < transaction.inputs.length; input++) {
      const owners = addressesOfInput(graph, at, input);
      inputs.values[inputs.starts[at]! + input] = owners.length === 1 ? number(owners[0]!, transaction.chain) : NO_ADDRESS;
    }
    for (const [vout, { address }] of transaction.outputs.entries())
      outputs.values[outputs.starts[at]! + vout] = address === null ? NO_ADDRESS : number(address, transaction.chain);
  }
  const known = [...new Set(chains)];
  return {
    addresses,
    chains,
    numberOf(address, chain) {
      const found = (chain === undefined ? known : [chain]).flatMap((id) => numbers.get(`${id} ${address}`) ?? []);
      if (found.length > 1)
        throw new TracewireError("BAD_ARGUMENT", {
          what: `${address} stands on several chains in this data, and each is an address of its own`,
          hint: `Name the chain: ${found.map((item) => `${chains[item]}:${address}`).join(", ")}`,
        });
      return found[0];
    },
    ofInputs: (at) => inputs.values.subarray(inputs.starts[at], inputs.starts[at + 1]),
    ofOutputs: (at) => outputs.values.subarray(outputs.starts[at], outputs.starts[at + 1]),
  };
}

/** As the input states them; else of the output that it spends, where the data has that. */
export function addressesOfInput(graph: UtxoGraph, transaction: number, at: number): readonly string[] {
  const input = graph.transactions[transaction]!.inputs[at]!;
  if (input.addresses.length > 0 || isExternal(input)) return input.addresses;
  const maker = graph.numberOf(input.txid);
  const address = maker === undefined ? null : graph.transactions[maker]!.outputs[input.vout]!.address;
  return address === null ? [] : [address];
}

function startsOf(transactions: readonly UtxoTransaction[], count: (transaction: UtxoTransaction) => number): { starts: Int32Array; values: Int32Array } {
  const starts = new Int32Array(transactions.length + 1);
  for (const [at, transaction] of transactions.entries()) starts[at + 1] = starts[at]! + count(transaction);
  return { starts, values: new Int32Array(starts[transactions.length]!) };
}
