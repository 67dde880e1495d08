// The shape of a computed figure. Numbers are strings; the hash covers the RFC 8785 form of these fields, so the
// same spec at the same log size gives the same bytes for ever. The code's version stands outside it.
export type FigureRow = {
  subject: string;
  label: string;
  /** The chosen claim; null where nobody claims a value (counted, summed as nothing). */
  claim: number | null;
  claimant: string | null;
  value: string | null;
  unit: string | null;
  /** The period or date by which the row is in scope. */
  when: string | null;
  low: string | null;
  high: string | null;
  /** Claims that stand beside the chosen one on the same basis, currency, measure and part. */
  rivals: number[];
  capture: number | null;
};

export type Figure = {
  id: string;
  measure: string;
  value: string | null;
  unit: string;
  low: string | null;
  high: string | null;
  row_count: string;
  unknown_count: string;
  rows: FigureRow[];
  excluded: { subject: string; label: string; why: string }[];
  /** Claims on the rows that say something else (another basis, currency, part) and are not in the range. */
  not_compared: { claim: number; why: string }[];
  /** What a reader has to know: rounding of the sources, unequal periods, independence. */
  notes: string[];
  rows_sha256: string;
  log_size: string;
  root: string;
  rules_version: string;
};
