// Which feeds a publication stands in, so that those who follow them can be told. A correction stands in the feed of
// corrections too; a story that moved to another topic or desk changed the feed it left as well.
import type { LogReader } from "../evidence/evidence.ts";
import type { Publication } from "./read-press.ts";
import { slugOf } from "./topics.ts";

/** The three forms of every feed, by file name. */
export const FEED_FILES = ["feed.xml", "atom.xml", "feed.json"] as const;

/** The feeds that a story stands in, by what stands before the name of the file. */
export const feedsOf = ({ topic, byline }: Publication["story"]): string[] => ["", `/topics/${slugOf(topic)}`, `/authors/${slugOf(byline)}`];

/** Paths of the feeds that the publications among the entries [from, to) changed. */
export function changedFeeds(log: Pick<LogReader, "db">, from: number, to: number): Set<string> {
  const bases = new Set<string>();
  const before = log.db.prepare("SELECT body FROM publications WHERE slug = ? AND revision = ?");
  for (const { body } of log.db.prepare("SELECT body FROM publications WHERE seq >= ? AND seq < ? ORDER BY seq").iterate(from, to)) {
    const publication = JSON.parse(body as string) as Publication;
    // What was taken over from an archive is no news and stands in no feed; its corrections do.
    if (publication.story.type === "archive") {
      if (publication.correction ?? publication.withdrawn) bases.add("/corrections");
      continue;
    }
    const earlier = before.get(publication.slug, publication.revision - 1);
    if (publication.correction ?? publication.withdrawn) bases.add("/corrections");
    for (const { story } of [publication, ...(earlier ? [JSON.parse(earlier.body as string) as Publication] : [])]) for (const base of feedsOf(story)) bases.add(base);
  }
  return new Set([...bases].flatMap((base) => FEED_FILES.map((file) => `${base}/${file}`)));
}
