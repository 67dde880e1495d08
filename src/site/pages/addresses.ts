// What is held about one address, and about one transaction: balances as far as the transfers show, what came and went,
// which traces and thefts touch it. Who is behind an address is somebody's word and stands as such (/screen).
import { readAddress } from "../../chains/chains.ts";
import { readClaims } from "../../casefile/casefile.ts";
import { datasetOfEntry, readRows } from "../../datasets/datasets.ts";
import {
  assetWords,
  holdingsOf,
  listTraces,
  outputsHeld,
  readReleased,
  shortAmount,
  sidesOf,
  transfersIn,
  transfersOf,
  writeAmount,
  type Holding,
  type OutputHolding,
  type ReleasedData,
  type Transfer,
  type TransactionSides,
} from "../../tracing/tracing.ts";
import { csvAnswer, jsonAnswer } from "../answers.ts";
import { shortPlace } from "../flow-picture.ts";
import { html, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Request, Route, SiteContext } from "../route.ts";
import { formatDay, plural, theftHref } from "../words.ts";

const TRANSFERS_SHOWN = 50;
const DEPENDS = ["datasets", "traces", "log"];
const COLUMNS = ["chain", "txid", "block", "time", "from", "to", "asset", "amount", "kind", "row"];
const TODAY_LENGTH = 10;

export const addressRoutes: Route[] = [
  {
    path: "/addresses/:address",
    about: "One address: balances, transfers, traces and thefts that touch it; .csv or .json behind the name.",
    query: ["from"],
    async render(context, request) {
      const [, text, form] = /^(.+?)(?:\.(csv|json))?$/.exec(request.params.address!)!;
      const found = await findAddress(context, text!);
      if (!found) return undefined;
      const { data, address } = found;
      const transfers = data.parts.flatMap(({ table }) => transfersOf(table, address));
      if (form === "csv") return csvAnswer(`${address}.csv`, COLUMNS, transfers.map(cellsOf), DEPENDS);
      const holdings = data.parts.flatMap(({ table }) => holdingsOf(table, address));
      const outputs = data.parts.flatMap(({ graphs }) => graphs).flatMap((graph) => outputsHeld(graph, address) ?? []);
      const touched = tracesTouching(context, address);
      if (form === "json")
        return jsonAnswer(
          plain({ log_size: context.at.log_size, address, holdings, outputs, transfers, traces: touched.map(({ id }) => id), sets: data.sets }),
          DEPENDS,
        );
      return page(context, `/addresses/${address}`, `Address ${shortPlace(address)}`, addressPage(context, request, data, address, holdings, outputs, transfers, touched));
    },
  },
  {
    path: "/transactions/:txid",
    about: "One transaction: what it moved, the traces that go through it; .json behind the name.",
    async render(context, { params }) {
      const [, text, form] = /^(.+?)(?:\.(json))?$/.exec(params.txid!)!;
      const txid = /^0x[0-9a-fA-F]+$/.test(text!) ? text!.toLowerCase() : text!;
      const data = await readReleased(context, context.at.log_size);
      const transfers = data.parts.flatMap(({ table }) => transfersIn(table, txid));
      const graphs = data.parts.flatMap((part) => part.graphs);
      const sides = graphs.map((graph) => sidesOf(graph, txid)).find((one) => one !== undefined);
      if (transfers.length === 0 && !sides) return undefined;
      const touched = stepsTouching(context, txid);
      if (form === "json") return jsonAnswer(plain({ log_size: context.at.log_size, txid, transfers, sides: sides ?? null, traces: touched.map(({ id }) => id) }), DEPENDS);
      return page(context, `/transactions/${txid}`, `Transaction ${shortPlace(txid)}`, transactionPage(txid, transfers, sides, touched));
    },
  },
];

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? String(item) : item)));

const cellsOf = ({ chain, txid, block, time, from, to, asset, amount, kind, row }: Transfer) => [
  ...[chain, txid, block ?? "", time ?? "", from ?? "", to ?? ""],
  ...[asset, String(amount), kind, row],
];

async function findAddress(context: SiteContext, text: string): Promise<{ data: ReleasedData; address: string } | undefined> {
  const data = await readReleased(context, context.at.log_size);
  const reading = readAddress(text);
  const spellings = [text, ...(reading.outcome === "address" ? [reading.address] : reading.outcome === "several_chains" ? reading.candidates.map((one) => one.address) : [])];
  const address = spellings.find((one) =>
    data.parts.some(({ table, graphs }) => table.accountsOf(one).length > 0 || graphs.some((graph) => graph.outputsOf(one).length > 0)),
  );
  return address === undefined ? undefined : { data, address };
}

type Touched = { id: string; title: string };

/** Kept traces in which the address is a place. */
function tracesTouching(context: SiteContext, address: string): Touched[] {
  return listTraces(context.log, "released", context.at.log_size).filter(
    ({ totals, flows }) =>
      readRows(context.log, datasetOfEntry(context.log, totals)).some((row) => row.place === address) ||
      readRows(context.log, datasetOfEntry(context.log, flows)).some((row) => row.from === address || row.to === address),
  );
}

function stepsTouching(context: SiteContext, txid: string): Touched[] {
  return listTraces(context.log, "released", context.at.log_size).filter(
    ({ steps }) => steps !== null && readRows(context.log, datasetOfEntry(context.log, steps)).some((row) => row.transfer === txid || row.transfer!.startsWith(`${txid}#`)),
  );
}

function addressPage(
  context: SiteContext,
  { query }: Request,
  data: ReleasedData,
  address: string,
  holdings: readonly Holding[],
  outputs: readonly OutputHolding[],
  transfers: readonly Transfer[],
  touched: readonly Touched[],
): Html {
  const from = Math.max(0, Number(query.get("from") ?? 0) || 0);
  const namesIt = (value: string) => value.toLowerCase().endsWith(address.toLowerCase());
  const claims = readClaims(context.log, context.at, { kind: "theft" }).filter(({ field, value }) => /^taken_/.test(field) && namesIt(String(value)));
  const thefts = [...new Set(claims.map(({ subject }) => subject))];
  const shown = transfers.slice(from, from + TRANSFERS_SHOWN);
  return html`<p class="label">Address</p><h1><code>${shortPlace(address)}</code></h1>
<p class="cite"><code>${address}</code></p>
<p class="standfirst">What the transfers held here show of it. An address is not a person; who is behind it is somebody’s word: <a href="/screen?q=${encodeURIComponent(address)}">lists and tags</a>.</p>
${holdings.length > 0 && html`<section><h2>Balances, as far as the transfers show</h2>${holdingTable(holdings)}</section>`}
${outputs.map((one) => html`<section><h2>Outputs</h2><dl class="facts"><div><dt>Received</dt><dd>${writeAmount(one.received, assetWords(`${one.chain}/slip44:0`))}</dd></div><div><dt>Spent</dt><dd>${writeAmount(one.sent, assetWords(`${one.chain}/slip44:0`))}</dd></div><div><dt>Unspent</dt><dd>${writeAmount(one.balance, assetWords(`${one.chain}/slip44:0`))}</dd></div></dl>
<div class="scroll" tabindex="0" role="region" aria-label="Outputs"><table class="data"><thead><tr><th scope="col">Output</th><th scope="col" class="num">Value</th><th scope="col">Spent in</th></tr></thead><tbody>${one.outputs.slice(0, TRANSFERS_SHOWN).map((output) => html`<tr><td><a href="/transactions/${output.txid}">${shortPlace(output.txid)}</a>:${output.vout}</td><td class="num">${shortAmount(output.value, assetWords(`${one.chain}/slip44:0`))}</td><td>${output.spent_in ? html`<a href="/transactions/${output.spent_in}">${shortPlace(output.spent_in)}</a>` : "not in the data"}</td></tr>
`)}</tbody></table></div></section>`)}
${(touched.length > 0 || thefts.length > 0) && html`<section><h2>Where it comes up</h2><ul>${thefts.map((subject) => html`<li>Theft <a href="${theftHref(subject)}">${subject.slice(6)}</a></li>`)}${touched.map(({ id, title }) => html`<li>Trace <a href="/traces/${id}">${title}</a></li>`)}</ul></section>`}
${
  transfers.length > 0 &&
  html`<section id="transfers"><h2>${plural(transfers.length, "transfer", "transfers")}</h2>${transferTable(shown, address)}
${(from > 0 || from + TRANSFERS_SHOWN < transfers.length) && html`<nav class="pages" aria-label="Transfers">${from > 0 && html`<a href="/addresses/${address}?from=${Math.max(0, from - TRANSFERS_SHOWN)}#transfers">Newer</a>`}${from + TRANSFERS_SHOWN < transfers.length && html`<a rel="next" href="/addresses/${address}?from=${from + TRANSFERS_SHOWN}#transfers">Older</a>`}</nav>`}</section>`
}
<p class="note">The same as <a href="/addresses/${address}.csv">CSV</a> or <a href="/addresses/${address}.json">JSON</a>.${data.left_out.length > 0 && ` Not read for this page, because they are large: ${data.left_out.join(", ")}.`}</p>`;
}

function holdingTable(holdings: readonly Holding[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Balances"><table class="data"><thead><tr><th scope="col">Asset</th><th scope="col" class="num">Received</th><th scope="col" class="num">Sent</th><th scope="col" class="num">Left</th><th scope="col" class="num">Not explained</th><th scope="col">Seen</th></tr></thead>
<tbody>${holdings.map((one) => {
    const words = assetWords(one.asset);
    return html`<tr><th scope="row">${words?.symbol ?? shortPlace(one.asset)}</th><td class="num">${shortAmount(one.received, words)}</td><td class="num">${shortAmount(one.sent, words)}</td><td class="num">${shortAmount(one.balance, words)}</td><td class="num">${one.unexplained === 0n ? "·" : shortAmount(one.unexplained, words)}</td><td>${one.first ? html`${formatDay(one.first.slice(0, TODAY_LENGTH))} to ${formatDay(one.last!.slice(0, TODAY_LENGTH))}` : "no times stated"}</td></tr>
`;
  })}</tbody></table></div>${holdings.some(({ unexplained }) => unexplained > 0n) && html`<p class="note">Not explained: sent beyond what the transfers show to have come. Something is missing in the data, such as internal transfers.</p>`}`;
}

function transferTable(transfers: readonly Transfer[], own: string | null): Html {
  const side = (place: string | null, none: string) => (place === null ? none : place === own ? html`<strong>here</strong>` : html`<a href="/addresses/${place}">${shortPlace(place)}</a>`);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Transfers"><table class="data"><thead><tr><th scope="col">When</th><th scope="col">From</th><th scope="col">To</th><th scope="col" class="num">Amount</th><th scope="col">Transaction</th></tr></thead>
<tbody>${transfers.map((transfer) => {
    const words = assetWords(transfer.asset);
    return html`<tr><td>${transfer.time ? html`<time datetime="${transfer.time}">${formatDay(transfer.time.slice(0, TODAY_LENGTH))}</time>` : transfer.block !== null ? `block ${transfer.block}` : ""}</td><td>${side(transfer.from, transfer.kind === "mint" ? "made" : "outside")}</td><td>${side(transfer.to, transfer.kind === "fee" ? "fee" : "outside")}</td><td class="num">${shortAmount(transfer.amount, words)} ${words?.symbol ?? shortPlace(transfer.asset)}</td><td>${transfer.txid ? html`<a href="/transactions/${transfer.txid}">${shortPlace(transfer.txid)}</a>` : transfer.row}</td></tr>
`;
  })}</tbody></table></div>`;
}

function transactionPage(txid: string, transfers: readonly Transfer[], sides: TransactionSides | undefined, touched: readonly Touched[]): Html {
  const words = sides ? assetWords(`${sides.chain}/slip44:0`) : undefined;
  return html`<p class="label">Transaction</p><h1><code>${shortPlace(txid)}</code></h1>
<p class="cite"><code>${txid}</code></p>
${transfers.length > 0 && html`<section><h2>${plural(transfers.length, "transfer", "transfers")}, in order</h2>${transferTable(transfers, null)}</section>`}
${
  sides &&
  html`<section><h2>Inputs and outputs</h2><dl class="facts"><div><dt>When</dt><dd>${sides.time ? formatDay(sides.time.slice(0, TODAY_LENGTH)) : "not stated"}${sides.block !== null && ` in block ${sides.block}`}</dd></div><div><dt>Fee</dt><dd>${sides.fee === null ? "not known: an input’s value is not in the data" : writeAmount(sides.fee, words)}</dd></div></dl>
<div class="scroll" tabindex="0" role="region" aria-label="Inputs"><table class="data"><caption>Inputs</caption><thead><tr><th scope="col">From</th><th scope="col">Address</th><th scope="col" class="num">Value</th></tr></thead><tbody>${sides.inputs.map((input) => html`<tr><td>${shortPlace(input.from)}</td><td>${input.address ? html`<a href="/addresses/${input.address}">${shortPlace(input.address)}</a>` : "not stated"}</td><td class="num">${input.value === null ? "not known" : shortAmount(input.value, words)}</td></tr>
`)}</tbody></table></div>
<div class="scroll" tabindex="0" role="region" aria-label="Outputs"><table class="data"><caption>Outputs</caption><thead><tr><th scope="col">To</th><th scope="col" class="num">Value</th><th scope="col">Spent in</th></tr></thead><tbody>${sides.outputs.map((output) => html`<tr><td>${output.address ? html`<a href="/addresses/${output.address}">${shortPlace(output.address)}</a>` : "no address"}</td><td class="num">${shortAmount(output.value, words)}</td><td>${output.spent_in ? html`<a href="/transactions/${output.spent_in}">${shortPlace(output.spent_in)}</a>` : "not in the data"}</td></tr>
`)}</tbody></table></div></section>`
}
${touched.length > 0 && html`<section><h2>Traces that go through it</h2><ul>${touched.map(({ id, title }) => html`<li><a href="/traces/${id}">${title}</a></li>`)}</ul></section>`}
<p class="note">The same as <a href="/transactions/${txid}.json">JSON</a>.</p>`;
}

function page(context: SiteContext, path: string, title: string, body: Html) {
  return { content_type: "text/html; charset=utf-8", body: frame({ title, description: `${title}: what is held about it.`, path, context, body }), depends: DEPENDS };
}
