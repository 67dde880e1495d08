// Which feeds a publication stands in, so that those who follow them can be told. A correction stands in the feed of
// corrections too; a story that moved to another topic or desk changed the feed it left as well.
import type { LogReader } from "../evidence/evidence.ts";
import type { Publication } from "./read-press.ts";
import { slugOf } from "./topics.ts";

/** The three forms of every feed, by file name. */
export const FEED_FILES = ["feed.xml", "atom.xml", "feed.json"] as const;

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
    bases.add("");
    if (publication.correction ?? publication.withdrawn) bases.add("/corrections");
    for (const { story } of [publication, ...(earlier ? [JSON.parse(earlier.body as string) as Publication] : [])])
      bases.add(`/topics/${slugOf(story.topic)}`).add(`/authors/${slugOf(story.byline)}`);
  }
  return new Set([...bases].flatMap((base) => FEED_FILES.map((file) => `${base}/${file}`)));
}
