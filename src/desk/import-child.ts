// One archive of stories in a process of its own: read, tried or taken in by the same function as `tracewire import`, and what
// came of it told to the desk.
import { importStories, STORY_READERS } from "../archive-import/archive-import.ts";
import { systemEffects } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { openForWriting, type NewsroomWriter } from "../newsroom.ts";
import { ROUTES } from "../site/site.ts";
import type { ImportNote, ImportQuestion } from "./import-jobs.ts";

class TakenBack extends Error {}

const say = (note: ImportNote) => void process.send!(note);

process.once("message", (question) => void run(question as ImportQuestion).finally(() => process.disconnect?.()));

/** Under a dry run each batch is done and taken back. */
const tried = (newsroom: NewsroomWriter): NewsroomWriter["transact"] => (by, change) => {
  const done: { value?: ReturnType<typeof change> } = {};
  try {
    newsroom.transact(by, (transaction) => {
      done.value = change(transaction);
      throw new TakenBack();
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error;
  }
  return done.value!;
};

async function run({ folder, path, name, format, by, dry, options }: ImportQuestion): Promise<void> {
  try {
    const reader = STORY_READERS.find((one) => one.format === format)!;
    const newsroom = openForWriting(folder, systemEffects);
    try {
      const fixed = new Set(ROUTES.map((route) => route.path).filter((own) => !/[:*]/.test(own)));
      const target = dry ? { ...newsroom, isDryRun: true, transact: tried(newsroom) } : newsroom;
      const result = await importStories(target, reader, [{ path, name }], {
        by,
        now: systemEffects.clock(),
        ...options,
        isServed: (own) => fixed.has(own),
        onProgress: (done) => say({ note: "progress", done }),
      });
      say({ note: "done", result });
    } finally {
      newsroom.close();
    }
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
    say({ note: "fault", what: `${error.message}${error.where === undefined ? "" : ` (${error.where.replace(path, name)})`}`, hint: error.hint });
  }
}
