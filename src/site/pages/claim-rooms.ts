// Rooms whose evidence is claims alone: workers abroad, arms, what money is for, positions of states. Thin where the data
// is thin, and saying so; who denies stands beside who says.
import { fieldSpec, readClaims, type Claim, type Kind } from "../../casefile/casefile.ts";
import { csvAnswer, jsonList } from "../answers.ts";
import { claimBars, type ClaimBar } from "../claim-chart.ts";
import { CLAIM_COLUMNS, claimRow, claimValue, hedgeWords, rivalTable } from "../claim-parts.ts";
import { html, nothing, type Html } from "../html.ts";
import type { Route, SiteContext } from "../route.ts";
import { formatDay, plural, subjectWords } from "../words.ts";
import { page } from "./rooms.ts";

/** Below this many claims a room says that it is thin. */
const THIN = 10;
const DEPENDS = ["casefile"];

type Room = {
  path: string;
  kind: Kind;
  title: string;
  standfirst: string;
  /** Replies whose subject begins so are about this room's claims. */
  replies: RegExp;
  chart?: { title: string; fields: readonly string[]; unit: string };
  lacks: readonly string[];
};

const ROOMS: readonly Room[] = [
  {
    path: "/workers",
    kind: "worker-posting",
    title: "Workers abroad",
    standfirst: "How many, in which work, for how much: each number as somebody says it, most of them by a state that was not named.",
    replies: /worker/,
    chart: { title: "People, as claimed; an arrow means “at least”", fields: ["count"], unit: "people" },
    lacks: [
      "Countries: the sources held say “some 40 countries” and name none.",
      "A method: nobody says how people were counted, or whether a person is counted once.",
      "Any reply by a state in which the work is done.",
    ],
  },
  {
    path: "/arms",
    kind: "arms-transfer",
    title: "Arms",
    standfirst: "Supplies that somebody reports, and what the two sides answer. A report under investigation is not a finding.",
    replies: /arms/,
    lacks: [
      "Kinds, quantities and dates of what is said to be supplied; the source held names neither recipient nor number.",
      "Imagery or shipping records: none is captured here.",
    ],
  },
  {
    path: "/funding",
    kind: "funding-claim",
    title: "What the money is for",
    standfirst:
      "A purpose is a claim of its own: it never follows from a sum. Two unnamed states give two shares of two different things, and the press often makes them one.",
    replies: /fund/,
    chart: { title: "Shares in percent, each of its own whole: they cannot be added or compared", fields: ["share"], unit: "percent" },
    lacks: ["How either share was worked out, and which states said it.", "Any account of income or spending by the state itself."],
  },
  {
    path: "/positions",
    kind: "position",
    title: "Positions of states",
    standfirst: "What states and bodies hold on the sanctions and on those who watch them, with the votes that are held.",
    replies: /council|mandate|sanction/,
    lacks: [
      "Statements in the Council’s own records: what is held was read in the press.",
      "Positions of the members who voted for: the vote is held, their words are not.",
    ],
  },
];

export const claimRoomRoutes: Route[] = ROOMS.flatMap((room): Route[] => [
  {
    path: room.path,
    about: `${room.title}: claims with who says and who denies.`,
    query: ["who", "subject"],
    render: (context, { query }) => page(context, room.path, room.title, roomBody(context, room, query)),
  },
  {
    path: `${room.path}.csv`,
    about: `${room.title}, every claim, as CSV.`,
    query: ["who", "subject"],
    render: (context, { query }) =>
      csvAnswer(`${room.path.slice(1)}.csv`, CLAIM_COLUMNS, chosen(context, room, query).map(claimRow), DEPENDS),
  },
  {
    path: `${room.path}.json`,
    about: `${room.title}, every claim, as JSON.`,
    query: ["who", "subject"],
    render: (context, { query }) => jsonList(context.at.log_size, CLAIM_COLUMNS, chosen(context, room, query).map(claimRow), DEPENDS),
  },
]);

const held = (context: SiteContext, room: Room): Claim[] => readClaims(context.log, context.at, { kind: room.kind });

function chosen(context: SiteContext, room: Room, query: URLSearchParams): Claim[] {
  const [who, subject] = [query.get("who"), query.get("subject")];
  return held(context, room).filter((claim) => (!who || claim.claimant === who) && (!subject || claim.subject === subject));
}

function roomBody(context: SiteContext, room: Room, query: URLSearchParams): Html {
  const all = held(context, room);
  const claims = chosen(context, room, query);
  const replies = readClaims(context.log, context.at, { kind: "reply" }).filter((reply) => room.replies.test(reply.subject));
  const suffix = query.size > 0 ? `?${query.toString()}` : "";
  return html`<h1>${room.title}</h1>
<p class="standfirst">${room.standfirst}</p>
${filters(room, all, query)}
<p class="note">${plural(claims.length, "claim", "claims")}${claims.length < all.length && ` of ${all.length}`} held.${all.length < THIN && " That is thin, and this page says no more than they do."} The same as <a href="${room.path}.csv${suffix}">CSV</a> or <a href="${room.path}.json${suffix}">JSON</a>.</p>
${claims.length === 0 ? html`<p>No claim is held for this choice. <a href="${room.path}">Show all</a>.</p>` : nothing}
${drawn(room, claims)}
${[...Map.groupBy(claims, (claim) => claim.subject)].map(
  ([subject, own]) => html`<section><h2><a href="/case/${subject}">${subjectWords(subject)}</a></h2>
${[...Map.groupBy(own, (claim) => claim.field)].map(([field, rivals]) => rivalTable(context, fieldSpec(room.kind, field)?.label ?? field, rivals, `${subjectWords(subject)}: ${field}`))}</section>
`,
)}
<section><h2>Who denies, who answered</h2>${
    replies.length === 0
      ? html`<p>No reply to these claims is held. That is a gap of this case file; it is not silence of those concerned.</p>`
      : html`<ul>${replies.map((reply) => html`<li>${reply.claimant}, ${formatDay(reply.as_of)}: “${reply.value}” (${hedgeWords(reply)}; <a href="/log/${reply.seq}">entry ${reply.seq}</a>)</li>`)}</ul>`
  }</section>
<section><h2>What this list lacks</h2><ul>${room.lacks.map((line) => html`<li>${line}</li>`)}<li>Originals: every claim here was read in a transcription, as its mark says.</li></ul></section>`;
}

function filters(room: Room, all: readonly Claim[], query: URLSearchParams): Html {
  const option = (value: string, name: string, text: string) =>
    html`<option value="${value}"${query.get(name) === value && html` selected`}>${text}</option>`;
  const who = [...new Set(all.map((claim) => claim.claimant))].sort();
  const subjects = [...new Set(all.map((claim) => claim.subject))];
  return html`<form class="filters" action="${room.path}" method="get"><label>Who says<select name="who"><option value="">all</option>${who.map((name) => option(name, "who", name))}</select></label>
<label>About<select name="subject"><option value="">all</option>${subjects.map((subject) => option(subject, "subject", subjectWords(subject)))}</select></label><button type="submit">Show</button></form>`;
}

function drawn(room: Room, claims: readonly Claim[]): Html {
  const { chart } = room;
  if (!chart) return html`<p class="note">Nothing here is a number that could be drawn.</p>`;
  const bars = claims
    .filter((claim) => chart.fields.includes(claim.field) && claim.unit === chart.unit)
    .map((claim): ClaimBar => ({
      label: subjectWords(claim.subject),
      value: Number(claim.value),
      text: `${claim.bound && claim.bound !== "exact" ? `${claim.bound.replace("_", " ")} ` : ""}${claimValue(claim)}`,
      bound: claim.bound,
    }));
  if (bars.length === 0) return nothing;
  return claimBars(chart.title, bars, room.path.slice(1), chart.unit === "percent" ? 100 : undefined);
}
