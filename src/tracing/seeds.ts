// A seed as it was asked for becomes account numbers and rows, or outputs. What the data does not hold is refused by name.
import { TracewireError } from "../errors.ts";
import type { Seed } from "./request.ts";
import { unbackedLots, type AccountSeeds } from "./trace-accounts.ts";
import type { OutputSeeds } from "./trace-utxo.ts";
import { NOBODY, type TransferTable } from "./transfer-table.ts";
import { outputName, type UtxoGraph } from "./utxo-graph.ts";

export function accountSeeds(table: TransferTable, seeds: readonly Seed[]): AccountSeeds {
  const sources = new Set<number>();
  const rows = new Set<number>();
  const lots: { account: number; row: number; amount: bigint }[] = [];
  for (const seed of seeds)
    switch (seed.kind) {
      case "address":
        for (const account of accountsFor(table, seed.address, seed.asset)) sources.add(account);
        break;
      case "account": {
        const found = accountsFor(table, seed.address, seed.asset);
        if (found.length > 1)
          throw new TracewireError("BAD_ARGUMENT", {
            what: `${seed.address} has ${found.length} assets, and an amount is of one`,
            hint: `Name it with --asset: ${found.map((account) => table.account(account).asset).join(", ")}`,
          });
        lots.push({ account: found[0]!, row: seed.row, amount: seed.amount });
        break;
      }
      case "rows":
        for (const row of bringing(table, seed.rows, seed.name)) rows.add(row);
        break;
      case "transaction": {
        const found = table.rowsOfTransaction(seed.txid).filter((row) => table.to[row] !== NOBODY);
        if (found.length === 0) notHeld(`the transaction ${seed.txid}`);
        for (const row of bringing(table, found, seed.txid)) rows.add(row);
        break;
      }
      case "output":
        throw new TracewireError("BAD_ARGUMENT", {
          what: `${outputName(seed.txid, seed.vout)} is an output, and these transfers are between accounts`,
          hint: "Name an address, address@order=amount, or a txid.",
        });
    }
  return { sources: [...sources], rows: [...rows].sort((a, b) => a - b), lots: unbackedLots(table, lots) };
}

export function outputSeeds(graph: UtxoGraph, seeds: readonly Seed[]): OutputSeeds {
  const found = new Map<string, OutputSeeds[number]>();
  const add = (transaction: number, vout: number, amount?: bigint): void => {
    const { txid, outputs } = graph.transactions[transaction]!;
    const name = outputName(txid, vout);
    const output = outputs[vout];
    if (!output) notHeld(`the output ${name}; the transaction has ${outputs.length}`);
    if (amount !== undefined && amount > output.value)
      throw new TracewireError("BAD_ARGUMENT", { what: `${name} is ${output.value}, less than the ${amount} asked for` });
    const value = amount ?? output.value;
    if (value > (found.get(name)?.amount ?? 0n)) found.set(name, { transaction, vout, amount: value });
  };
  for (const seed of seeds)
    switch (seed.kind) {
      case "transaction":
      case "output": {
        const transaction = graph.numberOf(seed.txid) ?? notHeld(`the transaction ${seed.txid}`);
        if (seed.kind === "output") add(transaction, seed.vout, seed.amount);
        else graph.transactions[transaction]!.outputs.forEach((_, vout) => add(transaction, vout));
        break;
      }
      case "address": {
        const outputs = graph.outputsOf(seed.address);
        if (outputs.length === 0) notHeld(`the address ${seed.address}`);
        for (const { transaction, vout } of outputs) add(transaction, vout);
        break;
      }
      default:
        throw new TracewireError("BAD_ARGUMENT", {
          what: "These are transactions with inputs and outputs, where a seed is an output",
          hint: "Name a txid, txid:vout=amount, or an address.",
        });
    }
  return [...found.values()];
}

/** A payment to oneself brings its taker nothing that was not there, so it is no seed (decisions/0021). */
function bringing(table: TransferTable, rows: readonly number[], name: string): readonly number[] {
  const taken = rows.filter((row) => table.to[row] !== NOBODY);
  const found = taken.filter((row) => table.from[row] !== table.to[row]);
  if (found.length === 0 && taken.length > 0)
    throw new TracewireError("BAD_ARGUMENT", {
      what: `${name} moves nothing from one account to another: it is a payment to oneself`,
      hint: `Name the address, or an amount in it: ${table.addressOf(table.to[taken[0]!]!)}@order=amount.`,
    });
  return found;
}

function accountsFor(table: TransferTable, address: string, asset?: string): readonly number[] {
  const found = table.accountsOf(address).filter((account) => asset === undefined || table.account(account).asset === asset);
  if (found.length === 0) notHeld(asset === undefined ? `the address ${address}` : `the address ${address} with the asset ${asset}`);
  return found;
}

function notHeld(what: string): never {
  throw new TracewireError("NOT_FOUND", { what: `The transfers do not hold ${what}`, hint: "Check the address, or import what is missing." });
}
