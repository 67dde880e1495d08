// The Harmonized System's nomenclature: chapters, headings and six-digit codes of one edition.
import { csvRows } from "./csv-table.ts";
import { refuseRow, type DatasetReader, type Row } from "../reader.ts";

export const harmonizedSystem: DatasetReader = {
  format: "harmonized-system",
  version: "1",
  title: "Harmonized System, edition of 2022",
  publisher: "World Customs Organization, as kept by datasets/harmonized-system",
  files: "harmonized-system.csv",
  grade: "copy",
  source_grade: "B",
  item_grade: "2",
  lacks: "Only the edition of 2022: a code of 2012 or 2017 may have meant other goods.",
  recognises: (name) => name === "harmonized-system.csv",
  read: (files) => ({
    edition: "2022",
    tables: [
      {
        name: "codes",
        columns: ["code", "level", "section", "parent", "goods"],
        key: ["code"],
        rows: files.flatMap((file) =>
          csvRows(file).rows.flatMap((row, at): Row[] => {
            if (row.hscode === "TOTAL") return [];
            if (!/^\d{2}(\d{2}){0,2}$/.test(row.hscode ?? "")) refuseRow(file, at + 2, `hscode: "${row.hscode}" is no code`);
            return [
              {
                code: row.hscode!,
                level: String(row.hscode!.length),
                section: row.section!,
                parent: row.parent === "TOTAL" ? "" : row.parent!,
                goods: row.description!,
              },
            ];
          }),
        ),
      },
    ],
  }),
};
