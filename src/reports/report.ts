// A report as data: what report.json holds, and all that the HTML and the PDF print. Nothing in it comes from a clock.
import type { FigureSpec } from "../figures/figures.ts";

export const REPORT_FORMAT = "tracewire-report/1";

export type Run = { text: string; emphasis?: true; figure?: string; notes?: number[] };
export const plain = (runs: readonly Run[]): string => runs.map(({ text }) => text).join("");
export type Paragraph = { type: "paragraph"; number: number; runs: Run[]; text: string };
export type TableBlock = { type: "table"; figure: string; caption: Run[]; annex: string | null };

/** report.json, byte for byte. */
export const reportText = (report: Report): string => `${JSON.stringify(report, null, 1)}\n`;

/** A source as it may be named: one that is not released, or was erased, is told by its entry alone. */
export type SourceName =
  | { entry: number; state: "held"; title: string; sha256: string; grade: string; date: string }
  | { entry: number; state: "not released" | "erased" };
export type CitedClaim = {
  entry: number;
  claimant: string;
  document?: string;
  relayed_by?: string;
  hedge: string;
  /** "about", "at least": left out where the claim is exact or says nothing of it. */
  bound?: string;
  as_of: string;
  says: string;
  wording?: string;
  citation?: string;
  source: SourceName;
  locator: string;
};
export type Footnote = {
  number: number;
  figure?: { id: string; title: string; exact: string; range: string | null; who: string; annex: string | null };
  claims: CitedClaim[];
  /** Sources of a figure over many claims or rows: how many each carries. */
  sources: { source: SourceName; count: number }[];
  /** Runs that refer to it, for the way back. */
  uses: number;
};

export type AnnexRow = {
  when: string | null;
  label: string;
  value: string | null;
  shown: string;
  low: string | null;
  high: string | null;
  range: string | null;
  claimant: string | null;
  claim: number | null;
  source: SourceName | null;
  locator: string | null;
};
export type RowsAnnex = {
  id: string;
  figure: string;
  title: string;
  exact: string;
  /** All rows that were counted; of a dataset's only the first are listed. */
  row_count: string;
  rows: AnnexRow[];
  excluded: { label: string; why: string }[];
  not_compared: { why: string; claims: number[] }[];
};
export type EvidenceItem = {
  entry: number;
  title: string;
  sha256: string;
  retrieved: string;
  grade: string;
  licence: string | null;
  bytes: "in the bundle" | "withheld by its licence";
};
export type MethodItem = {
  figure: string;
  title: string;
  exact: string;
  how: string[];
  spec: FigureSpec;
  spec_entry: number;
  rules_version: string;
  rows_sha256: string;
};
export type Answer = CitedClaim & { answer: string };
export type Request = {
  subject: string;
  about: string;
  asked: string | null;
  asked_of: string | null;
  asked_at: string | null;
  channel: string | null;
  deadline: string | null;
  /** Where no answer is held: "no reply by …", or that none is held. */
  silence: string | null;
  claims: number[];
};
export type ReplyItem = Request & { answers: Answer[] };
export type ChangeLog = {
  against: { log_size: string; symbol: string } | null;
  figures: { figure: string; title: string; from: string | null; to: string | null }[];
  rows: { figure: string; label: string; what: "added" | "removed" | "changed"; from: string | null; to: string | null }[];
  paragraphs: {
    what: "added" | "removed" | "changed";
    from_number: number | null;
    to_number: number | null;
    from: string | null;
    to: string | null;
  }[];
};

export type Report = {
  format: typeof REPORT_FORMAT;
  draft: boolean;
  title: string;
  symbol: string;
  desk: string;
  period: string;
  language: string;
  log_size: string;
  log_time: string;
  root: string;
  rules_version: string;
  spec_sha256: string;
  summary: Run[];
  sections: { title: string; blocks: (Paragraph | TableBlock)[] }[];
  footnotes: Footnote[];
  waived: { rule: string; why: string }[];
  annexes: {
    rows: RowsAnnex[];
    evidence: { items: EvidenceItem[]; withheld: { entry: number; state: "not released" | "erased" }[] };
    method: MethodItem[];
    replies: ReplyItem[];
    changes: ChangeLog;
  };
};
