// Named checks over the case file: each finds a disease that real tables have (docs/checks.md tells of each with its
// example). A check never changes anything; it names the claims and what to look at.
import type { LogReader } from "../evidence/evidence.ts";
import type { Claim } from "./claims.ts";
import { followSubjects } from "./follow-subjects.ts";
import { readClaims, type Vantage } from "./read-casefile.ts";

export type CheckResult = { check: CheckName; subject: string; what: string; claims: number[] };
type Check = { about: string; run(claims: readonly Claim[]): Omit<CheckResult, "check">[] };

/** A citation may lag the event; past this it is worth asking whether it is about the same event. */
const LATE_DAYS_MAX = 366;
const EQUAL_AMOUNT_MIN = 1_000_000n;

export const CHECKS = {
  "parts-do-not-add-up": {
    about: "The parts that one claimant names do not add up to the whole that somebody names for the same theft.",
    run: (claims) =>
      bySubject(amounts(claims)).flatMap(([subject, own]) => {
        const wholes = own.filter((claim) => claim.part_of === undefined);
        return group(
          own.filter((claim) => claim.part_of !== undefined),
          (claim) => `${claim.claimant}|${claim.unit}`,
        )
          .flatMap(([, parts]) => {
            const named = latestPerPart(parts);
            if (named.length < 2) return [];
            const sum = named.reduce((total, claim) => total + whole(claim), 0n);
            return wholes
              .filter((claim) => claim.claimant === named[0]!.claimant && claim.unit === named[0]!.unit && whole(claim) !== sum)
              .map((claim) => ({
                subject,
                what: `${claim.claimant} names parts of ${grouped(sum)} and a whole of ${grouped(claim.value)} ${claim.unit}`,
                claims: [claim.seq, ...named.map((part) => part.seq)],
              }));
          })
          .concat(
            own
              .filter((claim) => claim.part_of?.startsWith("sum of its own parts"))
              .flatMap((sum) =>
                wholes
                  .filter(
                    (claim) =>
                      claim.claimant === sum.claimant && claim.document === sum.document?.split(";")[0] && whole(claim) !== whole(sum),
                  )
                  .map((claim) => ({
                    subject,
                    what: `${claim.claimant} prints ${grouped(claim.value)} ${claim.unit} while its own parts sum to ${grouped(sum.value)}`,
                    claims: [claim.seq, sum.seq],
                  })),
              ),
          );
      }),
  },
  "measure-not-stated": {
    about: "An amount does not say whether it is gross, net or something else: figures over gross amounts leave it out, or have no value beside it.",
    run: (claims) =>
      claims
        .filter((claim) => claim.kind_of === "theft" && claim.field === "amount" && claim.measure === undefined)
        .map(({ subject, claimant, value, unit, seq }) => ({ subject, what: `${claimant} names ${grouped(value)} ${unit ?? ""} and it is not stated what that measures (gross, net, …)`, claims: [seq] })),
  },
  "source-date": {
    about: "The source is dated before the event it reports, or more than a year after it.",
    run: (claims) =>
      bySubject(claims).flatMap(([subject, own]) => {
        const event =
          own.find((claim) => claim.field === "date_theft" && claim.value.length === 10) ??
          own.find((claim) => claim.field === "date" && claim.value.length === 10);
        if (!event) return [];
        return own
          .filter((claim) => ["amount", "date_theft", "date_disclosed"].includes(claim.field) && claim.as_of.length === 10)
          .flatMap((claim) => {
            const days = (Date.parse(claim.as_of) - Date.parse(event.value)) / 86_400_000;
            if (days >= 0 && days <= LATE_DAYS_MAX) return [];
            const what = days < 0 ? `${-days} days before` : `${days} days after`;
            return [
              {
                subject,
                what: `${claim.claimant} is dated ${claim.as_of}, ${what} the event of ${event.value}`,
                claims: [claim.seq, event.seq],
              },
            ];
          });
      }),
  },
  "rival-dates": {
    about: "Claims about when the theft happened differ.",
    run: (claims) =>
      bySubject(claims).flatMap(([subject, own]) => {
        const dates = own.filter((claim) => claim.field === "date_theft");
        const distinct = [...new Set(dates.map((claim) => claim.value))].sort();
        return distinct.length > 1
          ? [{ subject, what: `The theft is dated ${distinct.join(" and ")}`, claims: dates.map((claim) => claim.seq) }]
          : [];
      }),
  },
  "equal-amounts": {
    about: "The same amount stands on different thefts. It proves nothing: incidents are never merged by amount.",
    run: (claims) =>
      group(
        amounts(claims).filter((claim) => claim.subject.startsWith("theft/") && whole(claim) >= EQUAL_AMOUNT_MIN),
        (claim) => `${claim.value} ${claim.unit}`,
      ).flatMap(([amount, equal]) => {
        const subjects = [...new Set(equal.map((claim) => claim.subject))];
        return subjects.length > 1
          ? [
              {
                subject: subjects[0]!,
                what: `${grouped(amount)} is claimed of ${subjects.join(" and ")}`,
                claims: equal.map((claim) => claim.seq),
              },
            ]
          : [];
      }),
  },
  "row-outside-period": {
    about: "A document's total for a period counts a theft that happened outside it.",
    run: (claims) => {
      const totals = claims.filter(
        (claim) => claim.subject.startsWith("published-total/") && claim.field === "amount" && claim.period && claim.document,
      );
      const dates = firstDates(claims);
      return totals.flatMap((total) =>
        amounts(claims)
          .filter(
            (row) => row.subject.startsWith("theft/") && row.claimant === total.claimant && row.document?.split(";")[0] === total.document,
          )
          .filter((row) => dates.has(row.subject) && !inPeriod(dates.get(row.subject)!, total.period!))
          .map((row) => ({
            subject: row.subject,
            what: `${total.document} counts it in ${total.period}, but it is dated ${dates.get(row.subject)}`,
            claims: [row.seq, total.seq],
          })),
      );
    },
  },
  "minted-tokens": {
    about: "The value is a nominal one of tokens the thief minted, not of what could be sold.",
    run: (claims) =>
      amounts(claims)
        .filter((claim) => claim.valuation?.minted)
        .map((claim) => ({
          subject: claim.subject,
          what: `${claim.claimant}: ${grouped(claim.value)} ${claim.unit} is ${claim.valuation!.note ?? "a value of minted tokens"}`,
          claims: [claim.seq],
        })),
  },
  "single-source": {
    about: "Only one claimant names an amount.",
    run: (claims) =>
      bySubject(amounts(claims).filter((claim) => claim.subject.startsWith("theft/"))).flatMap(([subject, own]) => {
        const claimants = [...new Set(own.map((claim) => claim.claimant))];
        return claimants.length === 1
          ? [{ subject, what: `Only ${claimants[0]} names an amount`, claims: own.map((claim) => claim.seq) }]
          : [];
      }),
  },
  "total-against-its-rows": {
    about: "A published total differs from the sum of the same body's own rows for the same time.",
    run: (claims) => {
      const published = claims.filter((claim) => claim.subject.startsWith("published-total/") && claim.period);
      const totals = published.filter((claim) => yearsOf(claim.period!).length > 1);
      return totals.flatMap((total) => {
        const years = yearsOf(total.period!);
        const tables = group(
          published.filter(
            (row) =>
              row.claimant === total.claimant &&
              row.field === total.field &&
              row.document &&
              /^\d{4}$/.test(row.period!) &&
              years.includes(row.period!),
          ),
          (row) => row.document!,
        );
        return tables
          .filter(([, rows]) => new Set(rows.map((row) => row.period)).size === years.length && rows.length === years.length)
          .filter(([, rows]) => rows.reduce((sum, row) => sum + whole(row), 0n) !== whole(total) && total.bound !== "about")
          .map(([document, rows]) => ({
            subject: total.subject,
            what: `${total.claimant} published ${grouped(total.value)}; the rows of “${document}” sum to ${grouped(rows.reduce((sum, row) => sum + whole(row), 0n))}. The difference is not explained.`,
            claims: [total.seq, ...rows.map((row) => row.seq)],
          }));
      });
    },
  },
} as const satisfies Record<string, Check>;

export type CheckName = keyof typeof CHECKS;

/** Runs the named checks (all of them by default) over what the vantage sees. */
export function runChecks(log: LogReader, at: Vantage, names = Object.keys(CHECKS) as CheckName[]): CheckResult[] {
  return runOver([...readClaims(log, at, { kind: "theft" }), ...readClaims(log, at, { kind: "published-total" })].sort(bySeq), names);
}

/** All checks over these claims of thefts and totals, in the order of their entries. */
export const runOverClaims = (claims: readonly Claim[]): CheckResult[] => runOver(claims, Object.keys(CHECKS) as CheckName[]);

/**
 * What the checks raise about one subject, `more` being taken as claims on it that hold besides. Costs what is held on it and on
 * the published totals, not the whole case file.
 */
export function runChecksOn(log: Pick<LogReader, "db">, at: Vantage, subject: string, more: readonly Claim[] = []): CheckResult[] {
  const own = [...readClaims(log, at, { subject }), ...more];
  const equal = [...new Set(amounts(own).map((claim) => claim.value))].flatMap((amount) => readClaims(log, at, { kind: "theft", amount }));
  const totals = readClaims(log, at, { kind: "published-total" });
  const claims = [...new Map([...own, ...equal, ...totals].map((claim) => [claim.seq, claim])).values()].sort(bySeq);
  return runOverClaims(claims);
}

export type CheckSummary = { count: number; /** At most as many as were asked for. */ first: CheckResult[] };

/** What is kept of a theft between two sums: its own findings, and its amounts, which may equal those of another. */
type Looked = { found: CheckResult[]; amounts: { amount: string; claim: Claim }[] };

const OF_ONE_SUBJECT = ["parts-do-not-add-up", "source-date", "rival-dates", "minted-tokens", "single-source"] as const;

/** All checks over all thefts and totals, counted, with the first of each. After a claim it costs the theft it is on. */
export function sumUpChecks(log: Pick<LogReader, "db">, at: Vantage, shown: number): Map<CheckName, CheckSummary> {
  const sums = new Map<CheckName, CheckSummary>();
  const add = (results: readonly CheckResult[]) => {
    for (const result of results) {
      const sum = sums.get(result.check) ?? { count: 0, first: [] };
      sum.count += 1;
      if (sum.first.length < shown) sum.first.push(result);
      sums.set(result.check, sum);
    }
  };
  const totals = readClaims(log, at, { kind: "published-total" });
  const equal = new Map<string, Claim[]>();
  for (const { made } of followSubjects(log, at, { kind: "theft", key: checksKey(totals), make: look(totals), reads_judgements: false })) {
    add(made.found);
    for (const { amount, claim } of made.amounts) {
      const same = equal.get(amount);
      if (same) same.push(claim);
      else equal.set(amount, [claim]);
    }
  }
  add(runOver([...equal.values()].filter((same) => same.length > 1).flat(), ["equal-amounts"]));
  add(runOver(totals, ["parts-do-not-add-up", "source-date", "rival-dates", "minted-tokens", "total-against-its-rows"]));
  return new Map((Object.keys(CHECKS) as CheckName[]).flatMap((check) => (sums.has(check) ? [[check, sums.get(check)!]] : [])));
}

/** A theft is also held to the totals that count it: with other totals all thefts are looked at again. */
const checksKey = (totals: readonly Claim[]): string => `checks ${totals.map(({ seq }) => seq).join(" ")}`;

function look(totals: readonly Claim[]): (subject: string, claims: readonly Claim[]) => Looked {
  return (_, claims) => ({
    found: [...runOver(claims, OF_ONE_SUBJECT), ...runOver([...claims, ...totals], ["row-outside-period"])],
    amounts: amounts(claims)
      .filter((claim) => whole(claim) >= EQUAL_AMOUNT_MIN)
      .map((claim) => ({ amount: `${claim.value} ${claim.unit}`, claim })),
  });
}

function runOver(claims: readonly Claim[], names: readonly CheckName[]): CheckResult[] {
  return names.flatMap((check) => CHECKS[check].run(claims).map((result) => ({ check, ...result })));
}

const bySeq = (a: Claim, b: Claim): number => a.seq - b.seq;

const amounts = (claims: readonly Claim[]) => claims.filter((claim) => claim.field === "amount" && /^\d+(\.\d+)?$/.test(claim.value));
/** 147500000 → 147,500,000: a finding is read by people. */
const grouped = (value: string | bigint) => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
const whole = (claim: Claim) => BigInt(claim.value.split(".")[0]!);
const bySubject = (claims: readonly Claim[]) => group(claims, (claim) => claim.subject);

function group(claims: readonly Claim[], key: (claim: Claim) => string): [string, Claim[]][] {
  return [...Map.groupBy(claims, key)];
}

function latestPerPart(parts: readonly Claim[]): Claim[] {
  return group(
    parts.filter((part) => !part.part_of!.startsWith("sum of")),
    (part) => part.part_of!,
  ).map(([, same]) => same.at(-1)!);
}

function firstDates(claims: readonly Claim[]): Map<string, string> {
  const dates = new Map<string, string>();
  for (const claim of claims) if (claim.field === "date") dates.set(claim.subject, claim.value);
  return dates;
}

function inPeriod(date: string, period: string): boolean {
  const [from, to = from] = period.split("/") as [string, string?];
  return date.slice(0, from.length) >= from && date.slice(0, to!.length) <= to!;
}

/** Whole years that a period covers exactly; empty when it starts or ends inside a year. */
function yearsOf(period: string): string[] {
  const match = /^(\d{4})-01-01\/(\d{4})-12-31$/.exec(period);
  if (!match) return [];
  const [first, last] = [Number(match[1]), Number(match[2])];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => String(first + at));
}
