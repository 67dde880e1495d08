// Sign-ups wait here until the worker takes them. While a form is being answered nobody looks whether its address is
// known: one row is written, the same for every address, so that neither the answer nor its time can tell.
import { parseAddress, type Address } from "./address.ts";
import { queueMail } from "./outbox.ts";
import type { People, Person } from "./people-store.ts";
import { takeLetter } from "./sign-up-limits.ts";

/** More than this in the seconds between two looks of the worker is an attack, and is told so. */
const WAITING_MAX = 5_000;
const TAKEN_AT_ONCE_MAX = 500;

/** Inside a change. False where too many wait. */
export function noteSignUp(people: People, { address, key }: Address): boolean {
  const { changes } = people.db
    .prepare("INSERT INTO sign_ups (address, address_key) SELECT ?, ? WHERE (SELECT count(*) FROM sign_ups) < ?")
    .run(address, key, WAITING_MAX);
  return changes === 1;
}

/** The worker's part: a letter of confirmation to who is not subscribed, one that says so to who is. */
export function takeSignUps(people: People): void {
  if (!people.db.prepare("SELECT 1 FROM sign_ups").get()) return;
  const taken = people.change(() => {
    const rows = people.db.prepare("DELETE FROM sign_ups WHERE id IN (SELECT id FROM sign_ups ORDER BY id LIMIT ?) RETURNING id, address").all(TAKEN_AT_ONCE_MAX) as { id: number; address: string }[];
    return rows.sort((a, b) => a.id - b.id).map(({ address }) => takeOne(people, parseAddress(address)!));
  });
  // Of an address over its limit nothing stays, in the write-ahead log neither.
  if (taken.includes("over a limit")) people.settle();
}

function takeOne(people: People, address: Address): "taken" | "over a limit" {
  if (!takeLetter(people, address)) return "over a limit";
  const { db, effects } = people;
  const at = effects.clock();
  db.prepare("INSERT OR IGNORE INTO people (address, address_key, state, asked_at) VALUES (?, ?, 'asked', ?)").run(address.address, address.key, at);
  const { id, state } = db.prepare("SELECT id, state FROM people WHERE address_key = ?").get(address.key) as unknown as Person;
  if (state === "asked") db.prepare("UPDATE people SET asked_at = ? WHERE id = ?").run(at, id);
  const kind = state === "subscribed" ? "known" : "confirm";
  // Whoever called our mail unwanted gets none at all, not even a letter of confirmation.
  if (state !== "complained") queueMail(people, `${kind}:${Buffer.from(effects.random(8)).toString("hex")}`, kind, id);
  return "taken";
}

/** Inside a change: an address that is erased waits no longer. */
export function dropSignUp(people: People, addressKey: string): void {
  people.db.prepare("DELETE FROM sign_ups WHERE address_key = ?").run(addressKey);
}
