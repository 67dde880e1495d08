// A folder that another version wrote: its tables beside the log are made anew from the entries when it is opened, and are
// never read as they are.
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { smallNewsroom } from "./small-newsroom.ts";
import { systemEffects } from "../src/effects.ts";
import { TracewireError } from "../src/errors.ts";
import { readClaims } from "../src/casefile/casefile.ts";
import { backupNewsroom, createLogKey, serializeLogKey, verifyFolder } from "../src/evidence/evidence.ts";
import { createNewsroom, isClosed, KEY_FILE, openForWriting, openNewsroom, signingKeyFault } from "../src/newsroom.ts";
import { recomputeFolder } from "../src/recompute.ts";

test("views of another version are made anew at opening; verify says so and changes nothing; without the key they are refused", async () => {
  const newsroom = await smallNewsroom();
  newsroom.claim([{ subject: "theft/a", field: "victim", value: "Alpha" }]);
  const size = newsroom.log.size();
  const held = () => {
    const reader = openNewsroom(newsroom.folder);
    const claims = readClaims(reader.log, { log_size: size, evidence: "released" });
    reader.close();
    return claims.map(({ value }) => value);
  };
  const makeOlder = () => {
    const db = new DatabaseSync(join(newsroom.folder, "newsroom.db"));
    db.exec("UPDATE meta SET value = '[]' WHERE key = 'views'; DROP TABLE stated_figures; UPDATE claims SET body = replace(body, 'Alpha', 'Beta')");
    db.close();
  };
  makeOlder();
  const { findings } = await verifyFolder(newsroom.folder, { recompute: recomputeFolder });
  assert.deepEqual(
    findings.map(({ what }) => what),
    ["views_of_another_version"],
  );
  assert.deepEqual(held(), ["Alpha"]);
  assert.equal((await verifyFolder(newsroom.folder, { recompute: recomputeFolder })).outcome, "clean");

  makeOlder();
  const key = join(newsroom.folder, KEY_FILE);
  renameSync(key, `${key}.away`);
  assert.throws(held, /made by another version of Tracewire/);
  renameSync(`${key}.away`, key);
  assert.deepEqual(held(), ["Alpha"]);
  newsroom.remove();
});

test("nothing is written with a key that is damaged or another log's, and what was written stays clean", async () => {
  const newsroom = await smallNewsroom();
  newsroom.claim([{ subject: "theft/a", field: "victim", value: "Alpha" }]);
  const path = join(newsroom.folder, KEY_FILE);
  const own = readFileSync(path, "utf8");
  assert.equal(signingKeyFault(newsroom.folder), undefined);
  const body = own.indexOf("\n", own.indexOf("BEGIN")) + 1;
  const changed = (at: number) => `${own.slice(0, at)}${own[at] === "A" ? "B" : "A"}${own.slice(at + 1)}`;
  // The last signs are of the key itself, the first of its form; an origin of another name is another key as well.
  const others = [serializeLogKey(createLogKey()), changed(body + 50), changed(body + 3), changed(3), own.slice(0, body), ""];
  for (const text of others) {
    writeFileSync(path, text);
    assert.throws(() => openForWriting(newsroom.folder, systemEffects), (error) => error instanceof TracewireError && error.code === "KEY_MISMATCH", text);
    assert.equal(signingKeyFault(newsroom.folder)?.code, "KEY_MISMATCH");
  }
  writeFileSync(path, own);
  openForWriting(newsroom.folder, systemEffects).close();
  assert.equal((await verifyFolder(newsroom.folder, { recompute: recomputeFolder })).outcome, "clean");
  newsroom.remove();
});

test("a folder made beforehand for everybody is closed to others by its newsroom", { skip: process.platform === "win32" }, () => {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-open-"));
  chmodSync(folder, 0o755);
  assert.equal(isClosed(folder), false);
  createNewsroom(folder, systemEffects).close();
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(isClosed(folder), true);
  rmSync(folder, { recursive: true });
});

test("a folder where none can be made is refused, at once, and what was made on the way is taken away", { skip: existsSync("/proc/self") ? false : "no /proc on this machine" }, async () => {
  const newsroom = await smallNewsroom();
  const refused = (error: unknown) => error instanceof TracewireError && error.code === "READ_ONLY";
  assert.throws(() => createNewsroom("/proc/none/inner", systemEffects), refused);
  await assert.rejects(backupNewsroom(newsroom.folder, "/proc/none/inner"), refused);
  const file = join(newsroom.folder, "a-file");
  writeFileSync(file, "");
  assert.throws(() => createNewsroom(join(file, "below"), systemEffects), refused);
  newsroom.remove();
});
