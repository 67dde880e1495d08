// Damage of every kind we could think of, done to a real folder at random and undone again: all of it must be
// found, and where an entry was touched, the first finding must name its index.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { makeLogFolder } from "../../test/log-folder.ts";
import { announce, scaled, seed } from "../../test/scale.ts";
import { seededRandom } from "../effects.ts";
import { canonicalBytes } from "./canonical-json.ts";
import { diskFileSystem } from "./file-system.ts";
import { leafData, openLogReader } from "./log.ts";
import { repairTiles } from "./tiles.ts";
import { verifyFolder } from "./verify.ts";

const room = makeLogFolder();
const other = makeLogFolder({ random_seed: 2 });
after(() => {
  rmSync(room.folder, { recursive: true, force: true });
  rmSync(other.folder, { recursive: true, force: true });
});
// At rest and in one file, so that one copy of that file undoes whatever was done to the database.
room.log.db.exec("PRAGMA journal_mode = DELETE");
room.log.close();
const size = room.notes.at(-1)!.size;
const strangers = [...other.log.entries(1)].filter((entry) => entry.bytes);
const strangerNotes = other.notes;
other.log.close();
const databasePath = join(room.folder, "newsroom.db");
const database = readFileSync(databasePath);
const tiles = filesBelow("log/tile");
const blobs = filesBelow("blobs");

const bytes = seededRandom(seed);
const pick = (count: number) => Buffer.from(bytes(4)).readUInt32LE() % count;
const pickOf = <T>(items: readonly T[]): T => items[pick(items.length)]!;
const pickTwo = (count: number): [number, number] => {
  const a = pick(count);
  const b = (a + 1 + pick(count - 1)) % count;
  return [Math.min(a, b), Math.max(a, b)];
};
const isErased = (seq: number) => room.erased.includes(seq);
const pickKept = (): number => {
  for (;;) {
    const seq = pick(size);
    if (!isErased(seq)) return seq;
  }
};
const flipBit = (source: Uint8Array): Buffer => {
  const flipped = Buffer.from(source);
  flipped[pick(flipped.length)]! ^= 1 << pick(8);
  return flipped;
};

/** What the first finding must name: an index, a range that must hold an index, or nothing in particular. */
type Expected = { index?: number; within?: number };
type Row = { leaf: Uint8Array; salt: Uint8Array | null; body: Uint8Array | null };

const read = (db: DatabaseSync, seq: number) => db.prepare("SELECT leaf, salt, body FROM entries WHERE seq = ?").get(seq) as Row;
const write = (db: DatabaseSync, seq: number, row: Row) =>
  db.prepare("INSERT OR REPLACE INTO entries (seq, leaf, salt, body) VALUES (?, ?, ?, ?)").run(seq, row.leaf, row.salt, row.body);
const redated = (row: Row): Uint8Array => {
  const fields = JSON.parse(Buffer.from(row.body!).toString()) as Record<string, string>;
  return canonicalBytes({ ...fields, at: fields.at!.replace("2026", "2024") });
};
const rewritten = (row: Row, body: Uint8Array): Row => ({ salt: row.salt, body, leaf: leafData(row.salt!, body) });
const shift = (db: DatabaseSync, after: number, by: number) =>
  db.exec(`UPDATE entries SET seq = -seq - 10 WHERE seq > ${after}; UPDATE entries SET seq = -seq - 10 + ${by} WHERE seq < 0`);

const inDatabase: Record<string, (db: DatabaseSync) => Expected> = {
  "a bit of a body": (db) => touch(db, pickKept(), (row) => ({ ...row, body: flipBit(row.body!) })),
  "a bit of a salt": (db) => touch(db, pickKept(), (row) => ({ ...row, salt: flipBit(row.salt!) })),
  "a bit of a leaf": (db) => touch(db, pick(size), (row) => ({ ...row, leaf: flipBit(row.leaf) })),
  "a leaf cut short": (db) => touch(db, pick(size), (row) => ({ ...row, leaf: row.leaf.subarray(0, pick(32)) })),
  "a body cut short": (db) => touch(db, pickKept(), (row) => ({ ...row, body: row.body!.subarray(0, pick(row.body!.length)) })),
  "a later date": (db) => touch(db, pickKept(), (row) => ({ ...row, body: redated(row) })),
  "a later date, leaf computed again": (db) => touch(db, pickKept(), (row) => rewritten(row, redated(row))),
  "a body spelled otherwise, leaf computed again": (db) =>
    touch(db, pickKept(), (row) => rewritten(row, Buffer.from(` ${Buffer.from(row.body!).toString()}`))),
  "content forgotten without an erasure": (db) => touch(db, pickKept(), (row) => ({ ...row, salt: null, body: null })),
  "salt forgotten alone": (db) => touch(db, pickKept(), (row) => ({ ...row, salt: null })),
  "an erased content put back": (db) => {
    const { seq, salt, bytes } = pickOf(room.forgotten);
    return touch(db, seq, (row) => ({ ...row, salt, body: bytes }));
  },
  "an entry of another log": (db) => touch(db, pick(size), () => asRow(pickOf(strangers))),
  "an entry of another log behind the last": (db) => touch(db, size, () => asRow(pickOf(strangers))),
  "an entry twice, behind the last": (db) => touch(db, size, () => read(db, pick(size))),
  "an entry twice, the rest moved up": (db) => {
    const seq = pick(size);
    shift(db, seq, 1);
    write(db, seq + 1, read(db, seq));
    return { index: seq + 1 };
  },
  "an entry deleted": (db) => {
    const seq = pick(size);
    db.exec(`DELETE FROM entries WHERE seq = ${seq}`);
    return { index: seq };
  },
  "an entry deleted, the rest moved down": (db) => {
    const seq = pick(size);
    db.exec(`DELETE FROM entries WHERE seq = ${seq}`);
    shift(db, seq, -1);
    return { index: seq };
  },
  "two contents swapped": (db) => {
    // Two erased ones have no contents to swap.
    let [a, b] = pickTwo(size);
    while (isErased(a) && isErased(b)) [a, b] = pickTwo(size);
    const [rowA, rowB] = [read(db, a), read(db, b)];
    write(db, a, { ...rowB, leaf: rowA.leaf });
    write(db, b, { ...rowA, leaf: rowB.leaf });
    return { index: a };
  },
  "two entries swapped": (db) => {
    const [a, b] = pickTwo(size);
    const [rowA, rowB] = [read(db, a), read(db, b)];
    write(db, a, rowB);
    write(db, b, rowA);
    return { index: a };
  },
  "a bit of a note": (db) => touchCheckpoint(db, "note", (note) => flipBit(Buffer.from(note as string)).toString("latin1")),
  "a note cut short": (db) => touchCheckpoint(db, "note", (note) => (note as string).slice(0, pick((note as string).length))),
  "a note of another log": (db) => touchCheckpoint(db, "note", () => pickOf(strangerNotes).note),
  "a bit of a frontier": (db) => touchCheckpoint(db, "frontier", (frontier) => flipBit(frontier as Uint8Array)),
  "a frontier cut short": (db) =>
    touchCheckpoint(db, "frontier", (frontier) => (frontier as Uint8Array).subarray(0, pick((frontier as Uint8Array).length))),
  "a checkpoint deleted": (db) => done(db.exec(`DELETE FROM checkpoints WHERE size = ${pickSize(db)}`)),
  "a checkpoint of another log added": (db) =>
    done(
      db
        .prepare("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)")
        .run(size + 1 + pick(9), pickOf(strangerNotes).note, new Uint8Array(32)),
    ),
  "a checkpoint under another size": (db) => done(db.exec(`UPDATE checkpoints SET size = size + ${size} WHERE size = ${pickSize(db)}`)),
  "two notes swapped": (db) => {
    const sizes = db.prepare("SELECT size, note FROM checkpoints").all();
    const [a, b] = pickTwo(sizes.length).map((at) => sizes[at]!);
    const update = db.prepare("UPDATE checkpoints SET note = ? WHERE size = ?");
    update.run(b!.note!, a!.size!);
    update.run(a!.note!, b!.size!);
    return {};
  },
  "another format": (db) => done(db.exec("UPDATE meta SET value = '9' WHERE key = 'format'")),
  "another origin": (db) => done(db.exec("UPDATE meta SET value = 'tracewire/0' WHERE key = 'origin'")),
};

const inFiles: Record<string, (keep: (file: string) => Buffer) => void> = {
  "a bit of a blob": (keep) => change(keep, pickOf(blobs), flipBit),
  "a blob cut short": (keep) => change(keep, pickOf(blobs), (blob) => blob.subarray(0, pick(blob.length))),
  "a blob grown": (keep) => change(keep, pickOf(blobs), (blob) => Buffer.concat([blob, bytes(1 + pick(9))])),
  "a blob deleted": (keep) => remove(keep, pickOf(blobs)),
  "two blobs swapped": (keep) => swap(keep, blobs),
  "a blob under another name": (keep) => add(keep, `blobs/ab/ab${Buffer.from(bytes(31)).toString("hex")}`, readFileSync(at(pickOf(blobs)))),
  "a blob in the wrong folder": (keep) => add(keep, pickOf(blobs).replace(/blobs\/../, "blobs/zz"), readFileSync(at(pickOf(blobs)))),
  "a stranger among the blobs": (keep) => add(keep, `blobs/${pick(1e6)}.txt`, Buffer.from("x")),
  "erased bytes put back": (keep) =>
    add(keep, `blobs/${room.captures[1]!.sha256.slice(0, 2)}/${room.captures[1]!.sha256}`, Buffer.from(room.captures[1]!.bytes)),
  "a bit of a tile": (keep) => change(keep, pickOf(tiles), flipBit),
  "a tile cut short": (keep) => change(keep, pickOf(tiles), (tile) => tile.subarray(0, pick(tile.length))),
  "a tile deleted": (keep) => remove(keep, pickOf(tiles)),
  "two tiles swapped": (keep) => swap(keep, tiles),
  "a tile twice": (keep) => add(keep, `log/tile/0/${String(3 + pick(900)).padStart(3, "0")}`, readFileSync(at("log/tile/0/000"))),
  "an old partial tile left": (keep) => add(keep, `log/tile/0/000.p/${1 + pick(255)}`, readFileSync(at("log/tile/0/000")).subarray(0, 32)),
  "a stranger in the log": (keep) => add(keep, `log/${pick(1e6)}`, Buffer.from("x")),
  "a bit of the checkpoint": (keep) => change(keep, "log/checkpoint", flipBit),
  "the checkpoint cut short": (keep) => change(keep, "log/checkpoint", (note) => note.subarray(0, pick(note.length))),
  "the checkpoint deleted": (keep) => remove(keep, "log/checkpoint"),
  "a stale checkpoint": (keep) => change(keep, "log/checkpoint", () => Buffer.from(room.notes[pick(room.notes.length - 1)]!.note)),
  "a checkpoint of another log": (keep) => change(keep, "log/checkpoint", () => Buffer.from(pickOf(strangerNotes).note)),
  "a bit of the public key": (keep) => change(keep, "newsroom.pub", flipBit),
  "another public key": (keep) => change(keep, "newsroom.pub", () => Buffer.from(`${other.verifier_key}\n`)),
  "the public key deleted": (keep) => remove(keep, "newsroom.pub"),
};

test("the untouched folder is clean, with its erasures told", async () => {
  const report = await verify();
  assert.deepEqual([report.findings, report.warnings, report.erased], [[], [], room.erased]);
  assert.deepEqual([report.entries, report.size, report.blobs, report.checkpoints], [size, size, 19, room.notes.length + 6]);
});

test("random damage is always found, and the first bad index named", async (t) => {
  const count = scaled(2_000);
  const kinds = [...Object.keys(inDatabase), ...Object.keys(inFiles)];
  announce(t, `mutations of ${kinds.length} kinds`, count);
  for (let at = 0; at < count; at++) {
    // Each kind comes first once, so that a small run still tries all.
    const kind = at < kinds.length ? kinds[at]! : pickOf(kinds);
    const expected = kind in inDatabase ? damageDatabase(inDatabase[kind]!) : {};
    const undo = kind in inFiles ? damageFiles(inFiles[kind]!) : () => writeFileSync(databasePath, database);
    const report = await verify();
    undo();
    const where = `${kind} (mutation ${at}, seed ${seed}): ${JSON.stringify(report.findings.slice(0, 3))}`;
    assert.equal(report.outcome, "damaged", where);
    if (expected.index !== undefined) assert.equal(report.findings[0]!.index, expected.index, where);
    if (expected.index !== undefined) assert.equal(report.findings[0]!.until, undefined, where);
  }
  assert.deepEqual((await verify()).findings, [], "everything was undone");
});

test("an entry, its leaf and every tile rewritten: the range between two recorded checkpoints is named", async (t) => {
  const count = scaled(200);
  announce(t, "consistent rewrites", count);
  const logFiles = filesBelow("log").map((file) => [file, readFileSync(at(file))] as const);
  for (let n = 0; n < count; n++) {
    const index = pickKept();
    damageDatabase((db) => touch(db, index, (row) => rewritten(row, redated(row))));
    const log = openLogReader(room.folder);
    repairTiles(diskFileSystem, room.folder, size, log.leaves);
    log.close();
    const [first] = (await verify()).findings;
    writeFileSync(databasePath, database);
    for (const [file, content] of logFiles) writeFileSync(at(file), content);
    const sizes = [0, 1, ...room.notes.map((note) => note.size)];
    assert.equal(first?.what, "root_mismatch");
    assert.ok(first.index! <= index && index < first.until!, `${index} in ${JSON.stringify(first)}`);
    assert.ok(first.until! - first.index! <= 15, "no wider than one commit");
    assert.ok(sizes.includes(first.index!) || first.index! > sizes.at(-2)!);
  }
});

test("every byte of the checkpoint file, of a tile and of a small blob", async (t) => {
  const small = blobs.map((file) => ({ file, length: readFileSync(at(file)).length })).sort((a, b) => a.length - b.length)[0]!.file;
  let count = 0;
  for (const file of ["log/checkpoint", tiles.find((tile) => tile.startsWith("log/tile/1/"))!, small]) {
    const content = readFileSync(at(file));
    for (let position = 0; position < content.length; position++, count++) {
      const flipped = Buffer.from(content);
      flipped[position]! ^= 1 << pick(8);
      writeFileSync(at(file), flipped);
      assert.equal((await verify()).outcome, "damaged", `${file} byte ${position}`);
    }
    writeFileSync(at(file), content);
  }
  announce(t, "single bits", count);
});

async function verify() {
  return verifyFolder(room.folder, { settle_ms: 0 });
}

function damageDatabase(damage: (db: DatabaseSync) => Expected): Expected {
  const db = new DatabaseSync(databasePath);
  db.exec("PRAGMA ignore_check_constraints = ON");
  try {
    return damage(db);
  } finally {
    db.close();
  }
}

function damageFiles(damage: (keep: (file: string) => Buffer) => void): () => void {
  const kept = new Map<string, Buffer | undefined>();
  damage((file) => {
    const content = existsSync(at(file)) ? readFileSync(at(file)) : undefined;
    kept.set(file, content);
    return content ?? Buffer.alloc(0);
  });
  return () => {
    for (const [file, content] of kept)
      if (content) writeFileSync(at(file), content);
      else rmSync(at(file));
  };
}

function touch(db: DatabaseSync, seq: number, mutate: (row: Row) => Row): Expected {
  write(db, seq, mutate(read(db, seq)));
  return { index: seq };
}

function touchCheckpoint(db: DatabaseSync, column: "note" | "frontier", mutate: (value: unknown) => string | Uint8Array): Expected {
  const at = pickSize(db);
  const { value } = db.prepare(`SELECT ${column} AS value FROM checkpoints WHERE size = ?`).get(at)!;
  db.prepare(`UPDATE checkpoints SET ${column} = ? WHERE size = ?`).run(mutate(value), at);
  return {};
}

function pickSize(db: DatabaseSync): number {
  return pickOf(db.prepare("SELECT size FROM checkpoints WHERE size > 0").all()).size as number;
}

function asRow(entry: { leaf: Uint8Array; salt: Uint8Array | undefined; bytes: Uint8Array | undefined }): Row {
  return { leaf: entry.leaf, salt: entry.salt!, body: entry.bytes! };
}

const done = (_: unknown): Expected => ({});

function at(file: string): string {
  return join(room.folder, file);
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(room.folder, folder), { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => join(item.parentPath, item.name).slice(room.folder.length + 1))
    .sort();
}

function change(keep: (file: string) => Buffer, file: string, mutate: (content: Buffer) => Buffer): void {
  writeFileSync(at(file), mutate(keep(file)));
}

function remove(keep: (file: string) => Buffer, file: string): void {
  keep(file);
  rmSync(at(file));
}

function add(keep: (file: string) => Buffer, file: string, content: Buffer): void {
  keep(file);
  mkdirSync(dirname(at(file)), { recursive: true });
  writeFileSync(at(file), content);
}

function swap(keep: (file: string) => Buffer, files: readonly string[]): void {
  const [a, b] = pickTwo(files.length).map((at) => files[at]!);
  const [contentA, contentB] = [keep(a!), keep(b!)];
  writeFileSync(at(a!), contentB);
  writeFileSync(at(b!), contentA);
}
