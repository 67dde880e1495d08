import assert from "node:assert/strict";
import test from "node:test";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { appendRelease, exportBundle } from "../evidence/evidence.ts";
import { isPrivateClaim, requireReleasable } from "./casefile.ts";

test("a private field is refused at release, and leaves in no bundle even where somebody released it", async () => {
  const newsroom = await smallNewsroom(3);
  const [shown, hidden] = newsroom.claim([
    { subject: "party/one", field: "name_displayed", value: "A firm" },
    { subject: "party/one", field: "name_true", value: "A True Name" },
  ]);
  assert.throws(() => requireReleasable({ subject: "party/one", field: "name_true" }, "entry 5"), /private: it is kept, and never released/);
  requireReleasable({ subject: "party/one", field: "name_displayed" });
  newsroom.transact("test", (transaction) => appendRelease(transaction, [shown!, hidden!], [], "test"));
  const bundle = exportBundle(newsroom.log, newsroom.blobs, {
    subject: "case",
    seqs: [shown!, hidden!],
    made_at: "2026-11-26T00:00:00Z",
    verifier_key: newsroom.verifierKey,
    withhold: isPrivateClaim,
  });
  assert.deepEqual(bundle.left_out, [{ what: `entry ${hidden}`, why: "private" }]);
  assert.ok(!JSON.stringify(bundle).includes("A True Name"));
  newsroom.close();
});
