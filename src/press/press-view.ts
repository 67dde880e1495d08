// Every published revision, never trimmed; one line for each story as it stands now, printed once, so that lists and
// feeds cost the same with ten stories and with ten thousand; and which figures each revision carries.
import type { DatabaseSync } from "node:sqlite";
import { prepared, type AppliedEntry, type View } from "../evidence/evidence.ts";
import type { Figure } from "../figures/figures.ts";
import { photoVersionName, type PublishedPhoto } from "./photo.ts";
import { printerOf } from "./story-print.ts";
import type { Story } from "./story-schema.ts";
import { slugOf } from "./topics.ts";

export const pressView: View = {
  name: "press",
  version: 8,
  tables: ["publications", "stories", "carried_figures", "corrections", "photo_versions", "old_addresses", "fronts", "stands"],
  create: `
    CREATE TABLE publications (seq INTEGER PRIMARY KEY, slug TEXT NOT NULL, revision INTEGER NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX publications_by_slug ON publications (slug, revision);
    CREATE TABLE stories (slug TEXT PRIMARY KEY, type TEXT NOT NULL, first_seq INTEGER NOT NULL, first_at TEXT NOT NULL, newest_seq INTEGER NOT NULL,
      newest_at TEXT NOT NULL, revision INTEGER NOT NULL, topic TEXT NOT NULL, topic_slug TEXT NOT NULL, byline TEXT NOT NULL, author_slug TEXT NOT NULL,
      happened TEXT NOT NULL, picture TEXT, photo INTEGER NOT NULL, supplied_by TEXT, headline TEXT NOT NULL, standfirst TEXT NOT NULL, withdrawn TEXT, corrections INTEGER NOT NULL) STRICT;
    CREATE UNIQUE INDEX stories_by_first ON stories (first_seq);
    CREATE INDEX stories_by_type ON stories (type, first_seq);
    CREATE INDEX stories_by_topic ON stories (topic_slug, first_seq);
    CREATE INDEX stories_by_author ON stories (author_slug, first_seq);
    CREATE INDEX stories_by_month ON stories (substr(first_at, 1, 7), first_seq);
    CREATE INDEX stories_of_topic ON stories (topic_slug, withdrawn, newest_at, topic);
    CREATE INDEX stories_of_author ON stories (author_slug, withdrawn, newest_at, byline);
    CREATE INDEX stories_by_newest ON stories (newest_seq);
    CREATE TABLE carried_figures (figure TEXT NOT NULL, slug TEXT NOT NULL, revision INTEGER NOT NULL, PRIMARY KEY (figure, slug, revision)) STRICT;
    CREATE TABLE corrections (seq INTEGER PRIMARY KEY, slug TEXT NOT NULL, at TEXT NOT NULL) STRICT;
    CREATE TABLE photo_versions (name TEXT NOT NULL, capture INTEGER NOT NULL, sha256 TEXT NOT NULL, media_type TEXT NOT NULL, original INTEGER NOT NULL,
      seq INTEGER NOT NULL, PRIMARY KEY (name, capture)) STRICT;
    CREATE INDEX photo_versions_by_original ON photo_versions (original);
    CREATE TABLE old_addresses (path TEXT PRIMARY KEY, slug TEXT NOT NULL, seq INTEGER NOT NULL) STRICT;
    CREATE TABLE fronts (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
    CREATE TABLE stands (seq INTEGER PRIMARY KEY, what TEXT NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX stands_by_what ON stands (what, seq);
    DROP TABLE IF EXISTS story_words;
    DROP TABLE IF EXISTS story_text;
  `,
  apply(db, entry) {
    if (entry.body.kind === "publication") applyPublication(db, entry);
    if (entry.body.kind === "stand") prepared(db, "INSERT INTO stands (seq, what, body) VALUES (?, ?, ?)").run(entry.seq, String(entry.body.what), JSON.stringify(entry.body));
    if (entry.body.kind === "front") prepared(db, "INSERT INTO fronts (seq, body) VALUES (?, ?)").run(entry.seq, JSON.stringify(entry.body));
  },
};

function applyPublication(db: DatabaseSync, { seq, body }: AppliedEntry): void {
  const slug = body.slug as string;
  const revision = body.revision as number;
  const story = body.story as unknown as Story;
  const figures = body.figures as unknown as Figure[];
  prepared(db, "INSERT INTO publications (seq, slug, revision, at, body) VALUES (?, ?, ?, ?, ?)").run(
    seq,
    slug,
    revision,
    body.at,
    JSON.stringify(body),
  );
  for (const figure of figures)
    prepared(db, "INSERT OR IGNORE INTO carried_figures (figure, slug, revision) VALUES (?, ?, ?)").run(figure.id, slug, revision);
  const photo = body.photo as unknown as PublishedPhoto | undefined;
  for (const item of photo?.versions ?? [])
    prepared(db, "INSERT OR IGNORE INTO photo_versions (name, capture, sha256, media_type, original, seq) VALUES (?, ?, ?, ?, ?, ?)").run(
      photoVersionName(item),
      item.capture,
      item.sha256,
      item.media_type,
      photo!.capture,
      seq,
    );
  // The first story that names a path keeps it: what a link leads to does not change under it.
  for (const path of story.archive?.paths ?? [])
    prepared(db, "INSERT OR IGNORE INTO old_addresses (path, slug, seq) VALUES (?, ?, ?)").run(path, slug, seq);
  const isCorrection = body.correction !== undefined || body.withdrawn !== undefined;
  if (isCorrection) prepared(db, "INSERT INTO corrections (seq, slug, at) VALUES (?, ?, ?)").run(seq, slug, body.at);
  const print = printerOf({ db }, figures);
  const first = prepared(db, "SELECT first_seq, first_at, corrections FROM stories WHERE slug = ?").get(slug);
  const headline = print(story.headline);
  const standfirst = print(story.standfirst);
  prepared(
    db,
    `INSERT OR REPLACE INTO stories (slug, type, first_seq, first_at, newest_seq, newest_at, revision, topic, topic_slug, byline, author_slug, happened,
       picture, photo, supplied_by, headline, standfirst, withdrawn, corrections) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    slug,
    story.type,
    (first?.first_seq as number | undefined) ?? seq,
    (first?.first_at as string | undefined) ?? body.at,
    seq,
    body.at,
    revision,
    story.topic,
    slugOf(story.topic),
    story.byline,
    slugOf(story.byline),
    story.happened,
    story.picture ?? null,
    photo ? 1 : 0,
    story.supplied_by ?? story.archive?.from ?? null,
    headline,
    standfirst,
    (body.withdrawn as { why: string } | undefined)?.why ?? null,
    ((first?.corrections as number | undefined) ?? 0) + (isCorrection ? 1 : 0),
  );
}
