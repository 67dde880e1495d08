// Groups that share something as a picture: groups on a circle, a line for each pair, heavier where the score is higher.
// It draws what the table beside it says, and no more; every line leads to its row. Nothing in it moves.
import { BANDS, type Overlap } from "../attribution/attribution.ts";
import { html, type Html } from "../site/site.ts";

const GROUPS_MAX = 25;
const PAIRS_MAX = 60;
const [WIDTH, HEIGHT, RADIUS] = [760, 470, 195];
const LABEL_CHARS = 24;

export type Drawn = { picture: Html; groups: number; pairs: number };

/** `pairs`: the highest score first. `rowOf`: the id of a pair's row in the table. */
export function drawOverlaps(pairs: readonly Overlap[], rowOf: (pair: Overlap) => string): Drawn {
  const names: string[] = [];
  const drawn: Overlap[] = [];
  for (const pair of pairs) {
    const added = [pair.a, pair.b].filter((name) => !names.includes(name));
    if (pair.score <= 0 || drawn.length === PAIRS_MAX || names.length + added.length > GROUPS_MAX) continue;
    names.push(...added);
    drawn.push(pair);
  }
  const angle = (name: string) => (names.indexOf(name) / names.length) * 2 * Math.PI - Math.PI / 2;
  const at = (name: string, radius: number) => [WIDTH / 2 + radius * Math.cos(angle(name)), HEIGHT / 2 + radius * Math.sin(angle(name))].map((part) => part.toFixed(1)) as [string, string];
  const line = (pair: Overlap) => {
    const [[x1, y1], [x2, y2]] = [at(pair.a, RADIUS), at(pair.b, RADIUS)];
    const words = `${pair.a} and ${pair.b}: ${pair.score.toFixed(2)}, ${pair.band}; ${pair.evidence.length} shared`;
    return html`<a href="#${rowOf(pair)}" aria-label="${words}"><line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke-width="${(1 + 7 * pair.score).toFixed(1)}"${pair.band === "weak" && html` stroke-dasharray="4 3"`}><title>${words}</title></line></a>
`;
  };
  const label = (name: string) => {
    const [x, y] = at(name, RADIUS + 14);
    const side = Math.cos(angle(name));
    return html`<text x="${x}" y="${y}" text-anchor="${Math.abs(side) < 0.2 ? "middle" : side > 0 ? "start" : "end"}" dominant-baseline="${Math.abs(side) < 0.2 ? (Math.sin(angle(name)) < 0 ? "auto" : "hanging") : "middle"}">${name.length > LABEL_CHARS ? `${name.slice(0, LABEL_CHARS)}…` : name}</text>
`;
  };
  const dot = (name: string) => {
    const [x, y] = at(name, RADIUS);
    return html`<circle cx="${x}" cy="${y}" r="4"/>`;
  };
  return {
    groups: names.length,
    pairs: drawn.length,
    picture: html`<svg class="overlap" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="group" aria-label="Groups that share something; dashed lines are weak (below ${BANDS.weak})">
${drawn.toReversed().map(line)}${names.map(dot)}
${names.map(label)}</svg>`,
  };
}
