// What two groups share, itemised and scored (DOMAIN §5.4). Each shared item i gives w·s·r·t: what kind of thing it is,
// how many others have it, how good its source is, how old it is. One publisher is one witness: of its items the best
// counts, and witnesses combine by noisy-OR, 1 − ∏(1 − x). One class of evidence alone never passes 0.5.
// A score orders what to look at. It is not a probability, and never says that two groups are one.
import { findDataset, readRows, type Dataset, type Row } from "../datasets/datasets.ts";
import { findCapture, type LogReader } from "../evidence/evidence.ts";
import { foldName } from "./names.ts";

export type ItemKind =
  | "key or seed"
  | "consolidation or gas wallet"
  | "certificate or unique build"
  | "malware family"
  | "deposit address"
  | "host, same week"
  | "host, same year"
  | "host, time not held"
  | "technique"
  | "public tool";

/** w, and the class of evidence. DOMAIN §5.4 gives the weights; a host without dates gets that of "same year". */
export const ITEM_WEIGHTS: Record<ItemKind, { weight: number; class: "money" | "malware" | "infrastructure" | "conduct" }> = {
  "key or seed": { weight: 1, class: "money" },
  "consolidation or gas wallet": { weight: 0.8, class: "money" },
  "certificate or unique build": { weight: 0.8, class: "malware" },
  "malware family": { weight: 0.5, class: "malware" },
  "deposit address": { weight: 0.3, class: "money" },
  "host, same week": { weight: 0.5, class: "infrastructure" },
  "host, same year": { weight: 0.2, class: "infrastructure" },
  "host, time not held": { weight: 0.2, class: "infrastructure" },
  technique: { weight: 0.1, class: "conduct" },
  "public tool": { weight: 0, class: "conduct" },
};

/** Admiralty grades as factors, so that A1 is 1 and E5 is next to nothing; F and 6 mean "cannot be judged". */
const SOURCE_FACTOR: Record<string, number> = { A: 1, B: 0.8, C: 0.6, D: 0.4, E: 0.2, F: 0.3 };
const ITEM_FACTOR: Record<string, number> = { 1: 1, 2: 0.8, 3: 0.6, 4: 0.4, 5: 0.2, 6: 0.3 };
/** t halves every five years; without a date it is one halving, because "recent" must be shown, not assumed. */
const HALF_LIFE_YEARS = 5;
const UNDATED_FACTOR = 0.5;
const ONE_CLASS_CAP = 0.5;
export const BANDS = { weak: 0.3, strong: 0.7 } as const;

export type SharedItem = {
  item: string;
  kind: ItemKind;
  /** Who says so: items of one witness are not independent of each other. */
  witness: string;
  grade: string;
  /** Other groups that the same witness shows with it. */
  others: readonly string[];
  /** Years since it was last seen; undefined when no date is held. */
  years?: number;
};

export type Evidence = SharedItem & { weight: number; specificity: number; reliability: number; decay: number; score: number };

export type Overlap = {
  a: string;
  b: string;
  score: number;
  band: "none" | "weak" | "moderate" | "strong";
  /** True where one class of evidence alone would have passed the cap. */
  capped: boolean;
  witnesses: { witness: string; best: Evidence; items: number }[];
  /** Best first. */
  evidence: Evidence[];
};

export function scoreOverlap(a: string, b: string, items: readonly SharedItem[]): Overlap {
  const evidence = items
    .map((item): Evidence => {
      const weight = ITEM_WEIGHTS[item.kind].weight;
      const specificity = 1 / (1 + item.others.length);
      const reliability = (SOURCE_FACTOR[item.grade[0]!] ?? 0) * (ITEM_FACTOR[item.grade[1]!] ?? 0);
      const decay = item.years === undefined ? UNDATED_FACTOR : 0.5 ** (item.years / HALF_LIFE_YEARS);
      return { ...item, weight, specificity, reliability, decay, score: weight * specificity * reliability * decay };
    })
    .sort((x, y) => y.score - x.score || x.item.localeCompare(y.item, "en"));
  const witnesses = [...Map.groupBy(evidence, (item) => item.witness)].map(([witness, own]) => ({
    witness,
    best: own[0]!,
    items: own.length,
  }));
  const combined = 1 - witnesses.reduce((rest, { best }) => rest * (1 - best.score), 1);
  const classes = new Set(evidence.filter((item) => item.score > 0).map((item) => ITEM_WEIGHTS[item.kind].class));
  const capped = classes.size < 2 && combined > ONE_CLASS_CAP;
  const score = capped ? ONE_CLASS_CAP : combined;
  const band = score === 0 ? "none" : score < BANDS.weak ? "weak" : score > BANDS.strong ? "strong" : "moderate";
  return { a, b, score, band, capped, witnesses, evidence };
}

/** A group as it is compared: the headings of the sources that carry its name, and the name that joined them. */
export type Group = { name: string; headings: { dataset: string; heading: string; matched_by: string }[] };

const USES = "mitre-attack/uses";
const NAMES = "mitre-attack/names";
const INDICATORS = "maltrail/indicators";

/**
 * The groups that can be compared. A list of indicators joins a heading only where exactly one heading has its name; a
 * name under two headings joins neither, because the list does not say which of them it means.
 */
export function listGroups(log: LogReader, log_size: number): Group[] {
  return groupsOf(openTables(log, log_size));
}

/** The groups, and what each two of them share. The tables have tens of thousands of rows: they are read once for both. */
export function readGroups(log: LogReader, log_size: number): { groups: Group[]; overlaps: Overlap[] } {
  const tables = openTables(log, log_size);
  const groups = groupsOf(tables);
  return { groups, overlaps: overlapsOf(log, tables, groups) };
}

function groupsOf(tables: Tables): Group[] {
  const groups: Group[] = [];
  const names = tables(NAMES)?.rows ?? [];
  const byFolded = Map.groupBy(names, (row) => foldName(row.name!));
  for (const heading of new Set(names.map((row) => row.group!)))
    groups.push({ name: heading, headings: [{ dataset: USES, heading, matched_by: heading }] });
  for (const file of new Set((tables(INDICATORS)?.rows ?? []).map((row) => row.group!))) {
    const bearing = byFolded.get(foldName(file)) ?? [];
    const headings = new Set(bearing.map((row) => row.group!));
    const matched_by = bearing[0]?.name ?? file;
    const home = headings.size === 1 ? groups.find((group) => group.name === [...headings][0]) : undefined;
    if (home) home.headings.push({ dataset: INDICATORS, heading: file, matched_by });
    else groups.push({ name: file, headings: [{ dataset: INDICATORS, heading: file, matched_by }] });
  }
  return groups;
}

/** Every pair of groups that shares something, the highest score first. */
export function listOverlaps(log: LogReader, log_size: number): Overlap[] {
  return readGroups(log, log_size).overlaps;
}

function overlapsOf(log: LogReader, tables: Tables, groups: readonly Group[]): Overlap[] {
  const holdings = holdingsOf(log, tables, groups);
  const overlaps: Overlap[] = [];
  for (const [place, a] of groups.entries())
    for (const b of groups.slice(place + 1)) {
      const items = holdings.flatMap((holding) => holding.shared(a.name, b.name));
      if (items.length > 0) overlaps.push(scoreOverlap(a.name, b.name, items));
    }
  return overlaps.sort((x, y) => y.score - x.score || y.evidence.length - x.evidence.length || x.a.localeCompare(y.a, "en"));
}

/** The tables that show who has what: their columns, and what kind of thing a row is. A table joins by one entry. */
const WITNESSES: readonly { reference: string; group: string; item: string; kindOf(row: Row): ItemKind }[] = [
  {
    reference: USES,
    group: "user",
    item: "used",
    kindOf: ({ used_kind }) => (used_kind === "malware" ? "malware family" : used_kind === "tool" ? "public tool" : "technique"),
  },
  { reference: INDICATORS, group: "group", item: "indicator", kindOf: () => "host, time not held" },
];

/** Who has what, of one witness, turned round: item → groups. */
type Holding = { shared(a: string, b: string): SharedItem[] };

function holdingsOf(log: LogReader, tables: Tables, groups: readonly Group[]): Holding[] {
  const named = new Map(groups.flatMap(({ name, headings }) => headings.map(({ dataset, heading }) => [`${dataset}\n${heading}`, name] as const)).reverse());
  const nameOf = (dataset: string, heading: string) => named.get(`${dataset}\n${heading}`) ?? heading;
  return WITNESSES.flatMap(({ reference, group, item, kindOf }) => {
    const found = tables(reference);
    if (!found) return [];
    return holding(
      log,
      found.dataset,
      found.rows.map((row) => ({ item: row[item]!, kind: kindOf(row), group: nameOf(reference, row[group]!) })),
    );
  });
}

function holding(log: LogReader, dataset: Dataset, rows: { item: string; kind: ItemKind; group: string }[]): Holding {
  const capture = findCapture(log, dataset.captures[0]!)!;
  const grade = `${capture.source_grade}${capture.item_grade}`;
  const byItem = Map.groupBy(rows, (row) => row.item);
  const inTwo = [...byItem.values()].map((own) => ({ own, groups: new Set(own.map((row) => row.group)) })).filter(({ groups }) => groups.size > 1);
  return {
    shared: (a, b) =>
      inTwo
        .filter(({ groups }) => groups.has(a) && groups.has(b))
        .map(({ own, groups }) => ({
          item: own[0]!.item,
          kind: own[0]!.kind,
          witness: dataset.name,
          grade,
          others: [...groups].filter((group) => group !== a && group !== b),
        })),
  };
}

/** The tables as they stood, each read when it is first asked for. */
type Tables = (reference: string) => { dataset: Dataset; rows: readonly Row[] } | undefined;

function openTables(log: LogReader, log_size: number): Tables {
  const read = new Map<string, ReturnType<Tables>>();
  return (reference) => {
    if (!read.has(reference)) {
      const dataset = findDataset(log, reference, log_size);
      read.set(reference, dataset && { dataset, rows: readRows(log, dataset) });
    }
    return read.get(reference);
  };
}
