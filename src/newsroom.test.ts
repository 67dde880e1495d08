// A folder that another version wrote: its tables beside the log are made anew from the entries when it is opened, and are
// never read as they are.
import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { smallNewsroom } from "../test/small-newsroom.ts";
import { readClaims } from "./casefile/casefile.ts";
import { verifyFolder } from "./evidence/evidence.ts";
import { KEY_FILE, openNewsroom } from "./newsroom.ts";
import { recomputeFolder } from "./recompute.ts";

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
