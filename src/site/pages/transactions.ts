// What is held about one transaction: what it moved, by the set that says so, and the traces that go through it.
import { nativeAsset } from "../../chains/chains.ts";
import { assetWords, readReleased, setOf, shortAmount, sidesOf, transfersIn, writeAmount, type ReleasedData, type Transfer, type TransactionSides } from "../../tracing/tracing.ts";
import { csvAnswer, jsonAnswer } from "../answers.ts";
import { shortPlace } from "../flow-picture.ts";
import { cellsOf, HELD_DEPENDS, heldPage, notHeld, plain, PRECISION_NOTE, setLinks, spellingHeld, statedTransfer, timeCell, traceItem, tracesWith, TRANSFER_CELLS, transferTable } from "../held-transfers.ts";
import { html, type Html } from "../html.ts";
import type { Route } from "../route.ts";
import { plural } from "../words.ts";

export const transactionRoutes: Route[] = [
  {
    path: "/transactions/:txid",
    about: "One transaction: what it moved, in which set, with its time, the traces that go through it; .csv or .json behind the name.",
    async render(context, { params }) {
      const [, text, form] = /^(.+?)(?:\.(csv|json))?$/.exec(params.txid!)!;
      const txid = /^0x[0-9a-fA-F]+$/.test(text!) ? text!.toLowerCase() : text!;
      const data = await readReleased(context, context.at.log_size);
      const transfers = data.parts.flatMap(({ table }) => transfersIn(table, txid));
      const sides = data.parts.flatMap(({ graphs }) =>
        graphs.flatMap((graph) => {
          const found = sidesOf(graph, txid);
          return found ? [{ ...found, sets: [setOf(graph.transactions[graph.numberOf(txid)!]!)] }] : [];
        }),
      );
      if (transfers.length === 0 && sides.length === 0) {
        const address = spellingHeld(data, text!);
        return notHeld(context, data, "transaction", txid, form === undefined, address === undefined ? undefined : { href: `/addresses/${address}`, words: "There is an address of that name" });
      }
      if (form === "csv") return csvAnswer(`${txid}.csv`, TRANSFER_CELLS, transfers.map(cellsOf), HELD_DEPENDS);
      const touched = tracesWith(context, { transfer: (name) => name === txid || name.startsWith(`${txid}#`) });
      if (form === "json")
        return jsonAnswer(plain({ log_size: context.at.log_size, txid, transfers: transfers.map(statedTransfer), sides: sides[0] ?? null, traces: touched.map(({ id }) => id) }), HELD_DEPENDS);
      const body = html`<p class="label">Transaction</p><h1><code>${shortPlace(txid)}</code></h1>
<p class="cite"><code>${txid}</code></p>
${transfers.length > 0 && transfersSection(data, transfers)}
${sides.map((one) => sidesSection(data, one))}
${touched.length > 0 && html`<section><h2>Traces that go through it</h2><ul>${touched.map(traceItem)}</ul></section>`}
<p class="note">${PRECISION_NOTE} The same as ${transfers.length > 0 && html`<a href="/transactions/${txid}.csv">CSV</a> or `}<a href="/transactions/${txid}.json">JSON</a>.</p>`;
      return heldPage(context, `/transactions/${txid}`, `Transaction ${shortPlace(txid)}`, body);
    },
  },
];

function transfersSection(data: ReleasedData, transfers: readonly Transfer[]): Html {
  const sets = new Set(transfers.map(setOf));
  return html`<section><h2>${plural(transfers.length, "transfer", "transfers")}, in order</h2>${sets.size > 1 && data.parts.length > 1 && html`<p class="note">In ${sets.size} sets that cannot be put in one order: what stands in two of them stands here twice.</p>`}${[...Map.groupBy(transfers, setOf).values()].map((own) => transferTable(data, own, null))}</section>`;
}

function sidesSection(data: ReleasedData, { chain, time, block, fee, inputs, outputs, sets }: TransactionSides & { sets: string[] }): Html {
  const words = assetWords(nativeAsset(chain) ?? "native");
  return html`<section><h2>Inputs and outputs</h2><dl class="facts"><div><dt>When (UTC)</dt><dd>${timeCell(time, block)}</dd></div><div><dt>Set</dt><dd>${setLinks(data, sets)}</dd></div><div><dt>Fee</dt><dd>${fee === null ? "not known: an input’s value is not in the data" : writeAmount(fee, words)}</dd></div></dl>
<div class="scroll" tabindex="0" role="region" aria-label="Inputs"><table class="data"><caption>Inputs</caption><thead><tr><th scope="col">From</th><th scope="col">Address</th><th scope="col" class="num">Value</th></tr></thead><tbody>${inputs.map((input) => html`<tr><td>${input.txid === null ? shortPlace(input.from) : html`<a href="/transactions/${input.txid}">${shortPlace(input.txid)}</a>${input.from.slice(input.txid.length)}`}</td><td>${input.address ? html`<a href="/addresses/${input.address}">${shortPlace(input.address)}</a>` : "not stated"}</td><td class="num">${input.value === null ? "not known" : shortAmount(input.value, words)}</td></tr>
`)}</tbody></table></div>
<div class="scroll" tabindex="0" role="region" aria-label="Outputs"><table class="data"><caption>Outputs</caption><thead><tr><th scope="col">Output</th><th scope="col">To</th><th scope="col" class="num">Value</th><th scope="col">Spent in</th></tr></thead><tbody>${outputs.map((output, vout) => html`<tr><td>${vout}</td><td>${output.address ? html`<a href="/addresses/${output.address}">${shortPlace(output.address)}</a>` : "no address"}</td><td class="num">${shortAmount(output.value, words)}</td><td>${output.spent_in ? html`<a href="/transactions/${output.spent_in}">${shortPlace(output.spent_in)}</a>` : "not in the data"}</td></tr>
`)}</tbody></table></div></section>`;
}
