// All that the public site may do with people: sign up, confirm, choose topics, leave, be erased. No list, no search, no
// address out: whoever holds a link acts for the one person it was sent to.
import { maskAddress, parseAddress } from "./address.ts";
import { noteReceiver, personOf, setState, type People, type Person } from "./people-store.ts";
import { dropSignUp, noteSignUp } from "./sign-up-inbox.ts";
import { forgetSignUps, takeNetwork } from "./sign-up-limits.ts";

const TOPICS_MAX = 40;
const TOPIC_LENGTH_MAX = 60;

/** What a holder of a link may see: never the whole address, for mails get forwarded. */
export type Preferences = { masked: string; subscribed: boolean; topics: string[] };

export type SignUpDesk = {
  /** The same answer, after the same work, for known and unknown addresses; "too_many" tells only of the asker's own network. */
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
  const { db } = people;
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
      const allowed = people.change(() => takeNetwork(people, remote) && noteSignUp(people, address));
      if (!allowed) return "too_many";
      onQueued();
      return "taken";
    },
    canConfirm: (token) => personOf(people, token, "confirm") !== undefined,
    confirm: (token) =>
      people.change(() => {
        const person = personOf(people, token, "confirm");
        if (person && person.state !== "complained") {
          setState(people, person.id, "subscribed");
          noteReceiver(people);
        }
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
        if (person.state === "subscribed") setState(people, person.id, "left");
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
  people.db.prepare("UPDATE outbox SET state = 'failed', last = ? WHERE person = ? AND state = 'queued' AND kind = 'issue'").run(why, person);
  // Not failed but forgotten: who comes back still holds what was wrong, and is told then.
  people.db.prepare("DELETE FROM outbox WHERE person = ? AND state = 'queued' AND kind = 'correction'").run(person);
  // An old letter of confirmation must not bring back someone who has left.
  people.db.prepare("DELETE FROM tokens WHERE person = ? AND purpose = 'confirm'").run(person);
}

/** Inside a change; the caller settles the database afterwards. Tokens and outbox rows go with the person. */
export function erasePerson(people: People, person: number): void {
  const row = people.db.prepare("SELECT address_key FROM people WHERE id = ?").get(person);
  if (!row) return;
  const key = row.address_key as string;
  forgetSignUps(people, key);
  dropSignUp(people, key);
  people.db.prepare("DELETE FROM sink WHERE address_key = ?").run(key);
  people.db.prepare("DELETE FROM people WHERE id = ?").run(person);
}
