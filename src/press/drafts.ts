// Stories on their way: every version kept, one state, back-steps with a note. They wait outside the log, in a database that
// the public site never opens, for the same reason as the schedule: a leaf would say that something is coming.
//
//   draft → in review → approved → published                a new version, or a note, leads back to draft;
//                                → scheduled → published    what waits for its time is taken back first
import { join } from "node:path";
import type { Effects, Random } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { openPrivateDatabase } from "../private-database.ts";
import { LINT_RULES, NEVER_WAIVED } from "./lint.ts";
import type { Stand } from "./stands.ts";
import { scheduleExists, withSchedule, type Scheduled } from "./schedule.ts";

export const DRAFTS_FILE = "drafts.db";
const TEXT_CHARS_MAX = 400_000;
const VERSIONS_MAX = 10_000;
const NOTE_CHARS_MAX = 2_000;
const LIST_MAX = 500;
const STANDS_MAX = 10_000;
const PREVIEW_KEY_BYTES = 32;
const WAIVER_CHARS_MIN = 3;
const WAIVER_CHARS_MAX = 400;

export const DRAFT_STATES = ["draft", "in review", "approved", "scheduled", "published"] as const;
export type DraftState = (typeof DRAFT_STATES)[number];

export type Draft = { id: number; by: string; created: string; title: string; state: DraftState; version: number; version_by: string; version_at: string };
export type DraftVersion = { version: number; at: string; by: string; text: string };
export type DraftWaiver = { rule: string; why: string; by: string; at: string };
export type DraftStep = { at: string; by: string; from_state: string; to_state: string; version: number; note: string };
/** What is known of a story or release that waits for its time, without its text. */
export type Embargoed = { id: number; slug: string; due: string; by: string; type: Scheduled["story"]["type"] };

const TABLES = `
  CREATE TABLE IF NOT EXISTS drafts (id INTEGER PRIMARY KEY AUTOINCREMENT, by TEXT NOT NULL, created TEXT NOT NULL, title TEXT NOT NULL, state TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS versions (draft INTEGER NOT NULL REFERENCES drafts (id), version INTEGER NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (draft, version)) STRICT;
  CREATE TABLE IF NOT EXISTS steps (id INTEGER PRIMARY KEY AUTOINCREMENT, draft INTEGER NOT NULL REFERENCES drafts (id), at TEXT NOT NULL, by TEXT NOT NULL,
    from_state TEXT NOT NULL, to_state TEXT NOT NULL, version INTEGER NOT NULL, note TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS waivers (draft INTEGER NOT NULL REFERENCES drafts (id), rule TEXT NOT NULL, why TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (draft, rule)) STRICT;
  CREATE TABLE IF NOT EXISTS stands (what TEXT NOT NULL, moved TEXT NOT NULL, why TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (what, moved)) STRICT;
  CREATE TABLE IF NOT EXISTS bases (draft INTEGER PRIMARY KEY REFERENCES drafts (id), revision INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, key BLOB NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS steps_by_draft ON steps (draft, id);
`;

export type Drafts = {
  list(): Draft[];
  find(id: number): Draft | undefined;
  text(id: number, version?: number): DraftVersion | undefined;
  versions(id: number): Omit<DraftVersion, "text">[];
  steps(id: number): DraftStep[];
  /** `stands_on`: the published revision that the text is; 0 for a new story. */
  create(by: string, text: string, stands_on?: number): Draft;
  /** The drafts of one address, the newest first. */
  ofSlug(slug: string): Draft[];
  /** The published revision that a draft was begun from or went out as; undefined where that was not kept. */
  standsOn(id: number): number | undefined;
  standOn(id: number, revision: number): void;
  /** Throws CONFLICT where somebody saved a newer version than the one that was edited. An equal text is no new version. */
  save(id: number, by: string, text: string, base: number): Draft;
  /**
   * One step. Throws BAD_ARGUMENT for one that does not lead from here, or a back-step without a note; CONFLICT where the
   * version is not the newest; NOT_ALLOWED where `another` is asked and the one who approves wrote the version.
   */
  step(id: number, by: string, to: DraftState, options: { version: number; note?: string; another?: boolean }): Draft;
  /** Findings that the story is to go out with, each with a reason that readers see. */
  waivers(id: number): DraftWaiver[];
  /** Without a reason the waiver is taken back. Throws BAD_ARGUMENT for a rule that is none, or that nobody waives. */
  waive(id: number, by: string, rule: string, why: string): void;
  /** Printed numbers that moved and were let stand as of their day. */
  stands(): Stand[];
  stand(by: string, stand: Pick<Stand, "what" | "moved" | "why">): void;
  /** The key that signs links to previews, made when first asked for. */
  previewKey(random: Random): Uint8Array;
  listEmbargoed(): Embargoed[];
  embargoed(id: number): (Embargoed & { story: Scheduled["story"] }) | undefined;
  close(): void;
};

const STEPS: Record<DraftState, readonly DraftState[]> = {
  draft: ["in review"],
  "in review": ["approved", "draft"],
  approved: ["published", "scheduled", "draft"],
  scheduled: ["published", "draft"],
  published: ["draft"],
};

const SELECT = `SELECT d.id, d.by, d.created, d.title, d.state, v.version, v.by AS version_by, v.at AS version_at FROM drafts d
  JOIN versions v ON v.draft = d.id AND v.version = (SELECT max(version) FROM versions WHERE draft = d.id)`;

export function openDrafts(folder: string, { clock }: Pick<Effects, "clock">): Drafts {
  const { db, change, close } = openPrivateDatabase(join(folder, DRAFTS_FILE), TABLES);
  const find = (id: number) => db.prepare(`${SELECT} WHERE d.id = ?`).get(id) as unknown as Draft | undefined;
  const require = (id: number, base: number): Draft => {
    const draft = find(id);
    if (!draft) throw new TracewireError("NOT_FOUND", { what: `There is no draft ${id}` });
    if (draft.version !== base)
      throw new TracewireError("CONFLICT", { what: `${draft.version_by} saved version ${draft.version} meanwhile; yours began at version ${base}`, hint: "Compare the two, then save on top of the newer one." });
    return draft;
  };
  const waiting = (): Scheduled[] => (scheduleExists(folder) ? withSchedule(folder, (schedule) => schedule.waiting()) : []);
  const checked = (text: string): string => {
    if (text.length > TEXT_CHARS_MAX) throw new TracewireError("BAD_STORY", { what: `More than ${TEXT_CHARS_MAX} characters` });
    return text.replaceAll("\r\n", "\n");
  };
  const setBase = (id: number, revision: number) => void db.prepare("INSERT OR REPLACE INTO bases (draft, revision) VALUES (?, ?)").run(id, revision);
  const note = (draft: Draft, by: string, to: DraftState, words: string) => {
    db.prepare("INSERT INTO steps (draft, at, by, from_state, to_state, version, note) VALUES (?, ?, ?, ?, ?, ?, ?)").run(draft.id, clock(), by, draft.state, to, draft.version, words);
    db.prepare("UPDATE drafts SET state = ? WHERE id = ?").run(to, draft.id);
  };
  return {
    list: () => db.prepare(`${SELECT} ORDER BY v.at DESC, d.id DESC LIMIT ${LIST_MAX}`).all() as unknown as Draft[],
    find,
    text: (id, version) =>
      db
        .prepare("SELECT version, at, by, text FROM versions WHERE draft = ? AND (? IS NULL OR version = ?) ORDER BY version DESC LIMIT 1")
        .get(id, version ?? null, version ?? null) as unknown as DraftVersion | undefined,
    versions: (id) => db.prepare("SELECT version, at, by FROM versions WHERE draft = ? ORDER BY version DESC").all(id) as unknown as DraftVersion[],
    steps: (id) => db.prepare("SELECT at, by, from_state, to_state, version, note FROM steps WHERE draft = ? ORDER BY id").all(id) as unknown as DraftStep[],
    ofSlug: (slug) =>
      db.prepare(`${SELECT} WHERE instr(v.text, char(10) || 'slug: ' || ? || char(10)) > 0 ORDER BY d.id DESC`).all(slug) as unknown as Draft[],
    standsOn: (id) => db.prepare("SELECT revision FROM bases WHERE draft = ?").get(id)?.revision as number | undefined,
    standOn: (id, revision) => change(() => setBase(id, revision)),
    create: (by, text, stands_on = 0) =>
      change(() => {
        const at = clock();
        const body = checked(text);
        const { lastInsertRowid } = db.prepare("INSERT INTO drafts (by, created, title, state) VALUES (?, ?, ?, 'draft')").run(by, at, titleOf(body));
        db.prepare("INSERT INTO versions (draft, version, at, by, text) VALUES (?, 1, ?, ?, ?)").run(lastInsertRowid, at, by, body);
        setBase(Number(lastInsertRowid), stands_on);
        return find(Number(lastInsertRowid))!;
      }),
    save: (id, by, text, base) =>
      change(() => {
        const draft = require(id, base);
        const body = checked(text);
        if (db.prepare("SELECT 1 FROM versions WHERE draft = ? AND version = ? AND text = ?").get(id, base, body)) return draft;
        if (draft.state === "scheduled") throw new TracewireError("CONFLICT", { what: "It waits for its time as it was approved", hint: "Take it back first: send it back with a note." });
        if (base >= VERSIONS_MAX) throw new TracewireError("BAD_STORY", { what: `${VERSIONS_MAX} versions are enough; begin another draft` });
        db.prepare("INSERT INTO versions (draft, version, at, by, text) VALUES (?, ?, ?, ?, ?)").run(id, base + 1, clock(), by, body);
        db.prepare("UPDATE drafts SET title = ? WHERE id = ?").run(titleOf(body), id);
        // What was reviewed is not what stands there now.
        if (draft.state !== "draft") note(find(id)!, by, "draft", "a new version was saved");
        return find(id)!;
      }),
    step: (id, by, to, { version, note: words = "", another = false }) =>
      change(() => {
        const draft = require(id, version);
        if (!STEPS[draft.state].includes(to)) throw new TracewireError("BAD_ARGUMENT", { what: `From “${draft.state}” no step leads to “${to}”` });
        if (to === "draft" && words.trim() === "") throw new TracewireError("BAD_ARGUMENT", { what: "A step back needs a note", hint: "Say what is to be done." });
        if (words.length > NOTE_CHARS_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `The note has more than ${NOTE_CHARS_MAX} characters` });
        if (to === "approved" && another && (draft.version_by === by || draft.by === by))
          throw new TracewireError("NOT_ALLOWED", { what: "Another person approves what you wrote", hint: "The setting `approval` asks it." });
        note(draft, by, to, words.trim());
        return find(id)!;
      }),
    waivers: (id) => db.prepare("SELECT rule, why, by, at FROM waivers WHERE draft = ? ORDER BY rule").all(id) as unknown as DraftWaiver[],
    waive: (id, by, rule, why) =>
      change(() => {
        if (!Object.hasOwn(LINT_RULES, rule) || NEVER_WAIVED.has(rule)) throw new TracewireError("BAD_ARGUMENT", { what: `“${rule}” is no rule that can be waived`, where: "rule" });
        db.prepare("DELETE FROM waivers WHERE draft = ? AND rule = ?").run(id, rule);
        if (why === "") return;
        if (why.length < WAIVER_CHARS_MIN || why.length > WAIVER_CHARS_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `A reason has ${WAIVER_CHARS_MIN} to ${WAIVER_CHARS_MAX} characters`, where: "why", hint: "Readers see it." });
        db.prepare("INSERT INTO waivers (draft, rule, why, by, at) VALUES (?, ?, ?, ?, ?)").run(id, rule, why, by, clock());
      }),
    stands: () => db.prepare("SELECT what, moved, why, by, at FROM stands ORDER BY at DESC LIMIT ?").all(STANDS_MAX) as unknown as Stand[],
    stand: (by, { what, moved, why }) => change(() => void db.prepare("INSERT OR REPLACE INTO stands (what, moved, why, by, at) VALUES (?, ?, ?, ?, ?)").run(what, moved, why, by, clock())),
    previewKey: (random) =>
      change(() => {
        db.prepare("INSERT OR IGNORE INTO secrets (name, key) VALUES ('preview', ?)").run(random(PREVIEW_KEY_BYTES));
        return db.prepare("SELECT key FROM secrets WHERE name = 'preview'").get()!.key as Uint8Array;
      }),
    listEmbargoed: () => waiting().map(toEmbargoed),
    embargoed: (id) => {
      const item = waiting().find((one) => one.id === id);
      return item && { ...toEmbargoed(item), story: item.story };
    },
    close,
  };
}

const toEmbargoed = ({ id, slug, due, by, story }: Scheduled): Embargoed => ({ id, slug, due, by, type: story.type });

/** What a list calls it: its headline, unread by any parser, so that half a story has a name too. */
const titleOf = (text: string): string => (/^# (.+)$/m.exec(text)?.[1] ?? /\S.*/.exec(text)?.[0] ?? "Without words").slice(0, 160);
