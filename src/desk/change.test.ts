// An act and its entries are in two databases: killed between the two, the next start of the desk finds what lacks.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../../test/scale.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { listActs, openAccounts, RECOVERED } from "../accounts/accounts.ts";
import { systemEffects } from "../effects.ts";
import { openNewsroom } from "../newsroom.ts";
import { recoverDone } from "./change.ts";

test("killed before the log has it nothing was done; killed after it the act is found at the next start, once", async () => {
  const newsroom = await smallNewsroom();
  const accounts = openAccounts(newsroom.folder, systemEffects);
  try {
    const acts = () => listActs(accounts, { limit: 20 }).map(({ handle, act, object, entries, network }) => [handle, act, object, entries, network]);
    const open = () => accounts.db.prepare("SELECT count(*) AS n FROM intended_acts").get()!.n;
    const run = (moment: string) => spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "test", "act-child.ts"), newsroom.folder, moment], { encoding: "utf8" });
    const start = () => {
      const reader = openNewsroom(newsroom.folder);
      try {
        return recoverDone(reader, accounts);
      } finally {
        reader.close();
      }
    };
    const size = newsroom.log.size();

    const before = run("before");
    assert.equal(before.signal, "SIGKILL", before.stderr);
    assert.deepEqual([newsroom.log.size(), open()], [size, 1]);
    // Another's entries take the places that it would have had.
    newsroom.transact("rosa", (transaction) => [transaction.append({ kind: "note", by: "rosa" }), transaction.append({ kind: "note", by: "rosa" })]);
    assert.deepEqual([start(), acts(), open()], [0, [], 0]);

    const between = run("between");
    assert.equal(between.signal, "SIGKILL", between.stderr);
    assert.deepEqual([newsroom.log.size(), acts()], [size + 4, []]);
    assert.equal(start(), 1);
    assert.equal(start(), 0);
    const entries = [size + 2, size + 3];
    assert.deepEqual([acts(), open()], [[["rosa", "claim.add", `at between${RECOVERED}`, entries, "203.0.113.0/24"]], 0]);

    assert.equal(run("never").status, 0);
    assert.deepEqual([acts()[0], open(), start()], [["rosa", "claim.add", "at never", [size + 4, size + 5], "203.0.113.0/24"], 0, 0]);
  } finally {
    accounts.close();
    newsroom.remove();
  }
});
