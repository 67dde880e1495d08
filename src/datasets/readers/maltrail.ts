// Maltrail's lists: one file for each group, indicators under the reference that names them. They are kept as text and
// are never resolved, visited or linked. Fragments behind a host (a path, a port) are part of the indicator.
import { textOf, type DatasetReader, type Row } from "../reader.ts";

export const maltrail: DatasetReader = {
  format: "maltrail",
  version: "1",
  title: "Maltrail indicators by group",
  publisher: "Maltrail",
  files: "apt_….txt, konni.txt, android_….txt",
  grade: "copy",
  source_grade: "C",
  item_grade: "3",
  lacks:
    "No date for an indicator, and nothing on how sure its reference was. A shared indicator may be a shared host, a reused domain or a mistake.",
  recognises: (name) => /^(apt_\w+|konni|android_\w+)\.txt$/.test(name),
  read(files) {
    const rows: Row[] = [];
    const places: number[] = [];
    for (const [place, file] of files.entries()) {
      const group = file.name.replace(/^apt_/, "").replace(/\.txt$/, "");
      const seen = new Set<string>();
      let reference = "";
      for (const line of textOf(file).split("\n")) {
        const text = line.trim();
        const cited = /^# Reference: (\S+)/.exec(text);
        if (cited) reference = cited[1]!;
        else if (text !== "" && !text.startsWith("#") && !seen.has(text)) {
          seen.add(text);
          rows.push({ group, indicator: text, reference });
          places.push(place);
        }
      }
    }
    return {
      tables: [{ name: "indicators", columns: ["group", "indicator", "reference"], key: ["group", "indicator"], rows, files: places }],
    };
  },
};
