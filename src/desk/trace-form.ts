// The form of a trace's question: all that `tracewire trace` takes, filled in again from a question that was asked.
import type { SignedIn } from "../accounts/accounts.ts";
import { html, type Html } from "../site/site.ts";
import { METHOD_NAMES, type Stop, type TransferSet } from "../tracing/tracing.ts";
import { area, choice, deskForm, field } from "./frame.ts";
import type { TraceJob } from "./trace-jobs.ts";

/** Of sets to choose from, as boxes to tick. */
export const SETS_LISTED_MAX = 100;

/** The same question as `tracewire trace`, with nothing ended or left out unless it is asked for. */
export function questionForm(who: SignedIn, sets: readonly TransferSet[], again: TraceJob | undefined): Html {
  const { ask, sets: chosen = [], exploring = false } = again ?? { ask: undefined };
  const tick = (name: string, value: string, words: Html | string, isOn: boolean) => html`<label class="check"><input type="checkbox" name="${name}" value="${value}"${isOn && html` checked`}> ${words}</label>`;
  const floors = [...(ask?.floor === undefined ? [] : [ask.floor]), ...Object.entries(ask?.floors ?? {}).map(([asset, units]) => `${asset}=${units}`)];
  const isLimited = floors.length > 0 || ask?.asset !== undefined || ask?.until !== undefined || ask?.depth !== undefined || ask?.conversions === false || chosen.length > 0 || exploring;
  const asked = ask && ask.methods.length < METHOD_NAMES.length && !(ask.direction === "backward" && ask.methods.length === METHOD_NAMES.length - 2) ? ask.methods : [];
  return deskForm(
    who,
    "/desk/traces",
    html`${field("from", "From", { required: true, key: "a", value: ask?.from ?? "", hint: "A theft, an address, address@order=amount, a txid, txid:vout=amount; several with commas" })}${choice("direction", "Which way", [["forward", "where it went"], ["backward", "where it came from"]], { value: ask?.direction ?? "" })}
<fieldset class="checks"><legend>Conventions; none chosen is all that fit</legend>${METHOD_NAMES.map((name) => tick("methods", name, name, asked.includes(name)))}</fieldset>
${area("stops", "End at", { rows: 3, value: Object.entries(ask?.stops ?? {}).map(stopLine).join("\n"), hint: "One a line: ADDRESS=service:Its name, or mixer, bridge, contract, or a word of your own" })}${tick("known", "yes", "End at services, mixers and bridges that tags and lists name", ask?.known === true)}
<details${isLimited && html` open`}><summary>Asset, floor, day, depth, sets, exchanges, a quick look</summary>${field("asset", "Only this asset", { value: ask?.asset ?? "" })}${field("floor", "Not less than", { value: floors.join(" "), hint: "base units, or ASSET=UNITS for one asset; several with blanks" })}<div class="row">${field("until", "As if the data ended at", { value: ask?.until ?? "", hint: "2022-08-01" })}${field("depth", "At most so many transfers", { value: ask?.depth === undefined ? "" : String(ask.depth) })}</div>
${tick("no_conversions", "yes", "Follow no exchange inside one transaction", ask?.conversions === false)}
${tick("explore", "yes", "A quick look, for exploring: haircut within a bound, never kept", exploring)}
<fieldset class="checks"><legend>Only over these sets; none chosen is all of them</legend>${sets.slice(0, SETS_LISTED_MAX).map(({ name, seq }) => tick("sets", String(seq), html`${name} <small>entry ${seq}</small>`, chosen.includes(String(seq))))}${sets.length > SETS_LISTED_MAX && html`<small>The first ${SETS_LISTED_MAX} of ${sets.length}; <code>tracewire trace --set</code> takes any.</small>`}</fieldset></details>
<button class="main-act" data-key="s" data-key-words="Start the trace">Start</button>
`,
  );
}

const stopLine = ([address, { reason, name }]: [string, Stop]): string => `${address}${reason === "named" ? (name ? `=${name}` : "") : `=${reason}${name ? `:${name}` : ""}`}`;
