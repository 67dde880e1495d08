// The door of the reports room: monitors' reports as the case file knows them, and reports of one's own, built.
export { buildReport, checkReport, timeAt, type Built, type BuildInput } from "./build-report.ts";
export { paragraphsOf, parsePrevious } from "./change-log.ts";
export { answersIn, askedWords, requestOf } from "./annexes.ts";
export { reportHtml } from "./report-html.ts";
export { reportPdf } from "./report-pdf.ts";
export { parseReportSpec, reportSlug, reportSpecSchema, type ParsedReport, type ReportSpec } from "./report-spec.ts";
export {
  checkTotals,
  countReports,
  findReport,
  listReports,
  reportLacks,
  STAGES,
  type KnownReport,
  type TotalCheck,
} from "./read-reports.ts";
export { namedSymbolsView } from "./named-symbols.ts";
export { renderReport, REPORT_FILES, writeReport, type ReportFile } from "./write-report.ts";
export {
  issuedReportsView,
  everyIssuedReport,
  issueReport,
  listAffectedReports,
  listIssuedReports,
  type AffectedReport,
  type IssuedReport,
} from "./issued-reports.ts";
export { openReportTexts, REPORT_TEXTS_FILE, type ReportText, type ReportTexts } from "./report-texts.ts";
export { plain, type ReplyItem, type Report } from "./report.ts";
export { openSheet, type Sheet } from "./pdf-page.ts";
