// The formats from which stories are taken over, one reader a file.
import type { Losses, ReadPost } from "./taken-post.ts";
import { feed } from "./readers/feed.ts";
import { ghost } from "./readers/ghost.ts";
import { markdown } from "./readers/markdown.ts";
import { newsml } from "./readers/newsml.ts";
import { tracewireBundle } from "./readers/tracewire-bundle.ts";
import { wxr } from "./readers/wxr.ts";

export type ArchiveFile = { path: string; name: string };
export type ReadOptions = {
  address?: string;
  now: string;
  lost: Losses;
  /** Filled in by the reader where the file says it, before the first post that needs it. */
  about: { name?: string; address?: string };
  /** Read on over faults of XML. */
  mend?: boolean;
  /** Whether pictures will be looked for: some formats are then read twice. */
  pictures: boolean;
};
export type StoryReader = {
  format: string;
  title: string;
  files: string;
  /** Throws BAD_INPUT, with file and line or record, for a file that cannot be read to its end. */
  read(files: readonly ArchiveFile[], options: ReadOptions): Generator<ReadPost>;
};

export const STORY_READERS: readonly StoryReader[] = [ghost, wxr, feed, markdown, newsml, tracewireBundle];
