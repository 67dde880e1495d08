// A capture to be read: its text with the places that locators count, and beside it the original: a page of a PDF or a picture
// as it looks, tables as rows and cells. Where claims were read, and what is marked now, stands out in both.
import type { Claim } from "../casefile/casefile.ts";
import { canBeDrawn, readRegion, regionsOf, resolveLocator, rowValues, type Capture, type Extraction, type Locator } from "../evidence/evidence.ts";
import { html, nothing, type Html } from "../site/site.ts";
import { columnIndexOf, placeAt, type ClaimForm } from "./claim-form.ts";
import type { SignedInContext } from "./route.ts";

const PARAGRAPHS_SHOWN = 300;
const TABLE_ROWS_SHOWN = 100;
const TABLES_SHOWN = 20;
/** Of one page: more boxes than these hide what they point at. */
const REGIONS_SHOWN = 120;

type Text = Extract<Extraction, { outcome: "text" }>;
type Table = NonNullable<Text["tables"]>[number];
type Span = { start: number; end: number };

/** What of a capture is shown: from which paragraph, which page of the original, from which row of its tables. */
export type Look = { from: number; original?: number; rows?: number };
export type Reading = { form: ClaimForm; claims: readonly Claim[]; look: Look };

/** Where a claim was read: its capture, at its place, with its words framed. */
export function placeHref({ capture, locator }: Claim["source"]): string {
  const query = new URLSearchParams(Object.entries(locator).map(([name, part]) => [name, String(part)]));
  return `/desk/captures/${capture}?${query}`;
}

/** A capture whose text is nothing but one table is shown as that table. */
const isTable = (text: Extraction): text is Text => text.outcome === "text" && ["text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"].includes(text.media_type) && text.tables !== undefined;

/** The panes before the form; `count` is how many they are. */
export async function capturedPanes(context: SignedInContext, capture: Capture, text: Extraction, reading: Reading): Promise<{ panes: Html; count: number }> {
  const original = await originalOf(context, capture, text, reading);
  const pane = original && html`<section class="original" id="original" tabindex="0" aria-label="The original" data-original data-captured>
${original}</section>
`;
  if (isTable(text) && pane) return { panes: pane, count: 1 };
  if (text.outcome === "unreadable") return { panes: pane ?? nothing, count: 1 };
  return {
    panes: html`${pane && html`<p class="ways jumps"><a href="#text">Text</a> <a href="#original">Original</a> <a href="#claim">Claim</a></p>
`}<section class="captured" id="text"${pane && html` tabindex="0"`} aria-label="Its text" data-captured>
${shownText(capture, text, reading)}</section>
${pane ?? nothing}`,
    count: pane ? 2 : 1,
  };
}

/** Instead of the form, where nothing of it can be read or seen. */
export const unreadable = ({ reason }: { reason: string }): Html => html`<section class="pane-form" aria-label="Why there is no form"><p class="done">No text could be read: ${reason}. A claim needs a place: capture a readable copy.</p></section>
`;

/** Over the form, where there is no text and the page is seen all the same. */
export const drawnOnly = ({ reason }: { reason: string }): Html => html`<p class="hint">No text could be read: ${reason}. Draw a frame around what is said, and type what it says; what it says in whole sentences is better transcribed and captured as a transcription.</p>
`;

/** What a place of a claim, or of the form, names; places that are not there name nothing. */
function spanOf(text: Text, locator: Locator): Span | undefined {
  const found = resolveLocator(text, locator);
  return found.found ? found : undefined;
}

export const markOf = (text: Extraction, { quote, page, paragraph }: ClaimForm): Span | undefined =>
  text.outcome === "text" && quote !== undefined
    ? (spanOf(text, { quote, ...(page ? { page: Number(page) } : {}), ...(paragraph ? { paragraph: Number(paragraph) } : {}) }) ?? spanOf(text, { quote }))
    : undefined;

async function originalOf(context: SignedInContext, capture: Capture, text: Extraction, { form, claims, look }: Reading): Promise<Html | undefined> {
  if (canBeDrawn(capture.media_type.sniffed)) return drawn(context, capture, text, { form, claims, look });
  if (text.outcome !== "text" || !text.tables || text.tables.length === 0) return undefined;
  const tables = text.tables.slice(0, TABLES_SHOWN);
  return html`${tables.map((table, at) => tablePart(capture, text, table, at + 1, { form, claims, look }))}${text.tables.length > TABLES_SHOWN && html`<p class="hint">Of ${text.tables.length} tables the first ${TABLES_SHOWN} are shown; the others stand in the text.</p>
`}`;
}

/** Pages of a PDF as pictures, or the one picture. What is seen is made of bare pixels: decisions/0019. */
async function drawn(context: SignedInContext, capture: Capture, text: Extraction, { form, claims, look }: Reading): Promise<Html> {
  const mark = markOf(text, form);
  const pages = text.outcome === "text" ? (text.pages?.length ?? 1) : undefined;
  const marked_on = mark && text.outcome === "text" ? Number(placeAt(text, mark.start).page ?? 1) : undefined;
  const wanted = look.original ?? (Number(form.page) || marked_on) ?? (text.outcome === "text" ? firstPageShown(text, look.from) : 1);
  const page = Math.max(1, Math.min(wanted || 1, pages ?? Number.MAX_SAFE_INTEGER));
  const [regions, marks] = await regionsOn(context, capture, text, page, { claims, mark, region: page === Number(form.page ?? 1) ? form.region : undefined });
  const ways = [page > 1 && ([page - 1, "Page before", "prev"] as const), (pages === undefined || page < pages) && capture.media_type.sniffed === "application/pdf" && ([page + 1, "Page after", "next"] as const)];
  const title = capture.media_type.sniffed === "application/pdf" ? `Page ${page}${pages === undefined ? "" : ` of ${pages}`}` : "The picture";
  return html`<p class="ways"><strong data-original-title data-pages="${pages ?? ""}">${title}</strong> ${ways.map((way) => way && html`<a href="/desk/captures/${capture.seq}?original=${way[0]}${look.from > 0 && html`&amp;from=${look.from}`}" rel="${way[2]}" data-key="${way[2] === "next" ? "]" : "["}" data-original-way="${way[0] - page}">${way[1]}</a> `)}</p>
<div class="sheet" data-page="${page}"${capture.media_type.sniffed === "application/pdf" && html` data-paged`}><img src="/desk/captures/${capture.seq}/pages/${page}" alt="${title} as it looks${text.outcome === "text" && "; its words stand beside it"}" decoding="async" draggable="false"><svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">${regions.map(([x, y, w, h]) => html`<rect class="read" x="${x}" y="${y}" width="${w}" height="${h}"/>`)}${marks.map(([x, y, w, h]) => html`<rect class="mark" x="${x}" y="${y}" width="${w}" height="${h}"/>`)}</svg></div>
${regions.length > 0 && html`<p class="hint">Underlined: what claims were read from.</p>
`}`;
}

function firstPageShown({ pages = [], paragraphs }: Text, from: number): number {
  const offset = paragraphs[from] ?? 0;
  return pages.findLastIndex((start) => start <= offset) + 1 || 1;
}

type Box = readonly [x: number, y: number, width: number, height: number];
const short = (boxes: readonly Box[]): Box[] => boxes.map((box) => box.map((part) => Number(part.toFixed(4))) as unknown as Box);

const boxOf = (region: string): Box[] => [readRegion(region)].filter((box) => box !== undefined);

type Wanted = { claims: readonly Claim[]; mark?: Span; region?: string };

/** Boxes on a page: of what claims were read from, and of what is marked now, words or a part of what is drawn. */
export async function regionsOn(context: SignedInContext, capture: Capture, text: Extraction, page: number, { claims, mark, region }: Wanted): Promise<[Box[], Box[]]> {
  const framed = claims.flatMap(({ source: { locator } }) => (locator.region !== undefined && (locator.page ?? 1) === page ? boxOf(locator.region) : []));
  const own = [framed, region === undefined ? [] : boxOf(region)] as const;
  const [read, marks] = text.outcome === "text" ? await wordsOn(context, capture, text, page, claims, mark) : [[], []];
  return [[...own[0], ...read].slice(0, REGIONS_SHOWN), [...own[1], ...marks]];
}

async function wordsOn(context: SignedInContext, capture: Capture, text: Text, page: number, claims: readonly Claim[], mark: Span | undefined): Promise<[Box[], Box[]]> {
  const start = text.pages?.[page - 1];
  if (start === undefined || capture.media_type.sniffed !== "application/pdf") return [[], []];
  const end = text.pages![page] ?? text.text.length;
  const isHere = (span: Span | undefined): span is Span => span !== undefined && span.start < end && span.end > start;
  const read = claims.map(({ source }) => spanOf(text, source.locator)).filter(isHere);
  if (read.length === 0 && !isHere(mark)) return [[], []];
  const found = await context.originals.places(capture, page);
  if (found.outcome === "refused") return [[], []];
  const boxes = (span: Span) => regionsOf(found.places, span.start - start, Math.min(span.end, end) - start);
  return [short(read.flatMap(boxes).slice(0, REGIONS_SHOWN)), short(isHere(mark) ? boxes(mark) : [])];
}

function shownText(capture: Capture, text: Text, { form, claims, look: { from } }: Reading): Html {
  const { pages = [], paragraphs } = text;
  const starts = paragraphs.length > 0 ? paragraphs : [0];
  const shown = starts.slice(from, from + PARAGRAPHS_SHOWN);
  const mark = markOf(text, form);
  const more = (start: number, words: string) => html`<p><a></a><span><a href="/desk/captures/${capture.seq}?from=${start}">${words}</a></span></p>
`;
  return html`${from > 0 && more(Math.max(0, from - PARAGRAPHS_SHOWN), "Earlier paragraphs")}${shown.map((start, index) => {
    const end = starts[from + index + 1] ?? text.text.length;
    const page = pages.findLastIndex((offset) => offset <= start);
    const first = pages[page] ?? 0;
    const number = starts.slice(0, from + index + 1).filter((offset) => offset >= first).length;
    const isPageStart = page >= 0 && (index === 0 || starts[from + index - 1]! < first);
    const read = claims.filter(({ source }) => source.locator.paragraph === number && (source.locator.page ?? 0) === (page < 0 ? 0 : page + 1));
    return html`${isPageStart && html`<a class="page" href="/desk/captures/${capture.seq}?original=${page + 1}&amp;from=${from}#p${from + index + 1}" data-original-page="${page + 1}">Page ${page + 1}</a>
`}<p data-paragraph="${number}"${page >= 0 && html` data-page="${page + 1}"`} id="p${from + index + 1}"><a href="#p${from + index + 1}">${number}${read.length > 0 && html` ·${read.length}`}</a><span>${marked(text.text.slice(start, end).trimEnd(), start, mark)}</span></p>
`;
  })}${from + PARAGRAPHS_SHOWN < starts.length && more(from + PARAGRAPHS_SHOWN, "Later paragraphs")}`;
}

/** The marked words stand out where they are in this paragraph. */
function marked(paragraph: string, start: number, mark: Span | undefined): Html {
  if (!mark || mark.end <= start || mark.start >= start + paragraph.length) return html`${paragraph}`;
  const [from, to] = [Math.max(0, mark.start - start), Math.min(paragraph.length, mark.end - start)];
  return html`${paragraph.slice(0, from)}<mark>${paragraph.slice(from, to)}</mark>${paragraph.slice(to)}`;
}

/** A row's number leads to a claim from that row; its cells are the columns to choose from. */
function tablePart(capture: Capture, text: Text, table: Table, number: number, { form, claims, look }: Reading): Html {
  const rows = table.rows.filter(({ row }) => row > 0);
  const asked = form.row !== undefined && (form.table === undefined ? number === 1 : Number(form.table) === number) ? Number(form.row) : undefined;
  const first = Math.max(0, Math.min(look.rows ?? (asked === undefined ? 0 : Math.floor((asked - 1) / TABLE_ROWS_SHOWN) * TABLE_ROWS_SHOWN), rows.length - 1));
  const shown = rows.slice(first, first + TABLE_ROWS_SHOWN);
  const read = readCells(table, number, claims);
  const column = columnIndexOf(table.header, form.column);
  // Whom it is about is of the row; who says it and where are of the table.
  const kept = (["claimant", "document"] as const).map((name) => (form[name] === undefined ? "" : `&${name}=${encodeURIComponent(form[name])}`)).join("");
  const way = (to: number, words: string) => html`<a href="/desk/captures/${capture.seq}?rows=${to}">${words}</a> `;
  return html`<div class="scroll" tabindex="0"><table data-table="${number}"><caption>Table ${number}: ${rows.length === 0 ? "no rows" : rows.length > shown.length ? `rows ${first + 1} to ${first + shown.length} of ${rows.length}` : rows.length === 1 ? "one row" : `${rows.length} rows`} <a href="/desk/captures/${capture.seq}/tables/${number}"${number === 1 && html` data-key="t"`}>Claims from this table</a></caption><thead><tr><th>Row</th>${table.header.map((heading) => html`<th>${heading}</th>`)}</tr></thead><tbody>${shown.map((row) => {
    const isMarked = row.row === asked;
    return html`<tr${isMarked && html` class="mark"`}><th scope="row"><a href="/desk/captures/${capture.seq}?table=${number}&amp;row=${row.row}${kept}#claim">${row.row}</a></th>${rowValues(text.text, row).map((cell, at) => html`<td${(isMarked && at === column && html` class="mark"`) || (read.has(`${row.row} ${at}`) && html` class="read"`)}>${cell}</td>`)}</tr>
`;
  })}</tbody></table></div>
<p class="ways">${first > 0 && way(Math.max(0, first - TABLE_ROWS_SHOWN), "Rows before")}${first + shown.length < rows.length && way(first + shown.length, "Rows after")}</p>
`;
}

function readCells(table: Table, number: number, claims: readonly Claim[]): Set<string> {
  return new Set(
    claims.flatMap(({ source: { locator } }) => (locator.row !== undefined && (locator.table ?? 1) === number ? [`${locator.row} ${columnIndexOf(table.header, locator.column)}`] : [])),
  );
}
