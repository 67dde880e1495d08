// tracewire import, for stories: what came in, what stayed out and why, and what of the rest had no place here.
import { basename } from "node:path";
import { statSync } from "node:fs";
import type { ImportedStories, StoryReader } from "../archive-import/archive-import.ts";
import { TracewireError } from "../errors.ts";
import type { NewsroomWriter } from "../newsroom.ts";
import { lazily } from "../lazy.ts";
import { ROUTES } from "../site/site.ts";
import { change, text, type CommandContext, type Options, type OptionSpec } from "./command.ts";
import { counted } from "./output.ts";

export const STORY_OPTIONS: readonly OptionSpec[] = [
  { flags: "--from <name>", about: "stories: whose archive it is, where the file does not say" },
  { flags: "--topic <name>", about: "stories: the topic of those that are filed under nothing (Archive)" },
  { flags: "--address <url>", about: "stories: where the old site stood, for addresses that the file writes without it" },
  { flags: "--mend", about: "stories: read on over faults of XML, and list each" },
  { flags: "--pictures <folder>", about: "stories: where the old site's pictures lie; nothing is fetched" },
  { flags: "--photo-credit <words>", about: "stories: whose the pictures are" },
  { flags: "--photo-licence <words>", about: "stories: by what right the pictures are printed" },
];

/** The readers' own formats, by name alone; a test compares. */
export const STORY_FORMATS = ["ghost", "wxr", "feed", "markdown", "newsml-g2", "tracewire"] as const;
const LINES_SHOWN = 20;
const archives = lazily<typeof import("../archive-import/archive-import.ts")>(import.meta.url, "../archive-import/archive-import.ts");

export async function importStoryFiles(context: CommandContext, newsroom: NewsroomWriter, reader: StoryReader, paths: string[], options: Options): Promise<number> {
  const pictures = text(options, "pictures");
  if (pictures !== undefined && !statSync(pictures, { throwIfNoEntry: false })?.isDirectory())
    throw new TracewireError("BAD_ARGUMENT", { what: "--pictures is no folder", where: pictures });
  const address = text(options, "address");
  if (address !== undefined && !/^https?:$/.test(URL.parse(address)?.protocol ?? ""))
    throw new TracewireError("BAD_ARGUMENT", { what: `--address: “${address}” is no web address`, hint: "Write https://example.org" });
  const fixed = new Set(ROUTES.map(({ path }) => path).filter((path) => !/[:*]/.test(path)));
  const isDryRun = context.dryRun;
  // Batches are taken back one by one under --dry-run; that it was one is said once, below.
  const quiet = { ...context, output: { ...context.output, note() {} } };
  const target = isDryRun ? { ...newsroom, isDryRun, transact: (_: string, run: Parameters<typeof newsroom.transact>[1]) => change(quiet, newsroom, run) } : newsroom;
  const result = await archives().importStories(
    target as NewsroomWriter,
    reader,
    paths.map((path) => ({ path, name: basename(path) })),
    {
      by: context.by,
      now: context.effects.clock(),
      from: text(options, "from"),
      topic: text(options, "topic"),
      address,
      pictures,
      credit: text(options, "photoCredit"),
      licence: text(options, "photoLicence"),
      mend: Boolean(options.mend),
      isServed: (path) => fixed.has(path),
      onProgress: (done, what) => context.output.progress(done, done + 1, `Reading ${what.slice(0, 60)}`),
    },
  );
  context.output.endProgress();
  context.output.json({ dry_run: isDryRun, ...result });
  print(context, result);
  return result.refused.length > 0 ? 1 : 0;
}

function print({ output, dryRun }: CommandContext, { from, stories, passed, refused, lost }: ImportedStories): void {
  const count = (outcome: string) => stories.filter((story) => story.outcome === outcome).length;
  const photos = stories.filter(({ photo }) => photo).length;
  const paths = stories.reduce((sum, story) => sum + story.paths, 0);
  output.line(
    `${output.bold(counted(stories.length, "story", "stories"))} of ${from.join(", ") || "no archive"}: ${count("published")} ${dryRun ? "would come in" : "came in"}, ${count("revised")} changed, ${count("unchanged")} held already, ${count("kept")} left as they stand here; ${photos} with their picture, ${counted(paths, "old address", "old addresses")} led on.`,
  );
  const losses = archives().lossesOf({ stories, lost });
  if (losses.length > 0) output.line(dryRun ? "What would be lost or changed:" : "Lost or changed:");
  for (const { what, count: times, stories: in_stories, first } of losses) output.line(`  ${times} × ${what}, in ${in_stories} (first: ${first})`);
  list(output, "Left as they stand here", stories.filter(({ outcome }) => outcome === "kept").map(({ slug, why }) => `${slug}: ${why}`));
  list(output, "Left out", passed.map(({ place, title, passed: why }) => `${place} “${title.slice(0, 60)}”: ${why}`));
  list(output, "Refused", refused.map(({ place, what }) => `${place}: ${what}`));
  if (dryRun) output.note("Dry run: nothing was written.");
}

function list(output: CommandContext["output"], title: string, lines: string[]): void {
  if (lines.length > 0) output.line(`${title} (${lines.length}):`);
  for (const line of lines.slice(0, LINES_SHOWN)) output.line(`  ${line}`);
  if (lines.length > LINES_SHOWN) output.line(`  and ${lines.length - LINES_SHOWN} more; all of them with --json`);
}
