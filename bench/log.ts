// Speed of the log: entries appended in batches, durable and signed, and the full case file's import.
// Run: <pinned node> bench/log.ts. Absolute numbers depend on the disk; the machine's own fsync rate is printed beside.
import { closeSync, existsSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importCasefile } from "../src/casefile/casefile.ts";
import { systemEffects } from "../src/effects.ts";
import { verifyFolder } from "../src/evidence/evidence.ts";
import { createNewsroom } from "../src/newsroom.ts";

const seconds = async (run: () => unknown): Promise<number> => {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
};
const scratch = () => mkdtempSync(join(tmpdir(), "tracewire-bench-"));

const fsyncFolder = scratch();
const handle = openSync(join(fsyncFolder, "x"), "w");
const fsyncs = 200;
const fsyncTime = await seconds(() => {
  for (let at = 0; at < fsyncs; at++) {
    writeSync(handle, "x".repeat(4096));
    fsyncSync(handle);
  }
});
closeSync(handle);
console.log(`fsync of 4 KiB: ${Math.round(fsyncs / fsyncTime)}/s`);

for (const [entries, batch] of [
  [20_000, 1_000],
  [5_000, 50],
  [300, 1],
] as const) {
  const folder = scratch();
  const newsroom = createNewsroom(folder, systemEffects);
  const took = await seconds(() => {
    for (let done = 0; done < entries; done += batch)
      newsroom.transact("bench", (transaction) => {
        for (let at = 0; at < batch; at++)
          transaction.append({ kind: "note", text: `entry ${done + at} of a benchmark, about as long as a short claim`, by: "bench" });
      });
  });
  console.log(`append, batches of ${batch}: ${Math.round(entries / took)} entries/s (${entries} in ${took.toFixed(2)} s)`);
  if (batch === 1_000) console.log(`verify ${entries} entries: ${(await seconds(() => verifyFolder(folder))).toFixed(2)} s`);
  newsroom.close();
  rmSync(folder, { recursive: true });
}
for (const [name, path] of [
  ["demo", join(import.meta.dirname, "..", "demo", "casefile")],
  ["full", join(process.env.TRACEWIRE_CORPORA ?? join(import.meta.dirname, "..", "..", "shared"), "data", "casefile")],
] as const) {
  if (!existsSync(path)) continue;
  const folder = scratch();
  const newsroom = createNewsroom(folder, systemEffects);
  let size = 0;
  const took = await seconds(
    async () =>
      void (size = (await importCasefile(newsroom, path, { by: "bench", retrieved_at: systemEffects.clock(), release: true })).log_size),
  );
  console.log(`import of the ${name} case file: ${took.toFixed(2)} s, ${size} entries`);
  newsroom.close();
  rmSync(folder, { recursive: true });
}
rmSync(fsyncFolder, { recursive: true });
