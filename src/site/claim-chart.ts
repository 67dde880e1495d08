// Bars for a handful of numbers that people claim, each under its own words. An open end says "at least": the bar goes on.
import { html, type Html } from "./html.ts";

export type ClaimBar = { label: string; value: number; text: string; bound?: string };

const ROW = 42;

export function claimBars(title: string, bars: readonly ClaimBar[], id: string, top = Math.max(...bars.map((bar) => bar.value))): Html {
  const words = bars.map((bar) => `${bar.label}: ${bar.text}`).join("; ");
  return html`<figure class="chart"><svg class="bars" width="100%" height="${bars.length * ROW}" role="img" aria-labelledby="${id}t ${id}d">
<title id="${id}t">${title}</title><desc id="${id}d">${words}.</desc>
${bars.map((bar, at) => {
  const width = Math.round((bar.value / (top || 1)) * (bar.bound === "at_least" ? 940 : 1000)) / 10;
  const y = at * ROW;
  return html`<text class="year" x="0" y="${y + 13}">${bar.label}<tspan class="num" dx="8">${bar.text}</tspan></text>
<rect class="bar" x="0" y="${y + 20}" width="${width}%" height="14"/>${bar.bound === "at_least" && html`<svg x="${width}%" y="${y + 20}" overflow="visible"><path class="mark" d="M2 0h5l7 7-7 7h-5l7-7z"/></svg>`}
`;
})}</svg><figcaption>${title}.</figcaption></figure>`;
}
