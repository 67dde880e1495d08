// One import: posts are read one after another, made stories, and published batch by batch. A second run of the same file
// changes nothing; a post that was edited or withdrawn here is left as it stands here.
import { TracewireError } from "../errors.ts";
import { canonicalJson, sha256Hex, type EvidenceWriter, type Json, type Transaction } from "../evidence/evidence.ts";
import { findOldAddress, publishStory, readPublication, type PreparedPhoto, type Publication } from "../press/press.ts";
import { findPicture, prepareFound, type FoundPicture } from "./pictures.ts";
import type { ArchiveFile, StoryReader } from "./readers.ts";
import { toStory, type Draft } from "./to-story.ts";
import { openLosses, type PassedPost } from "./taken-post.ts";

/** Stories of one change: an import of no more than this is whole or not there. */
export const BATCH_STORIES = 500;
const BATCH_LENGTH = 16 * 2 ** 20;
/** Prepared pictures are held until their batch is written. */
const BATCH_PICTURES = 50;

export type ImportStoriesOptions = {
  by: string;
  now: string;
  from?: string;
  topic?: string;
  address?: string;
  pictures?: string;
  credit?: string;
  licence?: string;
  mend?: boolean;
  /** A path at which this site has a page of its own: it is never led elsewhere. */
  isServed(path: string): boolean;
  onProgress?: (done: number, what: string) => void;
};

export type ImportedStory = {
  slug: string;
  place: string;
  outcome: "published" | "revised" | "unchanged" | "kept";
  /** Of one that is kept: why the archive's newer words were not taken. */
  why?: string;
  paths: number;
  photo: boolean;
  lost: { what: string; count: number }[];
};
export type ImportedStories = {
  from: string[];
  stories: ImportedStory[];
  passed: PassedPost[];
  refused: { place: string; what: string }[];
  /** Of the file as a whole. */
  lost: { what: string; count: number }[];
};

type Target = EvidenceWriter & { transact<T>(by: string, change: (transaction: Transaction) => T): T; isDryRun?: boolean };
/** `story` with its picture and its hash: what is published. */
type Waiting = { story: Draft["story"]; place: string; lost: Draft["lost"]; last?: Publication; prepared?: PreparedPhoto };

export async function importStories(newsroom: Target, reader: StoryReader, files: readonly ArchiveFile[], options: ImportStoriesOptions): Promise<ImportedStories> {
  const fileLosses = openLosses();
  const result: ImportedStories = { from: [], stories: [], passed: [], refused: [], lost: [] };
  const taken: Taken = { slugs: new Map(), paths: new Map() };
  let batch: Waiting[] = [];
  let length = 0;
  const write = () => {
    // The oldest first, as they came out there: what is listed by our order then stands in theirs as well.
    const ordered = batch.toSorted((a, b) => (a.story.archive.published < b.story.archive.published ? -1 : a.story.archive.published > b.story.archive.published ? 1 : 0));
    if (ordered.length > 0) newsroom.transact(options.by, (transaction) => publishBatch(newsroom, transaction, ordered, taken, options, result));
    batch = [];
    length = 0;
  };
  const about: { name?: string; address?: string } = {};
  const { address, now, mend } = options;
  const posts = reader.read(files, { address, now, mend, lost: fileLosses, about, pictures: options.pictures !== undefined });
  for (const item of sayWhatIsIn(posts, () => (newsroom.isDryRun ? 0 : result.stories.length))) {
    options.onProgress?.(result.stories.length + batch.length, item.title);
    if ("passed" in item) {
      result.passed.push(item);
      continue;
    }
    if ("refused" in item) {
      result.refused.push({ place: item.place, what: item.refused });
      continue;
    }
    try {
      const from = options.from ?? about.name ?? nameOf(options.address ?? about.address ?? item.address);
      if (!result.from.includes(from)) result.from.push(from);
      const draft = toStory(item, { from, topic: options.topic ?? "Archive", address: options.address ?? about.address, now: options.now });
      const last = placeOf(newsroom, draft, taken, options);
      const found = findPicture(draft.picture, { folder: options.pictures, ...options }, draft.lost);
      const waiting: Waiting = { story: withPhoto(draft.story, found), place: draft.place, lost: draft.lost, last };
      if (found && last?.story.archive?.taken !== waiting.story.archive.taken) {
        waiting.prepared = await prepareFound(found, draft.lost);
        if (!waiting.prepared) waiting.story = withPhoto(draft.story, undefined);
      }
      batch.push(waiting);
      for (const { runs } of item.parts) for (const { text } of runs) length += text.length;
    } catch (error) {
      if (!(error instanceof TracewireError) || error.code !== "BAD_INPUT" || error.where !== item.place) throw error;
      result.refused.push({ place: item.place, what: error.message });
    }
    if (batch.length >= BATCH_STORIES || length >= BATCH_LENGTH || batch.filter(({ prepared }) => prepared).length >= BATCH_PICTURES) write();
  }
  write();
  result.lost = fileLosses.list();
  return result;
}

/** A fault deep in a long file comes after batches that are in already: the error says so, and that a second run goes on. */
function* sayWhatIsIn<T>(items: Generator<T>, written: () => number): Generator<T> {
  try {
    yield* items;
  } catch (error) {
    const count = written();
    if (!(error instanceof TracewireError) || count === 0) throw error;
    const hint = `The ${count} stories before it are in. Mend the named place and run it again: what is in is known again.`;
    throw new TracewireError(error.code, { what: error.message, where: error.where, hint, cause: error });
  }
}

/** What this import has given away already: in a dry run the newsroom does not show it. */
type Taken = { slugs: Map<string, string>; paths: Map<string, string> };

const keyOf = ({ from, key }: { from: string; key: string }): string => canonicalJson([from, key]);

/** The slug under which the post stands, or will stand; then its old paths, as far as they are free. Gives what stands there. */
function placeOf({ log }: Target, draft: Draft, taken: Taken, { isServed }: ImportStoriesOptions): Publication | undefined {
  const { story, lost } = draft;
  const key = keyOf(story.archive);
  let last: Publication | undefined;
  const holder = (slug: string): string | undefined => {
    last = readPublication(log, slug);
    const note = last?.story.archive;
    return taken.slugs.get(slug) ?? (last && (note ? keyOf(note) : ""));
  };
  const wishes = [story.slug, `${story.slug.slice(0, 80)}-${sha256Hex(key).slice(0, 8)}`];
  const free = wishes.find((slug) => [undefined, key].includes(holder(slug)));
  if (free === undefined) throw new TracewireError("BAD_INPUT", { what: `slug: “${story.slug}” is taken`, where: draft.place });
  if (taken.slugs.has(free)) throw new TracewireError("BAD_INPUT", { what: `key: “${story.archive.key}” came before in this import`, where: draft.place });
  if (free !== story.slug) lost.add("address: its own was taken, so it has another");
  story.slug = free;
  taken.slugs.set(free, key);
  story.archive.paths = story.archive.paths.filter((path) => {
    if (path === `/stories/${free}`) return false;
    if (isServed(path)) return void lost.add("old address: this site has a page of its own there");
    const leads = taken.paths.get(path) ?? findOldAddress(log, path);
    if (leads !== undefined && leads !== free) return void lost.add("old address: it leads to another story already");
    taken.paths.set(path, free);
    return true;
  });
  return last;
}

/** A hash over all that the import makes of a post, its picture's bytes too. */
function takenHash(story: Draft["story"], photo_sha256: string | undefined): string {
  return sha256Hex(canonicalJson([{ ...story, archive: { ...story.archive, taken: "" } }, photo_sha256 ?? null] as unknown as Json));
}

function withPhoto(story: Draft["story"], found: FoundPicture | undefined): Draft["story"] {
  const whole = found ? { ...story, photo: found.photo } : story;
  return { ...whole, archive: { ...whole.archive, taken: takenHash(whole, found?.sha256) } };
}

function publishBatch(newsroom: Target, transaction: Transaction, batch: readonly Waiting[], taken: Taken, options: ImportStoriesOptions, result: ImportedStories): void {
  for (const { story, place, lost, last, prepared } of batch) {
    const done = (outcome: ImportedStory["outcome"], why?: string) =>
      void result.stories.push({
        slug: story.slug,
        place,
        outcome,
        ...(why ? { why } : {}),
        paths: story.archive.paths.length,
        photo: story.photo !== undefined,
        lost: lost.list(),
      });
    if (last?.story.archive?.taken === story.archive.taken) done("unchanged");
    else if (last?.withdrawn) done("kept", "it was withdrawn here");
    else if (last && isEdited(last)) done("kept", "it was edited here, and the archive's file changed as well");
    else
      try {
        publishStory(transaction, newsroom.log, story, {
          by: options.by,
          taken_over: true,
          why: last ? `Taken over again: the archive of ${story.archive.from} was changed` : `Taken over from the archive of ${story.archive.from}`,
          ...(prepared ? { photo: { prepared, ...(newsroom.isDryRun ? {} : { blobs: newsroom.blobs }) } } : {}),
        });
        done(last ? "revised" : "published");
      } catch (error) {
        // What the lint refuses of an archive is owed to others: that post stays out, the rest comes in.
        if (!(error instanceof TracewireError) || (error.code !== "LINT_FAILED" && error.code !== "BAD_STORY")) throw error;
        result.refused.push({ place, what: error.message });
        taken.slugs.delete(story.slug);
      }
  }
}

function isEdited({ story, photo }: Publication): boolean {
  const { archive } = story;
  return archive === undefined || takenHash({ ...story, archive }, photo?.sha256) !== archive.taken;
}

function nameOf(address: string | undefined): string {
  const host = address && URL.parse(address)?.hostname;
  if (host) return host;
  throw new TracewireError("BAD_ARGUMENT", { what: "The file does not say whose archive it is", hint: "Name it: --from “Name of the publication”." });
}
