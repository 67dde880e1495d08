// Texts of reports on their way: what is written at the desk, or kept there by command, every version of it. They stand beside
// the log: what was handed out is an entry (issued-reports.ts), with its text word for word.
import { join } from "node:path";
import type { Clock } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { openPrivateDatabase } from "../private-database.ts";
import { parseReportSpec, reportSlug } from "./report-spec.ts";

export const REPORT_TEXTS_FILE = "report-texts.db";
const REPORTS_MAX = 1_000;
const VERSIONS_MAX = 10_000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS texts (report TEXT NOT NULL, version INTEGER NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, symbol TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (report, version)) STRICT;
`;

/** `report`: its symbol as addresses write it. */
export type ReportText = { report: string; version: number; at: string; by: string; symbol: string; title: string; text: string };

export type ReportTexts = {
  /** The newest version of each, without its text, the last saved first. */
  list(): Omit<ReportText, "text">[];
  /** The newest, or one version. */
  find(report: string, version?: number): ReportText | undefined;
  versions(report: string): Omit<ReportText, "text">[];
  /**
   * Saves on top of version `base` of the report whose symbol the text names; 0 for a new one. Throws BAD_REPORT with the place
   * of the first mistake, CONFLICT where somebody saved a newer version. An equal text is no new version.
   */
  save(by: string, text: string, base: number): ReportText;
  close(): void;
};

const HEAD = "report, version, at, by, symbol, title";

export function openReportTexts(folder: string, { clock }: { clock: Clock }): ReportTexts {
  const { db, change, close } = openPrivateDatabase(join(folder, REPORT_TEXTS_FILE), TABLES);
  const find: ReportTexts["find"] = (report, version) =>
    db.prepare("SELECT * FROM texts WHERE report = ? AND (? IS NULL OR version = ?) ORDER BY version DESC LIMIT 1").get(report, version ?? null, version ?? null) as ReportText | undefined;
  return {
    list: () => db.prepare(`SELECT ${HEAD} FROM texts t WHERE version = (SELECT max(version) FROM texts n WHERE n.report = t.report) ORDER BY at DESC, report`).all() as ReturnType<ReportTexts["list"]>,
    find,
    versions: (report) => db.prepare(`SELECT ${HEAD} FROM texts WHERE report = ? ORDER BY version DESC`).all(report) as ReturnType<ReportTexts["versions"]>,
    save(by, given, base) {
      const text = given.replaceAll("\r\n", "\n");
      const { spec } = parseReportSpec(text, "report");
      const report = reportSlug(spec.symbol);
      return change(() => {
        const newest = find(report);
        const version = newest?.version ?? 0;
        if (version !== base) throw new TracewireError("CONFLICT", { what: version === 0 ? `There is no text of ${spec.symbol}` : `${newest!.by} saved version ${version} of ${spec.symbol}`, hint: "Nothing was overwritten: put what you changed on top of what is there." });
        if (newest?.text === text) return newest;
        const { n } = db.prepare("SELECT count(DISTINCT report) AS n FROM texts").get() as { n: number };
        if (version >= VERSIONS_MAX || (version === 0 && n >= REPORTS_MAX)) throw new TracewireError("BAD_ARGUMENT", { what: `There is room for ${REPORTS_MAX} reports, and for ${VERSIONS_MAX} versions of each` });
        db.prepare("INSERT INTO texts (report, version, at, by, symbol, title, text) VALUES (?, ?, ?, ?, ?, ?, ?)").run(report, version + 1, clock(), by, spec.symbol, spec.title.slice(0, 300), text);
        return find(report)!;
      });
    },
    close,
  };
}
