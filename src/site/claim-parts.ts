// How one claim is shown wherever it stands: its value, who says it, with which hedge, and the way to its place.
import { fieldSpec, kindOf, kindSpec, readClaims, type Claim, type Kind } from "../casefile/casefile.ts";
import { locatorText, type Locator } from "../evidence/evidence.ts";
import { formatCount, formatValue } from "../figures/figures.ts";
import { html, type Html } from "./html.ts";
import type { SiteContext } from "./route.ts";
import { gradeMark } from "./sources.ts";
import { formatDay, subjectWords } from "./words.ts";

export function claimValue(claim: Claim): string {
  const type = fieldSpec(claim.kind_of, claim.field)?.type;
  if (type === "amount")
    return (
      formatValue(claim.value, claim.unit ?? "", /^[A-Z]{3}$/.test(claim.unit ?? "") ? "exact" : "short") +
      (/^[A-Z]{3}$/.test(claim.unit ?? "") ? "" : ` ${claim.unit ?? ""}`)
    );
  if (type === "count") return `${formatCount(claim.value)}${claim.unit ? ` ${claim.unit}` : ""}`;
  if (type === "percent") return `${claim.value} %`;
  if (type === "date") return formatDay(claim.value);
  return claim.unit ? `${claim.value} ${claim.unit}` : claim.value;
}

/** "suspected, at least" : the hedge and bound that must never get lost. */
export function hedgeWords(claim: Claim): string {
  const bound = claim.bound && claim.bound !== "exact" ? `, ${claim.bound.replace("_", " ")}` : "";
  return `${claim.hedge === "unstated" ? "no hedge stated" : claim.hedge}${bound}`;
}

/** What a value counts: gross or net, of which part, valued when. */
export function countsWords(claim: Claim): string {
  return [
    claim.part_of && `only ${claim.part_of}`,
    claim.measure,
    claim.valuation && `valued ${claim.valuation.basis.replaceAll("_", " ")}`,
    claim.valuation?.minted && "nominal value of minted tokens",
    claim.valuation?.note !== "nominal value of minted tokens" && claim.valuation?.note,
    claim.period && `for ${formatDay(claim.period)}`,
  ]
    .filter(Boolean)
    .join(", ");
}

export function whoWords(claim: Claim): string {
  return [
    claim.claimant,
    claim.document && `, ${claim.document}`,
    claim.cites?.length ? `, citing ${claim.cites.join(" and ")}` : "",
    claim.relayed_by && `, by way of ${claim.relayed_by}`,
  ]
    .filter(Boolean)
    .join("");
}

/** Where the claim was read: the evidence page, with the place marked. */
export function placeLink(context: SiteContext, claim: Claim): Html {
  const capture = context.capture(claim.source.capture);
  if (!capture || capture.released === undefined) return html`source not released`;
  return html`<a href="${evidenceHref(capture.sha256, claim.source.locator)}">${locatorText(claim.source.locator)}</a> ${gradeMark(capture.grade)}`;
}

export function evidenceHref(sha256: string, locator: Locator): string {
  const query = new URLSearchParams(Object.entries(locator).map(([name, value]) => [name, String(value)]));
  return `/evidence/${sha256}?${query.toString()}`;
}

/** Rival claims on one field, side by side, newest claim date first. */
export function rivalTable(context: SiteContext, caption: string, claims: readonly Claim[], label: string): Html {
  const sorted = claims.toSorted((a, b) => (a.as_of === b.as_of ? a.seq - b.seq : a.as_of < b.as_of ? 1 : -1));
  const anyCounts = sorted.some((claim) => countsWords(claim));
  return html`<section class="scroll" tabindex="0" aria-label="${label}">
<table class="data">
<caption>${caption}</caption>
<thead><tr><th scope="col">Value</th>${anyCounts && html`<th scope="col">What it counts</th>`}<th scope="col">Who says</th><th scope="col">How sure</th><th scope="col">Claimed</th><th scope="col">Read at</th><th scope="col">Log</th></tr></thead>
<tbody>
${sorted.map(
  (
    claim,
  ) => html`<tr><th scope="row">${claimValue(claim)}</th>${anyCounts && html`<td>${countsWords(claim)}</td>`}<td>${whoWords(claim)}</td><td>${hedgeWords(claim)}</td><td>${formatDay(claim.as_of)}</td><td>${placeLink(context, claim)}</td><td><a href="/log/${claim.seq}">${claim.seq.toLocaleString("en-US")}</a></td></tr>
`,
)}</tbody>
</table>
</section>
`;
}

/** Kinds whose title is a name; those of the others (a vote, a share, a period) say nothing of which subject it is. */
const NAMED: ReadonlySet<string> = new Set(["theft", "party", "actor", "measure", "luxury-line", "list-entry", "report"]);

/** What a subject is called: its name as claimed and, of a theft, its day; else the words of its key. */
export function subjectTitle({ log, at }: SiteContext, subject: string): string {
  const kind = kindOf(subject);
  const claims = kind && NAMED.has(kind) ? readClaims(log, at, { subject }) : [];
  const name = kind && claims.findLast(({ field }) => field === kindSpec(kind).title)?.value;
  if (name === undefined || name === "") return subjectWords(subject);
  const date = kind === "theft" ? claims.findLast(({ field }) => field === "date")?.value : undefined;
  return date ? `${name}, ${formatDay(date)}` : name;
}

/** Fields that are never shown, exported or served. */
export function isPrivate(kind: Kind, field: string): boolean {
  return fieldSpec(kind, field)?.private === true;
}

export const CLAIM_COLUMNS = [
  "claim",
  "subject",
  "field",
  "value",
  "unit",
  "claimant",
  "document",
  "cites",
  "relayed_by",
  "hedge",
  "bound",
  "as_of",
  "period",
  "valuation",
  "measure",
  "part_of",
  "citation",
  "capture",
  "locator",
] as const;

export function claimRow(claim: Claim): (string | number | null)[] {
  return [
    claim.seq,
    claim.subject,
    claim.field,
    claim.value,
    claim.unit ?? null,
    claim.claimant,
    claim.document ?? null,
    claim.cites?.join("; ") ?? null,
    claim.relayed_by ?? null,
    claim.hedge,
    claim.bound ?? null,
    claim.as_of,
    claim.period ?? null,
    claim.valuation?.basis ?? null,
    claim.measure ?? null,
    claim.part_of ?? null,
    claim.citation ?? null,
    claim.source.capture,
    locatorText(claim.source.locator),
  ];
}
