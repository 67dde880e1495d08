// Whatever stands in a post, it becomes a story of the schema, or is refused with its place; nothing else happens.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { announce, scaled, seed } from "../../test/scale.ts";
import { TracewireError } from "../errors.ts";
import { parseStory } from "../press/press.ts";
import { readHtml } from "./read-markup.ts";
import { readLexical } from "./read-lexical.ts";
import { readMobiledoc } from "./read-mobiledoc.ts";
import { leadingPicture, openRunningText } from "./running-text.ts";
import { openLosses, type TakenPost } from "./taken-post.ts";
import { toStory } from "./to-story.ts";

const TIME_MS_MAX = 2_000;
const tags = ["p", "h2", "ul", "ol", "li", "a", "em", "b", "table", "tr", "td", "img", "figcaption", "script", "style", "svg", "textarea", "title", "del", "sup", "br", "blockquote", "pre", "iframe", "x-y", "constructor", "__proto__"];
const piece = fc.oneof(
  fc.constantFrom(...tags).map((tag) => `<${tag}>`),
  fc.constantFrom(...tags).map((tag) => `</${tag}>`),
  fc.constantFrom('<a href="javascript:alert(1)">', '<a href="/x y">', '<a href="https://e.example/é">', '<img src="a.jpg" alt="x">', "<!--", "-->", "<![CDATA[", "&amp;", "&#0;", "\ud800", "\u0001", "\n\n", "<", ">", '"'),
  fc.string({ maxLength: 40, unit: "binary" }),
  fc.string({ maxLength: 300 }),
);
const html = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));
const parameters = { numRuns: scaled(5_000), seed };

const isRefusal = (error: unknown): boolean => error instanceof TracewireError && error.code === "BAD_INPUT" && error.where === "here";

function storyOf(fields: Partial<TakenPost>, read: (text: ReturnType<typeof openRunningText>, lost: TakenPost["lost"]) => void): void {
  const lost = openLosses();
  const began = performance.now();
  try {
    const text = openRunningText("here");
    read(text, lost);
    const { parts, pictures } = text.finish();
    const post = { place: "here", key: "k", title: "T", published: "2020-01-01", paths: [], authors: [], tags: [], parts, picture: leadingPicture(undefined, pictures, lost), lost, ...fields };
    const { story } = toStory(post as TakenPost, { from: "F", topic: "Archive", address: "https://old.example", now: "2026-01-01T00:00:00.000Z" });
    parseStory(story);
    const words = JSON.stringify(story);
    assert.doesNotMatch(words, /\\u00[01][0-9a-f]|\\ud[89a-f]/, "no control sign, no half of a pair");
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  assert.ok(performance.now() - began < TIME_MS_MAX);
}

test("any HTML, any title, any tags and authors", (t) => {
  announce(t, "posts", parameters.numRuns);
  const field = fc.string({ maxLength: 400, unit: "binary" });
  const fields = fc.record({
    title: field,
    key: field,
    slug: fc.option(field, { nil: undefined }),
    standfirst: fc.option(html, { nil: undefined }),
    tags: fc.array(field, { maxLength: 40 }),
    authors: fc.array(field, { maxLength: 12 }),
    paths: fc.array(field, { maxLength: 12 }),
    has_markup: fc.boolean(),
    published: fc.oneof(field, fc.integer(), fc.constant("2020-02-30"), fc.constant("2019-01-01T00:00:00+02:00"), fc.constant("2019-01-01")),
  });
  fc.assert(
    fc.property(html, fields, fc.boolean(), (source, more, blank_lines) => storyOf(more as Partial<TakenPost>, (text, lost) => readHtml(source, text, lost, { blank_lines }))),
    parameters,
  );
});

test("any editor state of Ghost", (t) => {
  announce(t, "states", parameters.numRuns * 2);
  const node = fc.letrec((tie) => ({
    node: fc.record(
      {
        type: fc.oneof(fc.constantFrom("paragraph", "text", "link", "list", "listitem", "heading", "html", "image", "gallery", "bookmark", "toggle", "button", "callout", "codeblock", "linebreak"), fc.string({ maxLength: 8 })),
        text: fc.oneof(fc.string({ maxLength: 50 }), fc.integer()),
        format: fc.oneof(fc.nat(255), fc.constant("")),
        url: fc.string({ maxLength: 30 }),
        html,
        images: fc.jsonValue(),
        metadata: fc.jsonValue(),
        children: fc.oneof({ maxDepth: 4 }, fc.array(tie("node"), { maxLength: 4 }), fc.jsonValue()),
      },
      { requiredKeys: ["type"] },
    ),
  })).node;
  const markdown = (source: string) => source;
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.array(node, { maxLength: 5 }).map((children) => ({ root: { children } }))), (state) =>
      storyOf({}, (text, lost) => readLexical(JSON.stringify(state), text, lost, "here", markdown)),
    ),
    parameters,
  );
  const marker = fc.tuple(fc.oneof(fc.nat(2), fc.jsonValue()), fc.array(fc.nat(3), { maxLength: 3 }), fc.integer(), fc.oneof(fc.string({ maxLength: 30 }), fc.nat(3)));
  const section = fc.oneof(
    fc.tuple(fc.constant(1), fc.string({ maxLength: 5 }), fc.array(marker, { maxLength: 4 })),
    fc.tuple(fc.constant(10), fc.nat(3)),
    fc.tuple(fc.constant(3), fc.constantFrom("ul", "ol"), fc.array(fc.array(marker, { maxLength: 2 }), { maxLength: 3 })),
    fc.jsonValue(),
  );
  const document = fc.record({
    markups: fc.jsonValue(),
    cards: fc.oneof(fc.jsonValue(), fc.constant([["html", { html: "<p>x" }], ["code", {}], ["bookmark", { url: "u", metadata: null }]])),
    atoms: fc.jsonValue(),
    sections: fc.oneof(fc.array(section, { maxLength: 6 }), fc.jsonValue()),
  });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), document), (state) => storyOf({}, (text, lost) => readMobiledoc(JSON.stringify(state), text, lost, "here", markdown))),
    parameters,
  );
});
