// A question over a newsroom whose sets cannot all be put in one order: only those that hold the seed count.
import assert from "node:assert/strict";
import test from "node:test";
import { bytesFile } from "../../test/api-newsroom.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { askNewsroom } from "./ask-newsroom.ts";
import { importTransfers } from "./import-transfers.ts";
import { transfersReader } from "./readers/transfers.ts";

test("what other sets lack stands in nobody's way, and a theft that no set shows is told as that", async () => {
  const newsroom = await smallNewsroom();
  try {
    const put = (name: string, text: string) => importTransfers(newsroom, transfersReader, [bytesFile(`${name}.csv`, text)], { by: "test", retrieved_at: "2026-01-01T00:00:00Z", name });
    await put("untimed", "txid,from,to,amount\nu1,a,b,5\n");
    await put("timed", "txid,time,from,to,amount\nt1,2022-01-01T00:00:00Z,victim,thief,5\nt2,2022-01-02T00:00:00Z,thief,friend,3\nt3,2022-01-03T00:00:00Z,friend,end,3\n");
    newsroom.claim([{ subject: "theft/2022-01-01-bare", field: "victim", value: "A victim without transactions" }, { subject: "theft/2022-01-01-known", field: "taken_in", value: "t1" }]);
    const ask = (from: string, until?: string) => askNewsroom(newsroom, { from, methods: ["fifo"], direction: "forward", ...(until === undefined ? {} : { until }) });
    for (const from of ["t1", "2022-01-01-known"]) {
      const { result } = await ask(from, "2022-01-02");
      assert.deepEqual(result.methods.fifo!.assets.native!.held, { friend: "3", thief: "2" });
      assert.deepEqual(result.sets.map(({ name }) => name), ["transfers/timed"]);
      assert.match(result.notes[0]!, /Only the sets that hold the seed were read/);
      assert.doesNotMatch(JSON.stringify(result), /untimed/, "a set that was not read is named nowhere: it may be of another case");
    }
    await assert.rejects(ask("u1", "2022-01-02"), { code: "BAD_ARGUMENT", message: /states none/ });
    await assert.rejects(ask("2022-01-01-bare"), { code: "NOT_FOUND", message: /names no transaction or address of it/ });
    await assert.rejects(ask("nothing"), { code: "NOT_FOUND", message: /No set of transfers that is held has nothing/ });
  } finally {
    newsroom.remove();
  }
});
