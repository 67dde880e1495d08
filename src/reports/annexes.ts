// The annexes of a report: rows, evidence, method and replies, each made from the log and never typed.
import { readClaims, type Claim } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { locatorText, type LogReader } from "../evidence/evidence.ts";
import { describeFigure, findFigureSpec, formatDate, formatValue } from "../figures/figures.ts";
import type { BoundFigure } from "./footnotes.ts";
import type { AnnexRow, MethodItem, ReplyItem, Report, Request, RowsAnnex } from "./report.ts";
import type { Sources } from "./sources.ts";

export function rowsAnnex({ figure, spec, annex }: BoundFigure, sources: Sources): RowsAnnex {
  return {
    id: annex!,
    figure: figure.id,
    title: spec.title,
    exact: formatValue(figure.value, figure.unit, "exact", spec),
    row_count: figure.row_count,
    rows: figure.rows.map((row): AnnexRow => {
      const claim = row.claim === null ? undefined : sources.claim(row.claim);
      const capture = claim?.source.capture ?? row.capture;
      const print = (value: string | null) => (value === null ? null : formatValue(value, row.unit ?? "", "exact"));
      return {
        when: row.when,
        label: row.label,
        value: row.value,
        shown: print(row.value) ?? "not known",
        low: row.low,
        high: row.high,
        range: row.low !== null && row.low !== row.high ? `${print(row.low)} to ${print(row.high)}` : null,
        claimant: row.claimant,
        claim: row.claim,
        source: capture === null ? null : sources.name(capture),
        locator: claim ? locatorText(claim.source.locator) : null,
      };
    }),
    excluded: figure.excluded.map(({ label, why }) => ({ label, why })),
    not_compared: [...Map.groupBy(figure.not_compared, ({ why }) => why)].map(([why, items]) => ({
      why,
      claims: items.map(({ claim }) => claim),
    })),
  };
}

/** Sources that the report names; those that may not be shown are listed by their entry. */
export function evidenceAnnex(sources: Sources): Report["annexes"]["evidence"] {
  const named = sources.named();
  return {
    items: named.filter(({ state }) => state === "held").map(({ entry }) => sources.evidence(entry)),
    withheld: named.flatMap((source) => (source.state === "held" ? [] : [{ entry: source.entry, state: source.state }])),
  };
}

export function methodItem(log: LogReader, log_size: number, { figure, spec }: BoundFigure, sources: Sources): MethodItem {
  const first = figure.rows.find((row) => row.claim !== null)?.claim;
  const words = describeFigure(figure, spec, first === undefined || first === null ? undefined : sources.claim(first));
  return {
    figure: figure.id,
    title: spec.title,
    exact: words.exact,
    how: words.how,
    spec,
    spec_entry: findFigureSpec(log, figure.id, log_size)!.seq,
    rules_version: figure.rules_version,
    rows_sha256: figure.rows_sha256,
  };
}

/** One request and what came of it. */
export function replyItem(log: LogReader, log_size: number, subject: string, sources: Sources, where?: string): ReplyItem {
  const claims = readClaims(log, { log_size, evidence: "released" }, { subject });
  if (claims.length === 0)
    throw new TracewireError("BAD_REPORT", { what: `replies: nothing released is held on “${subject}” at log size ${log_size}`, where });
  const { silence, claims: seqs, ...request } = requestOf(subject, claims);
  const answers = answersIn(claims).map((claim) => ({ ...sources.cite(claim), answer: claim.value }));
  return { ...request, answers, silence, claims: seqs };
}

export const answersIn = (claims: readonly Claim[]): Claim[] => claims.filter(({ field }) => field === "answer");

/** What was asked of whom, and the words where no answer is held. */
export function requestOf(subject: string, claims: readonly Claim[]): Request {
  const last = (field: string): string | null => claims.findLast((claim) => claim.field === field)?.value ?? null;
  const deadline = last("deadline");
  return {
    subject,
    about: subject.slice("reply/".length).replaceAll("-", " "),
    asked: last("asked"),
    asked_of: last("asked_of"),
    asked_at: last("asked_at"),
    channel: last("channel"),
    deadline,
    silence: answersIn(claims).length > 0 ? null : last("silence") ? `no reply by ${formatDate(last("silence")!)}` : deadline ? `no reply by ${formatDate(deadline)}` : "no reply is held",
    claims: claims.map(({ seq }) => seq),
  };
}

const heldDate = (date: string | null): string => (date ? formatDate(date) : "not held");

/** How a request is told in the report and on the page. */
export function askedWords(reply: Request): string {
  return `Asked on: ${heldDate(reply.asked_at)}. Who was asked: ${reply.asked_of ?? "not held"}. Channel: ${reply.channel ?? "not held"}. Answer asked for by: ${heldDate(reply.deadline)}.${reply.asked ? ` What was asked: ${reply.asked}.` : ""}`;
}
