import test from "node:test";
import { checkKernel } from "./kernel.conformance.ts";
import { trace } from "./trace.ts";

const seed = Number(process.env.TRACEWIRE_SEED ?? Date.now() % 2 ** 31);
const ledgers = process.env.TRACEWIRE_PROVE ? 20_000 : 2_000;

test(`the exact kernel equals the slow twin on ${ledgers} random ledgers`, (t) => {
  t.diagnostic(`seed ${seed}`);
  checkKernel(trace, ledgers, seed);
});
