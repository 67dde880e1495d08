// The private half of custody. The log says in public who made an entry, by handle; here stands, for the newsroom alone,
// every act at the desk and on the accounts: who, when, what, on what, from which network, which entries came of it.
import { formatCsv } from "../csv.ts";
import { TracewireError } from "../errors.ts";
import type { Accounts } from "./accounts-store.ts";
import type { SignedIn } from "./sessions.ts";
import type { User } from "./users-table.ts";

export type Act = { id: number; at: string; handle: string; network: string; act: string; object: string; entries: number[] };
const OBJECT_CHARS_MAX = 300;

/** A person, or a program by its key: that one has no account, and 0 for its number. */
export type Doer = { user: Pick<User, "id" | "handle">; session?: SignedIn["session"]; network: string };

/** `act` is a word of the program ("claim.add"), `object` what it was done to; neither holds what anybody wrote into a field. */
export function recordAct(accounts: Accounts, doer: Doer, act: string, object: string, entries: readonly number[] = []): void {
  accounts.db
    .prepare("INSERT INTO acts (at, user, handle, session, network, act, object, entries) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
    .run(accounts.effects.clock(), doer.user.id, doer.user.handle, doer.session?.id ?? null, doer.network, act, object.slice(0, OBJECT_CHARS_MAX), JSON.stringify(entries));
}

/** After an erasure: of the acts that made these entries, or that were done to what these words named, what they were done to goes. */
export function forgetObjects(accounts: Accounts, entries: readonly number[], words: readonly string[]): void {
  accounts.change(() => {
    const byEntry = accounts.db.prepare("UPDATE acts SET object = 'erased' WHERE EXISTS (SELECT 1 FROM json_each(acts.entries) WHERE value = ?)");
    for (const entry of entries) byEntry.run(entry);
    const byWords = accounts.db.prepare("UPDATE acts SET object = 'erased' WHERE object = ?");
    for (const word of words) byWords.run(word.slice(0, OBJECT_CHARS_MAX));
  });
  accounts.settle();
}

/** What a change is about to put into the log, told before it is there. */
export type Intended = { id: number };

/**
 * Inside the log's own change, before it is committed: two databases commit one after the other, and between them the machine
 * may stop. `leaf` is that of the last entry: a salted hash, so that no other entry at its place is taken for it.
 */
export function intendAct(accounts: Accounts, doer: Doer, act: string, object: string, entries: readonly number[], leaf: Uint8Array): Intended {
  const { lastInsertRowid } = accounts.db
    .prepare("INSERT INTO intended_acts (at, user, handle, session, network, act, object, entries, leaf) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    .run(accounts.effects.clock(), doer.user.id, doer.user.handle, doer.session?.id ?? null, doer.network, act, object.slice(0, OBJECT_CHARS_MAX), JSON.stringify(entries), leaf);
  return { id: Number(lastInsertRowid) };
}

const TAKE = "INSERT INTO acts (at, user, handle, session, network, act, object, entries) SELECT at, user, handle, session, network, act, object || ?, entries FROM intended_acts WHERE id = ?";

/** The log has it: what was intended is an act. */
export function settleAct(accounts: Accounts, { id }: Intended, doer: Doer, act: string, object: string, entries: readonly number[]): void {
  const taken = Number(accounts.db.prepare(TAKE).run("", id).changes) > 0;
  drop(accounts, id);
  if (taken) return;
  // Another process of ours started meanwhile and decided on it: before the log had it, or after.
  const recovered = accounts.db.prepare("SELECT 1 FROM acts WHERE handle = ? AND entries = ? AND act = ?").get(doer.user.handle, JSON.stringify(entries), act);
  if (!recovered) recordAct(accounts, doer, act, object, entries);
}

const drop = (accounts: Accounts, id: number): void => void accounts.db.prepare("DELETE FROM intended_acts WHERE id = ?").run(id);

export const RECOVERED = " (recovered: it stopped before this was recorded)";

/** What was intended when it stopped, all of it or one: an act where the log has its entries, nothing where it has not. Returns how many acts. */
export function recoverActs(accounts: Accounts, leafOf: (seq: number) => Uint8Array | undefined, only?: Intended): number {
  return accounts.change(() => {
    const open = accounts.db.prepare("SELECT id, entries, leaf FROM intended_acts WHERE ? IS NULL OR id = ? ORDER BY id").all(only?.id ?? null, only?.id ?? null) as { id: number; entries: string; leaf: Uint8Array }[];
    let recovered = 0;
    for (const { id, entries, leaf } of open) {
      const held = leafOf((JSON.parse(entries) as number[]).at(-1)!);
      if (held && Buffer.compare(held, leaf) === 0) recovered += Number(accounts.db.prepare(TAKE).run(RECOVERED, id).changes);
      drop(accounts, id);
    }
    return recovered;
  });
}

const KIND = "substr(act, 1, instr(act || '.', '.') - 1)";

/** Kinds of acts and names that there are, for a choice. */
export function actChoices(accounts: Accounts): { kinds: string[]; handles: string[] } {
  const distinct = (what: string) => accounts.db.prepare(`SELECT DISTINCT ${what} AS value FROM acts ORDER BY value`).all().map(({ value }) => value as string);
  return { kinds: distinct(KIND), handles: distinct("handle") };
}

/** `kind` is the first word of an act ("story" of "story.publish"); `day` in UTC, as 2026-03-01. */
export type ActFilter = { handle?: string; kind?: string; day?: string };

/** A day of UTC as somebody writes it. Throws BAD_ARGUMENT: an empty list would say that nothing was done. */
export function readActDay(day: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(day) && new Date(day).toJSON()?.startsWith(day)) return day;
  throw new TracewireError("BAD_ARGUMENT", { what: `day: “${day.slice(0, 40)}” is no day`, where: "day", hint: "Write 2026-11-26; days are those of UTC." });
}

export const actsCsv = (acts: readonly Act[]): string =>
  formatCsv(["id", "at", "who", "what", "on", "from", "entries"], acts.map(({ id, at, handle, act, object, network, entries }) => [id, at, handle, act, object, network, entries.join(" ")]));

/** Newest first; `before` an id, for the next page. */
export function listActs(accounts: Accounts, { before, handle, kind, day, limit }: ActFilter & { before?: number; limit: number }): Act[] {
  return accounts.db
    .prepare(
      `SELECT id, at, handle, network, act, object, entries FROM acts
       WHERE id < $before AND ($handle IS NULL OR handle = $handle) AND ($kind IS NULL OR ${KIND} = $kind) AND ($day IS NULL OR substr(at, 1, 10) = $day) ORDER BY id DESC LIMIT $limit`,
    )
    .all({ before: before ?? Number.MAX_SAFE_INTEGER, handle: handle ?? null, kind: kind ?? null, day: day ?? null, limit })
    .map((row) => ({ ...row, entries: JSON.parse(row.entries as string) as number[] }) as unknown as Act);
}
