// Large counts and chance in tests. `npm test` runs a tenth of each count, always by the same chance: a change fails for
// what it brings, not by luck. `npm run prove` runs all of it by new chance each time.
// TRACEWIRE_SEED replays a failure; every suite prints the seed it ran with.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

export const proving = process.env.TRACEWIRE_PROVE === "1";
export const seed = Number(process.env.TRACEWIRE_SEED ?? (proving ? Math.floor(Math.random() * 2 ** 31) : 580_317));

/** The number of cases to run for a stated full count. */
export function scaled(full_count: number): number {
  return proving ? full_count : Math.ceil(full_count / 10);
}

/** Says in the test's output what chance it runs with. */
export function announce(t: { diagnostic(message: string): void }, what: string, count: number): void {
  t.diagnostic(`${what}: ${count} cases, TRACEWIRE_SEED=${seed}`);
}

const corpora = resolve(process.env.TRACEWIRE_CORPORA ?? join(import.meta.dirname, "..", "..", "shared"));

/** Path inside the test-only corpora, or undefined with the reason to skip, where they are absent. */
export function corpus(path: string): { path: string; skip: false } | { path: undefined; skip: string } {
  const found = join(corpora, path);
  return existsSync(found)
    ? { path: found, skip: false }
    : { path: undefined, skip: `test corpora absent: ${path} (set TRACEWIRE_CORPORA)` };
}

export const repositoryRoot = resolve(import.meta.dirname, "..");
