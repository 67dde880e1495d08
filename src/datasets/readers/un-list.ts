// The United Nations Security Council consolidated list as its XML publishes it, record by record. Names of a record are
// in up to four parts; what may stand several times (aliases, places, births, documents) is a table of its own.
import { TracewireError } from "../../errors.ts";
import { requireFile, type DatasetReader, type ReadSource, type Row } from "../reader.ts";
import { readXmlRecords, type XmlElement } from "../xml-records.ts";

type Fields = Record<string, string>;

/** Columns by the element that they come from; several of one element are joined. */
const ENTRY: Fields = {
  REFERENCE_NUMBER: "reference",
  NAME_ORIGINAL_SCRIPT: "name_original",
  UN_LIST_TYPE: "list",
  LISTED_ON: "listed_on",
  LAST_DAY_UPDATED: "updated_on",
  TITLE: "title",
  DESIGNATION: "designation",
  NATIONALITY: "nationality",
  GENDER: "gender",
  COMMENTS1: "comments",
  DATAID: "data_id",
  VERSIONNUM: "version",
};
const NAME_PARTS = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"];
/** In every record, and empty or the same in each: there is nothing to keep. */
const PASSED = new Set(["SORT_KEY", "SORT_KEY_LAST_MOD", "LIST_TYPE"]);

const PLACE: Fields = { STREET: "street", CITY: "city", STATE_PROVINCE: "state", ZIP_CODE: "zip", COUNTRY: "country", NOTE: "note" };
/** What a record may have several of, under INDIVIDUAL_… or ENTITY_…; an empty one says nothing and is left out. */
const GROUPS: Record<string, { table: string; fields: Fields }> = {
  ALIAS: {
    table: "other-names",
    fields: {
      ALIAS_NAME: "name",
      QUALITY: "quality",
      DATE_OF_BIRTH: "born_on",
      CITY_OF_BIRTH: "born_in_city",
      COUNTRY_OF_BIRTH: "born_in_country",
      NOTE: "note",
    },
  },
  ADDRESS: { table: "places", fields: PLACE },
  PLACE_OF_BIRTH: { table: "birth-places", fields: PLACE },
  DATE_OF_BIRTH: {
    table: "birth-dates",
    fields: { TYPE_OF_DATE: "type", DATE: "date", YEAR: "year", FROM_YEAR: "from_year", TO_YEAR: "to_year", NOTE: "note" },
  },
  DOCUMENT: {
    table: "documents",
    fields: {
      TYPE_OF_DOCUMENT: "type",
      TYPE_OF_DOCUMENT2: "type_also",
      NUMBER: "number",
      ISSUING_COUNTRY: "issuing_country",
      DATE_OF_ISSUE: "issued_on",
      CITY_OF_ISSUE: "issued_in_city",
      COUNTRY_OF_ISSUE: "issued_in_country",
      NOTE: "note",
    },
  },
};

export const unList: DatasetReader = {
  format: "un-list",
  version: "1",
  title: "United Nations Security Council consolidated list",
  publisher: "United Nations",
  files: "the consolidated list as one XML file",
  grade: "copy",
  source_grade: "A",
  item_grade: "1",
  lacks:
    "One day’s state: who was taken off before that day is not in it. Vessels are a list of their own and are not here. How good an alias is, is the list’s own word, and many say nothing.",
  recognises: (name) => /consolidated.*\.xml$/i.test(name),
  read(files): ReadSource {
    const file = requireFile(files, /\.xml$/i, "the consolidated list (.xml)");
    const entries: Row[] = [];
    const parts = new Map(Object.values(GROUPS).map(({ table }): [string, Row[]] => [table, []]));
    const unknown: Record<string, number> = {};
    const references = new Set<string>();
    const { name, attributes } = readXmlRecords(file, 3, (record, line) => {
      const refuse = (what: string): never => {
        throw new TracewireError("BAD_INPUT", { what, where: `${file.name}:${line}` });
      };
      if (record.name !== "INDIVIDUAL" && record.name !== "ENTITY") refuse(`<${record.name}> is no record of this list`);
      const entry = readEntry(record, unknown);
      if (!entry.reference) refuse("A record has no REFERENCE_NUMBER");
      if (!/^\d{4}-\d{2}-\d{2}$/.test(entry.listed_on!)) refuse(`LISTED_ON: "${entry.listed_on}" is no day`);
      if (references.has(entry.reference!)) refuse(`${entry.reference} stands twice`);
      references.add(entry.reference!);
      entries.push(entry);
      for (const child of record.children) readGroup(record.name, child, entry.reference!, parts, unknown);
    });
    if (name !== "CONSOLIDATED_LIST" || entries.length === 0)
      throw new TracewireError("BAD_INPUT", { what: `<${name}> is not the consolidated list, or it is empty`, where: file.name });
    const columns = ["reference", "kind", "name", ...Object.values(ENTRY).filter((column) => column !== "reference")];
    return {
      edition: /^\d{4}-\d{2}-\d{2}/.exec(attributes.dateGenerated ?? "")?.[0],
      unknown_fields: unknown,
      tables: [
        { name: "entries", columns, key: ["reference"], rows: entries },
        ...Object.values(GROUPS).map(({ table, fields }) => {
          const own = ["reference", ...Object.values(fields)];
          return { name: table, columns: own, key: own, rows: parts.get(table)! };
        }),
      ],
    };
  },
};

function readEntry(record: XmlElement, unknown: Record<string, number>): Row {
  const row: Row = Object.fromEntries(Object.values(ENTRY).map((column) => [column, ""]));
  const names: string[] = [];
  for (const child of record.children) {
    const column = ENTRY[child.name];
    if (column) row[column] = [row[column], ...valuesOf(child, record.name, unknown)].filter(Boolean).join("; ");
    else if (NAME_PARTS.includes(child.name)) names.push(plain(child.text));
    else if (!PASSED.has(child.name) && !groupOf(child.name)) count(unknown, `${record.name}/${child.name}`);
  }
  // A day with the clock's offset behind it ("2015-04-07-04:00") is that day as New York has it: the day stays as printed.
  row.listed_on = row.listed_on!.replace(/^(\d{4}-\d{2}-\d{2})[-+]\d{2}:\d{2}$/, "$1");
  return { ...row, kind: record.name.toLowerCase(), name: names.filter(Boolean).join(" ") };
}

/** An element's own text, or its VALUEs where it has some. */
function valuesOf(element: XmlElement, record: string, unknown: Record<string, number>): string[] {
  for (const child of element.children) if (child.name !== "VALUE") count(unknown, `${record}/${element.name}/${child.name}`);
  return [element, ...element.children.filter((child) => child.name === "VALUE")].map(({ text }) => plain(text));
}

function readGroup(
  record: string,
  element: XmlElement,
  reference: string,
  parts: ReadonlyMap<string, Row[]>,
  unknown: Record<string, number>,
): void {
  const group = groupOf(element.name);
  if (!group) return;
  const row: Row = { reference, ...Object.fromEntries(Object.values(group.fields).map((column) => [column, ""])) };
  for (const child of element.children) {
    const column = group.fields[child.name];
    if (column) row[column] = [row[column], plain(child.text)].filter(Boolean).join("; ");
    else count(unknown, `${record}/${element.name}/${child.name}`);
  }
  if (Object.entries(row).some(([column, cell]) => column !== "reference" && cell !== "")) parts.get(group.table)!.push(row);
}

const groupOf = (name: string) => GROUPS[/^(?:INDIVIDUAL|ENTITY)_(.+)$/.exec(name)?.[1] ?? ""];
const plain = (text: string): string => text.replaceAll(/\s+/g, " ").trim();
const count = (unknown: Record<string, number>, field: string) => (unknown[field] = (unknown[field] ?? 0) + 1);
