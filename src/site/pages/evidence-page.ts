// A capture: what it is, how it was graded, its text with the cited place marked, its entry in the log. Bytes leave only
// when released, as an attachment from a sandboxed address.
import { readClaims, type Claim } from "../../casefile/casefile.ts";
import {
  capturesOf,
  locatorText,
  readText,
  resolveLocator,
  rowValues,
  type Capture,
  type Extraction,
  type Locator,
} from "../../evidence/evidence.ts";
import { TracewireError } from "../../errors.ts";
import { htmlType } from "../answers.ts";
import { claimValue, evidenceHref, isPrivate } from "../claim-parts.ts";
import { html, nothing, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Page } from "../page-store.ts";
import type { Route, SiteContext } from "../route.ts";
import { GRADE_WORDS, gradeMark } from "../sources.ts";
import { formatDay, plural } from "../words.ts";
import { subjectHref } from "./case.ts";

const PLACE_QUERY = ["page", "paragraph", "table", "row", "column", "quote", "region", "from"] as const;
const WINDOW_CHARS = 1_500;
/** Of a document that is held back, around a place that a public claim cites: a quotation, not the document. */
const QUOTED_WINDOW_CHARS = 200;
const PAGE_CHARS = 4_000;
const CLAIMS_SHOWN_MAX = 60;
const QUOTE_CHARS_MAX = 1_000;
const TEXTS_MAX = 12;

const SOURCE_WORDS: Record<string, string> = {
  A: "completely reliable",
  B: "usually reliable",
  C: "fairly reliable",
  D: "not usually reliable",
  E: "unreliable",
  F: "reliability cannot be judged",
};
const ITEM_WORDS: Record<string, string> = {
  "1": "confirmed by others",
  "2": "probably true",
  "3": "possibly true",
  "4": "doubtful",
  "5": "improbable",
  "6": "truth cannot be judged",
};

export const evidenceRoutes: Route[] = [
  {
    path: "/evidence/:sha256",
    about: "A released capture: what it is, how it is graded, its log entry; its text with the cited place marked, or the cited places alone where the document is held back.",
    query: PLACE_QUERY,
    async render(context, { params, query, path }) {
      const captures = releasedCaptures(context, params.sha256!);
      return captures.length === 0 ? undefined : evidencePage(context, captures, query, path);
    },
  },
  {
    path: "/evidence/:sha256/bytes",
    about: "The bytes of a capture, where they are released: as an attachment, sandboxed.",
    render(context, { params }) {
      const capture = releasedCaptures(context, params.sha256!).find(
        (candidate) => candidate.bytes_released !== undefined && candidate.bytes_released < context.at.log_size,
      );
      const bytes = capture && context.blobs.get(capture.sha256);
      if (!capture || !bytes) return undefined;
      return {
        content_type: "application/octet-stream",
        body: bytes,
        depends: [`capture:${capture.sha256}`],
        headers: {
          "content-security-policy": "sandbox; default-src 'none'",
          "content-disposition": `attachment; filename="${capture.sha256}.bin"`,
        },
      };
    },
  },
];

/** Unknown and unreleased are one answer: nobody learns that something is held. */
function releasedCaptures(context: SiteContext, sha256: string): Capture[] {
  if (!/^[0-9a-f]{64}$/.test(sha256)) return [];
  return capturesOf(context.log, sha256).filter((capture) => capture.released !== undefined && capture.released < context.at.log_size);
}

// Bytes never change, so neither does their text; reading it takes a process of its own.
const texts = new Map<string, Promise<Extraction>>();

function textOf(context: SiteContext, capture: Capture): Promise<Extraction> {
  const known = texts.get(capture.sha256);
  if (known) return known;
  const reading = readText(context.blobs, capture);
  reading.catch(() => texts.delete(capture.sha256));
  texts.set(capture.sha256, reading);
  if (texts.size > TEXTS_MAX) texts.delete(texts.keys().next().value!);
  return reading;
}

async function evidencePage(context: SiteContext, captures: readonly Capture[], query: URLSearchParams, path: string): Promise<Page> {
  const capture = captures[0]!;
  const locator = readLocator(query);
  const extraction = await textOf(context, capture);
  const claims = captures
    .flatMap((own) => readClaims(context.log, context.at, { capture: own.seq }))
    .filter((claim) => !isPrivate(claim.kind_of, claim.field));
  const hasBytes = capture.bytes_released !== undefined && capture.bytes_released < context.at.log_size;
  const body = html`<p class="label">Evidence</p>
<h1>${capture.title}</h1>
<p class="standfirst">${gradeMark(capture.grade)} ${GRADE_WORDS[capture.grade]}</p>
${locator && (hasBytes || isCited(claims, locator) ? placeShown(extraction, locator, hasBytes ? WINDOW_CHARS : QUOTED_WINDOW_CHARS) : placeHeldBack(locator))}
<dl class="facts">
<div><dt>Graded</dt><dd>Source ${capture.source_grade}: ${SOURCE_WORDS[capture.source_grade]}. Item ${capture.item_grade}: ${ITEM_WORDS[capture.item_grade]}. The two are asked apart (Admiralty scale).</dd></div>
<div><dt>From</dt><dd>${{ file: "a file", stdin: "standard input", url: "the web" }[capture.origin.from]}: ${capture.origin.name}${capture.origin.final_url && capture.origin.final_url !== capture.origin.name && html`, which led to ${capture.origin.final_url}`}</dd></div>
<div><dt>Retrieved</dt><dd><time datetime="${capture.retrieved_at}">${formatDay(capture.retrieved_at)}</time> by ${capture.retrieved_by}</dd></div>
<div><dt>What it is</dt><dd>${capture.byte_count.toLocaleString("en-US")} bytes, ${capture.media_type.sniffed}${capture.media_type.declared && capture.media_type.declared.split(";")[0] !== capture.media_type.sniffed && html` (declared as ${capture.media_type.declared})`}</dd></div>
<div><dt>Text</dt><dd>${extraction.outcome === "text" ? html`read by ${extraction.extractor} ${extraction.version}${extraction.warnings.map((warning) => html`; ${warning}`)}` : html`none could be read: ${extraction.reason}. The bytes are kept.`}</dd></div>
${
  capture.licence &&
  html`<div><dt>Licence</dt><dd>${capture.licence}</dd></div>
`
}<div><dt>SHA-256</dt><dd><code>${capture.sha256}</code></dd></div>
<div><dt>In the log</dt><dd>${captures.map((own, at) => html`${at > 0 && ", "}<a href="/log/${own.seq}">entry ${own.seq.toLocaleString("en-US")}</a>`)}, with a proof to check with our server off${captures.length > 1 && html`; the same bytes were captured ${captures.length} times`}</dd></div>
<div><dt>Bytes</dt><dd>${hasBytes ? html`<a href="/evidence/${capture.sha256}/bytes">Save them</a> and compare: <code>sha256sum</code> must print the number above.` : "Held back: they may not leave, or have not been released. Of its text only the places are shown that a public claim cites."}</dd></div>
</dl>
${claimList(capture, claims)}${hasBytes && textPage(capture, extraction, query)}`;
  return {
    content_type: htmlType,
    body: frame({
      title: capture.title,
      description: `${capture.title}: ${capture.grade}, ${plural(claims.length, "claim", "claims")} read from it, with its text and its place in the log.`,
      path,
      context,
      body,
      unlisted: query.size > 0,
    }),
    depends: [`capture:${capture.sha256}`, "casefile"],
  };
}

function readLocator(query: URLSearchParams): Locator | undefined {
  const locator: Locator = {};
  for (const name of ["page", "paragraph", "table", "row"] as const) {
    const value = query.get(name);
    if (value === null || value === "") continue;
    if (!/^\d{1,7}$/.test(value)) throw new TracewireError("BAD_ARGUMENT", { what: `${name}: “${value.slice(0, 40)}” is not a number` });
    locator[name] = Number(value);
  }
  const [column, quote, region] = [query.get("column"), query.get("quote"), query.get("region")];
  if (region !== null && /^\d{1,4}(,\d{1,4}){3}$/.test(region)) locator.region = region;
  if (column) locator.column = column.slice(0, QUOTE_CHARS_MAX);
  if (quote) locator.quote = quote.slice(0, QUOTE_CHARS_MAX);
  return Object.keys(locator).length > 0 ? locator : undefined;
}

/** Else a document that may not be passed on could be read here a quotation at a time. */
function isCited(claims: readonly Claim[], locator: Locator): boolean {
  const asked = placeKey(locator);
  return claims.some(({ source }) => placeKey(source.locator) === asked);
}

/** As an address can carry it. */
const placeKey = (locator: Locator): string =>
  JSON.stringify((["page", "paragraph", "table", "row", "column", "quote", "region"] as const).map((name) => String(locator[name] ?? "").slice(0, QUOTE_CHARS_MAX)));

const placeHeldBack = (locator: Locator): Html => html`<p class="known"><strong>This place is not shown.</strong> ${locatorText(locator)}: the document is held back, and no public claim cites this place.</p>
`;

/** The place a claim was read at: a row as its columns, and the text around it with the place marked. */
function placeShown(extraction: Extraction, locator: Locator, window_chars: number): Html {
  if (locator.region !== undefined)
    return html`<section id="place"><h2>The place cited: ${locatorText(locator)}</h2>
<p class="note">It was read out of what is drawn there, by a person: no text stands behind it. Who has the bytes sees it.</p></section>
`;
  if (extraction.outcome !== "text") return nothing;
  const place = resolveLocator(extraction, locator);
  if (!place.found)
    return html`<p class="known"><strong>This place is not in the text.</strong> ${locatorText(locator)}: ${place.why}${place.nearest && html`; the nearest is “${place.nearest.text.slice(0, 300)}”`}</p>
`;
  const { text } = extraction;
  const from = Math.max(0, text.lastIndexOf("\n", Math.max(0, place.start - window_chars)) + 1);
  const end = Math.min(text.length, Math.max(place.end, place.end + window_chars));
  const to = text.indexOf("\n", end) < 0 ? text.length : Math.min(text.length, text.indexOf("\n", end));
  return html`<section id="place"><h2>The place cited: ${locatorText(locator)}</h2>
${rowShown(extraction, locator, place.start)}<details${locator.row === undefined && html` open`}><summary>In the text around it</summary><pre class="text" tabindex="0">${from > 0 && "…\n"}${text.slice(from, place.start)}<mark>${text.slice(place.start, place.end)}</mark>${text.slice(place.end, to)}${to < text.length && "\n…"}</pre></details></section>
`;
}

function rowShown(extraction: Extract<Extraction, { outcome: "text" }>, locator: Locator, start: number): Html {
  if (locator.row === undefined) return nothing;
  const table = extraction.tables?.[(locator.table ?? 1) - 1];
  const row = table?.rows.find((candidate) => candidate.row === locator.row);
  if (!table || !row) return nothing;
  const values = rowValues(extraction.text, row);
  return html`<p class="note">Row ${row.row}${row.line !== undefined && html`, line ${row.line} of the file`}:</p>
<dl class="facts">${table.header.map((name, at) =>
    values[at]
      ? html`<div><dt>${name}</dt><dd>${row.cells[2 * at] === start && (locator.column === name || locator.column === at + 1) ? html`<mark>${values[at]}</mark>` : values[at]}</dd></div>
`
      : nothing,
  )}</dl>
`;
}

function claimList(capture: Capture, claims: ReturnType<typeof readClaims>): Html {
  if (claims.length === 0) return html`<p>No claim has been read from it yet.</p>`;
  const shown = claims.slice(0, CLAIMS_SHOWN_MAX);
  return html`<section><h2>Read from it</h2>
<details><summary>${plural(claims.length, "claim", "claims")}</summary>
<ul class="plain">${shown.map(
    (
      claim,
    ) => html`<li><a href="${subjectHref(claim.subject)}">${claim.subject}</a> ${claim.field.replaceAll("_", " ")}: ${claimValue(claim)} <span class="note">${claim.claimant}, <a href="${evidenceHref(capture.sha256, claim.source.locator)}">${locatorText(claim.source.locator)}</a></span></li>
`,
  )}</ul>${claims.length > shown.length && html`<p class="note">and ${(claims.length - shown.length).toLocaleString("en-US")} more.</p>`}</details></section>
`;
}

function textPage(capture: Capture, extraction: Extraction, query: URLSearchParams): Html {
  if (extraction.outcome !== "text") return nothing;
  const asked = query.get("from") ?? "0";
  if (!/^\d{1,9}$/.test(asked)) throw new TracewireError("BAD_ARGUMENT", { what: `from: “${asked.slice(0, 40)}” is not a number` });
  const from = Math.min(Number(asked), Math.max(0, extraction.text.length - 1));
  const to = Math.min(extraction.text.length, from + PAGE_CHARS);
  return html`<section id="text"><h2>Its text</h2>
<pre class="text" tabindex="0">${extraction.text.slice(from, to)}</pre>
${extraction.text.length > PAGE_CHARS && html`<nav class="pages" aria-label="Parts of the text"><span>Characters ${(from + 1).toLocaleString("en-US")} to ${to.toLocaleString("en-US")} of ${extraction.text.length.toLocaleString("en-US")}</span>${from > 0 && html` <a href="/evidence/${capture.sha256}?from=${Math.max(0, from - PAGE_CHARS)}#text">Earlier</a>`}${to < extraction.text.length && html` <a href="/evidence/${capture.sha256}?from=${to}#text">Later</a>`}</nav>`}</section>
`;
}
