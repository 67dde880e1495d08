// One set of tests over every kind and every field: each accepts claims, is read back, is refused when it is not what
// the table says, and private fields stay private.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { announce, scaled, seed } from "../../test/scale.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { TracewireError } from "../errors.ts";
import { KINDS, kindSpec, parseClaim, readClaims, type FieldSpec, type Kind } from "./casefile.ts";

const sample = (field: FieldSpec): { value: string; unit?: string } => {
  if (field.choices) return { value: field.choices[0]! };
  return {
    amount: { value: "12.5", unit: "USD" },
    count: { value: "3" },
    date: { value: "2024-02" },
    period: { value: "2024" },
    text: { value: "words" },
    reference: { value: "list/x" },
    percent: { value: "4.2" },
    choice: { value: "" },
  }[field.type];
};
const claimOf = (kind: Kind, name: string, field: FieldSpec) => ({
  subject: `${kind}/x`,
  field: name,
  ...sample(field),
  claimant: "Somebody",
  hedge: "asserted",
  as_of: "2024",
  source: { capture: 1, locator: { row: 1 } },
});

test("every kind and field accepts a claim and gives it back", async () => {
  const newsroom = await smallNewsroom();
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const fields = Object.entries(kindSpec(kind).fields);
    assert.ok(Object.hasOwn(kindSpec(kind).fields, kindSpec(kind).title), `${kind} has its title`);
    newsroom.claim(fields.map(([name, field]) => ({ subject: `${kind}/x`, field: name, ...sample(field) })));
    assert.equal(readClaims(newsroom.log, { log_size: newsroom.log.size(), evidence: "released" }, { kind }).length, fields.length, kind);
  }
  newsroom.remove();
});

test("a claim that is not one is refused, naming the field", () => {
  const good = claimOf("theft", "amount", KINDS.theft.fields.amount);
  parseClaim(good);
  const wrong: [change: object, names: RegExp][] = [
    [{ subject: "robbery/x" }, /no kind "robbery"/],
    [{ subject: "theft/../x" }, /subject/],
    [{ field: "colour" }, /has no "colour"/],
    [{ field: "constructor" }, /has no "constructor"/],
    [{ value: "12,5" }, /plain decimal/],
    [{ value: "1e9" }, /plain decimal/],
    [{ unit: undefined }, /currency/],
    [{ hedge: "certain" }, /hedge/],
    [{ as_of: "yesterday" }, /as_of/],
    [{ source: { capture: 1, locator: {} } }, /locator/],
    [{ source: { capture: -1, locator: { row: 1 } } }, /capture/],
    [{ truth: "yes" }, /truth/],
    [{ valuation: { basis: "guess" } }, /basis/],
    [{ field: "date", value: "12 May" }, /not a date/],
  ];
  for (const [change, names] of wrong)
    assert.throws(
      () => parseClaim({ ...good, ...change }, "file:7"),
      (error) => {
        assert.ok(error instanceof TracewireError);
        assert.deepEqual([error.code, error.where], ["BAD_CLAIM", "file:7"]);
        assert.match(error.message, names);
        return true;
      },
    );
});

test("whatever comes in, it is a claim or a coded refusal", (t) => {
  const runs = scaled(20_000);
  announce(t, "claims", runs);
  const good = claimOf("theft", "amount", KINDS.theft.fields.amount) as Record<string, unknown>;
  const hostile = fc.oneof(
    fc.anything(),
    fc.string({ unit: "binary" }),
    fc.constantFrom("__proto__", "constructor", "\0", "\u202e", "=1+1", "<script>", null, {}, [], 1e400),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(good), "__proto__", "extra"), hostile), fc.boolean(), (changes, whole) => {
      try {
        parseClaim(whole ? changes : { ...good, ...changes });
      } catch (error) {
        assert.ok(error instanceof TracewireError && error.code === "BAD_CLAIM", String(error));
      }
    }),
    { numRuns: runs, seed },
  );
  assert.equal(({} as Record<string, unknown>).extra, undefined);
});
