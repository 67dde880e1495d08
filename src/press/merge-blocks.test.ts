// Merging by blocks: what one side alone changed is never lost, whoever saves first; what both changed is named.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { scaled, seed } from "../../test/scale.ts";
import { mergeBlocks } from "./merge-blocks.ts";

const text = (blocks: readonly string[], slug = "a") => `---\nslug: ${slug}\ntopic: T\n---\n${blocks.map((block) => `\n${block}\n`).join("")}`;

test("each side's own changes come together: paragraphs, the head, what was put in and taken out", () => {
  const base = text(["# H", "> S", "One.", "Two.", "Three."]);
  assert.deepEqual(mergeBlocks(base, text(["# H", "> S", "One, by them.", "Two.", "Three."]), text(["# H", "> S", "One.", "Two.", "Three, by me."])), { text: text(["# H", "> S", "One, by them.", "Two.", "Three, by me."]), clashes: [] });
  assert.deepEqual(mergeBlocks(base, text(["# H", "> S", "One.", "Three."], "b"), text(["# H", "> S", "New.", "One.", "Two.", "Three."])), { text: text(["# H", "> S", "New.", "One.", "Three."], "b"), clashes: [] });
  const clash = mergeBlocks(base, text(["# H", "> S", "One.", "Two, they say.", "Three."]), text(["# H", "> S", "One.", "Two, I say.", "Three."]));
  assert.deepEqual(clash, { text: text(["# H", "> S", "One.", "Two, I say.", "Three."]), clashes: [{ base: "Two.", theirs: "Two, they say.", mine: "Two, I say." }] });
});

test("by chance: nothing that only one side changed is lost, and the same change on both sides is no clash", () => {
  const words = fc.array(fc.constantFrom("a.", "b.", "c.", "d.", "e.", "f."), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(words, words, words, (base, theirs, mine) => {
      const [b, t, m] = [text(base), text(theirs), text(mine)];
      assert.deepEqual(mergeBlocks(b, b, m), { text: m, clashes: [] });
      assert.deepEqual(mergeBlocks(b, t, b), { text: t, clashes: [] });
      assert.deepEqual(mergeBlocks(b, m, m), { text: m, clashes: [] });
      const { text: merged, clashes } = mergeBlocks(b, t, m);
      // Every block that one side brought in stands in the result, or in a clash beside the other's.
      const seen = `${merged}\n${clashes.map(({ theirs: own }) => own).join("\n")}`;
      for (const block of [...theirs, ...mine].filter((one) => !base.includes(one))) assert.ok(seen.includes(block), block);
    }),
    { numRuns: scaled(5_000), seed },
  );
});
