// Full-text search over what was published (SQLite FTS5): words as typed, else words spelled nearly so.
import { editDistance } from "../edit-distance.ts";
import type { LogReader } from "../evidence/evidence.ts";
import type { Card } from "./read-press.ts";

export type StoryHit = { card: Card; /** With \u0001 before and \u0002 behind each word that was found. */ snippet: string };
export type StorySearch = {
  hits: StoryHit[];
  /** What was searched for instead, when the words as typed were not there. */ instead?: string;
  topics: { slug: string; name: string; stories: number }[];
};

const HITS_MAX = 40;
const WORDS_MAX = 12;
const SNIPPET_WORDS = 24;
const NEAR_MAX = 2_000;

export function searchStories(
  log: Pick<LogReader, "db">,
  text: string,
  filter: { topic?: string; type?: string; before: number },
): StorySearch {
  const words = wordsOf(text);
  if (words.length === 0) return { hits: [], topics: [] };
  const found = look(log, words, filter);
  if (found.hits.length > 0 || filter.topic) return found;
  const nearer = words.map((word) => nearestWord(log, word));
  if (nearer.every((word, at) => word === words[at])) return found;
  const again = look(log, nearer, filter);
  return again.hits.length > 0 ? { ...again, instead: nearer.join(" ") } : found;
}

/** Letters and digits only: nothing that a reader types is an operator of the query language. */
function wordsOf(text: string): string[] {
  return (
    text
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).slice(0, WORDS_MAX);
}

function look({ db }: Pick<LogReader, "db">, words: string[], filter: { topic?: string; type?: string; before: number }): StorySearch {
  // The last word may still be half typed.
  const query = words.map((word, at) => `"${word}"${at === words.length - 1 ? "*" : ""}`).join(" ");
  const tests = "story_text MATCH ? AND s.first_seq < ? AND (? IS NULL OR s.topic_slug = ?) AND (? IS NULL OR s.type = ?)";
  const values = [query, filter.before, filter.topic ?? null, filter.topic ?? null, filter.type ?? null, filter.type ?? null];
  const rows = db
    .prepare(
      `SELECT s.*, snippet(story_text, -1, char(1), char(2), ' … ', ${SNIPPET_WORDS}) AS snippet FROM story_text JOIN stories s ON s.slug = story_text.slug
       WHERE ${tests} ORDER BY bm25(story_text, 0, 8.0, 4.0, 1.0), s.first_seq DESC LIMIT ${HITS_MAX}`,
    )
    .all(...values) as unknown as (Card & { snippet: string })[];
  const topics = db
    .prepare(
      `SELECT s.topic_slug AS slug, max(s.topic) AS name, count(*) AS stories FROM story_text JOIN stories s ON s.slug = story_text.slug WHERE story_text MATCH ? AND s.first_seq < ? GROUP BY 1 ORDER BY 3 DESC, 1`,
    )
    .all(query, filter.before) as unknown as StorySearch["topics"];
  return { hits: rows.map(({ snippet, ...card }) => ({ card, snippet })), topics };
}

/** The word itself where it is known, else the nearest that begins with the same letter, two changes away at most. */
function nearestWord({ db }: Pick<LogReader, "db">, word: string): string {
  if (db.prepare("SELECT 1 FROM story_words WHERE term = ?").get(word) || word.length < 4 || /\d/.test(word)) return word;
  const [first] = word;
  const candidates = db
    .prepare("SELECT term, doc FROM story_words WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ? LIMIT ?")
    .all(first!, `${first}\u{10ffff}`, word.length - 2, word.length + 2, NEAR_MAX * 10) as unknown as { term: string; doc: number }[];
  const scored = candidates
    .map(({ term, doc }) => ({ term, doc, distance: editDistance(word, term) }))
    .filter(({ distance }) => distance <= (word.length < 6 ? 1 : 2))
    .sort((a, b) => a.distance - b.distance || b.doc - a.doc || (a.term < b.term ? -1 : 1));
  return scored[0]?.term ?? word;
}
