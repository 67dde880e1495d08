import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { announce, repositoryRoot, scaled, seed } from "../../test/scale.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { TracewireError } from "../errors.ts";
import { appendFigureSpec } from "../figures/figures.ts";
import {
  type PublishOptions,
  computeStoryFigures,
  formatStoryText,
  lintStory,
  parseStory,
  parseStoryText,
  publishStory,
  readPublication,
  sentencesOf,
  storyTextOf,
  type Inline,
  type LintFinding,
} from "./press.ts";

const HEAD = "---\nslug: a-story\ntopic: Test\nbyline: Test\nhappened: 2024\nreply: reply/x\n---\n\n";
const write = (body: string) => parseStoryText(`${HEAD}# {{thefts}} thefts\n\n> Standfirst.\n\n${body}\n\nThe list has {{thefts}}.\n`);

describe("story text", () => {
  test("a pull figure is read as its number and the words beside it: by agencies, in corrections, in a search", () => {
    const story = write("!pull thefts|words_capital thefts by one count");
    const print = (content: Inline): string => content.map((node) => (node.type === "figure" ? (node.form === "words_capital" ? "Seven" : "7") : "text" in node ? node.text : "")).join("");
    assert.equal(storyTextOf(story, print), "Seven thefts by one count\nThe list has 7.");
    assert.deepEqual(sentencesOf(story, print), ["7 thefts", "Standfirst.", "Seven thefts by one count", "The list has 7."]);
  });

  test("printing and reading are inverse on the demo's stories and on generated ones", (t) => {
    const file = readFileSync(join(repositoryRoot, "demo", "stories", "un-monitors-58-suspected-cyberattacks.md"), "utf8");
    const demo = parseStoryText(file);
    assert.deepEqual(parseStoryText(formatStoryText(demo)), demo);
    const runs = scaled(2_000);
    announce(t, "stories", runs);
    const words = fc
      .stringMatching(/^[A-Za-z,.;’“” ]{1,30}$/)
      .filter((text) => text.trim() === text && text.length > 0 && !/^[#>!-]/.test(text));
    const node = fc.oneof(
      words.map((text) => ({ type: "text" as const, text })),
      fc
        .constantFrom("short", "exact", "words", "rows", "low")
        .map((form) => ({ type: "figure" as const, id: "some-figure", form: form as "short" })),
      fc.constant({ type: "name" as const, text: "S/2024/215" }),
      fc.constant({ type: "date" as const, date: "2024-02" }),
      words.filter((text) => !/[\][]/.test(text)).map((text) => ({ type: "link" as const, href: "/x", text })),
      words.map((text) => ({ type: "emphasis" as const, text })),
    );
    // Two texts side by side are one text; a run starts with a word so that no block mark is met.
    const content = fc
      .tuple(
        words,
        fc.array(
          node.filter((item) => item.type !== "text"),
          { maxLength: 5 },
        ),
      )
      .map(([first, rest]) => [{ type: "text" as const, text: first }, ...rest]);
    const block = fc.oneof(
      content.map((inline) => ({ type: "paragraph" as const, content: inline })),
      content.map((inline) => ({ type: "pull" as const, figure: "some-figure", form: "exact" as const, content: inline })),
      content.map((inline) => ({ type: "chart" as const, figure: "some-figure", content: inline })),
    );
    const photo = fc.record(
      { file: fc.constant("a-picture.jpg"), credit: words, licence: words, alt: words, caption: content },
      { requiredKeys: ["file"] },
    );
    const story = fc.record(
      {
        headline: content,
        standfirst: content,
        photo,
        sections: fc.array(fc.record({ title: content, blocks: fc.array(block, { maxLength: 4 }) }), { minLength: 1, maxLength: 4 }),
      },
      { requiredKeys: ["headline", "standfirst", "sections"] },
    );
    fc.assert(
      fc.property(story, (parts) => {
        const tree = parseStory({
          type: "story",
          slug: "a-story",
          topic: "Test",
          byline: "Test",
          happened: "2024",
          replies: ["reply/x"],
          ...parts,
        });
        assert.deepEqual(parseStoryText(formatStoryText(tree)), JSON.parse(JSON.stringify(tree)));
      }),
      { numRuns: runs, seed },
    );
  });
  test("whatever comes in, it is a story or a refusal with its line", (t) => {
    const runs = scaled(20_000);
    announce(t, "texts", runs);
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constantFrom(
        "---\n",
        "# ",
        "> ",
        "## ",
        "{{",
        "}}",
        "{{a-b|",
        "!pull ",
        "!chart x ",
        "\n\n",
        "[x](javascript:alert(1))",
        "[x](//evil)",
        "<script>",
        "\0",
        "\u202e",
        "*",
        "slug: x\n",
        "photo: a.jpg\n",
        "photo: ../a\n",
        "alt: x\n",
        "caption: {{a-b}} and {{\n",
        HEAD,
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), (pieces, head) => {
        try {
          parseStoryText((head ? `${HEAD}# x\n\n> y\n\n` : "") + pieces.join(""), "file");
        } catch (error) {
          assert.ok(error instanceof TracewireError && error.code === "BAD_STORY", String(error));
          assert.match(String(error.where), /^file/);
        }
      }),
      { numRuns: runs, seed },
    );
    assert.throws(() => write("[x](javascript:alert(1)) or [y](//evil.example)"), /BAD_STORY|href/);
  });
});

describe("lint and publishing", () => {
  const rules = (findings: LintFinding[]) => findings.map((finding) => finding.rule);
  test("a typed number, a date nobody claimed, a word stronger than its claim are found; publishing is refused", async () => {
    const newsroom = await smallNewsroom();
    newsroom.claim([
      { subject: "theft/x", field: "victim", value: "X", hedge: "suspected", as_of: "2024-02-09" },
      { subject: "theft/x", field: "amount", value: "5", unit: "USD", hedge: "suspected" },
    ]);
    newsroom.transact("test", (transaction) =>
      appendFigureSpec(transaction, { id: "thefts", title: "Thefts", measure: "count", of: "theft", field: "amount" }, "test"),
    );
    const lint = (body: string, asked = true) => {
      const story = { ...write(body), ...(asked ? {} : { replies: [] }) };
      return rules(lintStory(newsroom.log, story, computeStoryFigures(newsroom.log, story)));
    };
    assert.deepEqual(lint("All is well on {{date:2024-02-09}}."), []);
    assert.deepEqual(lint("There were 58 of them."), ["unbound-number"]);
    assert.deepEqual(lint("There were seven of them, and a half."), ["unbound-number", "unbound-number"]);
    assert.deepEqual(lint("On {{date:2024-02-10}} at {{name:S/1999/1}}."), ["unheld-date", "unheld-name"]);
    assert.deepEqual(lint("“We did it all”, they said."), ["unheld-quotation"]);
    assert.deepEqual(lint("They stole {{thefts}} times."), ["stronger-than-the-claim"]);
    assert.deepEqual(lint("Monitors suspect they stole {{thefts}} times."), []);
    // An act is said of somebody whom the case file knows as blamed: who says so belongs into the sentence, and they are asked.
    newsroom.claim([{ subject: "theft/x", field: "attributed_to", value: "Lazarus Group", hedge: "suspected", claimant: "The Panel" }]);
    for (const said of ["Lazarus Group stole the coins.", "The lazarus group robbed them.", "Kim Jong Un ordered the theft.", "Lazarus Group was behind it."])
      assert.deepEqual(lint(said, false), ["stronger-than-the-claim", "no-reply-box"], said);
    for (const said of ["The Panel says Lazarus Group stole the coins.", "It blames somebody."]) assert.deepEqual(lint(said, false), ["no-reply-box"], said);
    for (const said of ["It blames nobody.", "Nobody is to blame.", "Lazarus Group is a name.", "They ordered lunch.", "The Lazarus Groupings stole nothing."]) assert.deepEqual(lint(said, false), [], said);
    assert.deepEqual(lint("A third of their coins went."), ["unbound-number"]);
    assert.deepEqual(lint("…"), ["unwritten"]);
    const bad = write("There were 58 of them.");
    assert.throws(
      () => newsroom.transact("test", (transaction) => publishStory(transaction, newsroom.log, bad, { by: "test" })),
      /LINT_FAILED|58/,
    );
    assert.equal(readPublication(newsroom.log, "a-story"), undefined);
    newsroom.transact("test", (transaction) =>
      publishStory(transaction, newsroom.log, bad, { by: "test", waivers: [{ rule: "unbound-number", why: "a name of a film" }] }),
    );
    const waivers = [{ rule: "unbound-number", why: "a name of a film" }];
    assert.deepEqual(readPublication(newsroom.log, "a-story")!.waivers, waivers);
    // The words went, and with them what was let stand.
    newsroom.transact("test", (transaction) => publishStory(transaction, newsroom.log, write("There were some of them."), { by: "test", waivers }));
    assert.deepEqual(readPublication(newsroom.log, "a-story")!.waivers, []);
    newsroom.remove();
  });
  test("a printed number changes only with a reason; an older text is not published over a newer one", async () => {
    const newsroom = await smallNewsroom();
    try {
      newsroom.claim([{ subject: "theft/x", field: "victim", value: "X" }]);
      newsroom.transact("test", (transaction) => appendFigureSpec(transaction, { id: "thefts", title: "Thefts", measure: "count", of: "theft" }, "test"));
      const publish = (text: string, options: Partial<PublishOptions> = {}) =>
        newsroom.transact("test", (transaction) => publishStory(transaction, newsroom.log, write(text), { by: "test", ...options })).revision;
      assert.equal(publish("There are {{thefts}}."), 1);
      newsroom.claim([{ subject: "theft/y", field: "victim", value: "Y" }]);
      assert.throws(() => publish("There are {{thefts}}."), { code: "CHANGE_WITHOUT_REASON", message: /thefts, 1, now 2/ });
      assert.throws(() => publish("There are {{thefts}}.", { why: "  " }), { code: "CHANGE_WITHOUT_REASON" });
      assert.equal(publish("There are {{thefts}}.", { why: "One more came in.", stands_on: 1 }), 2);
      // Only the figure moved since revision 1: its text is the same, and nothing is lost.
      assert.equal(publish("In all there are {{thefts}}.", { stands_on: 1 }), 3);
      assert.throws(() => publish("Once there were {{thefts}}.", { stands_on: 2 }), { code: "CONFLICT", message: /Revision 3 by test is out; this text was begun from revision 2/ });
      assert.throws(() => publish("Another story.", { stands_on: 0 }), { code: "CONFLICT", message: /is out already/ });
      assert.equal(publish("No number is here any more.", { stands_on: 3 }), 4);
    } finally {
      newsroom.remove();
    }
  });
  test("publishing the same again changes nothing; a new revision leaves the old one as it was", async () => {
    const newsroom = await smallNewsroom();
    newsroom.claim([{ subject: "theft/x", field: "victim", value: "X" }]);
    newsroom.transact("test", (transaction) =>
      appendFigureSpec(transaction, { id: "thefts", title: "Thefts", measure: "count", of: "theft" }, "test"),
    );
    const publish = () =>
      newsroom.transact("test", (transaction) => publishStory(transaction, newsroom.log, write("Text."), { by: "test", why: "a test" }));
    assert.deepEqual([publish().outcome, publish().outcome], ["published", "unchanged"]);
    const first = JSON.stringify(readPublication(newsroom.log, "a-story", 1));
    newsroom.claim([{ subject: "theft/y", field: "victim", value: "Y" }]);
    assert.deepEqual(publish(), { outcome: "published", seq: newsroom.log.size() - 1, revision: 2 });
    assert.equal(JSON.stringify(readPublication(newsroom.log, "a-story", 1)), first);
    assert.equal(readPublication(newsroom.log, "a-story")!.figures[0]!.value, "2");
    newsroom.remove();
  });
});
