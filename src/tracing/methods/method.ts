// What a convention of tracing is: how taint lies in one account, and what leaves with a debit. The way from account to
// account is the same for all five (trace-accounts.ts). Definitions and papers: FIELD §4.1, docs/tracing.md.
import type { AccountLedger } from "../account-ledger.ts";

export const METHOD_NAMES = ["poison", "haircut", "fifo", "lifo", "tiho"] as const;
export type MethodName = (typeof METHOD_NAMES)[number];

/** What each does, in a sentence for somebody who meets it for the first time; docs/following-funds.md says the same. */
export const METHOD_SENTENCES: Record<MethodName, string> = {
  poison: "After the first tainted credit everything counts, so it does not add up to the seed: an upper bound of exposure.",
  haircut: "Each payment carries the tainted share of the balance, so every receiver gets a little.",
  fifo: "What came first leaves first: the oldest money in an account is the first to be paid out.",
  lifo: "What came last leaves first: the newest money in an account is the first to be paid out.",
  tiho: "Tainted units leave before all others, to the largest output first, until none are left.",
};

/** What the versions of the methods changed: said where a trace was kept by one that is not here any more. */
export const VERSION_CHANGES: Readonly<Record<string, string>> = {
  2: "a payment to oneself changes nothing, and no floor applies to it; backward, what one seed brought is not followed again from another (decision 21)",
};

/** Taint of one account while a trace runs. `Carried` is what a transfer carries: an amount, or stretches with their place. */
export type AccountTaint<Carried> = {
  /** Taint arrives with a credit of this account, at its place in the ledger. */
  credit(at: number, carried: Carried): void;
  /** What leaves with a debit; it is no longer here. */
  debit(at: number): Carried;
  /** Place of the first debit at or after event `at` that could carry taint as things stand, or NONE. */
  nextDebit(at: number): number;
  /** Puts a seed into the account right after `row`; returns how much of it was not tainted before. */
  seed(row: number, amount: bigint): bigint;
  held(): bigint;
};

export type Method<Carried> = {
  name: MethodName;
  /** Moves when the same input may give another answer. */
  version: string;
  /** Poison does not: what leaves may be more than what came. */
  conserves: boolean;
  open(ledger: AccountLedger): AccountTaint<Carried>;
  total(carried: Carried): bigint;
  whole(amount: bigint): Carried;
  nothing: Carried;
  /** Taint that lies `offset` units behind the front of an amount `of`, in an amount `into` of another asset; what does not come out whole is cut. */
  scale(carried: Carried, offset: bigint, of: bigint, into: bigint): Carried;
  /** The part that lies in [start, end) of an amount `of`. */
  part(carried: Carried, of: bigint, start: bigint, end: bigint): Carried;
};
