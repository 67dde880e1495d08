// A kept trace as a picture that opens place by place, with its twin as a table (client/graph.ts), and the newsroom's notes on its
// places. What a browser gets are words and numbers; which of them are shown is its own matter, and stands in its address.
import Type from "typebox";
import { datasetOfEntry, readRows, type Row } from "../../datasets/datasets.ts";
import { TracewireError } from "../../errors.ts";
import { html } from "../../site/site.ts";
import { assetWords, findTrace, NOTE_CHARS_MAX, shortAmount, type SavedTrace } from "../../tracing/tracing.ts";
import { deskAssetHref, deskScript } from "../desk-assets.ts";
import { choice } from "../frame.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";
import type { Flow, GraphData, Place } from "../client/graph-model.ts";

/** Sent at once, the largest first: some megabytes. */
const FLOWS_MAX = 40_000;

type Chosen = { trace: SavedTrace; method: string; asset: string; assets: string[]; totals: Row[]; flows: Row[] };

function choose({ newsroom }: SignedInContext, params: Record<string, string>, query: URLSearchParams): Chosen {
  const trace = findTrace(newsroom.log, params.trace!, undefined, "all")!;
  const rowsOf = (entry: number) => readRows(newsroom.log, datasetOfEntry(newsroom.log, entry));
  const [totals, flows] = [rowsOf(trace.totals), rowsOf(trace.flows)];
  const assets = [...new Set(totals.map(({ asset }) => asset!))];
  const { methods } = trace.ask;
  const method = methods.find((name) => name === query.get("method")) ?? methods.find((name) => name === "fifo") ?? methods[0]!;
  const asset = assets.find((name) => name === query.get("asset")) ?? assets[0] ?? "";
  const own = (row: Row) => row.method === method && row.asset === asset;
  return { trace, method, asset, assets, totals: totals.filter(own), flows: flows.filter(own) };
}

/** Places by number, flows the largest first. */
export function graphOf({ trace, asset, totals, flows }: Pick<Chosen, "trace" | "asset" | "totals" | "flows">): Omit<GraphData, "notes"> {
  const sorted = flows.map((row) => ({ row, amount: BigInt(row.amount!) })).sort((a, b) => (a.amount < b.amount ? 1 : a.amount > b.amount ? -1 : 0)).slice(0, FLOWS_MAX);
  const known = new Map(totals.map(({ place, what, reason, name }) => [place!, { what: what!, words: name || (what === "stop" ? reason! : "") }]));
  const numbers = new Map<string, number>();
  const places: Place[] = [];
  const numberOf = (address: string): number => {
    const held = numbers.get(address);
    if (held !== undefined) return held;
    const of = known.get(address);
    places.push([address, of?.words ?? "", of?.what === "seed" ? "start" : of?.what === "stop" ? "stop" : "held"]);
    numbers.set(address, places.length - 1);
    return places.length - 1;
  };
  const largest = sorted[0]?.amount ?? 1n;
  const words = assetWords(asset, trace.tokens);
  const rows = sorted.map(({ row, amount }): Flow => [numberOf(row.from!), numberOf(row.to!), Number((amount * 1_000_000n) / (largest || 1n)) / 1_000_000, shortAmount(amount, words), row.kind!, Number(row.transfers)]);
  return { places, flows: rows, flow_count: flows.length };
}

export const traceGraphRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/traces/:trace/graph",
    about: "A kept trace as a picture that opens place by place, with notes.",
    rule: { for: "traces.write", object: "trace" },
    query: ["method", "asset"],
    run(context, { params, query }) {
      const { trace, method, asset, assets } = choose(context, params, query);
      const path = `/desk/traces/${trace.id}`;
      const of = new URLSearchParams({ method, asset });
      const page = html`<h1>${trace.title}</h1>
<p class="hint"><a href="${path}?${of.toString()}">The trace</a>: its tables, and its way opened step by step without a script. From left to right, widths by amount; what is open stands in the address.</p>
<form method="get" action="${path}/graph" class="row">${choice("method", "Convention", trace.ask.methods.map((name) => [name, name] as const), { value: method })}${assets.length > 1 ? choice("asset", `Asset, one of ${assets.length}`, assets.map((name) => [name, `${assetWords(name, trace.tokens)?.symbol ?? "base units"} (${name.slice(0, 60)})`] as const), { value: asset }) : html`<input type="hidden" name="asset" value="${asset}">`}<button>Show</button></form>
<div class="graph" data-graph="${path}/graph.json?${of.toString()}" data-notes="${path}/notes" data-csrf="${context.who.csrf}" data-who="${context.who.user.handle}">
<p class="ways" data-bar></p>
<p role="status" data-says></p>
<div class="graph-panes"><div class="graph-picture" data-picture role="img" aria-label="The picture of the flows; the table below has the same"></div>
<section class="graph-detail" data-detail aria-label="The place looked at"></section></div>
<section data-twin aria-label="The same flows as a table"></section>
</div>
<noscript><p>The picture needs a script; <a href="${path}?${of.toString()}">the way opened step by step</a> does not.</p></noscript>
<script src="${deskAssetHref("graphology.min.js")}" defer></script><script src="${deskAssetHref("sigma.min.js")}" defer></script>${deskScript("graph.js")}`;
      return { title: trace.title, page, wide: true };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/traces/:trace/graph.json",
    about: "The places and flows of a kept trace with the newsroom's notes, for the picture's script.",
    rule: { for: "traces.write", object: "trace" },
    query: ["method", "asset"],
    run(context, { params, query }) {
      const chosen = choose(context, params, query);
      const notes = context.traceNotes.list(chosen.trace.id).map(({ place, text, by }) => ({ place, text, by }));
      return { json: { ...graphOf(chosen), notes } satisfies GraphData };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/traces/:trace/notes",
    about: "Keeps a note on a place of a kept trace, for the newsroom alone; an empty one is taken away.",
    rule: { for: "traces.write", object: "trace" },
    form: Type.Object({ place: Type.String({ minLength: 1, maxLength: 300 }), text: Type.Optional(Type.String({ maxLength: NOTE_CHARS_MAX })) }, { additionalProperties: false }),
    run(context, { params, form }) {
      const trace = findTrace(context.newsroom.log, params.trace!, undefined, "all")!;
      if (!placesOf(context, trace).has(form.place)) throw new TracewireError("NOT_FOUND", { what: "The trace has no such place", where: "place" });
      context.traceNotes.put(trace.id, form.place, form.text ?? "", context.who.user.handle);
      context.record("trace.note", trace.id);
      return { json: { kept: true } };
    },
  }),
];

/** By every convention and of every asset. */
function placesOf({ newsroom }: SignedInContext, trace: SavedTrace): Set<string> {
  const rows = (entry: number) => readRows(newsroom.log, datasetOfEntry(newsroom.log, entry));
  return new Set([...rows(trace.flows).flatMap(({ from, to }) => [from!, to!]), ...rows(trace.totals).map(({ place }) => place!)]);
}
