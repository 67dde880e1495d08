// Something made of each subject of a kind from its own claims (a figure's rows, what checks find), kept from size to size
// of the log: it holds but for the subjects that were touched since. A claim on one theft costs that theft, not all of them.
import type { DatabaseSync } from "node:sqlite";
import type { LogReader } from "../evidence/evidence.ts";
import type { Claim } from "./claims.ts";
import type { Kind } from "./kinds.ts";
import { movedBetween } from "./moved.ts";
import { evidenceOf, readClaims, type Vantage } from "./read-casefile.ts";

export type Followed<T> = { subject: string; made: T };

export type SubjectQuestion<T> = {
  kind: Kind;
  /** Names the question with all that its answer hangs on, besides claims and judgements. */
  key: string;
  make(subject: string, claims: readonly Claim[]): T;
  /** True where `make` reads judgements: then any judgement lets it begin anew. */
  reads_judgements: boolean;
};

type Reads = Pick<LogReader, "db">;
type Kept = { log_size: number; followed: readonly Followed<unknown>[] };

const kept = new WeakMap<DatabaseSync, Map<string, Kept>>();
/** Over all questions of a database. What is kept of a subject is some hundred bytes. */
const KEPT_MAX = 200_000;

/** What is made of each subject, in the order of their names. */
export function followSubjects<T>(log: Reads, at: Vantage, question: SubjectQuestion<T>): readonly Followed<T>[] {
  const own = kept.get(log.db) ?? new Map<string, Kept>();
  kept.set(log.db, own);
  const key = JSON.stringify([question.kind, question.key, evidenceOf(at), at.as_of]);
  const known = own.get(key) as { log_size: number; followed: readonly Followed<T>[] } | undefined;
  const followed = (known && advance(log, at, question, known)) ?? makeAll(log, at, question);
  // What a transaction sees may be taken back, and a state of the past is seldom asked for twice.
  if (!log.db.isTransaction && !(known && known.log_size > at.log_size)) keep(own, key, { log_size: at.log_size, followed });
  return followed;
}

const makeAll = <T>(log: Reads, at: Vantage, { kind, make }: SubjectQuestion<T>): Followed<T>[] =>
  subjectsOf(log, at, kind).map(([subject, claims]) => ({ subject, made: make(subject, claims) }));

/** As of a later size; undefined where all is better made anew. */
function advance<T>(
  log: Reads,
  at: Vantage,
  { kind, make, reads_judgements }: SubjectQuestion<T>,
  { log_size, followed }: { log_size: number; followed: readonly Followed<T>[] },
): readonly Followed<T>[] | undefined {
  if (log_size === at.log_size) return followed;
  if (log_size > at.log_size) return undefined;
  const moved = movedBetween(log.db, log_size, at.log_size);
  if (moved === "everything" || (moved.judged && reads_judgements)) return undefined;
  const touched = [...moved.subjects].filter((subject) => subject.startsWith(`${kind}/`));
  if (touched.length === 0) return followed;
  if (touched.length > 1 + followed.length / 8) return undefined;
  const bySubject = new Map(followed.map((one) => [one.subject, one]));
  // A name that is there already keeps its place; a new one stands at the end until all are sorted.
  let isInOrder = true;
  for (const subject of touched) {
    const claims = readClaims(log, at, { subject });
    isInOrder &&= bySubject.has(subject);
    if (claims.length === 0) bySubject.delete(subject);
    else bySubject.set(subject, { subject, made: make(subject, claims) });
  }
  const next = [...bySubject.values()];
  return isInOrder ? next : next.sort((a, b) => (a.subject < b.subject ? -1 : 1));
}

function keep(own: Map<string, Kept>, key: string, now: Kept): void {
  own.delete(key);
  own.set(key, now);
  let held = [...own.values()].reduce((sum, { followed }) => sum + followed.length, 0);
  for (const [oldest, { followed }] of own) {
    if (held <= KEPT_MAX) break;
    own.delete(oldest);
    held -= followed.length;
  }
}

const read = new WeakMap<DatabaseSync, { key: string; subjects: readonly [string, Claim[]][] }>();

/**
 * Every subject of a kind with its claims, by name. A page, a change or a series by year asks several questions over the
 * same claims in one turn of the event loop: they are read once for it. The vantage fixes what is read, and the number of
 * changes which attempt at a transaction it was.
 */
function subjectsOf(log: Reads, at: Vantage, kind: Kind): readonly [string, Claim[]][] {
  const changes = log.db.prepare("SELECT total_changes() AS number").get()!.number as number;
  const key = JSON.stringify([kind, at.log_size, evidenceOf(at), at.as_of, changes]);
  const known = read.get(log.db);
  if (known?.key === key) return known.subjects;
  const claims = Map.groupBy(readClaims(log, at, { kind }), (claim) => claim.subject);
  const subjects = [...claims].sort(([a], [b]) => (a < b ? -1 : 1));
  read.set(log.db, { key, subjects });
  setImmediate(() => read.delete(log.db));
  return subjects;
}
