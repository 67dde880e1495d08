// Text with everything taken out that type-setting, copying and encoding change without changing what is said, each
// unit mapped back to where it came from. Letters (their case too) and digits are never changed: NFD, not NFKD,
// because "10²" is not "102".

export type Folded = {
  text: string;
  /** Per folded unit, the offset in the source at which its character begins. */
  starts: Uint32Array;
  /** Per folded unit, the offset after that character. */
  ends: Uint32Array;
};

/** More marks on one letter than this are cut into several characters (Unicode UAX #15 §13 bounds runs at 30). */
const MARKS_MAX = 30;

/** With `join_hyphens`, a hyphen between letters goes, with the line break after it: how print splits words. */
export function foldText(source: string, { join_hyphens = false } = {}): Folded {
  const output = createOutput(source.length);
  let at = 0;
  while (at < source.length) {
    const code = source.charCodeAt(at);
    const follower = at + 1 < source.length ? source.charCodeAt(at + 1) : 0;
    if (code > 0x20 && code < 0x7f && follower < 0x300) {
      if (code === 0x2d && join_hyphens && joinsLetters(source, at)) {
        at = skipSpace(source, at + 1);
        continue;
      }
      output.push(code === 0x60 ? 0x27 : code, at, at + 1); // The grave accent was once the opening quote.
      at += 1;
      continue;
    }
    if (isSpace(code)) {
      const end = skipSpace(source, at);
      output.push(0x20, at, end);
      at = end;
      continue;
    }
    at = foldCharacter(source, at, output);
  }
  return output.finish();
}

function foldCharacter(source: string, at: number, output: Output): number {
  const code = source.codePointAt(at) ?? 0;
  let end = at + (code > 0xffff ? 2 : 1);
  if (code === 0x27e6) {
    // What the text builder put in the place of a reading-direction character.
    const marker = MARKER.exec(source.slice(at, at + 8))?.[0];
    if (marker) return at + marker.length;
  }
  if (DROPPED.has(code)) return end;
  for (let marks = 0; marks < MARKS_MAX && end < source.length && source.charCodeAt(end) >= 0x300 && isMark(source, end); marks += 1)
    end += source.codePointAt(end)! > 0xffff ? 2 : 1;
  const plain = PLAIN.get(code);
  if (plain !== undefined) output.push(plain, at, end);
  else if (code >= 0x3400 && code < 0xa000 && end === at + 1)
    output.push(code, at, end); // Han never decomposes.
  else for (const unit of decompose(source.slice(at, end))) output.push(unit, at, end);
  return end;
}

const MARKER = /^⟦U\+(?:200[EF]|202[A-E]|206[6-9])⟧/;
const MARK = /^\p{M}/u;
const isMark = (source: string, at: number) => MARK.test(source.slice(at, at + 2));

const DECOMPOSED_MAX = 20_000;
const decomposed = new Map<string, number[]>();

function decompose(character: string): number[] {
  const known = decomposed.get(character);
  if (known) return known;
  const units = [...character.normalize("NFD")].flatMap((c) => Array.from({ length: c.length }, (_, i) => c.charCodeAt(i)));
  if (decomposed.size < DECOMPOSED_MAX) decomposed.set(character, units);
  return units;
}

function isSpace(code: number): boolean {
  if (code <= 0x20) return true;
  if (code < 0x85) return false;
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

function skipSpace(source: string, at: number): number {
  let end = at;
  while (end < source.length && isSpace(source.charCodeAt(end))) end += 1;
  return end;
}

const LETTER = /^\p{L}/u;

function joinsLetters(source: string, at: number): boolean {
  const next = skipSpace(source, at + 1);
  if (next > at + 1 && !source.slice(at + 1, next).includes("\n")) return false;
  return LETTER.test(source.slice(at - 1, at)) && LETTER.test(source.slice(next, next + 2));
}

/** Soft hyphen, zero-width characters, reading-direction characters, variation selectors of text and emoji form. */
const DROPPED = new Set([
  0xad, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2066, 0x2067, 0x2068, 0x2069, 0xfe0e,
  0xfe0f, 0xfeff,
]);

const PLAIN = new Map<number, number>();
for (const character of "‘’‚‛′‵ʼʹ´＇‹›") PLAIN.set(character.codePointAt(0)!, 0x27);
for (const character of "“”„‟″‶«»〝〞＂") PLAIN.set(character.codePointAt(0)!, 0x22);
for (const character of "‐‑‒–—―−﹘﹣－⁃") PLAIN.set(character.codePointAt(0)!, 0x2d);

type Output = { push(unit: number, start: number, end: number): void; finish(): Folded };

/** Decomposition lengthens text at most fourfold in one character, seldom at all: the arrays grow when they must. */
function createOutput(expected: number): Output {
  let units = new Uint16Array(expected + 16);
  let starts = new Uint32Array(expected + 16);
  let ends = new Uint32Array(expected + 16);
  let length = 0;
  const grow = <T extends Uint16Array | Uint32Array>(old: T, fresh: T): T => (fresh.set(old), fresh);
  return {
    push(unit, start, end) {
      if (length === units.length) {
        const size = length * 2;
        units = grow(units, new Uint16Array(size));
        starts = grow(starts, new Uint32Array(size));
        ends = grow(ends, new Uint32Array(size));
      }
      units[length] = unit;
      starts[length] = start;
      ends[length] = end;
      length += 1;
    },
    finish() {
      // UTF-16 straight from memory: every platform Node runs on is little-endian.
      const text = Buffer.from(units.buffer, 0, length * 2).toString("utf16le");
      return { text, starts: starts.subarray(0, length), ends: ends.subarray(0, length) };
    },
  };
}
