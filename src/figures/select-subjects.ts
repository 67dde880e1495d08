// Which thefts (or other subjects) a figure is about: rules 2 to 6, 14 and 16. Every one left out says why.
import { kindSpec, readJudgements, type Claim, type Vantage } from "../casefile/casefile.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { chooseClaim } from "./choose-claim.ts";
import { compareDecimal, parseDecimal } from "./decimal.ts";
import { kindOfFigure, type FigureSpec } from "./figure-spec.ts";
import { firstDay, lastDay } from "./periods.ts";

/** A subject as a figure names it: its newest label, and the date that decides whether it is in the period. */
export type Named = { subject: string; label: string; when: string | null; claims: readonly Claim[] };

export function nameSubject(subject: string, claims: readonly Claim[], spec: FigureSpec): Named {
  const label = latest(claims, kindSpec(kindOfFigure(spec)).title) ?? subject;
  const basis = spec.period && spec.period.basis !== "period" ? spec.period.basis : "date";
  return { subject, label, when: latest(claims, basis) ?? null, claims };
}

/** Subjects of which a judgement says that their victim is not named. */
export function unnamedVictims(log: LogReader, at: Vantage): Set<string> {
  return new Set(
    readJudgements(log, at, "victim_named")
      .filter((judgement) => judgement.verdict === "negative")
      .map((judgement) => judgement.subject),
  );
}

/** The rule that leaves the subject out; undefined where it is in. */
export function whyLeftOut(subject: string, claims: readonly Claim[], spec: FigureSpec, unnamed: ReadonlySet<string>): string | undefined {
  return spec.include?.some((item) => item.subject === subject) ? undefined : reasonLeftOut(subject, claims, spec, unnamed);
}

/** The first rule that leaves the subject out, in the order in which a reader would ask. */
function reasonLeftOut(subject: string, claims: readonly Claim[], spec: FigureSpec, unnamed: ReadonlySet<string>): string | undefined {
  const of = (field: string) => latest(claims, field);
  const { period, attribution, victims, outcome } = spec;

  if (period && period.basis !== "period") {
    const date = of(period.basis);
    if (!date) return `nobody states its ${kindSpec(kindOfFigure(spec)).fields[period.basis]?.label.toLowerCase() ?? "date"}`;
    if (period.placeholders === "exclude" && date.length < 10) return "dated only to the month or year";
    if (lastDay(date) < period.from || firstDay(date) > period.to) return "outside the period";
  }
  if (spec.listed_by && !claims.some((claim) => claim.field === "listed_by" && claim.value === spec.listed_by))
    return `not in the ${spec.listed_by}`;

  const level = of("attribution_level");
  if (attribution?.levels && !attribution.levels.includes(level as never)) return `attribution: ${level ?? "none"}`;
  if (attribution?.contested === "exclude" && of("confidence") === "contested") return "its attribution is contested";
  if (spec.actors && !claims.some((claim) => claim.field === "attributed_to" && spec.actors!.includes(claim.value)))
    return `not attributed to ${spec.actors.join(" or ")}`;

  const type = of("victim_type");
  if (victims?.types && !victims.types.includes(type ?? "")) return `kind of victim: ${type ?? "unknown"}`;
  if (victims?.named !== undefined && victims.named === unnamed.has(subject))
    return victims.named ? "the victim is not named" : "the victim is named";
  if (victims?.identity === "as_attributed" && level?.endsWith("-unnamed-victim")) return "the attributing body did not name the victim";
  if (spec.countries && !spec.countries.includes(of("country") ?? "")) return `country: ${of("country") ?? "not stated"}`;

  if (outcome || spec.valuation?.minted === "exclude") {
    const { chosen } = chooseClaim(claims, {
      ...spec,
      field: spec.field ?? "amount",
      valuation: spec.valuation && { ...spec.valuation, minted: "include" },
    });
    if (spec.valuation?.minted === "exclude" && chosen?.valuation?.minted) return "its amount is a nominal value of minted tokens";
    if (!chosen && outcome?.unknown_amounts === "exclude") return "its amount is unknown";
    if (chosen && outcome?.zero_amounts === "exclude" && /^0+$/.test(chosen.value)) return "nothing was taken";
    if (outcome?.amount_min && (!chosen || compareDecimal(parseDecimal(chosen.value), parseDecimal(outcome.amount_min)) < 0))
      return `below ${Number(outcome.amount_min).toLocaleString("en-US")} or unknown`;
  }
  return spec.exclude?.find((item) => item.subject === subject)?.why;
}

/** The newest claim wins for what is not a contested amount (labels, dates, classes). */
function latest(claims: readonly Claim[], field: string): string | undefined {
  return claims.findLast((claim) => claim.field === field)?.value;
}
