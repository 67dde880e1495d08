// Where a trace's funds are, and the way there, as tables: places by amount, and flows that open step by step. What is open
// stands in the address of the page, so that it can be sent, kept and gone back from.
import type { Row } from "../datasets/datasets.ts";
import { html, type Html } from "../site/site.ts";
import { assetWords, shortAmount, type AssetWords } from "../tracing/tracing.ts";

const ROWS_SHOWN = 25;
/** Of the table that opens; an address of a page is no longer than 2,000 characters. */
const LINES_MAX = 600;
const DEPTH_MAX = 12;
const HREF_CHARS_MAX = 1_900;

type Tokens = Record<string, AssetWords> | undefined;

const amountOf = (row: Row): bigint => BigInt(row.amount!);
const byAmount = (a: Row, b: Row): number => (amountOf(a) < amountOf(b) ? 1 : amountOf(a) > amountOf(b) ? -1 : 0);
const unit = (asset: string, tokens: Tokens): string => assetWords(asset, tokens)?.symbol ?? "base units";
const written = (amount: bigint, asset: string, tokens: Tokens): string => shortAmount(amount, assetWords(asset, tokens));
const WHAT_WORDS: Record<string, string> = { held: "held", stop: "stopped at", fee: "fee", floor: "below the floor" };

/** Conventions side by side: for each asset what lies where, summed, and the largest places. */
export function placesTable(rows: readonly Row[], row_count: number, tokens: Tokens): Html {
  const assets = [...Map.groupBy(rows, ({ asset }) => asset!)];
  return html`${assets.map(([asset, own]) => {
    const methods = [...new Set(own.map(({ method }) => method!))];
    const sum = (method: string, what: string) => own.filter((row) => row.method === method && row.what === what).reduce((total, row) => total + amountOf(row), 0n);
    const places = [...Map.groupBy(own.filter(({ what }) => what === "held" || what === "stop"), ({ what, place }) => `${what}\n${place}`).values()];
    const largest = (of: Row[]) => of.reduce((most, row) => (amountOf(row) > most ? amountOf(row) : most), 0n);
    const sorted = places.map((of) => ({ of, most: largest(of) })).sort((a, b) => (a.most < b.most ? 1 : a.most > b.most ? -1 : 0));
    return html`<h2>${unit(asset, tokens)} <span class="count">${asset}</span></h2>
<div class="scroll" tabindex="0"><table><thead><tr><td></td>${methods.map((method) => html`<th class="num">${method}</th>`)}</tr></thead><tbody>${["seed", "held", "stop", "fee", "floor"].map(
      (what) => html`<tr><th scope="row">${what === "seed" ? "followed" : (WHAT_WORDS[what] ?? what)}</th>${methods.map((method) => html`<td class="num">${written(sum(method, what), asset, tokens)}</td>`)}</tr>
`,
    )}</tbody></table></div>
<h3>The largest places</h3>
<div class="scroll" tabindex="0"><table><thead><tr><th>Place</th><th>What</th>${methods.map((method) => html`<th class="num">${method}</th>`)}</tr></thead><tbody>${sorted.slice(0, ROWS_SHOWN).map(
      ({ of: [first, ...rest] }) =>
        html`<tr><td><code>${first!.place!}</code>${first!.name !== "" && html`<br>${first!.name ?? ""}`}</td><td>${WHAT_WORDS[first!.what!] ?? first!.what!}${first!.reason !== "" && ` (${first!.reason ?? ""})`}</td>${methods.map((method) => html`<td class="num">${written([first!, ...rest].filter((row) => row.method === method).reduce((total, row) => total + amountOf(row), 0n), asset, tokens)}</td>`)}</tr>
`,
    )}</tbody></table></div>
<p class="hint">${Math.min(ROWS_SHOWN, sorted.length)} of ${sorted.length.toLocaleString("en-US")} shown.</p>`;
  })}${rows.length < row_count && html`<p class="hint">${rows.length.toLocaleString("en-US")} of ${row_count.toLocaleString("en-US")} rows of the answer are at hand here; a kept trace has all of them.</p>`}`;
}

export type Opened = { method: string; asset: string; open: readonly string[]; /** One time for each further stretch of a place's rows. */ more: readonly string[] };

/** The flows as a tree that opens: out of a place, the largest first. */
export function flowsTable(flows: readonly Row[], path: string, { method, asset, open, more }: Opened, tokens: Tokens): Html {
  const own = flows.filter((row) => row.method === method && row.asset === asset);
  const outOf = Map.groupBy(own, ({ from }) => from!);
  const reached = new Set(own.map(({ to }) => to!));
  const roots = [...outOf.keys()].filter((place) => !reached.has(place));
  const starts = roots.length > 0 ? roots : [...outOf.keys()].slice(0, 1);
  const href = (changes: Partial<Opened>, at: string): string => {
    const state = { open, more, ...changes };
    const query = new URLSearchParams([["method", method], ["asset", asset], ...state.open.map((place) => ["open", place] as [string, string]), ...state.more.map((place) => ["more", place] as [string, string])]);
    const whole = `${path}?${query.toString()}`;
    return whole.length > HREF_CHARS_MAX ? "" : `${whole}#${anchor(at)}`;
  };
  const lines: Html[] = [];
  const drawn = new Set<string>();
  const put = (place: string, depth: number): void => {
    if (drawn.has(place) || depth > DEPTH_MAX) return;
    drawn.add(place);
    const rows = (outOf.get(place) ?? []).toSorted(byAmount);
    const count = ROWS_SHOWN * (1 + more.filter((name) => name === place).length);
    for (const row of rows.slice(0, count)) {
      if (lines.length >= LINES_MAX) return;
      lines.push(flowLine(row, depth));
      if (open.includes(row.to!)) put(row.to!, depth + 1);
    }
    const link = href({ more: [...more, place] }, place);
    if (rows.length > count) lines.push(html`<tr><td colspan="4" class="in-${depth}" id="m-${anchor(place)}">${count} of ${rows.length.toLocaleString("en-US")} shown out of <code>${place}</code>. ${link === "" ? "The page’s address can hold no more: fold something up." : html`<a href="${link}">${Math.min(ROWS_SHOWN, rows.length - count)} more</a>`}</td></tr>
`);
  };
  const flowLine = (row: Row, depth: number): Html => {
    const [to, onward] = [row.to!, outOf.get(row.to!)?.length ?? 0];
    const isOpen = open.includes(to);
    const link = href({ open: isOpen ? open.filter((name) => name !== to) : [...open, to] }, to);
    return html`<tr id="${anchor(to)}"><td class="in-${depth}">${onward > 0 && link !== "" ? html`<a href="${link}" aria-expanded="${String(isOpen)}">${isOpen ? "Fold" : `Open ${onward.toLocaleString("en-US")}`}</a> ` : "· "}<code>${to}</code></td><td>${row.kind!}</td><td class="num">${written(amountOf(row), asset, tokens)}</td><td class="num">${Number(row.transfers).toLocaleString("en-US")}</td></tr>
`;
  };
  for (const place of starts.slice(0, ROWS_SHOWN)) {
    if (lines.length >= LINES_MAX) break;
    lines.push(html`<tr><th colspan="4" scope="rowgroup"><code>${place}</code> sent</th></tr>
`);
    put(place, 0);
  }
  return html`<div class="scroll" tabindex="0"><table class="flows"><thead><tr><th>To</th><th>How</th><th class="num">${unit(asset, tokens)}</th><th class="num">Transfers</th></tr></thead><tbody>${lines}</tbody></table></div>
<p class="hint">${lines.length >= LINES_MAX ? `The first ${LINES_MAX} lines. ` : ""}${Math.min(starts.length, ROWS_SHOWN)} of ${starts.length.toLocaleString("en-US")} beginnings, ${own.length.toLocaleString("en-US")} flows in all. What is open stands in this page’s address.</p>`;
}

const anchor = (place: string): string => `p-${place.replaceAll(/[^A-Za-z0-9]+/g, "-").slice(-48)}`;
