// What stands on the front page: which story leads, the order of Top News, the cards below. By rule the last story published
// leads, the latest follow, and the cards are of different topics; an editor can pin any of the places. What was pinned, by
// whom and until when is an entry of the log, so that a front page of the past is as it was.
import { TracewireError } from "../errors.ts";
import type { LogReader, Transaction } from "../evidence/evidence.ts";
import { findCard, listCards, type Card } from "./read-press.ts";

const STORIES_READ_MAX = 60;
export const FRONT_LIMITS = { top: 6, cards: 8 } as const;
const WHY_CHARS_MAX = 300;

/** Slugs. What is left out, or beyond what is named, goes by rule. */
export type Pins = { lead?: string; top: readonly string[]; cards: readonly string[]; /** From this moment all goes by rule again. */ until?: string };
export type Front = Pins & { seq: number; at: string; by: string; why?: string };

export type Arranged = { lead: Card | undefined; top: Card[]; cards: Card[]; /** The pins in force. */ pinned: Front | undefined };

type Reads = Pick<LogReader, "db">;

/** Inside a change. Throws NOT_FOUND for a slug that is no story in print, BAD_ARGUMENT for one named twice or a moment that has passed. */
export function appendFront(transaction: Transaction, pins: Pins, { by, now, why }: { by: string; now: string; why?: string }): number {
  const named = [...(pins.lead === undefined ? [] : [pins.lead]), ...pins.top, ...pins.cards];
  const twice = named.find((slug, at) => named.indexOf(slug) !== at);
  if (twice !== undefined) throw bad(`“${twice}” is named twice`);
  for (const [place, max] of Object.entries(FRONT_LIMITS))
    if (pins[place as keyof typeof FRONT_LIMITS].length > max) throw bad(`${place}: at most ${max} stories`);
  for (const slug of named) {
    const card = findCard(transaction, slug);
    if (!card || card.type !== "story") throw new TracewireError("NOT_FOUND", { what: `There is no published story “${slug}”`, hint: "A release does not lead the front page: it is not our reporting." });
    if (card.withdrawn !== null) throw bad(`“${slug}” is withdrawn`);
  }
  if (pins.until !== undefined && !(Date.parse(pins.until) > Date.parse(now))) throw bad(`until: “${pins.until}” is no moment to come`);
  if (why !== undefined && why.length > WHY_CHARS_MAX) throw bad(`why: at most ${WHY_CHARS_MAX} characters`);
  return transaction.append({
    kind: "front",
    top: [...pins.top],
    cards: [...pins.cards],
    ...(pins.lead === undefined ? {} : { lead: pins.lead }),
    ...(pins.until === undefined ? {} : { until: new Date(pins.until).toISOString() }),
    ...(why === undefined ? {} : { why }),
    by,
  });
}

/** The last arrangement that was made, in force or not; with `known`, as the log had it at that size. */
export function readFront(log: Reads, known = Number.MAX_SAFE_INTEGER): Front | undefined {
  const row = log.db.prepare("SELECT seq, body FROM fronts WHERE seq < ? ORDER BY seq DESC LIMIT 1").get(known);
  return row && { seq: row.seq as number, ...(JSON.parse(row.body as string) as Omit<Front, "seq">) };
}

/** The front page at a moment; with `known`, as the stories stood when the log had that size. */
export function arrangeFront(log: Reads, { now, known }: { now: string; known?: number }): Arranged {
  const made = readFront(log, known);
  const pinned = made && (made.until === undefined || now < made.until) && (made.lead !== undefined || made.top.length + made.cards.length > 0) ? made : undefined;
  const latest = listCards(log, { type: "story", known, limit: STORIES_READ_MAX });
  const cardsOf = (slugs: readonly string[]) => slugs.flatMap((slug) => cardNamed(log, slug, latest, known) ?? []);
  const [top, cards] = [cardsOf(pinned?.top ?? []), cardsOf(pinned?.cards ?? [])];
  const taken = new Set([...top, ...cards].map(({ slug }) => slug));
  const lead = cardsOf(pinned?.lead === undefined ? [] : [pinned.lead])[0] ?? latest.find(({ slug }) => !taken.has(slug));
  const others = latest.filter(({ slug }) => slug !== lead?.slug && !taken.has(slug));
  const rail = [...top, ...others.slice(0, Math.max(0, FRONT_LIMITS.top - top.length))];
  const rest = others.filter((card) => !rail.includes(card));
  // Cards of different topics first, so that none hides the others.
  const first = [...Map.groupBy(rest, (card) => card.topic).values()].map(([card]) => card!);
  const shelf = [...cards, ...first, ...rest.filter((card) => !first.includes(card))].slice(0, FRONT_LIMITS.cards);
  return { lead, top: rail, cards: shelf, pinned };
}

/** A pinned story in print: one that was withdrawn since leaves its place to the rule. */
function cardNamed(log: Reads, slug: string, latest: readonly Card[], known: number | undefined): Card | undefined {
  const near = latest.find((card) => card.slug === slug);
  if (near) return near;
  const card = findCard(log, slug);
  if (!card) return undefined;
  return listCards(log, { type: "story", known, before: card.first_seq + 1, limit: 1 }).find((found) => found.slug === slug);
}

const bad = (what: string): TracewireError => new TracewireError("BAD_ARGUMENT", { what });
