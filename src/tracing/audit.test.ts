// The table that an opposing expert gets, checked as they would: with the file alone and a spreadsheet's arithmetic.
import assert from "node:assert/strict";
import test from "node:test";
import { unzipSync } from "fflate";
import { answer } from "./ask.ts";
import { auditHtml, auditWorkbook, limbs, type AuditInput } from "./audit.ts";
import { transferOf } from "./kernel.conformance.ts";
import { METHOD_NAMES } from "./methods/methods.ts";
import { stepsTable, STEP_COLUMNS } from "./saved-traces.ts";
import { buildTransferTable } from "./transfer-table.ts";

const wei = 10n ** 18n;
const table = buildTransferTable([
  transferOf(0, "savers", "market", 100n * wei + 7n),
  transferOf(1, "victim", "thief", 173_600n * wei + 123_456_789_012_345_678n),
  transferOf(2, "thief", "market", 173_600n * wei),
  transferOf(3, "market", "ada", 90_000n * wei + 1n),
  transferOf(4, "market", "ben", 50_000n * wei + 999_999_999_999n),
  transferOf(5, "ben", null, wei / 1000n),
]);
const found = answer(
  { from: "t1", methods: [...METHOD_NAMES], direction: "forward" },
  { data: { kind: "accounts", table }, sets: [{ name: "transfers/test", seq: 2, rows_root: "00", row_count: 6 }], log_size: 3, steps_max: 1000 },
);
const input: AuditInput = { ...found.result, result_sha256: found.result_sha256, columns: STEP_COLUMNS, steps: stepsTable(found).rows };

/** Cells of a sheet by place, as numbers, texts and formulas: read with nothing of ours. */
function cellsOf(bytes: Uint8Array, sheet: number): Map<string, { number?: number; text?: string; formula?: string }> {
  const xml = new TextDecoder().decode(unzipSync(bytes)[`xl/worksheets/sheet${sheet}.xml`]!);
  const cells = new Map<string, { number?: number; text?: string; formula?: string }>();
  for (const [, place, body] of xml.matchAll(/<c r="([A-Z]+\d+)"[^>]*>(.*?)<\/c>/g)) {
    const [, formula] = /<f>(.*?)<\/f>/.exec(body!) ?? [];
    const [, number] = /<v>(.*?)<\/v>/.exec(body!) ?? [];
    const [, text] = /<t[^>]*>(.*?)<\/t>/.exec(body!) ?? [];
    cells.set(place!, { ...(formula ? { formula } : {}), ...(number ? { number: Number(number) } : {}), ...(text ? { text } : {}) });
  }
  return cells;
}

test("every line of the workbook adds up by its own formula, in a spreadsheet's numbers", () => {
  const cells = cellsOf(auditWorkbook(input), 2);
  let lines = 0;
  for (const { formula } of cells.values()) {
    if (!formula) continue;
    assert.match(formula, /^[A-Z0-9()+*-]+$/);
    const sum = formula.replace(/[A-Z]+\d+/g, (place) => `(${cells.get(place)!.number})`);
    assert.equal(Number(new Function(`return ${sum}`)()), 0, formula);
    lines++;
  }
  assert.equal(lines, input.steps.filter(({ method }) => method !== "poison").length);
  assert.ok(lines > 20);
});

test("a line that was changed does not", () => {
  const changed = input.steps.findIndex(({ method }) => method === "fifo");
  const steps = input.steps.map((step, at) => (at === changed ? { ...step, after: String(BigInt(step.after!) + 1n) } : step));
  const cells = cellsOf(auditWorkbook({ ...input, steps }), 2);
  const formulas = [...cells.values()].flatMap(({ formula }) => formula ?? []);
  const values = formulas.map((formula) => Number(new Function(`return ${formula.replace(/[A-Z]+\d+/g, (place) => `(${cells.get(place)!.number})`)}`)()));
  assert.deepEqual(values.filter((value) => value !== 0), [-1]);
});

test("the steps of each method add up to the answer: what is tainted in a place at the end is what is held there", () => {
  for (const method of METHOD_NAMES) {
    if (method === "poison") continue;
    const last = new Map<string, string>();
    for (const step of input.steps) if (step.method === method && step.rule !== "fee") last.set(step.place!, step.after!);
    const held = found.result.methods[method]!.assets.native!.held;
    assert.deepEqual(Object.fromEntries([...last].filter(([, amount]) => amount !== "0").sort()), held, method);
  }
});

test("a haircut is ⌊t·a/B⌋, and what was cut is beside it", () => {
  const cuts = input.steps.filter(({ method, rule, balance }) => method === "haircut" && rule === "debit" && balance !== "0");
  assert.ok(cuts.some(({ rounding }) => rounding !== "0"));
  for (const { before, amount, balance, out, rounding } of cuts) {
    const [t, a, b] = [BigInt(before!), BigInt(amount!), BigInt(balance!)];
    const product = t * (a > b ? b : a);
    assert.equal(BigInt(out!), product / b);
    assert.equal(BigInt(rounding!), a < b ? product % b : 0n);
  }
});

test("with the table of lots FIFO can be replayed by hand: what each account paid, from its credits in their order alone", () => {
  const withLots = answer({ from: "t1", methods: ["fifo"], direction: "forward" }, { data: { kind: "accounts", table }, sets: [], log_size: 3, steps_max: 1000, keep_lots: true });
  const { rows, cut } = withLots.lots!;
  assert.equal(cut, false);
  assert.ok(rows.some(({ place, with: from }) => place === "market" && from === "savers"), "the clean lot is there");
  for (const { before, in: arrived, unknown, out, after } of rows) assert.equal(BigInt(after!), BigInt(before!) + BigInt(arrived!) + BigInt(unknown!) - BigInt(out!));
  const tainted = new Map(withLots.steps.filter(({ rule }) => rule === "credit" || rule === "seed").map(({ place, transfer, in: amount }) => [`${place} ${transfer}`, amount]));
  const paid = new Map<string, bigint>();
  for (const place of new Set(rows.map((row) => row.place!))) {
    // Here every credit is wholly clean or wholly tainted.
    const queue: { amount: bigint; isTainted: boolean }[] = [];
    for (const row of rows.filter((one) => one.place === place)) {
      if (row.in !== "0") queue.push({ amount: BigInt(row.in!), isTainted: tainted.has(`${place} ${row.transfer}`) });
      let taken = 0n;
      for (let left = BigInt(row.out!) - BigInt(row.unknown!); left > 0n; ) {
        const lot = queue[0]!;
        const part = lot.amount < left ? lot.amount : left;
        if (lot.isTainted) taken += part;
        left -= part;
        lot.amount -= part;
        if (lot.amount === 0n) queue.shift();
      }
      if (taken > 0n) paid.set(`${place} ${row.transfer}`, taken);
    }
  }
  const stated = new Map(withLots.steps.filter(({ rule }) => rule === "debit").map(({ place, transfer, out }) => [`${place} ${transfer}`, out]));
  assert.deepEqual([...paid].sort(), [...stated].sort());
  const cells = cellsOf(auditWorkbook({ ...input, lots: rows }), 3);
  const formulas = [...cells.values()].flatMap(({ formula }) => formula ?? []);
  assert.equal(formulas.length, rows.length);
  for (const formula of formulas) assert.equal(Number(new Function(`return ${formula.replace(/[A-Z]+\d+/g, (place) => `(${cells.get(place)!.number})`)}`)()), 0, formula);
  assert.match(auditHtml({ ...input, lots: rows }), /savers/);
});

test("amounts survive three columns, and files are the same twice", () => {
  for (const amount of [0n, 1n, 10n ** 12n - 1n, 10n ** 24n + 10n ** 12n, 173_600n * wei + 1n]) {
    const [a, b, c] = limbs(amount);
    assert.equal(BigInt(a) * 10n ** 24n + BigInt(b) * 10n ** 12n + BigInt(c), amount);
  }
  assert.deepEqual(auditWorkbook(input), auditWorkbook(input));
  assert.match(auditHtml(input), /ben/);
});
