// Rankings: small graphs worked out by hand, what must hold of every answer, a slow twin, and how many addresses of two
// thefts that were followed by hand they bring up among strangers.
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { background, readCase, skip } from "../../../test/ground-truth.ts";
import { seed } from "../../../test/scale.ts";
import type { Transfer } from "../transfer.ts";
import { buildTransferTable, type TransferTable } from "../transfer-table.ts";
import { APPR, rankByAppr, type Scores } from "./appr.ts";
import { placesOf, type Places } from "./places.ts";
import { rankFrom } from "./ranking.ts";
import { rankByTtr, TTR } from "./ttr.ts";

type Short = [from: string | null, to: string | null, amount: number, asset?: string, txid?: string];

const transfersOf = (rows: readonly Short[], chain = ""): Transfer[] =>
  rows.map(([from, to, amount, asset = "native", txid], at) => ({
    chain,
    txid: txid ?? `t${at}`,
    block: at,
    tx_index: 0,
    index: 0,
    kind: from === null ? "mint" : "transfer",
    time: null,
    from,
    to,
    asset,
    amount: BigInt(amount),
    row: `test:${at + 1}`,
  }));

function over(rows: readonly Short[]) {
  const table = buildTransferTable(transfersOf(rows));
  const places = placesOf(table);
  const number = (address: string) => places.names.findIndex((place) => place.address === address);
  const named = (shares: ReadonlyMap<number, number>) =>
    Object.fromEntries([...shares].filter(([, share]) => share > 0).map(([place, share]) => [places.names[place]!.address, Number(share.toFixed(8))]));
  return { table, places, number, named };
}

test("APPR by hand: one edge, handed to and fro until less than ε of it is left", () => {
  const { table, places, number, named } = over([["a", "b", 7]]);
  const found = rankByAppr(table, places, [number("a")], { alpha: 0.15, epsilon: 0.5 });
  // 1 → .15 rests, .85 → .1275 rests, .7225 → .108375, .614125 → .09211875, .52200625 → .0783009375, .4437053125 stays.
  assert.deepEqual(named(found.score), { a: 0.33667594, b: 0.21961875 });
  assert.deepEqual([named(found.residual), found.pushes], [{ b: 0.44370531 }, 5]);
});

test("APPR in the limit: one edge has α/(1 − (1 − α)²) at its seed", () => {
  const { table, places, number } = over([["a", "b", 7]]);
  const { score } = rankByAppr(table, places, [number("a")]);
  assert.ok(Math.abs(score.get(number("a"))! - 0.15 / (1 - 0.85 ** 2)) <= APPR.epsilon);
});

test("TTR by hand: in proportion to what leaves later; what left earlier gets nothing", () => {
  const { table, places, number, named } = over([["b", "early", 5], ["a", "b", 10], ["b", "c", 30], ["b", "d", 10]]);
  const found = rankByTtr(table, places, [number("a")], { ...TTR, epsilon: 0.5 });
  // a: .15 rests, .17 finds nothing that came to a. b has .68: .102 rests, .1156 finds nothing that came to b before.
  assert.deepEqual(named(found.score), { a: 0.32, b: 0.2176 });
  assert.deepEqual(named(found.residual), { c: 0.3468, d: 0.1156 });
  assert.equal(rankFrom(table, ["a"], "ttr").ranks.find(({ address }) => address === "early"), undefined);
});

test("TTR backward: what came earlier, and not what came later", () => {
  const { table, places, number, named } = over([["before", "a", 4], ["a", "b", 10], ["after", "b", 10]]);
  const { residual } = rankByTtr(table, places, [number("b")], { ...TTR, epsilon: 0.5 });
  assert.deepEqual(named(residual), { a: 0.085, after: 0.085 }, "a seed is seen at all times");
  const other = rankByTtr(table, places, [number("before")], { ...TTR, epsilon: 0.1 });
  assert.ok(!other.residual.has(number("after")) && !other.score.has(number("after")));
});

test("TTR keeps assets apart: another asset that leaves later is no way", () => {
  const { table, places, number, named } = over([["a", "b", 10, "x"], ["b", "c", 10, "y"]]);
  const { score, residual } = rankByTtr(table, places, [number("a")], { ...TTR, epsilon: 0.5 });
  assert.deepEqual([named(score), named(residual)], [{ a: 0.32, b: 0.68 }, {}]);
});

test("TTR through an exchange: the holder's chip changes its asset, the pool is no taker", () => {
  const rows: Short[] = [["a", "b", 10, "x"], ["b", "pool", 10, "x", "swap"], ["pool", "b", 70, "y", "swap"], ["b", "c", 70, "y"], ["pool", "d", 10, "x"]];
  const transfers = transfersOf(rows).map((transfer, at) => (transfer.txid === "swap" ? { ...transfer, block: 1, index: at } : transfer));
  const table = buildTransferTable(transfers);
  const addresses = rankFrom(table, ["a"], "ttr").ranks.map(({ address }) => address);
  assert.deepEqual(addresses.toSorted(), ["a", "b", "c"]);
  const back = rankFrom(table, ["c"], "ttr").ranks.map(({ address }) => address);
  assert.deepEqual(back.toSorted(), ["a", "b", "c"], "backward too");
});

test("TTR through an exchange that gave part of its own asset back: no share is made", () => {
  const rows: Short[] = [["a", "e", 2, "x", "swap"], ["b", "a", 1, "y", "swap"], ["e", "a", 1, "x", "swap"]];
  const table = buildTransferTable(placed(rows));
  const places = placesOf(table);
  for (const start of places.names.keys()) {
    const found = rankByTtr(table, places, [start]);
    assert.ok(Math.abs(sumOf(found) - 1) < 1e-12, `${places.names[start]!.address}: ${sumOf(found)}`);
  }
});

test("the same string on two chains is two places; a fee joins nobody; an address without others keeps all", () => {
  const table = buildTransferTable([...transfersOf([["a", "b", 1]], "one"), ...transfersOf([["a", "c", 1], ["d", "d", 1], [null, "d", 1]], "two"), { ...transfersOf([["a", "maker", 1]], "two")[0]!, kind: "fee" }]);
  for (const method of ["ttr", "appr"] as const) {
    const { ranks } = rankFrom(table, ["a"], method);
    assert.deepEqual(ranks.map(({ chain, address }) => `${chain} ${address}`).toSorted(), ["one a", "one b", "two a", "two c"]);
    assert.deepEqual(rankFrom(table, ["d"], method).ranks, [{ rank: 1, chain: "two", address: "d", score: 1 }]);
  }
  assert.throws(() => rankFrom(table, ["nobody"], "ttr"), /do not hold the address nobody/);
});

test("TTR stops at its limit and says so", () => {
  const { table, places, number } = over([["a", "b", 1], ["b", "c", 1], ["c", "d", 1]]);
  const { cut, score, residual } = rankByTtr(table, places, [number("a")], { ...TTR, rows_max: 0 });
  assert.equal(cut, true);
  assert.ok(Math.abs(sumOf({ score, residual }) - 1) < 1e-12);
});

const NAMES = ["a", "b", "c", "d", "e", "f", "g"];
const ledger = fc.array(
  fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES), fc.integer({ min: 0, max: 1_000 }), fc.constantFrom("x", "y"), fc.integer({ min: 0, max: 20 }).map((number) => `t${number}`)),
  { minLength: 1, maxLength: 40 },
);
/** Rows of a transaction stand together, so that exchanges occur; each place is unique. */
const placed = (rows: readonly Short[]): Transfer[] => {
  const blocks = new Map([...new Set(rows.map((row) => row[4]!))].map((txid, at) => [txid, at]));
  return transfersOf(rows).map((transfer, at) => ({ ...transfer, block: blocks.get(transfer.txid)!, index: at }));
};
const sumOf = ({ score, residual }: Pick<Scores, "score" | "residual">): number => [...score.values(), ...residual.values()].reduce((sum, share) => sum + share, 0);

test("every answer: shares make 1, no more than ε is left anywhere, and the order of the files decides nothing", () => {
  fc.assert(
    fc.property(ledger, fc.array(fc.integer({ min: 0, max: 1 << 20 }), { minLength: 40, maxLength: 40 }), (rows, keys) => {
      const transfers = placed(rows);
      const table = buildTransferTable(transfers);
      const places = placesOf(table);
      const from = [rows[0]![0]!];
      const start = places.names.findIndex(({ address }) => address === from[0]);
      const ttr = rankByTtr(table, places, [start]);
      const appr = rankByAppr(table, places, [start]);
      for (const found of [ttr, appr]) assert.ok(Math.abs(sumOf(found) - 1) < 1e-9, `${sumOf(found)}`);
      for (const share of ttr.residual.values()) assert.ok(share <= TTR.epsilon);
      const { walk, degrees } = walkOf(table, places);
      for (const [place, share] of appr.residual) assert.ok(share <= APPR.epsilon * degrees[place]!);
      const exact = exactRank(walk, start);
      for (const [place, share] of exact.entries()) {
        const gap = share - (appr.score.get(place) ?? 0);
        assert.ok(gap >= -1e-9 && gap <= APPR.epsilon * degrees[place]! + 1e-9, `${gap} at a place of ${degrees[place]} transfers`);
      }
      const shuffled = buildTransferTable(transfers.map((transfer, at) => ({ transfer, key: keys[at]! })).sort((a, b) => a.key - b.key).map(({ transfer }) => transfer));
      for (const method of ["ttr", "appr"] as const) assert.deepEqual(rankFrom(shuffled, from, method), rankFrom(table, from, method));
    }),
    { numRuns: 300, seed },
  );
});

test("TTR forward alone reaches only what later transfers of the asset reach", () => {
  fc.assert(
    fc.property(ledger, (rows) => {
      // Each in a transaction of its own: without exchanges, a chain of later rows of one asset is the only way.
      const table = buildTransferTable(transfersOf(rows.map(([from, to, amount, asset]) => [from, to, amount, asset])));
      const places = placesOf(table);
      const [source] = rows[0]!;
      const since = new Map(["x", "y"].map((asset) => [`${source} ${asset}`, -1]));
      for (const [row, { from, to, asset, amount }] of table.transfers.entries())
        if (amount > 0n && (since.get(`${from} ${asset}`) ?? Infinity) < row && !since.has(`${to} ${asset}`)) since.set(`${to} ${asset}`, row);
      const start = places.names.findIndex(({ address }) => address === source);
      const { score, residual } = rankByTtr(table, places, [start], { ...TTR, beta: 1 });
      for (const [place, share] of [...score, ...residual]) {
        const { address } = places.names[place]!;
        if (share > 0) assert.ok(since.has(`${address} x`) || since.has(`${address} y`), address);
      }
    }),
    { numRuns: 300, seed },
  );
});

/** The walk as a dense matrix, made from the rows themselves. */
function walkOf(table: TransferTable, places: Places) {
  const count = places.names.length;
  const edges = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  const numberOf = (address: string | null) => places.names.findIndex((place) => place.address === address);
  for (const { from, to } of table.transfers) {
    if (from === to) continue;
    edges[numberOf(from)]![numberOf(to)]!++;
    edges[numberOf(to)]![numberOf(from)]!++;
  }
  const degrees = edges.map((row) => row.reduce((sum, edge) => sum + edge, 0));
  return { degrees, walk: edges.map((row, at) => row.map((edge, other) => (degrees[at] === 0 ? Number(at === other) : edge / degrees[at]!))) };
}

/** Personalised PageRank by 400 steps of the walk: what is left of it then is 0.85^400, below 1e-28. */
function exactRank(walk: readonly (readonly number[])[], start: number): number[] {
  const score = walk.map(() => 0);
  let at = walk.map((_, place) => Number(place === start));
  for (let step = 0; step < 400; step++) {
    for (const [place, share] of at.entries()) score[place]! += APPR.alpha * share;
    at = at.map((_, place) => (1 - APPR.alpha) * at.reduce((sum, share, other) => sum + share * walk[other]![place]!, 0));
  }
  return score;
}

const STRANGERS_TRANSFERS = 100_000;

/** Measured: of the first 50 named, and of as many as are known, how many were found by hand; end points among the latter. */
const FOUND = {
  HB: {
    ttr: { first_50: 43, first_known: 219, known: 469, ends: 6, ends_known: 14, named: 256 },
    appr: { first_50: 45, first_known: 144, known: 469, ends: 10, ends_known: 14, named: 2835 },
  },
  LIFI: {
    ttr: { first_50: 22, first_known: 24, known: 93, ends: 10, ends_known: 33, named: 179 },
    appr: { first_50: 30, first_known: 32, known: 93, ends: 24, ends_known: 33, named: 3334 },
  },
};

for (const name of ["HB", "LIFI"] as const)
  test(`${name}: addresses found by hand, among the first that a ranking names in ${STRANGERS_TRANSFERS} other transfers`, { skip }, (t) => {
    const found = readCase(name);
    const table = buildTransferTable([...found.edges, ...background(found, STRANGERS_TRANSFERS)]);
    const known = new Set(found.edges.flatMap(({ from, to }) => [from!, to!]));
    const seeds = [...found.sources].filter((address) => table.accountsOf(address).length > 0);
    for (const method of ["ttr", "appr"] as const) {
      const { ranks } = rankFrom(table, seeds, method);
      const among = (first: number, wanted: ReadonlySet<string>) => ranks.slice(0, first).filter(({ address }) => wanted.has(address)).length;
      const measured = {
        first_50: among(50, known),
        first_known: among(known.size, known),
        known: known.size,
        ends: among(known.size, found.terminals),
        ends_known: found.terminals.size,
        named: ranks.length,
      };
      t.diagnostic(`${name} ${method}: ${JSON.stringify(measured)}`);
      assert.deepEqual(measured, FOUND[name][method]);
    }
  });
