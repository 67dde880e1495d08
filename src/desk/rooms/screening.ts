// Addresses in batch, or one name, against lists as of a day; and known false hits: recorded with reason and end, ended, all of
// them listed. The same as `tracewire screen` and `tracewire exception`.
import Type from "typebox";
import { can } from "../../accounts/accounts.ts";
import { TracewireError } from "../../errors.ts";
import { appendException, endException, listExceptions, openScreener, stateOf } from "../../screening/screening.ts";
import { html, type Html } from "../../site/site.ts";
import { area, choice, deskForm, field, when } from "../frame.ts";
import { deskRoute, type DeskRoute, type SignedInContext, type Upload } from "../route.ts";
import { ADDRESS_LISTS, screenForm } from "../screen-form.ts";
import { seenSets, wantedSets } from "../seen-sets.ts";
import { LIMIT_FIELDS } from "../trace-form.ts";

const NAME_CHARS_MAX = 160;
const PASTED_CHARS_MAX = 200_000;
/** Filled in again where it is asked otherwise. */
const REFILLED_CHARS_MAX = 20_000;
const EXCEPTIONS_SHOWN = 200;

const DAY = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" });
const REASON = Type.String({ minLength: 1, maxLength: 2_000 });
const todayOf = ({ effects }: SignedInContext): string => effects.clock().slice(0, 10);
const traces = ({ who }: SignedInContext): boolean => can(who.user.role, "traces.write");

function screenPage(context: SignedInContext): Html {
  const { newsroom, who, questionJobs } = context;
  const { vintage } = openScreener(newsroom.log, { on: todayOf(context), today: todayOf(context), log_size: newsroom.log.size() });
  const own = questionJobs.list(who.user.handle).filter(({ question }) => question.kind === "screen");
  return html`<h1>Screening</h1>
<p class="hint">Which addresses stand on a list, by which edition, as of a day; or one name. <a href="/desk/exceptions" data-key="x">Exceptions</a>: hits that are known to be false.</p>
${
  vintage.length === 0
    ? html`<p class="finding">No list of addresses is held and released: nothing would be looked into. <a href="/desk/data">Take one in</a>, and release it.</p>`
    : html`<p class="hint">Held: ${vintage.map(({ list, edition, row_count }, at) => html`${at > 0 && "; "}${list} ${edition} (${row_count.toLocaleString("en-US")} lines)`)}.</p>`
}
${screenForm(who, traces(context) ? seenSets(context) : [])}${own.length > 0 && html`<h2>Yours</h2><ul class="board">${own.map(({ id, words, state, at }) => html`<li><a href="/desk/questions/${id}">${words}</a>: ${state}, ${when(at)}</li>
`)}</ul>`}`;
}

type Words = { addresses?: string; name?: string };

/** Exactly one of the three. Throws BAD_ARGUMENT. */
function inputOf({ addresses, name }: Words, file: Upload | undefined): { name: string } | { bytes: Uint8Array; input_name: string; pasted?: string } {
  const pasted = addresses?.trim();
  const given = [pasted, name?.trim(), file && file.bytes.length > 0 ? file.name : undefined].filter(Boolean);
  if (given.length !== 1) throw new TracewireError("BAD_ARGUMENT", { what: given.length === 0 ? "addresses: nothing was given to screen" : "addresses: one at a time: addresses, a file, or a name", where: "addresses", hint: "Paste addresses, choose a file, or write a name." });
  if (name?.trim()) return { name: name.trim() };
  if (file && file.bytes.length > 0) return { bytes: file.bytes, input_name: file.name };
  return { bytes: new TextEncoder().encode(pasted), input_name: "addresses", ...(pasted!.length <= REFILLED_CHARS_MAX ? { pasted: pasted! } : {}) };
}

function exceptionsPage(context: SignedInContext): Html {
  const { newsroom, who } = context;
  const today = todayOf(context);
  const all = listExceptions(newsroom.log).map((exception) => ({ ...exception, state: stateOf(exception, today) })).reverse();
  return html`<h1>Exceptions</h1>
<p class="hint"><a href="/desk/screen">Screening</a>. Somebody decided, with a reason and an end, that a listing is not meant for this account. The listing is still shown, the alarm is not.</p>
<h2>Record one</h2>
${deskForm(
  who,
  "/desk/exceptions",
  html`<div class="row">${field("address", "Address", { required: true, key: "a", hint: "with its chain where it is of several: eip155:1:0x…" })}${field("until", "Until", { type: "date", required: true, hint: "the last day on which it holds, within a year" })}${ADDRESS_LISTS.length > 1 ? choice("list", "List", ADDRESS_LISTS.map(({ id, title }) => [id, title] as const), {}) : html`<input type="hidden" name="list" value="${ADDRESS_LISTS[0]!.id}">`}</div>
${area("why", "Why", { rows: 2, required: true, hint: "in words, at least 10 characters; it stands in the log under your name" })}<button class="main-act">Record</button>`,
)}
<h2>All of them</h2>
${
  all.length === 0
    ? html`<p>No exception is recorded.</p>`
    : html`<div class="scroll" tabindex="0"><table><thead><tr><th class="num">Entry</th><th>Account</th><th>List</th><th>State</th><th>Until</th><th>Why, by whom</th><td></td></tr></thead><tbody>${all.slice(0, EXCEPTIONS_SHOWN).map(
        ({ seq, account, list, state, until, reason, by, at, ended }) =>
          html`<tr><td class="num">${seq}</td><td><code>${account}</code></td><td>${list}</td><td>${state}</td><td>${until}</td><td>${reason} <small>${by}, ${when(at)}</small>${ended && html`<br>ended: ${ended.reason} <small>${ended.by}, ${when(ended.at)}, entry ${ended.seq}</small>`}</td><td>${state === "holds" && html`<details><summary>End it</summary>${deskForm(who, `/desk/exceptions/${seq}/end`, html`${field("why", "Why it ends", { required: true })}<button>End</button>`)}</details>`}</td></tr>
`,
      )}</tbody></table></div>${all.length > EXCEPTIONS_SHOWN && html`<p class="hint">The newest ${EXCEPTIONS_SHOWN} of ${all.length}; <code>tracewire exception</code> lists all.</p>`}`
}`;
}

export const screeningRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/screen",
    about: "The form of a screening, which lists are held, and those that one asked for.",
    rule: { for: "case.read" },
    run: (context) => ({ title: "Screening", page: screenPage(context) }),
  }),
  deskRoute({
    method: "POST",
    path: "/screen",
    about: "Screens addresses or a name; exposure by way of others asks for `traces.write` besides.",
    rule: { for: "case.read" },
    upload: true,
    form: Type.Object(
      {
        addresses: Type.Optional(Type.String({ maxLength: PASTED_CHARS_MAX })),
        name: Type.Optional(Type.String({ maxLength: NAME_CHARS_MAX })),
        as_of: Type.Optional(DAY),
        lists: Type.Optional(Type.Array(Type.Union(ADDRESS_LISTS.map(({ id }) => Type.Literal(id))), { maxItems: ADDRESS_LISTS.length })),
        exposure: Type.Optional(Type.Literal("yes")),
        known: Type.Optional(Type.Literal("yes")),
        depth: LIMIT_FIELDS.depth,
        sets: LIMIT_FIELDS.sets,
      },
      { additionalProperties: false },
    ),
    run(context, { form: { as_of, lists = [], exposure, known, depth, sets, ...words }, file }) {
      const { questionJobs, who, record } = context;
      if (as_of !== undefined && Number.isNaN(Date.parse(as_of))) throw new TracewireError("BAD_ARGUMENT", { what: `as_of: “${as_of}” is no day`, where: "as_of", hint: "Write YYYY-MM-DD." });
      const given = inputOf(words, file);
      if (exposure && !traces(context)) throw new TracewireError("NOT_ALLOWED", { what: "Exposure reads transfers, which is for who traces" });
      if (exposure && "name" in given) throw new TracewireError("BAD_ARGUMENT", { what: "exposure: a name has none", where: "exposure", hint: "Exposure is of addresses." });
      const today = todayOf(context);
      const over = exposure ? { exposure: { known: known === "yes", ...(depth === undefined ? {} : { depth: Number(depth) }) }, ...wantedSets(context, sets) } : { among: [] };
      const base = { kind: "screen" as const, on: as_of ?? today, today, lists: [...lists] as string[], ...over };
      const { bytes, ...input } = "bytes" in given ? given : { bytes: undefined, ...given };
      const job = questionJobs.start(who.user.handle, { ...base, ...input }, bytes);
      record("screen", job.words);
      return { go: `/desk/questions/${job.id}` };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/exceptions",
    about: "Known false hits of screening, with who, why, until when, and how they ended; the form of one.",
    rule: { for: "case.read" },
    run: (context) => ({ title: "Exceptions", page: exceptionsPage(context), wide: true }),
  }),
  deskRoute({
    method: "POST",
    path: "/exceptions",
    about: "Records an exception with its reason and its end.",
    rule: { for: "case.write" },
    form: Type.Object({ address: Type.String({ minLength: 1, maxLength: 300 }), until: DAY, list: Type.Optional(Type.String({ maxLength: 60 })), why: REASON }, { additionalProperties: false }),
    run(context, { form: { address, until, list, why } }) {
      const asked = { address: address.trim(), reason: why, until, ...(list === undefined ? {} : { list }) };
      context.write("exception", address.slice(0, 200), (transaction) => appendException(transaction, asked, { by: context.who.user.handle, today: todayOf(context) }));
      return { go: "/desk/exceptions" };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/exceptions/:exception/end",
    about: "Ends an exception before its day, with a reason.",
    rule: { for: "case.write" },
    form: Type.Object({ why: REASON }, { additionalProperties: false }),
    run(context, { params, form: { why } }) {
      if (!/^\d{1,9}$/.test(params.exception!)) throw new TracewireError("NOT_FOUND", { what: "There is no such exception" });
      context.write("exception.end", params.exception!, (transaction) => endException(transaction, Number(params.exception), why, context.who.user.handle));
      return { go: "/desk/exceptions" };
    },
  }),
];
