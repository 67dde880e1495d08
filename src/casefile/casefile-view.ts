// Claims and judgements as rows with the span of log sizes over which each holds: [from_seq, to_seq) for those
// who see everything, [public_from, public_to) for readers. "As known at size N" is that filter and nothing else.
import type { DatabaseSync } from "node:sqlite";
import { prepared, type AppliedEntry, type View } from "../evidence/evidence.ts";
import { claimKey, type ClaimInput } from "./claims.ts";

export const casefileView: View = {
  name: "casefile",
  version: 3,
  tables: ["claims", "judgements", "retractions"],
  create: `
    CREATE TABLE claims (
      seq INTEGER PRIMARY KEY, subject TEXT NOT NULL, field TEXT NOT NULL, capture INTEGER NOT NULL, key TEXT NOT NULL,
      at TEXT NOT NULL, by TEXT NOT NULL, body TEXT NOT NULL, supersedes INTEGER,
      from_seq INTEGER NOT NULL, to_seq INTEGER, public_from INTEGER, public_to INTEGER
    ) STRICT;
    CREATE INDEX claims_by_subject ON claims (subject, field);
    CREATE INDEX claims_by_key ON claims (key);
    CREATE INDEX claims_held ON claims (subject, public_from, public_to, from_seq, to_seq);
    CREATE INDEX claims_by_document ON claims (body ->> '$.document') WHERE body ->> '$.document' IS NOT NULL;
    CREATE INDEX claims_by_claimant ON claims (body ->> '$.claimant');
    CREATE INDEX claims_by_amount ON claims (body ->> '$.value') WHERE field = 'amount';
    CREATE INDEX claims_by_capture ON claims (capture);
    CREATE INDEX claims_by_superseded ON claims (supersedes) WHERE supersedes IS NOT NULL;
    CREATE TABLE judgements (
      seq INTEGER PRIMARY KEY, question TEXT NOT NULL, subject TEXT NOT NULL, other TEXT, verdict TEXT NOT NULL, why TEXT NOT NULL,
      at TEXT NOT NULL, by TEXT NOT NULL, from_seq INTEGER NOT NULL, to_seq INTEGER, public_from INTEGER, public_to INTEGER
    ) STRICT;
    CREATE INDEX judgements_by_subject ON judgements (subject);
    CREATE TABLE retractions (seq INTEGER PRIMARY KEY, entry INTEGER NOT NULL, why TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL) STRICT;
    CREATE INDEX retractions_by_entry ON retractions (entry);
  `,
  apply(db, entry) {
    switch (entry.body.kind) {
      case "claim":
        return applyClaim(db, entry);
      case "judgement":
        return applyJudgement(db, entry);
      case "retraction":
        return applyRetraction(db, entry);
      case "release":
        return applyRelease(db, entry);
      case "erasure":
        return applyErasure(db, entry);
    }
  },
};

function applyClaim(db: DatabaseSync, { seq, body }: AppliedEntry): void {
  const claim = body.claim as unknown as ClaimInput;
  prepared(
    db,
    `INSERT INTO claims (seq, subject, field, capture, key, at, by, body, supersedes, from_seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    seq,
    claim.subject,
    claim.field,
    claim.source.capture,
    claimKey(claim),
    body.at,
    body.by,
    JSON.stringify(claim),
    claim.supersedes ?? null,
    seq,
  );
  if (claim.supersedes !== undefined)
    prepared(db, "UPDATE claims SET to_seq = ? WHERE seq = ? AND to_seq IS NULL").run(seq, claim.supersedes);
}

function applyJudgement(db: DatabaseSync, { seq, body }: AppliedEntry): void {
  const { question, subject, other = null, verdict, why } = body as unknown as Record<string, string | null | undefined>;
  prepared(db, "UPDATE judgements SET to_seq = ? WHERE question = ? AND subject = ? AND other IS ? AND to_seq IS NULL").run(
    seq,
    question!,
    subject!,
    other,
  );
  prepared(
    db,
    "INSERT INTO judgements (seq, question, subject, other, verdict, why, at, by, from_seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  ).run(seq, question!, subject!, other, verdict!, why!, body.at, body.by, seq);
}

function applyRetraction(db: DatabaseSync, { seq, body }: AppliedEntry): void {
  const { entry, why } = body as unknown as { entry: number; why: string };
  prepared(db, "INSERT INTO retractions (seq, entry, why, by, at) VALUES (?, ?, ?, ?, ?)").run(seq, entry, why, body.by, body.at);
  for (const table of ["claims", "judgements"]) prepared(db, `UPDATE ${table} SET to_seq = ? WHERE seq = ? AND to_seq IS NULL`).run(seq, entry);
}

function applyRelease(db: DatabaseSync, { seq, body }: AppliedEntry): void {
  const releaseClaim = prepared(db, "UPDATE claims SET public_from = ? WHERE seq = ? AND public_from IS NULL");
  const releaseJudgement = prepared(db, "UPDATE judgements SET public_from = ? WHERE seq = ? AND public_from IS NULL");
  // Readers keep an older claim until the one that supersedes it is public too, and never see it if that came first.
  const endSuperseded = prepared(
    db,
    "UPDATE claims SET public_to = ? WHERE public_to IS NULL AND seq = (SELECT supersedes FROM claims WHERE seq = ?)",
  );
  const endOwn = prepared(
    db,
    "UPDATE claims SET public_to = ? WHERE seq = ? AND public_to IS NULL AND EXISTS (SELECT 1 FROM claims n WHERE n.supersedes = claims.seq AND n.public_from IS NOT NULL)",
  );
  const endJudgement = prepared(
    db,
    `UPDATE judgements SET public_to = ? WHERE public_to IS NULL AND seq < ? AND EXISTS (SELECT 1 FROM judgements n WHERE n.seq = ?
       AND n.question = judgements.question AND n.subject = judgements.subject AND n.other IS judgements.other)`,
  );
  const endRetracted = ["claims", "judgements"].map((table) =>
    prepared(db, `UPDATE ${table} SET public_to = ? WHERE public_to IS NULL AND seq IN (SELECT entry FROM retractions WHERE seq = ? OR entry = ?)`),
  );
  for (const target of body.entries as number[]) {
    if (releaseClaim.run(seq, target).changes) {
      endSuperseded.run(seq, target);
      endOwn.run(seq, target);
    } else if (releaseJudgement.run(seq, target).changes) endJudgement.run(seq, target, target);
    // A retraction that is made public ends what it takes back; what was taken back before is public for no size at all.
    for (const end of endRetracted) end.run(seq, target, target);
  }
}

/**
 * What an erased claim had replaced in public does not come back: the erasure remembers it. One that readers never saw
 * is as if it had never been.
 */
function applyErasure(db: DatabaseSync, { body }: AppliedEntry): void {
  for (const erased of body.entries as { seq: number; supersedes?: number; released?: number }[]) {
    prepared(db, "DELETE FROM claims WHERE seq = ?").run(erased.seq);
    prepared(db, "DELETE FROM judgements WHERE seq = ?").run(erased.seq);
    prepared(db, "DELETE FROM retractions WHERE entry = ?").run(erased.seq);
    if (erased.supersedes === undefined) continue;
    prepared(db, "UPDATE claims SET to_seq = coalesce(to_seq, ?), public_to = coalesce(public_to, ?) WHERE seq = ?").run(
      erased.seq,
      erased.released ?? null,
      erased.supersedes,
    );
  }
}
