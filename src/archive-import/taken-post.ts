// What a reader of some format hands over: one post in words that belong to no format, and what of it has no place here.
import { TracewireError } from "../errors.ts";

/** A stretch of words in one manner. A link's address is kept beside the text, not in it. */
export type Run = { text: string; emphasis?: boolean; href?: string };
export type Part = { type: "heading" | "paragraph"; runs: Run[] };
export type TakenPicture = { source: string; alt?: string; caption?: string };

export type TakenPost = {
  /** File and line, record or element: where a person finds it. */
  place: string;
  /** By which the source names it. */
  key: string;
  title: string;
  /** Title, excerpt, names and tags may have markup and entities in them; else they are words as they stand. */
  has_markup?: boolean;
  slug?: string;
  /** As the source writes it; `readMoment` makes a moment of it. */
  published: string | number | undefined;
  updated?: string | number;
  address?: string;
  paths: string[];
  authors: string[];
  tags: string[];
  standfirst?: string;
  parts: Part[];
  picture?: TakenPicture;
  lost: Losses;
};

/** A post that is in the file and is not taken, with the reason. */
export type PassedPost = { place: string; title: string; passed: string };

/** A post that cannot be read; the others of its file can. */
export type RefusedPost = { place: string; title: string; refused: string };
export type ReadPost = TakenPost | PassedPost | RefusedPost;

/** What one post makes of its reader is that post's alone: a fault at its own place refuses it and nothing else. */
export function oneByOne(place: string, title: string, read: () => ReadPost): ReadPost {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TracewireError) || error.code !== "BAD_INPUT" || !error.where?.startsWith(place)) throw error;
    return { place: error.where, title, refused: error.message };
  }
}

export type Losses = {
  add(what: string, count?: number): void;
  list(): { what: string; count: number }[];
};

const KINDS_MAX = 200;

/** What was left out or changed, counted by kind. */
export function openLosses(): Losses {
  const counts = new Map<string, number>();
  return {
    add(what, count = 1) {
      // Names of unknown parts come from the file: they are shortened, and beyond a number put together.
      const name = counts.size < KINDS_MAX || counts.has(what) ? what.slice(0, 120) : "other parts";
      counts.set(name, (counts.get(name) ?? 0) + count);
    },
    list: () => [...counts].map(([what, count]) => ({ what, count })),
  };
}

export function refuse(place: string, what: string, hint?: string, cause?: unknown): never {
  throw new TracewireError("BAD_INPUT", { what, where: place, ...(hint ? { hint } : {}), cause });
}

/** Of text from a file, with its field named: no control signs, no halves of a pair, one space between words, of a length. */
export function cleanLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** Cut at a word, with a sign that it was cut. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 1).toWellFormed();
  const space = cut.lastIndexOf(" ");
  return `${(space > length / 2 ? cut.slice(0, space) : cut).trim()}…`;
}
