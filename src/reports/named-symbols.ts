// Which claims name which document of the Council by its symbol (S/2024/215): as the document they were read in, as who
// says it, or in what a reply says. A view, so that the page of one report costs what is held on it.
import { type Claim, type ClaimInput, readClaims, type Vantage } from "../casefile/casefile.ts";
import { prepared, type AppliedEntry, type LogReader, type View } from "../evidence/evidence.ts";
import type { DatabaseSync } from "node:sqlite";
import { reportSlug } from "./report-spec.ts";

/** "source": its document or claimant bears the symbol. "reply": a reply whose document, wording or value has it. */
export type Place = "source" | "reply";

/** The number ends the symbol, whatever follows it (S/2024/215/Add.1). */
const SYMBOL = /\bS\/\d{4}\/\d+\b/g;

export const isCouncilSymbol = (symbol: string): boolean => /^S\/\d{4}\/\d+$/.test(symbol);

export const namedSymbolsView: View = {
  name: "named-symbols",
  version: 1,
  tables: ["named_symbols"],
  create: `
    CREATE TABLE named_symbols (seq INTEGER NOT NULL, named TEXT NOT NULL, symbol TEXT NOT NULL, PRIMARY KEY (seq, named)) STRICT;
    CREATE INDEX named_symbols_by_name ON named_symbols (named, symbol);
  `,
  apply(db, entry) {
    if (entry.body.kind === "claim") applyClaim(db, entry);
    if (entry.body.kind === "erasure")
      for (const { seq } of entry.body.entries as { seq: number }[]) prepared(db, "DELETE FROM named_symbols WHERE seq = ?").run(seq);
  },
};

function applyClaim(db: DatabaseSync, { seq, body }: AppliedEntry): void {
  const claim = body.claim as unknown as ClaimInput;
  const texts: Record<Place, (string | undefined)[]> = {
    source: [claim.document, claim.claimant],
    reply: claim.subject.startsWith("reply/") ? [claim.document, claim.wording, claim.value] : [],
  };
  const insert = prepared(db, "INSERT OR IGNORE INTO named_symbols (seq, named, symbol) VALUES (?, ?, ?)");
  for (const [place, own] of Object.entries(texts))
    for (const [symbol] of own.join("\n").matchAll(SYMBOL)) insert.run(seq, `${place} ${reportSlug(symbol)}`, symbol);
}

/** Claims that name the report, as far as the vantage sees them, in order. */
export function readNaming(log: Pick<LogReader, "db">, at: Vantage, place: Place, id: string): Claim[] {
  const among = prepared(log.db, "SELECT seq FROM named_symbols WHERE named = ?").all(`${place} ${id}`);
  return among.length === 0 ? [] : readClaims(log, at, { among: among.map(({ seq }) => seq as number) });
}

/** Reports that a document or claimant of any claim in sight names, with their symbols. */
export function listNamedSymbols(log: Pick<LogReader, "db">, at: Vantage): Map<string, string> {
  const named = prepared(log.db, "SELECT DISTINCT named, symbol FROM named_symbols WHERE named > 'source ' AND named < 'source!'").all() as {
    named: string;
    symbol: string;
  }[];
  const seqs = prepared(log.db, "SELECT seq FROM named_symbols WHERE named = ?");
  // A name that only claims out of sight hold is no name here.
  const isSeen = (name: string) => readClaims(log, at, { among: seqs.all(name).map(({ seq }) => seq as number), limit: 1 }).length > 0;
  return new Map(named.flatMap(({ named: name, symbol }) => (isSeen(name) ? [[name.slice("source ".length), symbol]] : [])));
}

/** The symbol as the claims that name the report write it. */
export function symbolIn(naming: readonly Claim[], id: string): string | undefined {
  for (const { document, claimant } of naming)
    for (const [symbol] of `${document}\n${claimant}`.matchAll(SYMBOL)) if (reportSlug(symbol) === id) return symbol;
  return undefined;
}
