// What moved since the build before, from its report.json: figures, rows, paragraphs.
import { changedSentences } from "../press/press.ts";
import { REPORT_FORMAT, type ChangeLog, type Paragraph, type Report } from "./report.ts";
import { TracewireError } from "../errors.ts";

type Comparable = Pick<Report, "sections" | "annexes" | "log_size" | "symbol">;

const CHANGES_MAX = 5_000;

export function parsePrevious(text: string, where: string): Report {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TracewireError("BAD_REPORT", { what: `previous: it is no JSON: ${(error as Error).message}`, where });
  }
  if ((value as { format?: unknown } | null)?.format !== REPORT_FORMAT)
    throw new TracewireError("BAD_REPORT", { what: `previous: it is no ${REPORT_FORMAT}`, where });
  return value as Report;
}

export function compareReports(
  before: Comparable | undefined,
  now: Pick<Comparable, "sections"> & { annexes: Pick<Report["annexes"], "rows" | "method"> },
): ChangeLog {
  if (!before) return { against: null, figures: [], rows: [], paragraphs: [] };
  return {
    against: { log_size: before.log_size, symbol: before.symbol },
    figures: figureChanges(before.annexes.method, now.annexes.method),
    rows: rowChanges(before.annexes.rows, now.annexes.rows).slice(0, CHANGES_MAX),
    paragraphs: paragraphChanges(paragraphsOf(before), paragraphsOf(now)),
  };
}

function figureChanges(before: Report["annexes"]["method"], now: Report["annexes"]["method"]): ChangeLog["figures"] {
  const old = new Map(before.map((item) => [item.figure, item]));
  const current = new Map(now.map((item) => [item.figure, item]));
  return [...new Set([...current.keys(), ...old.keys()])].flatMap((figure) => {
    const [was, is] = [old.get(figure), current.get(figure)];
    if (was && is && was.exact === is.exact) return [];
    return [{ figure, title: (is ?? was)!.title, from: was?.exact ?? null, to: is?.exact ?? null }];
  });
}

function rowChanges(before: Report["annexes"]["rows"], now: Report["annexes"]["rows"]): ChangeLog["rows"] {
  const changes: ChangeLog["rows"] = [];
  const old = new Map(before.map((annex) => [annex.figure, annex]));
  for (const annex of now) {
    const was = old.get(annex.figure);
    if (!was) continue;
    // Rows of one figure may share a label and a day: they are told apart by their order among those.
    const [from, to] = [keyed(was.rows), keyed(annex.rows)];
    for (const [key, row] of to) {
      const earlier = from.get(key);
      if (!earlier) changes.push({ figure: annex.figure, label: row.label, what: "added", from: null, to: row.shown });
      else if (earlier.shown !== row.shown || earlier.range !== row.range)
        changes.push({ figure: annex.figure, label: row.label, what: "changed", from: told(earlier), to: told(row) });
    }
    for (const [key, row] of from)
      if (!to.has(key)) changes.push({ figure: annex.figure, label: row.label, what: "removed", from: row.shown, to: null });
  }
  return changes;
}

type Row = Report["annexes"]["rows"][number]["rows"][number];
const told = (row: Row): string => `${row.shown}${row.range ? ` (${row.range})` : ""}`;

function keyed(rows: readonly Row[]): Map<string, Row> {
  const seen = new Map<string, number>();
  return new Map(
    rows.map((row) => {
      const name = `${row.label}|${row.when ?? ""}`;
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      return [`${name}|${count}`, row];
    }),
  );
}

export const paragraphsOf = (report: Pick<Report, "sections">): Paragraph[] =>
  report.sections.flatMap(({ blocks }) => blocks.filter((block) => block.type === "paragraph"));

function paragraphChanges(before: readonly Paragraph[], now: readonly Paragraph[]): ChangeLog["paragraphs"] {
  const numbers = (paragraphs: readonly Paragraph[]) => new Map(paragraphs.map(({ text, number }) => [text, number]));
  const [old, current] = [numbers(before), numbers(now)];
  const changes = changedSentences(
    before.map(({ text }) => text),
    now.map(({ text }) => text),
  );
  return changes.map(({ was, now: is }) => ({
    what: was === null ? "added" : is === null ? "removed" : "changed",
    from_number: was === null ? null : old.get(was)!,
    to_number: is === null ? null : current.get(is)!,
    from: was,
    to: is,
  }));
}
