// What a list says of an entry that tells it from another of the same name: born when and where, nationality, title,
// other names. OFAC writes them into its remarks, the UN list has tables of its own; a list that has none says nothing.
import { readRows, type Row } from "../datasets/datasets.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { releasedDatasets, type Edition } from "./sanctions-lists.ts";

export type EntryDetails = {
  title: string;
  born: string[];
  born_in: string[];
  nationality: string[];
  /** Other names than the one under which it is kept, without the one that was matched. */
  aliases: string[];
  more_aliases: number;
};

const ALIASES_SHOWN = 6;
/** Several dates of birth stand for one person who used them all. */
const SAID_MAX = 5;

type Names = { name: string; matched: string; others: readonly string[] };

export function detailsOf(log: Pick<LogReader, "db">, edition: Edition, log_size: number, id: string, row: Row, { name, matched, others }: Names): EntryDetails {
  const beside = (table: string) => {
    const dataset = releasedDatasets(log, log_size).find((item) => item.name === table && item.edition === edition.edition);
    return dataset ? readRows(log, dataset).filter((item) => item.reference === id) : [];
  };
  const remarks = row.remarks ?? "";
  const isUn = edition.list.id === "un";
  const aliases = [...new Set(others)].filter((other) => other !== name && other !== matched);
  return {
    title: row.title || row.designation || "",
    born: distinct(isUn ? beside("un-list/birth-dates").map(birthDate) : inRemarks(remarks, "DOB")),
    born_in: distinct(isUn ? beside("un-list/birth-places").map(({ city, state, country }) => [city, state, country].filter(Boolean).join(", ")) : inRemarks(remarks, "POB")),
    nationality: distinct(isUn ? (row.nationality ?? "").split("; ") : inRemarks(remarks, "nationality")),
    aliases: aliases.slice(0, ALIASES_SHOWN),
    more_aliases: Math.max(0, aliases.length - ALIASES_SHOWN),
  };
}

/** “DOB 17 Jul 1945; alt. DOB 1946; POB Pyongyang, North Korea; nationality Korea, North; …” */
const inRemarks = (remarks: string, mark: string): string[] =>
  [...remarks.matchAll(new RegExp(`\\b${mark} ([^;]{1,80})`, "g"))].map(([, said]) => said!.replace(/\.$/, "").trim());

const birthDate = ({ date, year, from_year, to_year, type }: Row): string => {
  const said = date || year || (from_year || to_year ? `${from_year} to ${to_year}` : "");
  return /approximately/i.test(type ?? "") && said ? `about ${said}` : said;
};

const distinct = (said: readonly string[]): string[] => [...new Set(said.filter((item) => item !== ""))].slice(0, SAID_MAX);

/** The same in words, part by part; empty where the list has nothing of it. */
export function detailWords({ title, born, born_in, nationality, aliases, more_aliases }: EntryDetails): string[] {
  const birth = [born.join(" or "), born_in.length > 0 && `in ${born_in.join(" or ")}`].filter(Boolean).join(" ");
  return [
    birth && `born ${birth}`,
    nationality.length > 0 && `nationality ${nationality.join(" and ")}`,
    title,
    aliases.length > 0 && `also called ${aliases.join("; ")}${more_aliases > 0 ? ` and ${more_aliases} more` : ""}`,
  ].filter((part): part is string => Boolean(part));
}

export const NO_DETAILS = "no date or place of birth, and no other name, stands in the list";
