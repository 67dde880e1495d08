// Finding a quotation in a text: as it is, then but for what type-setting changes, then split by print at line ends;
// and, where it is not there, the passage most like it.
import { foldText, type Folded } from "./fold-text.ts";

export const QUOTE_CHARS_MAX = 10_000;
/** Beyond this much of a quotation, likeness is judged by its beginning. */
const NEAREST_QUOTE_CHARS_MAX = 400;
/** Text looked through for a likeness; a longer one is looked through up to here. */
const NEAREST_TEXT_CHARS_MAX = 8_000_000;
const NEAREST_WINDOWS_MAX = 8;
/** Below this likeness a passage is no help to who mistyped a quotation. */
const SIMILARITY_MIN = 0.5;
const TRIGRAM_SLOTS = 1 << 16;

type Span = { start: number; end: number };

/** A part of a text, made ready for search when that is first needed: folding is most of the work. */
export type SearchPart = Span & { text: string; folded(): Folded };

export function searchPart(text: string, { start, end }: Span): SearchPart {
  const part = text.slice(start, end);
  let folded: Folded | undefined;
  return { start, end, text: part, folded: () => (folded ??= foldText(part)) };
}

/** First place inside the part where the quotation stands, as offsets into the whole text. */
export function findQuote(part: SearchPart, quote: string): Span | undefined {
  const at = part.text.indexOf(quote);
  if (at !== -1) return shift({ start: at, end: at + quote.length }, part.start);
  const match = findFolded(part.folded(), foldText(quote).text.trim());
  if (match) return shift(match, part.start);
  if (!LINE_END_HYPHEN.test(part.text)) return undefined;
  const joined = findFolded(foldText(part.text, { join_hyphens: true }), foldText(quote, { join_hyphens: true }).text.trim());
  // Only a hyphen that ends a line may be overlooked: "re-sign" is not "resign".
  if (joined && LINE_END_HYPHEN.test(part.text.slice(joined.start, joined.end))) return shift(joined, part.start);
  return undefined;
}

const LINE_END_HYPHEN = /[-‐][^\S\n]{0,100}\n/;

/** Matches whole characters only: "cafe" is not in "café". */
function findFolded({ text, starts, ends }: Folded, quote: string): Span | undefined {
  if (quote === "") return undefined;
  for (let at = text.indexOf(quote); at !== -1; at = text.indexOf(quote, at + 1)) {
    const last = at + quote.length - 1;
    const splits_first = at > 0 && starts[at - 1] === starts[at];
    const splits_last = last + 1 < text.length && starts[last + 1] === starts[last];
    if (!splits_first && !splits_last) return { start: starts[at]!, end: ends[last]! };
  }
  return undefined;
}

/**
 * The passage most like the quotation: windows that share most of its trigrams, then edit distance in the best few.
 * `similarity` is 1 − edits / length, over folded text in lower case.
 */
export function findNearest(part: SearchPart, quote: string): (Span & { text: string; similarity: number }) | undefined {
  const folded = part.folded();
  const hay = lowerCase(folded.text.slice(0, NEAREST_TEXT_CHARS_MAX));
  const needle = lowerCase(foldText(quote.slice(0, NEAREST_QUOTE_CHARS_MAX)).text.trim());
  if (needle.length < 4 || hay.length === 0) return undefined;
  const slack = Math.ceil(needle.length / 4);
  let best: (Span & { edits: number }) | undefined;
  for (const at of likelyWindows(hay, needle)) {
    const from = Math.max(0, at - slack);
    const match = bestAlignment(hay.slice(from, at + needle.length + slack), needle);
    if (!best || match.edits < best.edits) best = { start: from + match.start, end: from + match.end, edits: match.edits };
  }
  if (!best || best.end <= best.start) return undefined;
  const similarity = Math.max(0, 1 - best.edits / needle.length);
  if (similarity < SIMILARITY_MIN) return undefined;
  const start = folded.starts[best.start]!;
  const end = folded.ends[best.end - 1]!;
  return { ...shift({ start, end }, part.start), text: part.text.slice(start, end), similarity };
}

/** Lower case that keeps the length, so that offsets stay true (İ would become two units). */
function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Starts of the windows of the quotation's length that hold most of its trigrams, apart from one another, best first. */
function likelyWindows(hay: string, needle: string): number[] {
  const wanted = new Uint8Array(TRIGRAM_SLOTS);
  for (let i = 0; i + 2 < needle.length; i += 1) wanted[trigramSlot(needle, i)] = 1;
  const width = needle.length - 2;
  const last = Math.max(0, hay.length - 3);
  const hits = new Uint8Array(last + 1);
  const best: { at: number; score: number }[] = [];
  let score = 0;
  for (let i = 0; i <= last; i += 1) {
    const hit = wanted[trigramSlot(hay, i)]!;
    hits[i] = hit;
    score += hit - (i >= width ? hits[i - width]! : 0);
    if (score > 0) keepBest(best, Math.max(0, i - width + 1), score, needle.length);
  }
  return best.map(({ at }) => at);
}

function keepBest(best: { at: number; score: number }[], at: number, score: number, apart: number) {
  const floor = best.length < NEAREST_WINDOWS_MAX ? 0 : best.at(-1)!.score;
  if (score <= floor) return;
  const neighbour = best.findIndex((other) => Math.abs(other.at - at) < apart / 2);
  if (neighbour !== -1) {
    if (best[neighbour]!.score >= score) return;
    best.splice(neighbour, 1);
  }
  best.push({ at, score });
  best.sort((a, b) => b.score - a.score || a.at - b.at);
  if (best.length > NEAREST_WINDOWS_MAX) best.pop();
}

function trigramSlot(text: string, at: number): number {
  const [a, b, c] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)];
  const mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 15)) & (TRIGRAM_SLOTS - 1);
}

/** Sellers (1980), "The theory and computation of evolutionary distances": the quotation against any part of the window. */
function bestAlignment(hay: string, needle: string): Span & { edits: number } {
  let edits = Array.from({ length: needle.length + 1 }, (_, i) => i);
  let begins = new Array<number>(needle.length + 1).fill(0);
  let best = { start: 0, end: 0, edits: needle.length };
  for (let j = 1; j <= hay.length; j += 1) {
    const next = [0];
    const next_begins = [j];
    for (let i = 1; i <= needle.length; i += 1) {
      const replaced = edits[i - 1]! + (hay.charCodeAt(j - 1) === needle.charCodeAt(i - 1) ? 0 : 1);
      const added = edits[i]! + 1;
      const left_out = next[i - 1]! + 1;
      const least = Math.min(replaced, added, left_out);
      next.push(least);
      next_begins.push(least === replaced ? begins[i - 1]! : least === added ? begins[i]! : next_begins[i - 1]!);
    }
    edits = next;
    begins = next_begins;
    if (edits[needle.length]! < best.edits) best = { start: begins[needle.length]!, end: j, edits: edits[needle.length]! };
  }
  return best;
}

const shift = ({ start, end }: Span, by: number): Span => ({ start: start + by, end: end + by });
