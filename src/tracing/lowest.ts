// The lowest intermediate balance of an account between two moments, as a question of its own (FIELD §4.1; the rule of trust
// law for a mixed account, known from Roscoe v Winder [1915] 1 Ch 62, named from general knowledge): of money that came
// into an account, no more can still be there later than the least that the account held in between, and what was paid in
// afterwards does not make up for it. No convention is needed: it is a bound that holds whichever units left.
import { accountsOf, readAddress } from "../chains/chains.ts";
import { TracewireError } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { dataOf, readWanted, type AskOptions, type Newsroom } from "./ask-newsroom.ts";
import { assetWords, writeAmount, type AssetWords } from "./asset-words.ts";
import { lowestIntermediateBalance, type AccountLedger } from "./account-ledger.ts";
import type { SetRef } from "./ask.ts";
import { rowOfOrder } from "./seed-text.ts";
import { listTransferSets } from "./transfer-sets.ts";
import type { TransferTable } from "./transfer-table.ts";

export type LowestAsk = {
  address: string;
  chain?: string;
  asset?: string;
  /** A transaction of the account, a UTC day or time, or an order (@12, @12.3, @12.3.4): what lies in the account right after it, of a day before it. */
  since: string;
  /** The same, with what happened in it, of a day to its end; left out, the end of the data. */
  until?: string;
  /** Base units; left out, what the transaction of `since` paid in, else all that was there. */
  amount?: bigint;
};

/** The account's balance at a moment, and its last row up to then; null where it has none yet. */
export type Moment = { transfer: string | null; time: string | null; balance: string };

export type Lowest = {
  address: string;
  chain: string;
  asset: string;
  /** Base units, all of them. */
  amount: string;
  since: Moment;
  until: Moment;
  /** The least that was there from the one to the other, and the first row that left it so. */
  lowest: string;
  lowest_at: Moment;
  /** The least of `amount` and `lowest`: no more of it can still be there. */
  traceable: string;
  /** What left beyond the known balance in between: more was there than the rows show, by this much at least. */
  unknown: string;
};

export type LowestAnswer = Lowest & { sets: SetRef[]; log_size: number; notes: string[] };

export const LOWEST_NOTE =
  "A bound for one account, in base units: no more of the amount can still be there. Money paid in later does not restore it. It says nothing of where the rest went.";

/** Over the sets named, or all that are held, or of these `among`. Throws NOT_FOUND and BAD_ARGUMENT. */
export async function lowestInNewsroom(newsroom: Newsroom, ask: LowestAsk, { log_size = newsroom.log.size(), ...wanted }: Pick<AskOptions, "sets" | "among" | "log_size"> = {}): Promise<LowestAnswer> {
  const read = await readWanted(newsroom, { from: ask.address }, wanted, log_size);
  const data = dataOf(read, { from: ask.address });
  if (data.kind === "utxo")
    throw new TracewireError("BAD_ARGUMENT", { what: "A lowest balance is of an account; transactions with inputs and outputs keep every coin apart", hint: "Trace the output itself: tracewire trace --from txid:vout." });
  return {
    ...lowestBetween(data.table, ask),
    sets: read.sets.map(({ name, seq, rows_root, row_count }) => ({ name, seq, rows_root, row_count })),
    log_size,
    notes: read.notes,
  };
}

/** The answer as it is printed: amounts with their units, the three moments as lines of (which, balance, after what, when). */
export function lowestWords(log: Pick<LogReader, "db">, found: LowestAnswer): { title: string; over: string; moments: string[][]; says: string[] } {
  const used = new Set(found.sets.map(({ seq }) => seq));
  const tokens = Object.assign({}, ...listTransferSets(log).filter(({ seq }) => used.has(seq)).map((set) => set.tokens)) as Record<string, AssetWords>;
  const write = (amount: string) => writeAmount(BigInt(amount), assetWords(found.asset, tokens));
  const line = (which: string, { balance, transfer, time }: Moment) => [which, write(balance), transfer === null ? "before its first transfer" : `after ${transfer}`, time ?? ""];
  const missing = `It paid out ${write(found.unknown)} more in between than the rows show it to have had: transfers are missing, and the lowest balance was higher by an amount that is not known.`;
  return {
    title: `Of ${write(found.amount)}, at most ${write(found.traceable)} can still be at ${found.address}`,
    over: `over ${found.sets.map(({ name }) => name).join(", ")} (log size ${found.log_size})`,
    moments: [line("since", found.since), line("lowest", found.lowest_at), line("until", found.until)],
    says: [...(found.unknown === "0" ? [] : [missing]), LOWEST_NOTE],
  };
}

/** Throws NOT_FOUND where the table does not hold the account or the transaction, BAD_ARGUMENT for moments that are none or stand the wrong way round. */
export function lowestBetween(table: TransferTable, ask: LowestAsk): Lowest {
  const account = accountFor(table, ask);
  const { chain, asset, address } = table.account(account);
  const ledger = table.ledger(account);
  const from = rowAt(table, account, ask.since, "since");
  const to = ask.until === undefined ? table.count - 1 : rowAt(table, account, ask.until, "until");
  if (to < from) throw new TracewireError("BAD_ARGUMENT", { what: `until: ${ask.until} lies before ${ask.since}` });
  const after = ledger.after(from);
  const held = ledger.before(after);
  const amount = ask.amount ?? paidIn(table, ledger, ask.since) ?? held;
  const { lowest, row } = lowestIntermediateBalance(ledger, held, from, to);
  let unknown = 0n;
  for (let at = after; at < ledger.end && ledger.row(at) <= to; at++) unknown += ledger.unknown(at);
  return {
    address,
    chain,
    asset,
    amount: String(amount),
    since: momentAt(table, ledger, from),
    until: momentAt(table, ledger, to),
    lowest: String(lowest),
    lowest_at: momentAt(table, ledger, row),
    traceable: String(amount < lowest ? amount : lowest),
    unknown: String(unknown),
  };
}

function accountFor(table: TransferTable, { address, chain, asset, since }: LowestAsk): number {
  const spellings = [address, ...accountsOf(readAddress(address)).map((one) => one.address)];
  const found = spellings.map((one) => table.accountsOf(one, chain)).find((own) => own.length > 0) ?? [];
  const wanted = found.filter((account) => asset === undefined || table.assetOf(account) === asset);
  if (wanted.length === 0)
    throw new TracewireError("NOT_FOUND", { what: `The transfers do not hold the address ${address}${found.length > 0 ? ` with the asset ${asset}` : ""}`, hint: "Check its spelling, or import what is missing." });
  const touched = wanted.filter((account) => rowsIn(table, account, since).length > 0);
  const one = wanted.length === 1 ? wanted : touched;
  if (one.length === 1) return one[0]!;
  throw new TracewireError("BAD_ARGUMENT", {
    what: `${address} has ${wanted.length} accounts here, and a balance is of one`,
    where: "asset",
    hint: `Name its asset: ${[...new Set(wanted.map((account) => table.assetOf(account)))].join(", ")}.`,
  });
}

/** Rows of a transaction in which the account gives or takes. */
function rowsIn(table: TransferTable, account: number, txid: string): number[] {
  const rows = table.rowsOfTransaction(txid);
  return (rows.length > 0 ? rows : table.rowsOfTransaction(txid.toLowerCase())).filter((row) => table.from[row] === account || table.to[row] === account);
}

function paidIn(table: TransferTable, ledger: AccountLedger, txid: string): bigint | undefined {
  const credits = rowsIn(table, ledger.account, txid).filter((row) => table.to[row] === ledger.account && table.from[row] !== ledger.account);
  return credits.length === 0 ? undefined : credits.reduce((sum, row) => sum + table.amount(row), 0n);
}

/** The last row that a moment takes in; -1 where it lies before all of them. */
function rowAt(table: TransferTable, account: number, moment: string, side: "since" | "until"): number {
  if (/^@\d+(\.\d+){0,2}$/.test(moment)) return rowOfOrder(table, moment.slice(1), table.chainOf(account));
  if (/^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(moment)) return rowOfTime(table, account, moment, side);
  const rows = rowsIn(table, account, moment);
  if (rows.length > 0) return rows.at(-1)!;
  throw new TracewireError("NOT_FOUND", {
    what: `"${moment}" is no transaction in which ${table.addressOf(account)} gives or takes ${table.assetOf(account)}`,
    where: side,
    hint: "Write a txid, a day (2022-08-01), a time (2022-08-01T21:32:00Z), or an order (@BLOCK, @BLOCK.PLACE.INDEX).",
  });
}

function rowOfTime(table: TransferTable, account: number, moment: string, side: "since" | "until"): number {
  const isDay = moment.length === 10;
  const at = Date.parse(isDay && side === "until" ? `${moment}T23:59:59.999Z` : moment);
  if (Number.isNaN(at)) throw new TracewireError("BAD_ARGUMENT", { what: `"${moment}" is no day and no time`, where: side, hint: "Write 2022-08-01, or 2022-08-01T21:32:00Z." });
  let last = -1;
  for (const row of table.rowsOf(account)) {
    const { time } = table.transfer(row);
    if (time === null) throw new TracewireError("BAD_ARGUMENT", { what: `${table.nameOf(row)} states no time`, where: side, hint: "Name a transaction or an order instead." });
    if (isDay && side === "since" ? Date.parse(time) < at : Date.parse(time) <= at) last = row;
  }
  return last;
}

function momentAt(table: TransferTable, ledger: AccountLedger, row: number): Moment {
  const end = ledger.after(row);
  if (end === ledger.first) return { transfer: null, time: null, balance: "0" };
  const last = ledger.row(end - 1);
  return { transfer: table.nameOf(last), time: table.transfer(last).time, balance: String(ledger.before(end)) };
}
