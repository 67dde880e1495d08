// What both kinds of chain share in GraphSense's shapes: amounts, places in time, tokens, and what each kind must answer.
import { isNative } from "./ledger-data.ts";

export type GraphsenseAsk = {
  call: "stats" | "search" | "address" | "address_txs" | "neighbors" | "links" | "entity" | "entity_addresses" | "tx" | "token_txs" | "tx_io" | "spent_in" | "spending";
  currency?: string;
  /** Of an address, or of the entity with that number. */
  address?: string;
  entity?: number;
  tx_hash?: string;
  other?: string | number;
  direction?: "in" | "out";
  min_height?: number;
  max_height?: number;
  order?: "asc" | "desc";
  only?: (string | number)[];
  include_io?: boolean;
  include_labels?: boolean;
  io?: "inputs" | "outputs";
  io_index?: number;
  token_tx_id?: number;
  token_currency?: string;
  q?: string;
  limit?: number;
  /** Labels of tagged addresses of this currency. */
  labels?: Record<string, string[]>;
  /** Items before this page. */
  after?: number;
  count?: number;
  now_s?: number;
};

export type Whole = { readonly whole: bigint };
export const values = (value: bigint) => ({ fiat_values: [], value: { whole: value } satisfies Whole });

/** Height and time are whole numbers in that interface: 0 where the source states none. */
export const heightOf = (block: number | null): number => block ?? 0;
export const timestampOf = (time: string | null): number => (time === null ? 0 : Math.floor(Date.parse(time) / 1_000));

/** What both kinds of chain answer: plain values with `Whole` for amounts. A node is an address, or an entity. */
export type World = {
  numberOf(address: string): number | undefined;
  has(number: number): boolean;
  entityOf(address: number): number;
  address(number: number): object;
  entity(number: number, labels: Record<string, string[]>): object;
  members(entity: number): readonly number[];
  addressName(number: number): string;
  txs(node: number, by: NodeKind, ask: GraphsenseAsk): object[];
  neighbors(node: number, by: NodeKind, direction: "in" | "out"): { node: number; value: bigint; tokens: Map<string, bigint>; transactions: number }[];
  links(from: number, to: number, by: NodeKind): object[];
  tx(hash: string, ask: GraphsenseAsk): object | undefined;
  tokenTxs(hash: string): object[] | undefined;
  io(hash: string, io: "inputs" | "outputs"): object[] | undefined;
  references(hash: string, which: "spent_in" | "spending", io_index: number | undefined): object[] | undefined;
  search(q: string, limit: number): { addresses: string[]; txs: string[] };
  stats(labels: Record<string, string[]>): object;
};
export type NodeKind = "address" | "entity";

type Placed = { height: number };

/** Within heights, newest first unless asked otherwise; `all` is oldest first. */
export function ordered<T extends object>(all: readonly T[], { min_height = 0, max_height = Infinity, order = "desc" }: GraphsenseAsk): T[] {
  const chosen = all.filter((item) => (item as unknown as Placed).height >= min_height && (item as unknown as Placed).height <= max_height);
  return order === "asc" ? chosen : chosen.reverse();
}

export const tagCount = (names: readonly string[], labels: Record<string, string[]>): number =>
  names.reduce((sum, name) => sum + (Object.hasOwn(labels, name) ? labels[name]!.length : 0), 0);

export const tokenValues = (tokens: ReadonlyMap<string, bigint>) => Object.fromEntries([...tokens].map(([asset, value]) => [asset, values(value)]));

/** Sums of tokens, never of a chain's own coin. */
export function addToken(tokens: Map<string, bigint>, chain: string, asset: string, amount: bigint): boolean {
  if (isNative(asset, chain)) return false;
  tokens.set(asset, (tokens.get(asset) ?? 0n) + amount);
  return true;
}
