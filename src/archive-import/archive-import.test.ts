// Stories of other publications: what comes in, what is said to be lost, what is refused, and that a second run changes nothing.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ghostExport, type Article } from "../../test/ghost-export.ts";
import { madePhoto } from "../../test/made-pictures.ts";
import { corpus } from "../../test/scale.ts";
import { smallNewsroom, type SmallNewsroom } from "../../test/small-newsroom.ts";
import { TracewireError } from "../errors.ts";
import { formatStoryText, parseStoryText, publishStory, readPublication, storyTextOf, withdrawStory, type Story } from "../press/press.ts";
import { STORY_READERS, importStories, type ImportedStories, type ImportStoriesOptions } from "./archive-import.ts";

const NOW = "2026-11-26T00:00:00.000Z";
const article = (slug: string, more: Partial<Article> = {}): Article => ({
  title: `About ${slug} & <58> others`,
  slug,
  published_at: "2018-03-02T10:00:00.000Z",
  tags: ["bitcoin", "Old tag"],
  excerpt: "An excerpt with 3 numbers.",
  lead: ["The first paragraph says $4,100."],
  sections: [{ h: "A section", p: ["Its words."] }],
  ...more,
});

let folder: string;
let newsroom: SmallNewsroom;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "tracewire-archive-"));
  newsroom = await smallNewsroom();
});
after(() => {
  newsroom.remove();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
const run = (format: string, paths: string[], options: Partial<ImportStoriesOptions> = {}, into: Parameters<typeof importStories>[0] = newsroom): Promise<ImportedStories> =>
  importStories(
    into,
    STORY_READERS.find((reader) => reader.format === format)!,
    paths.map((path) => ({ path, name: path.split("/").at(-1)! })),
    { by: "test", now: NOW, from: "The Old Wire", isServed: (path) => path === "/about", ...options },
  );
const words = (slug: string): string => storyTextOf(readPublication(newsroom.log, slug)!.story, (content) => content.map((node) => ("text" in node ? node.text : "")).join(""));
const lost = (result: ImportedStories): string[] => result.stories.flatMap((story) => story.lost.map(({ what }) => what));
const fault = (code: string, what: RegExp, where?: RegExp) => (error: unknown) =>
  error instanceof TracewireError && error.code === code && what.test(error.message) && (where === undefined || where.test(error.where ?? ""));

describe("a Ghost export", () => {
  const paragraph = (children: unknown[]) => ({ type: "paragraph", children });
  const words_of = (text: string, format = 0) => ({ type: "extended-text", text, format });

  test("comes in as archive stories with its date, author, topic and old address, and is no news here", async () => {
    const size = newsroom.log.size();
    const result = await run("ghost", [file("a.json", ghostExport([article("first-old-story"), article("second-old-story")]))], { address: "https://old.example" });
    assert.deepEqual(result.stories.map(({ slug, outcome }) => [slug, outcome]), [
      ["first-old-story", "published"],
      ["second-old-story", "published"],
    ]);
    const { story, at, by } = readPublication(newsroom.log, "first-old-story")!;
    assert.equal(story.type, "archive");
    assert.deepEqual(story.headline, [{ type: "text", text: "About first-old-story & <58> others" }]);
    assert.equal(story.archive!.published, "2018-03-02T10:00:00.000Z");
    assert.equal(at.slice(0, 4), "2026", "the entry has our time, not theirs");
    assert.equal(by, "test");
    assert.deepEqual([story.topic, story.byline, story.happened], ["Bitcoin", "A. Reporter", "2018-03-02"]);
    assert.deepEqual([story.archive!.paths, story.archive!.tags], [["/first-old-story"], ["bitcoin", "Old tag"]]);
    assert.equal(words("first-old-story"), "The first paragraph says $4,100.\nA section\nIts words.");
    const bodies = [...newsroom.log.entries(size)].map(({ bytes }) => Buffer.from(bytes!).toString()).join("");
    assert.doesNotMatch(bodies, /example\.org|\$2a\$10|SECRET/, "no mail address, password or setting is taken");
  });

  test("a second run adds no entry; a changed post is a revision; what was edited or withdrawn here stays", async () => {
    const again = newsroom.log.size();
    const same = await run("ghost", [join(folder, "a.json")], { address: "https://old.example" });
    assert.deepEqual(same.stories.map(({ outcome }) => outcome), ["unchanged", "unchanged"]);
    assert.equal(newsroom.log.size(), again);

    const edited = structuredClone(readPublication(newsroom.log, "second-old-story")!.story);
    edited.sections[0]!.blocks = [{ type: "paragraph", content: [{ type: "text", text: "Mended here." }] }];
    newsroom.transact("test", (transaction) => publishStory(transaction, newsroom.log, edited, { by: "test", correction: { what: "It was wrong." } }));
    const changed = ghostExport([article("first-old-story", { excerpt: "Another excerpt." }), article("second-old-story", { excerpt: "Another excerpt." })]);
    const result = await run("ghost", [file("a.json", changed)], { address: "https://old.example" });
    assert.deepEqual(result.stories.map(({ outcome }) => outcome), ["revised", "kept"]);
    assert.match(words("second-old-story"), /Mended here/);
    newsroom.transact("test", (transaction) => withdrawStory(transaction, newsroom.log, "first-old-story", { by: "test", why: "Not ours to print." }));
    const once_more = await run("ghost", [file("a.json", changed.replaceAll("Another", "A third"))], { address: "https://old.example" });
    assert.deepEqual(once_more.stories.map(({ outcome }) => outcome), ["kept", "kept"]);
    assert.ok(readPublication(newsroom.log, "first-old-story")!.withdrawn);
  });

  test("drafts, pages, what was for members and what lies ahead stay out, each with its reason", async () => {
    const more = [{ status: "draft" }, { type: "page" }, { visibility: "paid" }, { status: "sent" }, { published_at: "2031-01-01T00:00:00Z" }];
    const text = ghostExport(more.map((_, at) => article(`stays-out-${at}`)), (_, at) => more[at]!);
    const result = await run("ghost", [file("b.json", text)]);
    assert.deepEqual(result.stories, []);
    assert.deepEqual(result.passed.map(({ passed }) => passed), ["it is a draft", "it is a page, not a story", "it was for paying members only", "it was only sent by mail"]);
    assert.match(result.refused[0]!.what, /published: 2031-01-01T00:00:00.000Z lies ahead/);
  });

  test("Lexical: formats, links, lists, cards; nothing is lost without being named", async () => {
    const lexical = JSON.stringify({
      root: {
        children: [
          paragraph([words_of("Plain "), words_of("strong", 1), words_of(" and "), { type: "link", url: "/linked/", children: [words_of("a link")] }, words_of("; 10"), words_of("6", 64), words_of(" gone", 4)]),
          { type: "extended-heading", tag: "h3", children: [words_of("Heading")] },
          { type: "list", listType: "number", children: [{ type: "listitem", children: [words_of("one")] }, { type: "listitem", children: [{ type: "list", listType: "bullet", children: [{ type: "listitem", children: [words_of("within")] }] }] }] },
          { type: "html", html: "<p>From <b>HTML</b><script>alert(1)</script></p>" },
          { type: "markdown", markdown: "From *Markdown*" },
          { type: "callout", calloutText: "<p>Called out</p>" },
          { type: "bookmark", url: "https://elsewhere.example/x", metadata: { title: "Elsewhere" } },
          { type: "embed", html: "<iframe src='https://video.example'></iframe>" },
          { type: "image", src: "https://old.example/a.jpg", alt: "A" },
        ],
      },
    });
    const result = await run("ghost", [file("c.json", ghostExport([article("lexical-story")], () => ({ lexical, html: null })))], { address: "https://old.example" });
    const { story } = readPublication(newsroom.log, "lexical-story")!;
    assert.equal(words("lexical-story"), "Plain strong and a link; 10^6\nHeading\n1. one\n• within\nFrom HTML\nFrom Markdown\nCalled out\nElsewhere");
    assert.deepEqual(story.sections[0]!.blocks[0]!.content.filter(({ type }) => type === "emphasis"), [{ type: "emphasis", text: "strong" }]);
    assert.deepEqual(story.archive!.links, [
      { text: "a link", href: "https://old.example/linked/" },
      { text: "Elsewhere", href: "https://elsewhere.example/x" },
    ]);
    for (const what of ["struck-out text", "script", "card “embed”", "card “callout”, its words kept", "list shown as paragraphs", "raised or lowered signs, shown as ^ and _"])
      assert.ok(lost(result).includes(what), what);
    assert.ok(lost(result).some((what) => what.startsWith("picture: ")));
  });

  test("MobileDoc: markups, atoms, cards", async () => {
    const mobiledoc = JSON.stringify({
      version: "0.3.1",
      markups: [["em"], ["a", ["href", "https://elsewhere.example/"]]],
      atoms: [["soft-return", "", {}]],
      cards: [["html", { html: "<ul><li>item</li></ul>" }], ["gallery", {}]],
      sections: [[1, "p", [[0, [], 0, "Plain "], [0, [0], 1, "leaning"], [1, [], 0, 0], [0, [1], 1, "a link"]]], [1, "h2", [[0, [], 0, "Heading"]]], [3, "ul", [[[0, [], 0, "one"]]]], [10, 0], [10, 1]],
    });
    const result = await run("ghost", [file("d.json", ghostExport([article("mobiledoc-story")], () => ({ mobiledoc, lexical: null, html: null })))]);
    assert.equal(words("mobiledoc-story"), "Plain leaning a link\nHeading\n• one\n• item");
    assert.ok(lost(result).includes("card “gallery”"));
  });

  test("a dry run says the same and writes nothing, pictures too", async () => {
    const size = newsroom.log.size();
    const pictures = join(folder, "content");
    mkdirSync(join(pictures, "images"), { recursive: true });
    writeFileSync(join(pictures, "images", "pier.jpg"), await madePhoto());
    const text = ghostExport([article("with-picture")], () => ({ feature_image: "__GHOST_URL__/content/images/pier.jpg", feature_image_alt: "A pier" }));
    const options = { pictures, credit: "A. Photographer", licence: "CC BY 4.0" };
    const taken_back = new Error("dry");
    const dry = {
      ...newsroom,
      isDryRun: true,
      transact: ((by: string, change: (transaction: never) => unknown) => {
        let outcome: unknown;
        try {
          newsroom.transact(by, (transaction) => {
            outcome = change(transaction as never);
            throw taken_back;
          });
        } catch (error) {
          if (error !== taken_back) throw error;
        }
        return outcome;
      }) as typeof newsroom.transact,
    };
    const said = await run("ghost", [file("e.json", text)], options, dry);
    assert.equal(newsroom.log.size(), size);
    const done = await run("ghost", [join(folder, "e.json")], options);
    assert.deepEqual(said, done);
    assert.equal(done.stories[0]!.photo, true);
    const { photo, story } = readPublication(newsroom.log, "with-picture")!;
    assert.equal(story.photo!.alt, "A pier");
    for (const version of photo!.versions) assert.ok(existsSync(join(newsroom.folder, "blobs", version.sha256.slice(0, 2), version.sha256)));
    const held = newsroom.log.size();
    assert.deepEqual((await run("ghost", [join(folder, "e.json")], options)).stories.map(({ outcome }) => outcome), ["unchanged"]);
    assert.equal(newsroom.log.size(), held);
  });

  test("a picture outside the folder is not read, by path or by link; one without its text is left out and named", async () => {
    const pictures = join(folder, "content");
    writeFileSync(join(folder, "secret.jpg"), await madePhoto());
    symlinkSync(join(folder, "secret.jpg"), join(pictures, "link.jpg"));
    const sources = ["../secret.jpg", "/content/%2e%2e/secret.jpg", "link.jpg", "/etc/passwd", "images/pier.jpg"];
    const text = ghostExport(sources.map((_, at) => article(`slip-${at}`)), (_, at) => ({ feature_image: sources[at], feature_image_alt: at === 4 ? "" : "A picture" }));
    const result = await run("ghost", [file("f.json", text)], { pictures, credit: "X", licence: "Y" });
    assert.deepEqual(result.stories.map(({ photo }) => photo), [false, false, false, false, false]);
    assert.deepEqual(result.stories.map((story) => story.lost.find(({ what }) => what.startsWith("picture:"))!.what.slice(9)), [
      ...Array.from({ length: 4 }, () => "its file is not in the folder"),
      "it has no alternative text",
    ]);
  });
});

test("a slug that is taken here gets an end of its own, an address of this site's is left alone, and nobody loses theirs", async () => {
  const other = ghostExport([article("with-picture", { title: "Somebody else's" })], () => ({ uuid: "another" }));
  const result = await run("ghost", [file("g.json", other)], { from: "Another Wire" });
  assert.match(result.stories[0]!.slug, /^with-picture-[0-9a-f]{8}$/);
  assert.ok(lost(result).includes("old address: it leads to another story already"));
  assert.deepEqual((await run("ghost", [join(folder, "g.json")], { from: "Another Wire" })).stories.map(({ outcome }) => outcome), ["unchanged"]);
  const served = await run("ghost", [file("h.json", ghostExport([article("about")]))]);
  assert.ok(lost(served).includes("old address: this site has a page of its own there"));
});

test("an archive story begins by an import alone, binds no figure, and its text form is the same tree", () => {
  const { story } = readPublication(newsroom.log, "with-picture")!;
  const { photo: _, ...plain } = story;
  assert.deepEqual(parseStoryText(formatStoryText(plain as Story)), plain);
  assert.throws(
    () => newsroom.transact("test", (transaction) => publishStory(transaction, newsroom.log, { ...plain, slug: "by-hand" } as Story, { by: "test" })),
    fault("BAD_STORY", /comes in by an import/),
  );
  assert.throws(() => parseStoryText(formatStoryText({ ...plain, headline: [{ type: "figure", id: "some-figure", form: "short" }] } as Story)), fault("BAD_STORY", /binds no figure/));
});

describe("other formats", () => {
  const wxr = (items: string, head = "") =>
    `<?xml version="1.0" encoding="UTF-8"?>${head}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>WP</title><wp:wxr_version>1.2</wp:wxr_version>${items}</channel></rss>`;
  const item = (slug: string, content: string) =>
    `<item><title>T ${slug}</title><link>https://wp.example/2015/${slug}/</link><guid>${slug}</guid><wp:post_name>${slug}</wp:post_name><wp:post_date_gmt>2015-02-03 04:05:06</wp:post_date_gmt><wp:status>publish</wp:status><wp:post_type>post</wp:post_type><content:encoded><![CDATA[${content}]]></content:encoded></item>`;

  test("WXR: empty lines end paragraphs, shortcodes go, forbidden signs go and are counted", async () => {
    const path = file("a.xml", wxr(item("wp-one", 'First.\n\nSecond \u0008[gallery ids="1"] <table><tr><td>a</td><td>b</td></tr></table>')));
    const result = await run("wxr", [path]);
    assert.equal(words("wp-one"), "First.\nSecond\na | b");
    assert.equal(readPublication(newsroom.log, "wp-one")!.story.archive!.published, "2015-02-03T04:05:06.000Z");
    assert.deepEqual(result.lost, [{ what: "control sign that XML forbids", count: 1 }]);
    assert.deepEqual(readPublication(newsroom.log, "wp-one")!.story.archive!.paths, ["/2015/wp-one"]);
  });

  test("hostile XML is refused with its line and nothing is written: entities, depth, length, a cut", async () => {
    const size = newsroom.log.size();
    const doctype = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>';
    const hostile: [string, RegExp][] = [
      [wxr(item("x", "y"), doctype), /declarations of its own/],
      [wxr('<item><title>&undefined;</title></item>'), /not well-formed XML: undefined entity/],
      [wxr(`<item>${"<a>".repeat(300)}`), /more than 256 deep/],
      [wxr(item("long", "x".repeat(4 * 2 ** 20 + 10))), /more than 4194304 characters/],
      [wxr(item("cut", "y")).slice(0, -30), /not well-formed XML/],
      ["<html><body>no export</body></html>", /begins with <rss>/],
      [`<?xml version="1.0" encoding="UTF-8"?><rss><channel><a ${Array.from({ length: 12_000 }, (_, at) => `x${at}="aaaaaaaaaa"`).join(" ")}/></channel></rss>`, /attributes have more/],
    ];
    for (const [text, what] of hostile) await assert.rejects(run("wxr", [file("hostile.xml", text)]), fault("BAD_INPUT", what, /hostile\.xml/), String(what));
    assert.equal(newsroom.log.size(), size);
  });

  test("hostile JSON, Markdown and front matter are refused with file and place", async () => {
    await assert.rejects(run("ghost", [file("deep.json", "[".repeat(1_000_000))]), fault("BAD_INPUT", /more than 64 deep/, /deep\.json/));
    await assert.rejects(run("ghost", [file("cut.json", '{"db": [')]), fault("BAD_INPUT", /no JSON/));
    await assert.rejects(run("ghost", [file("other.json", '{"db": []}')]), fault("BAD_INPUT", /no list of posts/));
    const deep = JSON.stringify({ root: { children: [] } }).replace("[]", `${'[{"type":"paragraph","children":'.repeat(20_000)}[]${"}]".repeat(20_000)}`);
    const refused = await run("ghost", [file("lexical.json", ghostExport([article("deep-lexical")], () => ({ lexical: deep })))]);
    assert.match(refused.refused[0]!.what, /lexical: (nodes stand more than 64 deep|it is no JSON)/);
    const bomb = `---\na: &a [x,x,x,x,x,x,x,x,x]\n${["b", "c", "d", "e", "f"].map((name, at) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${"abcde"[at]}`).join(",")}]`).join("\n")}\ntitle: T\ndate: 2020-01-01\n---\nwords\n`;
    const markdown = await run("markdown", [file("bomb.md", bomb), file("open.md", "---\ntitle: T\n"), file("toml.md", "+++\n")]);
    assert.deepEqual(markdown.refused.map(({ place }) => place), ["bomb.md:1", "open.md:1", "toml.md:1"]);
    assert.match(markdown.refused[0]!.what, /unfolds too far/);
  });

  test("Markdown: front matter, day in the name, tags and old addresses; a link out of the folder is not followed", async () => {
    const site = join(folder, "site");
    mkdirSync(join(site, "posts"), { recursive: true });
    writeFileSync(join(site, "posts", "2019-1-7-a-day.md"), "---\ntitle: A day\nauthor: Some One\ntags: [bitcoin]\naliases: [/older/a-day/]\npermalink: /2019/a-day/\n---\n\nWords with *weight* and <b>HTML</b>.\n\n- one\n- two\n");
    writeFileSync(join(folder, "outside.md"), "---\ntitle: Outside\ndate: 2019-01-01\n---\nwords\n");
    symlinkSync(join(folder, "outside.md"), join(site, "posts", "link.md"));
    const result = await run("markdown", [site]);
    assert.deepEqual(result.stories.map(({ slug }) => slug), ["a-day"]);
    const { story } = readPublication(newsroom.log, "a-day")!;
    assert.deepEqual([story.happened, story.byline, story.archive!.published, story.archive!.paths], ["2019-01-07", "Some One", "2019-01-07", ["/2019/a-day", "/older/a-day"]]);
    assert.equal(words("a-day"), "Words with weight and HTML.\n• one\n• two");
  });

  test("Atom with XHTML and RSS with a summary only", async () => {
    const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>A feed</title><entry><id>tag:1</id><title type="html">&lt;b&gt;Bold&lt;/b&gt; title</title><link href="https://feed.example/2020/bold.html"/><published>2020-05-05T10:00:00+02:00</published><author><name>An Author</name></author><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>XHTML <em>words</em></p></div></content></entry></feed>`;
    const rss = `<rss version="2.0"><channel><title>R</title><item><title>Short one</title><link>https://feed.example/short</link><pubDate>Tue, 05 May 2020 10:00:00 +0200</pubDate><description>&lt;p&gt;Only this.&lt;/p&gt;</description></item></channel></rss>`;
    const result = await run("feed", [file("atom.xml", atom), file("rss.xml", rss)]);
    assert.deepEqual(result.stories.map(({ slug }) => slug), ["bold", "short"]);
    const { story } = readPublication(newsroom.log, "bold")!;
    assert.deepEqual([story.headline, story.byline, story.archive!.published], [[{ type: "text", text: "Bold title" }], "An Author", "2020-05-05T08:00:00.000Z"]);
    assert.equal(words("bold"), "XHTML words");
    assert.ok(lost(result).includes("whole text: the feed has a summary only"));
  });
});

describe("files of others", () => {
  const all = async (format: string, paths: string[], options: Partial<ImportStoriesOptions> = {}): Promise<{ stories: number; refused: string[] }> => {
    const own = await smallNewsroom(2);
    const found = { stories: 0, refused: [] as string[] };
    try {
      for (const path of paths)
        try {
          const result = await run(format, [path], options, own);
          found.stories += result.stories.length;
          assert.deepEqual((await run(format, [path], options, own)).stories.filter(({ outcome }) => outcome !== "unchanged"), [], `${path}: a second run changes nothing`);
        } catch (error) {
          assert.ok(error instanceof TracewireError && error.code === "BAD_INPUT" && error.where !== undefined, `${path}: ${String(error)}`);
          found.refused.push(path.split("/").at(-1)!);
        }
      return found;
    } finally {
      own.remove();
    }
  };

  const wxr = corpus("data/newsroom-wxr");
  test("every WordPress file is read, or refused with its line", { skip: wxr.skip }, async () => {
    const files = readdirSync(wxr.path!).filter((name) => name.endsWith(".xml"));
    const { stories, refused } = await all("wxr", files.map((name) => join(wxr.path!, name)));
    assert.deepEqual(refused.sort(), ["crazy-cdata.xml", "malformed-simple.xml", "malformed.xml"]);
    assert.ok(stories > 100, `${stories} stories`);
    const mended = await all("wxr", refused.map((name) => join(wxr.path!, name)), { mend: true });
    assert.deepEqual(mended.refused, []);
    assert.ok(mended.stories > 0, `${mended.stories} stories of files that are not well-formed`);
  });

  const migrate = corpus("data/newsroom-tryghost-migrate");
  test("WordPress and Ghost files of Ghost's migration tools", { skip: migrate.skip }, async () => {
    const xml = readdirSync(join(migrate.path!, "mg-wp-xml"), { recursive: true }).map(String).filter((name) => name.endsWith(".xml"));
    const wordpress = await all("wxr", xml.map((name) => join(migrate.path!, "mg-wp-xml", name)));
    // These three close an element with a second opening.
    assert.deepEqual(wordpress.refused.sort(), ["attachments-only.xml", "sample-no-slug.xml", "sample.xml"]);
    assert.deepEqual((await all("wxr", xml.map((name) => join(migrate.path!, "mg-wp-xml", name)), { mend: true })).refused, []);
    const json = ["mg-assetscraper-db/ghost.json", "mg-assetscraper-db/ghost-flat.json", "mg-ghost-api/posts.json", "mg-linkfixer/ctx-lexical.json", "mg-linkfixer/ctx.json", ...readdirSync(join(migrate.path!, "mg-json")).map((name) => `mg-json/${name}`)];
    const ghost = await all("ghost", json.map((name) => join(migrate.path!, name)));
    assert.deepEqual(ghost.refused, []);
    assert.ok(ghost.stories >= 15, `${ghost.stories} stories`);
    assert.ok((await all("markdown", [join(migrate.path!, "mg-jekyll-export")])).stories >= 10);
  });

  const newsml = corpus("data/newsroom-newsml-g2");
  test("NewsML-G2: text items come in, pictures, films and packages stay out", { skip: newsml.skip }, async () => {
    const files = readdirSync(newsml.path!).filter((name) => name.endsWith(".xml"));
    const { stories, refused } = await all("newsml-g2", files.map((name) => join(newsml.path!, name)));
    assert.ok(stories >= 3, `${stories} stories`);
    assert.ok(refused.length < files.length - 10, refused.join(", "));
  });

  const articles = corpus("data/newsroom-corpus/corpus.json");
  test("500 posts of a Ghost export, twice", { skip: articles.skip }, async () => {
    const path = file("500.json", ghostExport(JSON.parse(readFileSync(articles.path!, "utf8")) as Article[]));
    const { stories, refused } = await all("ghost", [path]);
    assert.deepEqual([stories, refused], [500, []]);
  });
});
