// The rows of one set between accounts as columns: what a trace reads for each row, and apart from it what only names the
// row. A row is made out of them when it is wanted. What columns cannot hold is left as rows, and read as rows.
import { joinLimbs, splitAmount } from "../fast/limbs.ts";
import { rowText, type SetRow } from "../set-row.ts";
import { lateness, transferName, TRANSFER_KINDS, type Transfer, type TransferKind } from "../transfer.ts";
import { TextBook, Texts, type TextColumns } from "./texts.ts";

export const NOBODY = -1;
/** Not stated, as a block, a place in it, a place in the transaction. */
const UNSTATED = -1;

/** Of rows, so that a trace need not look at the row itself. */
export const FEE = 1;
export const ALONE = 2;

/** Amounts of rows as limbs, high and low in turn; NaN where an amount is wider than 2^100 and stands in `wide`. */
export type RowAmounts = { limbs: Float64Array; wide: ReadonlyMap<number, bigint> };

/** What a trace reads of every row. Account numbers are in the order in which the rows first show them, giver before taker. */
export type TracedColumns = RowAmounts & {
  from: Int32Array;
  to: Int32Array;
  marks: Uint8Array;
};

/** Address and asset of each account, by number. */
export type AccountColumns = { address_of: Int32Array; asset_of: Int32Array; addresses: Texts };

/** What names a row. */
export type NameColumns = { kinds: Uint8Array; blocks: Int32Array; tx_indexes: Int32Array; indexes: Int32Array; times: Float64Array; txid_of: Int32Array; txids: Texts };

export type RowColumns = {
  count: number;
  account_count: number;
  assets: readonly { chain: string; asset: string }[];
  /** Chains of which not every row says its block and its place there; of the others the rows of a transaction stand together. */
  unplaced: readonly string[];
  /** Numbers of transactions never fall from row to row: so the rows of one stand together. */
  is_grouped: boolean;
  traced: TracedColumns;
  accounts: AccountColumns;
  names: NameColumns;
};

const PLACE_MAX = 2 ** 31 - 1;
const WIDE_MAX = 100_000;
const ASSETS_MAX = 65_536;

export type ColumnCollector = {
  /** False where the row, and so the set, cannot be held as columns. */
  add(row: SetRow): boolean;
  columns(): RowColumns & { texts: { addresses: TextColumns; txids: TextColumns } };
};

/** Rows in the order of their set; `row_count` of them. */
export function collectColumns(row_count: number): ColumnCollector {
  const ints = () => new Int32Array(row_count);
  const [from, to, blocks, tx_indexes, indexes, txid_of] = [ints(), ints(), ints(), ints(), ints(), ints()];
  const [limbs, times] = [new Float64Array(2 * row_count), new Float64Array(row_count)];
  const [marks, kinds] = [new Uint8Array(row_count), new Uint8Array(row_count)];
  const wide = new Map<number, bigint>();
  const split = new Float64Array(2);
  const [addresses, txids] = [new TextBook(), new TextBook()];
  const assets: { chain: string; asset: string }[] = [];
  const assetNumbers = new Map<string, number>();
  /** By asset, then by address. */
  const numbers: Map<number, number>[] = [];
  const addressOf: number[] = [];
  const assetOf: number[] = [];
  let [count, is_grouped] = [0, true];
  const unplaced = new Set<string>();
  let known = { chain: "", asset: "", number: -1 };
  // Rows of a transaction mostly stand behind each other, and so do those of a time.
  let lastTxid = { text: "", number: -1 };
  let lastTime = { text: "", at: Number.NaN };
  const isInOrder = watchOrder();

  const assetNumber = (chain: string, asset: string): number => {
    if (known.number >= 0 && known.chain === chain && known.asset === asset) return known.number;
    const name = `${chain} ${asset}`;
    let number = assetNumbers.get(name);
    if (number === undefined) {
      number = assets.push({ chain, asset }) - 1;
      assetNumbers.set(name, number);
      numbers.push(new Map());
    }
    known = { chain, asset, number };
    return number;
  };
  const accountNumber = (asset: number, address: string): number | undefined => {
    if (address === "") return NOBODY;
    const text = addresses.number(address);
    if (text === undefined) return undefined;
    let number = numbers[asset]!.get(text);
    if (number === undefined) {
      number = addressOf.push(text) - 1;
      assetOf.push(asset);
      numbers[asset]!.set(text, number);
    }
    return number;
  };

  const placeIn = (column: Int32Array, at: number, text: string): boolean => {
    if (text === "") {
      column[at] = UNSTATED;
      return true;
    }
    const place = Number(text);
    column[at] = place;
    return place >= 0 && place <= PLACE_MAX && String(place) === text;
  };

  return {
    add(row) {
      const kind = TRANSFER_KINDS.indexOf(row.kind as TransferKind);
      if (kind < 0 || row.message || (row.from === "" && row.to === "")) return false;
      const at = count++;
      const asset = assetNumber(row.chain!, row.asset!);
      if (asset >= ASSETS_MAX) return false;
      const [giver, taker] = [accountNumber(asset, row.from!), accountNumber(asset, row.to!)];
      const txid = lastTxid.number >= 0 && lastTxid.text === row.txid ? lastTxid.number : txids.number(row.txid!);
      if (giver === undefined || taker === undefined || txid === undefined) return false;
      lastTxid = { text: row.txid!, number: txid };
      from[at] = giver;
      to[at] = taker;
      txid_of[at] = txid;
      is_grouped &&= at === 0 || txid_of[at - 1]! <= txid;
      kinds[at] = kind;
      if (row.kind === "fee") marks[at] = FEE;
      if (!placeIn(blocks, at, row.block!) || !placeIn(tx_indexes, at, row.tx_index!) || !placeIn(indexes, at, row.index!)) return false;
      if (row.time !== lastTime.text) {
        lastTime = { text: row.time!, at: row.time === "" ? Number.NaN : Date.parse(row.time!) };
        if (timeText(lastTime.at) !== row.time) return false;
      }
      times[at] = lastTime.at;
      const amount = BigInt(row.amount!);
      if (splitAmount(amount, split)) [limbs[2 * at], limbs[2 * at + 1]] = [split[0]!, split[1]!];
      else {
        limbs[2 * at] = Number.NaN;
        wide.set(at, amount);
        if (wide.size > WIDE_MAX) return false;
      }
      if (row.block === "" || row.tx_index === "") unplaced.add(row.chain!);
      // A table sorts what it is given; columns are only right where that changes nothing.
      return isInOrder(row.chain!, blocks[at]!, tx_indexes[at]!, lateness(row.kind!), indexes[at]!);
    },
    columns() {
      const chainAt = (row: number) => assets[assetOf[from[row] === NOBODY ? to[row]! : from[row]!]!]!.chain;
      const isSame = (row: number, other: number) => other >= 0 && other < count && txid_of[row] === txid_of[other] && chainAt(row) === chainAt(other);
      const unnamed = new Texts(txids.columns()).find("");
      for (let row = 0; row < count; row++) if (txid_of[row] === unnamed || (!unplaced.has(chainAt(row)) && !isSame(row, row - 1) && !isSame(row, row + 1))) marks[row]! |= ALONE;
      const texts = { addresses: addresses.columns(), txids: txids.columns() };
      const accounts = { address_of: Int32Array.from(addressOf), asset_of: Int32Array.from(assetOf), addresses: new Texts(texts.addresses) };
      const names = { kinds, blocks, tx_indexes, indexes, times, txid_of, txids: new Texts(texts.txids) };
      return { count, account_count: addressOf.length, assets, unplaced: [...unplaced], is_grouped, traced: { from, to, limbs, wide, marks }, accounts, names, texts };
    },
  };
}

/**
 * False for a row that `compareTransfers` puts before any row that came earlier. Neighbours alone do not tell: what a row
 * does not state is equal to everything, so 2, not stated, 1 is in order two by two.
 */
function watchOrder(): (chain: string, block: number, tx_index: number, late: number, index: number) => boolean {
  let lastChain: string | undefined;
  const last = new Int32Array(4);
  /** Whether the parts behind `at` decide: this one is stated, and no less than it was. */
  const isBehind = (at: number, part: number): boolean => {
    if (part > last[at]!) last.fill(UNSTATED, at + 1);
    if (part < last[at]!) return false;
    last[at] = part;
    return true;
  };
  return (chain, block, tx_index, late, index) => {
    if (lastChain !== chain) {
      if (lastChain !== undefined && chain < lastChain) return false;
      lastChain = chain;
      last.fill(UNSTATED);
    }
    if (block === UNSTATED) return true;
    if (!isBehind(0, block)) return false;
    if (tx_index === UNSTATED) return true;
    return isBehind(1, tx_index) && isBehind(2, late) && (index === UNSTATED || isBehind(3, index));
  };
}

const timeText = (at: number): string => (Number.isNaN(at) ? "" : new Date(at).toISOString().replace(".000Z", "Z"));
const stated = (number: number): number | null => (number === UNSTATED ? null : number);

/** A row as a transfer, without its name, which the set gives. */
export function transferAt(columns: RowColumns, row: number, name: string): Transfer {
  const [{ from, to }, { kinds, blocks, tx_indexes, indexes, times, txid_of, txids }, { address_of, asset_of, addresses }] = [columns.traced, columns.names, columns.accounts];
  const [giver, taker] = [from[row]!, to[row]!];
  const { chain, asset } = columns.assets[asset_of[giver === NOBODY ? taker : giver]!]!;
  return {
    chain,
    txid: txids.at(txid_of[row]!),
    block: stated(blocks[row]!),
    tx_index: stated(tx_indexes[row]!),
    index: stated(indexes[row]!),
    kind: TRANSFER_KINDS[kinds[row]!]!,
    time: Number.isNaN(times[row]!) ? null : timeText(times[row]!),
    from: giver === NOBODY ? null : addresses.at(address_of[giver]!),
    to: taker === NOBODY ? null : addresses.at(address_of[taker]!),
    asset,
    amount: amountAt(columns.traced, row),
    row: name,
  };
}

/** How that transfer is named, without making it. */
export function nameAt(columns: RowColumns, row: number, name: string): string {
  const { txid_of, txids, indexes } = columns.names;
  return transferName({ txid: txids.at(txid_of[row]!), index: stated(indexes[row]!), row: name });
}

/** The texts of the set's rows again, as its Merkle root is made of: what shows that columns say what the rows said. */
export function* textsOfColumns(columns: RowColumns): Generator<string> {
  for (let row = 0; row < columns.count; row++) {
    const { amount, asset, block, chain, from, index, kind, time, to, tx_index, txid } = transferAt(columns, row, "");
    const text = (value: unknown) => (value === null ? "" : String(value));
    yield rowText({ amount: String(amount), asset, block: text(block), chain, from: text(from), index: text(index), kind, time: text(time), to: text(to), tx_index: text(tx_index), txid });
  }
}

export function amountAt({ limbs, wide }: RowAmounts, row: number): bigint {
  const high = limbs[2 * row]!;
  return high >= 0 ? joinLimbs(high, limbs[2 * row + 1]!) : wide.get(row)!;
}
