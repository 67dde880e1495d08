// Rows of every kind of nonsense: a row becomes claims or a coded refusal that names its place; nothing else.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { announce, scaled, seed } from "../../test/scale.ts";
import { TracewireError } from "../errors.ts";
import { CASEFILE_TABLES, type RowContext } from "./casefile-tables.ts";
import { parseClaim } from "./claims.ts";
import { CLAIMANTS, CLAIM_SOURCES, FOUNDING_CLAIMANTS, FOUNDING_SUBJECTS, PERIODS, PUBLISHERS } from "./reviewed-tables.ts";
import { subjectOf } from "./subject-name.ts";

const context: RowContext = {
  subject: (kind, before, words) => subjectOf(kind, before, words, () => false),
  refuse(column, expected) {
    throw new TracewireError("BAD_INPUT", { what: `${column} is not ${expected}`, where: "test:1" });
  },
  map(table, column, key = "") {
    if (Object.hasOwn(table, key)) return table[key]!;
    throw new TracewireError("UNMAPPED_VALUE", { what: `${column}: "${key}"`, where: "test:1" });
  },
};

test("whatever a row holds, it is claims or a coded refusal", (t) => {
  const known = fc.constantFrom(
    ...Object.keys(CLAIMANTS),
    ...Object.keys(CLAIM_SOURCES),
    ...Object.keys(PUBLISHERS),
    ...Object.keys(PERIODS),
    ...Object.keys(FOUNDING_CLAIMANTS),
    ...Object.keys(FOUNDING_SUBJECTS).flatMap((key) => key.split("|")),
    "official-UN",
    "day",
    "2024-01-01",
    "amount_usd",
    "7000000",
    "KRW 5",
    "USD",
    "asserted",
    "company/protocol",
    "amount",
    "count",
    "",
  );
  const hostile = fc.oneof(
    { weight: 6, arbitrary: known },
    { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
    { weight: 1, arbitrary: fc.constantFrom("__proto__", "constructor", "=1+1", "\u0000", "\u202e", "9".repeat(500), "<script>") },
  );
  for (const table of CASEFILE_TABLES) {
    const runs = scaled(20_000);
    const rows = parse(readFileSync(join(import.meta.dirname, "..", "..", "demo", "casefile", table.file)), { columns: true }) as Record<
      string,
      string
    >[];
    // A real row with a few cells spoiled gets further than nonsense throughout.
    const spoiled = fc
      .tuple(fc.constantFrom(...rows), fc.dictionary(fc.constantFrom(...table.columns), hostile, { maxKeys: 3 }))
      .map(([row, changes]) => ({ ...row, ...changes }));
    announce(t, table.file, runs);
    let read = 0;
    fc.assert(
      fc.property(spoiled, (cells) => {
        const withMap: RowContext = { ...context, map: (values, column, key = cells[column] ?? "") => context.map(values, column, key) };
        try {
          for (const { column: _, ...claim } of table.read(cells, withMap)) {
            parseClaim({ hedge: "unstated", ...claim, source: { capture: 0, locator: { row: 1 } } });
            read += 1;
          }
        } catch (error) {
          assert.ok(
            error instanceof TracewireError && ["BAD_INPUT", "UNMAPPED_VALUE", "BAD_CLAIM"].includes(error.code),
            `${table.file}: ${String(error)} ${JSON.stringify(cells)}`,
          );
        }
      }),
      { numRuns: runs, seed },
    );
    assert.ok(read > runs / 20, `${table.file}: ${read} claims read of ${runs} rows`);
  }
});

test("an accent leaves no hyphen; a subject that is held under its former name keeps it", () => {
  assert.equal(subjectOf("theft", "", "Café Curaçao Ünlü № 5", () => false), "theft/cafe-curacao-unlu-no-5");
  assert.equal(subjectOf("theft", "x-", "Café Curaçao", (subject) => subject === "theft/x-cafe-curac-ao"), "theft/x-cafe-curac-ao");
  assert.equal(subjectOf("theft", "", "Café Curaçao", () => true), "theft/cafe-curacao", "both are held: the newer is meant");
  assert.equal(subjectOf("actor", "", "Lazarus Group", () => true), "actor/lazarus-group");
});
