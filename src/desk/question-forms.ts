// The forms of questions: on the page of traces, of one kept trace, and, filled in again, on the page of what was asked.
import type { SignedIn } from "../accounts/accounts.ts";
import { html, nothing, type Html } from "../site/site.ts";
import { METHOD_NAMES, RANKING_METHODS, type MethodName, type SavedTrace, type TransferSet } from "../tracing/tracing.ts";
import { choice, deskForm, field } from "./frame.ts";
import type { Question } from "./questions.ts";
import { isLimited, limitFields, setsField, stopFields, wordsOf } from "./trace-form.ts";

const METHODS = METHOD_NAMES.map((name) => [name, name] as const);
const RANKINGS = RANKING_METHODS.map((name, at) => [name, at === 0 ? `${name}, heeds time and asset` : `${name}, heeds neither`] as const);

type Of<Kind extends Question["kind"]> = Partial<Extract<Question, { kind: Kind }>>;
type Given = { who: SignedIn; sets: readonly TransferSet[] };

export const compareForm = (who: SignedIn, kept: readonly SavedTrace[], { before, after }: Of<"compare"> = {}): Html =>
  deskForm(
    who,
    "/desk/questions/compare",
    html`<div class="row">${field("before", "Kept trace", { required: true, value: before, list: "kept-traces", hint: "its name; NAME@LOGSIZE as it was kept then" })}${field("after", "Beside", { required: true, value: after, list: "kept-traces" })}<button>Compare</button></div><datalist id="kept-traces">${kept.slice(0, 200).map(({ id }) => html`<option value="${id}"></option>`)}</datalist>`,
  );

export const rankForm = ({ who, sets }: Given, { from, method, sets: chosen }: Of<"rank"> = {}): Html =>
  deskForm(
    who,
    "/desk/questions/rank",
    html`<div class="row">${field("from", "Seen from", { required: true, value: from, hint: "an address, or several with commas" })}${choice("method", "By", RANKINGS, { value: method })}<button>Rank</button></div>${sets.length > 1 && html`<details><summary>Sets</summary>${setsField(sets, chosen)}</details>`}`,
  );

/** With everything that limits a question; of a kept trace there is `waysOfTraceForm`. */
export function waysForm({ who, sets }: Given, { to, method, ask, sets: chosen, depth }: Of<"ways"> = {}): Html {
  const typed = ask ? { ...wordsOf({ ask, ...(chosen ? { sets: chosen } : {}) }), ...(depth === undefined ? {} : { depth: String(depth) }) } : {};
  return deskForm(
    who,
    "/desk/questions/ways",
    html`<div class="row">${field("from", "From", { required: true, value: typed.from })}${field("to", "To", { required: true, value: to, hint: "an address; over outputs a txid or txid:vout too" })}${choice("method", "By", METHODS, { value: method ?? "fifo" })}${choice("direction", "Which way", [["forward", "where it went"], ["backward", "where it came from"]], { value: typed.direction })}</div>
<details${isLimited(typed) && html` open`}><summary>Where it ends; asset, floor, day, depth, sets, exchanges</summary>${stopFields(typed)}${limitFields(sets, typed)}</details><button>Find the ways</button>`,
  );
}

export const waysOfTraceForm = (who: SignedIn, { id, ask }: SavedTrace, { to, method, depth }: Of<"ways"> = {}): Html =>
  deskForm(
    who,
    `/desk/traces/${id}/ways`,
    html`<div class="row">${field("to", "A way to", { required: true, value: to, key: "w", hint: "an address; over outputs a txid or txid:vout too" })}${choice("method", "By", ask.methods.map((name: MethodName) => [name, name] as const), { value: method ?? (ask.methods.includes("fifo") ? "fifo" : ask.methods[0]!) })}${field("depth", "At most so many transfers", { value: depth === undefined ? "" : String(depth) })}<button>Find the ways</button></div>`,
  );

const lowestFields = ({ address, since, until, asset, amount }: Of<"lowest">, key?: string): Html =>
  html`<div class="row">${field("address", "Account", { required: true, value: address, ...(key === undefined ? {} : { key }) })}${field("since", "Since", { required: true, value: since, hint: "a txid, a day, a time (UTC), @block" })}${field("until", "Until", { value: until, hint: "the same; left out, the end of the data" })}</div><div class="row">${field("amount", "Of how much", { value: amount, hint: "base units; left out, what that transaction paid in, else all that was there" })}${field("asset", "Asset", { value: asset, hint: "where the address has several" })}<button>Find the lowest balance</button></div>`;

export const lowestForm = ({ who, sets }: Given, typed: Of<"lowest"> = {}): Html =>
  deskForm(who, "/desk/questions/lowest", html`${lowestFields(typed)}${sets.length > 1 ? html`<details><summary>Sets</summary>${setsField(sets, typed.sets)}</details>` : nothing}`);

export const lowestOfTraceForm = (who: SignedIn, { id }: Pick<SavedTrace, "id">, typed: Of<"lowest"> = {}): Html => deskForm(who, `/desk/traces/${id}/lowest`, lowestFields(typed, "b"));
