// Who blames whom, in which words, who denies; and what groups share, as a picture with its reasons and as the same in a table.
import { foldName, listOverlaps, readBlame, readDenials, type Blame, type Evidence, type Overlap } from "../../attribution/attribution.ts";
import { html, type Html } from "../../site/site.ts";
import { vantageOf } from "../claim-form.ts";
import { madeOnce } from "../made-once.ts";
import { drawOverlaps } from "../overlap-graph.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";

const SUBJECTS_SHOWN = 40;
const NAMES_SHOWN = 12;
const DENIALS_SHOWN = 60;
const PAIRS_SHOWN = 40;
const REASONS_SHOWN = 12;

const vantage = (context: SignedInContext) => vantageOf(context, context.newsroom.log.size());

function counted(blames: readonly Blame[], name: "whom" | "by"): [name: string, subjects: number][] {
  const bySubject = Map.groupBy(blames, (blame) => blame[name]);
  return [...bySubject].map(([value, own]) => [value, new Set(own.map(({ subject }) => subject)).size] as [string, number]).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

type Wanted = { whom: string; by: string; after: string };

const hrefOf = (wanted: Partial<Wanted>): string => `/desk/attribution?${new URLSearchParams(Object.entries(wanted).filter(([, value]) => value !== "")).toString()}`;

function attributionPage(context: SignedInContext, { whom, by, after }: Wanted): Html {
  const { blames, denials } = madeOnce(context, "blame", () => ({ blames: readBlame(context.newsroom.log, vantage(context)), denials: readDenials(context.newsroom.log, vantage(context)) }));
  const chosen = blames.filter((blame) => (whom === "" || blame.whom === whom) && (by === "" || blame.by === by));
  const wanted = new Set(chosen.map(({ subject }) => subject));
  // A subject comes with all that is said of it: whom somebody else blames stands beside it.
  const subjects = [...Map.groupBy(blames.filter(({ subject }) => wanted.has(subject)), ({ subject }) => subject)];
  const rest = subjects.filter(([subject]) => subject > after);
  const shown = rest.slice(0, SUBJECTS_SHOWN);
  const names = (which: "whom" | "by", title: string) => {
    const list = counted(blames, which);
    return html`<section><h2>${title} <span class="count">${list.length}</span></h2><ul class="names">${list.slice(0, NAMES_SHOWN).map(([name, subjectCount]) => html`<li><a href="${hrefOf({ whom, by, [which]: name })}"${(which === "whom" ? whom : by) === name && html` aria-current="true"`}>${name}</a> ${subjectCount}</li>`)}</ul>${list.length > NAMES_SHOWN && html`<p class="hint">${NAMES_SHOWN} of ${list.length} shown.</p>`}</section>`;
  };
  return html`<h1>Attribution</h1>
<p class="hint">Somebody’s word for who did it, never ours; two names are two rows. <a href="/desk/overlap" data-key="o" data-key-words="What groups share">What groups share</a></p>
${
  blames.length === 0
    ? html`<p>Nobody is blamed in what is held. A claim on a theft’s or an address’s “who is blamed” stands here, with its claimant and its words.</p>`
    : html`<div class="two">${names("whom", "Who is blamed")}${names("by", "Who blames")}</div>
<h2>By theft and address <span class="count">${subjects.length.toLocaleString("en-US")}</span></h2>
${(whom !== "" || by !== "") && html`<p>Only those${whom !== "" && html` for which <strong>${whom}</strong> is blamed`}${by !== "" && html` by <strong>${by}</strong>`}. <a href="/desk/attribution">All</a></p>`}
<div class="scroll" tabindex="0"><table><thead><tr><th>About</th><th>Who is blamed</th><th>Who blames</th><th>In which words</th><th>Class of the body</th><th>Claimed on</th><th>Entry</th></tr></thead><tbody>${shown.map(([subject, own]) => subjectRows(subject, own))}</tbody></table></div>
${rest.length > shown.length && html`<p><a href="${hrefOf({ whom, by, after: shown.at(-1)![0] })}" rel="next" data-key="n">The next ${Math.min(SUBJECTS_SHOWN, rest.length - shown.length)}</a></p>`}`
}
<h2>Who denies <span class="count">${denials.length}</span></h2>
${
  denials.length === 0
    ? html`<p>No denial is held. <a href="/desk/replies/new">Ask those who are blamed</a>; what they answer stands here.</p>`
    : html`<ul class="board">${denials.slice(0, DENIALS_SHOWN).map((denial) => html`<li><strong>${denial.by}</strong>, ${denial.as_of}, on <a href="/desk/subjects/${denial.subject}">${denial.subject}</a>: “${denial.words}” <a href="/desk/captures/${denial.capture}">entry ${denial.entry}</a></li>
`)}</ul>${denials.length > DENIALS_SHOWN && html`<p class="hint">${DENIALS_SHOWN} of ${denials.length} shown.</p>`}`
}`;
}

function subjectRows(subject: string, own: readonly Blame[]): Html {
  const differ = new Set(own.map(({ whom }) => foldName(whom))).size > 1;
  return html`${own.map(
    (blame, at) => html`<tr>${at === 0 && html`<th scope="rowgroup" rowspan="${own.length}"><a href="/desk/subjects/${subject}">${subject}</a>${differ && html`<br><span class="state" data-state="failed">they differ</span>`}</th>`}<td>${blame.whom}</td><td>${blame.by}</td><td>${blame.hedge}${blame.wording !== undefined && html`: “${blame.wording}”`}</td><td>${blame.level ?? "not said"}</td><td>${blame.as_of}</td><td><a href="/desk/captures/${blame.capture}">${blame.entry}</a></td></tr>
`,
  )}`;
}

const keyOf = ({ a, b }: Overlap): string => `${a}~${b}`;
const rowId = (pair: Overlap): string => `pair-${keyOf(pair).toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;

/** Printed so that nothing turns it into a link. */
const broken = ({ item, kind }: Evidence): string => (kind.startsWith("host") ? item.replaceAll(".", "[.]").replace(/^http/, "hxxp") : item);

function overlapPage(context: SignedInContext, after: string): Html {
  const pairs = madeOnce(context, "overlaps", () => listOverlaps(context.newsroom.log, context.newsroom.log.size()));
  const drawn = drawOverlaps(pairs, rowId);
  const groups = new Set(pairs.flatMap(({ a, b }) => [a, b])).size;
  const from = after === "" ? 0 : pairs.findIndex((pair) => keyOf(pair) === after) + 1;
  const shown = pairs.slice(from, from + PAIRS_SHOWN);
  return html`<h1>What groups share</h1>
<p class="hint">A score orders what to look at. It is no probability, and never says that two groups are one. <a href="/desk/attribution">Attribution</a></p>
${
  pairs.length === 0
    ? html`<p>No pair shares anything that is held. Sources that say who uses what (MITRE ATT&amp;CK, maltrail) are imported by <code>tracewire import</code>.</p>`
    : html`<p>${drawn.groups} of ${groups} groups and ${drawn.pairs} of ${pairs.length.toLocaleString("en-US")} pairs are drawn, the highest scores first; the table has all.</p>
<div class="scroll" tabindex="0" role="group" aria-label="The picture">${drawn.picture}</div>
<h2>The same as a table <span class="count">${pairs.length.toLocaleString("en-US")}</span></h2>
<div class="scroll" tabindex="0"><table><thead><tr><th>Pair</th><th>Score</th><th>Band</th><th>Shared</th><th>Its reasons: weight × how few others have it × source × age</th></tr></thead><tbody>${shown.map((pair) => pairRow(context, pair))}</tbody></table></div>
${from + shown.length < pairs.length && html`<p>${shown.length} of ${pairs.length.toLocaleString("en-US")} shown. <a href="/desk/overlap?after=${encodeURIComponent(keyOf(shown.at(-1)!))}" rel="next" data-key="n">The next</a></p>`}`
}`;
}

function pairRow({ publicHref }: SignedInContext, pair: Overlap): Html {
  const reasons = pair.evidence.slice(0, REASONS_SHOWN);
  return html`<tr id="${rowId(pair)}"><td><a href="${publicHref(`/actors/overlap?${new URLSearchParams({ a: pair.a, b: pair.b }).toString()}`)}">${pair.a} and ${pair.b}</a></td><td class="num">${pair.score.toFixed(2)}</td><td>${pair.band}${pair.capped && ", capped: one class of evidence"}</td><td class="num">${pair.evidence.length}</td><td><details><summary>${broken(reasons[0]!)}, ${reasons[0]!.kind}: ${reasons[0]!.score.toFixed(3)}</summary><ul>${reasons.map((item) => html`<li>${broken(item)}, ${item.kind}: ${item.weight} × ${item.specificity.toFixed(2)} × ${item.reliability.toFixed(2)} × ${item.decay.toFixed(2)} = ${item.score.toFixed(3)} (${item.witness}, ${item.grade})</li>`)}</ul>${pair.evidence.length > reasons.length && html`<p class="hint">${reasons.length} of ${pair.evidence.length} shown.</p>`}</details></td></tr>
`;
}

export const attributionRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/attribution",
    about: "Who blames whom, in which words, and who denies.",
    rule: { for: "case.read" },
    query: ["whom", "by", "after"],
    run: (context, { query }) => ({ title: "Attribution", page: attributionPage(context, { whom: query.get("whom") ?? "", by: query.get("by") ?? "", after: query.get("after") ?? "" }), wide: true }),
  }),
  deskRoute({
    method: "GET",
    path: "/overlap",
    about: "What groups share: a picture, and a table with the reasons.",
    rule: { for: "case.read" },
    query: ["after"],
    run: (context, { query }) => ({ title: "What groups share", page: overlapPage(context, query.get("after") ?? ""), wide: true }),
  }),
];
