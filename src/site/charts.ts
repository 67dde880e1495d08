// Pictures of a series, drawn on the server as SVG: colours and type come from the stylesheet, so that dark mode and
// print are its business. Bars start at zero; what is disputed is drawn, not hidden. Floats place marks on the page
// and decide nothing: every number that is printed is the figure's own string.
import { readClaim, type Claim } from "../casefile/casefile.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { formatDecimal, formatValue, parseDecimal, roundDecimal, type Figure, type FigureSpec } from "../figures/figures.ts";
import { html, nothing, type Html } from "./html.ts";
import { formatDay } from "./words.ts";

export type SeriesPoint = {
  label: string;
  value: string;
  low: string;
  high: string;
  chosen: Claim | undefined;
  /** Claims that give this point another value, or the same one elsewhere; lowest first. */
  rivals: Claim[];
};
export type Series = { title: string; unit: string; points: SeriesPoint[]; spec: FigureSpec };

const POINTS_MAX = 60;
const RIVALS_DRAWN_MAX = 60;
/** Two labels nearer than this share of the width would run into each other at 320 px. */
const LABEL_DISTANCE = 11;

export function readSeries(log: LogReader, figure: Figure, spec: FigureSpec): Series {
  const points = figure.rows.slice(0, POINTS_MAX).flatMap((row): SeriesPoint[] => {
    if (row.value === null) return [];
    // A computed point names the claims that it adds up: they are its parts, no other values for it. And past so many
    // nothing could be told apart. The range says how far they go.
    const shown = row.claim === null || row.rivals.length > RIVALS_DRAWN_MAX ? [] : row.rivals;
    const rivals = shown.map((seq) => readClaim(log, seq)).filter((claim) => claim !== undefined);
    rivals.sort((a, b) => Number(a.value) - Number(b.value) || a.seq - b.seq);
    const chosen = row.claim === null ? undefined : readClaim(log, row.claim);
    return [{ label: shortLabel(row.label), value: row.value, low: row.low ?? row.value, high: row.high ?? row.value, chosen, rivals }];
  });
  return { title: spec.title, unit: figure.rows[0]?.unit ?? figure.unit, points, spec };
}

/** A word too long for a chart is an address: its ends tell it from others, and the table has it whole. */
const shortLabel = (label: string): string => (/^\S{25,}$/.test(label) ? `${label.slice(0, 6)}…${label.slice(-4)}` : label);

/** Horizontal bars with every rival value as a mark on its year's line. Widths are shares, so text keeps its size at 320 px. */
export function barChart(series: Series, id: string): Html {
  const scale = scaleOf(series);
  const top = Math.max(...series.points.map((point) => Number(point.high)), 1);
  const x = (value: string) => round((Number(value) / top) * 100);
  let y = 0;
  const rows = series.points.map((point) => {
    const marks = distinctRivals(point);
    const start = y;
    y += marks.length > 0 ? 62 : 42;
    const drawn: number[] = [];
    const labels = marks.map((claim) => {
      const at = x(claim.value);
      if (drawn.some((other) => Math.abs(other - at) < LABEL_DISTANCE)) return nothing;
      drawn.push(at);
      return html`<text class="rival" x="${at}%" y="${start + 50}" text-anchor="${at > 92 ? "end" : at < 6 ? "start" : "middle"}">${scale.print(claim.value)}</text>`;
    });
    return html`<text class="year" x="0" y="${start + 13}">${point.label}<tspan class="num" dx="8">${scale.print(point.value)}</tspan></text>
<rect class="bar" x="0" y="${start + 20}" width="${x(point.value)}%" height="14"/>${
      point.low !== point.high &&
      ["casing", "range"].map(
        (kind) => html`<line class="${kind}" x1="${x(point.low)}%" x2="${x(point.high)}%" y1="${start + 27}" y2="${start + 27}"/>`,
      )
    }${marks.map((claim) => html`<svg x="${x(claim.value)}%" y="${start + 27}" class="mark"><path d="M0-6 5 0 0 6-5 0Z"/></svg>`)}${labels}
`;
  });
  return html`<svg class="bars" width="100%" height="${y}" role="img" aria-labelledby="${id}t ${id}d">
<title id="${id}t">${series.title}</title><desc id="${id}d">${describeSeries(series)}</desc>
${rows}</svg>`;
}

/**
 * The same series as squares of one amount, a column for each point: solid for the value shown, hollow up to the
 * highest that is claimed. `across` squares stand side by side: ten where there is room, five on a telephone.
 */
export function squarePicture(series: Series, id: string, across: number, variant: string): Html {
  const scale = scaleOf(series);
  const unit = squareUnit(series);
  const cell = across > 5 ? 9 : 7;
  // Whole squares, so that one pattern fits every column.
  const gap = cell * (across > 5 ? 3 : 2);
  const column = across * cell;
  const top = Math.max(...series.points.map((point) => Number(point.high) / unit), 1);
  const floor = Math.ceil(top / across) * cell + 18;
  const width = series.points.length * column + (series.points.length - 1) * gap;
  const rise = (value: string) => (Number(value) / unit / across) * cell;
  const columns = series.points.map((point, at) => {
    const left = at * (column + gap);
    const values = [...new Set([...point.rivals.map((claim) => claim.value), point.value])].sort((a, b) => Number(b) - Number(a));
    const height = (value: string) => floor - rise(value);
    // Labels stand to the left, where the two columns before are lower; values too near for two labels share one.
    const clusters: string[][] = [];
    for (const value of values) {
      const last = clusters.at(-1);
      if (last && height(value) - height(last[0]!) < 14) last.push(value);
      else clusters.push([value]);
    }
    const besideTop = Math.min(...series.points.slice(Math.max(0, at - 2), at).map((before) => height(before.high) - 20));
    const isAgreed = clusters.length === 1;
    const beside = at === 0 ? [] : clusters.filter((cluster) => height(cluster[0]!) < besideTop);
    // Where there is no room beside, the ends of what is claimed stand above.
    const labels =
      beside.length === 0
        ? html`<text class="num" x="${left}" y="${floor - Math.ceil(Number(point.high) / unit / across) * cell - 5}">${scale.print(values.at(-1)!)}–${scale.print(values[0]!)}</text>`
        : beside.map(
            (cluster) =>
              html`<text x="${left - 6}" y="${round(height(cluster[0]!) + 5)}" text-anchor="end">${cluster.toReversed().map(scale.print).join(" / ")}</text>`,
          );
    const solid = Math.round(Number(point.value) / unit);
    const whole = Math.floor(solid / across) * cell;
    const above = html`${squares(Number(point.high) / unit, "hollow")}<rect class="ground" x="${left}" y="${floor - whole}" width="${column}" height="${whole}"/>`;
    return html`${!isAgreed && above}${squares(solid, "solid")}${
      isAgreed
        ? html`<text class="num" x="${left}" y="${floor - Math.ceil(solid / across) * cell - 5}">${scale.print(point.value)}</text>`
        : html`${values.map((value) => html`<path class="tick" d="M${left - 2} ${round(height(value))}h${column + 4}"/>`)}${labels}`
    }<text class="year" x="${left}" y="${floor + 16}">${point.label}</text>
`;
    function squares(count: number, kind: string): Html {
      const full = Math.floor(Math.round(count) / across);
      const rest = Math.round(count) - full * across;
      return html`${full > 0 && html`<rect fill="url(#${id}${kind})" x="${left}" y="${floor - full * cell}" width="${column}" height="${full * cell}"/>`}${
        rest > 0 &&
        html`<rect fill="url(#${id}${kind})" x="${left}" y="${floor - (full + 1) * cell}" width="${rest * cell}" height="${cell}"/>`
      }`;
    }
  });
  // A pattern starts at the drawing's origin: moved so that its rows stand on the floor, whatever column it fills.
  const patterns = ["solid", "hollow"].map(
    (kind) =>
      html`<pattern id="${id}${kind}" class="${kind}" width="${cell}" height="${cell}" x="0" y="${floor % cell}" patternUnits="userSpaceOnUse">
<rect x=".5" y=".5" width="${cell - 1.5}" height="${cell - 1.5}"/></pattern>`,
  );
  return html`<svg class="squares ${variant}" viewBox="-1 0 ${width + 2} ${floor + 22}" role="img" aria-labelledby="${id}t ${id}d">
<title id="${id}t">${series.title}</title><desc id="${id}d">${describeSeries(series)}</desc>
<defs>${patterns}</defs>
${columns}</svg>`;
}

/** "One square is 10 million US dollars." */
export function squareWords(series: Series): string {
  return `One square is ${formatValue(String(squareUnit(series)), series.unit, "short")}`;
}

/** A word-sized picture of the series; the numbers stand in the chart. */
export function sparkline(series: Series, id: string): Html {
  const top = Math.max(...series.points.map((point) => Number(point.value)), 1);
  return html`<svg class="spark" viewBox="0 0 ${series.points.length * 10 - 2} 28" role="img" aria-labelledby="${id}t">
<title id="${id}t">${describeSeries(series)}</title>${series.points.map((point, at) => {
    const height = Math.max(1, round((Number(point.value) / top) * 28));
    return html`<rect x="${at * 10}" y="${round(28 - height)}" width="8" height="${height}"/>`;
  })}</svg>`;
}

/** Every value of the chart with who printed it where: what the chart shows, exact. */
export function seriesTable(series: Series, name: string): Html {
  const isMoney = /^[A-Z]{3}$/.test(series.unit);
  const ofRows = series.spec.of === "row" ? `Rows of ${series.spec.dataset}` : whereSaid(undefined);
  const exact = (value: string) => formatValue(value, series.unit, isMoney ? "exact" : "short");
  return html`<section class="scroll" tabindex="0" aria-label="${name}, as a table">
<table class="data">
<thead><tr><th scope="col">${series.points.every((point) => /^\d{4}$/.test(point.label)) ? "Year" : "Which"}</th><th scope="col" class="num">Value${isMoney && ` (${series.unit})`}</th><th scope="col">Who says, and where</th></tr></thead>
<tbody>
${series.points.map(
  (
    point,
  ) => html`<tr><th scope="row">${point.label}</th><td class="num">${exact(point.value)}</td><td>${point.chosen ? whereSaid(point.chosen) : ofRows}</td></tr>
${point.rivals.map(
  (
    claim,
  ) => html`<tr class="rival"><th scope="row">${point.label}, also</th><td class="num">${exact(claim.value)}</td><td>${whereSaid(claim)}</td></tr>
`,
)}`,
)}</tbody>
</table>
</section>`;
}

/** The series in sentences, for those who hear the page. */
export function describeSeries(series: Series): string {
  return series.points
    .map((point) => {
      const others = [...new Set(point.rivals.map((claim) => claim.value))].filter((value) => value !== point.value);
      const short = (value: string) => formatValue(value, series.unit, "short");
      return `${point.label}: ${short(point.value)}${others.length > 0 ? `, elsewhere ${others.map(short).join(", ")}` : ""}.`;
    })
    .join(" ");
}

/** What the numbers printed in a picture are: "Millions of US dollars". */
export function unitWords(series: Series): string {
  const { zeros } = scaleOf(series);
  const unit = { USD: "US dollars", percent: "per cent", USDT: "Tether" }[series.unit] ?? series.unit;
  return zeros === 0 ? unit.charAt(0).toUpperCase() + unit.slice(1) : `${zeros === 6 ? "Millions" : "Thousands"} of ${unit}`;
}

/** One claim for each other value; the table has them all. */
function distinctRivals(point: SeriesPoint): Claim[] {
  const seen = new Set<string>([point.value]);
  return point.rivals.filter((claim) => {
    if (seen.has(claim.value)) return false;
    seen.add(claim.value);
    return true;
  });
}

export function scaleOf(series: Series): { zeros: number; print(value: string): string } {
  const top = Math.max(...series.points.map((point) => Number(point.high)), 1);
  const zeros = top >= 1e7 ? 6 : top >= 1e5 ? 3 : 0;
  return {
    zeros,
    print(value) {
      const { units, scale } = parseDecimal(value);
      const shown = roundDecimal({ units, scale: scale + zeros }, -1);
      const [whole, tenth = ""] = formatDecimal(shown).split(".") as [string, string?];
      return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${whole.length < 4 && tenth && tenth !== "0" ? `.${tenth}` : ""}`;
    },
  };
}

/** A round amount of which the tallest column needs at most two hundred. */
function squareUnit(series: Series): number {
  const top = Math.max(...series.points.map((point) => Number(point.high)), 1);
  const power = 10 ** Math.floor(Math.log10(top / 200));
  return Math.max(1, [1, 2, 5, 10].map((step) => step * power).find((unit) => top / unit <= 200) ?? power * 10);
}

function whereSaid(claim: Claim | undefined): string {
  if (!claim) return "no claim held";
  const relayed = claim.relayed_by ? `, as relayed by ${claim.relayed_by}` : "";
  const cited = claim.cites?.length ? `, citing ${claim.cites.join(" and ")}` : "";
  return `${claim.claimant}${claim.document ? `, ${claim.document}` : ""}${cited}${relayed} (${formatDay(claim.as_of)})`;
}

const round = (value: number): number => Math.round(value * 100) / 100;
