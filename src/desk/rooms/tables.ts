// Many claims from one table of a capture: what each column says is told once, every claim is shown before it is saved, and one
// act saves all of them; one act takes them back. The command line does the same: tracewire claim --from-table.
import { createHash } from "node:crypto";
import Type, { type Static } from "typebox";
import { can, listActs } from "../../accounts/accounts.ts";
import {
  appendInversesOf,
  BOUNDS,
  COLUMN_ROLES,
  foreseeClaims,
  HEDGES,
  KINDS,
  kindSpec,
  MEASURES,
  nameAnd,
  readClaims,
  readTableClaims,
  TABLE_CLAIMS_MAX,
  TABLE_COLUMNS_MAX,
  VALUATION_BASES,
  type ForeseenMany,
  type Kind,
  type TableClaims,
  type TableSpec,
} from "../../casefile/casefile.ts";
import { TracewireError } from "../../errors.ts";
import { findCapture, rowValues, type Capture, type Extraction } from "../../evidence/evidence.ts";
import { oneOf } from "../../schema.ts";
import { html, type Html } from "../../site/site.ts";
import { guessNamedColumns, namingFields } from "../table-form.ts";
import { actObject, CLAIM_FIELDS, saveClaim, vantageOf } from "../claim-form.ts";
import { choice, deskForm, field, when } from "../frame.ts";
import { deskRoute, type DeskAnswer, type DeskRoute, type SignedInContext } from "../route.ts";

const ROWS_SHOWN = 12;
const CLAIMS_SHOWN = 300;
const LINES_SHOWN = 100;
/** Of each check. */
const FINDINGS_SHOWN = 3;
/** How far back in the record of acts is looked for what was read out of this table. */
const ACTS_LOOKED_AT = 400;
const SAVE_ACT = "claims.add";

const optional = (maxLength: number) => Type.Optional(Type.String({ maxLength }));
const number = Type.Optional(Type.String({ pattern: "^\\d{1,7}$" }));
const COLUMN_FIELDS = Object.fromEntries(Array.from({ length: TABLE_COLUMNS_MAX }, (_, at) => [`column_${at + 1}`, optional(60)]));
const FIELDS = {
  kind: Type.Optional(oneOf(Object.keys(KINDS) as Kind[])),
  subject: CLAIM_FIELDS.subject,
  prefix: optional(80),
  from: number,
  to: number,
  /** The totals that are read as rows all the same, by their row. */
  totals: Type.Optional(Type.String({ pattern: "^\\d{1,7}( \\d{1,7}){0,49}$" })),
  // What all of its claims share is asked as of one.
  claimant: CLAIM_FIELDS.claimant,
  hedge: CLAIM_FIELDS.hedge,
  bound: CLAIM_FIELDS.bound,
  as_of: CLAIM_FIELDS.as_of,
  period: CLAIM_FIELDS.period,
  unit: CLAIM_FIELDS.unit,
  basis: CLAIM_FIELDS.basis,
  measure: CLAIM_FIELDS.measure,
  document: CLAIM_FIELDS.document,
  cites: CLAIM_FIELDS.cites,
} as const;
type Fields = Static<ReturnType<typeof Type.Object<typeof FIELDS>>> & Record<string, string | undefined>;

type Text = Extract<Extraction, { outcome: "text" }>;
type Opened = { capture: Capture; text: Text; number: number; header: string[]; width: number };

async function findTable(context: SignedInContext, params: Record<string, string>): Promise<Opened | undefined> {
  const capture = findCapture(context.newsroom.log, Number(params.capture))!;
  const text = await context.readText(capture);
  const at = /^[1-9]\d{0,4}$/.test(params.table!) ? Number(params.table) : 0;
  const table = text.outcome === "text" ? text.tables?.[at - 1] : undefined;
  if (!table || text.outcome !== "text") return undefined;
  const width = Math.min(TABLE_COLUMNS_MAX, Math.max(table.header.length, (table.rows[0]?.cells.length ?? 0) / 2));
  return { capture, text, number: at, header: table.header, width };
}

async function openTable(context: SignedInContext, params: Record<string, string>): Promise<Opened> {
  const found = await findTable(context, params);
  if (!found) throw new TracewireError("NOT_FOUND", { what: "The capture has no table of this number" });
  return found;
}

const takenOf = (totals: string | undefined): number[] => (totals ?? "").split(" ").filter((row) => row !== "").map(Number);

function specOf(form: Fields, { number: table }: Opened): TableSpec {
  const { subject, prefix, from, to, totals, kind = "theft", claimant, hedge = "unstated", as_of = "unstated", basis, cites, bound, period, unit, measure, document } = form;
  const given = { unit, document, bound, measure, period, valuation: basis && { basis }, cites: cites === undefined ? undefined : [cites] };
  if (claimant === undefined) throw new TracewireError("BAD_CLAIM", { what: "Say whose claims these are", where: "claimant" });
  return {
    table,
    ...(from !== undefined || to !== undefined ? { rows: { from: Number(from ?? 1), to: Number(to ?? Number.MAX_SAFE_INTEGER) } } : {}),
    take_totals: takenOf(totals),
    kind,
    subject,
    prefix,
    columns: new Map(Object.entries(form).flatMap(([name, role]) => (name.startsWith("column_") && role ? [[Number(name.slice(7)), role] as const] : []))),
    common: { claimant, hedge, as_of, ...(Object.fromEntries(Object.entries(given).filter(([, part]) => part !== undefined)) as Partial<TableSpec["common"]>) },
  };
}

function withTotal(totals: string | undefined, row: number, taken: boolean): string | undefined {
  const rest = takenOf(totals).filter((one) => one !== row);
  return [...rest, ...(taken ? [row] : [])].join(" ") || undefined;
}

type Looked = { found: TableClaims; foreseen: ForeseenMany };
/** Names all that was shown: what differs since is shown again before it is saved. */
const sealOf = ({ found, foreseen }: Looked): string =>
  createHash("sha256").update(JSON.stringify([found, foreseen.findings.map(({ check, what }) => [check, what]), [...foreseen.held]])).digest("hex");

function look(context: SignedInContext, opened: Opened, form: Fields): Looked {
  const { log } = context.newsroom;
  const found = readTableClaims(opened.text, opened.capture.seq, { ...specOf(form, opened), isHeld: (subject) => readClaims(log, vantageOf(context, log.size()), { subject }).length > 0 });
  return { found, foreseen: foreseeClaims(log, vantageOf(context, log.size()), found.claims.map(({ claim }) => claim)) };
}

type Shown = { form: Fields; looked?: Looked; problem?: TracewireError; saved?: string };

function tablePage(context: SignedInContext, opened: Opened, { form, looked, problem, saved }: Shown): DeskAnswer {
  const { capture, number: at } = opened;
  const action = `/desk/captures/${capture.seq}/tables/${at}`;
  const page = html`<h1>Claims from table ${at} of “${capture.title}”</h1>
<p class="hint">Say once what each column holds; every cell becomes a claim with its place. <a href="/desk/captures/${capture.seq}">The capture</a></p>
${saved !== undefined && html`<p class="done" role="status">Saved: entries ${saved}. Readers do not see them until they are released.</p>
`}${problem && html`<div class="finding" role="alert"><p><strong>${problem.message}.</strong></p></div>
`}${deskForm(context.who, action, html`<button name="act" value="look" hidden>Look at the claims</button>${form.totals !== undefined && html`<input type="hidden" name="totals" value="${form.totals}">`}${mapping(opened, form)}${common(form)}${looked && preview(looked)}<p><button name="act" value="look" data-key="k" data-key-words="Look at the claims"${!looked && html` class="main-act"`}>Look at the claims</button> ${looked && saveButton(looked)}</p>
`)}${batches(context, opened)}`;
  return { title: `Table ${at}`, page, wide: true, status: problem?.status };
}

function mapping({ text, number: at, header, width }: Opened, form: Fields): Html {
  const kind = form.kind ?? "theft";
  const rows = text.tables![at - 1]!.rows.filter(({ row }) => row > 0);
  const fields = Object.entries(kindSpec(kind).fields);
  const naming = namingFields(kind).map((name): [string, string] => [nameAnd(name), `name, and ${kindSpec(kind).fields[name]!.label.toLowerCase()}`]);
  const roles: [string, string][] = [...COLUMN_ROLES.map((role): [string, string] => [role, role.replaceAll("_", " ")]), ...naming];
  return html`<div class="row">${choice("kind", "Each row is a", (Object.keys(KINDS) as Kind[]).map((one) => [one, kindSpec(one).one] as const), { value: kind, hint: "After changing it, look again: its fields follow." })}${field("prefix", "Its name begins with", { value: form.prefix ?? "", hint: "such as panel-2024-table" })}${field("subject", "Or all rows are about", { value: form.subject ?? "", hint: "kind/name" })}<div class="row">${field("from", "From row", { value: form.from ?? "" })}${field("to", "To row", { value: form.to ?? "" })}</div></div>
<div class="scroll" tabindex="0"><table class="mapping"><thead><tr><th>Row</th>${header.map((heading) => html`<th>${heading}</th>`)}</tr>
<tr><th>Holds</th>${Array.from({ length: width }, (_, index) => {
    const chosen = form[`column_${index + 1}`] ?? "";
    return html`<td><select name="column_${index + 1}" aria-label="What column ${index + 1} holds"><option value="">nothing</option><optgroup label="of the row">${roles.map(([value, words]) => html`<option value="${value}"${value === chosen && html` selected`}>${words}</option>`)}</optgroup><optgroup label="${kindSpec(kind).one}">${fields.map(([name, spec]) => html`<option value="${name}"${name === chosen && html` selected`}>${spec.label}</option>`)}</optgroup></select></td>`;
  })}</tr></thead><tbody>${rows.slice(0, ROWS_SHOWN).map((row) => html`<tr><th scope="row">${row.row}</th>${rowValues(text.text, row).slice(0, width).map((cell) => html`<td>${cell}</td>`)}</tr>
`)}</tbody></table></div>
${rows.length > ROWS_SHOWN && html`<p class="hint">The first ${ROWS_SHOWN} of ${rows.length} rows; at most ${TABLE_CLAIMS_MAX} cells are read at once.</p>
`}`;
}

const words = (name: string) => [name, name.replaceAll("_", " ")] as const;

function common(form: Fields): Html {
  return html`<fieldset><legend>What all of them say alike</legend><div class="row">${field("claimant", "Who says it", { value: form.claimant ?? "" })}${choice("hedge", "In which words", HEDGES.map(words), { value: form.hedge ?? "unstated" })}${field("as_of", "Claimed on", { value: form.as_of ?? "", hint: "YYYY-MM-DD, or less" })}${field("unit", "Unit of the numbers", { value: form.unit ?? "" })}</div>
<details${[form.document, form.period, form.bound, form.basis, form.measure, form.cites].some((part) => part !== undefined) && html` open`}><summary>Document, period, valuation, bound, measure, relay</summary><div class="row">${field("document", "In which document of theirs", { value: form.document ?? "" })}${field("period", "About the time", { value: form.period ?? "" })}${choice("bound", "Bound", BOUNDS.map(words), { value: form.bound ?? "", empty: "as it stands" })}${choice("basis", "Valued", VALUATION_BASES.map(words), { value: form.basis ?? "", empty: "not said" })}${choice("measure", "Measure", MEASURES.map(words), { value: form.measure ?? "", empty: "not said" })}${field("cites", "Whom they relay", { value: form.cites ?? "" })}</div></details></fieldset>
`;
}

const counted = (count: number, one: string, many: string): string => (count === 1 ? `One ${one}` : `${count.toLocaleString("en-US")} ${many}`);

function preview({ found, foreseen }: Looked): Html {
  const fresh = found.claims.length - foreseen.held.size;
  return html`<section aria-label="What would be saved" id="preview"><h2>${counted(fresh, "claim", "claims")} would be saved</h2>
<p class="hint">${foreseen.held.size > 0 && `${counted(foreseen.held.size, "is", "are")} held already. `}${found.refused.length > 0 && `${counted(found.refused.length, "cell is", "cells are")} refused and left out. `}${found.empty > 0 && `${counted(found.empty, "cell is", "cells are")} empty.`}</p>
${found.totals.slice(0, LINES_SHOWN).map(totalPart)}${[...Map.groupBy(foreseen.findings, ({ check }) => check)].map(([check, raised]) => html`<div class="finding"><p><strong>${check}</strong> ${raised.length > 1 && `${raised.length} times: `}${raised.slice(0, FINDINGS_SHOWN).map(({ what }) => what).join("; ")}${raised.length > FINDINGS_SHOWN && " …"}</p></div>
`)}${
    found.refused.length > 0 &&
    html`<div class="scroll" tabindex="0"><table><caption>Refused</caption><thead><tr><th>Row</th><th>Column</th><th>Why</th></tr></thead><tbody>${found.refused.slice(0, LINES_SHOWN).map(({ row, column, why }) => html`<tr><td class="num">${row}</td><td>${column}</td><td>${why}</td></tr>
`)}</tbody></table></div>
${found.refused.length > LINES_SHOWN && html`<p class="hint">${found.refused.length - LINES_SHOWN} more.</p>
`}`
  }<div class="scroll" tabindex="0"><table><caption>${found.claims.length > CLAIMS_SHOWN ? `The first ${CLAIMS_SHOWN} claims` : "Claims"}</caption><thead><tr><th>Row</th><th>Column</th><th>About</th><th>Field</th><th>Value</th><th>Time</th><th>State</th></tr></thead><tbody>${found.claims.slice(0, CLAIMS_SHOWN).map(({ row, column, claim }, place) => html`<tr><td class="num">${row}</td><td>${column}</td><td>${claim.subject}</td><td>${claim.field}</td><td class="num">${claim.value} ${claim.unit ?? ""}</td><td>${claim.period ?? ""}</td><td>${foreseen.held.has(place) ? `held: entry ${foreseen.held.get(place)!}` : "new"}</td></tr>
`)}</tbody></table></div></section>
`;
}

/** A recognised total with its check, and one press to take it in or to leave it out. */
function totalPart({ row, label, checks, taken }: TableClaims["totals"][number]): Html {
  const is_wrong = checks.some(({ adds_up }) => !adds_up);
  return html`<div class="${is_wrong ? "finding" : "done"}"><p><strong>Row ${row}, “${label}”, is a total of the rows above it, ${taken ? "and taken in all the same" : "and left out"}.</strong> ${checks.map(({ words }) => html`${words}. `)}<button name="act" value="${taken ? "leave" : "take"} ${row}">${taken ? "Leave it out" : "Take it in"}</button></p></div>
`;
}

function saveButton(looked: Looked): Html {
  const fresh = looked.found.claims.length - looked.foreseen.held.size;
  if (fresh === 0) return html`<span class="hint">There is nothing new to save.</span>`;
  return html`<input type="hidden" name="seen" value="${sealOf(looked)}"><button class="main-act" name="act" value="save" data-key="s" data-key-words="Save the claims">Save ${fresh === 1 ? "the one claim" : `${fresh.toLocaleString("en-US")} claims`}${looked.found.refused.length > 0 && ", without what is refused"}</button>`;
}

/** What one act saved from this capture and still holds, with the way to take it back. */
function batches(context: SignedInContext, { capture, number: at }: Opened): Html {
  const { who, newsroom, accounts } = context;
  if (!can(who.user.role, "case.write")) return html``;
  const held = new Set(readClaims(newsroom.log, { log_size: newsroom.log.size(), evidence: "all" }, { capture: capture.seq }).map(({ seq }) => seq));
  const acts = listActs(accounts, { limit: ACTS_LOOKED_AT, ...(can(who.user.role, "case.release") ? {} : { handle: who.user.handle }) })
    .filter(({ act }) => act === SAVE_ACT)
    .map((act) => ({ ...act, held: act.entries.filter((entry) => held.has(entry)) }))
    .filter((act) => act.held.length > 0);
  if (acts.length === 0) return html``;
  return html`<h2>Read out of this capture’s tables</h2>
${acts.map(
    ({ at: moment, handle, held: own }) => html`<div class="done"><p>${counted(own.length, "claim", "claims")}, entries ${own[0]!} to ${own.at(-1)!}, by ${handle}, ${when(moment)}</p><details><summary>Take all of them back</summary>${deskForm(
      who,
      `/desk/captures/${capture.seq}/tables/${at}/undo`,
      html`<input type="hidden" name="first" value="${own[0]!}"><input type="hidden" name="last" value="${own.at(-1)!}">${field("why", "Why", { required: true })}<button>Take ${own.length === 1 ? "it" : `all ${own.length}`} back</button>`,
    )}</details></div>
`,
  )}`;
}

export const tableRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/captures/:capture/tables/:table",
    about: "A table of a capture, to be read as claims: what each column holds.",
    rule: { for: "case.write", object: "capture" },
    query: ["saved"],
    async run(context, { params, query }) {
      const opened = await findTable(context, params);
      if (!opened) return { title: "No table of this number", page: html`<h1>The capture has no table of this number</h1>
<p><a href="/desk/captures/${params.capture!}">Back to the capture</a></p>` };
      const saved = /^\d+ to \d+$/.exec(query.get("saved") ?? "")?.[0];
      return tablePage(context, opened, { form: guessNamedColumns(opened), saved });
    },
  }),
  deskRoute({
    method: "POST",
    path: "/captures/:capture/tables/:table",
    about: "Shows the claims that a table gives, with what is refused and why, or saves all of them by one act.",
    rule: { for: "case.write", object: "capture" },
    form: Type.Object({ ...FIELDS, ...COLUMN_FIELDS, act: Type.String({ pattern: "^(look|save|(take|leave) \\d{1,7})$" }), seen: optional(64) }, { additionalProperties: false }),
    async run(context, { params, form: { act, seen, ...given } }) {
      const opened = await openTable(context, params);
      const [, asked, row] = /^(take|leave) (\d+)$/.exec(act) ?? [];
      const form = (asked ? { ...given, totals: withTotal(given.totals, Number(row), asked === "take") } : given) as Fields;
      let looked: Looked;
      try {
        looked = look(context, opened, form);
      } catch (error) {
        if (error instanceof TracewireError && error.code === "BAD_CLAIM") return tablePage(context, opened, { form, problem: error });
        throw error;
      }
      if (act !== "save" || seen !== sealOf(looked)) return tablePage(context, opened, { form, looked });
      const fresh = looked.found.claims.filter((_, place) => !looked.foreseen.held.has(place));
      const entries = context.write(SAVE_ACT, actObject(opened.capture, `capture ${opened.capture.seq}`), (transaction) => fresh.map(({ claim }) => saveClaim(context, transaction, claim)));
      return { go: `/desk/captures/${opened.capture.seq}/tables/${opened.number}?saved=${entries[0]}+to+${entries.at(-1)}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/captures/:capture/tables/:table/undo",
    about: "Takes back, by one act, the claims that an act saved from a table: one's own, or for who releases.",
    rule: { for: "case.write", object: "capture" },
    form: Type.Object({ first: Type.String({ pattern: "^\\d{1,9}$" }), last: Type.String({ pattern: "^\\d{1,9}$" }), why: Type.String({ minLength: 3, maxLength: 2_000 }) }, { additionalProperties: false }),
    run({ write, who }, { params, form }) {
      const span = { capture: Number(params.capture), first: Number(form.first), last: Number(form.last) };
      const isTheirs = (author: string) => author === who.user.handle || can(who.user.role, "case.release");
      write("claims.undo", `entries ${form.first} to ${form.last}`, (transaction, { log }) => appendInversesOf(transaction, log, span, form.why, who.user.handle, isTheirs));
      return { go: `/desk/captures/${params.capture!}/tables/${params.table!}` };
    },
  }),
];
