// Publishes what is due. Whoever runs it (the site's process, or the next command) does so once and in order; what was
// missed while nothing ran comes out late, and its entry says for when it was meant.
import { TracewireError } from "./errors.ts";
import type { LogReader, Transaction } from "./evidence/evidence.ts";
import type { NewsroomWriter } from "./newsroom.ts";
import { arrangeFront, publishStory, type Arranged, type Schedule, type Scheduled } from "./press/press.ts";

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

export type PlannedFront = Arranged & { /** Stories that come out by then; `why` where something stands in the way of one today. */ planned: { slug: string; due: string; why?: string }[] };

/** The front page as it will be at a moment. Inside a change that is taken back: what is due by then is published in it. */
export function arrangeFrontAt(transaction: Transaction, log: LogReader, items: readonly Scheduled[], at: string): PlannedFront {
  const planned = items
    .filter(({ due }) => due <= at)
    .map(({ slug, due, by, why, story, waivers, correction, photo }) => {
      try {
        publishStory(transaction, log, story, { by, why, waivers, correction, ...(photo ? { photo: { prepared: photo } } : {}) });
        return { slug, due };
      } catch (error) {
        if (!(error instanceof TracewireError)) throw error;
        return { slug, due, why: error.message };
      }
    });
  return { ...arrangeFront(transaction, { now: at }), planned };
}
