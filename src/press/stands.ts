// What was printed and came out otherwise later, and was let stand as of its day, with a reason that readers see where the
// newer value is shown: an entry of the log, public from birth, bound to the values that it was decided on.
import { canonicalJson, prepared, sha256Hex, type Json, type LogReader, type Transaction } from "../evidence/evidence.ts";
import type { MovedFigure } from "./affected.ts";

/** `what` was printed, `moved` names to which values: it holds until they move again. */
export type Stand = { what: string; moved: string; why: string; by: string; at: string };
/** One that is in the log, with the values that it lets stand. */
export type PublicStand = Stand & { seq: number; figures: Pick<MovedFigure, "id" | "was" | "now">[] };

export const printedAs = {
  story: (slug: string, revision: number) => `story ${slug} revision ${revision}`,
  letter: (number: number | "draft") => `letter ${number}`,
  report: (symbol: string, entry: number) => `report ${symbol} entry ${entry}`,
} as const;

const DIGEST_CHARS = 16;
export const movedDigest = (figures: readonly MovedFigure[]): string =>
  sha256Hex(canonicalJson(figures.map(({ id, was, now }) => [id, was, now]) as unknown as Json)).slice(0, DIGEST_CHARS);

/** A letter that is still being composed is nobody's to know of: such a decision stays outside the log (drafts.ts). */
export const isPrinted = (what: string): boolean => what !== printedAs.letter("draft");

export function appendStand(transaction: Transaction, { what, figures, why }: { what: string; figures: readonly MovedFigure[]; why: string }, by: string): number {
  return transaction.append({ kind: "stand", what, figures: figures.map(({ id, was, now }) => ({ id, was, now })), why, by });
}

/** Those known at this size of the log, the newest first; of one thing that was printed, or of all. */
export function readStands(log: Pick<LogReader, "db">, what?: string, log_size = Number.MAX_SAFE_INTEGER): PublicStand[] {
  return prepared(log.db, "SELECT seq, body FROM stands WHERE (? IS NULL OR what = ?) AND seq < ? ORDER BY seq DESC LIMIT 10000")
    .all(what ?? null, what ?? null, log_size)
    .map(({ seq, body }) => {
      const { figures, ...stand } = JSON.parse(body as string) as Omit<PublicStand, "seq" | "moved">;
      return { ...stand, figures, seq: seq as number, moved: movedDigest(figures) };
    });
}

/** The newest decision on what was printed that was taken on just these values. */
export const standFor = (stands: readonly PublicStand[], moved: readonly MovedFigure[]): PublicStand | undefined =>
  stands.find(({ figures }) => moved.length > 0 && moved.every(({ id, was, now }) => figures.some((one) => one.id === id && one.was === was && one.now === now)));
