// What is held about one address: balances as far as the transfers show, what came and went, which traces and thefts touch
// it, each by the set that says so. Who is behind an address is somebody's word and stands as such (/screen).
import { nativeAsset } from "../../chains/chains.ts";
import { readClaims } from "../../casefile/casefile.ts";
import { assetWords, holdingsOf, outputsHeld, readReleased, setOf, shortAmount, transfersOf, writeAmount, type Holding, type OutputHolding, type ReleasedData, type Transfer } from "../../tracing/tracing.ts";
import { csvAnswer, jsonAnswer } from "../answers.ts";
import { shortPlace } from "../flow-picture.ts";
import {
  cellsOf,
  HELD_DEPENDS,
  heldPage,
  holdsTransaction,
  notHeld,
  plain,
  PRECISION_NOTE,
  setLinks,
  spellingHeld,
  statedTransfer,
  timeCell,
  traceItem,
  tracesWith,
  TRANSFER_CELLS,
  transferTable,
} from "../held-transfers.ts";
import { html, type Html } from "../html.ts";
import type { Request, Route, SiteContext } from "../route.ts";
import { plural, theftHref } from "../words.ts";

const TRANSFERS_SHOWN = 50;

/** `sets`: over which it was added up. `bySet`: the transfers of sets that can be put in one order, the newest first. */
type Held = { bySet: Transfer[][]; holdings: (Holding & { sets: string[] })[]; outputs: (OutputHolding & { sets: string[] })[]; transfers: Transfer[] };

export const addressRoutes: Route[] = [
  {
    path: "/addresses/:address",
    about: "One address: balances by set, transfers with their time, traces and thefts that touch it; .csv or .json behind the name.",
    query: ["from"],
    async render(context, request) {
      const [, text, form] = /^(.+?)(?:\.(csv|json))?$/.exec(request.params.address!)!;
      const data = await readReleased(context, context.at.log_size);
      const address = spellingHeld(data, text!);
      if (address === undefined) return notHeld(context, data, "address", text!, form === undefined, holdsTransaction(data, text!) ? { href: `/transactions/${text}`, words: "There is a transaction of that name" } : undefined);
      const { bySet, ...held } = heldOf(data, address);
      if (form === "csv") return csvAnswer(`${address}.csv`, TRANSFER_CELLS, held.transfers.map(cellsOf), HELD_DEPENDS);
      const outputs = new Set(held.outputs.flatMap((one) => one.outputs.map(({ txid, vout }) => `${txid}:${vout}`)));
      const touched = tracesWith(context, { place: (place) => place === address || outputs.has(place) });
      if (form === "json")
        return jsonAnswer(
          plain({ log_size: context.at.log_size, address, ...held, transfers: held.transfers.map(statedTransfer), traces: touched.map(({ id }) => id), sets: data.sets, not_read: data.left_out }),
          HELD_DEPENDS,
        );
      const came = [...theftsOf(context, address).map((subject) => html`<li>Theft <a href="${theftHref(subject)}">${subject.slice(6)}</a></li>`), ...touched.map(traceItem)];
      return heldPage(context, `/addresses/${address}`, `Address ${shortPlace(address)}`, addressPage(request, data, address, { ...held, bySet }, came));
    },
  },
];

const setsOf = (rows: readonly { row: string }[]): string[] => [...new Set(rows.map(setOf))].sort();

function heldOf({ parts }: ReleasedData, address: string): Held {
  const all = parts.map(({ table }) => transfersOf(table, address));
  const bySet = all.filter((own) => own.length > 0);
  return {
    bySet,
    holdings: parts.flatMap(({ table }, at) => {
      const own = Map.groupBy(all[at]!, ({ chain, asset }) => `${chain} ${asset}`);
      return holdingsOf(table, address).map((one) => ({ ...one, sets: setsOf(own.get(`${one.chain} ${one.asset}`) ?? []) }));
    }),
    outputs: parts.flatMap(({ graphs }) =>
      graphs.flatMap((graph) => {
        const held = outputsHeld(graph, address);
        return held ? [{ ...held, sets: setsOf(graph.outputsOf(address).map(({ transaction }) => graph.transactions[transaction]!)) }] : [];
      }),
    ),
    transfers: bySet.flat(),
  };
}

function theftsOf(context: SiteContext, address: string): string[] {
  const namesIt = (value: string) => value.toLowerCase().endsWith(address.toLowerCase());
  const claims = readClaims(context.log, context.at, { kind: "theft" }).filter(({ field, value }) => /^taken_/.test(field) && namesIt(String(value)));
  return [...new Set(claims.map(({ subject }) => subject))];
}

function addressPage({ query }: Request, data: ReleasedData, address: string, { holdings, outputs, transfers, bySet }: Held, came: readonly Html[]): Html {
  const from = Math.max(0, Number(query.get("from") ?? 0) || 0);
  const page = (at: number, words: string, rel?: string) => html`<a${rel && html` rel="${rel}"`} href="/addresses/${address}?from=${at}#transfers">${words}</a>`;
  return html`<p class="label">Address</p><h1><code>${shortPlace(address)}</code></h1>
<p class="cite"><code>${address}</code></p>
<p class="standfirst">What the transfers held here show of it. An address is not a person; who is behind it is somebody’s word: <a href="/screen?q=${encodeURIComponent(address)}">lists and tags</a>.</p>
${holdings.length > 0 && html`<section><h2>Balances, as far as the transfers show</h2>${[...Map.groupBy(holdings, ({ sets }) => sets.join(" ")).values()].map((own) => holdingTable(data, own))}</section>`}
${outputs.map((one) => outputSection(data, one))}
${came.length > 0 && html`<section><h2>Where it comes up</h2><ul>${came}</ul></section>`}
${
  transfers.length > 0 &&
  html`<section id="transfers"><h2>${plural(transfers.length, "transfer", "transfers")}${bySet.length > 1 && ", set by set"}</h2>${shownOf(bySet, from).map((own) => transferTable(data, own, address))}
${(from > 0 || from + TRANSFERS_SHOWN < transfers.length) && html`<nav class="pages" aria-label="Transfers">${from > 0 && page(Math.max(0, from - TRANSFERS_SHOWN), "Before these")}${from + TRANSFERS_SHOWN < transfers.length && page(from + TRANSFERS_SHOWN, "After these", "next")}</nav>`}</section>`
}
<p class="note">Of each set the newest first. ${PRECISION_NOTE} ${
    bySet.length > 1
      ? "Sets that stand in tables apart cannot be put in one order: each table has a balance of its own, and a transfer that is in two stands here twice."
      : "Where several sets are named together, what stands in two of them is counted once."
  } A token’s name is what the source calls it; its contract says which it is. The same as <a href="/addresses/${address}.csv">CSV</a> or <a href="/addresses/${address}.json">JSON</a>.${data.left_out.length > 0 && ` Not read for this page, because they are large: ${data.left_out.join(", ")}.`}</p>`;
}

/** Those from the `from`-th on, still set by set. */
function shownOf(bySet: readonly (readonly Transfer[])[], from: number): (readonly Transfer[])[] {
  let before = 0;
  return bySet.flatMap((own) => {
    const start = Math.max(0, from - before);
    const end = Math.max(0, from + TRANSFERS_SHOWN - before);
    before += own.length;
    const shown = own.slice(start, end);
    return shown.length > 0 ? [shown] : [];
  });
}

function outputSection(data: ReleasedData, { chain, received, sent, balance, outputs, sets }: Held["outputs"][number]): Html {
  const words = assetWords(nativeAsset(chain) ?? "native");
  return html`<section><h2>Outputs</h2><p class="note">In ${setLinks(data, sets)}.</p><dl class="facts"><div><dt>Received</dt><dd>${writeAmount(received, words)}</dd></div><div><dt>Spent</dt><dd>${writeAmount(sent, words)}</dd></div><div><dt>Unspent</dt><dd>${writeAmount(balance, words)}</dd></div></dl>
<div class="scroll" tabindex="0" role="region" aria-label="Outputs"><table class="data"><thead><tr><th scope="col">When (UTC)</th><th scope="col">Output</th><th scope="col" class="num">Value</th><th scope="col">Spent in</th></tr></thead><tbody>${outputs.slice(0, TRANSFERS_SHOWN).map((output) => html`<tr><td>${timeCell(output.time, output.block)}</td><td><a href="/transactions/${output.txid}">${shortPlace(output.txid)}</a>:${output.vout}</td><td class="num">${shortAmount(output.value, words)}</td><td>${output.spent_in ? html`<a href="/transactions/${output.spent_in}">${shortPlace(output.spent_in)}</a>` : "not in the data"}</td></tr>
`)}</tbody></table></div>${outputs.length > TRANSFERS_SHOWN && html`<p class="note">${TRANSFERS_SHOWN} of ${plural(outputs.length, "output", "outputs")}; the JSON has all.</p>`}</section>`;
}

function holdingTable(data: ReleasedData, holdings: Held["holdings"]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Balances"><table class="data"><caption>Over ${setLinks(data, holdings[0]!.sets)}</caption><thead><tr><th scope="col">Asset</th><th scope="col" class="num">Received</th><th scope="col" class="num">Sent</th><th scope="col" class="num">Left</th><th scope="col" class="num">Not explained</th><th scope="col">First seen (UTC)</th><th scope="col">Last seen (UTC)</th></tr></thead>
<tbody>${holdings.map((one) => {
    const words = assetWords(one.asset, data.tokens);
    return html`<tr><th scope="row"><span title="${one.asset}">${words?.symbol ?? `base units of ${shortPlace(one.asset)}`}</span></th><td class="num">${shortAmount(one.received, words)}</td><td class="num">${shortAmount(one.sent, words)}</td><td class="num">${shortAmount(one.balance, words)}</td><td class="num">${one.unexplained === 0n ? "·" : shortAmount(one.unexplained, words)}</td><td>${timeCell(one.first, null)}</td><td>${timeCell(one.last, null)}</td></tr>
`;
  })}</tbody></table></div>${holdings.some(({ unexplained }) => unexplained > 0n) && html`<p class="note">Not explained: sent beyond what the transfers show to have come. Something is missing in the data, such as internal transfers.</p>`}`;
}
