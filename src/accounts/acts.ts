// The private half of custody. The log says in public who made an entry, by handle; here stands, for the newsroom alone,
// every act at the desk and on the accounts: who, when, what, on what, from which network, which entries came of it.
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

/** Newest first; `before` an id, for the next page. */
export function listActs(accounts: Accounts, { before, handle, limit }: { before?: number; handle?: string; limit: number }): Act[] {
  return accounts.db
    .prepare("SELECT id, at, handle, network, act, object, entries FROM acts WHERE id < ? AND (? IS NULL OR handle = ?) ORDER BY id DESC LIMIT ?")
    .all(before ?? Number.MAX_SAFE_INTEGER, handle ?? null, handle ?? null, limit)
    .map((row) => ({ ...row, entries: JSON.parse(row.entries as string) as number[] }) as unknown as Act);
}
