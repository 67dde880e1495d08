// Traces that were kept, and traces that are asked for: the latter as jobs, because a question may take minutes.
import Type from "typebox";
import { datasetOfEntry } from "../../datasets/datasets.ts";
import { TracewireError } from "../../errors.ts";
import { canonicalJson, sha256Hex, type Json } from "../../evidence/evidence.ts";
import { BACKWARD_REFUSED, findTrace, listTraces, METHOD_NAMES, STOP_REASONS, type MethodName, type SavedTrace, type TraceAsk } from "../../tracing/tracing.ts";
import { endpoint, type ApiContext } from "../endpoint.ts";
import { JOB_LIMITS, JOB_STATES, type Job } from "../jobs.ts";
import { visibleSets } from "../ledger.ts";
import { behind, pageThrough } from "../paging.ts";
import { amount, closed, DAY, entryNumber, listQuery, logSize, named, nullable, oneOf, pageOf, problemSchema, rowSchema, text, vantageQuery } from "../schemas.ts";
import { rowsPage } from "./datasets.ts";

const SEED_CHARS_MAX = 20_000;
const STOPS_MAX = 1_000;
const SETS_MAX = 100;
const PLACE_CHARS_MAX = 200;

const methodsSchema = Type.Array(oneOf(METHOD_NAMES), { minItems: 1, maxItems: METHOD_NAMES.length, description: "Conventions; all of them where none is named" });

const askSchema = named(
  "TraceQuestion",
  Type.Object(
    {
      from: text("A theft, an address, address@order=amount, a txid, txid:vout or txid:vout=amount; several with commas", { minLength: 1, maxLength: SEED_CHARS_MAX }),
      methods: Type.Optional(methodsSchema),
      direction: Type.Optional(oneOf(["forward", "backward"] as const)),
      asset: Type.Optional(text("Of an address with several assets: only this one (CAIP-19)", { maxLength: PLACE_CHARS_MAX })),
      floor: Type.Optional(text("Less than so many base units is not followed", { pattern: "^\\d{1,78}$" })),
      floors: Type.Optional(Type.Record(Type.String({ minLength: 1, maxLength: PLACE_CHARS_MAX }), Type.String({ pattern: "^\\d{1,78}$" }), { maxProperties: 100, description: "By asset, each before `floor`" })),
      until: Type.Optional(text("As if the data ended at this day or time (UTC)", { pattern: `${DAY.slice(0, -1)}(T([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,3})?)?Z)?$` })),
      depth: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: "Transfers from the seed that are followed" })),
      stops: Type.Optional(
        Type.Record(
          Type.String({ minLength: 1, maxLength: PLACE_CHARS_MAX }),
          Type.Object({ reason: oneOf(STOP_REASONS), name: Type.Optional(text("Whose", { maxLength: 200 })), source: Type.Optional(text("According to whom", { maxLength: 200 })) }, closed),
          { maxProperties: STOPS_MAX, description: "Addresses at which it ends, and why" },
        ),
      ),
      conversions: Type.Optional(Type.Boolean({ description: "Follow exchanges inside one transaction; yes unless false" })),
      known: Type.Optional(Type.Boolean({ description: "End at addresses that released tags and lists name as services, mixers, bridges or contracts" })),
      explore: Type.Optional(Type.Boolean({ description: "Quickly, by the fast kernel where it can: haircut within the bound that comes with it, the others exact. No evidence: it has no hash" })),
      sets: Type.Optional(Type.Array(text("Name of a set of transfers", { minLength: 1, maxLength: 120 }), { minItems: 1, maxItems: SETS_MAX, description: "Only over these; else over all that you may see" })),
    },
    closed,
  ),
);

const setRef = Type.Object({ name: text("Set"), seq: entryNumber, rows_root: text("Root of its rows"), row_count: Type.Integer({ minimum: 0 }) }, closed);
const amounts = Type.Record(Type.String(), amount("Base units"));

const bridgesSchema = Type.Object(
  {
    rule: Type.Object({ window_hours: Type.Integer(), kept_percent_max: Type.Integer(), listed_max: Type.Integer() }, closed),
    ends: Type.Array(
      Type.Object(
        {
          place: text("The bridge"),
          chain: text("CAIP-2, or empty"),
          transfer: text("Into it"),
          time: nullable(text("UTC")),
          asset: text("CAIP-19, or native"),
          amount: amount("Of the whole transfer, in base units"),
          candidate_count: nullable(Type.Integer({ minimum: 0, description: "Arrivals on other chains that fit; null where no time is stated" })),
          candidates: Type.Array(
            Type.Object(
              { chain: Type.String(), transfer: Type.String(), time: Type.String(), to: Type.String(), asset: Type.String(), amount: amount("Base units"), is_same_address: Type.Boolean() },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
    left_out: Type.Integer({ minimum: 0 }),
  },
  { ...closed, description: "Where it ended at a bridge: what fits on other chains. Listed, never followed" },
);

const resultSchema = named(
  "TraceResult",
  Type.Object(
    {
      ask: Type.Record(Type.String(), Type.Unknown(), { description: "The question, as kept and hashed" }),
      sets: Type.Array(setRef),
      log_size: logSize,
      methods: Type.Record(
        Type.String(),
        Type.Object({
          version: text("Of the method"),
          conserves: Type.Boolean(),
          assets: Type.Record(
            Type.String(),
            Type.Object({
              seed: amount("Where it begins"),
              seed_unbacked: Type.Optional(amount("Of it more than the data shows")),
              converted_in: amount("Came by exchange from another asset"),
              held: amounts,
              stops: amounts,
              fees: amounts,
              floor: amount("Not followed, being less than the floor"),
              converted_out: amount("Went by exchange into another asset"),
            }),
            { description: "By CAIP-19 id, or native: seed + converted_in = held + stops + fees + floor + converted_out where the method conserves" },
          ),
          step_count: Type.Integer({ minimum: 0 }),
          excess: Type.Optional(amounts),
          bound: Type.Optional(amount("Of an estimate: no amount is further from the exact one")),
        }),
      ),
      notes: Type.Array(Type.String()),
      tokens: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "Names and decimals of the tokens met, as the sources state them" })),
      exploring: Type.Optional(
        Type.Record(Type.String(), Type.Object({ kernel: oneOf(["fast", "exact"] as const), why: Type.Optional(text("What the fast kernel refused")) }, closed), { description: "Of an answer for exploring: which kernel gave it, by method" }),
      ),
      bridges: Type.Optional(bridgesSchema),
      result_sha256: Type.Optional(text("Over question, roots and answers; none where it was for exploring")),
    },
    closed,
  ),
);

const jobSchema = named(
  "Job",
  Type.Object(
    {
      id: text("Nobody else knows it"),
      state: oneOf(JOB_STATES),
      created: text("UTC"),
      started: nullable(text("UTC")),
      ended: nullable(text("UTC")),
      progress: Type.Object({ stage: oneOf(["waiting", "reading", "tracing", "done"] as const), places_looked_at: Type.Integer({ minimum: 0 }) }, closed),
      question: Type.Record(Type.String(), Type.Unknown()),
      result: nullable(resultSchema),
      problem: nullable(problemSchema),
    },
    closed,
  ),
);

const traceSchema = named(
  "Trace",
  Type.Object(
    {
      id: text("Name"),
      title: text("What readers see"),
      at: text("When it was kept (UTC)"),
      entry: entryNumber,
      ask: Type.Record(Type.String(), Type.Unknown()),
      sets: Type.Array(setRef),
      result_sha256: text("Asked again it must come out the same"),
      step_count: Type.Integer({ minimum: 0 }),
      has_steps: Type.Boolean({ description: "Whether they were few enough to be kept" }),
      methods: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown())),
      notes: Type.Array(Type.String()),
      is_released: Type.Boolean(),
    },
    closed,
  ),
);

const traceParams = Type.Object({ id: text("Name of the trace", { maxLength: 61 }) }, closed);
const jobParams = Type.Object({ id: text("Of the job", { maxLength: 64 }) }, closed);
const PARTS = ["totals", "flows", "steps"] as const;

export const traceEndpoints = [
  endpoint({
    method: "GET",
    path: "/traces",
    group: "tracing",
    about: "Traces that were kept, the newest of each name.",
    query: listQuery({}),
    answer: pageOf(traceSchema),
    scopes: ["traces:private"],
    async run(context, { query }) {
      const all = listTraces(context.log, evidenceOf(context), context.at.log_size).sort((a, b) => (a.id < b.id ? -1 : 1));
      const page = await pageThrough(context, "/traces", query, (after, count) => behind(all, ({ id }) => id, after, count), ({ id }) => id);
      return { body: { ...page, items: page.items.map(toTrace) } };
    },
  }),
  endpoint({
    method: "POST",
    path: "/traces",
    group: "tracing",
    about: `Ask for a trace: 202 and a job. Limits: ${JOB_LIMITS.time_ms_max / 1_000} s, ${JOB_LIMITS.memory_mb_max} MB, ${JOB_LIMITS.per_caller_max} jobs of yours at a time. An Idempotency-Key gives the same job again.`,
    body: askSchema,
    headers: Type.Object({ "idempotency-key": Type.Optional(text("Up to 100 signs of your own; the same with the same body is the same job", { pattern: "^[\\x21-\\x7e]{1,100}$" })) }),
    answer: jobSchema,
    status: 202,
    errors: ["NOT_FOUND", "TOO_MANY_JOBS", "IDEMPOTENCY_KEY_REUSED"],
    scopes: ["traces:private", "claims:unreleased"],
    cost: 10,
    own: true,
    run(context, { body, headers }) {
      const { sets: wanted, explore, ...asked } = body;
      const key = headers["idempotency-key"];
      if (key !== undefined && !/^[\x21-\x7e]{1,100}$/.test(key))
        throw new TracewireError("BAD_ARGUMENT", { what: "Idempotency-Key: 1 to 100 printable signs without blanks", where: "Idempotency-Key" });
      const question = { ask: readAsk(asked), ...chosenSets(context, wanted), log_size: context.at.log_size, evidence: context.at.evidence, ...(explore ? { exploring: true } : {}) };
      const { job } = context.jobs.submit(context.caller, question, key === undefined ? undefined : { key, body: sha256Hex(canonicalJson(body as unknown as Json)) });
      return { json: jobJson(job), status: 202, headers: { location: `/v1/jobs/${job.id}` } };
    },
  }),
  endpoint({
    method: "GET",
    path: "/traces/{id}",
    group: "tracing",
    about: "One kept trace: question, sets, versions, hash of the answer.",
    params: traceParams,
    query: Type.Object(vantageQuery, closed),
    answer: traceSchema,
    scopes: ["traces:private"],
    run: (context, { params }) => ({ body: toTrace(requireTrace(context, params.id)) }),
  }),
  ...PARTS.map((part) =>
    endpoint({
      method: "GET",
      path: `/traces/{id}/${part}`,
      group: "tracing",
      about: { totals: "Where the funds are, by method, asset and place.", flows: "What went from where to where.", steps: "Every step, to be added up again." }[part],
      params: traceParams,
      query: listQuery({}),
      answer: pageOf(rowSchema),
      scopes: ["traces:private"],
      run(context, { params, query }) {
        const entry = requireTrace(context, params.id)[part];
        if (entry === null) throw new TracewireError("NOT_FOUND", { what: "Its steps were too many to keep", hint: `tracewire trace audit ${params.id} makes them again.` });
        return rowsPage(context, `/traces/${params.id}/${part}`, query, datasetOfEntry(context.log, entry));
      },
    }),
  ),
  endpoint({
    method: "GET",
    path: "/jobs/{id}",
    group: "tracing",
    about: "A job: its state, how far it is, and its result when it is done.",
    params: jobParams,
    answer: jobSchema,
    own: true,
    run: (context, { params }) => ({ json: jobJson(context.jobs.find(context.caller, params.id) ?? noJob()) }),
  }),
  endpoint({
    method: "DELETE",
    path: "/jobs/{id}",
    group: "tracing",
    about: "Cancel a job: it stops at once. One that is over stays as it is.",
    params: jobParams,
    answer: jobSchema,
    own: true,
    run: (context, { params }) => ({ json: jobJson(context.jobs.cancel(context.caller, params.id) ?? noJob()) }),
  }),
];

const evidenceOf = ({ caller }: ApiContext) => (caller.scopes.has("traces:private") ? "all" : "released");

function requireTrace(context: ApiContext, id: string): SavedTrace {
  const found = findTrace(context.log, id, context.at.log_size, evidenceOf(context));
  if (!found) throw new TracewireError("NOT_FOUND", { what: "No such trace is kept", hint: "GET /v1/traces lists them." });
  return found;
}

const toTrace = ({ id, title, at, seq, ask, sets, result_sha256, step_count, steps, methods, notes, released }: SavedTrace) => ({
  id,
  title,
  at,
  entry: seq,
  ask,
  sets,
  result_sha256,
  step_count,
  has_steps: steps !== null,
  methods,
  notes,
  is_released: released !== undefined,
});

/** As the command line reads a question, so that the same one has the same hash. */
function readAsk({ methods, direction = "forward", conversions, stops, known, ...rest }: Partial<TraceAsk> & { from: string }): TraceAsk {
  const backward = new Set<MethodName>(["poison", "tiho"]);
  const refused = direction === "backward" ? methods?.find((name) => backward.has(name)) : undefined;
  if (refused) throw new TracewireError("BAD_ARGUMENT", { what: `methods: ${refused} has no answer backward: ${BACKWARD_REFUSED}`, where: "methods" });
  const chosen = METHOD_NAMES.filter((name) => (methods ? methods.includes(name) : direction === "forward" || !backward.has(name)));
  return {
    ...rest,
    methods: chosen,
    direction,
    ...(stops && Object.keys(stops).length > 0 ? { stops } : {}),
    ...(conversions === false ? { conversions } : {}),
    ...(known ? { known } : {}),
  };
}

/** One that may not be seen is as one that is not there. */
function chosenSets(context: ApiContext, wanted: readonly string[] | undefined): { sets?: string[]; among: string[] } {
  const visible = visibleSets(context);
  const among = visible.map(({ seq }) => String(seq));
  if (visible.length === 0) throw new TracewireError("NOT_FOUND", { what: "No transfers are held", where: "sets" });
  if (!wanted) return { among };
  const isNamed = (set: (typeof visible)[number], name: string) => set.name === name || set.name.slice(set.name.indexOf("/") + 1) === name || String(set.seq) === name;
  if (wanted.some((name) => !visible.some((set) => isNamed(set, name)))) throw new TracewireError("NOT_FOUND", { what: "No such set of transfers is held", where: "sets" });
  return { among, sets: visible.filter((set) => wanted.some((name) => isNamed(set, name))).map(({ seq }) => String(seq)) };
}

const noJob = (): never => {
  throw new TracewireError("NOT_FOUND", { what: "No such job is held", hint: "Jobs are kept for an hour after they end." });
};

/** A result may be long: it stays the text that the worker wrote. */
function jobJson({ id, state, created, started, ended, progress, question, result = "null", problem }: Job): string {
  const head = JSON.stringify({ id, state, created, started: started ?? null, ended: ended ?? null, progress, question: question.ask, problem: problem ?? null });
  return `${head.slice(0, -1)},"result":${result}}`;
}
