// Reports that were handed out, as entries of the log: the file they were built from, their figures as printed, the sums of
// their files. So it is known for ever which report said what, and which of them a later finding touches.
import { TracewireError } from "../errors.ts";
import { sha256Hex, type Json, type LogReader, type Transaction, type View } from "../evidence/evidence.ts";
import type { Figure } from "../figures/figures.ts";
import { changedSentences, openMovement, printerOf, sentencesOf, type MovedFigure, type SentenceChange } from "../press/press.ts";
import { buildReport } from "./build-report.ts";
import { parseReportSpec } from "./report-spec.ts";
import { reportText, type Report } from "./report.ts";

export const issuedReportsView: View = {
  name: "reports",
  version: 1,
  tables: ["issued_reports", "issued_figures"],
  create: `
    CREATE TABLE issued_reports (seq INTEGER PRIMARY KEY, symbol TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX issued_reports_by_symbol ON issued_reports (symbol, seq);
    CREATE TABLE issued_figures (figure TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (figure, seq)) STRICT;
  `,
  apply(db, { seq, body }) {
    if (body.kind !== "report") return;
    db.prepare("INSERT INTO issued_reports (seq, symbol, at, body) VALUES (?, ?, ?, ?)").run(
      seq,
      body.symbol as string,
      body.at,
      JSON.stringify(body),
    );
    const carry = db.prepare("INSERT OR IGNORE INTO issued_figures (figure, seq) VALUES (?, ?)");
    for (const { id } of body.figures as unknown as Figure[]) carry.run(id, seq);
  },
};

export type IssuedReport = {
  seq: number;
  at: string;
  by: string;
  symbol: string;
  title: string;
  log_size: string;
  /** The report's file, word for word. */
  spec: string;
  /** Of the folder's SHA256SUMS, which names every other file. */
  sums_sha256: string;
  figures: Figure[];
};

export type IssueInput = { file: string; spec_text: string; report_text: string; sums_text: string; previous?: Report };

/**
 * Puts a built report into the log. It is built again first: what differs from its file and this newsroom, or is a draft, is
 * no report of this newsroom. Throws BAD_REPORT; what was issued already is returned with its entry.
 */
export function issueReport(transaction: Transaction, log: LogReader, input: IssueInput, by: string): { outcome: "issued" | "unchanged"; seq: number } {
  const { file, spec_text, report_text, sums_text } = input;
  const refuse = (what: string): never => {
    throw new TracewireError("BAD_REPORT", { what, where: file, hint: "Build it again: tracewire report build." });
  };
  const given = JSON.parse(report_text) as Partial<Report>;
  if (given.draft) refuse("It is marked as a draft");
  const log_size = Number(given.log_size);
  if (!Number.isInteger(log_size) || log_size < 1 || log_size > log.size()) refuse("It names no size that this log has had");
  const { report, figures } = buildReport(log, {
    parsed: parseReportSpec(spec_text, file),
    spec_text,
    log_size,
    draft: false,
    ...(input.previous ? { previous: input.previous } : {}),
  });
  if (reportText(report) !== report_text) refuse("The report in the folder is not what this file and this newsroom give");
  if (!sums_text.includes(`${sha256Hex(report_text)}  report.json`)) refuse("SHA256SUMS does not name this report.json");
  const sums_sha256 = sha256Hex(sums_text);
  const known = listIssuedReports(log).find((item) => item.sums_sha256 === sums_sha256);
  if (known) return { outcome: "unchanged", seq: known.seq };
  const { symbol, title } = report;
  const seq = transaction.append({
    kind: "report",
    symbol,
    title,
    log_size: report.log_size,
    spec: spec_text,
    sums_sha256,
    figures: figures as unknown as Json,
    by,
  });
  return { outcome: "issued", seq };
}

/** All that were ever issued, in order. */
export function everyIssuedReport(log: Pick<LogReader, "db">): IssuedReport[] {
  return log.db.prepare("SELECT seq, body FROM issued_reports ORDER BY seq").all().map(toIssued);
}

/** Newest first; of each symbol the last that was issued. With a figure, those that carry it. */
export function listIssuedReports(log: Pick<LogReader, "db">, figure?: string): IssuedReport[] {
  return log.db
    .prepare(
      `SELECT seq, body FROM issued_reports r WHERE seq = (SELECT max(seq) FROM issued_reports n WHERE n.symbol = r.symbol)
       AND (? IS NULL OR EXISTS (SELECT 1 FROM issued_figures f WHERE f.figure = ? AND f.seq = r.seq)) ORDER BY seq DESC`,
    )
    .all(figure ?? null, figure ?? null)
    .map(toIssued);
}

const toIssued = (row: Record<string, unknown>): IssuedReport => ({
  seq: row.seq as number,
  ...(JSON.parse(row.body as string) as Omit<IssuedReport, "seq">),
});

export type AffectedReport = { report: IssuedReport; figures: MovedFigure[]; sentences: SentenceChange[] };

/** Issued reports that print a value which today's evidence does not give; of one figure, or of all. */
export function listAffectedReports(log: LogReader, figure?: string): AffectedReport[] {
  const movementOf = openMovement(log);
  return listIssuedReports(log, figure).flatMap((report): AffectedReport[] => {
    const { moved, current } = movementOf(report.figures, (id) => figure === undefined || id === figure);
    if (moved.length === 0) return [];
    const { story } = parseReportSpec(report.spec, report.symbol);
    const [was, now] = [report.figures, current].map((figures) => sentencesOf(story, printerOf(log, figures)));
    return [{ report, figures: moved, sentences: changedSentences(was!, now!) }];
  });
}
