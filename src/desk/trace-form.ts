// The form of a trace's question: all that `tracewire trace` takes, filled in again from a question that was asked.
import Type from "typebox";
import type { SignedIn } from "../accounts/accounts.ts";
import { TracewireError } from "../errors.ts";
import { html, type Html } from "../site/site.ts";
import { METHOD_NAMES, readAskWords, type Stop, type TraceAsk, type TransferSet } from "../tracing/tracing.ts";
import { area, choice, deskForm, field } from "./frame.ts";
import type { TraceJob } from "./trace-jobs.ts";

/** Of sets to choose from, as boxes to tick. */
export const SETS_LISTED_MAX = 100;

/** The fields of the form, as they are typed. */
export type QuestionWords = {
  from?: string;
  direction?: string;
  methods?: readonly string[];
  stops?: string;
  known?: string;
  asset?: string;
  floor?: string;
  until?: string;
  depth?: string;
  sets?: readonly string[];
  no_conversions?: string;
  explore?: string;
};

/** A question that was asked, as somebody would have typed it. */
export function wordsOf({ ask, sets, exploring }: Pick<TraceJob, "ask" | "sets" | "exploring">): QuestionWords {
  const all = readAskWords({ from: ask.from, backward: ask.direction === "backward" }).methods;
  return {
    from: ask.from,
    direction: ask.direction,
    methods: ask.methods.length < all.length ? ask.methods : [],
    stops: Object.entries(ask.stops ?? {}).map(stopLine).join("\n"),
    known: ask.known ? "yes" : "",
    asset: ask.asset,
    floor: [...(ask.floor === undefined ? [] : [ask.floor]), ...Object.entries(ask.floors ?? {}).map(([asset, units]) => `${asset}=${units}`)].join(" "),
    until: ask.until,
    depth: ask.depth === undefined ? "" : String(ask.depth),
    sets,
    no_conversions: ask.conversions === false ? "yes" : "",
    explore: exploring ? "yes" : "",
  };
}

const STOPS_MAX = 200;
const LINE = Type.String({ minLength: 1, maxLength: 200 });

/** What limits a question, as fields of a form. */
export const LIMIT_FIELDS = {
  stops: Type.Optional(Type.String({ maxLength: 40_000 })),
  known: Type.Optional(Type.Literal("yes")),
  asset: Type.Optional(LINE),
  floor: Type.Optional(Type.String({ maxLength: 4_000 })),
  until: Type.Optional(LINE),
  depth: Type.Optional(Type.String({ pattern: "^\\d{1,6}$" })),
  sets: Type.Optional(Type.Array(Type.String({ pattern: "^\\d{1,12}$" }), { maxItems: SETS_LISTED_MAX })),
  no_conversions: Type.Optional(Type.Literal("yes")),
};

export const linesOf = (text: string | undefined): string[] => (text ?? "").split("\n").map((line) => line.trim()).filter((line) => line !== "");

/** What the form asks, checked. Throws BAD_ARGUMENT naming the field. */
export function askOf(form: QuestionWords): TraceAsk {
  const stops = linesOf(form.stops);
  if (stops.length > STOPS_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `stops: at most ${STOPS_MAX}`, where: "stops" });
  return readAskWords({
    from: form.from?.trim(),
    methods: form.methods?.join(","),
    backward: form.direction === "backward",
    asset: form.asset,
    floors: form.floor?.split(/\s+/).filter(Boolean) ?? [],
    until: form.until,
    ...(form.depth === undefined ? {} : { depth: Number(form.depth) }),
    stops,
    known: form.known === "yes",
    conversions: form.no_conversions !== "yes",
  });
}

export const tick = (name: string, value: string, words: Html | string, isOn: boolean): Html => html`<label class="check"><input type="checkbox" name="${name}" value="${value}"${isOn && html` checked`}> ${words}</label>`;

export const setsField = (sets: readonly TransferSet[], chosen: readonly string[] = []): Html => html`<fieldset class="checks"><legend>Only over these sets; none chosen is all of them</legend>${sets.slice(0, SETS_LISTED_MAX).map(({ name, seq }) => tick("sets", String(seq), html`${name} <small>entry ${seq}</small>`, chosen.includes(String(seq))))}${sets.length > SETS_LISTED_MAX && html`<small>The first ${SETS_LISTED_MAX} of ${sets.length}; <code>--set</code> of the command takes any.</small>`}</fieldset>`;

/** Where a question ends. */
export const stopFields = (typed: QuestionWords): Html => html`${area("stops", "End at", { rows: 3, value: typed.stops, hint: "One a line: ADDRESS=service:Its name, or mixer, bridge, contract, or a word of your own" })}${tick("known", "yes", "End at services, mixers and bridges that tags and lists name", typed.known === "yes")}`;

export const limitFields = (sets: readonly TransferSet[], typed: QuestionWords): Html => html`${field("asset", "Only this asset", { value: typed.asset })}${field("floor", "Not less than", { value: typed.floor, hint: "base units, or ASSET=UNITS for one asset; several with blanks" })}<div class="row">${field("until", "As if the data ended at", { value: typed.until, hint: "2022-08-01" })}${field("depth", "At most so many transfers", { value: typed.depth })}</div>
${tick("no_conversions", "yes", "Follow no exchange inside one transaction", typed.no_conversions === "yes")}
${setsField(sets, typed.sets)}`;

export const isLimited = (typed: QuestionWords): boolean => [typed.asset, typed.floor, typed.until, typed.depth, typed.no_conversions, typed.explore].some(Boolean) || (typed.sets?.length ?? 0) > 0;

/** The same question as `tracewire trace`, with nothing ended or left out unless it is asked for. */
export function questionForm(who: SignedIn, sets: readonly TransferSet[], typed: QuestionWords = {}): Html {
  return deskForm(
    who,
    "/desk/traces",
    html`${field("from", "From", { required: true, key: "a", value: typed.from, hint: "A theft, an address, address@order=amount, a txid, txid:vout=amount; several with commas" })}${choice("direction", "Which way", [["forward", "where it went"], ["backward", "where it came from"]], { value: typed.direction })}
<fieldset class="checks"><legend>Conventions; none chosen is all that fit</legend>${METHOD_NAMES.map((name) => tick("methods", name, name, typed.methods?.includes(name) === true))}</fieldset>
${stopFields(typed)}
<details${isLimited(typed) && html` open`}><summary>Asset, floor, day, depth, sets, exchanges, a quick look</summary>${limitFields(sets, typed)}
${tick("explore", "yes", "A quick look, for exploring: haircut within a bound, never kept", typed.explore === "yes")}</details>
<button class="main-act" data-key="s" data-key-words="Start the trace">Start</button>
`,
  );
}

const stopLine = ([address, { reason, name }]: [string, Stop]): string => `${address}${reason === "named" ? (name ? `=${name}` : "") : `=${reason}${name ? `:${name}` : ""}`}`;
