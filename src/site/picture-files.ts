// A figure's own drawing as a file: SVG to embed, PNG for previews elsewhere. Colours are fixed, because a file knows
// no stylesheet; the address fixes the state of the log, so the bytes are the same for ever.
import { join } from "node:path";
import { findFigureSpec, formatValue, type Figure } from "../figures/figures.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { describeSeries, readSeries, scaleOf, unitWords, type Series } from "./charts.ts";
import { html, type Html } from "./html.ts";
import { formatDay } from "./words.ts";

export const PREVIEW = { width: 1200, height: 630 };
/** What previews elsewhere are told of a drawn picture. */
export const DRAWN = { ...PREVIEW, media_type: "image/png" };
const INK = "#1a1913";
const GREY = "#66635a";
const PAPER = "#fbfaf6";
const BAR = "#a09b8c";
const ACCENT = "#a32c10";
const SERIF = "Source Serif 4, Tracewire Display, Georgia, serif";
const SANS = "Source Sans 3, Tracewire Sans, Helvetica, sans-serif";
const COLUMNS_MAX = 60;
const LINES_MAX = 3;

/** The alternative text of a picture, made from the figure. */
export function pictureWords(log: LogReader, figure: Figure): string {
  const spec = findFigureSpec(log, figure.id, Number(figure.log_size))?.spec;
  if (!spec) return "";
  if (figure.measure !== "series") return `${spec.title}: ${formatValue(figure.value, figure.unit, "exact", spec)}`;
  const words = `${spec.title}. ${describeSeries(readSeries(log, figure, spec))}`;
  return words.length > 600 ? `${words.slice(0, 597)}…` : words;
}

/** `headline` over the drawing of the series, `foot` below it. */
export function pictureSvg(series: Series | undefined, headline: string, foot: string, { width, height } = PREVIEW): string {
  const lines = wrap(headline, Math.floor(width / 26));
  const top = 96 + lines.length * 52;
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t d">
<title id="t">${headline}</title><desc id="d">${series ? describeSeries(series) : headline}</desc>
<rect width="${width}" height="${height}" fill="${PAPER}"/><rect width="${width}" height="8" fill="${INK}"/>
<text x="48" y="58" font-family="${SERIF}" font-weight="600" font-size="26" letter-spacing="2" fill="${INK}">TRACEWIRE</text>
${lines.map(
  (line, at) => html`<text x="48" y="${112 + at * 52}" font-family="${SERIF}" font-weight="600" font-size="44" fill="${INK}">${line}</text>
`,
)}${series && series.points.length > 1 && drawing(series, 48, top, width - 96, height - top - 70)}
<text x="48" y="${height - 24}" font-family="${SANS}" font-size="20" fill="${GREY}">${foot}</text>
</svg>
`.markup;
}

function drawing(series: Series, x: number, y: number, width: number, height: number): Html {
  const points = series.points.slice(0, COLUMNS_MAX);
  const scale = scaleOf(series);
  const values = points.map((point) => Number(point.value));
  const isLine = points.length > 24;
  const high = Math.max(...values, 1e-9);
  const low = isLine ? Math.min(...values) : 0;
  const floor = y + height - 30;
  const rise = (value: number) => round(((value - low) / (high - low || 1)) * (height - 70));
  const step = width / points.length;
  const unit = html`<text x="${x}" y="${y + 14}" font-family="${SANS}" font-size="20" fill="${GREY}">${unitWords(series)}</text>
`;
  if (isLine) {
    const path = values.map((value, at) => `${round(x + (at / (points.length - 1)) * width)} ${floor - rise(value)}`).join("L");
    return html`${unit}<path d="M${path}" fill="none" stroke="${ACCENT}" stroke-width="4"/>
<text x="${x}" y="${floor + 26}" font-family="${SANS}" font-size="20" fill="${INK}">${formatDay(points[0]!.label)}: ${scale.print(points[0]!.value)}</text>
<text x="${x + width}" y="${floor + 26}" text-anchor="end" font-family="${SANS}" font-size="20" fill="${INK}">${formatDay(points.at(-1)!.label)}: ${scale.print(points.at(-1)!.value)}</text>`;
  }
  const room = Math.max(4, Math.floor(step / 11));
  return html`${unit}${points.map((point, at) => {
    const middle = round(x + at * step + step / 2);
    const label = point.label.length > room ? `${point.label.slice(0, room - 1)}…` : point.label;
    return html`<rect x="${round(x + at * step + step * 0.12)}" y="${floor - Math.max(2, rise(values[at]!))}" width="${round(step * 0.76)}" height="${Math.max(2, rise(values[at]!))}" fill="${at === points.length - 1 ? ACCENT : BAR}"/>
<text x="${middle}" y="${floor - rise(values[at]!) - 8}" text-anchor="middle" font-family="${SANS}" font-size="18" fill="${GREY}">${scale.print(point.value)}</text>
<text x="${middle}" y="${floor + 24}" text-anchor="middle" font-family="${SANS}" font-size="18" fill="${INK}">${label}</text>
`;
  })}<path d="M${x} ${floor}h${width}" stroke="${INK}"/>`;
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.length > LINES_MAX ? [...lines.slice(0, LINES_MAX - 1), `${lines[LINES_MAX - 1]} …`] : lines;
}

/** sharp reads fonts through fontconfig: only ours, so that the bytes are the same with and without system fonts. */
export async function toPng(svg: string): Promise<Uint8Array> {
  process.env.FONTCONFIG_FILE ??= join(import.meta.dirname, "assets", "fonts.conf");
  const { default: sharp } = await import("sharp");
  sharp.cache(false);
  sharp.concurrency(1);
  return sharp(Buffer.from(svg)).png({ compressionLevel: 9, palette: true }).toBuffer();
}

const round = (value: number): number => Math.round(value * 100) / 100;
