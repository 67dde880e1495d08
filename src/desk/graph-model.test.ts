import assert from "node:assert/strict";
import { test } from "node:test";
import { all, begin, decode, encode, expanded, folded, indexOf, layOut, NODES_MAX, visibleOf, type GraphData } from "./client/graph-model.ts";

/** One beginning with so many flows out of it; the first of them sends on to two, one of which comes back. */
function star(count: number): GraphData {
  const places: GraphData["places"] = [["thief", "", "start"], ...Array.from({ length: count }, (_, at) => [`a${at}`, "", "held"] as GraphData["places"][number])];
  const flows: GraphData["flows"] = Array.from({ length: count }, (_, at) => [0, at + 1, 1 - at / count, "1", "credit", 1]);
  flows.push([1, 2, 0.1, "1", "credit", 1], [1, 0, 0.1, "1", "credit", 1]);
  return { places, flows, flow_count: flows.length, notes: [] };
}

test("of each open place a stretch of its flows is shown, the largest first; more, all, and folded again", () => {
  const data = star(3_112);
  const index = indexOf(data);
  assert.deepEqual(index.starts, [0]);
  const shown = begin(index);
  const visible = visibleOf(data, index, shown);
  assert.deepEqual([visible.nodes.size, visible.flows.length], [26, 25]);
  assert.equal(visibleOf(data, index, expanded(shown, 0)).flows.length, 50);
  const opened = expanded(shown, 1);
  assert.equal(visibleOf(data, index, opened).flows.length, 27, "a flow back and one between places that are there add no node");
  assert.equal(visibleOf(data, index, folded(opened, 1)).flows.length, 25);
  assert.equal(visibleOf(data, index, all(index)).nodes.size, 3_113);
});

test("what is open fits into an address and comes back from it; what is no state of it opens nothing", () => {
  const data = star(60);
  const index = indexOf(data);
  const shown = expanded(expanded(begin(index), 0), 1);
  assert.equal(encode(shown), "0-50.1");
  assert.deepEqual(decode(encode(shown), index), shown);
  assert.deepEqual([...decode("9999.x.-1.59.1-3.constructor", index)], [[1, 3]]);
});

test("a picture holds ten thousand places and says that it was cut; each stands right of what reached it", () => {
  const data = star(12_000);
  const index = indexOf(data);
  const visible = visibleOf(data, index, all(index));
  assert.deepEqual([visible.nodes.size, visible.cut], [NODES_MAX, true]);
  const positions = layOut(data, visible);
  assert.equal(positions.size, NODES_MAX);
  for (const [node, flow] of visible.by) assert.ok(positions.get(node)!.x > positions.get(data.flows[flow]![0])!.x);
  assert.equal(new Set([...positions].map(([, { x, y }]) => `${x} ${y}`)).size, NODES_MAX, "no two in one spot");
});

test("flows that lead round in a circle have a beginning all the same, and end", () => {
  const data: GraphData = { places: [["a", "", "held"], ["b", "", "held"]], flows: [[0, 1, 1, "1", "credit", 1], [1, 0, 1, "1", "credit", 1], [1, 1, 1, "1", "credit", 1]], flow_count: 3, notes: [] };
  const index = indexOf(data);
  assert.deepEqual(index.starts, [0]);
  assert.equal(layOut(data, visibleOf(data, index, all(index))).size, 2);
});
