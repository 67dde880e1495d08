// What a reader may search, one line for each thing that has a page: stories, releases, thefts, groups, figures. Only
// what is public enters; what is withdrawn leaves. The words lie in an FTS5 table under the same number.
// Beside them, as which numbers each figure was printed in public.
import type { DatabaseSync } from "node:sqlite";
import { subjectsReleased } from "../casefile/casefile.ts";
import { prepared, type AppliedEntry, type View } from "../evidence/evidence.ts";
import { findFigureSpec, formatValue, type Figure, type FigureSpec, type StatedValue } from "../figures/figures.ts";
import { numberKey } from "./number-key.ts";
import { printerOf, textOf } from "./story-print.ts";
import type { Story } from "./story-schema.ts";

export const searchView: View = {
  name: "search",
  version: 3,
  tables: ["findable", "findable_text", "printed_numbers"],
  create: `
    CREATE TABLE findable (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, since INTEGER NOT NULL, topic TEXT, year TEXT) STRICT;
    CREATE UNIQUE INDEX findable_by_name ON findable (kind, name);
    CREATE VIRTUAL TABLE findable_text USING fts5 (title, standfirst, body, tokenize = "unicode61 remove_diacritics 2");
    CREATE VIRTUAL TABLE IF NOT EXISTS findable_words USING fts5vocab (findable_text, 'row');
    CREATE TABLE printed_numbers (number TEXT NOT NULL, figure TEXT NOT NULL, printed TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (number, figure)) STRICT;
  `,
  apply(db, entry) {
    const { body } = entry;
    switch (body.kind) {
      case "publication":
        return applyPublication(db, entry);
      case "figure":
        return applyFigure(db, entry);
      case "release":
        return applyRelease(db, entry);
      case "restatement":
        return putNumbers(db, entry.seq, { id: body.figure as string, ...(body.to as unknown as StatedValue) });
    }
  },
};

type Findable = {
  kind: string;
  name: string;
  since: number;
  topic?: string;
  year?: string;
  title: string;
  standfirst?: string;
  body: string;
};

/** Numbered by the entry that first made it public: the same number in every rebuild. */
function put(db: DatabaseSync, id: number, { kind, name, since, topic, year, title, standfirst, body }: Findable): void {
  const known = prepared(db, "SELECT id FROM findable WHERE kind = ? AND name = ?").get(kind, name)?.id as number | undefined;
  if (known === undefined)
    prepared(db, "INSERT INTO findable (id, kind, name, since, topic, year) VALUES (?, ?, ?, ?, ?, ?)").run(
      id,
      kind,
      name,
      since,
      topic ?? null,
      year ?? null,
    );
  else {
    prepared(db, "UPDATE findable SET topic = ?, year = ? WHERE id = ?").run(topic ?? null, year ?? null, known);
    prepared(db, "DELETE FROM findable_text WHERE rowid = ?").run(known);
  }
  prepared(db, "INSERT INTO findable_text (rowid, title, standfirst, body) VALUES (?, ?, ?, ?)").run(
    known ?? id,
    title,
    standfirst ?? "",
    body,
  );
}

function remove(db: DatabaseSync, kind: string, name: string): void {
  const known = prepared(db, "DELETE FROM findable WHERE kind = ? AND name = ? RETURNING id").get(kind, name)?.id as number | undefined;
  if (known !== undefined) prepared(db, "DELETE FROM findable_text WHERE rowid = ?").run(known);
}

/** The press view has written its line of the story before. */
function applyPublication(db: DatabaseSync, { seq, body }: AppliedEntry): void {
  for (const figure of body.figures as unknown as Figure[]) putNumbers(db, seq, figure);
  const card = prepared(db, "SELECT * FROM stories WHERE slug = ?").get(body.slug as string)!;
  const [kind, name] = [card.type as string, card.slug as string];
  // A withdrawn story keeps its address; its words are no longer found.
  if (card.withdrawn !== null) return remove(db, kind, name);
  const text = textOf(body.story as unknown as Story, printerOf({ db }, body.figures as unknown as Figure[]));
  put(db, card.first_seq as number, {
    kind,
    name,
    since: card.first_seq as number,
    topic: card.topic_slug as string,
    year: (card.first_at as string).slice(0, 4),
    title: card.headline as string,
    standfirst: card.standfirst as string,
    body: text,
  });
}

/** A value as readers saw it, short and exact; what a figure was printed as once leads to it for ever. */
function putNumbers(db: DatabaseSync, seq: number, { id, value, log_size }: Pick<Figure, "id" | "value" | "log_size">): void {
  const spec = value === null ? undefined : findFigureSpec({ db }, id, Number(log_size))?.spec;
  if (!spec) return;
  for (const { number, printed } of numbersOf(value, spec)) prepared(db, "INSERT OR IGNORE INTO printed_numbers (number, figure, printed, seq) VALUES (?, ?, ?, ?)").run(number, id, printed, seq);
}

/** How a value is shown, exactly and short, with the number that each of them is searched by. */
export const numbersOf = (value: string | null, spec: FigureSpec): { number: string; printed: string }[] =>
  (["exact", "short"] as const).flatMap((form) => {
    const printed = formatValue(value, spec.currency ?? "", form, spec).trim();
    const number = numberKey(printed);
    return number === undefined ? [] : [{ number, printed }];
  });

function applyFigure(db: DatabaseSync, { seq, body }: AppliedEntry): void {
  const { id, title } = body.spec as { id: string; title: string };
  put(db, seq, { kind: "figure", name: id, since: seq, title, body: id });
}

/** Fields that name a thing; of a group every name that somebody uses for it. */
const NAMING: Record<string, { title: string; others: readonly string[] }> = {
  theft: { title: "victim", others: [] },
  actor: { title: "name", others: ["alias", "same_as", "overlaps"] },
};

function applyRelease(db: DatabaseSync, { seq, body }: AppliedEntry): void {
  const read = prepared(
    db,
    "SELECT field, body ->> '$.value' AS value FROM claims WHERE subject = ? AND public_from IS NOT NULL AND public_to IS NULL ORDER BY seq",
  );
  for (const [subject, first] of subjectsReleased(db, body.entries as number[])) {
    const kind = subject.slice(0, subject.indexOf("/"));
    if (!Object.hasOwn(NAMING, kind)) continue;
    const name = subject.slice(kind.length + 1);
    const naming = NAMING[kind]!;
    const claims = read.all(subject) as { field: string; value: string }[];
    if (claims.length === 0) {
      remove(db, kind, name);
      continue;
    }
    const words = name.replaceAll("-", " ");
    put(db, first, {
      kind,
      name,
      since: seq,
      year: claims.find(({ field }) => field === "date")?.value.slice(0, 4),
      title: claims.findLast(({ field }) => field === naming.title)?.value ?? words,
      body: [words, ...new Set(claims.filter(({ field }) => naming.others.includes(field)).map(({ value }) => value))].join("\n"),
    });
  }
}
