// Extracted text is written through here, so that every extractor makes the same promises: no control
// character, no lone surrogate, no character that reorders what is read; and places known as it grows.
import { DEFAULT_LIMITS, rowValues, Unreadable, type ExtractLimits, type Row, type Table, type TextWithPlaces } from "./extraction.ts";

const WARNINGS_MAX = 20;
const WARNING_CHARS_MAX = 300;
const CHUNKS_BEFORE_JOIN = 4096;

export type TextBuilder = {
  /** Length of the text so far: the offset of what is appended next. */
  length(): number;
  append(raw: string): void;
  startParagraph(): void;
  startPage(): void;
  /** Opens a table; nested ones may open before its last row. Its header is read from row 0 at the end. */
  startTable(): Table;
  addRow(table: Table, row: Row): void;
  warn(warning: string): void;
  finish(): TextWithPlaces;
};

export function createTextBuilder(limits: Pick<ExtractLimits, "text_chars_max" | "cells_max"> = DEFAULT_LIMITS): TextBuilder {
  let text = "";
  let chunks: string[] = [];
  let length = 0;
  let cell_count = 0;
  let warnings_left_out = 0;
  const found: NormalisedCounts = { controls: 0, bidi: new Set(), surrogates: 0 };
  const pages: number[] = [];
  const paragraphs: number[] = [];
  const tables: Table[] = [];
  const warnings: string[] = [];

  function warn(warning: string) {
    const short = warning.length > WARNING_CHARS_MAX ? `${warning.slice(0, WARNING_CHARS_MAX).toWellFormed()}…` : warning;
    if (warnings.length < WARNINGS_MAX) warnings.push(short);
    else warnings_left_out += 1;
  }
  function mark(places: number[]) {
    if (places.at(-1) !== length) places.push(length);
  }

  return {
    length: () => length,
    append(raw) {
      const clean = normaliseText(raw, found);
      length += clean.length;
      if (length > limits.text_chars_max) throw new Unreadable(`its text is longer than ${limits.text_chars_max} characters`);
      chunks.push(clean);
      if (chunks.length < CHUNKS_BEFORE_JOIN) return;
      text += chunks.join("");
      chunks = [];
    },
    startParagraph: () => mark(paragraphs),
    startPage: () => pages.push(length),
    startTable() {
      const table: Table = { header: [], rows: [] };
      tables.push(table);
      return table;
    },
    addRow(table, row) {
      cell_count += row.cells.length / 2;
      if (cell_count > limits.cells_max) throw new Unreadable(`its tables have more than ${limits.cells_max} cells`);
      table.rows.push(row);
    },
    warn,
    finish() {
      if (found.controls) warn(`${found.controls} control characters are shown as signs (␀ for NUL)`);
      if (found.bidi.size) warn(`hidden characters that turn the reading direction are shown: ${[...found.bidi].sort().join(" ")}`);
      if (found.surrogates) warn(`${found.surrogates} half characters (lone surrogates) were replaced by U+FFFD`);
      if (warnings_left_out) warnings.push(`and ${warnings_left_out} more warnings`);
      text += chunks.join("");
      for (const table of tables) if (table.rows[0]?.row === 0) table.header = rowValues(text, table.rows[0]);
      // A mark set after the last character names nothing.
      while (paragraphs.length && paragraphs.at(-1) === length) paragraphs.pop();
      return {
        text,
        ...(pages.length ? { pages } : {}),
        paragraphs,
        ...(tables.length ? { tables } : {}),
        warnings,
      };
    },
  };
}

type NormalisedCounts = { controls: number; bidi: Set<string>; surrogates: number };

// Trojan Source (CVE-2021-42574): these change what is read without changing what is matched.
const BIDI = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const CONTROLS = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g;
const NEEDS_WORK = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/;

function normaliseText(raw: string, found: NormalisedCounts): string {
  if (!NEEDS_WORK.test(raw)) return raw;
  let clean = raw
    .replace(/\r\n?|[\v\f]/g, "\n")
    .replace(CONTROLS, (control) => {
      found.controls += 1;
      return controlSign(control.charCodeAt(0));
    })
    .replace(BIDI, (character) => {
      const name = codePointName(character.charCodeAt(0));
      found.bidi.add(name);
      return `⟦${name}⟧`;
    });
  if (!clean.isWellFormed()) {
    clean = clean.toWellFormed();
    found.surrogates += 1;
  }
  return clean;
}

/** Unicode has pictures for C0 and DEL (U+2400 block), none for C1. */
function controlSign(code: number): string {
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "␡" : `⟦${codePointName(code)}⟧`;
}

const codePointName = (code: number) => `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
