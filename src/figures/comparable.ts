// What may be added up or set side by side: values on one basis, rows that do not overlap, periods of equal length. Else
// the figure is refused, and the rows that do not fit are named.
import type { Claim } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import type { FigureSpec } from "./figure-spec.ts";
import type { Basis } from "./outcomes.ts";
import { periodLengthName } from "./periods.ts";

/** Values on different bases or in different currencies have no sum: refuse, naming the rows. */
export function refuseMixed(spec: FigureSpec, bases: readonly Basis[]): void {
  const facets: [string, (basis: Basis) => string][] = [
    ["valuation bases", ({ basis }) => basis],
    ["currencies", ({ unit }) => unit],
    ["measures", ({ measure }) => measure],
  ];
  for (const [name, facet] of facets) {
    const groups = Map.groupBy(bases, facet);
    if (groups.size > 1)
      throw new TracewireError("MIXED_BASES", {
        what: `Different ${name}: ${[...groups]
          .map(
            ([value, own]) =>
              `${value} (${own
                .slice(0, 5)
                .map(({ subject }) => subject)
                .join(", ")}${own.length > 5 ? ", …" : ""})`,
          )
          .join("; ")}`,
        where: spec.id,
      });
  }
}

export function refuseOverlap(claims: Claim[]): void {
  const seen = new Map<string, Claim>();
  for (const claim of claims) {
    const other = seen.get(claim.period!);
    if (other && other.seq !== claim.seq)
      throw new TracewireError("MIXED_BASES", {
        what: `Two rows cover ${claim.period}: claims ${other.seq} and ${claim.seq}`,
        hint: "Name one document in choice.documents.",
      });
    seen.set(claim.period!, claim);
  }
}

export function refuseUnequal(rows: { name: string; period: string }[]): void {
  const groups = Map.groupBy(rows, (row) => periodLengthName(row.period));
  if (groups.size > 1)
    throw new TracewireError("UNEQUAL_PERIODS", {
      what: [...groups].map(([length, own]) => `${length}: ${own.map((row) => row.name).join(", ")}`).join("; "),
    });
}

export const sameLength = (a: { from: string; to: string }, b: { from: string; to: string }) =>
  periodLengthName(`${a.from}/${a.to}`) === periodLengthName(`${b.from}/${b.to}`);

export function isWithin(period: string, limits: { from: string; to: string }): boolean {
  const [from, to = from] = period.split("/") as [string, string?];
  return (
    limits.from.slice(0, from.length) <= from &&
    to!.slice(0, to!.length) <= limits.to.slice(0, to!.length) &&
    from >= limits.from.slice(0, from.length)
  );
}
