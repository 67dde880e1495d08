// Following funds from the desk: a question by a form, the running job, its answer, kept under a name, opened row by row,
// and the packet on which a service's desk acts. The same as `tracewire trace` and `tracewire freeze`.
import Type from "typebox";
import { can } from "../../accounts/accounts.ts";
import { formatCsv } from "../../csv.ts";
import { datasetOfEntry, readRows } from "../../datasets/datasets.ts";
import { TracewireError } from "../../errors.ts";
import { makePacket, packetArchive, packetFiles, servicesOf } from "../../freezing/freezing.ts";
import { oneOf } from "../../schema.ts";
import { html, type Html } from "../../site/site.ts";
import {
  assetWords,
  auditHtml,
  auditWorkbook,
  findTrace,
  METHOD_NAMES,
  releaseTrace,
  stepsOf,
  STEP_COLUMNS,
  whatGoesOut,
  type SavedTrace,
  type TransferSet,
} from "../../tracing/tracing.ts";
import { deskAssetHref } from "../desk-assets.ts";
import { area, choice, deskForm, field, when } from "../frame.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";
import { seenSets, seenTraces, wantedSets } from "../seen-sets.ts";
import { compareForm, lowestForm, lowestOfTraceForm, rankForm, waysForm, waysOfTraceForm } from "../question-forms.ts";
import { flowsTable, placesTable } from "../trace-table.ts";
import { askOf, LIMIT_FIELDS, linesOf, questionForm, wordsOf, type QuestionWords } from "../trace-form.ts";
import type { TraceJob } from "../trace-jobs.ts";

const KEPT_SHOWN = 50;
const JOBS_SHOWN = 20;
const STEP_FORMS = ["csv", "xlsx", "html"] as const;
const LINE = Type.String({ minLength: 1, maxLength: 200 });
const NAME = Type.String({ pattern: "^[a-z0-9][a-z0-9-]{1,60}$", maxLength: 61 });

const traceOf = ({ newsroom }: SignedInContext, params: Record<string, string>): SavedTrace => findTrace(newsroom.log, params.trace!, undefined, "all")!;
const jobOf = ({ traceJobs }: SignedInContext, params: Record<string, string>): TraceJob => traceJobs.find(Number(params.job))!;

/** What tells one question from another of the same beginning. */
const limitWords = ({ direction, methods, stops, known, floor, floors, until, depth }: TraceJob["ask"]): string => {
  const stopped = Object.keys(stops ?? {}).length;
  return [
    direction === "backward" ? "backward" : "",
    methods.length < METHOD_NAMES.length && direction !== "backward" ? `by ${methods.join(", ")}` : "",
    known ? "to known ends" : "",
    stopped === 0 ? "" : `to ${stopped === 1 ? "one end" : `${stopped} ends`}`,
    floor === undefined && Object.keys(floors ?? {}).length === 0 ? "" : "with a floor",
    until === undefined ? "" : `until ${until}`,
    depth === undefined ? "" : `over ${depth} transfers at most`,
  ]
    .filter((words) => words !== "")
    .map((words) => `, ${words}`)
    .join("");
};

function listPage(context: SignedInContext, before: number, typed?: QuestionWords, refused?: TracewireError): Html {
  const { who, traceJobs } = context;
  const sets = seenSets(context);
  const kept = seenTraces(context).filter(({ seq }) => seq < before);
  const shown = kept.slice(0, KEPT_SHOWN);
  const jobs = traceJobs.list().filter(({ by }) => by === who.user.handle).slice(-JOBS_SHOWN).reverse();
  return html`<h1>Traces</h1>
<p class="hint">Each convention says which units moved; none of them sees it. Over ${sets.length === 1 ? "one set" : `${sets.length} sets`} of transfers: ${sets.slice(0, 12).map(({ name, row_count }, at) => html`${at > 0 && ", "}${name} (${row_count.toLocaleString("en-US")})`)}${sets.length === 0 && html`none yet; <code>tracewire import transfers</code> reads some`}.</p>
<div class="panes"><section aria-label="Traces">
${
  jobs.length > 0 &&
  html`<h2>Yours</h2><ul class="board">${jobs.map(({ id, ask, state, at, places, seq, keep, exploring }) => html`<li><a href="/desk/traces/jobs/${id}">From ${ask.from.slice(0, 80)}</a>: ${seq !== undefined && keep ? html`kept as <a href="/desk/traces/${keep.id}">${keep.id}</a>` : `${state}${exploring ? ", a quick look" : ""}`}${limitWords(ask)}${state === "running" && `, ${places.toLocaleString("en-US")} places`}, ${when(at)}</li>
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
}${asking(context, seenTraces(context), sets)}</section><section class="pane-form" aria-label="A new trace"><h2>${typed ? "The same, asked otherwise" : "A new one"}</h2>
${refused && html`<p class="finding" role="alert">${refused.message}. Where: ${refused.where ?? "the question"}. ${refused.hint}</p>
`}${questionForm(who, sets, typed)}</section></div>`;
}

/** What else can be asked of what is held, and what was. */
function asking({ who, questionJobs }: SignedInContext, kept: readonly SavedTrace[], sets: readonly TransferSet[]): Html {
  const given = { who, sets };
  const own = questionJobs.list(who.user.handle).filter(({ question: { kind } }) => kind !== "screen" && kind !== "cluster").slice(0, JOBS_SHOWN);
  return html`<h2>Ask</h2>
${own.length > 0 && html`<ul class="board">${own.map(({ id, words, state, at }) => html`<li><a href="/desk/questions/${id}">${words.slice(0, 120)}</a>: ${state}, ${when(at)}</li>
`)}</ul>`}${
    kept.length > 0 &&
    html`<details><summary data-key="c">Compare two kept traces, or one as kept at two log sizes</summary>${compareForm(who, kept)}</details>
`
  }<details><summary data-key="k">Rank: which addresses to look at next; scores, no amounts</summary>${rankForm(given)}</details>
<details><summary data-key="w">Ways from one address to another</summary>${waysForm(given)}</details>
<details><summary data-key="b">The lowest balance: of what came in, how much can still be there</summary>${lowestForm(given)}</details>
<p><a href="/desk/clusters">Clusters</a>: which addresses were spent together. <a href="/desk/screen">Screening</a>. <a href="/desk/data">Take transfers, tags and lists in</a>.</p>`;
}

function jobPage({ who, traceJobs }: SignedInContext, job: TraceJob): Html {
  const last = job.kept_by === undefined ? undefined : traceJobs.find(job.kept_by);
  const keeper = last?.state === "failed" || last?.state === "cancelled" ? undefined : last;
  const isOpen = job.state === "waiting" || job.state === "running";
  return html`<h1>From ${job.ask.from.slice(0, 120)}</h1>
<p class="hint"><a href="/desk/traces">Traces</a>. ${job.ask.direction}, ${job.ask.methods.join(", ")}; started ${when(job.at)}. <a href="/desk/traces?again=${job.id}">Ask it otherwise</a></p>
${
  isOpen
    ? html`<p class="done" role="status" data-watch>${job.state === "waiting" ? "It waits for its turn." : `Running; ${job.places.toLocaleString("en-US")} places looked at.`} <a href="/desk/traces/jobs/${job.id}" data-key="r">Look again</a></p>
${deskForm(who, `/desk/traces/jobs/${job.id}/cancel`, html`<button>Cancel</button>`)}<script type="module" src="${deskAssetHref("watch.js")}"></script>`
    : job.state !== "done" && html`<p class="finding" role="status">${job.state === "cancelled" ? "Cancelled." : `It failed. ${job.reason ?? ""}`}</p>`
}${job.seq !== undefined && job.keep && html`<p class="done" role="status">Kept as <a href="/desk/traces/${job.keep.id}">${job.keep.id}</a>, entry ${job.seq}: its picture, its steps, and the freeze packet.</p>`}${keeper?.keep && html`<p class="done">${keeper.seq === undefined ? html`<a href="/desk/traces/jobs/${keeper.id}">It is being kept</a> as ${keeper.keep.id}: ${keeper.state}.` : html`Kept as <a href="/desk/traces/${keeper.keep.id}">${keeper.keep.id}</a>, entry ${keeper.seq}.`}</p>`}${job.exploring && job.found && html`<p class="finding">For exploring, not for evidence: it is not kept and has no hash.</p>`}${
    job.found &&
    html`${job.found.notes.map((note) => html`<p class="finding">${note}</p>
`)}${job.seq === undefined && keeper === undefined && !job.exploring && deskForm(who, `/desk/traces/jobs/${job.id}/keep`, html`<div class="row">${field("id", "Keep as", { required: true, pattern: "[a-z0-9][a-z0-9\\-]{1,60}", hint: "small letters, digits, hyphens" })}${field("title", "Title", { required: true, value: `From ${job.ask.from.slice(0, 80)}` })}<button>Keep</button></div>`)}${placesTable(job.found.rows, job.found.row_count, job.found.tokens)}${!job.exploring && html`<p class="hint">Hash of the answer: <code>${job.found.result_sha256}</code></p>`}`
  }`;
}

function keptPage(context: SignedInContext, trace: SavedTrace, query: URLSearchParams, asked: PacketWords = {}, refused?: TracewireError): Html {
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
<p class="hint"><a href="/desk/traces">Traces</a>. Entry ${trace.seq}, from <code>${trace.ask.from}</code>, ${trace.ask.direction}, ${trace.step_count.toLocaleString("en-US")} steps, over ${trace.sets.map(({ name }) => name).join(", ")}. ${trace.released === undefined ? "Readers do not see it." : html`<a href="${publicHref(`/traces/${trace.id}`)}">Its public page</a>, with a picture and every step.`} On this page: <a href="#ask" data-key="a">ask of it</a>, <a href="#steps" data-key="e">every step</a>${trace.ask.direction === "forward" && html`, <a href="#packet" data-key="f">freeze packet</a>`}.</p>
${can(who.user.role, "case.release") && trace.released === undefined && releaseForm(context, trace, path)}
<h2>The way, opened step by step</h2>
<p><a href="${path}/graph?${new URLSearchParams({ method, asset }).toString()}" data-key="p">As a picture</a>, with notes.</p>
<p class="names-row">${methods.map((name) => html`<a href="${link(name, asset)}"${name === method && html` aria-current="true"`}>By ${name}</a> `)}</p>
${
  assets.length > 1 &&
  html`<form method="get" action="${path}" class="row"><input type="hidden" name="method" value="${method}">${choice("asset", `Asset, one of ${assets.length}`, assets.map((name) => [name, `${assetWords(name, trace.tokens)?.symbol ?? "base units"} (${name.slice(0, 60)})`] as const), { value: asset })}<button>Show</button></form>
`
}${flowsTable(flows, path, { method, asset, open: query.getAll("open"), more: query.getAll("more") }, trace.tokens)}
${placesTable(own, own.length, trace.tokens)}
<h2 id="ask">Ask of this trace</h2>
<h3>By which transfers it came to an address</h3>
${waysOfTraceForm(who, trace)}<h3>Of what came in, how much can still be there: the lowest balance since then</h3>
${lowestOfTraceForm(who, trace, accountOf(trace))}<h3>Beside another kept trace</h3>
${compareForm(who, seenTraces(context), { before: trace.id })}<h2 id="steps">Every step</h2>
<p>Line by line, to be added up by anybody; in the workbook and on the page with the method statement: ${STEP_FORMS.map((form, at) => html`${at > 0 && ", "}<a href="${path}/steps?form=${form}">${form.toUpperCase()}</a>`)}. Hash of the answer: <code>${trace.result_sha256}</code>.</p>
<div class="row">${deskForm(who, `${path}/audit`, html`<button data-key="l">With the lots</button> <small>every credit and debit of the accounts it went into</small>`)}${deskForm(who, `${path}/reproduce`, html`<button data-key="m">Make it again</button> <small>and compare byte for byte (<code>tracewire reproduce ${trace.id}</code>)</small>`)}</div>
${trace.ask.direction === "forward" && packetForm(who, path, servicesOf(trace, totals), asked, refused, trace.released !== undefined)}`;
}

/** One press, and it is out for good: what goes with it is said before. */
function releaseForm({ who, newsroom }: SignedInContext, trace: SavedTrace, path: string): Html {
  const { seeds, names, hidden_sets } = whatGoesOut(newsroom.log, trace);
  return html`<div class="finding"><p>Public for good with it: its title, where it began, every step${names.length > 0 && html`, and the names at its ends, from whatever tags they are: ${names.join(", ")}`}.${seeds.map((subject) => html` Nothing that is claimed of <a href="/desk/subjects/${subject}">${subject}</a> is public yet; that it is a theft here is then.`)}${hidden_sets.length > 0 && html` Not public: the transfers of ${hidden_sets.join(", ")}. Who reads the trace can add it up, and cannot ask it again.`}</p>
${deskForm(who, `${path}/release`, html`<button>Make it public</button>`)}</div>`;
}

/** Of a trace from one address: the account that one asks about next. */
const accountOf = ({ ask: { from } }: SavedTrace): { address?: string } => (/[,@=]|^theft\//.test(from) ? {} : { address: from });

type PacketWords = { service?: string; contact?: string; reference?: string; addresses?: string };

/** What a service's desk acts on: of a trace that says where funds are. */
const packetForm = (who: SignedInContext["who"], path: string, services: readonly string[], { service, contact, reference, addresses }: PacketWords, refused: TracewireError | undefined, is_public: boolean): Html => html`<h2 id="packet">Freeze packet</h2>
${refused && html`<p class="finding" role="alert">${refused.message}. ${refused.hint}</p>
`}<p class="hint">Letter, addresses, each transfer that arrived, amounts by each convention, what is not known, and the proof from the log, as one file.</p>
${!is_public && html`<p class="finding">The trace is not public: the packet's proof can say nothing of it yet, and its letter says so. Where its receiver shall be able to check it, make the trace public first.</p>
`}${deskForm(
  who,
  `${path}/packet`,
  html`<div class="row">${field("service", "Service", { required: true, value: service, list: "services", hint: services.length > 0 ? `as the trace’s stops name it: ${services.slice(0, 5).join(", ")}${services.length > 5 ? ", …" : ""}` : "the trace ends at none: name its addresses below" })}<datalist id="services">${services.map((name) => html`<option value="${name}"></option>`)}</datalist>${field("contact", "Whom its desk answers", { required: true, value: contact })}${field("reference", "Your reference", { value: reference })}</div>
${area("addresses", "Addresses of it that no stop names", { rows: 2, value: addresses, hint: "one a line" })}<button>Make the packet</button>
`,
)}`;

export const traceRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/traces",
    about: "Kept traces, one's own jobs, and the form of a new one.",
    rule: { for: "traces.write" },
    query: ["before", "again"],
    run(context, { query }) {
      const again = context.traceJobs.find(Number(query.get("again")));
      const own = again?.by === context.who.user.handle ? again : undefined;
      return { title: "Traces", page: listPage(context, Number(query.get("before")) || Number.MAX_SAFE_INTEGER, own && wordsOf(own)), wide: true };
    },
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
        methods: Type.Optional(Type.Array(oneOf(METHOD_NAMES), { maxItems: METHOD_NAMES.length })),
        ...LIMIT_FIELDS,
        explore: Type.Optional(Type.Literal("yes")),
      },
      { additionalProperties: false },
    ),
    run(context, { form }) {
      try {
        const ask = askOf(form);
        const job = context.traceJobs.start({ by: context.who.user.handle, ask, ...wantedSets(context, form.sets), exploring: form.explore === "yes" });
        context.record("trace.start", ask.from.slice(0, 200));
        return { go: `/desk/traces/jobs/${job.id}` };
      } catch (error) {
        if (!(error instanceof TracewireError) || error.code !== "BAD_ARGUMENT") throw error;
        // What was typed is not to be typed again.
        return { title: "Traces", page: listPage(context, Number.MAX_SAFE_INTEGER, form, error), wide: true, status: error.status };
      }
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
      const asked = jobOf(context, params);
      const { ask, among, sets, by } = asked;
      if (asked.exploring) throw new TracewireError("BAD_ARGUMENT", { what: "A quick look is never kept", hint: "Ask the same without it: the exact kernel gives what can be kept." });
      const known = findTrace(context.newsroom.log, form.id, undefined, "all");
      if (known && !seenTraces(context).some(({ id }) => id === form.id)) throw new TracewireError("CONFLICT", { what: `“${form.id}” is taken`, where: "id" });
      const job = context.traceJobs.start({ by, ask, among, ...(sets ? { sets } : {}), keep: form });
      asked.kept_by = job.id;
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
    method: "GET",
    path: "/traces/:trace/steps",
    about: "Every step of a kept trace with its method statement, as CSV, a workbook or one page.",
    rule: { for: "traces.write", object: "trace" },
    query: ["form"],
    async run(context, { params, query }) {
      const trace = traceOf(context, params);
      const form = STEP_FORMS.find((name) => name === query.get("form")) ?? "csv";
      const audit = { ...trace, columns: STEP_COLUMNS, steps: await stepsOf(context.newsroom, trace) };
      const name = `${trace.id}-steps.${form}`;
      if (form === "xlsx") return { file: { name, type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes: auditWorkbook(audit) } };
      if (form === "html") return { file: { name, type: "text/html; charset=utf-8", bytes: auditHtml(audit) } };
      return { file: { name, type: "text/csv; charset=utf-8", bytes: formatCsv(STEP_COLUMNS, audit.steps.map((step) => STEP_COLUMNS.map((column) => step[column]))) } };
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
      const packet = await makePacket(newsroom, trace, input).catch((error: unknown) => {
        if (error instanceof TracewireError && (error.code === "NOT_FOUND" || error.code === "BAD_ARGUMENT")) return error;
        throw error;
      });
      // What was typed is not to be typed again.
      if (packet instanceof TracewireError) return { title: trace.title, page: keptPage(context, trace, new URLSearchParams(), form, packet), wide: true, status: packet.status };
      const files = await packetFiles(newsroom, trace, packet);
      record("trace.freeze", `${trace.id} at ${service}`);
      return { file: { name: `freeze-${trace.id}.zip`, type: "application/zip", bytes: packetArchive(files) } };
    },
  }),
];
