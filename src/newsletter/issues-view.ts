// What was sent, in public: number, subject, stories and hashes of each issue. No address ever stands in the log.
import type { LogReader, View } from "../evidence/evidence.ts";

export const issuesView: View = {
  name: "issues",
  version: 1,
  tables: ["issues"],
  create: `
    CREATE TABLE issues (number INTEGER PRIMARY KEY, seq INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  `,
  apply(db, { seq, body }) {
    if (body.kind !== "issue") return;
    db.prepare("INSERT INTO issues (number, seq, body) VALUES (?, ?, ?)").run(body.number as number, seq, JSON.stringify(body));
  },
};

export type Issue = {
  seq: number;
  at: string;
  by: string;
  number: number;
  subject: string;
  stories: { slug: string; revision: number }[];
  /** Where its links lead: part of the forms, and so of their hashes. */
  base: string;
  text_sha256: string;
  html_sha256: string;
  /** Why it was sent within a week of the issue before it. */
  sooner?: string;
  /** It went to those who had chosen this topic, and to nobody else. */
  for_topic?: string;
  /** The draft it was sent from, so that a crash between log and outbox is mended and never repeated. */
  draft: string;
};

type Reads = Pick<LogReader, "db">;

export function listIssues(log: Reads, limit: number): Issue[] {
  return log.db.prepare("SELECT seq, body FROM issues ORDER BY number DESC LIMIT ?").all(limit).map(toIssue);
}

export function readIssue(log: Reads, number: number): Issue | undefined {
  const row = log.db.prepare("SELECT seq, body FROM issues WHERE number = ?").get(number);
  return row && toIssue(row);
}

export function nextIssueNumber(log: Reads): number {
  return ((log.db.prepare("SELECT max(number) AS n FROM issues").get()?.n as number | null) ?? 0) + 1;
}

function toIssue(row: Record<string, unknown>): Issue {
  return { seq: row.seq as number, ...(JSON.parse(row.body as string) as Omit<Issue, "seq">) };
}
