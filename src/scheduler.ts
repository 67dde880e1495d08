// Publishes what is due. Whoever runs it (the site's process, or the next command) does so once and in order; what was
// missed while nothing ran comes out late, and its entry says for when it was meant.
import { TracewireError } from "./errors.ts";
import type { NewsroomWriter } from "./newsroom.ts";
import { publishStory, type Schedule } from "./press/press.ts";

export type Fired = { slug: string; due: string; outcome: "published" | "unchanged" | "refused"; seq?: number; why?: string };

export function publishDue(newsroom: NewsroomWriter, schedule: Schedule, now: string): Fired[] {
  return schedule.due(now).map((item): Fired => {
    try {
      const outcome = newsroom.transact(item.by, (transaction) =>
        publishStory(transaction, newsroom.log, item.story, {
          by: item.by,
          why: item.why,
          waivers: item.waivers,
          correction: item.correction,
          scheduled_for: item.due,
          ...(item.photo ? { photo: { prepared: item.photo, blobs: newsroom.blobs } } : {}),
        }),
      );
      // After the commit: a crash between the two finds the same story published and does not publish it again.
      schedule.settle(item.id, "published", `entry ${outcome.seq}`);
      return { slug: item.slug, due: item.due, outcome: outcome.outcome, seq: outcome.seq };
    } catch (error) {
      if (!(error instanceof TracewireError) || error.code === "WRITER_BUSY") throw error;
      schedule.settle(item.id, "refused", error.message);
      return { slug: item.slug, due: item.due, outcome: "refused", why: error.message };
    }
  });
}
