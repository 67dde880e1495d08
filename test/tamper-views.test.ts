// Views are caches, and a changed cache must not go unnoticed: every random change of a view's row is found by verify,
// which computes the views again from the entries it has proven.
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync, type StatementResultingChanges } from "node:sqlite";
import { test } from "node:test";
import { seededRandom } from "../src/effects.ts";
import { verifyFolder } from "../src/evidence/evidence.ts";
import { VIEWS } from "../src/newsroom.ts";
import { recomputeFolder } from "../src/recompute.ts";
import { serveNewsroom } from "./demo-site.ts";
import { announce, scaled, seed } from "./scale.ts";

test("every change of a view is found", async (t) => {
  const runs = scaled(300);
  announce(t, "mutations of views", runs);
  const site = await serveNewsroom({ demo: true });
  t.after(() => site.stop());
  const { folder } = site.newsroom;
  const random = seededRandom(seed);
  const below = (limit: number) => (random(4).reduce((sum, byte) => sum * 256 + byte, 0) >>> 0) % limit;
  assert.equal((await verifyFolder(folder, { recompute: recomputeFolder })).outcome, "clean");
  const db = new DatabaseSync(join(folder, "newsroom.db"));
  const tables = VIEWS.flatMap((view) => view.tables).filter(
    (table) => (db.prepare(`SELECT count(*) AS n FROM ${table}`).get()!.n as number) > 0,
  );
  assert.ok(tables.length >= 8, tables.join());
  for (let run = 0; run < runs; run++) {
    const table = tables[run % tables.length]!;
    const rows = db.prepare(`SELECT rowid AS row_id, * FROM ${table}`).all();
    const row = rows[below(rows.length)]!;
    const column = Object.keys(row).filter((name) => name !== "row_id")[below(Object.keys(row).length - 1)]!;
    const old = row[column] as string | number | null;
    const changed =
      typeof old === "number"
        ? old + 1 + below(5)
        : old === null
          ? /seq|from|to|released|erased|log_size|supersedes/.test(column)
            ? below(100)
            : "x"
          : `${old} `;
    db.exec("BEGIN");
    let changes: StatementResultingChanges;
    try {
      changes =
        run % 5 === 4
          ? db.prepare(`DELETE FROM ${table} WHERE rowid = ?`).run(row.row_id as number)
          : db.prepare(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`).run(changed, row.row_id as number);
    } catch {
      // The table itself refuses it (a key that exists): nothing was changed, nothing is to be found.
      db.exec("ROLLBACK");
      continue;
    }
    db.exec("COMMIT");
    assert.equal(changes.changes, 1, table);
    const findings = await recomputeFolder(folder);
    assert.ok(
      findings.some((finding) => finding.what === "view_differs"),
      `${table}.${column}: ${String(old)} → ${String(changed)}`,
    );
    site.newsroom.log.rebuildViews();
  }
  db.close();
  assert.equal(
    (await verifyFolder(folder, { recompute: recomputeFolder })).outcome,
    "clean",
    "rebuilt from the entries, they are what they were",
  );
});

test("a row of a dataset that was changed, taken away or added is found, and named by its entry", async () => {
  const site = await serveNewsroom({ demo: true });
  const { folder } = site.newsroom;
  const db = new DatabaseSync(join(folder, "newsroom.db"));
  const { dataset } = db.prepare("SELECT dataset FROM dataset_rows LIMIT 1").get()! as { dataset: number };
  for (const change of [
    "UPDATE dataset_rows SET body = replace(body, ':\"', ':\" ') WHERE dataset = ? AND at = 3",
    "DELETE FROM dataset_rows WHERE dataset = ? AND at = (SELECT max(at) FROM dataset_rows WHERE dataset = ?1)",
    "INSERT INTO dataset_rows SELECT dataset, 1000000, body, file FROM dataset_rows WHERE dataset = ? AND at = 0",
  ]) {
    const kept = db.prepare("SELECT * FROM dataset_rows WHERE dataset = ?").all(dataset);
    assert.equal(db.prepare(change).run(dataset).changes, 1, change);
    assert.deepEqual(
      (await recomputeFolder(folder)).map(({ what, index }) => [what, index]),
      [["rows_differ", dataset]],
      change,
    );
    db.prepare("DELETE FROM dataset_rows WHERE dataset = ?").run(dataset);
    for (const row of kept)
      db.prepare("INSERT INTO dataset_rows (dataset, at, body, file) VALUES (?, ?, ?, ?)").run(row.dataset!, row.at!, row.body!, row.file!);
  }
  assert.deepEqual(await recomputeFolder(folder), []);
  db.close();
  await site.stop();
});
