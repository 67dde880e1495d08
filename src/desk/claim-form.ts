// A claim as a form: from what was marked in a capture to fields half filled in, from fields to a claim, and what the checks
// say before it is saved. The command line does the same from its options (src/cli/claim.ts).
import Type, { type Static } from "typebox";
import {
  BOUNDS,
  HEDGES,
  KINDS,
  MEASURES,
  VALUATION_BASES,
  appendClaim,
  claimKey,
  findClaimByKey,
  foreseeClaim,
  kindOf,
  kindSpec,
  fieldSpec,
  listSubjects,
  numbersIn,
  parseClaim,
  readClaims,
  readWording,
  subjectsNear,
  totalAgainstRows,
  type ClaimInput,
  type Foreseen,
  type Kind,
  type Vantage,
} from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { requireLocator, resolveLocator, type Capture, type Extraction, type Locator, type Transaction } from "../evidence/evidence.ts";
import { oneOf } from "../schema.ts";
import { html, type Html } from "../site/site.ts";
import { area, choice, field } from "./frame.ts";
import { may, type Actor } from "./objects.ts";
import type { SignedInContext } from "./route.ts";

const optional = (maxLength: number) => Type.Optional(Type.String({ maxLength }));
const place = Type.Optional(Type.String({ pattern: "^\\d{1,7}$" }));

/** The fields of the form; each is one of a claim's, or a part of its place. */
export const CLAIM_FIELDS = {
  quote: optional(10_000),
  page: place,
  paragraph: place,
  table: place,
  row: place,
  column: optional(1_000),
  region: Type.Optional(Type.String({ pattern: "^\\d{1,4}(,\\d{1,4}){3}$" })),
  subject: optional(150),
  field: optional(40),
  value: optional(2_000),
  unit: optional(120),
  claimant: optional(200),
  hedge: Type.Optional(oneOf(HEDGES)),
  bound: Type.Optional(oneOf(BOUNDS)),
  as_of: optional(10),
  period: optional(30),
  basis: Type.Optional(oneOf(VALUATION_BASES)),
  measure: Type.Optional(oneOf(MEASURES)),
  part_of: optional(200),
  document: optional(300),
  cites: optional(200),
} as const;
export const ClaimForm = Type.Object(CLAIM_FIELDS, { additionalProperties: false });
export type ClaimForm = Static<typeof ClaimForm>;

const anyKindHas = (field: string): boolean => (Object.keys(KINDS) as Kind[]).some((kind) => kindSpec(kind).fields[field] !== undefined);
const SENTENCE_CHARS_MAX = 600;
const SUBJECTS_LISTED_MAX = 400;

function locatorOf(form: ClaimForm): Locator {
  const { quote, page, paragraph, table, row, column, region } = form;
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const locator = Object.entries({ page: number(page), paragraph: number(paragraph), table: number(table), row: number(row), column, quote, region }).filter(([, part]) => part !== undefined);
  if (locator.length === 0) throw new TracewireError("BAD_CLAIM", { what: "A claim needs the place where it was read: mark its words, name row and column, or frame a part of the picture", where: "quote" });
  return Object.fromEntries(locator) as Locator;
}

/** Throws BAD_CLAIM naming the field, LOCATOR_NOT_FOUND with what is nearest. */
export function claimOf(form: ClaimForm, capture: Capture, text: Extraction): ClaimInput {
  const { subject, field: name, value, unit, claimant, hedge, bound, as_of, period, basis, measure, part_of, document, cites } = form;
  const given = { unit, bound, measure, part_of, period, document, valuation: basis && { basis }, cites: cites === undefined ? undefined : [cites] };
  const claim = parseClaim(
    {
      subject: subject ?? "",
      field: name ?? "",
      value: value ?? "",
      claimant: claimant ?? "",
      hedge: hedge ?? "unstated",
      as_of: as_of ?? "unstated",
      source: { capture: capture.seq, locator: locatorOf(form) },
      ...Object.fromEntries(Object.entries(given).filter(([, part]) => part !== undefined)),
    },
    "the form",
  );
  requireLocator(text, claim.source.locator, "quote");
  return claim;
}

/** What the marked words say, into the fields that are still empty. */
export function fillIn({ hedge: chosen, ...rest }: ClaimForm, text: Extraction): ClaimForm {
  // “Unstated” is what the form begins with, not what somebody chose.
  const form: ClaimForm = chosen === "unstated" ? rest : { ...(chosen ? { hedge: chosen } : {}), ...rest };
  if (text.outcome !== "text" || form.quote === undefined) return form;
  const found = resolveLocator(text, { quote: form.quote, ...(form.page ? { page: Number(form.page) } : {}), ...(form.paragraph ? { paragraph: Number(form.paragraph) } : {}) });
  if (!found.found) return form;
  const { value_text: _, field: read, ...reading } = readWording(sentenceAround(text.text, found.start, found.end), found.text);
  // Of a theft nobody counts customers: a field that its kind does not have is left to the person.
  const kind = kindOf(rest.subject ?? "");
  const name = read !== undefined && (kind ? kindSpec(kind).fields[read] !== undefined : anyKindHas(read)) ? read : undefined;
  const where = placeAt(text, found.start);
  return { ...where, ...(name === "amount" ? { basis: "as_published" as const } : {}), ...reading, ...(name === undefined ? {} : { field: name }), ...form };
}

/** Page and paragraph as a locator counts them: a paragraph is of its page where there are pages. */
export function placeAt({ pages, paragraphs }: Extract<Extraction, { outcome: "text" }>, offset: number): Pick<ClaimForm, "page" | "paragraph"> {
  const page = pages?.findLastIndex((start) => start <= offset) ?? -1;
  const from = page >= 0 ? pages![page]! : 0;
  const own = paragraphs.filter((start) => start >= from);
  const paragraph = own.findLastIndex((start) => start <= offset);
  return { ...(page >= 0 ? { page: String(page + 1) } : {}), ...(paragraph >= 0 ? { paragraph: String(paragraph + 1) } : {}) };
}

function sentenceAround(text: string, start: number, end: number): string {
  const before = text.slice(Math.max(0, start - SENTENCE_CHARS_MAX), start);
  const after = text.slice(end, end + SENTENCE_CHARS_MAX);
  // A PDF breaks its lines inside sentences: a line that goes on in small letters is the same sentence, a row of a table is not.
  const head = before.slice(Math.max(before.lastIndexOf(". ") + 1, [...before.matchAll(/\n(?![a-z])/g)].at(-1)?.index ?? 0));
  const stop = /[.!?](?=\s)|\n(?![a-z])/.exec(after);
  return head + text.slice(start, end) + (stop ? after.slice(0, stop.index + 1) : after);
}

/** Everything that is held, but for what rests on a source that this person may not see. */
export const vantageOf = ({ who }: { who: Actor }, log_size: number): Vantage => ({ log_size, evidence: "all", ...(may(who, "sources.read") ? {} : { without_protected: true }) });

/** What an act is said to be done to: a protected source's matters have no name there. */
export const actObject = (capture: Pick<Capture, "is_protected">, name: string): string => (capture.is_protected ? "a protected source" : name);

/** What would be raised, who says otherwise, and what the table of its place says of a total; nothing is written for it. */
export function checkClaim(context: SignedInContext, claim: ClaimInput, text: Extraction): Foreseen {
  const { log } = context.newsroom;
  const foreseen = foreseeClaim(log, vantageOf(context, log.size()), claim);
  const total = totalOf(text, claim.source.locator);
  return total === undefined ? foreseen : { ...foreseen, findings: [...foreseen.findings, { check: "total-against-its-rows", subject: claim.subject, what: total, claims: [] }] };
}

/** Fields whose value is copied letter by letter: an address or a transaction that is not in the words is a slip. */
const COPIED = new Set(["taken_from", "taken_by", "taken_in", "address"]);

/** What may be a slip and is no check: nothing is held by this name, the words say another number, or somebody else says it. */
export function slipsIn(context: SignedInContext, claim: ClaimInput): string[] {
  const { log } = context.newsroom;
  const at = vantageOf(context, log.size());
  const notes: string[] = [];
  if (readClaims(log, at, { subject: claim.subject, limit: 1 }).length === 0) {
    const near = subjectsNear(log, at, claim.subject);
    notes.push(`Nothing is held on ${claim.subject} yet: it begins with this claim.${near.length > 0 ? ` Held are: ${near.join(", ")}` : ""}`);
  }
  const { quote } = claim.source.locator;
  if (quote === undefined) return notes;
  const type = fieldSpec(kindOf(claim.subject)!, claim.field)?.type;
  const isNumber = type === "amount" || type === "count";
  if (isNumber && !numbersIn(quote).includes(claim.value)) notes.push(`The words that it was read from do not have the number ${claim.value}`);
  if (COPIED.has(claim.field) && !quote.toLowerCase().split(/[^a-z0-9:.]+/).some((word) => word.replace(/[.:]+$/, "") === claim.value.toLowerCase().replace(/^.*:(?=[^:]+$)/, ""))) notes.push(`The words that it was read from do not have ${claim.value}, letter by letter`);
  const said_by = readWording(quote).claimant;
  const isAlike = (one: string, other: string) => one.toLowerCase().includes(other.toLowerCase());
  if (said_by !== undefined && !isAlike(said_by, claim.claimant) && !isAlike(claim.claimant, said_by)) notes.push(`The words name ${said_by} as who says it`);
  return notes;
}

function totalOf(text: Extraction, { table = 1, row, column }: Locator): string | undefined {
  if (text.outcome !== "text" || row === undefined || column === undefined) return undefined;
  const found = text.tables?.[table - 1];
  return found && totalAgainstRows(text, found.rows, row, columnIndexOf(found.header, column));
}

/** Where a column stands that a place names, by its heading first; -1 for none. */
export function columnIndexOf(header: readonly string[], column: string | number | undefined): number {
  if (column === undefined) return -1;
  const named = header.findIndex((heading) => heading.trim() === String(column).trim());
  return named >= 0 ? named : Number(column) - 1;
}

/** Inside a change: a claim that is held already is not put in twice. */
export const saveClaim = (context: { who: Actor }, transaction: Transaction, claim: ClaimInput): number =>
  findClaimByKey(transaction.db, claimKey(claim)) ?? appendClaim(transaction, claim, context.who.user.handle);

const words = (name: string) => [name, name.replaceAll("_", " ")] as const;
const FIELD_CHOICES = (Object.keys(KINDS) as Kind[]).map((kind) => ({ kind, label: kindSpec(kind).many, fields: Object.entries(kindSpec(kind).fields) }));

/** The form's fields, filled with what is given. */
export function claimFields(context: SignedInContext, form: ClaimForm): Html {
  const { log } = context.newsroom;
  const at = vantageOf(context, log.size());
  const subjects = (Object.keys(KINDS) as Kind[]).flatMap((kind) => listSubjects(log, at, kind, { limit: SUBJECTS_LISTED_MAX }));
  return html`${area("quote", "Words it was read from", { value: form.quote ?? "", rows: 3, hint: "Mark them in the text and press c; or copy them here." })}<details${(form.table ?? form.row ?? form.column ?? form.region) !== undefined && html` open`}><summary>Place: ${placeWords(form)}</summary><div class="row">${(["page", "paragraph", "table", "row"] as const).map((name) => field(name, name, { value: form[name] ?? "" }))}${field("column", "column", { value: form.column ?? "" })}</div>${field("region", "Part of the picture", { value: form.region ?? "", hint: "Draw a frame on the page, or write left, top, width and height in thousandths: 120,340,200,60. Instead of words.", pattern: "\\d{1,4}(,\\d{1,4}){3}" })}</details>
${field("subject", "About", { value: form.subject ?? "", list: "subjects", hint: "kind/name, such as theft/2023-09-04-stake", required: true })}<datalist id="subjects">${subjects.slice(0, SUBJECTS_LISTED_MAX).map((subject) => html`<option value="${subject}">`)}</datalist>
<label class="field"><span>Field</span><select name="field"><option value="">choose</option>${FIELD_CHOICES.map(
    ({ kind, label, fields }) => html`<optgroup label="${label}" data-kind="${kind}">${fields.map(([name, spec]) => html`<option value="${name}"${form.field === name && isFirst(label, name, form.subject) && html` selected`}>${spec.label}</option>`)}</optgroup>`,
  )}</select></label>
<div class="row">${field("value", "Value", { value: form.value ?? "", hint: "Numbers as plain decimals." })}${field("unit", "Unit", { value: form.unit ?? "" })}</div>
${field("claimant", "Who says it", { value: form.claimant ?? "" })}<div class="row">${choice("hedge", "In which words", HEDGES.map(words), { value: form.hedge ?? "unstated" })}${choice("bound", "Bound", BOUNDS.map(words), { value: form.bound ?? "", empty: "as it stands" })}</div>
<div class="row">${field("as_of", "Claimed on", { value: form.as_of ?? "", hint: "YYYY-MM-DD, or less" })}${field("period", "About the time", { value: form.period ?? "" })}</div>
<details${form.field === "amount" && html` open`}><summary>Valuation, measure, part, document</summary><div class="row">${choice("basis", "Valued", VALUATION_BASES.map(words), { value: form.basis ?? "", empty: "not said" })}${choice("measure", "Measure", MEASURES.map(words), { value: form.measure ?? "", empty: "not said" })}</div>
${field("part_of", "Covers only", { value: form.part_of ?? "" })}${field("document", "In which document of theirs", { value: form.document ?? "" })}${field("cites", "Whom they relay", { value: form.cites ?? "" })}</details>
`;
}

/** Fields of one name stand under several kinds: the subject's own is chosen, else the first. */
function isFirst(label: string, name: string, subject: string | undefined): boolean {
  const own = subject?.split("/")[0];
  const groups = FIELD_CHOICES.filter(({ fields }) => fields.some(([other]) => other === name));
  const kind = own !== undefined && Object.hasOwn(KINDS, own) ? kindSpec(own as Kind).many : undefined;
  return label === (groups.find((group) => group.label === kind) ?? groups[0])!.label;
}

function placeWords({ page, paragraph, table, row, column, region }: ClaimForm): string {
  const parts = Object.entries({ page, paragraph, table, row, column, region }).filter(([, part]) => part !== undefined);
  return parts.map(([name, part]) => `${name} ${part!}`).join(", ") || "by its words";
}
