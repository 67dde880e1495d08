// A cluster read from imported transactions, kept, grown by later data and still what it was.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { smallNewsroom, type SmallNewsroom } from "../../../test/small-newsroom.ts";
import { appendErasure, verifyFolder } from "../../evidence/evidence.ts";
import { clustersWith, describeCluster, findCluster, freezeCluster, readClusters } from "./clusters.ts";
import { importTransfers } from "../import-transfers.ts";
import { utxoReader } from "../readers/utxo.ts";
import { fileOnDisk } from "../readers/source-file.ts";

const P = ["1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "1dice8EMZmqKvrGE4Qc9bUFf9PX3xaYDp", "1FfmbHfnpaZjKFvyi1okTjJJusN455paPH", "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S"];
const spend = (txid: string, block: number, payers: string[], payee: string) =>
  JSON.stringify({ txid, time: `2024-01-0${block}T00:00:00Z`, block, inputs: payers.map((address, vout) => ({ txid: `f${txid}`, vout, value: 1_000, addresses: [address] })), outputs: [{ value: 900, address: payee }] });

async function put(newsroom: SmallNewsroom, name: string, lines: string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-test-"));
  writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
  await importTransfers(newsroom, utxoReader, [fileOnDisk(join(folder, name), name)], { by: "test", retrieved_at: "2026-01-01T00:00:00Z" });
  rmSync(folder, { recursive: true });
}

test("kept as it was: with its joins, sets, version; later data makes another; erasure forgets it", async () => {
  const newsroom = await smallNewsroom();
  await assert.rejects(readClusters(newsroom, { about: [P[0]!] }), { code: "NOT_FOUND" });
  await put(newsroom, "one.jsonl", [spend("a", 1, [P[0]!, P[1]!], P[3]!)]);
  const keep = async (id: string) => {
    const read = await readClusters(newsroom, { about: [P[0]!] });
    const found = describeCluster(read.clusters, P[0]!);
    return newsroom.transact("test", (transaction) => freezeCluster(transaction, found, { id, sets: read.sets, log_size: read.log_size, gate: read.gate, by: "test" }));
  };
  const first = await keep("payers");
  assert.equal(first.outcome, "kept");
  assert.deepEqual(await keep("payers"), { outcome: "unchanged", seq: first.seq });
  const kept = findCluster(newsroom.log, "payers")!;
  assert.deepEqual(kept.addresses, [{ address: P[0] }, { address: P[1], with: P[0], by: "a" }]);
  assert.equal(kept.heuristic_version, "1");
  assert.match(kept.sets[0]!.rows_root, /^[0-9a-f]{64}$/);

  await put(newsroom, "two.jsonl", [spend("b", 2, [P[1]!, P[2]!], P[3]!)]);
  const second = await keep("payers");
  assert.equal(findCluster(newsroom.log, "payers")!.addresses.length, 3);
  assert.deepEqual(findCluster(newsroom.log, "payers", second.seq), kept, "as known before");
  assert.deepEqual(clustersWith(newsroom.log, P[1]!).map(({ seq }) => seq), [first.seq, second.seq]);
  const { clusters } = await readClusters(newsroom, { about: [P[0]!], payjoins: ["b"] });
  assert.deepEqual(describeCluster(clusters, P[0]!).left_out, [{ txid: "b", why: "PayJoin, as it is known to be: somebody who took part, or a list, says so" }]);
  assert.throws(() => describeCluster(clusters, "1nobody"), { code: "NOT_FOUND" });
  await assert.rejects(keep("No name"), { code: "BAD_ARGUMENT" });

  newsroom.transact("test", (transaction) => appendErasure(transaction, { seqs: [first.seq], blobs: [], reason: "test" }, "test"));
  newsroom.log.rebuildViews();
  assert.deepEqual(clustersWith(newsroom.log, P[1]!).map(({ seq }) => seq), [second.seq]);
  assert.deepEqual((await verifyFolder(newsroom.folder)).findings, []);
  newsroom.remove();
});
