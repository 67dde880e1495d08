// One point of a series opened: the claims that a year adds up, or the rows of a dataset behind it. A series over rows
// is counted again for that point alone, by its own rules, so that what is listed is what was counted.
import { readClaim, type Claim } from "../../casefile/casefile.ts";
import { findDataset } from "../../datasets/datasets.ts";
import { computeOrFault, formatValue, type Figure, type FigureRow, type FigureSpec } from "../../figures/figures.ts";
import { TracewireError } from "../../errors.ts";
import { claimValue, hedgeWords, placeLink, subjectTitle, whoWords } from "../claim-parts.ts";
import { html, nothing, type Html } from "../html.ts";
import type { SiteContext } from "../route.ts";
import { plural } from "../words.ts";
import { subjectHref } from "./case.ts";

const CLAIMS_SHOWN = 300;
const LABEL_LENGTH_MAX = 200;

/** The row that a reader asked to open, by its label; undefined where the figure has no such point. */
export function pointOf(figure: Figure, query: URLSearchParams): FigureRow | undefined {
  const label = query.get("point")?.slice(0, LABEL_LENGTH_MAX);
  return label === undefined || figure.measure !== "series" ? undefined : figure.rows.find((row) => row.label === label);
}

/** Whether there is anything behind a point but its own row. */
export const canOpen = ({ measure }: Figure, { of, shared_by }: FigureSpec, row: FigureRow): boolean =>
  measure === "series" && (of === "row" ? !shared_by : row.claim !== null || row.rivals.length > 0);

export function pointSection(context: SiteContext, figure: Figure, spec: FigureSpec, row: FigureRow): Html {
  const value = row.value === null ? "not known" : formatValue(row.value, row.unit ?? "", "exact", spec);
  return html`<section id="point"><h2>${row.label}: ${value}</h2>
${spec.of === "row" ? rowsBehind(context, figure, spec, row) : claimsBehind(context, row)}</section>
`;
}

function claimsBehind(context: SiteContext, row: FigureRow): Html {
  const read = (seqs: readonly number[]) => seqs.map((seq) => readClaim(context.log, seq)).filter((claim) => claim !== undefined);
  // A point that was added up names its parts and has no claim of its own.
  if (row.claim === null)
    return html`<p>It adds up ${plural(row.rivals.length, "claim", "claims")}, each the one that our rules choose for its subject.</p>
${claimTable(context, read(row.rivals.slice(0, CLAIMS_SHOWN)), `Claims added up for ${row.label}`)}${row.rivals.length > CLAIMS_SHOWN && html`<p class="note">The first ${CLAIMS_SHOWN}; all stand in the figure’s JSON.</p>`}`;
  return html`<p>The value shown is one claim${row.rivals.length > 0 ? html`; ${plural(row.rivals.length, "other", "others")} on the same basis ${row.rivals.length === 1 ? "stands" : "stand"} beside it` : ", and no other on the same basis is held"}.</p>
${claimTable(context, read([row.claim, ...row.rivals]), `Claims on ${row.label}`)}`;
}

function claimTable(context: SiteContext, claims: readonly Claim[], label: string): Html {
  return html`<section class="scroll" tabindex="0" aria-label="${label}"><table class="data wordy">
<thead><tr><th scope="col">About</th><th scope="col" class="num">Value</th><th scope="col">Who says</th><th scope="col">How sure</th><th scope="col">Read at</th><th scope="col">Log</th></tr></thead>
<tbody>
${claims.map(
  (
    claim,
  ) => html`<tr><th scope="row"><a href="${subjectHref(claim.subject)}">${subjectTitle(context, claim.subject)}</a></th><td class="num">${claimValue(claim)}</td><td>${whoWords(claim)}</td><td>${hedgeWords(claim)}</td><td>${placeLink(context, claim)}</td><td><a href="/log/${claim.seq}">${claim.seq.toLocaleString("en-US")}</a></td></tr>
`,
)}</tbody></table></section>`;
}

function rowsBehind(context: SiteContext, figure: Figure, spec: FigureSpec, row: FigureRow): Html {
  const { column, first } = spec.by_column!;
  const test = { column, ...(first === undefined ? { is: [row.label] } : { starts: [row.label] }) };
  const { by_column: _, ...rules } = spec;
  const found = computeOrFault(context.log, { ...rules, measure: "rows", where: [...(spec.where ?? []), test] }, Number(figure.log_size));
  const dataset = findDataset(context.log, spec.dataset!, Number(figure.log_size));
  if (found instanceof TracewireError || !dataset) return nothing;
  const edition = dataset.edition ? `edition=${dataset.edition}&` : "";
  return html`<p>${plural(Number(found.row_count), "row", "rows")} of <a href="/datasets/${dataset.name}?${edition}q=${encodeURIComponent(row.label)}">${dataset.title}</a>, entry <a href="/log/${dataset.seq}">${dataset.seq.toLocaleString("en-US")}</a>${Number(found.row_count) > found.rows.length && html`; the first ${found.rows.length}`}:</p>
<ul>${found.rows.map((item) => html`<li>${item.label}${item.value !== null && item.value !== item.label && html`: ${item.value}`}</li>`)}</ul>`;
}
