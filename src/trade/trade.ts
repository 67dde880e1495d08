// The door of the trade room: does a measure of the Security Council cover this commodity code on this day. A match is
// not a violation: exemptions are a person's finding (DOMAIN §3). Codes of most measures are not verified against the
// primary text; each match carries what its source says of that.
import type { Claim } from "../casefile/casefile.ts";

export type Match = {
  measure: string;
  instrument: string;
  paragraph: string;
  direction: string;
  rule: string;
  goods: string;
  codes: string;
  from: string;
  to: string | null;
  exemptions: string | null;
  verification: string;
  /** "part": the measure names codes inside the one asked about, so that only some of its goods are covered. */
  covers: "whole" | "part";
};

/** The measures in force on `on` (YYYY-MM-DD) whose codes meet `code` (two to ten digits), earliest first. */
export function measuresFor(claims: readonly Claim[], code: string, on: string): Match[] {
  const matches: Match[] = [];
  for (const [measure, own] of Map.groupBy(claims, (claim) => claim.subject)) {
    const of = (field: string) => own.findLast((claim) => claim.field === field)?.value;
    const codes = of("codes");
    const from = of("valid_from");
    const to = of("valid_to") ?? null;
    if (!codes || !from || on < from || (to !== null && on > to)) continue;
    const covers = coverage(codes, code);
    if (covers === "none") continue;
    matches.push({
      measure,
      instrument: of("instrument") ?? "",
      paragraph: of("paragraph") ?? "",
      direction: of("direction") ?? "",
      rule: of("rule") ?? "",
      goods: of("goods") ?? "",
      codes,
      from,
      to,
      exemptions: of("exemptions") ?? null,
      verification: of("verification") ?? "not verified against the primary text",
      covers,
    });
  }
  return matches.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : a.measure < b.measure ? -1 : 1));
}

/** "2701;2702 (suggested)", "50-63", "2601111000;…": chapters, headings and longer codes, and ranges of them. */
export function coverage(codes: string, code: string): "whole" | "part" | "none" {
  let found: "whole" | "part" | "none" = "none";
  for (const part of codes.split(";")) {
    const text = part.replaceAll(/\(.*?\)/g, "").trim();
    const range = /^(\d{2,10})-(\d{2,10})$/.exec(text);
    if (range) {
      const start = code.slice(0, range[1]!.length);
      if (start.length === range[1]!.length && start >= range[1]! && start <= range[2]!) return "whole";
    } else if (/^\d{2,10}$/.test(text)) {
      if (code.startsWith(text)) return "whole";
      if (text.startsWith(code)) found = "part";
    }
  }
  return found;
}

/** Crude: twelve months from Dec 22 (resolution 2397, paragraph 4). Refined: a calendar year from 2018 on (paragraph 5). */
export function petroleumYear(product: "crude" | "refined", on: string): { from: string; to: string } {
  const year = Number(on.slice(0, 4));
  if (product === "refined") return { from: `${year}-01-01`, to: `${year}-12-31` };
  const first = on.slice(5) >= "12-22" ? year : year - 1;
  return { from: `${first}-12-22`, to: `${first + 1}-12-21` };
}
