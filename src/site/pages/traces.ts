// Traces that are kept: where the funds are under each convention, side by side, with the picture, the table, every step
// to its transfer, what the data lacks, and the files with which somebody else can add it all up again.
import { datasetOfEntry, readRows, type Row } from "../../datasets/datasets.ts";
import {
  assetWords,
  auditHtml,
  auditWorkbook,
  changesSince,
  findTrace,
  hiddenSets,
  knownErrorOf,
  listTransferSets,
  methodStatement,
  movedVersions,
  openTracedTransfers,
  shortAmount,
  ROWS_ON_PAGES_MAX,
  supersededSets,
  writeAmount,
  METHOD_SENTENCES,
  STEP_COLUMNS,
  TOTAL_COLUMNS,
  type AssetWords,
  type MissingFunds,
  type SavedTrace,
  type TracedTransfers,
} from "../../tracing/tracing.ts";
import { csvAnswer, jsonAnswer } from "../answers.ts";
import { flowList, flowPicture, layOut, shortPlace, type FlowRow } from "../flow-picture.ts";
import { html, nothing, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Route, SiteContext } from "../route.ts";
import { formatMoment, plural } from "../words.ts";
import { limitsOf } from "./trace-list.ts";

const PLACES_SHOWN = 40;
const STEPS_SHOWN = 50;
const DEPENDS = ["datasets", "traces"];

export const traceRoutes: Route[] = [
  {
    path: "/traces/:id",
    about: "One trace: a picture, five conventions side by side, every step; with .csv or .json behind the name its places.",
    query: ["method", "asset", "from"],
    async render(context, { params, query }) {
      const [, id, form] = /^(.+?)(?:\.(csv|json))?$/.exec(params.id!)!;
      const found = findTrace(context.log, id!, context.at.log_size);
      if (!found) return undefined;
      const totals = rowsOf(context, found.totals);
      if (form === "csv") return csvAnswer(`${id}.csv`, TOTAL_COLUMNS, totals.map((row) => TOTAL_COLUMNS.map((column) => row[column] ?? "")), DEPENDS);
      if (form === "json") return jsonAnswer({ ...found, places: totals, flows: rowsOf(context, found.flows) }, DEPENDS);
      return page(context, `/traces/${id}`, found.title, `Where ${found.ask.from} ${found.ask.direction === "backward" ? "came from" : "went"}, under ${found.ask.methods.join(", ")}.`, onePage(context, found, totals, query, await underneath(context, found)));
    },
  },
  {
    path: "/traces/:id/:file",
    about: "Every step of a trace with its method statement: steps.csv, steps.xlsx, steps.html.",
    render(context, { params }) {
      const found = findTrace(context.log, params.id!, context.at.log_size);
      if (!found || found.steps === null) return undefined;
      const steps = rowsOf(context, found.steps);
      const audit = { ...found, columns: STEP_COLUMNS, steps };
      switch (params.file) {
        case "steps.csv":
          return csvAnswer(`${found.id}-steps.csv`, STEP_COLUMNS, steps.map((step) => STEP_COLUMNS.map((column) => step[column] ?? "")), DEPENDS);
        case "steps.xlsx":
          return {
            content_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            body: Buffer.from(auditWorkbook(audit)),
            depends: DEPENDS,
            headers: { "content-disposition": `attachment; filename="${found.id}-steps.xlsx"` },
          };
        case "steps.html":
          return { content_type: "text/html; charset=utf-8", body: auditHtml(audit), depends: DEPENDS };
        default:
          return undefined;
      }
    },
  },
];

const rowsOf = (context: SiteContext, entry: number): readonly Row[] => readRows(context.log, datasetOfEntry(context.log, entry));

function onePage(context: SiteContext, found: SavedTrace, totals: readonly Row[], query: URLSearchParams, under: Underneath | undefined): Html {
  const assets = [...new Set(totals.map((row) => row.asset!))];
  const asset = assets.find((name) => name === query.get("asset")) ?? largestAsset(totals, assets);
  const methods = found.ask.methods;
  const method = methods.find((name) => name === query.get("method")) ?? methods.find((name) => name === "fifo") ?? methods[0]!;
  const words = assetWords(asset, found.tokens);
  const own = totals.filter((row) => row.asset === asset);
  const flows = rowsOf(context, found.flows)
    .filter((row) => row.asset === asset && row.method === method)
    .map((row): FlowRow => ({ from: row.from!, to: row.to!, kind: row.kind!, amount: BigInt(row.amount!) }));
  const link = (changes: Record<string, string>) => `/traces/${found.id}?${new URLSearchParams({ method, ...(assets.length > 1 ? { asset } : {}), ...changes })}`;
  return html`<p class="label"><a href="/traces">Following funds</a></p>
<h1>${found.title}</h1>
<p class="standfirst">${standfirst(found, own, words)}</p>
${assets.length > 1 && html`<nav class="pages" aria-label="Assets"><ul>${assets.map((name) => html`<li><a href="${link({ asset: name })}"${name === asset && html` aria-current="true"`}>${assetWords(name, found.tokens)?.symbol ?? shortPlace(name)}</a></li>`)}</ul></nav>`}
<nav class="pages" aria-label="Conventions"><ul>${methods.map((name) => html`<li><a href="${link({ method: name })}"${name === method && html` aria-current="true"`}>By ${name}</a></li>`)}</ul></nav>
<p class="note"><strong>By ${method}:</strong> ${METHOD_SENTENCES[method]}</p>
${picture(found, flows, own, method, words)}
<section><h2>Side by side</h2>
<p>When one account holds stolen and other money and pays some of it out, nothing on a chain says which units left. Each convention is one answer:</p>
<dl class="facts">${methods.map((name) => html`<div><dt>${name}</dt><dd>${METHOD_SENTENCES[name]}</dd></div>`)}</dl>
${sideBySide(own, methods, words)}
<details><summary>What is known of their error</summary><ul>${methods.map((name) => html`<li>${knownErrorOf(name, found.ask.direction)}.</li>`)}</ul><p>Measured on transfers in dollars that others had followed by hand; a theft that was laundered otherwise may come out otherwise.</p></details>
<p>Which convention is right is a question of law or of policy, not of arithmetic. Where they agree, the choice does not matter; where they differ, say which one you use. <a href="/docs/following-funds">What each means</a>.</p></section>
<section><h2>Where it is</h2>
${placesTable(context, own, found, words)}
${found.tokens?.[asset] && html`<p class="note">${found.tokens[asset].symbol} is what the source calls <code>${asset}</code>; a token is known by its contract.</p>`}<p class="note">All places as <a href="/traces/${found.id}.csv">CSV</a> or <a href="/traces/${found.id}.json">JSON</a>.</p></section>
${movedSets(context, found)}
${movedRules(found)}
${lacking(context, found, under, asset)}
${stepsSection(context, found, asset, method, words, Math.max(0, Number(query.get("from") ?? 0) || 0), link)}
<section><h2>How it was done</h2>
<dl class="facts"><div><dt>Asked</dt><dd>${found.ask.from}, ${found.ask.direction}, by ${found.ask.methods.join(", ")}</dd></div>
<div><dt>Ends asked for</dt><dd>${limitsOf(found).join("; ") || "none: to the end of the data"}</dd></div>
${found.sets.map((set) => html`<div><dt>Over</dt><dd><a href="/log/${set.seq}">${set.name}</a>, ${plural(set.row_count, "row", "rows")}, root ${set.rows_root.slice(0, 16)}…</dd></div>`)}
<div><dt>By</dt><dd>${methods.map((name) => `${name} version ${found.methods[name]!.version}`).join(", ")}</dd></div>
<div><dt>Kept</dt><dd><a href="/log/${found.seq}">Entry ${found.seq}</a>, <time datetime="${found.at}">${formatMoment(found.at.slice(0, 19))}</time> UTC, at log size ${found.log_size.toLocaleString("en-US")}</dd></div>
<div><dt>Answer</dt><dd>SHA-256 ${found.result_sha256.slice(0, 16)}…; ${hiddenSets(context.log, found).length > 0 ? "only this newsroom can ask it again, for its transfers are not public; every step is here" : html`<code>tracewire reproduce ${found.id}</code> makes it again`}</dd></div></dl>
<details><summary>The method, for an expert of the other side</summary>${methodStatement({ ...found, columns: STEP_COLUMNS, steps: [] }).map((line) => html`<p>${line}</p>`)}</details></section>`;
}

/** Methods that have another version now: the answer stays as it was kept, and says so. */
function movedRules(found: SavedTrace): Html {
  const moved = movedVersions(found);
  return moved.length === 0
    ? nothing
    : html`<p class="known"><strong>The rules have moved.</strong> ${moved.map(({ method, kept }) => `${method} version ${kept}`).join(", ")} answered here. Since then ${changesSince(moved)}. Asked again it may come out otherwise; <code>tracewire reproduce ${found.id}</code> says whether it does.</p>`;
}

/** Of what addresses and transactions of the trace have pages: accounts, outputs, or nothing where a set is not public or too large to be read for a page. */
const pagesOf = (context: SiteContext, { sets }: SavedTrace): "accounts" | "utxo" | undefined =>
  context.memo(`pages of sets ${sets.map(({ seq }) => seq).join(" ")}`, () => {
    const held = new Map(listTransferSets(context.log, context.at.log_size).map((set) => [set.seq, set]));
    const used = sets.map(({ seq }) => held.get(seq));
    const isShown = used.every((set) => set?.released !== undefined && set.superseded_by === undefined) && sets.reduce((sum, { row_count }) => sum + row_count, 0) <= ROWS_ON_PAGES_MAX;
    return isShown ? used[0]?.kind : undefined;
  });

const linked = (context: SiteContext, found: SavedTrace, name: string, href: string): Html => {
  const shown = html`<code title="${name}">${shortPlace(name)}</code>`;
  return pagesOf(context, found) === undefined ? shown : html`<a href="${href}">${shown}</a>`;
};

/** An account has a page of its own, an output that of its transaction. */
const placeLink = (context: SiteContext, found: SavedTrace, place: string): Html =>
  linked(context, found, place, pagesOf(context, found) === "utxo" ? `/transactions/${encodeURIComponent(place.replace(/:\d+$/, ""))}` : `/addresses/${encodeURIComponent(place)}`);

/** Of a transfer without transaction, the entry of the set whose row it is. */
const transferLink = (context: SiteContext, found: SavedTrace, name: string): Html => {
  const set = found.sets.find((one) => name.startsWith(`${one.name}:`));
  return linked(context, found, name, set ? `/log/${set.seq}` : `/transactions/${encodeURIComponent(name.replace(/#\d+$/, ""))}`);
};

type Underneath = { gaps: MissingFunds[]; ends: TracedTransfers["ends"] };

/** What the sets under a trace show beside it: where they end, and who on the way sent more than they have. */
function underneath(context: SiteContext, found: SavedTrace): Promise<Underneath> | undefined {
  if (pagesOf(context, found) === undefined) return undefined;
  return context.memo(
    `underneath trace ${found.seq}`,
    async () => {
      const transfers = await openTracedTransfers(context, found);
      return { gaps: transfers.gapsAt(rowsOf(context, found.flows).map(({ from }) => from!)), ends: transfers.ends };
    },
    DEPENDS,
  );
}

const GAPS_SHOWN = 5;

/** `asset` is the one that the page shows. */
function lacking(context: SiteContext, found: SavedTrace, under: Underneath | undefined, asset: string): Html {
  const { gaps: all = [], ends = [] } = under ?? {};
  const [gaps, words] = [all.filter((gap) => gap.asset === asset), assetWords(asset, found.tokens)];
  const shown = gaps.slice(0, GAPS_SHOWN);
  const lines = [
    ...found.notes.map((note) => html`<li>${note}</li>`),
    ...ends.filter(({ time, block }) => time !== null || block !== null).map(({ chain, time, block }) => html`<li>${chain === "" ? "The data" : `On ${chain} the data`} ends ${time !== null && html`at <time datetime="${time}">${formatMoment(time)}</time> UTC`}${block !== null && ` in block ${block}`}: what happened later is not known.</li>`),
    ...(gaps.length > 0
      ? [html`<li>${gaps.length === 1 ? "One account that it went through sends" : `${gaps.length} accounts that it went through send`} more than these transfers show to have come, and where that is from is not known: ${shown.map(({ address, missing }, at) => html`${at > 0 && "; "}${placeLink(context, found, address)} ${writeAmount(missing, words)}`)}${gaps.length > shown.length && `; and ${gaps.length - shown.length} more`}.</li>`]
      : []),
  ];
  return lines.length === 0 ? nothing : html`<section><h2>What the data lacks</h2><ul>${lines}</ul></section>`;
}

/** Sets under this trace that a later one replaced: the answer stays as it was kept, and says so. */
function movedSets(context: SiteContext, found: SavedTrace): Html {
  const replaced = supersededSets(context.log, context.at.log_size);
  const moved = found.sets.filter(({ seq }) => replaced.has(seq));
  return moved.length === 0
    ? nothing
    : html`<p class="known"><strong>The data has moved.</strong> ${moved.map(({ name, seq }) => html`${name} was replaced by <a href="/log/${replaced.get(seq)!}">entry ${replaced.get(seq)!}</a>. `)}This trace stands as of log size ${found.log_size.toLocaleString("en-US")}; asked again over the newer rows it may come out otherwise.</p>`;
}

function largestAsset(totals: readonly Row[], assets: readonly string[]): string {
  const rowsOf = (asset: string) => totals.filter((row) => row.asset === asset).length;
  return [...assets].sort((a, b) => rowsOf(b) - rowsOf(a) || (a < b ? -1 : 1))[0] ?? "native";
}

const amountOf = (rows: readonly Row[], method: string, what: string): bigint =>
  rows.reduce((sum, row) => (row.method === method && row.what === what ? sum + BigInt(row.amount!) : sum), 0n);

function standfirst(found: SavedTrace, own: readonly Row[], words: AssetWords | undefined): string {
  const method = found.ask.methods.find((name) => name !== "poison") ?? found.ask.methods[0]!;
  const seed = amountOf(own, method, "seed") + amountOf(own, method, "converted_in");
  const places = new Set(own.filter((row) => row.method !== "poison" && (row.what === "held" || row.what === "stop")).map((row) => row.place)).size;
  return `${writeAmount(seed, words)} followed ${found.ask.direction === "backward" ? "back" : "on"} over ${plural(found.step_count, "step", "steps")}, to ${plural(places, "place", "places")} under one convention or another.`;
}

function picture(found: SavedTrace, flows: readonly FlowRow[], own: readonly Row[], method: string, words: AssetWords | undefined): Html {
  if (flows.length === 0) return html`<p class="note">Nothing moved under ${method}.</p>`;
  const stops = new Map(own.filter((row) => row.what === "stop").map((row) => [row.place!, row.name || row.reason!]));
  const nameOf = (place: string) => ({ short: shortPlace(place), ...(stops.has(place) ? { stop: stops.get(place)! } : {}) });
  const reached = new Set(flows.map(({ to }) => to));
  const sources = [...new Set(flows.map(({ from }) => from))];
  const starts = sources.filter((place) => !reached.has(place) || found.ask.from.includes(place));
  const layout = layOut(flows, starts.length > 0 ? starts : sources.slice(0, 1), nameOf);
  const title = `${found.title}, by ${method}`;
  return html`<figure class="chart"><p class="charthead"><strong>${title}</strong>${words?.symbol ?? "Base units"}; widths by amount, ${found.ask.direction === "backward" ? "origins to the right" : "time to the right"}</p>
${flowPicture(layout, "flow", title, words, nameOf)}${flowList(layout, words, nameOf)}
<figcaption>Solid: still there, or stopped. Hollow: sent on.${layout.hidden > 0n && html` Not drawn, because it goes back or further on: ${writeAmount(layout.hidden, words)}.`}
<details><summary>The same as a table</summary><div class="scroll" tabindex="0" role="region" aria-label="Flows"><table class="data"><thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col">How</th><th scope="col" class="num">Amount</th></tr></thead>
<tbody>${[...flows].sort((a, b) => (b.amount > a.amount ? 1 : b.amount < a.amount ? -1 : 0)).slice(0, PLACES_SHOWN).map((flow) => html`<tr><td>${shortPlace(flow.from)}</td><td>${shortPlace(flow.to)}</td><td>${KIND_WORDS[flow.kind] ?? flow.kind}</td><td class="num">${shortAmount(flow.amount, words)}</td></tr>
`)}</tbody></table></div></details></figcaption></figure>`;
}

const KIND_WORDS: Record<string, string> = {
  credit: "arrived",
  seed: "seed",
  stop: "stopped",
  floor: "below the floor",
  fee: "fee",
  conversion_in: "exchanged",
  pay: "paid",
  spend: "spent",
};

const LINES = [
  ["seed", "Seed"],
  ["seed_unbacked", "of it more than the data shows"],
  ["converted_in", "Exchanged into this asset"],
  ["held", "Held"],
  ["stop", "Stopped"],
  ["fee", "Fees"],
  ["floor", "Below the floor"],
  ["converted_out", "Exchanged into others"],
] as const;

function sideBySide(own: readonly Row[], methods: readonly string[], words: AssetWords | undefined): Html {
  const lines = LINES.map(([what, label]) => ({ what, label, amounts: methods.map((method) => amountOf(own, method, what)) })).filter(
    ({ what, amounts }) => what === "seed" || what === "held" || amounts.some((amount) => amount > 0n),
  );
  const counts = methods.map((method) => own.filter((row) => row.method === method && (row.what === "held" || row.what === "stop")).length);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Conventions side by side"><table class="data"><thead><tr><th scope="col">${words?.symbol ?? "Base units"}</th>${methods.map((method) => html`<th scope="col" class="num">${method}</th>`)}</tr></thead>
<tbody>${lines.map(({ label, amounts }) => html`<tr><th scope="row">${label}</th>${amounts.map((amount) => html`<td class="num">${shortAmount(amount, words)}</td>`)}</tr>
`)}<tr><th scope="row">Places</th>${counts.map((count) => html`<td class="num">${count}</td>`)}</tr></tbody></table></div>
${methods.includes("poison") && html`<p class="note">Poison does not add up to the seed: it counts everything that ever touched it, and is an upper bound of exposure.</p>`}`;
}

function placesTable(context: SiteContext, own: readonly Row[], found: SavedTrace, words: AssetWords | undefined): Html {
  const methods = found.ask.methods;
  const places = [...Map.groupBy(own.filter((row) => row.what === "held" || row.what === "stop"), (row) => row.place!)].map(([place, rows]) => ({
    place,
    why: rows.find((row) => row.what === "stop"),
    amounts: methods.map((method) => rows.reduce((sum, row) => (row.method === method ? sum + BigInt(row.amount!) : sum), 0n)),
  }));
  const most = (amounts: readonly bigint[]) => amounts.reduce((a, b) => (a > b ? a : b), 0n);
  places.sort((a, b) => (most(b.amounts) > most(a.amounts) ? 1 : most(b.amounts) < most(a.amounts) ? -1 : a.place < b.place ? -1 : 1));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Places"><table class="data"><thead><tr><th scope="col">Place</th>${methods.map((method) => html`<th scope="col" class="num">${method}</th>`)}<th scope="col">Why it ends</th></tr></thead>
<tbody>${places.slice(0, PLACES_SHOWN).map(({ place, why, amounts }) => html`<tr><th scope="row">${placeLink(context, found, place)}</th>${amounts.map((amount) => html`<td class="num">${amount === 0n ? "·" : shortAmount(amount, words)}</td>`)}${why ? html`<td>${why.reason === "named" && why.name ? why.name : `${why.reason}${why.name ? `: ${why.name}` : ""}`}</td>` : html`<td class="whole">still there at the end of the data</td>`}</tr>
`)}</tbody></table></div>${places.length > PLACES_SHOWN && html`<p class="note">The ${PLACES_SHOWN} largest of ${places.length} places.</p>`}`;
}

function stepsSection(
  context: SiteContext,
  found: SavedTrace,
  asset: string,
  method: string,
  words: AssetWords | undefined,
  from: number,
  link: (changes: Record<string, string>) => string,
): Html {
  if (found.steps === null)
    return html`<section id="steps"><h2>Every step</h2><p>${plural(found.step_count, "step", "steps")}: too many to keep. <code>tracewire trace audit ${found.id} --out steps.csv</code> makes them again.</p></section>`;
  const steps = rowsOf(context, found.steps).filter((row) => row.asset === asset && row.method === method);
  const shown = steps.slice(from, from + STEPS_SHOWN);
  return html`<section id="steps"><h2>Every step, by ${method}</h2>
<p>Each line: what was tainted in a place before, what came, what left, what is tainted after. All of it, for every convention: <a href="/traces/${found.id}/steps.csv">CSV</a>; with the method statement, <a href="/traces/${found.id}/steps.xlsx">workbook with its own sums</a>, <a href="/traces/${found.id}/steps.html">one page</a>.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Steps"><table class="data"><thead><tr><th scope="col">Step</th><th scope="col">What</th><th scope="col">Place</th><th scope="col" class="num">Before</th><th scope="col" class="num">In</th><th scope="col" class="num">Out</th><th scope="col" class="num">After</th><th scope="col">Transfer</th></tr></thead>
<tbody>${shown.map((row) => html`<tr><td>${row.step}</td><td>${(KIND_WORDS[row.rule!] ?? row.rule!).replaceAll("_", " ")}</td><td>${placeLink(context, found, row.place!)}</td>${["before", "in", "out", "after"].map((name) => html`<td class="num">${row[name] === "0" ? "·" : shortAmount(BigInt(row[name]!), words)}</td>`)}<td>${transferLink(context, found, row.transfer!)}</td></tr>
`)}</tbody></table></div>
${(from > 0 || from + STEPS_SHOWN < steps.length) && html`<nav class="pages" aria-label="Steps">${from > 0 && html`<a href="${link({ from: String(Math.max(0, from - STEPS_SHOWN)) })}#steps">Before</a>`}${from + STEPS_SHOWN < steps.length && html`<a rel="next" href="${link({ from: String(from + STEPS_SHOWN) })}#steps">More of ${plural(steps.length, "step", "steps")}</a>`}</nav>`}</section>`;
}

function page(context: SiteContext, path: string, title: string, description: string, body: Html) {
  return { content_type: "text/html; charset=utf-8", body: frame({ title, description, path, context, body }), depends: DEPENDS };
}
