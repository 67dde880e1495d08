// How the cost of a trace grows in shapes that thieves and exchanges make: a hub, a long peel chain, a consolidation.
// Run: <pinned node> bench/trace-shapes.ts
import { METHOD_NAMES } from "../src/tracing/methods/method.ts";
import { buildSegment } from "../src/tracing/fast/build-segment.ts";
import { Workspace } from "../src/tracing/fast/run.ts";
import { traceFast } from "../src/tracing/fast/trace-fast.ts";
import { describeMachine, repeated } from "./machine.ts";

type Row = [from: number, to: number, high: number];

/** A theft into an account that another two million transfers leave, with as many coming in between. */
function* hub(edges: number): Generator<Row> {
  yield [0, 2, 1000];
  yield [2, 1, 1000];
  for (let at = 0; at < edges; at++) {
    yield [0, 1, 5];
    yield [1, 3 + at, 4];
  }
}

function* peelChain(hops: number): Generator<Row> {
  yield [0, 1, 4_000_000];
  for (let hop = 0; hop < hops; hop++) {
    yield [1 + 2 * hop, 2 + 2 * hop, 1000];
    yield [1 + 2 * hop, 3 + 2 * hop, 4_000_000 - 1000 * (hop + 1)];
  }
}

/** Spread over a million accounts, which all pay into one. */
function* consolidation(inputs: number): Generator<Row> {
  yield [0, 1, 3 * inputs];
  for (let at = 0; at < inputs; at++) yield [1, 3 + at, 3];
  for (let at = 0; at < inputs; at++) yield [3 + at, 2, 3];
  yield [2, 3 + inputs, 3 * inputs];
}

describeMachine();
for (const [name, rows] of [
  ["hub with 2,000,000 debits", hub(2_000_000)],
  ["peel chain of 1,000 hops", peelChain(1000)],
  ["consolidation of 1,000,000", consolidation(1_000_000)],
] as const) {
  const all = [...rows];
  const columns = { rows: all.length, from: all.map(([from]) => from), to: all.map(([, to]) => to), high: Float64Array.from(all, ([, , high]) => high), low: new Float64Array(all.length) };
  const segment = buildSegment(columns, { accounts: all.reduce((most, [from, to]) => Math.max(most, from, to), 0) + 1 });
  const workspace = new Workspace();
  for (const method of METHOD_NAMES) {
    const run = await repeated(3, () => traceFast([segment], { method, seeds: { rows: [0], sources: [], lots: [] }, conversions: false, workspace }).run.edges);
    console.log(`${name}, ${method}: ${run.result} edges, ${run.cpu_ms.toFixed(1)} ms of the thread (wall ${run.wall_ms.toFixed(0)}), ${((1e6 * run.cpu_ms) / run.result).toFixed(0)} ns an edge`);
  }
}
