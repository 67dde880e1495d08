// Reading the publication: cards, revisions, corrections. Every list is read by its index, a page at a time.
import { prepared, type LogReader } from "../evidence/evidence.ts";
import type { Figure } from "../figures/figures.ts";
import type { PublishedPhoto } from "./photo.ts";
import { changedSentences, diffSentences, type DiffLine, type SentenceChange } from "./story-diff.ts";
import { printerOf, sentencesOf } from "./story-print.ts";
import type { Story } from "./story-schema.ts";

export type Waiver = { rule: string; why: string };

export type Publication = {
  seq: number;
  at: string;
  by: string;
  slug: string;
  revision: number;
  story: Story;
  /** The figures as of publication: this is what the page shows, for ever. */
  figures: Figure[];
  waivers: Waiver[];
  photo?: PublishedPhoto;
  why?: string;
  /** What was wrong, in words for readers: the one record from which notice, list, feeds and mails are made. */
  correction?: { what: string };
  withdrawn?: { why: string };
  /** When it was to come out, where it was written for a later time and came out late. */
  scheduled_for?: string;
};

/** A story or release as lists show it, in its newest revision. */
export type Card = {
  slug: string;
  type: Story["type"];
  first_seq: number;
  first_at: string;
  newest_seq: number;
  newest_at: string;
  revision: number;
  topic: string;
  topic_slug: string;
  byline: string;
  author_slug: string;
  happened: string;
  picture: string | null;
  /** Whether a supplied picture is shown with it. */
  photo: 0 | 1;
  /** Of a press release who supplied it, of an archive story from whose archive it is. */
  supplied_by: string | null;
  headline: string;
  standfirst: string;
  withdrawn: string | null;
  corrections: number;
};

export type CardFilter = {
  type?: Story["type"];
  /** Without what was taken over from archives, which is old however late it came in. */
  own?: boolean;
  topic?: string;
  author?: string;
  /** "2026-11" */
  month?: string;
  /** Only those first published before this entry: the cursor of a page. */
  before?: number;
  /** As known when the log had this size; left out, as they stand. */
  known?: number;
  limit: number;
  /** Withdrawn ones are left out of lists, unless asked for. */
  withdrawn?: "include" | "exclude";
};

type Reads = Pick<LogReader, "db">;

/** Cards by first publication, latest first; with `known`, as they stood when the log had that size. */
export function listCards(log: Reads, filter: CardFilter): Card[] {
  const tests: [string, string | number][] = [];
  if (filter.type) tests.push(["type = ?", filter.type]);
  if (filter.own) tests.push(["type != ?", "archive"]);
  if (filter.topic) tests.push(["topic_slug = ?", filter.topic]);
  if (filter.author) tests.push(["author_slug = ?", filter.author]);
  if (filter.month) tests.push(["substr(first_at, 1, 7) = ?", filter.month]);
  const before = Math.min(filter.before ?? Number.MAX_SAFE_INTEGER, filter.known ?? Number.MAX_SAFE_INTEGER);
  tests.push(["first_seq < ?", before]);
  const known = filter.known;
  // What was withdrawn only later stands in a list of the past.
  const withdrawn =
    filter.withdrawn === "include" ? "" : known === undefined ? "AND withdrawn IS NULL" : "AND (withdrawn IS NULL OR newest_seq >= ?)";
  const cards = log.db
    .prepare(`SELECT * FROM stories WHERE ${tests.map(([test]) => test).join(" AND ")} ${withdrawn} ORDER BY first_seq DESC LIMIT ?`)
    .all(...tests.map(([, value]) => value), ...(withdrawn.includes("?") ? [known!] : []), filter.limit) as unknown as Card[];
  return known === undefined ? cards : cards.map((card) => cardAt(log, card, known)).filter((card) => card.withdrawn === null);
}

/** A card as it stood at an earlier size of the log: that revision's words. */
function cardAt(log: Reads, card: Card, log_size: number): Card {
  if (card.newest_seq < log_size) return card;
  const revisions = listRevisions(log, card.slug).filter(({ seq }) => seq < log_size);
  const publication = revisions.at(-1)!;
  const print = printerOf(log, publication.figures);
  return {
    ...card,
    newest_seq: publication.seq,
    newest_at: publication.at,
    revision: publication.revision,
    topic: publication.story.topic,
    byline: publication.story.byline,
    happened: publication.story.happened,
    picture: publication.story.picture ?? null,
    photo: publication.photo ? 1 : 0,
    supplied_by: publication.story.supplied_by ?? publication.story.archive?.from ?? null,
    headline: print(publication.story.headline),
    standfirst: print(publication.story.standfirst),
    withdrawn: publication.withdrawn?.why ?? null,
    corrections: revisions.filter(({ correction, withdrawn }) => correction ?? withdrawn).length,
  };
}

export function findCard(log: Reads, slug: string): Card | undefined {
  return log.db.prepare("SELECT * FROM stories WHERE slug = ?").get(slug) as unknown as Card | undefined;
}

/** The story first published just before or after, for next and previous. */
export function neighbour(log: Reads, card: Card, way: "before" | "after"): Card | undefined {
  const [sign, order] = way === "before" ? ["<", "DESC"] : [">", "ASC"];
  return log.db
    .prepare(`SELECT * FROM stories WHERE type = ? AND first_seq ${sign} ? AND withdrawn IS NULL ORDER BY first_seq ${order} LIMIT 1`)
    .get(card.type, card.first_seq) as unknown as Card | undefined;
}

export type Shelf = { slug: string; name: string; stories: number; newest_at: string };

export function listTopics(log: Reads): Shelf[] {
  return shelves(log, "topic");
}
/** Names of the topics of our own stories: what only came from archives or from others goes into no issue of the newsletter. */
export function listOwnTopics(log: Reads): string[] {
  return log.db
    .prepare("SELECT max(topic) AS name FROM stories WHERE withdrawn IS NULL AND type = 'story' GROUP BY topic_slug ORDER BY count(*) DESC, topic_slug")
    .all()
    .map(({ name }) => name as string);
}
export function listAuthors(log: Reads): Shelf[] {
  return shelves(log, "author");
}
/** One topic or author; its stories are counted by its index alone. */
export function findShelf(log: Reads, by: "topic" | "author", slug: string): Shelf | undefined {
  const newest = log.db
    .prepare(
      `SELECT ${by === "topic" ? "topic" : "byline"} AS name FROM stories WHERE ${by}_slug = ? AND withdrawn IS NULL ORDER BY first_seq DESC LIMIT 1`,
    )
    .get(slug);
  if (!newest) return undefined;
  const { stories, newest_at } = log.db
    .prepare(`SELECT count(*) AS stories, max(newest_at) AS newest_at FROM stories WHERE ${by}_slug = ? AND withdrawn IS NULL`)
    .get(slug) as { stories: number; newest_at: string };
  return { slug, name: newest.name as string, stories, newest_at };
}
function shelves(log: Reads, by: "topic" | "author"): Shelf[] {
  const name = by === "topic" ? "topic" : "byline";
  return log.db
    .prepare(
      `SELECT ${by}_slug AS slug, max(${name}) AS name, count(*) AS stories, max(newest_at) AS newest_at FROM stories WHERE withdrawn IS NULL GROUP BY 1 ORDER BY 3 DESC, 1`,
    )
    .all() as unknown as Shelf[];
}

/** Months in which something was first published, latest first. */
export function listMonths(log: Reads): { month: string; stories: number }[] {
  return log.db
    .prepare("SELECT substr(first_at, 1, 7) AS month, count(*) AS stories FROM stories WHERE withdrawn IS NULL AND type != 'archive' GROUP BY 1 ORDER BY 1 DESC")
    .all() as unknown as { month: string; stories: number }[];
}

/** The newest revision of a story, or the one asked for. */
export function readPublication(log: Reads, slug: string, revision?: number): Publication | undefined {
  const row =
    revision === undefined
      ? prepared(log.db, "SELECT seq, body FROM publications WHERE slug = ? ORDER BY revision DESC LIMIT 1").get(slug)
      : prepared(log.db, "SELECT seq, body FROM publications WHERE slug = ? AND revision = ?").get(slug, revision);
  return row && toPublication(row);
}

/** The newest revision of every story, latest first. All of them: for checks and exports, not for pages. */
export function listPublications(log: Reads): Publication[] {
  return log.db
    .prepare("SELECT p.seq, p.body FROM publications p JOIN stories s ON s.newest_seq = p.seq ORDER BY p.seq DESC")
    .all()
    .map(toPublication);
}

export function listRevisions(log: Reads, slug: string): Publication[] {
  return log.db.prepare("SELECT seq, body FROM publications WHERE slug = ? ORDER BY revision").all(slug).map(toPublication);
}

/** What a revision changed against the one before it, sentence by sentence; the newest where none is named. */
export function changesOf(log: Reads, slug: string, revision?: number): { after: Publication; before?: Publication; lines: DiffLine[] } | undefined {
  const after = readPublication(log, slug, revision);
  if (!after) return undefined;
  const before = readPublication(log, slug, after.revision - 1);
  const printed = ({ story, figures }: Publication) => sentencesOf(story, printerOf(log, figures));
  return { after, before, lines: diffSentences(before ? printed(before) : [], printed(after)) };
}

/** The stories that carry a figure in their newest revision, latest first. */
export function cardsCarrying(log: Reads, figure: string, limit = -1): Card[] {
  return log.db
    .prepare(
      "SELECT s.* FROM carried_figures c JOIN stories s ON s.slug = c.slug AND s.revision = c.revision WHERE c.figure = ? ORDER BY s.first_seq DESC LIMIT ?",
    )
    .all(figure, limit) as unknown as Card[];
}

export type Correction = {
  seq: number;
  at: string;
  slug: string;
  type: Story["type"];
  headline: string;
  from_revision: number;
  to_revision: number;
  kind: "correction" | "withdrawal";
  what: string;
  /** What was printed, and what stands there now. */
  sentences: SentenceChange[];
};

/** Corrections and withdrawals, latest first. */
export function listCorrections(log: Reads, filter: { slug?: string; before?: number; limit: number }): Correction[] {
  return log.db
    .prepare("SELECT seq FROM corrections WHERE (? IS NULL OR slug = ?) AND seq < ? ORDER BY seq DESC LIMIT ?")
    .all(filter.slug ?? null, filter.slug ?? null, filter.before ?? Number.MAX_SAFE_INTEGER, filter.limit)
    .map(({ seq }) => {
      const row = log.db.prepare("SELECT seq, body FROM publications WHERE seq = ?").get(seq as number)!;
      return toCorrection(log, toPublication(row));
    });
}

/** Which revisions before a correction said what was wrong: all of them for a withdrawal or for words that were missing. */
export function revisionsCorrected(log: Reads, { slug, from_revision, sentences }: Pick<Correction, "slug" | "from_revision" | "sentences">): number[] {
  const wrong = new Set(sentences.flatMap(({ was }) => was ?? []));
  return Array.from({ length: from_revision }, (_, at) => at + 1).filter((revision) => {
    if (wrong.size === 0) return true;
    const publication = readPublication(log, slug, revision);
    return publication !== undefined && sentencesOf(publication.story, printerOf(log, publication.figures)).some((sentence) => wrong.has(sentence));
  });
}

export function countCorrections(log: Reads, before: number): number {
  return log.db.prepare("SELECT count(*) AS count FROM corrections WHERE seq < ?").get(before)!.count as number;
}

function toCorrection(log: Reads, publication: Publication): Correction {
  const { seq, at, slug, revision, story, correction, withdrawn } = publication;
  const before = readPublication(log, slug, revision - 1);
  const print = printerOf(log, publication.figures);
  return {
    seq,
    at,
    slug,
    type: story.type,
    headline: print(story.headline),
    from_revision: revision - 1,
    to_revision: revision,
    kind: withdrawn ? "withdrawal" : "correction",
    what: withdrawn?.why ?? correction!.what,
    sentences:
      before && !withdrawn ? changedSentences(sentencesOf(before.story, printerOf(log, before.figures)), sentencesOf(story, print)) : [],
  };
}

function toPublication(row: Record<string, unknown>): Publication {
  return { seq: row.seq as number, ...(JSON.parse(row.body as string) as Omit<Publication, "seq">) };
}
