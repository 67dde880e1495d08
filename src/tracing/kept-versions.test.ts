// A trace that an earlier version of the methods answered: asked again under its own versions, it is the same where the
// rules changed nothing, and else it is told as what it is, and not as damage.
import assert from "node:assert/strict";
import test from "node:test";
import { importMadeUp, keepTrace } from "../../test/kept-trace.ts";
import { smallNewsroom, type SmallNewsroom } from "../../test/small-newsroom.ts";
import { verifyFolder, type Json } from "../evidence/evidence.ts";
import { recomputeFolder } from "../recompute.ts";
import { askKept, askNewsroom, notReproduced, reproduceTrace, stepsOf } from "./ask-newsroom.ts";
import { methodStatement } from "./audit.ts";
import { resultHash } from "./ask.ts";
import { findTrace, type SavedTrace } from "./saved-traces.ts";

/** The trace as version 1 would have kept it; `change` is what it answered otherwise. */
async function keptByVersionOne(newsroom: SmallNewsroom, id: string, change = (text: string) => text): Promise<SavedTrace> {
  const saved = findTrace(newsroom.log, id, undefined, "all")!;
  const { result } = await askNewsroom(newsroom, saved.ask, { sets: saved.sets.map(({ seq }) => String(seq)), log_size: saved.log_size });
  const asOne = <T extends { version: string }>(all: Record<string, T>) => Object.fromEntries(Object.entries(all).map(([name, one]) => [name, { ...one, version: "1" }]));
  const methods = JSON.parse(change(JSON.stringify(asOne(result.methods)))) as typeof result.methods;
  const { seq: _, at: __, released: ___, ...body } = saved;
  newsroom.transact("test", (transaction) =>
    transaction.append({ kind: "trace", ...body, methods: asOne(saved.methods), result_sha256: resultHash({ ...result, methods }) } as unknown as { kind: string } & Record<string, Json>),
  );
  return findTrace(newsroom.log, id, undefined, "all")!;
}

test("a trace kept by an earlier version: the same where the rule changed nothing, else told as that, and no damage", async () => {
  const newsroom = await smallNewsroom();
  try {
    await importMadeUp(newsroom);
    await keepTrace(newsroom, "made-up");
    const same = await keptByVersionOne(newsroom, "made-up");
    assert.notEqual(same.result_sha256, findTrace(newsroom.log, "made-up", same.seq, "all")!.result_sha256, "a version belongs to the hash");
    const again = await reproduceTrace(newsroom, same);
    assert.deepEqual([again.same, again.moved.map(({ method, kept, now }) => `${method} ${kept} ${now}`)], [true, ["poison", "haircut", "fifo", "lifo", "tiho"].map((method) => `${method} 1 2`)]);
    assert.deepEqual(await recomputeFolder(newsroom.folder), []);
    assert.ok(methodStatement({ ...same, columns: [], steps: [] }).some((line) => /went|version 1/.test(line) && !/version 2/.test(line)));
    assert.ok(methodStatement({ ...same, columns: [], steps: [] }).some((line) => line.startsWith("Payments to oneself.") && /end of the queue/.test(line)));

    const other = await keptByVersionOne(newsroom, "made-up", (text) => text.replace('"market":"40"', '"market":"41"'));
    const differing = await reproduceTrace(newsroom, other);
    assert.equal(differing.same, false);
    assert.match(notReproduced(other, differing).message, /kept by poison version 1, .*not here any more.*a payment to oneself changes nothing/s);
    await assert.rejects(askKept(newsroom, other), { code: "NOT_REPRODUCED" });
    assert.ok((await stepsOf(newsroom, other)).length > 0, "its own steps are kept");
    await assert.rejects(stepsOf(newsroom, { ...other, steps: null }), { code: "NOT_REPRODUCED" });
    const report = await verifyFolder(newsroom.folder, { recompute: recomputeFolder });
    assert.deepEqual([report.outcome, report.findings, report.warnings.map(({ what, file }) => [what, file])], ["clean", [], [["trace_of_another_version", "made-up"]]]);
  } finally {
    newsroom.remove();
  }
});
