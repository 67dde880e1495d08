// Two answers side by side: what differs, place by place. For two methods, two days, two sets of data.
export type TotalsRow = { method: string; asset: string; what: string; place: string; amount: string };
export type Difference = { method: string; asset: string; what: string; place: string; before: bigint; after: bigint };

export function compareTotals(before: readonly TotalsRow[], after: readonly TotalsRow[]): Difference[] {
  const keyOf = ({ method, asset, what, place }: TotalsRow) => `${method} ${asset} ${what} ${place}`;
  const found = new Map<string, Difference>();
  for (const [side, rows] of [["before", before], ["after", after]] as const)
    for (const row of rows) {
      const { method, asset, what, place } = row;
      const known = found.get(keyOf(row)) ?? { method, asset, what, place, before: 0n, after: 0n };
      known[side] += BigInt(row.amount);
      found.set(keyOf(row), known);
    }
  return [...found.values()].filter((one) => one.before !== one.after);
}
