// The front page as an editor sets it: each place by rule or pinned, until a moment or for good, and as it will be at any
// moment to come, with what is scheduled until then.
import Type from "typebox";
import { TracewireError } from "../../errors.ts";
import { appendFront, arrangeFront, FRONT_LIMITS, listCards, openSchedule, readFront, scheduleExists, type Arranged, type Card } from "../../press/press.ts";
import { arrangeFrontAt, type PlannedFront } from "../../scheduler.ts";
import { html, type Html } from "../../site/site.ts";
import { choice, deskForm, field, when } from "../frame.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";

/** Offered in each place. */
const STORIES_OFFERED = 80;
const HEADLINE_CHARS = 90;
const SLUG = Type.Optional(Type.String({ pattern: "^[a-z0-9][a-z0-9-]*$", maxLength: 200 }));
const places = (name: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${name}_${at + 1}`);
const [TOP, CARDS] = [places("top", FRONT_LIMITS.top), places("card", FRONT_LIMITS.cards)];
const FrontForm = Type.Object(
  { lead: SLUG, ...Object.fromEntries([...TOP, ...CARDS].map((name) => [name, SLUG])), until: Type.Optional(Type.String({ maxLength: 40 })), why: Type.Optional(Type.String({ maxLength: 300 })) },
  { additionalProperties: false },
);

function momentOf(name: string, given: string): string {
  const time = new Date(given);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*Z$/.test(given) || Number.isNaN(time.getTime()))
    throw new TracewireError("BAD_ARGUMENT", { what: `${name}: “${given}” is no time in UTC`, where: name, hint: "Write 2026-11-24T18:00:00Z." });
  return time.toISOString();
}

function frontAt({ newsroom, write }: SignedInContext, at: string): PlannedFront {
  const schedule = scheduleExists(newsroom.folder) ? openSchedule(newsroom.folder) : undefined;
  const items = schedule?.due(at) ?? [];
  schedule?.close();
  if (items.length === 0) return { ...arrangeFront(newsroom.log, { now: at }), planned: [] };
  // Published, looked at and taken back: nothing stays.
  return write("front.preview", at, (transaction, { log }) => arrangeFrontAt(transaction, log, items, at), { dry: true });
}

function preview(context: SignedInContext, { lead, top, cards, pinned, planned }: PlannedFront): Html {
  const isPinned = (slug: string) => pinned !== undefined && [pinned.lead, ...pinned.top, ...pinned.cards].includes(slug);
  const coming = new Set(planned.map(({ slug }) => slug));
  const item = (card: Card) =>
    html`<a href="${context.publicHref(`/stories/${card.slug}`)}">${card.headline}</a> <span class="hint">${card.topic}${isPinned(card.slug) && ", pinned"}${coming.has(card.slug) && ", comes out by then"}</span>`;
  return html`<div class="front-preview"><section aria-label="Lead"><h3>Lead</h3>${lead ? html`<p class="lead-line">${item(lead)}</p><p>${lead.standfirst}</p>` : html`<p>No story is published.</p>`}</section>
<section aria-label="Top News"><h3>Top News</h3><ol>${top.map((card) => html`<li>${item(card)}</li>
`)}</ol></section>
<section aria-label="Cards"><h3>Cards</h3><ol>${cards.map((card) => html`<li>${item(card)}</li>
`)}</ol></section></div>
${planned.map(({ slug, due, why }) => html`<p class="${why === undefined ? "done" : "finding"}">${slug}, ${when(due)} UTC${why === undefined ? " comes out" : html`: as things stand it will be refused. ${why}`}</p>
`)}`;
}

function page(context: SignedInContext, at: string | undefined): Html {
  const now = context.effects.clock();
  const { log } = context.newsroom;
  const shown = frontAt(context, at ?? now);
  const made = readFront(log);
  const pins = arrangeFront(log, { now }).pinned;
  return html`<h1>Front page</h1>
<p class="hint">By rule the last story published leads, the latest follow in Top News, and the cards are of different topics. What is pinned is an entry of the log. <a href="${context.publicHref("/")}">The page itself</a></p>
<h2>${at === undefined ? "As it is" : html`As it will be at ${when(at)} UTC`}</h2>
<form method="get" action="/desk/front" class="row">${field("at", "As it will be at", { value: at ?? "", hint: "UTC, such as 2026-11-24T18:00:00Z" })}<button data-key="v" data-key-words="Look at that moment">Look</button></form>
${preview(context, shown)}
<h2>Pin</h2>
${made && html`<p class="hint">Last set by ${made.by}, ${when(made.at)}${made.why !== undefined && html`: ${made.why}`}. ${pins?.until === undefined ? (pins ? "It holds until it is set again." : "All goes by rule now.") : html`It holds until ${when(pins.until)} UTC.`}</p>
`}${pinForm(context, pins)}`;
}

function pinForm({ newsroom, who }: SignedInContext, pins: Arranged["pinned"]): Html {
  const latest = listCards(newsroom.log, { type: "story", limit: STORIES_OFFERED });
  const known = new Map(latest.map(({ slug, headline }) => [slug, headline]));
  for (const slug of [pins?.lead, ...(pins?.top ?? []), ...(pins?.cards ?? [])]) if (slug !== undefined && !known.has(slug)) known.set(slug, slug);
  const options = [...known].map(([slug, headline]) => [slug, headline.length > HEADLINE_CHARS ? `${headline.slice(0, HEADLINE_CHARS)}…` : headline] as const);
  const place = (name: string, label: string, value: string | undefined) => choice(name, label, options, { value: value ?? "", empty: "by rule" });
  return deskForm(
    who,
    "/desk/front",
    html`${place("lead", "Lead", pins?.lead)}<fieldset class="places"><legend>Top News</legend>${TOP.map((name, at) => place(name, `Place ${at + 1}`, pins?.top[at]))}</fieldset>
<fieldset class="places"><legend>Cards</legend>${CARDS.map((name, at) => place(name, `Card ${at + 1}`, pins?.cards[at]))}</fieldset>
<div class="row">${field("until", "Until", { value: pins?.until ?? "", hint: "UTC; left empty, until it is set again" })}${field("why", "Why")}</div>
<button class="main-act" data-key="s" data-key-words="Set the front page">Set the front page</button> <span class="hint">With every place by rule, nothing is pinned any more.</span>
`,
  );
}

export const frontRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/front",
    about: "The front page, now or at a moment to come, and what is pinned in it.",
    rule: { for: "stories.publish" },
    query: ["at"],
    run(context, { query }) {
      const at = query.get("at") ?? "";
      return { title: "Front page", page: page(context, at === "" ? undefined : momentOf("at", at)), wide: true };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/front",
    about: "Pins stories to places, or gives places back to the rule.",
    rule: { for: "stories.publish" },
    form: FrontForm,
    run({ write, who, effects }, { form }) {
      const { lead, until, why, ...named } = form as Record<string, string | undefined>;
      const inPlaces = (names: readonly string[]) => names.flatMap((name) => named[name] ?? []);
      const pins = { top: inPlaces(TOP), cards: inPlaces(CARDS), ...(lead === undefined ? {} : { lead }), ...(until === undefined ? {} : { until: momentOf("until", until) }) };
      write("front.set", lead ?? "by rule", (transaction) => appendFront(transaction, pins, { by: who.user.handle, now: effects.clock(), ...(why === undefined ? {} : { why }) }));
      return { go: "/desk/front" };
    },
  }),
];
