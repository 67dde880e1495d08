// What was printed and came out otherwise later, and was let stand as of its day: how such a thing is named, and by what a
// decision is bound to the values that it was taken on.
import { canonicalJson, sha256Hex, type Json } from "../evidence/evidence.ts";
import type { MovedFigure } from "./affected.ts";

/** `what` was printed, `moved` names to which values: it holds until they move again. */
export type Stand = { what: string; moved: string; why: string; by: string; at: string };

export const printedAs = {
  story: (slug: string, revision: number) => `story ${slug} revision ${revision}`,
  letter: (number: number | "draft") => `letter ${number}`,
  report: (symbol: string, entry: number) => `report ${symbol} entry ${entry}`,
} as const;

const DIGEST_CHARS = 16;
export const movedDigest = (figures: readonly MovedFigure[]): string =>
  sha256Hex(canonicalJson(figures.map(({ id, was, now }) => [id, was, now]) as unknown as Json)).slice(0, DIGEST_CHARS);
