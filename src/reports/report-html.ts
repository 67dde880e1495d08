// A report as one HTML file that stands alone: no script, no other file, footnotes linked both ways, tables with
// captions and scope. It is read on paper as well.
import { escapeHtml as text } from "../escape-html.ts";
import type { Footnote, Report, Run, TableBlock } from "./report.ts";
import { noteWords } from "./footnotes.ts";
import { plain } from "./report.ts";
import { REPORT_STYLE } from "./report-style.ts";
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
  type TableData,
} from "./report-words.ts";

export function reportHtml(report: Report): string {
  const uses = new Map<number, number>();
  const runs = (list: readonly Run[]) => list.map((run) => runHtml(run, uses)).join("");
  const mark = report.draft ? `<p class="draft">${DRAFT_MARK}</p>\n` : "";
  const summary = `<p class="summary">${runs(report.summary)}</p>`;
  const body = report.sections
    .map(
      ({ title, blocks }, at) =>
        `<section aria-labelledby="s${at + 1}">\n<h2 id="s${at + 1}">${text(title)}</h2>\n${blocks
          .map((block) =>
            block.type === "table"
              ? tableBlock(report, block, runs(block.caption))
              : `<p class="para" id="p${block.number}"><a class="no" href="#p${block.number}">${block.number}.</a> ${runs(block.runs)}</p>\n`,
          )
          .join("")}</section>\n`,
    )
    .join("");
  const { annexes } = report;
  return `<!DOCTYPE html>
<html lang="${text(report.language)}">
<head>
<meta charset="utf-8">
<title>${text(`${report.symbol}: ${report.title}`)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
${REPORT_STYLE}</style>
</head>
<body>
<header>
${mark}<h1>${text(report.title)}</h1>
${headLines(report)
  .map((line) => `<p class="head">${text(line)}</p>\n`)
  .join("")}</header>
<main>
${summary}
${contents(report)}
${body}<section aria-labelledby="notes">
<h2 id="notes">Notes</h2>
<ol class="notes">
${report.footnotes.map((note) => noteHtml(note, uses.get(note.number) ?? 0)).join("")}</ol>
</section>
<section aria-labelledby="annex-a">
<h2 id="annex-a">Annex A: rows of each figure</h2>
${annexes.rows.map(rowsSection).join("")}</section>
<section aria-labelledby="annex-b">
<h2 id="annex-b">Annex B: evidence</h2>
${tableHtml(evidenceTable(annexes.evidence.items))}${paragraphs(withheldLines(annexes.evidence))}<p>The bundle beside this file holds the entries, their proofs and the bytes that may leave. Check it with: tracewire verify --bundle bundle.json</p>
</section>
<section aria-labelledby="annex-c">
<h2 id="annex-c">Annex C: method</h2>
<p>Rules version ${text(report.rules_version)}. Each number is computed by the rules below from the claims released at log size ${text(report.log_size)}.</p>
${annexes.method.map(methodSection).join("")}${report.waived.length > 0 ? `<h3>Findings of the lint that were waived</h3>\n${paragraphs(report.waived.map(({ rule, why }) => `${rule}: ${why}`))}` : ""}</section>
<section aria-labelledby="annex-d">
<h2 id="annex-d">Annex D: replies</h2>
${annexes.replies.length === 0 ? "<p>No request for a reply is named in this report.</p>\n" : annexes.replies.map((reply) => `<h3>${text(reply.about)}</h3>\n${paragraphs(replyLines(reply))}`).join("")}</section>
<section aria-labelledby="annex-e">
<h2 id="annex-e">Annex E: changes since the build before</h2>
${paragraphs(changeLines(annexes.changes))}</section>
</main>
</body>
</html>
`;
}

function runHtml(run: Run, uses: Map<number, number>): string {
  const words = run.emphasis ? `<em>${text(run.text)}</em>` : text(run.text);
  const shown = run.figure ? `<span class="fig" data-figure="${run.figure}">${words}</span>` : words;
  const notes = (run.notes ?? []).map((number) => {
    const use = (uses.get(number) ?? 0) + 1;
    uses.set(number, use);
    return `<sup><a id="r${number}-${use}" href="#n${number}" aria-label="Note ${number}">${number}</a></sup>`;
  });
  return shown + notes.join(" ");
}

function noteHtml(note: Footnote, uses: number): string {
  const back = Array.from(
    { length: uses },
    (_, at) =>
      `<a href="#r${note.number}-${at + 1}" aria-label="back${uses > 1 ? ` ${at + 1}` : ""}: where note ${note.number} is used">back${uses > 1 ? ` ${at + 1}` : ""}</a>`,
  );
  return `<li id="n${note.number}">${noteWords(note).map(text).join(" ")} ${back.join(" ")}</li>\n`;
}

function contents({ sections }: Report): string {
  const items = [
    ...sections.map(({ title }, at) => [`s${at + 1}`, title]),
    ["notes", "Notes"],
    ["annex-a", "Annex A: rows of each figure"],
    ["annex-b", "Annex B: evidence"],
    ["annex-c", "Annex C: method"],
    ["annex-d", "Annex D: replies"],
    ["annex-e", "Annex E: changes since the build before"],
  ];
  return `<nav aria-label="Contents"><ul>${items.map(([id, title]) => `<li><a href="#${id}">${text(title!)}</a></li>`).join("")}</ul></nav>`;
}

function tableBlock(report: Report, block: TableBlock, caption: string): string {
  const annex = report.annexes.rows.find(({ figure }) => figure === block.figure);
  return annex ? tableHtml(rowsTable(annex, plain(block.caption)), caption) : `<p>${caption}</p>\n`;
}

function rowsSection(annex: Report["annexes"]["rows"][number]): string {
  const excluded = excludedTable(annex);
  return `<h3 id="${annexAnchor(annex.id)}">Annex ${annex.id}: ${text(annex.title)}</h3>
${annex.rows.length === 0 ? "<p>No row fits the rules.</p>\n" : tableHtml(rowsTable(annex, `Annex ${annex.id}: ${annex.exact}`))}${excluded ? tableHtml(excluded) : ""}${paragraphs(besideRowsLines(annex))}`;
}

export const annexAnchor = (id: string): string => `annex-${id.toLowerCase().replace(".", "-")}`;

function methodSection(item: Report["annexes"]["method"][number]): string {
  return `<h3>${text(item.title)}: ${text(item.exact)}</h3>
<ul>${item.how.map((line) => `<li>${text(line)}</li>`).join("")}</ul>
<p class="head">Figure ${text(item.figure)}, entry ${item.spec_entry}; rules version ${text(item.rules_version)}; rows SHA-256 ${text(item.rows_sha256)}. Its rules as data:</p>
<pre tabindex="0" aria-label="Rules of ${text(item.figure)}"><code>${text(JSON.stringify(item.spec, null, 1))}</code></pre>
`;
}

const paragraphs = (lines: readonly string[]): string => lines.map((line) => `<p>${text(line)}</p>\n`).join("");

function tableHtml({ caption, columns, rows }: TableData, captionMarkup = text(caption)): string {
  const heads = columns.map(({ name, numeric }) => `<th scope="col"${numeric ? ' class="num"' : ""}>${text(name)}</th>`).join("");
  const label = text(caption);
  // The cell that says what the row is of heads it: the first of the columns named so.
  const header = Math.max(
    0,
    columns.findIndex(({ name }) => name === "What" || name === "Source"),
  );
  const lines = rows.map(
    (cells) =>
      `<tr>${cells
        .map((cell, at) =>
          at === header && columns.length > 1
            ? `<th scope="row">${text(cell)}</th>`
            : `<td${columns[at]!.numeric ? ' class="num"' : ""}>${text(cell)}</td>`,
        )
        .join("")}</tr>\n`,
  );
  return `<section class="scroll" tabindex="0" aria-label="${label}"><table>
<caption>${captionMarkup}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${lines.join("")}</tbody>
</table></section>
`;
}
