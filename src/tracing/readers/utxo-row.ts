// One transaction with inputs and outputs, into the row that a set keeps.
import type { UtxoCells } from "../set-row.ts";
import { readAmount, readNumber, readTime, readTxid, type Names } from "./fields.ts";
import { cellText } from "./lines.ts";
import { refuseField, type Place, type ReadReport } from "./reader.ts";

const TRANSACTION_FIELDS = new Set(["chain", "txid", "time", "block", "tx_index", "inputs", "outputs"]);
const INPUT_FIELDS = new Set(["txid", "vout", "value", "address", "addresses", "external"]);
const OUTPUT_FIELDS = new Set(["value", "address"]);
const PARTS_MAX = 2_000_000;

/** `value` has DESIGN's shape: { txid, time, block?, inputs, outputs }; values are whole base units, numbers or text. */
export function utxoRow(value: Record<string, unknown>, place: Place, names: Names, report: ReadReport): Record<string, string> {
  const text = (field: string) => cellText(Object.hasOwn(value, field) ? value[field] : "", place, field);
  const chain = names.chain(text("chain"), place);
  const txid = readTxid(text("txid"), place);
  if (txid === "") refuseField(place, "txid", "it is empty");
  countUnknown(value, TRANSACTION_FIELDS, "", report);
  const inputs = listOf(value.inputs, place, "inputs").map((input, at): UtxoCells["inputs"][number] => {
    const field = `inputs[${at}]`;
    const cell = (name: string) => cellText(Object.hasOwn(input, name) ? input[name] : "", place, `${field}.${name}`);
    countUnknown(input, INPUT_FIELDS, "inputs.", report);
    const addresses = addressesOf(input, chain, names, place, field);
    const stated = cell("value");
    const amount = stated === "" ? undefined : readAmount(stated, place, `${field}.value`);
    if (input.external === true) {
      if (amount === undefined) refuseField(place, `${field}.value`, "money from outside needs its value");
      return { ...addresses, external: true, value: amount };
    }
    const spent = readTxid(cell("txid"), place, `${field}.txid`);
    const vout = readNumber(cell("vout"), place, `${field}.vout`);
    if (spent === "" || vout === "") refuseField(place, field, "txid and vout say what it spends", 'New or unknown money is { "external": true, "value": … }.');
    return { ...addresses, txid: spent, ...(amount === undefined ? {} : { value: amount }), vout: Number(vout) };
  });
  const outputs = listOf(value.outputs, place, "outputs").map((output, at): UtxoCells["outputs"][number] => {
    const field = `outputs[${at}]`;
    const cell = (name: string) => cellText(Object.hasOwn(output, name) ? output[name] : "", place, `${field}.${name}`);
    countUnknown(output, OUTPUT_FIELDS, "outputs.", report);
    const address = names.address(cell("address"), chain, place, `${field}.address`);
    return { ...(address === "" ? {} : { address }), value: readAmount(cell("value"), place, `${field}.value`) };
  });
  // In the order of canonical JSON: see UTXO_COLUMNS; so are the members above.
  return {
    block: readNumber(text("block"), place, "block"),
    chain,
    inputs: JSON.stringify(inputs),
    outputs: JSON.stringify(outputs),
    time: readTime(text("time"), place, "time"),
    tx_index: readNumber(text("tx_index"), place, "tx_index"),
    txid,
  };
}

function addressesOf(input: Record<string, unknown>, chain: string, names: Names, place: Place, field: string): { addresses?: string[] } {
  const given = input.addresses ?? (input.address === undefined || input.address === null ? [] : [input.address]);
  if (!Array.isArray(given)) return refuseField(place, `${field}.addresses`, "a list is wanted");
  const addresses = given.map((item) => names.address(cellText(item, place, `${field}.addresses`), chain, place, `${field}.addresses`)).filter((item) => item !== "");
  return addresses.length === 0 ? {} : { addresses };
}

function listOf(value: unknown, place: Place, field: string): Record<string, unknown>[] {
  if (!Array.isArray(value)) return refuseField(place, field, "a list is wanted");
  if (value.length > PARTS_MAX) return refuseField(place, field, `more than ${PARTS_MAX} of them`);
  for (const [at, item] of value.entries())
    if (typeof item !== "object" || item === null || Array.isArray(item)) refuseField(place, `${field}[${at}]`, "an object is wanted");
  return value as Record<string, unknown>[];
}

function countUnknown(value: Record<string, unknown>, known: ReadonlySet<string>, prefix: string, report: ReadReport): void {
  for (const key of Object.keys(value)) if (!known.has(key)) report.unknown_fields[`${prefix}${key}`] = (report.unknown_fields[`${prefix}${key}`] ?? 0) + 1;
}
