// Who uses which name for whom. Names are many to many (DOMAIN §5.1): one vendor's name covers four of another's, and one
// name stands under two headings. So there is no synonym table, only assertions, each with its organisation and source.
import { followSubjects, type Claim, type Vantage } from "../casefile/casefile.ts";
import { findDataset, readRows } from "../datasets/datasets.ts";
import type { LogReader } from "../evidence/evidence.ts";

export type NameRelation = "listed under" | "same" | "overlaps" | "split from" | "not the same";

export type NameUse = {
  name: string;
  organisation: string;
  /** The heading that the organisation puts the name under, or the name that it relates it to. */
  heading: string;
  relation: NameRelation;
  hedge: string;
  wording?: string;
  /** Entry of the log that says it: a claim, or the dataset whose row it is. */
  entry: number;
  dataset?: string;
};

export type Heading = { organisation: string; heading: string; names: readonly string[] };
export type HeadingRelation = {
  relation: "same list" | "wider" | "narrower" | "overlaps" | "nothing in common";
  shared: readonly string[];
};

const NAME_TABLES = [
  { dataset: "mitre-attack/names", organisation: "MITRE ATT&CK", heading: "group" },
  { dataset: "misp-actors/names", organisation: "MISP galaxy", heading: "actor" },
] as const;

const RELATIONS: Record<string, NameRelation> = {
  alias: "listed under",
  same_as: "same",
  overlaps: "overlaps",
  split_into: "split from",
  not_same: "not the same",
};

/** Every assertion held at this state of the log: datasets first, then claims, each in its own order. */
export function readNames(log: LogReader, at: Vantage): NameUse[] {
  const listed = NAME_TABLES.flatMap(({ dataset: reference, organisation, heading }) => {
    const dataset = findDataset(log, reference, at.log_size);
    if (!dataset) return [];
    return readRows(log, dataset).map((row): NameUse => ({
      name: row.name!,
      organisation,
      heading: row[heading]!,
      relation: "listed under",
      hedge: "asserted",
      entry: dataset.seq,
      dataset: dataset.name,
    }));
  });
  const followed = followSubjects(log, at, { kind: "actor", key: "names", make: relating, reads_judgements: false });
  const related = followed.flatMap(({ made }) => made).sort((a, b) => a.seq - b.seq);
  // A claim's subject is a key without capitals: it is spelled as somebody who uses the name spells it, where one does.
  const spelled = [...listed.flatMap((use) => [use.heading, use.name]), ...related.map((claim) => claim.value)];
  const spelling = new Map(spelled.reverse().map((name) => [nameSlug(name), name]));
  return [...listed, ...related.map((claim) => asUse(claim, spelling))];
}

const relating = (_: string, claims: readonly Claim[]): Claim[] => claims.filter(({ field }) => Object.hasOwn(RELATIONS, field));

function asUse(claim: Claim, spelling: ReadonlyMap<string, string>): NameUse {
  const key = claim.subject.slice("actor/".length);
  return {
    name: claim.value,
    organisation: claim.claimant,
    heading: spelling.get(key) ?? key.replaceAll("-", " "),
    relation: RELATIONS[claim.field]!,
    hedge: claim.hedge,
    wording: claim.wording,
    entry: claim.seq,
  };
}

/** Headings with the names under them. A heading is under itself, whether its organisation says so or not. */
export function headingsOf(names: readonly NameUse[]): Heading[] {
  const listed = names.filter((use) => use.relation === "listed under");
  return [...Map.groupBy(listed, (use) => `${use.organisation}\n${foldName(use.heading)}`).values()].map((own) => ({
    organisation: own[0]!.organisation,
    heading: own[0]!.heading,
    names: [...new Map([own[0]!.heading, ...own.map((use) => use.name)].map((name) => [foldName(name), name])).values()],
  }));
}

/** How the list under `a` stands to the list under `b`. It compares lists of names; it says nothing of the groups. */
export function compareHeadings(a: Heading, b: Heading): HeadingRelation {
  const inB = new Set(b.names.map(foldName));
  const shared = a.names.filter((name) => inB.has(foldName(name)));
  if (shared.length === 0) return { relation: "nothing in common", shared };
  if (shared.length === a.names.length && shared.length === b.names.length) return { relation: "same list", shared };
  if (shared.length === b.names.length) return { relation: "wider", shared };
  if (shared.length === a.names.length) return { relation: "narrower", shared };
  return { relation: "overlaps", shared };
}

/** The same name in another spelling: case, spaces and hyphens, and the word "group" at its end, are not part of it. */
export function foldName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "")
    .replace(/(?<=.{3})group$/, "");
}

export const nameSlug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
