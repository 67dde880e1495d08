// What pages about an address and about a transaction share: a table of transfers that says of each when, in which set and
// where in it; which traces it comes up in; and what is said where nothing that is held shows it.
import { describeReading, readAddress } from "../chains/chains.ts";
import { datasetOfEntry, readRows, type Row } from "../datasets/datasets.ts";
import { ERRORS } from "../errors.ts";
import { assetWords, listTraces, precisionOf, setOf, shortAmount, type ReleasedData, type SavedTrace, type Transfer } from "../tracing/tracing.ts";
import { shortPlace } from "./flow-picture.ts";
import { html, joinHtml, type Html } from "./html.ts";
import { frame } from "./layout.ts";
import type { Page } from "./page-store.ts";
import type { SiteContext } from "./route.ts";
import { formatDay, formatMoment, plural } from "./words.ts";

/** An address as the sets spell it; undefined where none has it. */
export function spellingHeld(data: ReleasedData, text: string): string | undefined {
  const reading = readAddress(text);
  const spellings = [text, ...(reading.outcome === "address" ? [reading.address] : reading.outcome === "several_chains" ? reading.candidates.map((one) => one.address) : [])];
  return spellings.find((one) => holdsAddress(data, one));
}

export const holdsAddress = ({ parts }: ReleasedData, address: string): boolean =>
  parts.some(({ table, graphs }) => table.accountsOf(address).length > 0 || graphs.some((graph) => graph.outputsOf(address).length > 0));

export const holdsTransaction = ({ parts }: ReleasedData, txid: string): boolean =>
  parts.some(({ table, graphs }) => table.rowsOfTransaction(txid).length > 0 || graphs.some((graph) => graph.numberOf(txid) !== undefined));

export const HELD_DEPENDS = ["datasets", "traces", "log"];

export const TRANSFER_CELLS = ["set", "row", "chain", "block", "time", "time_precision", "txid", "index", "kind", "from", "to", "asset", "amount"] as const;

/** One for each of TRANSFER_CELLS. */
export const cellsOf = (transfer: Transfer) => [
  ...[setOf(transfer), transfer.row, transfer.chain, transfer.block, transfer.time, transfer.time && precisionOf(transfer.time), transfer.txid, transfer.index],
  ...[transfer.kind, transfer.from, transfer.to, transfer.asset, String(transfer.amount)],
];

/** As JSON has it: amounts as text, and what the row does not say itself. */
export const statedTransfer = (transfer: Transfer) => ({ ...transfer, set: setOf(transfer), time_precision: transfer.time && precisionOf(transfer.time) });
export const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? String(item) : item)));

export const timeCell = (time: string | null, block: number | null): Html =>
  html`${time ? html`<time datetime="${time}">${formatMoment(time)}</time>` : "not stated"}${block !== null && html`<br><span class="note whole">block ${block}</span>`}`;

export function setLink(data: ReleasedData, name: string): Html {
  const seq = data.sets.find((set) => set.name === name)?.seq;
  return seq === undefined ? html`${name}` : html`<a href="/log/${seq}">${name}</a>`;
}

export const setLinks = (data: ReleasedData, names: readonly string[]): Html => joinHtml(names.map((name) => setLink(data, name)), ", ");

/** `own` is the address whose page it is. */
export function transferTable(data: ReleasedData, transfers: readonly Transfer[], own: string | null): Html {
  const sets = [...new Set(transfers.map(setOf))];
  const rowOf = (transfer: Transfer) => html`${sets.length > 1 && html`${setLink(data, setOf(transfer))}:`}${transfer.row.slice(transfer.row.lastIndexOf(":") + 1)}`;
  const side = (place: string | null, none: string) => (place === null ? none : place === own ? html`<strong>here</strong>` : html`<a href="/addresses/${place}">${shortPlace(place)}</a>`);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Transfers"><table class="data">${sets.length === 1 && html`<caption>In ${setLink(data, sets[0]!)}</caption>`}<thead><tr><th scope="col">When (UTC)</th><th scope="col">From</th><th scope="col">To</th><th scope="col" class="num">Amount</th><th scope="col">Transaction</th><th scope="col">${sets.length > 1 ? "Set and row" : "Row"}</th></tr></thead>
<tbody>${transfers.map((transfer) => {
    const words = assetWords(transfer.asset, data.tokens);
    const asset = words?.symbol ?? `base units of ${shortPlace(transfer.asset)}`;
    return html`<tr><td>${timeCell(transfer.time, transfer.block)}</td><td>${side(transfer.from, transfer.kind === "mint" ? "made" : "outside")}</td><td>${side(transfer.to, transfer.kind === "fee" ? "fee" : "outside")}</td><td class="num">${shortAmount(transfer.amount, words)} <span title="${transfer.asset}">${asset}</span></td><td>${transfer.txid ? html`<a href="/transactions/${transfer.txid}">${shortPlace(transfer.txid)}</a>${transfer.index !== null && ` #${transfer.index}`}` : "none named"}</td><td class="whole">${rowOf(transfer)}</td></tr>
`;
  })}</tbody></table></div>`;
}

export const PRECISION_NOTE = "Times are UTC, as exactly as the source states them; of a block it is the time that its maker gave it.";

/** Kept traces of which a step, a flow or an end satisfies `is`. */
export function tracesWith(context: SiteContext, is: { place?(place: string): boolean; transfer?(name: string): boolean }): SavedTrace[] {
  const { place, transfer } = is;
  const rows = (entry: number): readonly Row[] => readRows(context.log, datasetOfEntry(context.log, entry));
  return listTraces(context.log, "released", context.at.log_size).filter(({ totals, flows, steps }) => {
    if (place && (rows(totals).some((row) => place(row.place!)) || rows(flows).some((row) => place(row.from!) || place(row.to!)))) return true;
    return Boolean(transfer && steps !== null && rows(steps).some((row) => transfer(row.transfer!)));
  });
}

export const traceItem = ({ id, title, at, ask }: SavedTrace): Html => html`<li>Trace <a href="/traces/${id}">${title}</a><span class="note"> ${ask.direction}, by ${ask.methods.join(", ")}, kept ${formatDay(at)}</span></li>`;

export function heldPage(context: SiteContext, path: string, title: string, body: Html): Page {
  return { content_type: "text/html; charset=utf-8", body: frame({ title, description: `${title}: what is held about it.`, path, context, body }), depends: HELD_DEPENDS };
}

/** Nothing that is held shows it: where was looked, and what else can be done. Not found, as a page or as a problem document (RFC 9457). */
export function notHeld(context: SiteContext, data: ReleasedData, kind: "address" | "transaction", text: string, isPage: boolean, elsewhere?: { href: string; words: string }): Page {
  const title = `No transfers that we hold show this ${kind}`;
  const screen = `/screen?q=${encodeURIComponent(text)}`;
  const reading = kind === "address" ? readAddress(text) : undefined;
  const mistyped = reading?.outcome === "bad_checksum" ? `As typed it is ${describeReading(reading)}.` : undefined;
  if (!isPage) {
    const problem = {
      type: "/v1/errors/NOT_FOUND",
      title: ERRORS.NOT_FOUND.summary,
      status: 404,
      detail: `${title}: ${text}${mistyped ? `. ${mistyped}` : ""}`,
      code: "NOT_FOUND",
      hint: "It says nothing about it beyond the sets looked in. Import transfers, or look it up in the lists.",
      looked_in: data.sets,
      not_read: data.left_out,
      screen,
      import: "/docs/tracing",
      ...(elsewhere ? { see: elsewhere.href } : {}),
    };
    return { status: 404, content_type: "application/problem+json; charset=utf-8", body: `${JSON.stringify(problem, null, 1)}\n`, depends: [] };
  }
  const body = html`<p class="label">Error 404</p><h1>${title}</h1>
<p class="cite"><code>${text}</code></p>
${mistyped && html`<p class="known"><strong>Mistyped?</strong> ${mistyped}</p>`}
<p class="standfirst">That says nothing about it: only what somebody imported and made public is looked in here.</p>
${elsewhere && html`<p><a href="${elsewhere.href}">${elsewhere.words}</a></p>`}
<ul><li><a href="${screen}">Is it on a list, or tagged?</a></li><li><a href="/docs/tracing">Bring transfers that show it</a>: <code>tracewire import transfers FILE</code></li></ul>
<h2>What was looked in</h2>
${
  data.sets.length === 0
    ? html`<p>No set of transfers is public.</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Sets of transfers"><table class="data"><thead><tr><th scope="col">Set</th><th scope="col">Chains</th><th scope="col" class="num">Rows</th></tr></thead><tbody>${data.sets.map((set) => html`<tr><th scope="row">${setLink(data, set.name)}</th><td>${set.chains.map((chain) => chain || "not named").join(", ")}</td><td class="num">${set.row_count.toLocaleString("en-US")}</td></tr>
`)}</tbody></table></div>`
}${data.left_out.length > 0 && html`<p class="note">Held, and too large to be read for a page: ${data.left_out.join(", ")}. <code>tracewire trace</code> reads them.</p>`}
<p class="note">For a report of a broken link, the code: <code>NOT_FOUND</code>. ${plural(data.sets.length, "set", "sets")}, at log size ${context.at.log_size.toLocaleString("en-US")}.</p>`;
  const path = kind === "address" ? "/addresses" : "/transactions";
  return { status: 404, content_type: "text/html; charset=utf-8", body: frame({ title, description: `${title}.`, path, unlisted: true, context, body }), depends: [] };
}
