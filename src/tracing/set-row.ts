// How a set keeps its rows: plain records of text, as every dataset does, in one spelling for each value, so that the
// same transfers have the same Merkle root whichever file they came from. Also: what makes two rows one, and their order.
import { AMOUNT_MAX, lateness, type Transfer, type TransferKind, type UtxoInput, type UtxoTransaction } from "./transfer.ts";

export type SetKind = "accounts" | "utxo";
export type SetRow = Readonly<Record<string, string>>;

/** A row that crosses a bridge also has a `message`, between kind and time. In the order of canonical JSON (RFC 8785), so that JSON.stringify of a record made in it is canonical. */
export const ACCOUNT_COLUMNS = ["amount", "asset", "block", "chain", "from", "index", "kind", "time", "to", "tx_index", "txid"] as const;
export const UTXO_COLUMNS = ["block", "chain", "inputs", "outputs", "time", "tx_index", "txid"] as const;

/** What rows of a set are put in order by: blocks where they state them, else times, else the file's own order. */
export const ORDERS = ["block", "time", "file"] as const;
export type RowOrder = (typeof ORDERS)[number];

export const rowText = (row: SetRow): string => JSON.stringify(row);

/** Where a row stands in its chain; rows of equal place are told apart by `compareInPlace`. */
export function placeOf(row: SetRow, order: RowOrder): number | undefined {
  if (order === "file") return 0;
  if (order === "block") return row.block === "" ? undefined : Number(row.block);
  return row.time === "" ? undefined : Date.parse(row.time!);
}

export const orderOf = (row: SetRow): RowOrder => (row.block !== "" ? "block" : row.time !== "" ? "time" : "file");

/**
 * What names a row: two rows with the same name are one row, and have to say the same. `single` is false where the source
 * gives no index: then the k-th such row of one file is the k-th of another. Rows without txid have no name but what they
 * say.
 *
 * The asset belongs to the name because a coin's moves and a token's are numbered apart (traces and logs of Ethereum).
 * A fee is paid once for a transaction, however many of its rows repeat it.
 */
export function nameOf(row: SetRow, kind: SetKind): { name: string; single: boolean } {
  if (kind === "utxo") return { name: `${row.chain} ${row.txid}`, single: true };
  if (row.txid === "") return { name: rowText(row), single: false };
  if (row.kind === "fee") return { name: `${row.chain} ${row.txid} fee ${row.asset}`, single: true };
  if (row.index !== "") return { name: `${row.chain} ${row.txid} ${row.index} ${row.kind} ${row.asset}`, single: true };
  return { name: `${row.chain} ${row.txid} ${row.kind} ${row.from} ${row.to} ${row.asset} ${row.amount}`, single: false };
}

export type Ordered = { row: SetRow; text: string; sequence: number };

/**
 * Rows of one chain and one place. A row that states its index is ordered by it, and by what it says; one that does not
 * keeps its place in the file. Fees stand last in their transaction: they are paid from what is left.
 */
export function compareInPlace(kind: SetKind): (a: Ordered, b: Ordered) => number {
  if (kind === "utxo") return (a, b) => number(a.row.tx_index!) - number(b.row.tx_index!) || compareText(a.row.txid!, b.row.txid!);
  return (a, b) =>
    placeInBlock(a.row) - placeInBlock(b.row) ||
    // Only where the transaction's own place is stated do its rows stand together, and is its end known.
    (a.row.tx_index === "" ? 0 : lateness(a.row.kind!) - lateness(b.row.kind!)) ||
    number(a.row.index!) - number(b.row.index!) ||
    (a.row.index === "" || a.row.tx_index === "" ? a.sequence - b.sequence : compareText(a.text, b.text));
}

/** What no transaction brings comes after all of them: rewards and withdrawals are paid at a block's end. */
const placeInBlock = ({ tx_index, kind }: SetRow): number => (tx_index === "" && kind === "reward" ? Number.MAX_SAFE_INTEGER : number(tx_index!));
const number = (text: string): number => (text === "" ? -1 : Number(text));
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const nullable = (text: string): string | null => (text === "" ? null : text);
const whole = (text: string): number | null => (text === "" ? null : Number(text));

export function toTransfer(row: SetRow, name: string): Transfer {
  return {
    chain: row.chain!,
    txid: row.txid!,
    block: whole(row.block!),
    tx_index: whole(row.tx_index!),
    index: whole(row.index!),
    kind: row.kind as TransferKind,
    time: nullable(row.time!),
    from: nullable(row.from!),
    to: nullable(row.to!),
    asset: row.asset!,
    amount: BigInt(row.amount!),
    ...(row.message ? { message: row.message } : {}),
    row: name,
  };
}

/** Inputs and outputs as a row's cell has them: values as text. */
export type UtxoCells = {
  inputs: ({ txid: string; vout: number; value?: string; addresses?: string[] } | { external: true; value: string; addresses?: string[] })[];
  outputs: { value: string; address?: string }[];
};

export function toUtxoTransaction(row: SetRow, name: string): UtxoTransaction {
  const inputs = JSON.parse(row.inputs!) as UtxoCells["inputs"];
  const outputs = JSON.parse(row.outputs!) as UtxoCells["outputs"];
  return {
    chain: row.chain!,
    txid: row.txid!,
    time: nullable(row.time!),
    block: whole(row.block!),
    tx_index: whole(row.tx_index!),
    inputs: inputs.map(
      (input): UtxoInput =>
        "external" in input
          ? { external: true, value: BigInt(input.value), addresses: input.addresses ?? [] }
          : {
              txid: input.txid,
              vout: input.vout,
              value: input.value === undefined ? null : BigInt(input.value),
              addresses: input.addresses ?? [],
            },
    ),
    outputs: outputs.map(({ value, address }) => ({ value: BigInt(value), address: address ?? null })),
    row: name,
  };
}

const DIGITS_MAX = AMOUNT_MAX.toString().length;

/** Whether a decimal of digits alone is at most 2^256 - 1. */
export const isAmount = (digits: string): boolean =>
  digits.length < DIGITS_MAX || (digits.length === DIGITS_MAX && BigInt(digits) <= AMOUNT_MAX);
