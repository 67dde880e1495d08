// Sets that cannot be put together: a trace, a screening and a cluster read what can be, leave out the same, and say so.
import assert from "node:assert/strict";
import test from "node:test";
import { bytesFile } from "../../test/api-newsroom.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { chainsHeld, exposureOverChains, joinExposures } from "../screening/screening.ts";
import { addressNotShown, readClusters } from "./clusters/clusters.ts";
import { importTransfers } from "./import-transfers.ts";
import { transfersReader } from "./readers/transfers.ts";
import { utxoReader } from "./readers/utxo.ts";
import { readApart, readHolding, showsAny } from "./sets-apart.ts";
import { listTransferSets } from "./transfer-sets.ts";

const at = { by: "test", retrieved_at: "2026-01-01T00:00:00Z" };

test("sets without a common order are parts, each as large as it can be, and exposure is of each of them", async () => {
  const newsroom = await smallNewsroom();
  try {
    const put = (name: string, text: string) => importTransfers(newsroom, transfersReader, [bytesFile(`${name}.csv`, text)], { ...at, name });
    await put("timed", "txid,time,from,to,amount\nt1,2022-01-01T00:00:00Z,listed,between,5\nt2,2022-01-02T00:00:00Z,between,asked,4\n");
    await put("untimed", "txid,from,to,amount\nu1,listed,asked,7\n");
    await put("later", "txid,time,from,to,amount\nl1,2022-02-01T00:00:00Z,between,asked,1\n");
    const seqs = listTransferSets(newsroom.log).map(({ seq }) => seq);
    const parts = await readApart(newsroom, seqs);
    const namesOf = (all: typeof parts) => all.map(({ sets }) => sets.map(({ name }) => name.replace("transfers/", "")));
    assert.deepEqual(namesOf(parts), [["timed", "later"], ["untimed"]]);
    assert.deepEqual(namesOf(await readApart(newsroom, seqs.slice(0, 1))), [["timed"]]);
    const listed = { address: "listed", chain: "" } as Parameters<typeof exposureOverChains>[1]["accounts"][number];
    const found = joinExposures(parts.map(({ transfers, transactions }) => exposureOverChains(chainsHeld(transfers, transactions), { given: ["asked"], accounts: [listed], isListed: () => true })));
    const fifo = found.exposures.map(({ methods }) => methods.find(({ method }) => method === "fifo")!);
    assert.deepEqual(fifo.map(({ tainted, received, path }) => [tainted, received, path.length]), [[5n, 5n, 2], [7n, 7n, 1]]);
    assert.match(found.notes[0]!, /each part of them was looked into by itself/);
    assert.doesNotMatch(joinExposures([joinExposures([])]).notes.join(), /by itself/);

    const holding = (name: string) => readHolding(newsroom, {}, "it", showsAny(() => [name]));
    assert.deepEqual(namesOf(await holding("t2")), [["timed"]]);
    assert.match((await holding("t2"))[0]!.notes.join(), /Only the sets that hold it were read/);
    assert.deepEqual(namesOf(await holding("asked")), [["timed", "later"], ["untimed"]]);
    assert.deepEqual(await holding("nobody"), []);
    assert.deepEqual(await readHolding(newsroom, { among: [] }, "it", () => true), [], "who may see none reads none");
    await assert.rejects(readHolding(newsroom, { sets: ["timed", "untimed"] }, "it", () => true), { code: "BAD_INPUT" });
  } finally {
    newsroom.remove();
  }
});

test("clusters: of transactions that contradict each other those are read that show the address; whom none shows is told as that", async () => {
  const newsroom = await smallNewsroom();
  try {
    const put = (name: string, ...rows: object[]) => importTransfers(newsroom, utxoReader, [bytesFile(`${name}.jsonl`, rows.map((row) => JSON.stringify(row)).join("\n"))], { ...at, name });
    const coin = (txid: string, address: string, value: string) => ({ txid, inputs: [{ external: true, value }], outputs: [{ address, value }] });
    const both = { txid: "both", inputs: [{ txid: "one", vout: 0, value: "5", addresses: ["a"] }, { txid: "two", vout: 0, value: "5", addresses: ["b"] }], outputs: [{ address: "c", value: "10" }] };
    await put("right", coin("one", "a", "5"), coin("two", "b", "5"), both);
    const read = (about: string[], sets?: string[]) => readClusters(newsroom, { about, sets });
    assert.equal((await read(["a"])).notes.length, 0);
    await put("other", coin("one", "z", "6"));
    const { sets, notes, clusters } = await read(["a"]);
    assert.deepEqual([sets.map(({ name }) => name), notes.length, clusters.members(clusters.ids[clusters.numbers.numberOf("a")!]!).length], [["utxo/right"], 1, 2]);
    assert.deepEqual((await read(["z"])).sets.map(({ name }) => name), ["utxo/other"]);
    await assert.rejects(read(["a", "z"]), { code: "BAD_INPUT" });
    await assert.rejects(read(["nobody"]), { code: "NOT_FOUND", message: /No set of transfers that is held shows the address nobody/ });
    await importTransfers(newsroom, transfersReader, [bytesFile("accounts.csv", "txid,from,to,amount\nu1,payer,payee,7\n")], { ...at, name: "accounts" });
    assert.match((await addressNotShown(newsroom, "payer", {})).message, /Only sets of accounts show payer/);
    await assert.rejects(read(["payer"], ["accounts"]), { code: "NOT_FOUND", message: /of accounts/ });
  } finally {
    newsroom.remove();
  }
});
