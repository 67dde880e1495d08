// Pictures of a figure's own series: columns for years, a line for days, ranks for names, squares where values are
// disputed. Places are shares of the width, so that letters keep their size at 320 px; the small ones on cards have
// no letters at all. Floats place marks and decide nothing.
import { formatValue } from "../figures/figures.ts";
import { describeSeries, scaleOf, squarePicture, squareWords, unitWords, type Series } from "./charts.ts";
import { html, nothing, type Html } from "./html.ts";
import { formatDay } from "./words.ts";

type Kind = "squares" | "line" | "columns" | "ranks";

const COLUMNS_MAX = 24;
const RANKS_MAX = 8;
const HEIGHT = 210;

function kindOf({ points, unit }: Series): Kind {
  const labels = points.map((point) => point.label);
  if (unit === "USD" && points.some((point) => point.rivals.length > 0) && labels.every((label) => /^\d{4}$/.test(label))) return "squares";
  if (points.length > 12 && labels.every((label) => /^\d{4}-\d{2}-\d{2}$/.test(label))) return "line";
  if (points.length <= COLUMNS_MAX && labels.every((label) => label.length <= 6 || /^\d{4}-\d{2}-\d{2}$/.test(label))) return "columns";
  return "ranks";
}

export function seriesPicture(series: Series, id: string): { picture: Html; caption: string } {
  switch (kindOf(series)) {
    case "squares":
      return {
        picture: html`${squarePicture(series, `${id}w`, 10, "wide")}${squarePicture(series, `${id}n`, 5, "narrow")}`,
        caption: `${squareWords(series)}; numbers in ${lowerFirst(unitWords(series))}.`,
      };
    case "line":
      return { picture: linePicture(series, id), caption: unitCaption(series) };
    case "columns":
      return { picture: columnPicture(series, id), caption: unitCaption(series) };
    case "ranks":
      return { picture: rankPicture(series, id), caption: unitCaption(series) };
  }
}

/** The unit, where the title does not say it already. */
function unitCaption(series: Series): string {
  return series.title.toLowerCase().includes(series.unit.toLowerCase()) ? "" : `Numbers are ${lowerFirst(unitWords(series))}.`;
}

function opened(series: Series, id: string, height: number, inside: Html): Html {
  return html`<svg class="drawn" width="100%" height="${height}" role="img" aria-labelledby="${id}t ${id}d">
<title id="${id}t">${series.title}</title><desc id="${id}d">${describeSeries(series)}</desc>
${inside}</svg>`;
}

function columnPicture(series: Series, id: string): Html {
  const scale = scaleOf(series);
  const { points } = series;
  const top = Math.max(...points.map((point) => Number(point.value)), 1e-9);
  const step = 100 / points.length;
  const crowded = points.length > 8;
  const last = points.length - 1;
  const tallest = points.findIndex((point) => Number(point.value) === top);
  return opened(
    series,
    id,
    HEIGHT + 24,
    html`${points.map((point, at) => {
      const height = Math.max(1, round((Number(point.value) / top) * (HEIGHT - 26)));
      const middle = round(at * step + step / 2);
      // Where columns stand close, every other label is left out on a telephone, never that of the tallest.
      const thin = crowded && Math.abs(tallest - at) % 2 === 1 ? " thin" : "";
      return html`<rect class="bar${at === last && " now"}" x="${round(at * step + step * 0.12)}%" width="${round(step * 0.76)}%" y="${HEIGHT - height}" height="${height}"/>
<text class="num${thin}" x="${middle}%" y="${HEIGHT - height - 6}" text-anchor="middle">${scale.print(point.value)}</text>
<text class="year${thin}" x="${middle}%" y="${HEIGHT + 17}" text-anchor="middle">${shortLabel(point.label)}</text>
`;
    })}<line class="floor" x1="0" x2="100%" y1="${HEIGHT}" y2="${HEIGHT}"/>`,
  );
}

function linePicture(series: Series, id: string): Html {
  const { points } = series;
  const values = points.map((point) => Number(point.value));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (at: number) => round((at / (points.length - 1)) * 100);
  const y = (value: number) => round(HEIGHT - 20 - ((value - low) / (high - low || 1)) * (HEIGHT - 60));
  const marks = [...new Set([0, values.indexOf(high), values.indexOf(low), points.length - 1])].sort((a, b) => a - b);
  return opened(
    series,
    id,
    HEIGHT + 24,
    html`<svg x="0" y="0" width="100%" height="${HEIGHT}" viewBox="0 0 100 ${HEIGHT}" preserveAspectRatio="none" overflow="visible"><path class="line" d="M${values.map((value, at) => `${x(at)} ${y(value)}`).join("L")}"/></svg>
${marks.map((at) => {
  const near = marks.some((other) => other < at && x(at) - x(other) < 16);
  const end = x(at) > 85 ? "end" : x(at) < 12 ? "start" : "middle";
  const above = values[at]! - low > (high - low) / 2;
  return html`<svg x="${x(at)}%" y="${y(values[at]!)}" overflow="visible"><circle class="dot" r="4"/></svg>
<text class="num" x="${x(at)}%" y="${y(values[at]!) + (above ? -10 : 20) + (near && !above ? 14 : 0)}" text-anchor="${end}">${formatValue(points[at]!.value, series.unit, "short", series.spec)}</text>
`;
})}<text class="year" x="0" y="${HEIGHT + 17}">${formatDay(points[0]!.label)}</text><text class="year" x="100%" y="${HEIGHT + 17}" text-anchor="end">${formatDay(points.at(-1)!.label)}</text>`,
  );
}

function rankPicture(series: Series, id: string): Html {
  const scale = scaleOf(series);
  const shown = [...series.points].sort((a, b) => Number(b.value) - Number(a.value)).slice(0, RANKS_MAX);
  const top = Math.max(...shown.map((point) => Number(point.value)), 1e-9);
  return opened(
    series,
    id,
    shown.length * 40,
    html`${shown.map(
      (
        point,
        at,
      ) => html`<text class="year" x="0" y="${at * 40 + 13}">${point.label.length > 40 ? `${point.label.slice(0, 38)}…` : point.label}<tspan class="num" dx="8">${scale.print(point.value)}</tspan></text>
<rect class="bar${at === 0 && " now"}" x="0" y="${at * 40 + 19}" width="${round((Number(point.value) / top) * 100)}%" height="13"/>
`,
    )}`,
  );
}

/** For a card: the same shape without letters; the headline beside it says what it is. */
export function thumbnail(series: Series, name = "thumb"): Html {
  const points =
    kindOf(series) === "ranks" ? [...series.points].sort((a, b) => Number(b.value) - Number(a.value)).slice(0, 10) : series.points;
  const values = points.map((point) => Number(point.value));
  const top = Math.max(...values, 1e-9);
  const low = kindOf(series) === "line" ? Math.min(...values) : 0;
  const rise = (value: number) => Math.max(1, Math.round(((value - low) / (top - low || 1)) * 50));
  if (kindOf(series) === "line") {
    const path = values.map((value, at) => `${Math.round((at / (values.length - 1)) * 96)} ${58 - rise(value)}`).join("L");
    return html`<svg class="${name}" viewBox="0 0 96 64" preserveAspectRatio="none" aria-hidden="true"><path class="line" d="M${path}"/></svg>`;
  }
  const step = 96 / values.length;
  const stretch = name === "thumb" ? nothing : html` preserveAspectRatio="none"`;
  const bars = values
    .map((value, at) => `M${round(at * step + step * 0.1)} 62v-${rise(value)}h${round(step * 0.8)}v${rise(value)}z`)
    .join("");
  return html`<svg class="${name}" viewBox="0 0 96 64"${stretch} aria-hidden="true"><path d="${bars}"/></svg>`;
}

const shortLabel = (label: string): string => (/^\d{4}-\d{2}-\d{2}$/.test(label) ? formatDay(label).replace(/, \d{4}$/, "") : label);
const round = (value: number): number => Math.round(value * 100) / 100;
const lowerFirst = (text: string): string => (/^US /.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1));
