// A spec and a state of the log become a report as data. Everything is read as of that state; the same two give the
// same bytes for ever.
import { subjectsAbout } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { sha256Hex, type LogReader } from "../evidence/evidence.ts";
import { computeFigure, findFigureSpec, listFigureSpecs, RULES_VERSION, type Figure } from "../figures/figures.ts";
import { figuresOf, lintStory, LINT_RULES, type LintFinding } from "../press/press.ts";
import { evidenceAnnex, methodItem, replyItem, rowsAnnex } from "./annexes.ts";
import { compareReports } from "./change-log.ts";
import { openNoteSheet, type BoundFigure } from "./footnotes.ts";
import type { ParsedReport } from "./report-spec.ts";
import { plain, REPORT_FORMAT, type Report } from "./report.ts";
import { openSources } from "./sources.ts";

export type BuildInput = {
  parsed: ParsedReport;
  /** The file's own bytes, named in the report by their hash. */
  spec_text: string;
  log_size: number;
  draft: boolean;
  previous?: Report;
};
export type Built = { report: Report; figures: Figure[] };

/** The open findings of the press room's lint over a report's text, waived ones left out. */
export function checkReport(log: LogReader, parsed: ParsedReport, log_size: number): LintFinding[] {
  const figures = bindFigures(log, parsed, log_size);
  const waived = new Set((parsed.spec.waive ?? []).map(({ rule }) => rule));
  const unknown = [...waived].find((rule) => !Object.hasOwn(LINT_RULES, rule));
  if (unknown) throw new TracewireError("BAD_REPORT", { what: `waive: there is no rule “${unknown}”`, where: parsed.file });
  return lintStory(atSize(log, log_size), parsed.story, new Map([...figures].map(([id, { figure }]) => [id, figure]))).filter(
    ({ rule }) => !waived.has(rule),
  );
}

/** Throws LINT_FAILED with the open findings; BAD_REPORT or NOT_FOUND where the spec names what is not there. */
export function buildReport(log: LogReader, input: BuildInput): Built {
  const { parsed, log_size } = input;
  const open = checkReport(log, parsed, log_size);
  if (open.length > 0) throw lintFailed(parsed, open);
  const { spec } = parsed;
  const figures = bindFigures(log, parsed, log_size);
  const sources = openSources(log, log_size);
  const sheet = openNoteSheet(log, log_size, sources, figures);

  let number = 0;
  const summary = sheet.runs(parsed.summary);
  const sections = parsed.sections.map(({ title, blocks }) => ({
    title: sheet.text(title),
    blocks: blocks.map((block): Report["sections"][number]["blocks"][number] => {
      if (block.type === "table")
        return {
          type: "table",
          figure: block.figure,
          caption: [...sheet.runs(block.caption), { text: "", notes: [sheet.figureNote(block.figure)] }],
          annex: figures.get(block.figure)!.annex,
        };
      const runs = sheet.runs(block.content, block.cites, `${parsed.file}:${block.line}`);
      return { type: "paragraph", number: ++number, runs, text: plain(runs) };
    }),
  }));
  const bound = [...figures.values()];
  const rows = bound.filter(({ annex }) => annex !== null).map((figure) => rowsAnnex(figure, sources));
  const method = bound.map((figure) => methodItem(log, log_size, figure, sources));
  const asked = subjectsAbout(log, { log_size, evidence: "released" }, spec.symbol);
  const replies = [...new Set([...(spec.replies ?? []), ...asked])].map((subject) => replyItem(log, log_size, subject, sources, parsed.file));
  const report: Report = {
    format: REPORT_FORMAT,
    draft: input.draft,
    title: sheet.text(parsed.title),
    symbol: spec.symbol,
    desk: spec.desk,
    period: spec.period,
    language: spec.language,
    log_size: String(log_size),
    log_time: timeAt(log, log_size),
    root: log.root(log_size),
    rules_version: RULES_VERSION,
    spec_sha256: sha256Hex(Buffer.from(input.spec_text)),
    summary,
    sections,
    footnotes: sheet.notes(),
    waived: spec.waive ?? [],
    annexes: {
      rows,
      evidence: evidenceAnnex(sources),
      method,
      replies,
      changes: compareReports(input.previous, { sections, annexes: { rows, method } }),
    },
  };
  return { report, figures: bound.map(({ figure }) => figure) };
}

/** The same log as it was known when it had this size: later rooms ask it for its newest state. */
export function atSize(log: LogReader, log_size: number): LogReader {
  return { ...log, size: () => log_size };
}

export function timeAt(log: LogReader, log_size: number): string {
  return (log.db.prepare("SELECT at FROM entry_index WHERE seq = ?").get(log_size - 1)?.at as string | undefined) ?? "unstated";
}

function bindFigures(log: LogReader, { spec, story, file }: ParsedReport, log_size: number): Map<string, BoundFigure> {
  const ids = figuresOf(story);
  for (const id of spec.annexes ?? [])
    if (!ids.includes(id))
      throw new TracewireError("BAD_REPORT", {
        what: `annexes: “${id}” is not used in the text`,
        where: file,
        hint: "Bind it in a paragraph, or take it out.",
      });
  let annex = 0;
  return new Map(
    ids.map((id) => {
      const named = findFigureSpec(log, id, log_size);
      if (!named)
        throw new TracewireError("NOT_FOUND", {
          what: `There is no figure “${id}” at log size ${log_size}`,
          where: file,
          hint: `Define it: tracewire figure --define FILE. Figures: ${listFigureSpecs(log).length} (tracewire figure lists them).`,
        });
      const listed = spec.annexes === undefined || spec.annexes.includes(id);
      return [id, { figure: computeFigure(log, named.spec, log_size), spec: named.spec, annex: listed ? `A.${++annex}` : null }];
    }),
  );
}

function lintFailed({ file }: ParsedReport, findings: readonly LintFinding[]): TracewireError {
  return new TracewireError("LINT_FAILED", {
    what: `${findings.length} open error${findings.length === 1 ? "" : "s"}: ${findings.map((finding) => `${finding.place}: ${finding.what} (${finding.rule}; ${finding.fix})`).join("; ")}`,
    where: file,
    hint: "Mend them, or waive each with its reason under “waive”.",
  });
}
