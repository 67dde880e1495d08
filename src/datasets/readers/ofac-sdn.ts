// OFAC's Specially Designated Nationals list in its own CSV form: three files without header, "-0-" for nothing, a
// Ctrl-Z at the end. Other names and crypto addresses are partly columns, partly words in the remarks.
import { TracewireError } from "../../errors.ts";
import { csvRows } from "./csv-table.ts";
import { requireFile, textOf, type DatasetReader, type Row, type SourceFile } from "../reader.ts";

const SDN = ["ent_num", "name", "type", "program", "title", "call_sign", "vessel_type", "tonnage", "grt", "flag", "owner", "remarks"];
const ALT = ["ent_num", "alt_num", "alt_type", "alt_name", "alt_remarks"];
const ADD = ["ent_num", "add_num", "address", "city", "country", "add_remarks"];
/** As in the list's data specification: "Digital Currency Address - XBT 12Qt…;". A long remark is cut off in the list's own file, and an address with it. */
const CURRENCY = /Digital Currency Address - ([A-Z]{3,5}) ([A-Za-z0-9:]{1,110})/g;
const ADDRESS_LENGTH_MIN = 20;

export const ofacSdn: DatasetReader = {
  format: "ofac-sdn",
  version: "1",
  title: "OFAC list of Specially Designated Nationals",
  publisher: "US Treasury, OFAC",
  files: "sdn.csv, alt.csv and add.csv of one edition (their names may have a prefix)",
  grade: "copy",
  source_grade: "A",
  item_grade: "1",
  lacks:
    "One day’s state of the list: what was listed and delisted between two editions is not seen. The day itself is the copy’s, not the list’s.",
  recognises: (name) => /(^|_)(sdn|alt|add)\.csv$/.test(name),
  read(files) {
    const read = (kind: string, columns: string[]) => rowsOf(requireFile(files, new RegExp(`(^|_)${kind}\\.csv$`), `${kind}.csv`), columns);
    const entries = read("sdn", SDN);
    const names = new Map(entries.map((row) => [row.ent_num!, row]));
    const addresses = entries.flatMap((row) =>
      [...row.remarks!.matchAll(CURRENCY)].map(([, asset, address]): Row => ({
        asset: asset!,
        address: address!,
        is_whole: address!.length < ADDRESS_LENGTH_MIN ? "no" : "yes",
        ent_num: row.ent_num!,
        name: row.name!,
        program: row.program!,
      })),
    );
    const known = (row: Row) => names.has(row.ent_num!);
    return {
      edition: /(\d{4}-\d{2}(?:-\d{2})?)/.exec(files[0]!.name)?.[1],
      tables: [
        { name: "entries", columns: SDN, key: ["ent_num"], rows: entries },
        { name: "other-names", columns: ALT, key: ["ent_num", "alt_num"], rows: read("alt", ALT).filter(known) },
        { name: "places", columns: ADD, key: ["ent_num", "add_num"], rows: read("add", ADD).filter(known) },
        {
          name: "crypto-addresses",
          columns: ["asset", "address", "is_whole", "ent_num", "name", "program"],
          key: ["asset", "address"],
          rows: addresses,
        },
      ],
    };
  },
};

function rowsOf(file: SourceFile, columns: string[]): Row[] {
  const clean = textOf(file)
    .replaceAll("\u001a", "")
    .replaceAll(/-0- ?(?=,|\r?\n|$)/g, "");
  const rows = csvRows({ name: file.name, bytes: Buffer.from(clean) }, { columns }).rows;
  for (const [at, row] of rows.entries())
    if (!/^\d{1,7}$/.test(row.ent_num!))
      throw new TracewireError("BAD_INPUT", { what: `ent_num: "${row.ent_num}" is no number`, where: `${file.name}:${at + 1}` });
  return rows;
}
