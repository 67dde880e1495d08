// What a check found, and the order in which it is told.

export type Finding = {
  /** Stable name, snake_case; docs list them. */
  what: string;
  /** Log index of the bad entry; with `until`, the first of a range [index, until) that holds one. */
  index?: number;
  until?: number;
  /** Path below the folder. */
  file?: string;
  expected?: string;
  actual?: string;
  /** Of what was computed again: nothing is damaged, it could not be compared. */
  is_warning?: true;
};

const COLLECTED_MAX = 100_000;
const REPORTED_MAX = 1_000;

export type Findings = { add(finding: Finding): void; isBad(index: number): boolean; list(): Finding[]; readonly count: number };

export function collectFindings(): Findings {
  const found: Finding[] = [];
  const bad = new Set<number>();
  let count = 0;
  return {
    add(finding) {
      count += 1;
      if (finding.index !== undefined && finding.until === undefined && bad.size < COLLECTED_MAX) bad.add(finding.index);
      if (found.length < COLLECTED_MAX) found.push(finding);
    },
    isBad: (index) => bad.has(index),
    get count() {
      return count;
    },
    list() {
      const sorted = found.map((finding, at) => ({ finding, at })).sort((a, b) => rank(a.finding) - rank(b.finding) || a.at - b.at);
      const told = sorted.slice(0, REPORTED_MAX).map(({ finding }) => finding);
      return count > told.length ? [...told, { what: "more_findings", actual: String(count - told.length) }] : told;
    },
  };
}

/** Named entries first, lowest index first; a range after the entries named inside it; then files. */
function rank(finding: Finding): number {
  return finding.until ?? (finding.index === undefined ? Infinity : finding.index + 1);
}

/** In one line, as `tracewire verify` prints it. */
export function findingWords(finding: Finding): string {
  return [
    finding.what,
    finding.index === undefined
      ? ""
      : finding.until === undefined
        ? `entry ${finding.index}`
        : `an entry from ${finding.index}, before ${finding.until}`,
    finding.file ?? "",
    finding.expected === undefined ? "" : `expected ${finding.expected}`,
    finding.actual === undefined ? "" : `found ${finding.actual}`,
  ]
    .filter(Boolean)
    .join("  ");
}
