// Stories and releases that are not to be known before their time. They wait outside the log (a leaf, even a salted
// one, would say that something is coming) in a database that the public site never opens.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { TracewireError } from "../errors.ts";
import { openPrivateDatabase } from "../private-database.ts";
import { packPhoto, unpackPhoto, type PreparedPhoto } from "./photo.ts";
import type { Waiver } from "./read-press.ts";
import type { Story } from "./story.ts";

export type Scheduled = {
  id: number;
  slug: string;
  /** The first moment at which it may be seen, UTC. */
  due: string;
  by: string;
  story: Story;
  waivers: Waiver[];
  why?: string;
  correction?: { what: string };
  /** Checked and made anew when it was scheduled, so that nothing is left to fail in its minute. */
  photo?: PreparedPhoto;
  state: "waiting" | "published" | "refused" | "taken back";
  /** For a refusal: what stood in its way when its time came. */
  outcome: string | null;
};

export type Schedule = {
  add(item: Pick<Scheduled, "slug" | "due" | "by" | "story" | "waivers" | "why" | "correction" | "photo">): { id: number; /** The moment for which an earlier version waited, which waits no more. */ replaced?: string };
  waiting(): Scheduled[];
  due(now: string): Scheduled[];
  settle(id: number, state: Scheduled["state"], outcome?: string): void;
  list(): Scheduled[];
  close(): void;
};

export const SCHEDULE_FILE = "desk.db";
const ITEMS_MAX = 10_000;

export function scheduleExists(folder: string): boolean {
  return existsSync(join(folder, SCHEDULE_FILE));
}

export function openSchedule(folder: string): Schedule {
  const path = join(folder, SCHEDULE_FILE);
  const { db, change, close } = openPrivateDatabase(path);
  // Without a lock: the scheduler opens it every second.
  db.exec(`
    CREATE TABLE IF NOT EXISTS scheduled (id INTEGER PRIMARY KEY, slug TEXT NOT NULL, due TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, outcome TEXT) STRICT;
    CREATE TABLE IF NOT EXISTS photos (scheduled INTEGER PRIMARY KEY REFERENCES scheduled (id), packed TEXT NOT NULL) STRICT;`);
  const photoFor = db.prepare("SELECT packed FROM photos WHERE scheduled = ?");
  const read = (where: string, ...values: string[]): Scheduled[] =>
    db
      .prepare(`SELECT * FROM scheduled ${where} ORDER BY due, id LIMIT ${ITEMS_MAX}`)
      .all(...values)
      .map((row) => ({
        ...(JSON.parse(row.body as string) as Omit<Scheduled, "id" | "state" | "outcome">),
        id: row.id as number,
        state: row.state as Scheduled["state"],
        outcome: row.outcome as string | null,
      }));
  return {
    add(item) {
      if (Number.isNaN(Date.parse(item.due)))
        throw new TracewireError("BAD_ARGUMENT", { what: `"${item.due}" is no time`, hint: "Write 2026-11-24T18:00:00Z." });
      const { photo, ...body } = item;
      return change(() => {
        const taken = db.prepare("SELECT id, due FROM scheduled WHERE slug = ? AND state = 'waiting'").get(item.slug);
        if (taken) {
          db.prepare("UPDATE scheduled SET state = 'taken back', outcome = 'replaced by a later version' WHERE id = ?").run(taken.id as number);
          db.prepare("DELETE FROM photos WHERE scheduled = ?").run(taken.id as number);
        }
        const { lastInsertRowid } = db
          .prepare("INSERT INTO scheduled (slug, due, body, state) VALUES (?, ?, ?, 'waiting')")
          .run(item.slug, item.due, JSON.stringify(body));
        if (photo) db.prepare("INSERT INTO photos (scheduled, packed) VALUES (?, ?)").run(lastInsertRowid, packPhoto(photo));
        return { id: Number(lastInsertRowid), ...(taken ? { replaced: taken.due as string } : {}) };
      });
    },
    waiting: () => read("WHERE state = 'waiting'"),
    due: (now) =>
      read("WHERE state = 'waiting' AND due <= ?", now).map((item) => {
        const packed = photoFor.get(item.id)?.packed as string | undefined;
        return packed === undefined ? item : { ...item, photo: unpackPhoto(packed) };
      }),
    settle(id, state, outcome) {
      db.prepare("UPDATE scheduled SET state = ?, outcome = ? WHERE id = ?").run(state, outcome ?? null, id);
      if (state !== "waiting") db.prepare("DELETE FROM photos WHERE scheduled = ?").run(id);
    },
    list: () => read(""),
    close,
  };
}

export function withSchedule<T>(folder: string, act: (schedule: Schedule) => T): T {
  const schedule = openSchedule(folder);
  try {
    return act(schedule);
  } finally {
    schedule.close();
  }
}
