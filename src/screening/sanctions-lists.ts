// Which tables are lists, and which editions of a list are held. A list may come in more than one form: OFAC's crypto
// addresses stand in the remarks of its SDN list and, later, in an extract; a list joins by one entry.
import { listDatasets, type Dataset, type Row } from "../datasets/datasets.ts";
import type { LogReader } from "../evidence/evidence.ts";

export type SanctionsList = {
  /** Part of its address, /lists/<id>. */
  id: string;
  title: string;
  /** For a chart on a phone. */
  short: string;
  publisher: string;
  about: string;
  /** Tables that are this list; for one day, the first that is held counts. */
  tables: readonly string[];
  /** Columns that name an entry in every edition and table. */
  key: readonly string[];
  /** A column of crypto addresses: compared as its chain compares them, not letter by letter. */
  address_column?: string;
  /** The column by which entries are counted in the chart, and its name for readers. */
  by: { column: string; words: string };
  /** Columns that a reader may choose one value of. */
  filters: readonly string[];
  /** Tables of other names, with the column that holds the entry's key. */
  other_names?: readonly string[];
  lacks: readonly string[];
};

export const LISTS: readonly SanctionsList[] = [
  {
    id: "ofac-sdn",
    title: "OFAC: Specially Designated Nationals",
    short: "OFAC SDN",
    publisher: "US Treasury, OFAC",
    about: "Persons, companies, vessels and aircraft whose property is blocked under US law.",
    tables: ["ofac-sdn/entries"],
    key: ["ent_num"],
    by: { column: "program", words: "programme" },
    filters: ["program", "type"],
    other_names: ["ofac-sdn/other-names"],
    lacks: [
      "What was listed and taken off between two editions: it is in neither.",
      "The day of an edition: its month is that of the copy, and the list itself prints none.",
      "The reason and the day of a listing: the file has no column for either.",
    ],
  },
  {
    id: "ofac-crypto",
    title: "OFAC: crypto addresses",
    short: "OFAC crypto addresses",
    publisher: "US Treasury, OFAC; the edition of 2024 as a public project extracts it",
    about: "The addresses that stand on the SDN list, by the symbol of the asset that the list names.",
    tables: ["ofac-crypto/addresses", "ofac-sdn/crypto-addresses"],
    key: ["asset", "address"],
    address_column: "address",
    by: { column: "asset", words: "asset" },
    filters: ["asset"],
    lacks: [
      "A chain: the list names an asset, and one asset may live on several chains.",
      "In the extract of 2024: a name, a programme and a day for each address.",
      "Whole addresses: where a remark is too long for its field, the list’s own file cuts it, and an address with it.",
      "Everything after the last edition: it still holds what was delisted on Mar 21, 2025.",
    ],
  },
  {
    id: "un",
    title: "United Nations: Security Council consolidated list",
    short: "UN consolidated list",
    publisher: "United Nations",
    about: "Persons and entities under measures of the Security Council.",
    tables: ["un-list/entries", "table/un-list"],
    key: ["reference"],
    by: { column: "kind", words: "kind" },
    filters: ["list", "kind"],
    other_names: ["un-list/other-names"],
    lacks: [
      "Where it is held as a reduced table: names, and every regime but that on North Korea. The list’s text is the United Nations’ own, and is not passed on here.",
      "Who was taken off before the day of the edition.",
      "Vessels: a list of their own, not held.",
    ],
  },
  {
    id: "reported",
    title: "Listings and delistings as reported",
    short: "Reported events",
    publisher: "the press, transcribed",
    about: "Days on which a listing was reported to begin or to end, where no edition held shows it.",
    tables: ["table/listing-events"],
    key: ["listed", "event", "date"],
    by: { column: "event", words: "event" },
    filters: ["event"],
    lacks: ["All but a few events.", "The reports themselves: their addresses were not kept."],
  },
];

export type Edition = { list: SanctionsList; edition: string; dataset: Dataset; table: string };

type Reads = Pick<LogReader, "db">;

export const findList = (id: string): SanctionsList | undefined => LISTS.find((list) => list.id === id);

/** Editions of a list that were released below `log_size`, oldest first, one for each date. */
export function listEditions(log: Reads, list: SanctionsList, log_size: number): Edition[] {
  const held = releasedDatasets(log, log_size).filter(({ name, edition }) => edition !== null && list.tables.includes(name));
  return [...Map.groupBy(held, ({ edition }) => edition!)]
    .map(([edition, datasets]) => {
      // The newest entry of the first table that has this day: a correction of an edition comes later.
      const dataset = list.tables.map((table) => datasets.find(({ name }) => name === table)).find((item) => item !== undefined)!;
      return { list, edition, dataset, table: dataset.name };
    })
    .sort((a, b) => (a.edition < b.edition ? -1 : 1));
}

/** Datasets that are released, newest first. */
export function releasedDatasets(log: Reads, log_size: number): Dataset[] {
  return listDatasets(log, log_size).filter(({ released }) => released !== undefined && released < log_size);
}

/** The table of other names that belongs to an edition. */
export function otherNamesOf(log: Reads, { list, edition }: Edition, log_size: number): Dataset | undefined {
  return releasedDatasets(log, log_size).find((item) => item.edition === edition && list.other_names?.includes(item.name));
}

export const keyOf = (list: SanctionsList, row: Row): string => list.key.map((column) => row[column] ?? "").join(" ");
