// Rooms whose evidence is claims alone: workers abroad, arms, what money is for, positions of states. Thin where the data
// is thin, and saying so; who denies stands beside who says.
import { fieldSpec, listClaimants, listSubjects, readClaims, type Claim, type Kind } from "../../casefile/casefile.ts";
import { FILE_ROWS_MAX, countIn, csvAnswer, jsonList, onward } from "../answers.ts";
import { claimBars, type ClaimBar } from "../claim-chart.ts";
import { CLAIM_COLUMNS, claimRow, claimValue, hedgeWords, rivalTable } from "../claim-parts.ts";
import { html, nothing, type Html } from "../html.ts";
import type { Route, SiteContext } from "../route.ts";
import { formatDay, plural, subjectWords } from "../words.ts";
import { heldOf } from "./case.ts";
import { page } from "./rooms.ts";

/** Below this many claims a room says that it is thin. */
const THIN = 10;
const DEPENDS = ["casefile"];
const SUBJECTS_SHOWN = 50;
const NAMES_OFFERED_MAX = 200;
const REPLIES_SHOWN = 50;

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
    query: ["who", "subject", "after"],
    render: (context, { query }) => page(context, room.path, room.title, roomBody(context, room, query)),
  },
  {
    path: `${room.path}.csv`,
    about: `${room.title}, claim by claim, as CSV.`,
    query: ["who", "subject", "from"],
    render: (context, { query, path }) => csvAnswer(`${room.path.slice(1)}.csv`, CLAIM_COLUMNS, ...fileOf(context, room, query, path)),
  },
  {
    path: `${room.path}.json`,
    about: `${room.title}, claim by claim, as JSON.`,
    query: ["who", "subject", "from"],
    render: (context, { query, path }) => jsonList(context.at.log_size, CLAIM_COLUMNS, ...fileOf(context, room, query, path)),
  },
]);

function fileOf(
  context: SiteContext,
  room: Room,
  query: URLSearchParams,
  path: string,
): [ReturnType<typeof claimRow>[], string[], string | undefined] {
  const after = query.get("from") ? countIn(query, "from") : undefined;
  const claims = readClaims(context.log, context.at, { ...chosen(room, query), after, limit: FILE_ROWS_MAX });
  const next = claims.length === FILE_ROWS_MAX ? onward(path, query, { from: String(claims.at(-1)!.seq) }) : undefined;
  return [claims.map(claimRow), DEPENDS, next];
}

function chosen(room: Room, query: URLSearchParams): { kind: Kind; claimant?: string; subject?: string } {
  const subject = query.get("subject") || undefined;
  return { kind: room.kind, claimant: query.get("who") || undefined, ...(subject?.startsWith(`${room.kind}/`) ? { subject } : {}) };
}

/** The claims of one page: those on the next subjects in order of their names. */
function claimsShown(context: SiteContext, room: Room, query: URLSearchParams): { claims: Claim[]; next: string | undefined } {
  const { claimant, subject } = chosen(room, query);
  const after = query.get("after") ? `${room.kind}/${query.get("after")!.slice(0, 120)}` : undefined;
  const found = subject ? [subject] : listSubjects(context.log, context.at, room.kind, { after, claimant, limit: SUBJECTS_SHOWN + 1 });
  const subjects = found.slice(0, SUBJECTS_SHOWN);
  const claims = subjects.flatMap((own) => readClaims(context.log, context.at, { subject: own, claimant })).sort((a, b) => a.seq - b.seq);
  return { claims, next: found.length > SUBJECTS_SHOWN ? subjects.at(-1)!.slice(room.kind.length + 1) : undefined };
}

/** Replies whose names say that they are about this room; only those that are shown are read. */
function repliesTo(context: SiteContext, room: Room): { shown: Claim[]; more: number } {
  const subjects = context
    .memo("reply subjects", () => listSubjects(context.log, context.at, "reply", { limit: -1 }), DEPENDS)
    .filter((subject) => room.replies.test(subject));
  const shown = subjects.slice(0, REPLIES_SHOWN).flatMap((subject) => readClaims(context.log, context.at, { subject }));
  return { shown, more: Math.max(0, subjects.length - REPLIES_SHOWN) };
}

function roomBody(context: SiteContext, room: Room, query: URLSearchParams): Html {
  const all = heldOf(context, room.kind).claims;
  const { claims, next } = claimsShown(context, room, query);
  const { shown: replies, more: moreReplies } = repliesTo(context, room);
  const asked = new URLSearchParams([...query].filter(([name, value]) => value !== "" && name !== "after"));
  const suffix = asked.size > 0 ? `?${asked.toString()}` : "";
  return html`<h1>${room.title}</h1>
<p class="standfirst">${room.standfirst}</p>
${filters(context, room, query)}
<p class="note">${plural(claims.length, "claim", "claims")}${claims.length < all && ` of ${all.toLocaleString("en-US")} held, on this page`}${claims.length === all && " held"}.${all < THIN && " That is thin, and this page says no more than they do."} The same as <a href="${room.path}.csv${suffix}">CSV</a> or <a href="${room.path}.json${suffix}">JSON</a>.</p>
${claims.length === 0 ? html`<p>No claim is held for this choice. <a href="${room.path}">Show all</a>.</p>` : nothing}
${drawn(room, claims)}
${[...Map.groupBy(claims, (claim) => claim.subject)].map(
  ([subject, own]) => html`<section><h2><a href="/case/${subject}">${subjectWords(subject)}</a></h2>
${[...Map.groupBy(own, (claim) => claim.field)].map(([field, rivals]) => rivalTable(context, fieldSpec(room.kind, field)?.label ?? field, rivals, `${subjectWords(subject)}: ${field}`))}</section>
`,
)}
${(next !== undefined || query.get("after")) && html`<nav class="pages" aria-label="Pages">${query.get("after") && html`<a href="${room.path}">First</a> `}${next !== undefined && html`<a rel="next" href="${onward(room.path, query, { after: next })}">More</a>`}</nav>`}
<section><h2>Who denies, who answered</h2>${
    replies.length === 0
      ? html`<p>No reply to these claims is held. That is a gap of this case file; it is not silence of those concerned.</p>`
      : html`<ul>${replies.map((reply) => html`<li>${reply.claimant}, ${formatDay(reply.as_of)}: “${reply.value}” (${hedgeWords(reply)}; <a href="/log/${reply.seq}">entry ${reply.seq}</a>)</li>`)}${moreReplies > 0 && html`<li>and on ${moreReplies.toLocaleString("en-US")} more in <a href="/case/reply">the case file</a></li>`}</ul>`
  }</section>
<section><h2>What this list lacks</h2><ul>${room.lacks.map((line) => html`<li>${line}</li>`)}<li>Originals: every claim here was read in a transcription, as its mark says.</li></ul></section>`;
}

function filters(context: SiteContext, room: Room, query: URLSearchParams): Html {
  const option = (value: string, name: string, text: string) =>
    html`<option value="${value}"${query.get(name) === value && html` selected`}>${text}</option>`;
  const who = context
    .memo(`claimants ${room.kind}`, () => listClaimants(context.log, context.at, room.kind, NAMES_OFFERED_MAX), DEPENDS)
    .toSorted();
  const subjects = listSubjects(context.log, context.at, room.kind, { limit: NAMES_OFFERED_MAX });
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
