// Structured data held to two measures: the vocabulary of schema.org, by its types as others wrote them down (schema-dts,
// checked by the compiler: an unknown property or a value of a wrong type is an error), and what search engines ask of
// NewsArticle, Dataset and ClaimReview, for which no validator that runs offline can be had, by rules of our own.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { serveNewsroom, type ServedSite } from "../../test/demo-site.ts";
import { madePhoto } from "../../test/made-pictures.ts";
import { repositoryRoot } from "../../test/scale.ts";
import { listFigureSpecs } from "../figures/figures.ts";
import { listCards, parseStoryText, preparePhoto, publishStory } from "../press/press.ts";

type Thing = { "@type": string; "@context"?: string; [name: string]: unknown };

const SLUG = "un-monitors-58-suspected-cyberattacks";
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** What the compiler says of the data as literals of schema.org's types; empty where nothing is wrong. */
function compileAsSchemaOrg(things: Thing[]): string {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-json-ld-"));
  try {
    const file = join(folder, "data.ts");
    const names = [...new Set(things.map((thing) => thing["@type"]))];
    writeFileSync(
      file,
      `import type { WithContext, ${names.join(", ")} } from ${JSON.stringify(join(repositoryRoot, "node_modules", "schema-dts", "dist", "schema.d.ts"))};\n` +
        things.map((thing, at) => `export const thing${at}: WithContext<${thing["@type"]}> = ${JSON.stringify(thing, withoutInputs, 1)};\n`).join(""),
    );
    const compiler = join(repositoryRoot, "node_modules", "typescript", "bin", "tsc");
    const flags = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--ignoreConfig", "--types", ""];
    const { status, stdout } = spawnSync(process.execPath, [compiler, ...flags, file], { encoding: "utf8", cwd: folder });
    return status === 0 ? "" : stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** "query-input" and its like are no terms but annotations of actions (schema.org, "Potential Actions"): no type has them. */
const withoutInputs = (name: string, value: unknown): unknown => (name.endsWith("-input") ? undefined : value);

/** A graph's things, each with the context that the graph stands in. */
function thingsIn(page: string): Thing[] {
  return [...page.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs)].flatMap(([, data]) => {
    const { "@graph": graph, ...whole } = JSON.parse(data!) as Thing & { "@graph"?: Thing[] };
    return graph ? graph.map((thing) => ({ "@context": whole["@context"]!, ...thing })) : [whole as Thing];
  });
}

/** https://developers.google.com/search/docs/appearance/structured-data: what each kind of page must carry. */
const RULES: Record<string, (thing: Thing, base: string) => string[]> = {
  NewsArticle: (thing, base) => [
    ...missing(thing, ["headline", "datePublished", "dateModified", "author", "publisher", "mainEntityOfPage", "citation"]),
    ...wrong(thing, { datePublished: TIME, dateModified: TIME }),
    ...(String(thing.dateModified) < String(thing.datePublished) ? ["dateModified is before datePublished"] : []),
    ...missing(thing.author as Thing, ["@type", "name"]).map((what) => `author: ${what}`),
    ...(thing.citation as string[]).filter((href) => !href.startsWith(`${base}/log/`)).map((href) => `citation ${href}`),
    ...((thing.correction ?? []) as Thing[]).flatMap((item) => [
      ...missing(item, ["text", "datePublished", "url"]),
      ...wrong(item, { datePublished: TIME }),
      ...(item["@type"] === "CorrectionComment" ? [] : ["a correction is a CorrectionComment"]),
    ]),
  ],
  Dataset: (thing) => [
    ...missing(thing, ["name", "description", "creator", "distribution", "version", "url"]),
    ...(String(thing.description).length >= 50 && String(thing.description).length <= 5_000 ? [] : ["description has not 50 to 5000 signs"]),
    ...(thing.distribution as Thing[]).flatMap((item) => missing(item, ["contentUrl", "encodingFormat"])),
  ],
  ClaimReview: (thing) => [
    ...missing(thing, ["claimReviewed", "reviewRating", "url", "author", "itemReviewed", "datePublished"]),
    // A rating says itself in words: no scale of truth is invented here.
    ...missing(thing.reviewRating as Thing, ["alternateName"]).map((what) => `reviewRating: ${what}`),
    ...missing(thing.itemReviewed as Thing, ["@type", "author"]).map((what) => `itemReviewed: ${what}`),
  ],
  WebSite: (thing) => missing(thing, ["name", "url", "publisher", "potentialAction"]),
};

const missing = (thing: Thing, names: string[]) =>
  names.filter((name) => thing[name] === undefined || thing[name] === "").map((name) => `${name} is missing`);
const wrong = (thing: Thing, forms: Record<string, RegExp>) =>
  Object.entries(forms).flatMap(([name, form]) => (form.test(String(thing[name])) ? [] : [`${name} is “${String(thing[name])}”`]));

describe("structured data", () => {
  let site: ServedSite;
  let things: Thing[];
  before(async () => {
    site = await serveNewsroom({ demo: true });
    const { newsroom } = site;
    const story = parseStoryText(readFileSync(join(repositoryRoot, "demo", "stories", `${SLUG}.md`), "utf8"));
    const mended = {
      ...story,
      standfirst: [{ type: "text" as const, text: "A mended standfirst." }],
      photo: { file: "a.jpg", credit: "Somebody", licence: "https://creativecommons.org/licenses/by/4.0/", alt: "A field" },
    };
    const photo = { prepared: await preparePhoto(await madePhoto(), "a.jpg", "2026-11-20T00:00:00Z"), blobs: newsroom.blobs };
    newsroom.transact("test", (transaction) =>
      publishStory(transaction, newsroom.log, mended, { by: "test", correction: { what: "The standfirst was unclear." }, photo }),
    );
    site.refresh();
    const paths = [
      "/",
      ...listCards(newsroom.log, { limit: 100 }).map(({ type, slug }) => `${type === "release" ? "/press-releases" : "/stories"}/${slug}`),
      ...listFigureSpecs(newsroom.log).map(({ id }) => `/figures/${id}`),
    ];
    things = [];
    for (const path of paths) {
      const found = thingsIn((await site.get(path)).text);
      assert.ok(found.length > 0, `${path} says nothing of itself`);
      things.push(...found);
    }
  });
  after(() => site.stop());

  test("knows no word that schema.org does not know, and gives each its kind of value", () => {
    assert.deepEqual([...new Set(things.map((thing) => thing["@type"]))].sort(), ["ClaimReview", "Dataset", "NewsArticle", "WebSite"]);
    assert.equal(compileAsSchemaOrg(things).slice(0, 3_000), "");
  });

  test("is found out where it is wrong", () => {
    const article = things.find((thing) => thing["@type"] === "NewsArticle")!;
    assert.match(compileAsSchemaOrg([{ ...article, headlin: "x" }]), /headlin/);
    assert.match(compileAsSchemaOrg([{ ...article, correction: [{ "@type": "CorrectionComment", txt: "x" }] }]), /txt|correction/);
    assert.deepEqual(RULES.NewsArticle!({ ...article, dateModified: "2026", headline: "" }, "http://localhost"), [
      "headline is missing",
      "dateModified is “2026”",
      "dateModified is before datePublished",
    ]);
  });

  test("carries what search engines ask of each kind", () => {
    const findings = things.flatMap((thing) => RULES[thing["@type"]]!(thing, "http://localhost").map((what) => `${String(thing.url)}: ${what}`));
    assert.deepEqual(findings, []);
    assert.ok(things.some((thing) => Array.isArray(thing.correction)));
    const [image] = things.find((thing) => String(thing.url).endsWith(SLUG))!.image as Thing[];
    assert.deepEqual([image!["@type"], image!.creditText, image!.license], ["ImageObject", "Somebody", "https://creativecommons.org/licenses/by/4.0/"]);
  });

  test("cites entries of the log that answer", async () => {
    const article = things.find((thing) => String(thing.url).endsWith(SLUG))!;
    const cited = article.citation as string[];
    assert.ok(cited.length > 0);
    // A connection that waited while the compiler ran would be closed under the next request.
    const headers = { connection: "close" };
    for (const href of cited) assert.equal((await site.get(new URL(href).pathname, { headers })).status, 200, href);
  });
});
