// The full tables (test data, never shipped): the ten counting rules of the monitors' dispute over 2017–2023 come out
// exactly, and so do the acceptance tests that the domain suggests. Skips, visibly, where the tables are absent.
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { deriveCasefile } from "../demo/derive-casefile.ts";
import { importCasefile, readClaims, runChecks, type ImportOptions } from "../src/casefile/casefile.ts";
import { TracewireError } from "../src/errors.ts";
import { computeFigure, parseFigureSpec, type FigureSpec } from "../src/figures/figures.ts";
import { appendFigureSpec, readRestatements } from "../src/figures/figures.ts";
import { parseStoryText, publishStory } from "../src/press/press.ts";
import { corpus, repositoryRoot } from "./scale.ts";
import { smallNewsroom, type SmallNewsroom } from "./small-newsroom.ts";

const full = corpus("data/casefile");
const options: ImportOptions = { by: "test", retrieved_at: "2026-11-22T00:00:00Z", release: true };
const LIST = { claimants: ["tayvano (researcher)"], documents: ["list of May and June 2026"], otherwise: "refuse" as const };
const BASE: FigureSpec = {
  id: "rule",
  title: "Ten rules",
  measure: "sum",
  of: "theft",
  field: "amount",
  currency: "USD",
  choice: LIST,
  valuation: { basis: "as_published" },
  gross_or_net: "gross",
  period: { basis: "date", from: "2017-01-01", to: "2023-12-31" },
};
const RESEARCHER = { listed_by: "tayvano list" };
const COMPANIES = { ...RESEARCHER, victims: { types: ["company/protocol"] } };
const OFFICIAL = [
  "official-gov",
  "official-UN",
  "official-coalition",
  "official-suspected",
  "official-gov-unnamed-victim",
  "official-UN-unnamed-victim",
] as const;

describe("the full case file", { skip: full.skip }, () => {
  let newsroom: SmallNewsroom;
  const figure = (changes: Partial<FigureSpec>) =>
    computeFigure(newsroom.log, parseFigureSpec({ ...BASE, ...changes }), newsroom.log.size());
  before(async () => {
    newsroom = await smallNewsroom();
    await importCasefile(newsroom, full.path!, options);
  });
  after(() => newsroom?.remove());

  const TEN: [rule: string, changes: Partial<FigureSpec>, count: number, sum: string][] = [
    ["every row held", {}, 119, "3901751943"],
    ["researcher list", RESEARCHER, 115, "3074751943"],
    ["researcher list, companies only", COMPANIES, 94, "2955757081"],
    [
      "… and amount known and above zero",
      { ...COMPANIES, outcome: { unknown_amounts: "exclude", zero_amounts: "exclude" } },
      85,
      "2955757081",
    ],
    ["… and at least $1M", { ...COMPANIES, outcome: { amount_min: "1000000" } }, 66, "2949645187"],
    ["… and at least $10M", { ...COMPANIES, outcome: { amount_min: "10000000" } }, 38, "2840070000"],
    [
      "researcher list without minted-token values",
      { ...RESEARCHER, valuation: { basis: "as_published", minted: "exclude" } },
      114,
      "2914751943",
    ],
    [
      "researcher list plus Coincheck",
      { ...RESEARCHER, include: [{ subject: "theft/2018-01-26-coincheck", why: "attributed by Group-IB" }] },
      116,
      "3606751943",
    ],
    ["official-gov or official-UN", { attribution: { levels: ["official-UN", "official-gov"] } }, 19, "1462880000"],
    ["any official attribution", { attribution: { levels: [...OFFICIAL] } }, 27, "2070852000"],
  ];
  for (const [rule, changes, count, sum] of TEN)
    test(`DOMAIN §2.2, ${rule}: ${count} and ${sum}`, () => {
      assert.equal(figure({ ...changes, measure: "count" }).value, String(count));
      assert.equal(figure(changes).value, sum);
    });
  test("DOMAIN §2.2, thefts from named companies: 16 on 14 victims", () => {
    const named = {
      attribution: { levels: ["official-UN", "official-gov"] as ("official-UN" | "official-gov")[] },
      victims: { types: ["company/protocol"], named: true },
    };
    assert.equal(figure({ ...named, measure: "count" }).value, "16");
    assert.equal(figure({ ...named, measure: "count", unit_of_count: "victim" }).value, "14");
    assert.equal(figure(named).value, "1449730000");
  });

  const found = (check: Parameters<typeof runChecks>[2]) =>
    runChecks(newsroom.log, { log_size: newsroom.log.size(), evidence: "released" }, check);
  test("DOMAIN §9.1: 57 against 58 is printed as a discrepancy that is not explained", () => {
    assert.match(
      found(["total-against-its-rows"])
        .map((result) => result.what)
        .join("\n"),
      /published 58; .*sum to 57\. The difference is not explained/,
    );
  });
  test("DOMAIN §9.3: removing Paid Network moves 2021 by $160M, and the restatement says why", () => {
    const spec = {
      ...BASE,
      ...RESEARCHER,
      id: "thefts-2021",
      title: "Thefts of 2021",
      period: { basis: "date", from: "2021-01-01", to: "2021-12-31" },
    };
    const story = parseStoryText(
      "---\nslug: thefts-of-2021\ntopic: Payments\nbyline: Test\nhappened: 2021\nreply: reply/msmt\n---\n# The list adds up to {{thefts-2021}}\n\n> As listed.\n\nIt lists {{thefts-2021}}, as published.\n",
    );
    newsroom.transact("test", (transaction) => appendFigureSpec(transaction, spec, "test"));
    newsroom.transact("test", (transaction) => publishStory(transaction, newsroom.log, story, { by: "test" }));
    newsroom.transact("test", (transaction) =>
      appendFigureSpec(
        transaction,
        { ...spec, exclude: [{ subject: "theft/2021-03-05-paid-network", why: "nominal value of minted tokens" }] },
        "test",
      ),
    );
    const [restatement] = readRestatements(newsroom.log, "thefts-2021");
    assert.equal(BigInt(restatement!.from.value!) - BigInt(restatement!.to.value!), 160_000_000n);
    assert.deepEqual(
      restatement!.cause.map((cause) => [cause.what, cause.subject]),
      [
        ["rule changed", undefined],
        ["row removed", "theft/2021-03-05-paid-network"],
      ],
    );
  });
  test("DOMAIN §9.4: Upbit at theft and at announcement; a sum refuses to mix the two", () => {
    const upbit = {
      include: [],
      countries: undefined,
      period: { basis: "date" as const, from: "2019-11-27", to: "2019-11-27" },
      choice: undefined,
    };
    assert.equal(figure({ ...upbit, gross_or_net: "gross", valuation: { basis: "at_theft" } }).value, "48500000");
    assert.equal(figure({ ...upbit, valuation: { basis: "at_publication" } }).value, "1040000000");
    assert.throws(
      () =>
        figure({
          period: { basis: "date", from: "2019-11-01", to: "2022-12-31" },
          attribution: { levels: ["official-gov"] },
          valuation: { basis: "any" },
          choice: { claimants: ["Republic of Korea, National Police"] },
        }),
      (error) => error instanceof TracewireError && error.code === "MIXED_BASES" && /upbit/.test(error.message),
    );
  });
  test("DOMAIN §9.5: two thefts of $147.5M stay two", () => {
    const equal = found(["equal-amounts"]).find((result) => result.what.startsWith("147,500,000"));
    assert.match(equal!.what, /alphapo-coinspaid and theft\/2023-11-22-htx-heco/);
    const subjects = new Set(
      readClaims(newsroom.log, { log_size: newsroom.log.size(), evidence: "released" }, { field: "amount" })
        .filter((claim) => claim.value === "147500000")
        .map((claim) => claim.subject),
    );
    assert.equal(subjects.size, 2);
  });
  test("DOMAIN §9.8: Orbit Bridge is withdrawn by its source: excluded, visible, with the reason", () => {
    const computed = figure({ attribution: { levels: ["official-UN", "official-gov", "single-researcher"] } });
    assert.deepEqual(
      computed.excluded.filter((row) => row.subject === "theft/2023-12-31-orbit-bridge").map((row) => row.why),
      ["attribution: withdrawn-by-source"],
    );
    assert.ok(
      readClaims(newsroom.log, { log_size: newsroom.log.size(), evidence: "released" }, { subject: "theft/2023-12-31-orbit-bridge" }).some(
        (claim) => claim.hedge === "withdrawn",
      ),
    );
  });
  test("DOMAIN §9.13: a citation dated long after the event raises a check", () => {
    assert.ok(found(["source-date"]).some((result) => result.subject === "theft/2019-11-27-upbit"));
  });
  test("DOMAIN §9.7: the joint statement counts Upbit outside its year", () => {
    assert.ok(found(["row-outside-period"]).some((result) => result.subject === "theft/2019-11-27-upbit" && /2024/.test(result.what)));
  });
  test("importing twice changes nothing", async () => {
    const size = newsroom.log.size();
    const again = await importCasefile(newsroom, full.path!, options);
    assert.deepEqual([again.claims_added, again.captures_added, newsroom.log.size()], [0, 0, size]);
  });
  test("a broken row stops the import with its place, and nothing of it stays", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tracewire-broken-"));
    const other = await smallNewsroom(3);
    const size = other.log.size();
    const breakIn = async (file: string, from: string | RegExp, to: string, expected: RegExp) => {
      for (const name of readdirSync(full.path!)) if (name.endsWith(".csv")) copyFileSync(join(full.path!, name), join(folder, name));
      const text = readFileSync(join(full.path!, file), "utf8");
      assert.match(text, from instanceof RegExp ? from : new RegExp(from.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
      writeFileSync(join(folder, file), text.replace(from, to));
      await assert.rejects(importCasefile(other, folder, options), (error) => {
        assert.ok(error instanceof TracewireError, String(error));
        assert.match(`${error.code} ${error.where} ${error.message}`, expected);
        return true;
      });
      assert.equal(other.log.size(), size);
    };
    await breakIn(
      "incidents.csv",
      ",14000000,",
      ",14 million,",
      /BAD_INPUT incidents\.csv:2 amount_usd: "14 million" is not a whole number/,
    );
    await breakIn(
      "incident-claims.csv",
      ",UN Panel,amount_usd,70000000",
      ",The Panel,amount_usd,70000000",
      /UNMAPPED_VALUE incident-claims\.csv:2 claimant: "The Panel"/,
    );
    await breakIn(
      "annual-totals.csv",
      "UN Panel of Experts S/2024/215 (table",
      "Some Panel (table",
      /UNMAPPED_VALUE annual-totals\.csv:2 publisher/,
    );
    await breakIn(
      "founding-claims.csv",
      "about,2017-01-01/2023-12-31",
      "roughly,2017-01-01/2023-12-31",
      /BAD_CLAIM founding-claims\.csv:3 bound/,
    );
    await breakIn("incidents.csv", "incident_id,date,", "incident,date,", /BAD_INPUT incidents\.csv:1 The column "incident_id" is missing/);
    rmSync(folder, { recursive: true });
    other.remove();
  });
  test("demo/casefile is what the shipping rules make of the full tables, and names nobody it may not", () => {
    const derived = deriveCasefile(full.path!);
    for (const [file, text] of Object.entries(derived))
      assert.equal(readFileSync(join(repositoryRoot, "demo", "casefile", file), "utf8"), text, file);
    const incidents = derived["incidents.csv"]!;
    assert.ok(!/kucoin|gate\.io|2018-04-21-gate|coinrail|cointiger|algo capital|tayvano list/i.test(incidents));
    assert.ok(!/single-researcher|cluster|researcher_verdict/.test(incidents));
  });
});
