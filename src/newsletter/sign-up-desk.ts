// All that the public site may do with people: sign up, confirm, choose topics, leave, be erased. No list, no search, no
// address out: whoever holds a link acts for the one person it was sent to.
import { maskAddress, parseAddress } from "./address.ts";
import { queueMail } from "./outbox.ts";
import { personOf, type People, type Person } from "./people-store.ts";
import { forgetSignUps, takeSignUp } from "./sign-up-limits.ts";

const TOPICS_MAX = 40;
const TOPIC_LENGTH_MAX = 60;

/** What a holder of a link may see: never the whole address, for mails get forwarded. */
export type Preferences = { masked: string; subscribed: boolean; topics: string[] };

export type SignUpDesk = {
  /** The same answer for known and unknown addresses; "too_many" tells only of the asker's own network. */
  subscribe(address: string, remote: string): "taken" | "not_an_address" | "too_many";
  /** Whether the link is open; looking changes nothing, for mail scanners follow every link. */
  canConfirm(token: string): boolean;
  confirm(token: string): boolean;
  preferences(token: string): Preferences | undefined;
  choose(token: string, topics: readonly string[]): boolean;
  unsubscribe(token: string): boolean;
  erase(token: string): boolean;
};

/** `onQueued` is told that there is something to send. */
export function openSignUpDesk(people: People, onQueued: () => void = () => {}): SignUpDesk {
  const { db, effects } = people;
  const setState = (person: Person, state: Person["state"]) => db.prepare("UPDATE people SET state = ? WHERE id = ?").run(state, person.id);
  const forHolder = (token: string, act: (person: Person) => void): boolean =>
    people.change(() => {
      const person = personOf(people, token, "manage");
      if (person) act(person);
      return person !== undefined;
    });

  return {
    subscribe(text, remote) {
      const address = parseAddress(text);
      if (!address) return "not_an_address";
      const outcome = people.change(() => {
        const allowed = takeSignUp(people, address, remote);
        if (allowed !== "allowed") return allowed === "network" ? ("too_many" as const) : ("taken" as const);
        const at = effects.clock();
        db.prepare("INSERT OR IGNORE INTO people (address, address_key, state, asked_at) VALUES (?, ?, 'asked', ?)").run(
          address.address,
          address.key,
          at,
        );
        const { id, state } = db.prepare("SELECT id, state FROM people WHERE address_key = ?").get(address.key) as unknown as Person;
        if (state === "asked") db.prepare("UPDATE people SET asked_at = ? WHERE id = ?").run(at, id);
        const kind = state === "subscribed" ? "known" : "confirm";
        // Whoever called our mail unwanted gets none at all, not even a letter of confirmation.
        if (state !== "complained") queueMail(people, `${kind}:${Buffer.from(effects.random(8)).toString("hex")}`, kind, id);
        return "taken" as const;
      });
      onQueued();
      return outcome;
    },
    canConfirm: (token) => personOf(people, token, "confirm") !== undefined,
    confirm: (token) =>
      people.change(() => {
        const person = personOf(people, token, "confirm");
        if (person && person.state !== "complained") setState(person, "subscribed");
        return person !== undefined;
      }),
    preferences(token) {
      const person = personOf(people, token, "manage");
      return person && { masked: maskAddress(person.address), subscribed: person.state === "subscribed", topics: person.topics };
    },
    choose: (token, topics) =>
      forHolder(token, (person) => {
        const kept = [...new Set(topics)].filter((topic) => topic.length <= TOPIC_LENGTH_MAX).slice(0, TOPICS_MAX);
        db.prepare("UPDATE people SET topics = ? WHERE id = ?").run(JSON.stringify(kept), person.id);
      }),
    unsubscribe: (token) =>
      forHolder(token, (person) => {
        if (person.state === "subscribed") setState(person, "left");
        stopMail(people, person.id, "left before it was sent");
      }),
    erase(token) {
      const erased = forHolder(token, (person) => erasePerson(people, person.id));
      if (erased) people.settle();
      return erased;
    },
  };
}

/** Inside a change: nothing more goes out to this person but what they ask for themselves. */
export function stopMail(people: People, person: number, why: string): void {
  people.db
    .prepare("UPDATE outbox SET state = 'failed', last = ? WHERE person = ? AND state = 'queued' AND kind IN ('issue', 'correction')")
    .run(why, person);
  // An old letter of confirmation must not bring back someone who has left.
  people.db.prepare("DELETE FROM tokens WHERE person = ? AND purpose = 'confirm'").run(person);
}

/** Inside a change; the caller settles the database afterwards. Tokens and outbox rows go with the person. */
export function erasePerson(people: People, person: number): void {
  const row = people.db.prepare("SELECT address_key FROM people WHERE id = ?").get(person);
  if (!row) return;
  const key = row.address_key as string;
  forgetSignUps(people, key);
  people.db.prepare("DELETE FROM sink WHERE address_key = ?").run(key);
  people.db.prepare("DELETE FROM people WHERE id = ?").run(person);
}
