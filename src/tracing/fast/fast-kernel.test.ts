import assert from "node:assert/strict";
import test from "node:test";
import { checkKernel } from "../kernel.conformance.ts";
import { METHOD_NAMES } from "../methods/methods.ts";
import { trace } from "../trace.ts";
import { Refusal } from "./run.ts";
import { traceFastKernel } from "./fast-kernel.ts";

const seed = Number(process.env.TRACEWIRE_SEED ?? Date.now() % 2 ** 31);
const ledgers = process.env.TRACEWIRE_PROVE ? 20_000 : 2_000;

test(`the fast kernel equals the slow twin on ${ledgers} random ledgers`, (t) => {
  t.diagnostic(`seed ${seed}`);
  let refused = 0;
  let answered = 0;
  checkKernel(
    (data, request) => {
      try {
        const result = traceFastKernel(data, request);
        answered++;
        return result;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        assert.equal(error.reason, "seed_unbacked");
        refused++;
        return trace(data, request);
      }
    },
    ledgers,
    seed,
    METHOD_NAMES,
  );
  t.diagnostic(`${answered} answered, ${refused} refused`);
  assert.ok(answered > ledgers / 4);
});
