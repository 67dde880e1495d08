// The words of a figure come from its rules: a short form for a sentence, a long one for "how we counted".
// Hedge and claimant stay with the number; readers' words, not ours (LOOK: "who says", "how we counted").
import { kindSpec } from "../casefile/casefile.ts";
import type { Claim } from "../casefile/casefile.ts";
import { parseDecimal, roundDecimal, formatDecimal } from "./decimal.ts";
import type { Figure } from "./figure.ts";
import type { FigureSpec } from "./figure-spec.ts";

export type FigureWords = {
  /** For a sentence: "57", "$2.97 billion". */
  short: string;
  /** The exact value with its unit: "$2,966,031,000", "57 attacks". */
  exact: string;
  range: string | null;
  /** Who says it, with their hedge. */
  who: string;
  /** "How we counted", one rule a line. */
  how: string[];
};

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const SYMBOLS: Record<string, string> = { USD: "$", EUR: "€", GBP: "£", JPY: "¥", KRW: "₩" };
const NUMBER_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

export function describeFigure(figure: Figure, spec: FigureSpec, chosen?: Claim): FigureWords {
  return {
    short: formatValue(figure.value, figure.unit, "short", spec),
    exact:
      figure.measure === "series" && figure.value !== null
        ? `${formatCount(figure.value)} ${pointsWord(spec, figure.value === "1")}`
        : formatValue(figure.value, figure.unit, "exact", spec),
    range:
      figure.low && figure.high && figure.low !== figure.high
        ? `${formatValue(figure.low, figure.unit, "exact", spec)} to ${formatValue(figure.high, figure.unit, "exact", spec)}`
        : null,
    who: whoSays(figure, chosen),
    how: howWeCounted(figure, spec),
  };
}

/** A value with its unit, for prose ("short") or for a table ("exact"). Unknown is said, never zero. */
export function formatValue(value: string | null, unit: string, form: "short" | "exact" | "words", spec?: FigureSpec): string {
  if (value === null) return "not known";
  // Crypto assets have three letters too, and no cents: ISO 4217 codes only.
  if (unit in SYMBOLS || (/^[A-Z]{3}$/.test(unit) && !["BTC", "ETH"].includes(unit)))
    return formatMoney(value, unit, form === "exact" ? "exact" : "short", spec?.rounding?.power);
  if (unit === "percent") return `${spec?.rounding ? formatDecimal(roundDecimal(parseDecimal(value), spec.rounding.power)) : value} %`;
  if (unit === "date") return formatDate(value.slice(0, 10));
  if (unit === "year" || unit === "text") return value;
  if (form === "short" && spec?.rounding) return formatCount(formatDecimal(roundDecimal(parseDecimal(value), spec.rounding.power)));
  if (form === "words") return numberWord(value);
  if (form === "short") return formatCount(value);
  return `${formatCount(value)} ${singularIf(value, unit, spec)}`;
}

export function formatMoney(value: string, currency: string, form: "short" | "exact", power?: number): string {
  const symbol = SYMBOLS[currency] ?? `${currency} `;
  const rounded = power === undefined ? parseDecimal(value) : roundDecimal(parseDecimal(value), power);
  if (form === "exact") return `${symbol}${formatCount(formatDecimal(rounded))}`;
  for (const [name, zeros] of [
    ["trillion", 12],
    ["billion", 9],
    ["million", 6],
  ] as const) {
    // Three significant figures at most: 2,966,031,000 is "2.97 billion".
    if (rounded.units < 10n ** BigInt(zeros + rounded.scale)) continue;
    const whole = formatDecimal(rounded).split(".")[0]!.length - zeros;
    const short = formatDecimal({ units: roundDecimal(rounded, zeros - Math.max(0, 3 - whole)).units, scale: 0 });
    return `${symbol}${formatDecimal({ units: BigInt(short), scale: zeros })} ${name}`;
  }
  return `${symbol}${formatCount(formatDecimal(rounded))}`;
}

/** Thousands separated: 2966031000 → 2,966,031,000. */
export function formatCount(value: string): string {
  const [whole, fraction] = value.split(".") as [string, string?];
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (fraction ? `.${fraction}` : "");
}

export function numberWord(value: string): string {
  const word = /^\d{1,2}$/.test(value) ? NUMBER_WORDS[Number(value)] : undefined;
  return word ?? formatCount(value);
}

/** The figure as a sentence for the command line and page titles. */
export function figurePhrase(figure: Figure, spec: FigureSpec): string {
  return `${spec.title}: ${formatValue(figure.value, figure.unit, "exact", spec)}`;
}

function whoSays(figure: Figure, chosen: Claim | undefined): string {
  const claimants = [...new Set(figure.rows.map((row) => row.claimant).filter(Boolean))];
  if (chosen && figure.measure === "quote") {
    const relayed = chosen.relayed_by ? `, as relayed by ${chosen.relayed_by}` : "";
    const cited = chosen.cites?.length ? `, citing ${chosen.cites.join(" and ")}` : "";
    return `${chosen.claimant}${chosen.document ? ` (${chosen.document})` : ""}${cited}${relayed}: ${hedgeWords(chosen)}`;
  }
  if (chosen && figure.measure === "column_sum")
    return `Our addition of ${chosen.claimant}${chosen.document ? `, ${chosen.document}` : ""}${chosen.relayed_by ? `, as transcribed by ${chosen.relayed_by}` : ""}: ${hedgeWords(chosen)}`;
  if (figure.measure === "rows" || (figure.measure === "series" && figure.rows[0]?.subject.startsWith("row/")))
    return `Our ${figure.rows.length === 1 ? "reading" : "count"} of rows published by ${claimants.slice(0, 3).join(", ") || "their source"}`;
  if (claimants.length === 0) return "Our count of what the case file holds";
  return `Our computation over values given by ${claimants.slice(0, 3).join(", ")}${claimants.length > 3 ? ` and ${claimants.length - 3} others` : ""}`;
}

function hedgeWords(claim: Claim): string {
  const bound = claim.bound && claim.bound !== "exact" ? `${claim.bound.replace("_", " ")}, ` : "";
  return claim.hedge === "unstated" ? `${bound}with no hedge stated` : `${bound}${claim.hedge}`;
}

function howWeCounted(figure: Figure, spec: FigureSpec): string[] {
  if (spec.of === "row" && !spec.parts) return [...rowWords(spec), ...figure.notes];
  const kind = spec.of === "row" ? undefined : kindSpec(spec.of);
  const field = spec.field ? kind?.fields[spec.field]?.label.toLowerCase() : undefined;
  const lines: (string | undefined | false)[] = [
    {
      count:
        spec.unit_of_count === "value"
          ? `Different values printed for one and the same ${field ?? "thing"}, counted once each.`
          : `One unit is one ${spec.unit_of_count === "victim" ? "victim, as labelled" : (spec.noun?.one ?? kind?.one ?? "row")}${spec.merge === "none" ? "" : "; rows are merged only by a recorded judgement"}.`,
      sum: `The sum of the ${field ?? "values"} over ${kind?.many ?? "rows"}, one value for each.`,
      quote: `One published value, quoted; it is not recomputed.`,
      column_sum: `The sum of a published table's column (${field}), over its ${numberWord(figure.row_count)} rows; not a count of rows.`,
      series:
        spec.by === "claimant"
          ? `One point for each claim of the ${field}, by whoever made it.`
          : spec.by === "period"
            ? `One point for each period of which the ${field} is held.`
            : `One point a year: the ${field}.`,
      share: `One figure as a share of another: ${partWords(spec, " of ")}.`,
      compare: `The difference between two figures: ${partWords(spec, " less ")}.`,
      product: `One figure times another: ${partWords(spec, " times ")}.`,
      rows: `Rows of a dataset.`,
    }[spec.measure],
    spec.choice?.documents?.length ? `Table or document: ${spec.choice.documents.join("; ")}.` : undefined,
    spec.attribution?.levels && `Blamed by: ${spec.attribution.levels.map(levelWords).join(", ")}.`,
    spec.attribution?.contested === "exclude" && "Contested attributions are left out.",
    spec.actors && `Attributed to ${spec.actors.join(" or ")}.`,
    spec.victims?.types &&
      `Victims: ${spec.victims.types.map((type) => (type === "company/protocol" ? "companies and protocols" : type)).join(", ")}.`,
    spec.victims?.named && "Only where a victim is named; whether one is, is a recorded judgement.",
    spec.victims?.identity === "as_attributed" && "Victims that only a researcher identified are left out.",
    spec.listed_by && `Rows of the ${spec.listed_by}.`,
    spec.countries && `Countries: ${spec.countries.join(", ")}, as listed (the source states no rule).`,
    spec.period &&
      `Period: ${formatDate(spec.period.from)} to ${formatDate(spec.period.to)}, by ${periodBasisWords(spec.period.basis)}, UTC, both days included.`,
    spec.outcome?.unknown_amounts === "exclude" && "Rows of unknown amount are left out.",
    spec.outcome?.amount_min && `Rows below ${formatCount(spec.outcome.amount_min)} are left out.`,
    spec.valuation &&
      spec.valuation.basis !== "any" &&
      `Values ${spec.valuation.basis.replaceAll("_", " ")}${spec.valuation.minted === "exclude" ? "; nominal values of minted tokens left out" : ""}.`,
    spec.gross_or_net &&
      `${spec.gross_or_net === "gross" ? "Gross: what came back is not subtracted." : `Measured: ${spec.gross_or_net}.`}`,
    spec.choice?.among && `Values by ${spec.choice.among.join(", ")} only.`,
    spec.choice?.claimants &&
      spec.measure !== "column_sum" &&
      `Among rival values, that of ${spec.choice.claimants.join(", then ")}${spec.choice.otherwise === "refuse" ? "; else none" : "; else the latest"}.`,
    spec.splits === "parts" && "A theft whose parts a claimant names counts as its parts.",
    Number(figure.unknown_count) > 0 &&
      `${capital(numberWord(figure.unknown_count))} of the rows ${figure.unknown_count === "1" ? "has" : "have"} no known amount: counted, and summed as nothing.`,
    Boolean(spec.exclude?.length) && `Left out by name: ${spec.exclude!.map((item) => `${item.subject} (${item.why})`).join("; ")}.`,
    Boolean(spec.include?.length) && `Put in by name: ${spec.include!.map((item) => `${item.subject} (${item.why})`).join("; ")}.`,
    spec.rounding && `Rounded to ${formatCount((10n ** BigInt(Math.max(0, spec.rounding.power))).toString())} in prose.`,
    spec.as_of && `Only what had been claimed by ${spec.as_of}.`,
    ...figure.notes,
  ];
  return lines.filter((line): line is string => Boolean(line));
}

const partWords = (spec: FigureSpec, between: string): string => (spec.parts ?? []).map((part) => `“${part.title}”`).join(between);

/** The rules of a figure over rows, one a line. */
function rowWords(spec: FigureSpec): string[] {
  const list = (items: readonly string[]) =>
    items.length > 4 ? `${items.slice(0, 3).join(", ")} or ${items.length - 3} others` : items.join(" or ");
  const column = spec.column?.replaceAll("_", " ");
  const taken = {
    count: "Rows are counted, one by one.",
    distinct: `Different values of “${column}” are counted once each.`,
    sum: `The values of “${column}” are added${spec.base_decimals ? `, in base units of which ${spec.base_decimals} decimals make one ${spec.unit ?? "unit"}` : ""}.`,
    minimum: `The lowest, or first, value of “${column}”.`,
    maximum: `The highest, or last, value of “${column}”.`,
    most: `The value of “${column}” that most rows have.`,
    most_count: `How many rows have the value of “${column}” that most have.`,
    only: `The one row that is left: its “${column}”.`,
  }[spec.take ?? "count"];
  return [
    ...(spec.by_column
      ? [`One point for each ${spec.by_column.first === 4 ? "year of" : "value of"} “${spec.by_column.column.replaceAll("_", " ")}”.`]
      : []),
    taken,
    ...(spec.where ?? []).map((test) => {
      const words = [
        test.is && `is ${list(test.is.map((cell) => cell || "empty"))}`,
        test.not && `is not ${list(test.not.map((cell) => cell || "empty"))}`,
        test.starts && `begins with ${list(test.starts)}`,
        test.contains && `contains ${list(test.contains)}`,
        test.from && `is ${test.from} or later`,
        test.to && `is ${test.to} or earlier`,
      ].filter(Boolean);
      return `Only rows whose “${test.column.replaceAll("_", " ")}” ${words.join(", and ")}.`;
    }),
    ...(spec.in ? [`Only where the same stands in ${spec.in.dataset}.`] : []),
    ...(spec.not_in ? [`Only where the same does not stand in ${spec.not_in.dataset}.`] : []),
    ...(spec.shared_by
      ? [
          `Only values that at least ${numberWord(String(spec.shared_by.at_least))} different ${spec.shared_by.column.replaceAll("_", " ")}s have.`,
        ]
      : []),
  ];
}

export function formatDate(date: string): string {
  const [year, month, day] = date.split("-");
  if (!month) return year!;
  return day ? `${MONTHS[Number(month) - 1]} ${Number(day)}, ${year}` : `${MONTHS[Number(month) - 1]} ${year}`;
}

function levelWords(level: string): string {
  return level
    .replace("official-UN", "UN monitors")
    .replace("official-gov", "a government")
    .replace("official-coalition", "a coalition of states")
    .replaceAll("-", " ");
}

function periodBasisWords(basis: string): string {
  return (
    {
      date: "the list's date",
      date_theft: "date of theft",
      date_disclosed: "date of disclosure",
      date_attributed: "date of attribution",
      period: "the period each row states",
    }[basis] ?? basis
  );
}

const singularIf = (value: string, unit: string, spec?: FigureSpec) => (value === "1" && spec?.noun ? spec.noun.one : unit);

/**
 * What the points of a series are, which its noun, that of what is counted in each, does not say. Not in formatValue:
 * letters print by that, and the hash of a letter that was sent is compared with the letter made again.
 */
function pointsWord({ of, by, by_column }: FigureSpec, isOne: boolean): string {
  const many = (one: string) => (isOne ? one : /[^aeiou]y$/.test(one) ? `${one.slice(0, -1)}ies` : /s$/.test(one) ? one : `${one}s`);
  if (of !== "row" || !by_column) return many(by === "claimant" ? "claimant" : by === "period" ? "period" : "year");
  const { column, first } = by_column;
  if (/^(date|day|time|year|.*_(on|at))$/.test(column)) {
    const unit = { 4: "year", 7: "month", 10: "day" }[first ?? 10];
    if (unit) return many(unit);
  }
  const thing = column.replaceAll("_", " ");
  return first === undefined ? many(thing) : `${isOne ? "group" : "groups"} of ${/s$/.test(thing) ? thing : `${thing}s`}`;
}
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
