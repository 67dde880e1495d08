// How an account stands right after a row: for a seed that is an amount in it. Credits are found in one pass over the
// records' takers, some milliseconds for ten million: seeds of this kind are few.
import { ACCOUNT_BITS, AMOUNT, DEBITED, ENTRY, LANDS, LEFT, recordAfter, recordsOf, rowOf, toOf, type Segment } from "./fast-index.ts";
import { joinLimbs } from "./limbs.ts";
import { Refusal } from "./run.ts";

export type Standing = {
  balance: bigint;
  debited: bigint;
  /** Where the credit of that very row lies in all that was ever received; undefined where the row is none. */
  lot: bigint | undefined;
};

export function standingAt(segment: Segment, account: number, row: number): Standing {
  const ledger = segment.ledger();
  if (!ledger) throw new Refusal("no_exact_columns", "an amount as a seed needs exact amounts, and this index was built without");
  if (segment.fee_takers.has(account)) throw new Refusal("fees_received", `account ${account} is paid fees, which stand in no record of their giver's taker`);
  const pair = (column: number, record: number): bigint => joinLimbs(ledger.values[ENTRY * record + column]!, ledger.values[ENTRY * record + column + 1]!);
  const { records } = segment;
  const after = recordAfter(segment, account, row);
  const debited = after >= 0 ? pair(DEBITED, after) : joinLimbs(ledger.closing[4 * account + 2]!, ledger.closing[4 * account + 3]!);
  const [first, end] = recordsOf(segment, account);
  const debit = (after >= 0 ? after : end) - 1;

  let credit = -1;
  for (let record = 0; record < segment.rows; record++) {
    if ((toOf(records, record) & ACCOUNT_BITS) !== account || rowOf(records, record) > row) continue;
    if (credit < 0 || rowOf(records, record) > rowOf(records, credit)) credit = record;
  }
  const isLot = credit >= 0 && rowOf(records, credit) === row && pair(AMOUNT, credit) > 0n;
  const lot = isLot ? pair(LANDS, credit) : undefined;
  const isCreditLast = credit >= 0 && (debit < first || rowOf(records, credit) >= rowOf(records, debit));
  const balance = isCreditLast
    ? pair(LANDS, credit) + pair(AMOUNT, credit) - debited
    : debit >= first
      ? pair(LEFT, debit)
      : segment.openingBalance(account);
  return { balance, debited, lot };
}
