// Lists that are read a page at a time, on a newsroom larger than the demo: every page is bounded, following "more" meets
// everything once, and what is kept ready or as a table says what a fresh reading says.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { appendClaim, parseClaim, readClaims, runChecks, runChecksOn, sumUpChecks, movedBetween } from "../src/casefile/casefile.ts";
import { appendRelease } from "../src/evidence/evidence.ts";
import { computeFigure, listFigureSpecs, mayMove, readTheftLines, type Figure } from "../src/figures/figures.ts";
import { openNewsroom, type NewsroomReader, type NewsroomWriter } from "../src/newsroom.ts";
import { listCards, publishStories, readPublication, search } from "../src/press/press.ts";
import { recomputeFolder } from "../src/recompute.ts";
import { openSite, type Site } from "../src/site/site.ts";
import { fillLargeNewsroom } from "./large-newsroom.ts";

const STORIES = 300;
const PAGE_KB_MAX = 160;

describe("a newsroom of some size", () => {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-large-"));
  let writer: NewsroomWriter;
  let reader: NewsroomReader;
  let site: Site;
  let port = 0;

  before(async () => {
    writer = await fillLargeNewsroom(join(folder, "data"), STORIES, 11);
    reader = openNewsroom(join(folder, "data"));
    site = openSite(reader, { clock: () => "2026-11-25T00:00:00.000Z", hosts: ["127.0.0.1"] });
    await site.app.listen({ port: 0, host: "127.0.0.1" });
    ({ port } = site.app.server.address() as AddressInfo);
  });
  after(async () => {
    await site.close();
    reader.close();
    writer.close();
    rmSync(folder, { recursive: true });
  });

  const get = (path: string): Promise<{ status: number; text: string; link: string | undefined }> =>
    new Promise((resolve, reject) => {
      request({ host: "127.0.0.1", port, path }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => (text += part));
        response.on("end", () => resolve({ status: response.statusCode!, text, link: response.headers.link as string | undefined }));
      })
        .on("error", reject)
        .end();
    });

  const unescape = (text: string) => text.replaceAll("&amp;", "&");
  const count = (sql: string) => reader.log.db.prepare(sql).get()!.n as number;
  const newest = () => ({ log_size: reader.log.size(), evidence: "released" as const });

  for (const { list, entry, held } of [
    {
      list: "/latest",
      entry: /<h2><a href="(\/(?:stories|press-releases)\/[^"]+)"/g,
      held: "SELECT count(*) AS n FROM stories WHERE withdrawn IS NULL",
    },
    { list: "/thefts", entry: /<th scope="row"><a href="(\/thefts\/[^"]+)"/g, held: "SELECT count(*) AS n FROM theft_lines" },
    {
      list: "/case/measure",
      entry: /<th scope="row"><a href="(\/case\/measure\/[^"]+)"/g,
      held: "SELECT count(DISTINCT subject) AS n FROM claims WHERE subject LIKE 'measure/%'",
    },
    {
      list: "/workers",
      entry: /<h2><a href="(\/case\/worker-posting\/[^"]+)"/g,
      held: "SELECT count(DISTINCT subject) AS n FROM claims WHERE subject LIKE 'worker-posting/%'",
    },
    {
      list: "/trade",
      entry: /<tr><th scope="row">([^<]+)</g,
      held: "SELECT count(*) AS n FROM claims WHERE subject LIKE 'trade-figure/%'",
    },
    {
      list: "/reports",
      entry: /<th scope="row"><a href="(\/reports\/[^"]+)"/g,
      held: "SELECT count(DISTINCT subject) AS n FROM claims WHERE subject LIKE 'report/%'",
    },
    { list: "/corrections", entry: /<section class="box" id="(c\d+)"/g, held: "SELECT count(*) AS n FROM corrections" },
    { list: "/figures", entry: /<th scope="row"><a href="(\/figures\/[^"]+)"/g, held: "SELECT count(*) AS n FROM figure_specs" },
  ])
    test(`${list}: each page is bounded, and all pages together hold everything once`, async () => {
      const seen: string[] = [];
      let path: string | undefined = list;
      for (let pages = 0; path; pages++) {
        assert.ok(pages < 200, "the pages end");
        const { status, text } = await get(path);
        assert.equal(status, 200, path);
        assert.ok(text.length < PAGE_KB_MAX * 1024, `${path}: ${text.length} bytes`);
        seen.push(...[...text.matchAll(entry)].map(([, href]) => href!));
        const next = /<a rel="next" href="([^"]+)"/.exec(text)?.[1];
        path = next === undefined ? undefined : unescape(next);
      }
      assert.equal(new Set(seen).size, seen.length, "nothing twice");
      assert.equal(seen.length, count(held));
    });

  test("a long list as files goes on where its link says", async () => {
    const seen: number[] = [];
    let path: string | undefined = "/case/theft.json";
    while (path) {
      const { text, link } = await get(path);
      const { rows, next } = JSON.parse(text) as { rows: { entry: number }[]; next?: string };
      seen.push(...rows.map((row) => Object.values(row)[0] as number));
      assert.equal(link, next === undefined ? undefined : `<${next}>; rel="next"`);
      path = next;
    }
    assert.equal(new Set(seen).size, count("SELECT count(*) AS n FROM claims WHERE subject LIKE 'theft/%'"));
  });

  test("the table of thefts says what a reading of the claims says, in every order", () => {
    for (const sort of ["date", "victim", "amount"] as const)
      for (const order of ["asc", "desc"] as const)
        for (const filter of [{}, { year: "2019" }, { min: "40000000" }, { text: "vault" }, { level: "official-UN", country: "KR" }]) {
          const asked = { sort, order, from: 0, limit: 1_000, ...filter };
          const [kept, read] = [true, false].map((is_newest) => readTheftLines(reader.log, { ...newest(), is_newest }, asked));
          assert.equal(kept!.fit, read!.fit);
          const key = (lines: typeof kept) => JSON.stringify([...lines!.lines].sort((a, b) => (a.subject < b.subject ? -1 : 1)));
          assert.equal(key(kept), key(read));
        }
  });

  test("checks summed up a stretch at a time, and those of one theft, are the checks over everything", async () => {
    const all = runChecks(reader.log, newest());
    const sums = await sumUpChecks(reader.log, newest(), 5);
    assert.deepEqual(
      new Map([...sums].map(([check, { count: found }]) => [check as string, found])),
      new Map([...Map.groupBy(all, (result) => result.check as string)].map(([check, results]) => [check, results.length])),
    );
    const lines = (results: typeof all, subject: string) =>
      results
        .filter((result) => result.subject === subject)
        .map((result) => JSON.stringify(result))
        .sort();
    for (const { subject } of readTheftLines(
      reader.log,
      { ...newest(), is_newest: true },
      { sort: "date", order: "asc", from: 0, limit: 30 },
    ).lines)
      assert.deepEqual(lines(runChecksOn(reader.log, newest(), subject), subject), lines(all, subject));
  });

  test("search finds each kind, counts, narrows, goes on and forgives", async () => {
    const before = reader.log.size();
    const everything = search(reader.log, "vault", { before });
    assert.ok(everything.isMore && everything.count > 20);
    assert.equal(
      everything.kinds.reduce((sum, { count: found }) => sum + found, 0),
      everything.count,
    );
    for (const { value, count: found } of everything.kinds)
      assert.equal(search(reader.log, "vault", { before, kind: value as "story" }).count, found);
    for (const { value, count: found } of everything.years) assert.equal(search(reader.log, "vault", { before, year: value }).count, found);
    // Each hit has its own words (SQLite 3.53.4 gives those of the first where MATCH stands beside rowid =).
    for (const { kind, name, title, snippet } of everything.hits) {
      const own = reader.log.db
        .prepare("SELECT t.title FROM findable f JOIN findable_text t ON t.rowid = f.id WHERE f.kind = ? AND f.name = ?")
        .get(kind, name);
      assert.equal(title, own?.title);
      assert.match(snippet, /\u0001/);
    }
    assert.ok(new Set(everything.hits.map(({ title }) => title)).size > 1);
    const second = search(reader.log, "vault", { before, skip: 20 });
    assert.equal(
      second.hits.some((hit) => everything.hits.some((other) => other.kind === hit.kind && other.name === hit.name)),
      false,
    );
    for (const wrong of ["vualt", "vaut", "wault"]) assert.equal(search(reader.log, wrong, { before }).instead, "vault");
    assert.equal(search(reader.log, "vault", { before: 5 }).count, 0, "nothing was public then");
    const [hit] = everything.hits;
    assert.match((await get(`/search?q=vault&kind=${hit!.kind}`)).text, /By kind/);
    assert.equal((await get("/search?q=vault&skip=99999999")).status, 400);
  });

  test("a figure that is kept is the figure computed anew, whatever was added meanwhile", async () => {
    const specs = listFigureSpecs(reader.log);
    const some = [...specs.filter(({ id }) => !id.startsWith("quoted")), ...specs.slice(0, 12)];
    const shown = async (id: string) => JSON.parse((await get(`/figures/${id}.json`)).text) as Figure;
    const check = async () => {
      site.refresh();
      for (const { id, spec } of some) assert.deepEqual(await shown(id), computeFigure(reader.log, spec, reader.log.size()), id);
    };
    await check();
    const [card] = listCards(reader.log, { type: "story", limit: 1 });
    const { story } = readPublication(reader.log, card!.slug)!;
    writer.transact("test", (transaction) => publishStories(transaction, writer.log, [{ ...story, slug: "one-more" }], { by: "test" }));
    await check();
    const [quote, otherQuote] = specs.filter(({ spec }) => spec.measure === "quote");
    const target = quote!.spec.subject!;
    const [known] = readClaims(reader.log, newest(), { subject: target, field: "amount" });
    const { seq: _seq, at: _at, by: _by, kind_of: _kind, released: _released, ...claim } = known!;
    const from = writer.log.size();
    const seqs = writer.transact("test", (transaction) => [
      appendClaim(transaction, parseClaim({ ...claim, value: "123456789", claimant: "Another office" }), "test"),
    ]);
    const moved = movedBetween(reader.log.db, from, reader.log.size());
    assert.equal(mayMove(quote!.spec, moved), true);
    assert.equal(mayMove(otherQuote!.spec, moved), false, "it quotes another theft");
    await check();
    writer.transact("test", (transaction) => appendRelease(transaction, seqs, [], "test"));
    await check();
    assert.match((await get("/thefts?sort=amount")).text, /123,456,789/);
  });

  test("stories published together are all out, or none is", () => {
    const [card] = listCards(reader.log, { type: "story", limit: 1 });
    const { story } = readPublication(reader.log, card!.slug)!;
    const before = reader.log.size();
    const wrong = { ...story, slug: "wrong", standfirst: [{ type: "text" as const, text: "A typed 58." }] };
    assert.throws(
      () =>
        writer.transact("test", (transaction) =>
          publishStories(transaction, writer.log, [{ ...story, slug: "right" }, wrong], { by: "test" }),
        ),
      { code: "LINT_FAILED" },
    );
    assert.equal(reader.log.size(), before);
    assert.equal(readPublication(reader.log, "right"), undefined);
  });

  test("every view computed again from the log is the one on disk", async () => {
    assert.deepEqual(
      (await recomputeFolder(join(folder, "data"))).filter(({ what }) => what === "view_differs"),
      [],
    );
  });
});
