import assert from "node:assert/strict";
import { test } from "node:test";
import { zipSync } from "fflate";
import { writeWorkbook } from "../../spreadsheet.ts";
import { extractText, rowValues, type Extraction } from "../extract.ts";
import { resolveLocator } from "../locator.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const tablesOf = (it: Extraction) => {
  assert.equal(it.outcome, "text", JSON.stringify(it).slice(0, 300));
  const { text, tables = [] } = it as Extract<Extraction, { outcome: "text" }>;
  return tables.map(({ rows }) => rows.map((row) => rowValues(text, row)));
};

/** A workbook of one sheet's XML. */
const book = (sheet: string, more: Record<string, string> = {}, workbook = '<sheet name="One" sheetId="1" r:id="rId1"/>') =>
  zipSync(
    Object.fromEntries(
      Object.entries({
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "xl/workbook.xml": `<workbook xmlns:r="x"><sheets>${workbook}</sheets></workbook>`,
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": `<worksheet><sheetData>${sheet}</sheetData></worksheet>`,
        ...more,
      }).map(([name, text]) => [name, bytes(text)]),
    ),
    { level: 1 },
  );

test("each sheet of a workbook is a table; a cell is found by row and heading", async () => {
  const it = await extractText(writeWorkbook([{ name: "Thefts", rows: [["when", "victim", "usd"], ["2023-09-04", "Stake & Co", 41_400_000], ["2023-11-10", "", 0.1]] }, { name: "More", rows: [["a"], ["=1+1"]] }]), { file_name: "t.xlsx" });
  assert.deepEqual(tablesOf(it), [[["when", "victim", "usd"], ["2023-09-04", "Stake & Co", "41400000"], ["2023-11-10", "", "0.1"]], [["a"], ["=1+1"]]]);
  assert.ok(it.outcome === "text");
  const found = resolveLocator(it, { table: 1, row: 1, column: "usd" });
  assert.equal(found.found && found.text, "41400000");
  assert.equal(it.media_type, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
});

test("shared and rich texts, dates by their style, saved values of formulas, cells that are left out", async () => {
  const it = await extractText(
    book(
      '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>day</t></is></c></row><row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3"><f>SUM(A1:A2)</f><v>7</v></c><c r="C3" s="1"><v>45173</v></c></row><row r="4"><c r="C4" s="2"><v>45173.5</v></c><c r="D4" t="b"><v>1</v></c></row>',
      {
        "xl/sharedStrings.xml": "<sst><si><t>who</t></si><si><r><t>Al</t></r><r><t>pha</t></r><rPh><t>reading</t></rPh></si></sst>",
        "xl/styles.xml": '<styleSheet><numFmts><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd hh:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="165"/></cellXfs></styleSheet>',
      },
    ),
  );
  assert.deepEqual(tablesOf(it), [[["who", "", "day"], ["Alpha", "7", "2023-09-04"], ["", "", "2023-09-04 12:00:00", "TRUE"]]]);
  assert.ok(it.outcome === "text" && it.warnings.some((warning) => /1 cells are formulas/.test(warning)));
});

test("bombs, entities, paths and broken parts are refused within the limits, or read as nothing else", async () => {
  const reason = async (made: Uint8Array) => {
    const it = await extractText(made, { file_name: "t.xlsx" });
    return it.outcome === "unreadable" ? it.reason : `read: ${it.text.slice(0, 200)}`;
  };
  assert.match(await reason(book(" ".repeat(101 * 2 ** 20))), /unfolds to more than/);
  const laughs = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>';
  assert.match(await reason(book("", { "xl/worksheets/sheet1.xml": laughs })), /is no XML: .*entity/i);
  assert.match(await reason(book("<row><c><v>1</row>")), /is no XML/);
  assert.match(await reason(book('<row r="1"><c r="ZZZ1"><v>1</v></c></row>')), /more than 16384 columns/);
  assert.match(await reason(book('<row r="1"><c><v>1</v></c></row>', { "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" Target="../../../etc/passwd"/></Relationships>' })), /read: $/);
  const hidden = await extractText(book('<row r="1"><c><v>5</v></c></row>', {}, '<sheet name="Back" state="veryHidden" r:id="rId1"/>'));
  assert.ok(hidden.outcome === "text" && hidden.warnings.some((warning) => /“Back” is hidden/.test(warning)) && /5/.test(hidden.text));
});
