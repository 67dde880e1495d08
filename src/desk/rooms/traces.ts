// Following funds from the desk: a question by a form, the running job, its answer, kept under a name, opened row by row,
// and the packet on which a service's desk acts. The same as `tracewire trace` and `tracewire freeze`.
import Type from "typebox";
import { can } from "../../accounts/accounts.ts";
import { datasetOfEntry, readRows } from "../../datasets/datasets.ts";
import { TracewireError } from "../../errors.ts";
import { makePacket, packetArchive, packetFiles } from "../../freezing/freezing.ts";
import { oneOf } from "../../schema.ts";
import { html, type Html } from "../../site/site.ts";
import { assetWords, findTrace, listTraces, listTransferSets, METHOD_NAMES, readAskWords, releaseTrace, type SavedTrace } from "../../tracing/tracing.ts";
import { deskAssetHref } from "../desk-assets.ts";
import { area, choice, deskForm, field, when } from "../frame.ts";
import { seesSets } from "../objects.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";
import { flowsTable, placesTable } from "../trace-table.ts";
import type { TraceJob } from "../trace-jobs.ts";

const KEPT_SHOWN = 50;
const JOBS_SHOWN = 20;
const STOPS_MAX = 200;
const LINE = Type.String({ minLength: 1, maxLength: 200 });
const NAME = Type.String({ pattern: "^[a-z0-9][a-z0-9-]{1,60}$", maxLength: 61 });

const linesOf = (text: string | undefined): string[] => (text ?? "").split("\n").map((line) => line.trim()).filter((line) => line !== "");
const seenTraces = ({ newsroom, who }: SignedInContext): SavedTrace[] => listTraces(newsroom.log, "all").filter(({ sets }) => seesSets(newsroom.log, who, sets.map(({ seq }) => seq)));
const traceOf = ({ newsroom }: SignedInContext, params: Record<string, string>): SavedTrace => findTrace(newsroom.log, params.trace!, undefined, "all")!;
const jobOf = ({ traceJobs }: SignedInContext, params: Record<string, string>): TraceJob => traceJobs.find(Number(params.job))!;

function listPage(context: SignedInContext, before: number): Html {
  const { newsroom, who, traceJobs } = context;
  const sets = listTransferSets(newsroom.log).filter((set) => set.superseded_by === undefined && seesSets(newsroom.log, who, [set.seq]));
  const kept = seenTraces(context).filter(({ seq }) => seq < before);
  const shown = kept.slice(0, KEPT_SHOWN);
  const jobs = traceJobs.list().filter(({ by }) => by === who.user.handle).slice(-JOBS_SHOWN).reverse();
  return html`<h1>Traces</h1>
<p class="hint">Each convention says which units moved; none of them sees it. Over ${sets.length === 1 ? "one set" : `${sets.length} sets`} of transfers: ${sets.slice(0, 12).map(({ name, row_count }, at) => html`${at > 0 && ", "}${name} (${row_count.toLocaleString("en-US")})`)}${sets.length === 0 && html`none yet; <code>tracewire import transfers</code> reads some`}.</p>
<div class="panes"><section aria-label="Traces">
${
  jobs.length > 0 &&
  html`<h2>Yours</h2><ul class="board">${jobs.map(({ id, ask, state, at, places }) => html`<li><a href="/desk/traces/jobs/${id}">From ${ask.from.slice(0, 80)}</a>: ${state}${state === "running" && `, ${places.toLocaleString("en-US")} places`}, ${when(at)}</li>
`)}</ul>`
}
<h2>Kept</h2>
${
  shown.length === 0
    ? html`<p>None. A trace that is kept can be opened row by row, counted by figures, and asked again by a stranger.</p>`
    : html`<div class="scroll" tabindex="0"><table><thead><tr><th>Trace</th><th>From</th><th>Conventions</th><th class="num">Steps</th><th>By</th><th>Public</th></tr></thead><tbody>${shown.map(
        (trace) =>
          html`<tr><td class="title"><a href="/desk/traces/${trace.id}">${trace.title}</a></td><td><code>${trace.ask.from.slice(0, 50)}</code></td><td>${trace.ask.methods.join(", ")}</td><td class="num">${trace.step_count.toLocaleString("en-US")}</td><td>${trace.by}, ${when(trace.at)}</td><td>${trace.released === undefined ? "no" : "yes"}</td></tr>
`,
      )}</tbody></table></div>${kept.length > shown.length && html`<p>${shown.length} of ${kept.length} shown. <a href="/desk/traces?before=${shown.at(-1)!.seq}" rel="next" data-key="n">Older ones</a></p>`}`
}</section><section class="pane-form" aria-label="A new trace"><h2>A new one</h2>
${deskForm(
  who,
  "/desk/traces",
  html`${field("from", "From", { required: true, key: "a", hint: "A theft, an address, address@order=amount, a txid, txid:vout=amount; several with commas" })}<div class="row">${choice("direction", "Which way", [["forward", "where it went"], ["backward", "where it came from"]])}${choice("methods", "Conventions", METHOD_NAMES.map((name) => [name, name] as const), { empty: "all of them" })}</div>
${area("stops", "End at", { rows: 3, hint: "One a line: ADDRESS=service:Its name, or mixer, bridge, contract, or a word of your own" })}<label class="check"><input type="checkbox" name="known" value="yes" checked> End at services, mixers and bridges that tags and lists name</label>
<details><summary>Asset, floor, day, depth</summary><div class="row">${field("asset", "Only this asset")}${field("floor", "Not less than", { hint: "base units" })}</div><div class="row">${field("until", "As if the data ended at", { hint: "2022-08-01" })}${field("depth", "At most so many transfers")}</div></details>
<button class="main-act" data-key="s" data-key-words="Start the trace">Start</button>
`,
)}</section></div>`;
}

function jobPage({ who }: SignedInContext, job: TraceJob): Html {
  const isOpen = job.state === "waiting" || job.state === "running";
  return html`<h1>From ${job.ask.from.slice(0, 120)}</h1>
<p class="hint"><a href="/desk/traces">Traces</a>. ${job.ask.direction}, ${job.ask.methods.join(", ")}; started ${when(job.at)}.</p>
${
  isOpen
    ? html`<p class="done" role="status" data-watch>${job.state === "waiting" ? "It waits for its turn." : `Running; ${job.places.toLocaleString("en-US")} places looked at.`} <a href="/desk/traces/jobs/${job.id}" data-key="r">Look again</a></p>
${deskForm(who, `/desk/traces/jobs/${job.id}/cancel`, html`<button>Cancel</button>`)}<script type="module" src="${deskAssetHref("watch.js")}"></script>`
    : job.state !== "done" && html`<p class="finding" role="status">${job.state === "cancelled" ? "Cancelled." : `It failed. ${job.reason ?? ""}`}</p>`
}${job.seq !== undefined && job.keep && html`<p class="done">Kept as <a href="/desk/traces/${job.keep.id}">${job.keep.id}</a>, entry ${job.seq}.</p>`}${
    job.found &&
    html`${job.found.notes.map((note) => html`<p class="finding">${note}</p>
`)}${job.seq === undefined && deskForm(who, `/desk/traces/jobs/${job.id}/keep`, html`<div class="row">${field("id", "Keep as", { required: true, pattern: "[a-z0-9][a-z0-9\\-]{1,60}", hint: "small letters, digits, hyphens" })}${field("title", "Title", { required: true, value: `From ${job.ask.from.slice(0, 80)}` })}<button>Keep</button></div>`)}${placesTable(job.found.rows, job.found.row_count, job.found.tokens)}<p class="hint">Hash of the answer: <code>${job.found.result_sha256}</code></p>`
  }`;
}

function keptPage(context: SignedInContext, trace: SavedTrace, query: URLSearchParams): Html {
  const { newsroom, who, publicHref } = context;
  const rowsOf = (entry: number) => readRows(newsroom.log, datasetOfEntry(newsroom.log, entry));
  const [totals, flows] = [rowsOf(trace.totals), rowsOf(trace.flows)];
  const assets = [...new Set(totals.map(({ asset }) => asset!))];
  const { methods } = trace.ask;
  const method = methods.find((name) => name === query.get("method")) ?? methods.find((name) => name === "fifo") ?? methods[0]!;
  const asset = assets.find((name) => name === query.get("asset")) ?? assets[0] ?? "";
  const own = totals.filter((row) => row.asset === asset);
  const path = `/desk/traces/${trace.id}`;
  const link = (name: string, of: string) => `${path}?${new URLSearchParams({ method: name, asset: of }).toString()}`;
  return html`<h1>${trace.title}</h1>
<p class="hint"><a href="/desk/traces">Traces</a>. Entry ${trace.seq}, from <code>${trace.ask.from}</code>, ${trace.ask.direction}, ${trace.step_count.toLocaleString("en-US")} steps. ${trace.released === undefined ? "Readers do not see it." : html`<a href="${publicHref(`/traces/${trace.id}`)}">Its public page</a>, with a picture and every step.`}</p>
${can(who.user.role, "case.release") && trace.released === undefined && deskForm(who, `${path}/release`, html`<button>Make it public</button>`)}
<h2>The way, opened step by step</h2>
<p><a href="${path}/graph?${new URLSearchParams({ method, asset }).toString()}" data-key="p">As a picture</a>, with notes.</p>
<p class="names-row">${methods.map((name) => html`<a href="${link(name, asset)}"${name === method && html` aria-current="true"`}>By ${name}</a> `)}</p>
${
  assets.length > 1 &&
  html`<form method="get" action="${path}" class="row"><input type="hidden" name="method" value="${method}">${choice("asset", `Asset, one of ${assets.length}`, assets.map((name) => [name, `${assetWords(name, trace.tokens)?.symbol ?? "base units"} (${name.slice(0, 60)})`] as const), { value: asset })}<button>Show</button></form>
`
}${flowsTable(flows, path, { method, asset, open: query.getAll("open"), more: query.getAll("more") }, trace.tokens)}
${placesTable(own, own.length, trace.tokens)}
<h2>Freeze packet</h2>
<p class="hint">Letter, addresses, transactions, amounts by each convention, and the proof from the log, as one file.</p>
${deskForm(
  who,
  `${path}/packet`,
  html`<div class="row">${field("service", "Service", { required: true, hint: "as the trace’s stops name it" })}${field("contact", "Whom its desk answers", { required: true })}${field("reference", "Your reference")}</div>
${area("addresses", "Addresses of it that no stop names", { rows: 2, hint: "one a line" })}<button>Make the packet</button>
`,
)}`;
}

export const traceRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/traces",
    about: "Kept traces, one's own jobs, and the form of a new one.",
    rule: { for: "traces.write" },
    query: ["before"],
    run: (context, { query }) => ({ title: "Traces", page: listPage(context, Number(query.get("before")) || Number.MAX_SAFE_INTEGER), wide: true }),
  }),
  deskRoute({
    method: "POST",
    path: "/traces",
    about: "Starts a trace.",
    rule: { for: "traces.write" },
    form: Type.Object(
      {
        from: Type.String({ minLength: 1, maxLength: 20_000 }),
        direction: oneOf(["forward", "backward"] as const),
        methods: Type.Optional(oneOf(METHOD_NAMES)),
        stops: Type.Optional(Type.String({ maxLength: 40_000 })),
        known: Type.Optional(Type.Literal("yes")),
        asset: Type.Optional(LINE),
        floor: Type.Optional(LINE),
        until: Type.Optional(LINE),
        depth: Type.Optional(Type.String({ pattern: "^\\d{1,6}$" })),
      },
      { additionalProperties: false },
    ),
    run({ newsroom, who, traceJobs, record }, { form }) {
      const stops = linesOf(form.stops);
      if (stops.length > STOPS_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `stops: at most ${STOPS_MAX}`, where: "stops" });
      const { asset, floor, until, methods } = form;
      const ask = readAskWords({
        from: form.from.trim(),
        methods,
        backward: form.direction === "backward",
        asset,
        floors: floor === undefined ? [] : [floor],
        until,
        ...(form.depth === undefined ? {} : { depth: Number(form.depth) }),
        stops,
        known: form.known === "yes",
      });
      const among = listTransferSets(newsroom.log).filter((set) => set.superseded_by === undefined && seesSets(newsroom.log, who, [set.seq])).map(({ seq }) => String(seq));
      const job = traceJobs.start({ by: who.user.handle, ask, among });
      record("trace.start", ask.from.slice(0, 200));
      return { go: `/desk/traces/jobs/${job.id}` };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/traces/jobs/:job",
    about: "One trace that was started: how far it is, its answer.",
    rule: { for: "traces.write", object: "job" },
    run(context, { params }) {
      const job = jobOf(context, params);
      if (job.state !== "waiting" && job.state !== "running") job.seen = true;
      return { title: `From ${job.ask.from.slice(0, 60)}`, page: jobPage(context, job), wide: true };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/traces/jobs/:job/cancel",
    about: "Stops a trace.",
    rule: { for: "traces.write", object: "job" },
    run({ traceJobs, record }, { params }) {
      traceJobs.cancel(Number(params.job));
      record("trace.cancel", `job ${params.job!}`);
      return { go: `/desk/traces/jobs/${params.job!}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/traces/jobs/:job/keep",
    about: "Asks the same again and keeps the answer under a name.",
    rule: { for: "traces.write", object: "job" },
    form: Type.Object({ id: NAME, title: LINE }, { additionalProperties: false }),
    run(context, { params, form }) {
      const { ask, among, by } = jobOf(context, params);
      const known = findTrace(context.newsroom.log, form.id, undefined, "all");
      if (known && !seenTraces(context).some(({ id }) => id === form.id)) throw new TracewireError("CONFLICT", { what: `“${form.id}” is taken`, where: "id" });
      const job = context.traceJobs.start({ by, ask, among, keep: form });
      context.record("trace.keep", form.id);
      return { go: `/desk/traces/jobs/${job.id}` };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/traces/:trace",
    about: "A kept trace: its flows opened row by row, its places, the form of a freeze packet.",
    rule: { for: "traces.write", object: "trace" },
    query: ["method", "asset", "open", "more"],
    run(context, { params, query }) {
      const trace = traceOf(context, params);
      return { title: trace.title, page: keptPage(context, trace, query), wide: true };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/traces/:trace/release",
    about: "Makes a kept trace and its tables public.",
    rule: { for: "case.release", object: "trace" },
    run(context, { params }) {
      const trace = traceOf(context, params);
      context.write("trace.release", trace.id, (transaction) => releaseTrace(transaction, trace, context.who.user.handle));
      return { go: `/desk/traces/${trace.id}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/traces/:trace/packet",
    about: "The freeze packet of a kept trace, as one file.",
    rule: { for: "traces.write", object: "trace" },
    form: Type.Object(
      { service: LINE, contact: Type.String({ minLength: 1, maxLength: 500 }), reference: Type.Optional(LINE), addresses: Type.Optional(Type.String({ maxLength: 20_000 })) },
      { additionalProperties: false },
    ),
    async run(context, { params, form }) {
      const { newsroom, effects, record } = context;
      const trace = traceOf(context, params);
      const { service, contact, reference } = form;
      const input = { service, contact, addresses: linesOf(form.addresses), made_at: effects.clock(), ...(reference === undefined ? {} : { reference }) };
      const packet = await makePacket(newsroom, trace, input);
      const files = await packetFiles(newsroom, trace, packet);
      record("trace.freeze", `${trace.id} at ${service}`);
      return { file: { name: `freeze-${trace.id}.zip`, type: "application/zip", bytes: packetArchive(files) } };
    },
  }),
];
