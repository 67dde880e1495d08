// A story, the editor's document and the text form are three forms of one thing.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { announce, repositoryRoot, scaled, seed } from "../../test/scale.ts";
import { formatStoryText, parseStoryText, type Inline, type InlineNode, type Story } from "../press/press.ts";
import { storySchema } from "./client/story-schema.ts";
import { documentOf, storyOf, textOfDocument, type DocNode } from "./story-document.ts";

/** Through ProseMirror itself: a document that its schema refuses fails here. */
function throughEditor(doc: DocNode): unknown {
  const node = storySchema.nodeFromJSON(doc);
  node.check();
  return JSON.parse(JSON.stringify(node.toJSON()));
}

const words = fc.string({ unit: fc.constantFrom(..."ab Ü*[]{}()#>!\\/|“”.,-$€1 "), minLength: 1, maxLength: 24 });
const kept = (text: string, without: RegExp): string => text.replaceAll(without, "") || "w";
const node: fc.Arbitrary<InlineNode> = fc.oneof(
  words.map((text): InlineNode => ({ type: "text", text })),
  words.map((text): InlineNode => ({ type: "emphasis", text: kept(text, /\*/g) })),
  words.map((text): InlineNode => ({ type: "link", href: "/x-(y".replaceAll("(", ""), text: kept(text, /[[\]]/g) })),
  words.map((text): InlineNode => ({ type: "name", text: kept(text, /[{}]/g).replaceAll(/\s+/g, " ").trim() || "w" })),
  fc.constantFrom<InlineNode>({ type: "date", date: "2024-02" }, { type: "figure", id: "some-figure", form: "words" }, { type: "figure", id: "some-figure", form: "short" }),
);
/** As a story has it: nothing beside its like that would read as one, no space at either end. */
const inline: fc.Arbitrary<Inline> = fc.array(node, { minLength: 1, maxLength: 7 }).map((nodes) => {
  const run = nodes.filter((one, at) => at === 0 || one.type !== nodes[at - 1]!.type || !("text" in one) || one.type === "name");
  for (const at of [0, -1]) {
    const end = run.at(at)!;
    if ("text" in end) end.text = end.text.trim() || "w";
  }
  return run;
});
const block = fc.oneof(
  inline.map((content) => ({ type: "paragraph" as const, content })),
  inline.map((content) => ({ type: "pull" as const, figure: "some-figure", form: "exact" as const, content })),
  inline.map((content) => ({ type: "chart" as const, figure: "some-figure", content })),
);
const section = fc.record({ title: inline, blocks: fc.array(block, { maxLength: 3 }) }, { noNullPrototype: true });
const story: fc.Arbitrary<Story> = fc.record({
  type: fc.constant("story" as const),
  slug: fc.constant("a-story"),
  topic: fc.constant("Test"),
  byline: fc.constant("Test"),
  happened: fc.constant("2024"),
  headline: inline,
  standfirst: inline,
  replies: fc.constant(["reply/x", "reply/y"]),
  sections: fc.tuple(fc.array(block, { minLength: 1, maxLength: 3 }), fc.array(section, { maxLength: 2 })).map(([blocks, rest]) => [{ title: null, blocks }, ...rest]),
}, { noNullPrototype: true });

test("story, editor's document and text form: round and back, the signs of the text form in every place", (t) => {
  const runs = scaled(2_000);
  announce(t, "stories", runs);
  fc.assert(
    fc.property(story, (made) => {
      const { head, doc } = documentOf(made);
      assert.deepEqual(storyOf(head, throughEditor(doc)), made);
      assert.deepEqual(parseStoryText(textOfDocument(head, throughEditor(doc))), made);
    }),
    { numRuns: runs, seed },
  );
});

test("the demo's stories open in the editor and are saved as the text they were", () => {
  const folder = join(repositoryRoot, "demo", "stories");
  const files = readdirSync(folder).filter((name) => name.endsWith(".md"));
  assert.ok(files.length > 10);
  for (const name of files) {
    const read = parseStoryText(readFileSync(join(folder, name), "utf8"), name);
    const { head, doc } = documentOf(read);
    assert.equal(textOfDocument(head, throughEditor(doc)), formatStoryText(read), name);
  }
});

const HEAD = { slug: "a-story", topic: "Test", byline: "Test", happened: "2024" };
test("half a story is kept and opens again as it was; what is not written reads “…”", () => {
  const doc = { type: "doc", content: [{ type: "headline" }, { type: "standfirst" }, { type: "paragraph" }] };
  const text = textOfDocument(HEAD, doc);
  assert.match(text, /# …\n\n> …\n\n…\n/);
  assert.deepEqual(throughEditor(documentOf(parseStoryText(text)).doc), doc);
});

test("what no story can hold is refused by name: other nodes, marks that lead elsewhere, fields of its own", () => {
  const doc = (...content: unknown[]) => ({ type: "doc", content: [{ type: "headline" }, { type: "standfirst" }, ...content] });
  for (const wrong of [
    doc({ type: "html", content: [{ type: "text", text: "<script>" }] }),
    doc({ type: "paragraph", content: [{ type: "image", attrs: { src: "x" } }] }),
    doc({ type: "paragraph", content: [{ type: "figure", attrs: { id: "../x", form: "short" } }] }),
    doc({ type: "paragraph", content: [{ type: "figure", attrs: { id: "some-figure", form: "loud" } }] }),
    doc({ type: "paragraph", content: [{ type: "date", attrs: { date: "soon" } }] }),
    { type: "doc", content: [{ type: "paragraph" }, { type: "paragraph" }] },
    { type: "doc" },
    null,
  ])
    assert.throws(() => storyOf(HEAD, wrong), { code: "BAD_STORY" }, JSON.stringify(wrong));
  assert.throws(() => storyOf({ ...HEAD, by: "somebody" }, doc()), { code: "BAD_STORY" });
  assert.throws(() => storyOf({ ...HEAD, slug: "A B" }, doc()), { code: "BAD_STORY" });
  const linked = (href: string) => storyOf(HEAD, doc({ type: "paragraph", content: [{ type: "text", text: "words", marks: [{ type: "link", attrs: { href } }] }] })).sections[0]!.blocks[0]!.content[0]!.type;
  assert.equal(linked("/thefts"), "link");
  for (const href of ["javascript:alert(1)", "//evil.example", "https://evil.example", "/a b", ""]) assert.equal(linked(href), "text", href);
});
