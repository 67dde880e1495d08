// The fixed words of a report and its tables as cells, shared by the HTML and the PDF so that neither can say more.
import { formatCount, formatDate } from "../figures/figures.ts";
import { askedWords } from "./annexes.ts";
import { claimWords, sourceWords } from "./footnotes.ts";
import type { ChangeLog, EvidenceItem, ReplyItem, Report, RowsAnnex } from "./report.ts";

export type TableData = { caption: string; columns: { name: string; numeric?: boolean; share: number }[]; rows: string[][] };

export function periodWords(period: string): string {
  return period.split("/").map(formatDate).join(" to ");
}

/** Under the title: who reports, about which time, as of which state of the log. */
export function headLines(report: Report): string[] {
  return [
    `${report.symbol}. ${report.desk}. Period: ${periodWords(report.period)}.`,
    `As known at log size ${report.log_size}, ${formatDate(report.log_time.slice(0, 10))}; root of the log ${report.root}.`,
    ...(report.draft ? ["Draft: not issued."] : []),
  ];
}

export const DRAFT_MARK = "Draft, not issued";

export function rowsTable(annex: RowsAnnex, caption: string): TableData {
  const anyRange = annex.rows.some(({ range }) => range !== null);
  const anyWhen = annex.rows.some(({ when, label }) => when !== null && when !== label);
  return {
    caption,
    columns: [
      ...(anyWhen ? [{ name: "When", share: 2 }] : []),
      { name: "What", share: 4 },
      { name: "Value", numeric: true, share: 3 },
      ...(anyRange ? [{ name: "Rivals say", share: 3 }] : []),
      { name: "Who says", share: 3 },
      { name: "Source", share: 4 },
    ],
    rows: annex.rows.map((row) => [
      ...(anyWhen ? [row.when ? periodWords(row.when) : ""] : []),
      row.label,
      row.shown,
      ...(anyRange ? [row.range ?? ""] : []),
      row.claimant ?? "nobody",
      [
        row.claim === null ? "" : `entry ${row.claim}`,
        row.locator ?? "",
        row.source?.state === "held" ? row.source.title : sourceWords(row.source),
      ]
        .filter(Boolean)
        .join(", "),
    ]),
  };
}

export function excludedTable(annex: RowsAnnex): TableData | undefined {
  if (annex.excluded.length === 0) return undefined;
  return {
    caption: `Annex ${annex.id}: left out, and why`,
    columns: [
      { name: "What", share: 3 },
      { name: "Why it is left out", share: 5 },
    ],
    rows: annex.excluded.map(({ label, why }) => [label, why]),
  };
}

/** What a reader has to know beside the rows: how many are not listed, and what was not compared. */
export function besideRowsLines(annex: RowsAnnex): string[] {
  const listed = annex.rows.length;
  const more =
    Number(annex.row_count) > listed
      ? [
          `The first ${listed} of ${formatCount(annex.row_count)} rows are listed. All of them are counted, and the bundle holds the files they stand in where their licence allows.`,
        ]
      : [];
  return [...more, ...notComparedLines(annex)];
}

function notComparedLines(annex: RowsAnnex): string[] {
  return annex.not_compared.map(
    ({ why, claims }) => `Not compared, ${why}: ${claims.length === 1 ? "entry" : "entries"} ${claims.join(", ")}.`,
  );
}

export function evidenceTable(items: readonly EvidenceItem[]): TableData {
  return {
    caption: "Annex B: what this report rests on",
    columns: [
      { name: "Source", share: 4 },
      { name: "SHA-256", share: 5 },
      { name: "Captured", share: 2 },
      { name: "Grade", share: 2 },
      { name: "Licence", share: 3 },
      { name: "Bytes", share: 2 },
    ],
    rows: items.map((item) => [
      `${item.title} (entry ${item.entry})`,
      item.sha256,
      formatDate(item.retrieved),
      item.grade,
      item.licence ?? "not stated",
      item.bytes,
    ]),
  };
}

export function withheldLines({ withheld }: Report["annexes"]["evidence"]): string[] {
  return withheld.map(({ entry, state }) =>
    state === "erased" ? `Entry ${entry} was erased and cannot be shown.` : `Entry ${entry} is not released and is not shown.`,
  );
}

export function replyLines(reply: ReplyItem): string[] {
  return [
    askedWords(reply),
    ...(reply.silence ? [`Answer: ${reply.silence}.`] : reply.answers.map((answer) => `Answer: ${claimWords(answer)}`)),
  ];
}

export function changeLines(changes: ChangeLog): string[] {
  if (!changes.against) return ["No build before this one was named, so there is nothing to compare with."];
  const { figures, rows, paragraphs } = changes;
  if (figures.length + rows.length + paragraphs.length === 0)
    return [`Nothing moved since the build of ${changes.against.symbol} at log size ${changes.against.log_size}.`];
  const from = (value: string | null) => value ?? "not in it";
  const to = (value: string | null) => value ?? "taken out";
  return [
    `Against the build of ${changes.against.symbol} at log size ${changes.against.log_size}:`,
    ...figures.map((item) => `Figure moved. ${item.title}: ${from(item.from)}, now ${to(item.to)}.`),
    ...rows.map((item) => `Row ${item.what} in ${item.figure}. ${item.label}: ${from(item.from)}, now ${to(item.to)}.`),
    ...paragraphs.map((item) =>
      item.what === "added"
        ? `Paragraph ${item.to_number} added.`
        : item.what === "removed"
          ? `Paragraph ${item.from_number} removed. It said: ${item.from}`
          : `Paragraph ${item.to_number} changed. It said: ${item.from}`,
    ),
  ];
}
