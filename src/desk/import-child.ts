// One archive of stories in a process of its own: read, tried or taken in by the same function as `tracewire import`, and what
// came of it told to the desk.
import { importStories, STORY_READERS, type ImportedStories } from "../archive-import/archive-import.ts";
import { systemEffects } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { openForWriting } from "../newsroom.ts";
import { ROUTES } from "../site/site.ts";
import type { ImportNote, ImportQuestion, StoryAsk } from "./import-jobs.ts";
import { onJob } from "./job-child.ts";
import { tried } from "./tried.ts";

type Note = ImportNote<ImportedStories>;
onJob<ImportQuestion<StoryAsk>, Note>(run);

async function run({ folder, files, format, by, dry, options }: ImportQuestion<StoryAsk>, say: (note: Note) => Promise<void>): Promise<void> {
  try {
    const reader = STORY_READERS.find((one) => one.format === format)!;
    const newsroom = openForWriting(folder, systemEffects);
    try {
      const fixed = new Set(ROUTES.map((route) => route.path).filter((own) => !/[:*]/.test(own)));
      const result = await importStories(dry ? tried(newsroom) : newsroom, reader, files, {
        by,
        now: systemEffects.clock(),
        ...options,
        isServed: (own) => fixed.has(own),
        onProgress: (done) => void say({ note: "progress", done }),
      });
      await say({ note: "done", result });
    } finally {
      newsroom.close();
    }
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
    const where = error.where === undefined ? "" : ` (${files.reduce((words, { path, name }) => words.replace(path, name), error.where)})`;
    await say({ note: "fault", what: `${error.message}${where}`, hint: error.hint });
  }
}
