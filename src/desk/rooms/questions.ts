// What an analyst asks besides a trace: ways, the lowest balance, a ranking, two kept traces side by side, steps with lots, a
// trace made again. Each is answered in a process of its own; its page watches it, and has the answer with its files.
import Type from "typebox";
import { can } from "../../accounts/accounts.ts";
import { TracewireError } from "../../errors.ts";
import { oneOf } from "../../schema.ts";
import { html, type Html } from "../../site/site.ts";
import { findTrace, METHOD_NAMES, RANKING_METHODS, type SavedTrace } from "../../tracing/tracing.ts";
import { deskAssetHref } from "../desk-assets.ts";
import { clusterForm, keepClusterForm } from "../cluster-form.ts";
import { deskForm, when } from "../frame.ts";
import { compareForm, lowestForm, lowestOfTraceForm, rankForm, waysForm, waysOfTraceForm } from "../question-forms.ts";
import type { QuestionJob } from "../question-jobs.ts";
import type { Question } from "../questions.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";
import { screenForm } from "../screen-form.ts";
import { keptOf, seenSets, seenTraces, wantedSets } from "../seen-sets.ts";
import { sheetPart } from "../sheet.ts";
import { askOf, LIMIT_FIELDS } from "../trace-form.ts";

const NAME = Type.String({ minLength: 1, maxLength: 200 });
const DEPTH = Type.Optional(Type.String({ pattern: "^\\d{1,6}$" }));
/** NAME, or NAME@LOGSIZE. */
const KEPT = Type.String({ pattern: "^[a-z0-9][a-z0-9-]{1,60}(@\\d{1,12})?$", maxLength: 80 });
const MOMENTS = {
  address: NAME,
  since: NAME,
  until: Type.Optional(NAME),
  asset: Type.Optional(NAME),
  amount: Type.Optional(Type.String({ pattern: "^\\d{1,78}$" })),
};

const traceOf = ({ newsroom }: SignedInContext, params: Record<string, string>): SavedTrace => findTrace(newsroom.log, params.trace!, undefined, "all")!;
const jobOf = ({ questionJobs }: SignedInContext, params: Record<string, string>): QuestionJob => questionJobs.find(Number(params.question))!;
/** Of a kept trace: its own sets, as their entries. */
const setsOf = (trace: SavedTrace) => ({ sets: trace.sets.map(({ seq }) => String(seq)), among: [] });

const start = ({ questionJobs, who }: SignedInContext, question: Question): QuestionJob => questionJobs.start(who.user.handle, question);
const pageOf = ({ id }: QuestionJob): { go: string } => ({ go: `/desk/questions/${id}` });

/** The same, asked otherwise. */
function otherwise(context: SignedInContext, { question, id, state }: QuestionJob): Html | false {
  const { who } = context;
  const given = { who, sets: seenSets(context) };
  const trace = "trace" in question && question.trace !== undefined ? findTrace(context.newsroom.log, question.trace, undefined, "all") : undefined;
  switch (question.kind) {
    case "ways":
      return trace ? waysOfTraceForm(who, trace, question) : waysForm(given, question);
    case "lowest":
      return trace ? lowestOfTraceForm(who, trace, question) : lowestForm(given, question);
    case "rank":
      return rankForm(given, question);
    case "compare":
      return compareForm(who, seenTraces(context), question);
    case "screen":
      return screenForm(who, can(who.user.role, "traces.write") ? given.sets : [], question);
    case "cluster":
      return html`${state === "done" && question.why === undefined && question.keep === undefined && keepClusterForm(who, id)}${clusterForm(given, question)}`;
    default:
      return false;
  }
}

const back = ({ question }: QuestionJob): Html => {
  if (question.kind === "screen") return html`<a href="/desk/screen">Screening</a>`;
  if (question.kind === "cluster") return html`<a href="/desk/clusters">Clusters</a>`;
  return html`<a href="/desk/traces">Traces</a>${"trace" in question && question.trace !== undefined && html`, <a href="/desk/traces/${question.trace}">${question.trace}</a>`}`;
};

function jobPage(context: SignedInContext, job: QuestionJob): Html {
  const { who } = context;
  const { id, state, done, reason, answered, words } = job;
  const again = state === "waiting" || state === "running" ? false : otherwise(context, job);
  return html`<h1>${words}</h1>
<p class="hint">${back(job)}; asked ${when(job.at)}.</p>
${
  state === "waiting" || state === "running"
    ? html`<p class="done" role="status" data-watch>${state === "waiting" ? "It waits for its turn." : `Running${done > 0 ? `; ${done.toLocaleString("en-US")} so far` : ""}.`} <a href="/desk/questions/${id}" data-key="r">Look again</a></p>
${deskForm(who, `/desk/questions/${id}/cancel`, html`<button>Cancel</button>`)}<script type="module" src="${deskAssetHref("watch.js")}"></script>`
    : state !== "done" && html`<p class="finding" role="status">${state === "cancelled" ? "Cancelled." : `It failed. ${reason ?? ""}`}</p>
`
}${
    answered &&
    html`${answered.files.length > 0 && html`<p>${answered.files.map(({ name, words: form }, at) => html`${at > 0 && ", "}<a href="/desk/questions/${id}/files/${name}">${form}</a>`)}</p>
`}${sheetPart(answered.sheet)}`
  }${again && html`<h2>Ask it otherwise</h2>
${again}`}`;
}

export const questionRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/questions/:question",
    about: "A question that was asked: how far it is, its answer, its files.",
    rule: { for: "case.read", object: "question" },
    run(context, { params }) {
      const job = jobOf(context, params);
      return { title: job.words.slice(0, 60), page: jobPage(context, job), wide: true };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/questions/:question/files/:file",
    about: "A file of its answer: CSV, JSON, a workbook, a page.",
    rule: { for: "case.read", object: "question" },
    run({ questionJobs }, { params }) {
      const file = questionJobs.file(Number(params.question), params.file!);
      if (!file) throw new TracewireError("NOT_FOUND", { what: "The answer has no such file" });
      return { file };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/questions/:question/cancel",
    about: "Stops a question.",
    rule: { for: "case.read", object: "question" },
    run({ questionJobs, record }, { params }) {
      questionJobs.cancel(Number(params.question));
      record("question.cancel", `question ${params.question!}`);
      return { go: `/desk/questions/${params.question!}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/questions/ways",
    about: "Asks by which transfers funds came from one address to another.",
    rule: { for: "traces.write" },
    form: Type.Object(
      { from: Type.String({ minLength: 1, maxLength: 20_000 }), to: NAME, method: oneOf(METHOD_NAMES), direction: oneOf(["forward", "backward"] as const), ...LIMIT_FIELDS },
      { additionalProperties: false },
    ),
    run(context, { form }) {
      const { to, method, ...words } = form;
      const job = start(context, { kind: "ways", to: to.trim(), method, ask: askOf({ ...words, methods: [method] }), ...depthOf(form), ...wantedSets(context, form.sets) });
      context.record("trace.ways", job.words);
      return pageOf(job);
    },
  }),
  deskRoute({
    method: "POST",
    path: "/questions/lowest",
    about: "Asks how much of what came in can still be there.",
    rule: { for: "traces.write" },
    form: Type.Object({ ...MOMENTS, sets: LIMIT_FIELDS.sets }, { additionalProperties: false }),
    run(context, { form: { sets, ...moments } }) {
      const job = start(context, { kind: "lowest", ...moments, ...wantedSets(context, sets) });
      context.record("trace.lowest", job.words);
      return pageOf(job);
    },
  }),
  deskRoute({
    method: "POST",
    path: "/questions/rank",
    about: "Asks which addresses to look at next, seen from one.",
    rule: { for: "traces.write" },
    form: Type.Object({ from: Type.String({ minLength: 1, maxLength: 2_000 }), method: oneOf(RANKING_METHODS), sets: LIMIT_FIELDS.sets }, { additionalProperties: false }),
    run(context, { form: { from, method, sets } }) {
      const job = start(context, { kind: "rank", from: from.trim(), method, ...wantedSets(context, sets) });
      context.record("trace.rank", job.words);
      return pageOf(job);
    },
  }),
  deskRoute({
    method: "POST",
    path: "/questions/compare",
    about: "Puts two kept traces side by side, or one as kept at two log sizes.",
    rule: { for: "traces.write" },
    form: Type.Object({ before: KEPT, after: KEPT }, { additionalProperties: false }),
    run(context, { form: { before, after } }) {
      for (const [where, reference] of [["before", before], ["after", after]] as const) keptOf(context, reference, where);
      const job = start(context, { kind: "compare", before, after, among: [] });
      context.record("trace.compare", job.words);
      return pageOf(job);
    },
  }),
  deskRoute({
    method: "POST",
    path: "/traces/:trace/ways",
    about: "Asks by which transfers the funds of a kept trace came to an address.",
    rule: { for: "traces.write", object: "trace" },
    form: Type.Object({ to: NAME, method: oneOf(METHOD_NAMES), depth: DEPTH }, { additionalProperties: false }),
    run(context, { params, form }) {
      const trace = traceOf(context, params);
      if (!trace.ask.methods.includes(form.method)) throw new TracewireError("BAD_ARGUMENT", { what: `method: ${trace.id} was not asked by ${form.method}`, where: "method", hint: `It was by ${trace.ask.methods.join(", ")}.` });
      const job = start(context, { kind: "ways", trace: trace.id, to: form.to.trim(), method: form.method, ...depthOf(form), ...setsOf(trace) });
      context.record("trace.ways", job.words);
      return pageOf(job);
    },
  }),
  deskRoute({
    method: "POST",
    path: "/traces/:trace/lowest",
    about: "Asks for the lowest balance of an account over the sets of a kept trace.",
    rule: { for: "traces.write", object: "trace" },
    form: Type.Object(MOMENTS, { additionalProperties: false }),
    run(context, { params, form }) {
      const trace = traceOf(context, params);
      const job = start(context, { kind: "lowest", trace: trace.id, ...form, ...setsOf(trace) });
      context.record("trace.lowest", job.words);
      return pageOf(job);
    },
  }),
  deskRoute({
    method: "POST",
    path: "/traces/:trace/audit",
    about: "Asks for every step of a kept trace with the lots: every credit and debit of the accounts it went into.",
    rule: { for: "traces.write", object: "trace" },
    run(context, { params }) {
      const trace = traceOf(context, params);
      const job = start(context, { kind: "audit", trace: trace.id, ...setsOf(trace) });
      context.record("trace.audit", job.words);
      return pageOf(job);
    },
  }),
  deskRoute({
    method: "POST",
    path: "/traces/:trace/reproduce",
    about: "Makes a kept trace again, and compares byte for byte.",
    rule: { for: "traces.write", object: "trace" },
    run(context, { params }) {
      const trace = traceOf(context, params);
      const job = start(context, { kind: "reproduce", trace: trace.id, ...setsOf(trace) });
      context.record("trace.reproduce", job.words);
      return pageOf(job);
    },
  }),
];

const depthOf = ({ depth }: { depth?: string | undefined }): { depth?: number } => (depth === undefined ? {} : { depth: Number(depth) });
