// Which of several rival claims a figure takes, and which stand beside it as its range.
import type { Claim } from "../casefile/casefile.ts";
import { compareDecimal, parseDecimal } from "./decimal.ts";
import type { FigureRow } from "./figure.ts";
import type { FigureSpec } from "./figure-spec.ts";

export type Choice = { chosen: Claim | undefined; rivals: Claim[]; left_out: { claim: number; why: string }[] };

const isNumber = (claim: Claim) => /^-?\d+(\.\d+)?$/.test(claim.value);

/**
 * Rules 7, 8, 11, 12, 19: only claims on the asked basis, currency and measure, of the whole and not a part, can be
 * chosen; among them the named claimants and documents in their order, else the latest.
 */
export function chooseClaim(claims: readonly Claim[], spec: FigureSpec): Choice {
  const left_out: Choice["left_out"] = [];
  const admissible = claims.filter((claim) => {
    if (claim.field !== spec.field) return false;
    const why = reasonNotAdmissible(claim, spec);
    if (why) left_out.push({ claim: claim.seq, why });
    return !why;
  });
  const ranked = admissible
    .map((claim) => ({ claim, rank: rankOf(claim, spec) }))
    .filter(({ rank }) => spec.choice?.otherwise !== "refuse" || rank < Infinity)
    .sort((a, b) => a.rank - b.rank || compareAsOf(b.claim, a.claim) || b.claim.seq - a.claim.seq);
  const chosen = ranked[0]?.claim;
  // A range is drawn over like with like: also where the spec left basis or measure open.
  const rivals = chosen
    ? admissible.filter(
        (claim) =>
          claim.seq !== chosen.seq &&
          claim.unit === chosen.unit &&
          claim.measure === chosen.measure &&
          claim.valuation?.basis === chosen.valuation?.basis &&
          claim.hedge !== "withdrawn" &&
          (spec.choice?.among?.includes(claim.claimant) ?? true) &&
          !sameOrigin(claim, chosen, spec),
      )
    : [];
  return { chosen, rivals, left_out };
}

function reasonNotAdmissible(claim: Claim, spec: FigureSpec): string | undefined {
  if (!isNumber(claim)) return "not a number";
  if (spec.choice?.part !== undefined) {
    if (claim.part_of !== spec.choice.part) return `is not of the part ${spec.choice.part}`;
  } else if (claim.part_of !== undefined) return `covers only a part (${claim.part_of})`;
  if (spec.currency && claim.unit !== spec.currency) return `in ${claim.unit ?? "no unit"}, not ${spec.currency}`;
  if (spec.gross_or_net && claim.measure !== spec.gross_or_net)
    return `${claim.measure ?? "not said to be gross or net"}, not ${spec.gross_or_net}`;
  const basis = spec.valuation?.basis;
  if (basis && basis !== "any" && claim.valuation?.basis !== basis)
    return `valued ${words(claim.valuation?.basis ?? "on no stated basis")}, not ${words(basis)}`;
  if (spec.valuation?.minted === "exclude" && claim.valuation?.minted) return "a nominal value of minted tokens";
  return undefined;
}

function rankOf(claim: Claim, spec: FigureSpec): number {
  const { claimants, documents } = spec.choice ?? {};
  const byClaimant = claimants ? claimants.indexOf(claim.claimant) : 0;
  const byDocument = documents ? documents.indexOf(claim.document ?? "") : 0;
  if (byClaimant < 0 || byDocument < 0) return Infinity;
  return byClaimant * 1_000 + byDocument;
}

/** Rule 13: a vendor relayed by the UN and the vendor itself are one origin, not two. */
function sameOrigin(claim: Claim, chosen: Claim, spec: FigureSpec): boolean {
  if (spec.independence !== "origin") return false;
  const origins = (of: Claim) => (of.cites?.length ? of.cites : [of.claimant]);
  return origins(claim).some((origin) => origins(chosen).includes(origin));
}

function compareAsOf(a: Claim, b: Claim): number {
  const [x, y] = [a.as_of, b.as_of].map((date) => (date === "unstated" ? "" : date)) as [string, string];
  return x < y ? -1 : x > y ? 1 : 0;
}

export function rowOf(
  subject: { subject: string; label: string; when: string | null },
  chosen: Claim | undefined,
  rivals: Claim[],
  label = subject.label,
): FigureRow {
  const values = chosen ? [chosen, ...rivals].map((claim) => parseDecimal(claim.value)) : [];
  const extreme = (sign: 1 | -1) =>
    chosen
      ? [chosen, ...rivals][values.reduce((best, value, at) => (compareDecimal(value, values[best]!) * sign > 0 ? at : best), 0)]!.value
      : null;
  return {
    subject: subject.subject,
    label,
    claim: chosen?.seq ?? null,
    claimant: chosen?.claimant ?? null,
    value: chosen?.value ?? null,
    unit: chosen?.unit ?? null,
    when: subject.when,
    low: extreme(-1),
    high: extreme(1),
    rivals: rivals.map((claim) => claim.seq),
    capture: chosen?.source.capture ?? null,
  };
}

const words = (basis: string) => basis.replaceAll("_", " ");
