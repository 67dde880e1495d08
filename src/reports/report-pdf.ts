// A report as a tagged PDF: the same words as the HTML, in the same order.
import { noteWords } from "./footnotes.ts";
import { openSheet, type Piece, type Sheet } from "./pdf-page.ts";
import type { Report, Run } from "./report.ts";
import {
  changeLines,
  DRAFT_MARK,
  evidenceTable,
  excludedTable,
  headLines,
  besideRowsLines,
  replyLines,
  rowsTable,
  withheldLines,
} from "./report-words.ts";

/** `created` of the file is the log state's time, so two builds of one state are the same bytes. */
export async function reportPdf(report: Report): Promise<Uint8Array> {
  const sheet = openSheet({
    title: `${report.symbol}: ${report.title}`,
    author: report.desk,
    subject: `As known at log size ${report.log_size}${report.draft ? "; draft" : ""}`,
    language: report.language,
    created: report.log_time,
  });
  sheet.section();
  if (report.draft) sheet.paragraph([{ text: DRAFT_MARK }]);
  sheet.heading(1, report.title, { bookmark: true });
  lines(sheet, headLines(report), 9);
  sheet.paragraph(pieces(report.summary), { size: 12 });
  for (const { title, blocks } of report.sections) {
    sheet.section();
    sheet.heading(2, title, { bookmark: true });
    for (const block of blocks) {
      if (block.type === "paragraph")
        sheet.paragraph([{ text: `${block.number}. ` }, ...pieces(block.runs)], { place: `paragraph ${block.number}` });
      else {
        const annex = report.annexes.rows.find(({ figure }) => figure === block.figure);
        if (annex) sheet.table(rowsTable(annex, ""), pieces(block.caption));
        else sheet.paragraph(pieces(block.caption));
      }
    }
  }
  sheet.section();
  sheet.heading(2, "Notes", { bookmark: true });
  const firstUse = firstUses(report);
  for (const note of report.footnotes) {
    const back = firstUse.get(note.number);
    sheet.note(
      `${note.number}.`,
      [{ text: noteWords(note).join(" ") }, ...(back === undefined ? [] : [{ text: " " }, { text: "back", goTo: `paragraph ${back}` }])],
      `note ${note.number}`,
    );
  }
  annexes(sheet, report);
  return sheet.finish(`${report.symbol}${report.draft ? `. ${DRAFT_MARK}` : ""}`);
}

function annexes(sheet: Sheet, report: Report): void {
  const { rows, evidence, method, replies, changes } = report.annexes;
  sheet.section();
  sheet.heading(2, "Annex A: rows of each figure", { bookmark: true });
  for (const annex of rows) {
    sheet.heading(3, `Annex ${annex.id}: ${annex.title}`, { bookmark: true });
    if (annex.rows.length === 0) sheet.paragraph([{ text: "No row fits the rules." }]);
    else sheet.table(rowsTable(annex, `Annex ${annex.id}: ${annex.exact}`));
    const excluded = excludedTable(annex);
    if (excluded) sheet.table(excluded);
    lines(sheet, besideRowsLines(annex), 9);
  }
  sheet.section();
  sheet.heading(2, "Annex B: evidence", { bookmark: true });
  if (evidence.items.length > 0) sheet.table(evidenceTable(evidence.items));
  lines(sheet, withheldLines(evidence), 9);
  sheet.section();
  sheet.heading(2, "Annex C: method", { bookmark: true });
  sheet.paragraph([
    {
      text: `Rules version ${report.rules_version}. Each number is computed by the rules below from the claims released at log size ${report.log_size}.`,
    },
  ]);
  for (const item of method) {
    sheet.heading(3, `${item.title}: ${item.exact}`);
    sheet.list(item.how);
    sheet.paragraph(
      [{ text: `Figure ${item.figure}, entry ${item.spec_entry}; rules version ${item.rules_version}; rows SHA-256 ${item.rows_sha256}.` }],
      {
        size: 8.5,
      },
    );
    sheet.paragraph([{ text: `Its rules as data: ${JSON.stringify(item.spec)}` }], { size: 7.5 });
  }
  lines(
    sheet,
    report.waived.map(({ rule, why }) => `Waived finding of the lint, ${rule}: ${why}`),
    9,
  );
  sheet.section();
  sheet.heading(2, "Annex D: replies", { bookmark: true });
  if (replies.length === 0) sheet.paragraph([{ text: "No request for a reply is named in this report." }]);
  for (const reply of replies) {
    sheet.heading(3, reply.about);
    lines(sheet, replyLines(reply), 9.5);
  }
  sheet.section();
  sheet.heading(2, "Annex E: changes since the build before", { bookmark: true });
  lines(sheet, changeLines(changes), 9.5);
}

const lines = (sheet: Sheet, list: readonly string[], size: number): void => list.forEach((text) => sheet.paragraph([{ text }], { size }));

function pieces(runs: readonly Run[]): Piece[] {
  return runs.flatMap((run): Piece[] => [
    { text: run.text },
    ...(run.notes ?? []).map((number, at): Piece => ({ text: `${at > 0 ? " " : ""}[${number}]`, goTo: `note ${number}` })),
  ]);
}

/** The paragraph that refers to a note first; one used only in the summary or a table has none to go back to. */
function firstUses(report: Report): Map<number, number> {
  const uses = new Map<number, number>();
  for (const { blocks } of report.sections)
    for (const block of blocks)
      if (block.type === "paragraph")
        for (const run of block.runs) for (const number of run.notes ?? []) if (!uses.has(number)) uses.set(number, block.number);
  return uses;
}
