// What an import lost, added up over its stories: for whoever decides whether to go on after a dry run.
import type { ImportedStories } from "./import-stories.ts";

export type Loss = { what: string; count: number; /** In how many stories. */ stories: number; /** Slug of the first, or "the file". */ first: string };

/** The most frequent first. */
export function lossesOf({ stories, lost }: Pick<ImportedStories, "stories" | "lost">): Loss[] {
  const whole = new Map<string, Loss>();
  for (const { what, count, slug } of [...stories.flatMap((story) => story.lost.map((loss) => ({ ...loss, slug: story.slug }))), ...lost.map((loss) => ({ ...loss, slug: "the file" }))]) {
    const known = whole.get(what);
    whole.set(what, { what, count: (known?.count ?? 0) + count, stories: (known?.stories ?? 0) + 1, first: known?.first ?? slug });
  }
  return [...whole.values()].sort((a, b) => b.count - a.count);
}
