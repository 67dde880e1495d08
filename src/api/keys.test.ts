// Keys that end by themselves, and a file of keys that a former version made.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { seededRandom } from "../effects.ts";
import { KEYS_FILE, openKeyReader, openKeyStore } from "./keys.ts";

test("a key opens nothing from its moment on; its name is free then, as after a revocation; without a moment it stays", () => {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-keys-"));
  let now = "2026-01-01T00:00:00.000Z";
  const effects = { clock: () => now, random: seededRandom(3) };
  // As it was before keys had an end.
  const former = new DatabaseSync(join(folder, KEYS_FILE));
  former.exec("CREATE TABLE keys (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, hash BLOB NOT NULL UNIQUE, scopes TEXT NOT NULL, created TEXT NOT NULL, revoked TEXT) STRICT");
  former.prepare("INSERT INTO keys (name, hash, scopes, created) VALUES ('old', x'00', '[\"claims:unreleased\"]', '2025-01-01')").run();
  former.close();
  const [keys, reader] = [openKeyStore(folder, effects), openKeyReader(folder, effects)];
  try {
    assert.deepEqual(keys.list().map(({ name, expires }) => [name, expires]), [["old", null]]);
    assert.throws(() => keys.add("late", ["claims:unreleased"], "2025-12-31T00:00:00.000Z"), { code: "BAD_ARGUMENT" });
    const [ends, stays] = [keys.add("ends", ["claims:unreleased"], "2027-01-01T00:00:00.000Z"), keys.add("stays", ["claims:unreleased"])];
    const found = () => [ends, stays].map(({ token }) => reader.find(token)?.name);
    now = "2026-12-31T23:59:59.999Z";
    assert.deepEqual(found(), ["ends", "stays"]);
    assert.throws(() => keys.add("ends", ["claims:unreleased"]), { code: "BAD_ARGUMENT" });
    now = "2027-01-01T00:00:00.000Z";
    assert.deepEqual(found(), [undefined, "stays"]);
    keys.add("ends", ["claims:unreleased"]);
  } finally {
    reader.close();
    keys.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
