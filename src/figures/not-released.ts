// A figure counts released claims only. Where claims that are held and not released would change its answer, whoever makes it
// has to know: the desk and the command line see them, readers do not.
import { readClaims, type Claim, type Vantage } from "../casefile/casefile.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { TracewireError } from "../errors.ts";
import { orFault } from "./compute-or-fault.ts";
import { computeAt } from "./compute.ts";
import type { Computed } from "./computed.ts";
import type { FigureRow } from "./figure.ts";
import type { FigureSpec } from "./figure-spec.ts";

const SUBJECTS_LOOKED_AT_MAX = 500;
const NAMED_MAX = 8;

/** Claims that are not released and that the figure's rules would take; `value`: what it would be with them. */
export type NotReleased = { claims: number[]; subjects: string[]; value: string | null; /** What readers see meanwhile. */ readers_see: string | null };

/** Undefined where no claim waits. What rests on a protected source is never released and not told of. */
export function findNotReleased(log: LogReader, spec: FigureSpec, log_size: number): NotReleased | undefined {
  if (spec.evidence === "all") return undefined;
  const as_of = spec.as_of;
  const held: Vantage = { log_size, evidence: "all", without_protected: true, as_of };
  const all = answer(log, spec, held);
  if (!all) return undefined;
  const released = answer(log, spec, { log_size, evidence: "released", as_of });
  const seen = new Set(released?.rows.map(rowKey));
  const changed = all.rows.filter((row) => !seen.has(rowKey(row)));
  const counted = new Set(released?.rows.map(({ subject }) => subject));
  const waiting = new Map<number, Claim>();
  const look = (filter: Parameters<typeof readClaims>[2]) => {
    for (const claim of readClaims(log, held, filter)) if (claim.released === undefined) waiting.set(claim.seq, claim);
  };
  look({ among: changed.flatMap(({ claim }) => (claim === null ? [] : [claim])) });
  // A theft that is not counted yet comes in by what is claimed of it: its date, its victim, who is blamed.
  const entering = [...new Set(changed.map(({ subject }) => subject))].filter((subject) => !counted.has(subject) && spec.subject === undefined);
  for (const subject of entering.slice(0, SUBJECTS_LOOKED_AT_MAX)) look({ subject });
  if (waiting.size === 0) return undefined;
  const claims = [...waiting.values()].sort((a, b) => a.seq - b.seq);
  return { claims: claims.map(({ seq }) => seq), subjects: [...new Set(claims.map(({ subject }) => subject))], value: all.value, readers_see: released?.value ?? null };
}

const rowKey = ({ subject, claim, value, when }: FigureRow): string => JSON.stringify([subject, claim, value, when]);

function answer(log: LogReader, spec: FigureSpec, at: Vantage): Computed | undefined {
  const found = orFault(() => computeAt(log, spec, at));
  return found instanceof TracewireError ? undefined : found;
}

/** In words; `printed` is what readers see. */
export function notReleasedWords({ claims, readers_see }: NotReleased, printed: string): string {
  const count = claims.length === 1 ? "One claim behind this is" : `${claims.length.toLocaleString("en-US")} claims behind this are`;
  return `${count} not released; readers will see ${readers_see === null ? "“not known”" : printed}`;
}

/** The command that releases them. */
export function releaseCommand({ claims }: NotReleased): string {
  return `tracewire release ${claims.slice(0, NAMED_MAX).join(" ")}${claims.length > NAMED_MAX ? ` … (all ${claims.length}: tracewire figure --json)` : ""}`;
}
