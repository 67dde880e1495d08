// The traces that are kept, each with its question: from where, by which conventions, to which ends, over which sets.
import { assetWords, listTraces, writeAmount, type SavedTrace } from "../../tracing/tracing.ts";
import { csvAnswer, htmlType, jsonAnswer } from "../answers.ts";
import { shortPlace } from "../flow-picture.ts";
import { html, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Route, SiteContext } from "../route.ts";
import { formatMoment, plural } from "../words.ts";

const DEPENDS = ["datasets", "traces"];
const LIST_COLUMNS = ["id", "title", "saved_at", "from", "direction", "methods", "asset", "stops", "known", "floor", "depth", "until", "conversions", "sets", "steps", "log_size", "entry", "result_sha256"];
/** Of a question with hundreds of stops. */
const STOPS_SHOWN = 3;

export const traceListRoutes: Route[] = [
  {
    path: "/traces",
    about: "Traces that are kept: funds followed transfer by transfer.",
    render(context) {
      const traces = listTraces(context.log, "released", context.at.log_size);
      const body = html`<h1>Following funds</h1>
<p class="standfirst">Transfers followed one by one, under five conventions side by side. All but poison, which is a bound, add up to the unit; each step can be checked.</p>
${
  traces.length === 0
    ? html`<p>No trace is kept yet. One comes with <code>tracewire trace --from … --save NAME --release</code>.</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Traces"><table class="data"><thead><tr><th scope="col">Trace</th><th scope="col">Saved (UTC)</th><th scope="col">From</th><th scope="col">Conventions</th><th scope="col">Ends asked for</th><th scope="col">Over</th><th scope="col" class="num">Steps</th></tr></thead>
<tbody>${traces.map(
        (item) => html`<tr><th scope="row"><a href="/traces/${item.id}">${item.title}</a><br><code>${item.id}</code></th><td><time datetime="${item.at}">${formatMoment(item.at.slice(0, 19))}</time></td><td>${seedLinks(item.ask.from)}<br><span class="note">${item.ask.direction}</span></td><td>${item.ask.methods.join(", ")}</td><td>${limitsOf(item, STOPS_SHOWN).join("; ") || "none: to the end of the data"}</td><td>${item.sets.map(({ name, seq }, at) => html`${at > 0 && ", "}<a href="/log/${seq}">${name}</a>`)}</td><td class="num">${item.step_count.toLocaleString("en-US")}</td></tr>
`,
      )}</tbody></table></div><p class="note">The same as <a href="/traces.csv">CSV</a> or <a href="/traces.json">JSON</a>. What the five conventions mean: <a href="/docs/following-funds">how funds are followed</a>.</p>`
}`;
      return { content_type: htmlType, body: frame({ title: "Following funds", description: "Traces of stolen funds, transfer by transfer, under five conventions.", path: "/traces", context, body }), depends: DEPENDS };
    },
  },
  { path: "/traces.csv", about: "The traces that are kept, as CSV.", render: (context) => csvAnswer("traces.csv", LIST_COLUMNS, listCells(context), DEPENDS) },
  {
    path: "/traces.json",
    about: "The traces that are kept, as JSON.",
    render: (context) => jsonAnswer({ log_size: context.at.log_size, traces: listTraces(context.log, "released", context.at.log_size) }, DEPENDS),
  },
];

const SEEDS_SHOWN = 3;

/** A seed that is an address or a transaction by its look is shortened; the page of the trace has it whole. */
const seedLinks = (from: string): Html => {
  const seeds = from.split(",").map((seed) => seed.trim());
  return html`${seeds.slice(0, SEEDS_SHOWN).map((seed, at) => html`${at > 0 && ", "}<code title="${seed}">${shortPlace(seed)}</code>`)}${seeds.length > SEEDS_SHOWN && ` and ${seeds.length - SEEDS_SHOWN} more`}`;
};

/** Whatever a question asked to end or leave out, in words; nothing where nothing was asked. */
export function limitsOf({ ask, tokens }: SavedTrace, stops_max = Infinity): string[] {
  const units = (amount: string, asset: string) => (assetWords(asset, tokens) ? writeAmount(BigInt(amount), assetWords(asset, tokens)) : `${amount} base units of ${asset}`);
  const stops = Object.entries(ask.stops ?? {});
  return [
    ...stops.slice(0, stops_max).map(([address, { reason, name }]) => `at ${shortPlace(address)} (${[reason === "named" ? "" : reason, name].filter(Boolean).join(": ") || "named"})`),
    ...(stops.length > stops_max ? [`at ${stops.length - stops_max} more places`] : []),
    ...(ask.known ? ["where tags and lists name a service, a mixer, a bridge or a contract"] : []),
    ...(ask.asset === undefined ? [] : [`only ${ask.asset}`]),
    ...(ask.floor === undefined ? [] : [`not below ${ask.floor} base units`]),
    ...Object.entries(ask.floors ?? {}).map(([asset, amount]) => `not below ${units(amount, asset)}`),
    ...(ask.depth === undefined ? [] : [`at most ${plural(ask.depth, "transfer", "transfers")}`]),
    ...(ask.until === undefined ? [] : [`as if the data ended at ${ask.until}`]),
    ...(ask.conversions === false ? ["no exchange is followed"] : []),
  ];
}

const listCells = (context: SiteContext) =>
  listTraces(context.log, "released", context.at.log_size).map((item) => [
    item.id,
    item.title,
    item.at,
    item.ask.from,
    item.ask.direction,
    item.ask.methods.join(" "),
    item.ask.asset,
    Object.entries(item.ask.stops ?? {}).map(([address, { reason, name }]) => `${address}=${reason === "named" ? (name ?? "") : `${reason}${name ? `:${name}` : ""}`}`).join("; "),
    item.ask.known ? "yes" : "no",
    [item.ask.floor, ...Object.entries(item.ask.floors ?? {}).map(([asset, amount]) => `${asset}=${amount}`)].filter(Boolean).join("; "),
    item.ask.depth,
    item.ask.until,
    item.ask.conversions === false ? "no" : "yes",
    item.sets.map(({ name }) => name).join(" "),
    item.step_count,
    item.log_size,
    item.seq,
    item.result_sha256,
  ]);
