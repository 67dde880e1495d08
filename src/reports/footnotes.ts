// Footnotes lead from a number, a quotation or a cited claim to its evidence; they are numbered by first use, and the
// same evidence keeps its number.
import { readClaims, type Claim } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { describeFigure, formatDate, type Figure, type FigureSpec } from "../figures/figures.ts";
import { printedForm, type Inline } from "../press/press.ts";
import type { CitedClaim, Footnote, Run, SourceName } from "./report.ts";
import type { Sources } from "./sources.ts";

/** A figure over more claims than this is told by its sources; its rows stand in the annex. */
const CLAIMS_IN_NOTE_MAX = 4;

export type BoundFigure = { figure: Figure; spec: FigureSpec; annex: string | null };
export type NoteSheet = {
  runs(content: Inline, cites?: readonly string[], where?: string): Run[];
  /** The same words without notes, for headings. */
  text(content: Inline): string;
  figureNote(id: string): number;
  notes(): Footnote[];
};

export function openNoteSheet(log: LogReader, log_size: number, sources: Sources, figures: ReadonlyMap<string, BoundFigure>): NoteSheet {
  const claims = readClaims(log, { log_size, evidence: "released" });
  const notes: Footnote[] = [];
  const numbers = new Map<string, number>();
  const note = (key: string, make: () => Omit<Footnote, "number" | "uses">): number => {
    let number = numbers.get(key);
    if (number === undefined) {
      numbers.set(key, (number = notes.length + 1));
      notes.push({ number, ...make(), uses: 0 });
    }
    notes[number - 1]!.uses += 1;
    return number;
  };
  const figureNote = (id: string) => note(`figure ${id}`, () => aboutFigure(sources, figures.get(id)!));
  const claimNote = (found: readonly Claim[]) =>
    note(`claims ${found.map(({ seq }) => seq).join(" ")}`, () => ({ claims: found.map(sources.cite), sources: [] }));
  return {
    figureNote,
    notes: () => notes,
    text: (content) =>
      content
        .map((node) => {
          if (node.type === "date") return formatDate(node.date);
          if (node.type !== "figure") return node.text;
          const { figure, spec } = figures.get(node.id)!;
          return printedForm(figure, spec, node.form);
        })
        .join(""),
    runs(content, cites = [], where) {
      const runs: Run[] = [];
      for (const node of content) {
        if (node.type === "figure") {
          const { figure, spec } = figures.get(node.id)!;
          runs.push({ text: printedForm(figure, spec, node.form), figure: node.id, notes: [figureNote(node.id)] });
        } else if (node.type === "date") runs.push({ text: formatDate(node.date) });
        else if (node.type === "emphasis") runs.push({ text: node.text, emphasis: true });
        else
          for (const part of splitQuotations(node.text)) {
            const holder = part.quoted === undefined ? undefined : holderOf(claims, part.quoted);
            runs.push(holder ? { text: part.text, notes: [claimNote([holder])] } : { text: part.text });
          }
      }
      const cited = cites.map((cite) => {
        const [subject, field] = cite.split(" ");
        const found = claims.filter((claim) => claim.subject === subject && claim.field === field);
        if (found.length > 0) return claimNote(found);
        throw new TracewireError("BAD_REPORT", {
          what: `cites: no released claim on “${cite}” is held at log size ${log_size}`,
          where,
          hint: `See what is held: tracewire show ${subject}`,
        });
      });
      if (cited.length > 0) runs.push({ text: "", notes: cited });
      return runs;
    },
  };
}

function aboutFigure(sources: Sources, { figure, spec, annex }: BoundFigure): Omit<Footnote, "number" | "uses"> {
  const cited = [...new Set(figure.rows.flatMap((row) => (row.claim === null ? [] : [row.claim])))]
    .map((seq) => sources.claim(seq))
    .filter((claim) => claim !== undefined);
  const words = describeFigure(figure, spec, cited[0]);
  const few = cited.length <= CLAIMS_IN_NOTE_MAX;
  const all = figure.rows.flatMap((row) => {
    const capture = (row.claim === null ? undefined : sources.claim(row.claim)?.source.capture) ?? row.capture;
    return capture === null ? [] : [capture];
  });
  return {
    figure: { id: figure.id, title: spec.title, exact: words.exact, range: words.range, who: words.who, annex },
    claims: few ? cited.map(sources.cite) : [],
    sources:
      few && cited.length > 0
        ? []
        : [...Map.groupBy(all, (entry) => entry)].map(([entry, rows]) => ({ source: sources.name(entry), count: rows.length })),
  };
}

function* splitQuotations(text: string): Generator<{ text: string; quoted?: string }> {
  let end = 0;
  for (const match of text.matchAll(/“([^”]+)”/g)) {
    yield { text: text.slice(end, match.index + match[0].length), quoted: match[1]! };
    end = match.index + match[0].length;
  }
  if (end < text.length) yield { text: text.slice(end) };
}

/** The claim in whose value or wording the words stand. */
function holderOf(claims: readonly Claim[], quoted: string): Claim | undefined {
  const words = quoted.toLowerCase();
  return claims.find((claim) => [claim.value, claim.wording].some((text) => text?.toLowerCase().includes(words)));
}

// The words of a note, the same in every form in which a report is printed.

export function sourceWords(source: SourceName | null): string {
  if (!source) return "";
  if (source.state === "held") return `“${source.title}” (${source.grade}), SHA-256 ${source.sha256.slice(0, 16)} (Annex B)`;
  return source.state === "erased" ? `entry ${source.entry}, erased` : `entry ${source.entry}, not released`;
}

export function claimWords(claim: CitedClaim): string {
  const who = `${claim.claimant}${claim.document ? `, ${claim.document}` : ""}${claim.relayed_by ? `, as relayed by ${claim.relayed_by}` : ""}`;
  const bound = claim.bound ? `${claim.bound.replace("_", " ")}, ` : "";
  const hedge = `${bound}${claim.hedge === "unstated" ? "no hedge stated" : claim.hedge}`;
  const when = claim.as_of === "unstated" ? "date not stated" : formatDate(claim.as_of);
  return `${who} (${hedge}; ${when}): ${claim.says}${claim.wording ? ` [${claim.wording}]` : ""}. Read at ${claim.locator} of ${sourceWords(claim.source)}; entry ${claim.entry}.`;
}

/** A note as sentences. */
export function noteWords({ figure, claims, sources }: Footnote): string[] {
  return [
    ...(figure
      ? [
          `${figure.title}: ${figure.exact}${figure.range ? `, range ${figure.range} by rival values` : ""}. ${figure.who}.${figure.annex ? ` Rows: Annex ${figure.annex}.` : ""}`,
        ]
      : []),
    ...claims.map(claimWords),
    ...sources.map(({ source, count }) => `${count === 1 ? "One row" : `${count} rows`} read in ${sourceWords(source)}.`),
  ];
}
