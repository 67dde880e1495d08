// One line for each theft, by the rules that any figure has: the value chosen, the range of its rivals, who blames.
import { readClaims, type Vantage } from "../casefile/casefile.ts";
import { computeFigure, type FigureRow, type FigureSpec } from "../figures/figures.ts";
import type { SiteContext } from "./route.ts";

/** Not a figure of its own, since nobody quotes a list; but it is counted as one. */
export const THEFT_VALUES: FigureSpec = {
  id: "list-of-thefts",
  title: "Thefts",
  measure: "sum",
  of: "theft",
  field: "amount",
  currency: "USD",
  merge: "judged",
  valuation: { basis: "as_published", minted: "include" },
  gross_or_net: "gross",
  choice: { claimants: ["tayvano (researcher)"], otherwise: "latest" },
};

export type TheftRow = FigureRow & { country: string; level: string; blamed: string; blamed_by: string; hedge: string; claims: number };

export function theftRows(context: Pick<SiteContext, "log" | "memo"> & { at: Vantage }): TheftRow[] {
  return context.memo("thefts", () => {
    const claims = Map.groupBy(readClaims(context.log, context.at, { kind: "theft" }), (claim) => claim.subject);
    const { as_of, evidence } = context.at;
    const spec = { ...THEFT_VALUES, evidence, ...(as_of ? { as_of } : {}) };
    return computeFigure(context.log, spec, context.at.log_size).rows.map((row) => {
      const own = claims.get(row.subject) ?? [];
      const blame = own.find((claim) => claim.field === "attributed_to");
      const last = (field: string) => own.findLast((claim) => claim.field === field)?.value ?? "";
      return {
        ...row,
        country: last("country"),
        level: last("attribution_level"),
        blamed: blame?.value ?? "",
        blamed_by: blame?.claimant ?? "",
        hedge: blame?.hedge ?? "",
        claims: own.length,
      };
    });
  });
}

const LEVEL_WORDS: Record<string, string> = {
  "official-UN": "UN monitors",
  "official-gov": "a government",
  "official-coalition": "a coalition of states",
  "official-UN-unnamed-victim": "UN monitors, victim not named",
  "official-gov-unnamed-victim": "a government, victim not named",
  "official-suspected": "an official body, as suspected",
  vendor: "a company",
  "victim+vendor": "the victim and a company",
  "independent-investigator": "an investigator",
  "single-researcher": "one researcher",
  "withdrawn-by-source": "withdrawn by its source",
  "not-attributed": "nobody",
};

export const levelWords = (level: string): string => LEVEL_WORDS[level] ?? (level || "nobody yet");
