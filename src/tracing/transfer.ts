// What a trace reads: transfers between accounts, and transactions with inputs and outputs. Amounts are base units,
// exact to 2^256. Field names are the contract of files, command line and API (docs/tracing.md).

/** What a row moves. "fee" leaves an account for whoever made the block; mint and burn have one side only. */
export const TRANSFER_KINDS = ["transfer", "internal", "fee", "mint", "burn", "reward"] as const;
export type TransferKind = (typeof TRANSFER_KINDS)[number];

export const AMOUNT_MAX = 2n ** 256n - 1n;

export type Transfer = {
  /** CAIP-2, or "" where the source names none. */
  chain: string;
  /** "" where the source has none; the transfer is then known by `row`. */
  txid: string;
  /** Where it stands in its chain; each is null where the source does not say. */
  block: number | null;
  tx_index: number | null;
  index: number | null;
  kind: TransferKind;
  /** UTC, ISO 8601, or null. */
  time: string | null;
  /** null: out of nothing (mint, reward). */
  from: string | null;
  /** null: out of sight (fee, burn). */
  to: string | null;
  /** CAIP-19, or "native" where the source names none. */
  asset: string;
  amount: bigint;
  /** Of a bridge: the protocol's own message by which it crosses to another chain, or by which it came from one. */
  message?: string;
  /** "dataset:row", counted from 1: how a transfer without txid is named. */
  row: string;
};

/**
 * By chain, then block, transaction and place in it; a fee stands last in its transaction, since it is paid from what the
 * sender still has. What is not stated on both sides decides nothing: such rows stay as they were read, and sets of
 * transfers come in an order that this leaves alone (set-row.ts).
 */
export function compareTransfers(a: Transfer, b: Transfer): number {
  if (a.chain !== b.chain) return a.chain < b.chain ? -1 : 1;
  if (a.block === null || b.block === null || a.block !== b.block) return compareNumbers(a.block, b.block);
  if (a.tx_index === null || b.tx_index === null || a.tx_index !== b.tx_index) return compareNumbers(a.tx_index, b.tx_index);
  return lateness(a.kind) - lateness(b.kind) || compareNumbers(a.index, b.index);
}

/** In a transaction its fee stands behind what it moved, and what its block's maker earned by it behind the fee. */
export const lateness = (kind: string): number => (kind === "fee" ? 1 : kind === "reward" ? 2 : 0);

const compareNumbers = (a: number | null, b: number | null): number => (a === null || b === null ? 0 : a - b);

export type UtxoInput =
  | { txid: string; vout: number; value: bigint | null; addresses: readonly string[] }
  /** Money from outside the data, of a known value; the new coins of a block are one too. */
  | { external: true; value: bigint; addresses: readonly string[] };

export type UtxoOutput = { value: bigint; address: string | null };

export type UtxoTransaction = {
  chain: string;
  txid: string;
  time: string | null;
  block: number | null;
  tx_index: number | null;
  inputs: readonly UtxoInput[];
  outputs: readonly UtxoOutput[];
  row: string;
};

export const isExternal = (input: UtxoInput): input is Extract<UtxoInput, { external: true }> => "external" in input;

/** How a transfer is named in steps and results. */
export const transferName = (transfer: Pick<Transfer, "txid" | "row" | "index">): string =>
  transfer.txid === "" ? transfer.row : transfer.index === null ? transfer.txid : `${transfer.txid}#${transfer.index}`;
