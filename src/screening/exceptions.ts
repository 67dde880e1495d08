// A known false hit: somebody decided, with a reason and an end, that a listing is not meant for this account. It is an
// entry of its own in the log; it silences the alarm and never the listing, and its end is an entry too.
import { accountsOf, describeReading, findChain, readAddress } from "../chains/chains.ts";
import { TracewireError } from "../errors.ts";
import type { LogReader, Transaction, View } from "../evidence/evidence.ts";
import { screenAddress } from "./screen-address.ts";
import { LISTS } from "./sanctions-lists.ts";

export type ScreeningException = {
  seq: number;
  at: string;
  /** CAIP-10. */
  account: string;
  /** Id of the list that is meant. */
  list: string;
  reason: string;
  /** The last day on which it holds. */
  until: string;
  by: string;
  ended?: { seq: number; at: string; by: string; reason: string };
};

const REASON_MIN = 10;
const REASON_MAX = 2_000;
/** Longer than this nobody has looked at it again. */
const DAYS_MAX = 366;

export const exceptionsView: View = {
  name: "exceptions",
  version: 1,
  tables: ["screening_exceptions"],
  create: `
    CREATE TABLE screening_exceptions (seq INTEGER PRIMARY KEY, account TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL,
      ended INTEGER, ended_body TEXT) STRICT;
    CREATE INDEX exceptions_by_account ON screening_exceptions (account);
  `,
  apply(db, { seq, body }) {
    if (body.kind === "screening_exception")
      db.prepare("INSERT INTO screening_exceptions (seq, account, at, body) VALUES (?, ?, ?, ?)").run(seq, body.account as string, body.at, JSON.stringify(body));
    if (body.kind === "screening_exception_end")
      db.prepare("UPDATE screening_exceptions SET ended = ?, ended_body = ? WHERE seq = ? AND ended IS NULL").run(seq, JSON.stringify(body), body.exception as number);
    if (body.kind === "erasure")
      for (const erased of body.entries as unknown as { seq: number }[]) {
        db.prepare("DELETE FROM screening_exceptions WHERE seq = ?").run(erased.seq);
        db.prepare("UPDATE screening_exceptions SET ended = NULL, ended_body = NULL WHERE ended = ?").run(erased.seq);
      }
  },
};

/** `today` is a day. Throws BAD_ARGUMENT for an address of no or of several chains or in no edition, a reason that is none, an end that is past or far. */
export function appendException(
  transaction: Transaction,
  { address, list = "ofac-crypto", reason, until }: { address: string; list?: string; reason: string; until: string },
  { by, today }: { by: string; today: string },
): number {
  const refuse = (where: string, what: string, hint?: string): never => {
    throw new TracewireError("BAD_ARGUMENT", { what, hint, where });
  };
  const reading = readAddress(address);
  const accounts = accountsOf(reading);
  if (accounts.length !== 1)
    refuse(
      "address",
      accounts.length === 0 ? `This is ${describeReading(reading)}` : `${address} is an account of ${accounts.length} chains, and an exception is for one`,
      accounts.length === 0 ? undefined : `Write it with its chain: ${accounts[0]!.caip10}`,
    );
  const known = LISTS.filter(({ address_column }) => address_column !== undefined).map(({ id }) => id);
  if (!known.includes(list)) refuse("list", `"${list}" is no list of addresses`, `Lists: ${known.join(", ")}`);
  if (reason.trim().length < REASON_MIN || reason.length > REASON_MAX) refuse("why", `why: a reason in words, ${REASON_MIN} to ${REASON_MAX} characters`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(until) || Number.isNaN(Date.parse(until))) refuse("until", `until: "${until}" is no day`, "Write YYYY-MM-DD.");
  // Before any edition has it there is no hit that somebody looked at: the first alarm would be silent.
  const tables = LISTS.find(({ id }) => id === list)!.tables;
  if (!screenAddress(transaction, accounts[0]!.caip10, today, Number.MAX_SAFE_INTEGER).hits.some((hit) => hit.is_asked && tables.includes(hit.list)))
    refuse("address", `No edition of ${list} that is held and released has ${accounts[0]!.caip10}: there is no hit to except`);
  const days = (Date.parse(until) - Date.parse(today)) / 86_400_000;
  if (days < 0 || days > DAYS_MAX) refuse("until", `until: ${until} is not within ${DAYS_MAX} days from ${today}`, "An exception is looked at again within a year.");
  return transaction.append({ kind: "screening_exception", account: accounts[0]!.caip10, list, reason: reason.trim(), until, by });
}

/** Ends an exception before its day. Throws NOT_FOUND, or BAD_ARGUMENT where it has ended already. */
export function endException(transaction: Transaction, seq: number, reason: string, by: string): number {
  const known = listExceptions(transaction).find((exception) => exception.seq === seq);
  if (!known) throw new TracewireError("NOT_FOUND", { what: `Entry ${seq} is no exception` });
  if (known.ended) throw new TracewireError("BAD_ARGUMENT", { what: `Exception ${seq} was ended already, by entry ${known.ended.seq}` });
  if (reason.trim().length < REASON_MIN) throw new TracewireError("BAD_ARGUMENT", { what: `why: a reason in words, at least ${REASON_MIN} characters`, where: "why" });
  return transaction.append({ kind: "screening_exception_end", exception: seq, reason: reason.trim(), by });
}

/** All of them, ended and expired ones too, in order. */
export function listExceptions(log: Pick<LogReader, "db">, log_size = Number.MAX_SAFE_INTEGER): ScreeningException[] {
  return log.db
    .prepare("SELECT seq, at, body, ended, ended_body FROM screening_exceptions WHERE seq < ? ORDER BY seq")
    .all(log_size)
    .map((row) => {
      const { account, list, reason, until, by } = JSON.parse(row.body as string) as Omit<ScreeningException, "seq" | "at">;
      const exception: ScreeningException = { seq: row.seq as number, at: row.at as string, account, list, reason, until, by };
      if (row.ended === null || (row.ended as number) >= log_size) return exception;
      const end = JSON.parse(row.ended_body as string) as { at: string; by: string; reason: string };
      return { ...exception, ended: { seq: row.ended as number, at: end.at, by: end.by, reason: end.reason } };
    });
}

export type ExceptionState = "holds" | "expired" | "ended";
export const stateOf = ({ until, ended }: ScreeningException, today: string): ExceptionState => (ended ? "ended" : until < today ? "expired" : "holds");

/** The chain of an exception's account, as lists' hits name chains. */
export const chainNameOf = ({ account }: ScreeningException): string => findChain(account.split(":").slice(0, 2).join(":"))?.name ?? "";
