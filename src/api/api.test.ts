// The API as programs use it, in process: every address against the schema that describes it, pages that hold still,
// conditional requests, limits, problem documents.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import Schema from "typebox/schema";
import { apiNewsroom, LARGE, LISTED, THIEF, TOKEN, txid, utxoId, VICTIM, type ApiNewsroom, type Called } from "../../test/api-newsroom.ts";
import { ERRORS } from "../errors.ts";
import { METHOD_NAMES } from "../tracing/tracing.ts";
import { ENDPOINTS } from "./endpoints.ts";
import { openApiDocument } from "./openapi.ts";
import { SCREEN_BATCH_MAX } from "./screen-addresses.ts";

const document = JSON.parse(JSON.stringify(openApiDocument(ENDPOINTS))) as any;
const ALPHA = "2024-01-01-alpha";
const SPENDER = "12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX";

/** Holds an answer against what the OpenAPI document says of it. */
function assertDescribed(method: string, path: string, { status, json, text }: Called): void {
  const operation = document.paths[path][method.toLowerCase()];
  const described = operation.responses[String(status)];
  assert.ok(described, `${method} ${path}: ${status} is not described`);
  const [type, { schema }] = Object.entries(described.content)[0] as [string, { schema: object }];
  if (!type.includes("json")) return;
  const check = Schema.Compile({ ...schema, components: document.components } as never);
  assert.ok(check.Check(json), `${method} ${path}: ${JSON.stringify(check.Errors(json)).slice(0, 600)} in ${text.slice(0, 300)}`);
}

/** A value for each parameter in a path. */
const VALUES: Record<string, string> = {
  "/thefts/{id}": `/thefts/${ALPHA}`,
  "/claims/{claim}": "/claims/3",
  "/figures/{id}": "/figures/open-count",
  "/datasets/{format}/{table}": "/datasets/ofac-crypto/addresses",
  "/datasets/{format}/{table}/rows": "/datasets/ofac-crypto/addresses/rows",
  "/screening/{address}": `/screening/${LISTED}?on=2024-09-27`,
  "/traces/{id}": "/traces/open-trace",
  "/traces/{id}/totals": "/traces/open-trace/totals",
  "/traces/{id}/flows": "/traces/open-trace/flows",
  "/traces/{id}/steps": "/traces/open-trace/steps",
  "/addresses/{address}": `/addresses/${THIEF}`,
  "/addresses/{address}/transfers": `/addresses/${THIEF}/transfers`,
  "/addresses/{address}/neighbors": `/addresses/${THIEF}/neighbors?direction=out`,
  "/addresses/{address}/lowest": `/addresses/${THIEF}/lowest?since=${txid(2)}`,
  "/transactions/{txid}": `/transactions/${txid(2)}`,
  "/clusters/{address}": `/clusters/${SPENDER}`,
  "/log/{entry}": "/log/3",
  "/log/consistency": "/log/consistency?from=5",
  "/errors/{code}": "/errors/BAD_KEY",
  "/graphsense/search": "/graphsense/search?q=12c",
  "/graphsense/tags": "/graphsense/tags?label=Lazarus%20group",
  "/graphsense/{currency}/addresses/{address}": `/graphsense/eth/addresses/${THIEF}`,
  "/graphsense/{currency}/addresses/{address}/txs": `/graphsense/eth/addresses/${THIEF}/txs`,
  "/graphsense/{currency}/addresses/{address}/tags": `/graphsense/eth/addresses/${LISTED}/tags`,
  "/graphsense/{currency}/addresses/{address}/neighbors": `/graphsense/eth/addresses/${THIEF}/neighbors?direction=out`,
  "/graphsense/{currency}/addresses/{address}/entity": `/graphsense/btc/addresses/${SPENDER}/entity`,
  "/graphsense/{currency}/addresses/{address}/links": `/graphsense/eth/addresses/${VICTIM}/links?neighbor=${THIEF}`,
  "/graphsense/{currency}/entities/{entity}": "/graphsense/btc/entities/1",
  "/graphsense/{currency}/entities/{entity}/addresses": "/graphsense/btc/entities/1/addresses",
  "/graphsense/{currency}/entities/{entity}/txs": "/graphsense/btc/entities/1/txs",
  "/graphsense/{currency}/entities/{entity}/tags": "/graphsense/btc/entities/1/tags",
  "/graphsense/{currency}/entities/{entity}/neighbors": "/graphsense/btc/entities/1/neighbors?direction=out",
  "/graphsense/{currency}/entities/{entity}/links": "/graphsense/btc/entities/1/links?neighbor=3",
  "/graphsense/{currency}/txs/{tx_hash}": `/graphsense/btc/txs/${utxoId(3)}`,
  "/graphsense/{currency}/txs/{tx_hash}/spent_in": `/graphsense/btc/txs/${utxoId(3)}/spent_in`,
  "/graphsense/{currency}/txs/{tx_hash}/spending": `/graphsense/btc/txs/${utxoId(3)}/spending`,
  "/graphsense/{currency}/txs/{tx_hash}/{io}": `/graphsense/btc/txs/${utxoId(3)}/inputs`,
  "/graphsense/{currency}/token_txs/{tx_hash}": `/graphsense/eth/token_txs/${txid(3)}`,
};

describe("the API", () => {
  let room: ApiNewsroom;
  before(async () => {
    room = await apiNewsroom();
  });
  after(() => room.stop());

  for (const one of ENDPOINTS.filter(({ method, path }) => method === "GET" && path !== "/jobs/{id}"))
    test(`GET ${one.path} answers what it says, HEAD the same without a body, and a second time 304`, async () => {
      const path = one.path === "/" ? "" : (VALUES[one.path] ?? one.path);
      assert.ok(!path.includes("{"), `${one.path} needs a value in this test`);
      const answer = await room.get(`/v1${path}`);
      assert.equal(answer.status, 200, answer.text);
      assertDescribed("GET", `/v1${one.path === "/" ? "" : one.path}`, answer);
      assert.equal(answer.headers["cache-control"], "public, no-cache");
      assert.equal(answer.headers.vary, "authorization, accept-encoding");
      const head = await room.call("HEAD", `/v1${path}`);
      assert.equal(head.status, 200);
      assert.equal(head.text, "");
      if (one.path === "/graphsense/stats") return; // It states the time of the request.
      assert.equal(head.headers.etag, answer.headers.etag);
      const again = await room.get(`/v1${path}`, { headers: { "if-none-match": `"x", W/${String(answer.headers.etag)}` } });
      assert.equal(again.status, 304);
      assert.equal(again.text, "");
    });

  test("every address has a problem document for what it is not asked", async () => {
    for (const one of ENDPOINTS) {
      const path = one.path === "/" ? "" : (VALUES[one.path] ?? one.path.replaceAll(/\{\w+\}/g, "x"));
      const answer = await room.call(one.method, `/v1${path}${path.includes("?") ? "&" : "?"}nothing_like_it=1`, one.body ? { body: [] } : {});
      assert.equal(answer.status, 400, `${one.method} ${path}: ${answer.text}`);
      assert.equal(answer.headers["content-type"], "application/problem+json");
      assert.equal(answer.json.code, "BAD_ARGUMENT");
      assertDescribed(one.method, `/v1${one.path === "/" ? "" : one.path}`, answer);
    }
  });

  test("problems: nothing there, a method that is not answered, a body of another type, one that is no JSON, one too large", async () => {
    const cases: [Promise<Called>, keyof typeof ERRORS][] = [
      [room.get("/v1/nothing/here"), "NOT_FOUND"],
      [room.get("/v1/thefts/no-such-theft"), "NOT_FOUND"],
      [room.call("DELETE", "/v1/thefts"), "METHOD_NOT_ALLOWED"],
      [room.call("POST", "/v1"), "METHOD_NOT_ALLOWED"],
      [room.call("POST", "/v1/traces", { body: "<a/>", type: "application/xml" }), "UNSUPPORTED_MEDIA_TYPE"],
      [room.call("POST", "/v1/traces", { body: "from", type: "text/plain" }), "UNSUPPORTED_MEDIA_TYPE"],
      [room.call("POST", "/v1/traces", { body: "{" }), "BAD_ARGUMENT"],
      [room.call("POST", "/v1/traces", { body: { from: THIEF, colour: "red" } }), "BAD_ARGUMENT"],
      [room.call("POST", "/v1/traces", { body: { from: THIEF, until: "2024-13-45" } }), "BAD_ARGUMENT"],
      [room.call("POST", "/v1/screen?on=2024-09-27", { body: "x".repeat(3 * 1024 * 1024), type: "text/plain" }), "BODY_TOO_LARGE"],
      [room.call("POST", "/v1/screen?on=2024-09-27", { body: "a\n".repeat(SCREEN_BATCH_MAX + 1), type: "text/plain" }), "BAD_ARGUMENT"],
      [room.call("POST", "/v1/screen", { body: [LISTED] }), "BAD_ARGUMENT"],
      [room.get("/v1/thefts", { headers: { authorization: "Bearer twk_nobody" } }), "BAD_KEY"],
      [room.get("/v1/thefts", { key: room.keys.revoked }), "BAD_KEY"],
      [room.get("/v1/thefts?limit=2&limit=3"), "BAD_ARGUMENT"],
      [room.get("/v1/thefts?limit=1e3"), "BAD_ARGUMENT"],
      [room.get("/v1/thefts?cursor=abc"), "BAD_ARGUMENT"],
      [room.get("/v1/thefts?known=9999999"), "BAD_ARGUMENT"],
    ];
    for (const [asked, code] of cases) {
      const { status, json, headers } = await asked;
      assert.equal(json?.code, code);
      assert.equal(status, ERRORS[code].status);
      assert.equal(json.type, `/v1/errors/${code}`);
      assert.equal(headers["cache-control"], "no-store");
    }
  });

  test("a host that is not ours reaches nothing", async () => {
    assert.equal((await room.get("/v1/thefts", { headers: { host: "evil.example" } })).status, 421);
  });

  test("money is text, exact beyond what a float holds", async () => {
    const { json } = await room.get(`/v1/addresses/${THIEF.toUpperCase().replace("0X", "0x")}`);
    const native = json.holdings.find((holding: { asset: string }) => holding.asset === "eip155:1/slip44:60");
    assert.equal(native.received, String(LARGE - 1n));
    assert.equal(json.holdings.find((holding: { asset: string }) => holding.asset === TOKEN).balance, "380");
    assert.deepEqual(json.thefts, [ALPHA]);
    assert.deepEqual(json.traces, ["open-trace"]);
    const theft = await room.get(`/v1/thefts/${ALPHA}`);
    assert.equal(theft.json.claims.find((claim: { field: string }) => claim.field === "amount").value, "1000000.50");
  });

  test("pages hold still while the log grows; every item comes once", async () => {
    for (const [path, key] of [
      ["/v1/thefts?limit=7", "id"],
      ["/v1/claims?limit=9", "claim"],
      ["/v1/datasets?limit=1", "entry"],
      ["/v1/log?limit=31", "entry"],
    ] as const) {
      const whole = (await room.get(path.replace(/limit=\d+/, "limit=200"))).json;
      const seen: unknown[] = [];
      let next: string | null = null;
      let pages = 0;
      do {
        const page: { log_size: number; items: Record<string, unknown>[]; next: string | null } = (await room.get(next === null ? path : `${path}&cursor=${next}`)).json;
        assert.equal(page.log_size, whole.log_size);
        seen.push(...page.items.map((item) => item[key]));
        next = page.next;
        pages += 1;
        // Appended at the front, in between and at the end of each list.
        room.newsroom.claim([{ subject: `theft/2023-01-01-n${String(pages).padStart(2, "0")}b`, field: "victim", value: "Later" }]);
      } while (next !== null);
      assert.ok(pages > 1, path);
      assert.deepEqual(seen, whole.items.map((item: Record<string, unknown>) => item[key]), path);
      const pinned = await room.get(`${path.replace(/limit=\d+/, "limit=200")}&known=${whole.log_size}`);
      assert.deepEqual(pinned.json, whole);
      assert.equal(pinned.headers["cache-control"], "public, max-age=300");
    }
  });

  test("transfers page by page, while a set is added and the ledger is read anew", async () => {
    const path = `/v1/addresses/${THIEF}/transfers?limit=10`;
    const whole = (await room.get(path.replace("10", "200"))).json.items;
    const seen: unknown[] = [];
    let next: string | null = null;
    do {
      const page: { log_size: number; items: Record<string, unknown>[]; next: string | null } = (await room.get(next === null ? path : `${path}&cursor=${next}`)).json;
      seen.push(...page.items);
      next = page.next;
      if (seen.length === 10) await room.importAccounts("more", `chain,txid,block,from,to,amount\neip155:1,${txid(9_999)},9999,${THIEF},${VICTIM},5\n`, true);
    } while (next !== null);
    assert.deepEqual(seen, whole);
    assert.equal(whole.length, 43);
    assert.equal((await room.get(path.replace("10", "200"))).json.items.length, 44);
    // Without a block it cannot be put among those that have one: what it says stands beside, and is not added up.
    const before = (await room.get(`/v1/addresses/${VICTIM}`)).json.holdings.length;
    await room.importAccounts("unplaced", `chain,txid,from,to,amount\neip155:1,${txid(8_888)},${THIEF},${VICTIM},5\n`, true);
    assert.equal((await room.get(path.replace("10", "200"))).json.items.length, 44);
    assert.equal((await room.get(`/v1/transactions/${txid(8_888)}`)).json.transfers.length, 1);
    const { json } = await room.get(`/v1/addresses/${VICTIM}`);
    assert.equal(json.holdings.length, before + 1);
    assert.equal(json.holdings.at(-1).balance, "5");
    assert.ok(json.sets.some(({ name }: { name: string }) => name === "transfers/unplaced"));
    assert.ok(json.sets.some(({ name }: { name: string }) => name === "transfers/more"));
  });

  test("a cursor opens only the list that it is of", async () => {
    const { next } = (await room.get("/v1/claims?limit=2")).json;
    assert.equal((await room.get(`/v1/claims?limit=5&cursor=${next}`)).status, 200, "the limit may change");
    assert.equal((await room.get(`/v1/claims?kind=theft&cursor=${next}`)).json.code, "BAD_ARGUMENT");
    assert.equal((await room.get(`/v1/thefts?cursor=${next}`)).json.code, "BAD_ARGUMENT");
  });

  test("an ETag changes when the log does, and not before", async () => {
    const { headers } = await room.get("/v1/claims?limit=200");
    const ask = () => room.get("/v1/claims?limit=200", { headers: { "if-none-match": String(headers.etag) } });
    assert.equal((await ask()).status, 304);
    room.newsroom.claim([{ subject: "theft/2024-02-02-gamma", field: "date", value: "2024-02-02" }]);
    assert.equal((await ask()).status, 200);
  });

  test("screening: in batch, in order, in every form; each answer names the editions and how old they are", async () => {
    const spellings = [LISTED, LISTED.toLowerCase(), THIEF, "nonsense", LISTED.replace("2f96", "2f97")];
    const asJson = await room.call("POST", "/v1/screen?on=2024-10-07", { body: spellings });
    assertDescribed("POST", "/v1/screen", asJson);
    assert.deepEqual(asJson.json.editions, [{ list: "ofac-crypto", edition: "2024-09-27", entry: asJson.json.editions[0].entry, row_count: 654, days_before: 10 }]);
    const asText = await room.call("POST", "/v1/screen?on=2024-10-07", { body: spellings.join("\r\n"), type: "text/plain; charset=utf-8" });
    assert.deepEqual(asText.json, asJson.json);
    const onTheDay = (await room.call("POST", "/v1/screen?on=2024-09-27", { body: spellings })).json;
    assert.deepEqual(onTheDay.results.map(({ asked }: { asked: string }) => asked), spellings);
    assert.deepEqual(
      onTheDay.results.map(({ hits }: { hits: unknown[] }) => hits.length),
      [1, 1, 0, 0, 0],
    );
    assert.deepEqual(
      onTheDay.results.map(({ is_alert }: { is_alert: boolean }) => is_alert),
      [true, true, false, false, false],
    );
    assert.equal(onTheDay.alerts, 2);
    assert.equal((await room.call("POST", "/v1/screen?on=2024-02-30", { body: spellings })).json.code, "BAD_ARGUMENT");
    const one = await room.get(`/v1/screening/${LISTED}?on=2024-09-27`);
    assert.deepEqual(one.json.result, onTheDay.results[0]);
    const few = (await room.call("POST", "/v1/screen?on=2024-09-27&only_alerts=true", { body: spellings })).json;
    assert.equal(few.screened, 5);
    assert.equal(few.results.length, 2);
  });

  test("thefts and claims by cursor: pages of any length give every line once, read from the table that is kept or from claims of then", async () => {
    const walk = async (path: string): Promise<Record<string, unknown>[]> => {
      const items: Record<string, unknown>[] = [];
      for (let cursor = ""; ; ) {
        const { json } = await room.get(`${path}${cursor}`);
        items.push(...json.items);
        if (json.next === null) return items;
        cursor = `&cursor=${encodeURIComponent(json.next)}`;
      }
    };
    const whole = (await room.get("/v1/thefts?limit=200")).json;
    assert.ok(whole.items.length > 30 && whole.next === null);
    for (const limit of [1, 7]) assert.deepEqual(await walk(`/v1/thefts?limit=${limit}`), whole.items);
    // A claim that is not on a theft moves the log and no line: then is read from claims what now stands in the table.
    room.newsroom.claim([{ subject: "party/walkers", field: "country", value: "CH" }]);
    assert.deepEqual(await walk(`/v1/thefts?limit=7&known=${whole.log_size}`), whole.items);
    const named = whole.items.filter(({ victim }: { victim: string }) => victim.includes("Number 1"));
    assert.ok(named.length > 5);
    for (const then of ["", `&known=${whole.log_size}`]) assert.deepEqual(await walk(`/v1/thefts?limit=3&q=number%201${then}`), named);
    const claims = (await room.get("/v1/claims?limit=200")).json;
    assert.equal(claims.next, null);
    assert.deepEqual(await walk("/v1/claims?limit=7"), claims.items);
  });

  test("screening with exposure: what came from a listed address by way of others, with its path, and nothing else", async () => {
    const [middle, end] = [`0x${"c1".repeat(20)}`, `0x${"c2".repeat(20)}`];
    await room.importAccounts("exposed", `chain,txid,block,from,to,amount\neip155:1,${txid(7_001)},7001,${LISTED.toLowerCase()},${middle},100\neip155:1,${txid(7_002)},7002,${middle},${end},60\n`, true);
    const asked = await room.call("POST", "/v1/screen?on=2024-09-27&exposure=true", { body: [end, THIEF] });
    assertDescribed("POST", "/v1/screen", asked);
    const { exposures, listed_seeds } = asked.json.exposure;
    assert.deepEqual([listed_seeds, exposures.map(({ address }: { address: string }) => address)], [1, [end]]);
    const [{ is_direct, methods }] = exposures;
    assert.equal(is_direct, false);
    assert.deepEqual(
      methods.map(({ method, tainted, received, share_bp, path }: Record<string, unknown> & { path: { to: string }[] }) => [method, tainted, received, share_bp, path.map(({ to }) => to)]),
      METHOD_NAMES.map((method) => [method, "60", "60", 10_000, [middle, end]]),
    );
    assert.deepEqual((await room.call("POST", "/v1/screen?on=2024-09-27&exposure=true&depth=1", { body: [end] })).json.exposure.exposures, []);
    assert.equal((await room.call("POST", "/v1/screen?on=2024-09-27", { body: [end] })).json.exposure, undefined);
  });

  test("proofs: what an entry's answer holds is enough to check it", async () => {
    const { json } = await room.get("/v1/log/3");
    const { createHash } = await import("node:crypto");
    const leaf = createHash("sha256").update(Buffer.from(json.salt, "base64")).update(json.body).digest("hex");
    assert.equal(leaf, json.leaf);
    const hidden = await room.get(`/v1/log/${room.private_claim}`);
    assert.equal(hidden.json.state, "not released");
    assert.equal(hidden.json.body, undefined);
    assert.equal((await room.get("/v1/log/99999")).status, 404);
    assert.equal((await room.get("/v1/log/consistency?from=9&to=3")).status, 400);
  });

  test("the description: 3.1, every reference leads somewhere, every address of the table is in it", async () => {
    const { json, text } = await room.get("/v1/openapi.json");
    assert.equal(json.openapi, "3.1.1");
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) assert.ok(json.components.schemas[name!], String(name));
    for (const { method, path } of ENDPOINTS) assert.ok(json.paths[`/v1${path === "/" ? "" : path}`][method.toLowerCase()]);
    const ids = Object.values<any>(json.paths as Record<string, Record<string, { operationId: string }>>).flatMap((one) => Object.values<any>(one).map(({ operationId }) => operationId));
    assert.equal(new Set(ids).size, ids.length);
    for (const [path, operations] of Object.entries(json.paths as Record<string, Record<string, { parameters: { name: string; in: string; required: boolean }[] }>>))
      for (const { parameters } of Object.values(operations))
        assert.deepEqual(
          parameters.filter((parameter) => parameter.in === "path").map(({ name, required }) => [name, required]),
          [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, true]),
        );
  });

  test("the page for people needs no script and nothing from elsewhere", async () => {
    const { text, headers } = await room.get("/v1");
    assert.match(String(headers["content-security-policy"]), /default-src 'none'/);
    assert.doesNotMatch(text, /<script|https?:\/\/(?!localhost)|style=/);
    for (const { path } of ENDPOINTS) assert.ok(text.includes(path), path);
    for (const [, id] of text.matchAll(/href="#([\w-]+)"/g)) assert.ok(text.includes(`id="${id}"`), String(id));
  });
});

describe("limits", () => {
  test("a network has its quota, whatever address of it asks; another has its own", async () => {
    let now = Date.parse("2026-01-01T00:00:00Z");
    const room = await apiNewsroom({ requests_a_minute: 20, effects: { clock: () => new Date(now).toISOString(), random: () => new Uint8Array(16) } });
    try {
      const ask = (remote: string, method = "GET", path = "/v1/lists") => room.call(method, path, { remote, ...(method === "POST" ? { body: [LISTED] } : {}) });
      const first = await ask("203.0.113.7");
      assert.equal(first.headers["ratelimit-policy"], '"network";q=20;w=60');
      assert.equal(first.headers.ratelimit, '"network";r=19;t=60');
      assert.equal((await ask("203.0.113.8", "POST", "/v1/screen?on=2024-09-27")).headers.ratelimit, '"network";r=14;t=60', "a batch counts as five");
      for (let at = 0; at < 14; at++) assert.equal((await ask(`203.0.113.${20 + at}`)).status, 200);
      now += 15_000;
      const refused = await ask("203.0.113.200");
      assert.equal(refused.status, 429);
      assert.equal(refused.headers["retry-after"], "45");
      assert.equal(refused.json.code, "TOO_MANY_REQUESTS");
      assert.equal((await ask("198.51.100.1")).status, 200);
      for (let at = 0; at < 20; at++) assert.equal((await ask(`2001:db8:1:2:${at}::1`)).status, 200);
      assert.equal((await ask("2001:db8:1:2:ffff::1")).status, 429, "one /64");
      assert.equal((await ask("2001:db8:1:3::1")).status, 200);
      assert.equal((await ask("203.0.113.1", "GET", "/v1/no-such-thing")).status, 429, "what is not there counts as well");
      now += 45_000;
      assert.equal((await ask("203.0.113.200")).status, 200);
      // A proxy's word counts only from this machine, and what a client writes before it does not.
      assert.equal((await room.get("/v1/lists", { headers: { "x-forwarded-for": "1.2.3.4, 198.51.100.1" } })).headers.ratelimit, '"network";r=18;t=15');
    } finally {
      await room.stop();
    }
  });
});
