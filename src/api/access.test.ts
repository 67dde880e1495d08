// Who may see what: every route × key × object. Absent and forbidden are one answer.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { apiNewsroom, HOARD, LISTED, THIEF, type ApiNewsroom } from "../../test/api-newsroom.ts";
import { ENDPOINTS } from "./endpoints.ts";
import { KEYS_FILE, openKeyStore } from "./keys.ts";

type KeyName = keyof ApiNewsroom["keys"] | "none";
const KEYS: KeyName[] = ["none", "all", "claims:unreleased", "tags:own", "traces:private"];

type Case = {
  /** What is asked, and the same of a thing that is not there. */
  hidden: string;
  absent?: string;
  /** Keys that see it. */
  seen_by: KeyName[];
  /** Of a list: a text that is in it exactly for those. Else: 200 exactly for those. */
  shows?: string;
};

const cases = (room: ApiNewsroom): Record<string, Case[]> => ({
  "/": [],
  "/openapi.json": [],
  "/errors/{code}": [],
  "/thefts": [{ hidden: "/thefts?limit=200", shows: "Hidden Wallet", seen_by: ["all", "claims:unreleased"] }],
  "/thefts/{id}": [{ hidden: "/thefts/2024-03-03-hidden", absent: "/thefts/2024-03-03-nobody", seen_by: ["all", "claims:unreleased"] }],
  "/claims": [{ hidden: "/claims?subject=theft/2024-03-03-hidden", shows: "Hidden Wallet", seen_by: ["all", "claims:unreleased"] }],
  "/claims/{claim}": [{ hidden: `/claims/${room.private_claim}`, absent: "/claims/9999999", seen_by: ["all", "claims:unreleased"] }],
  "/figures": [{ hidden: "/figures", shows: "secret-count", seen_by: ["all", "claims:unreleased"] }],
  "/figures/{id}": [{ hidden: "/figures/secret-count", absent: "/figures/nobody-count", seen_by: ["all", "claims:unreleased"] }],
  "/datasets": [
    { hidden: "/datasets?limit=200", shows: '"edition":"2026-06-01"', seen_by: ["all", "tags:own"] },
    { hidden: "/datasets?limit=200", shows: '"transfers/hidden"', seen_by: ["all", "traces:private"] },
    { hidden: "/datasets?limit=200", shows: '"trace/hidden-trace"', seen_by: ["all", "traces:private"] },
  ],
  "/datasets/{format}/{table}": [
    { hidden: "/datasets/transfers/hidden", absent: "/datasets/transfers/nobody", seen_by: ["all", "traces:private"] },
    { hidden: "/datasets/tagpack/tags?edition=2026-06-01", absent: "/datasets/tagpack/tags?edition=2026-06-02", seen_by: ["all", "tags:own"] },
  ],
  "/datasets/{format}/{table}/rows": [{ hidden: "/datasets/trace/hidden-trace/rows", absent: "/datasets/trace/nobody/rows", seen_by: ["all", "traces:private"] }],
  "/lists": [],
  "/screening/{address}": [{ hidden: `/screening/${THIEF}?on=2024-09-27`, shows: "Our own suspicion", seen_by: [] }],
  "/screen": [],
  "/traces": [{ hidden: "/traces", shows: "hidden-trace", seen_by: ["all", "traces:private"] }],
  "/traces/{id}": [{ hidden: "/traces/hidden-trace", absent: "/traces/nobody-trace", seen_by: ["all", "traces:private"] }],
  ...Object.fromEntries(
    ["totals", "flows", "steps"].map((part) => [
      `/traces/{id}/${part}`,
      [{ hidden: `/traces/hidden-trace/${part}`, absent: `/traces/nobody-trace/${part}`, seen_by: ["all", "traces:private"] as KeyName[] }],
    ]),
  ),
  "/jobs/{id}": [],
  "/addresses/{address}": [
    { hidden: `/addresses/${THIEF}`, shows: "Our own suspicion", seen_by: ["all", "tags:own"] },
    { hidden: `/addresses/${THIEF}`, shows: "2024-03-03-hidden", seen_by: ["all", "claims:unreleased"] },
    { hidden: `/addresses/${THIEF}`, shows: "hidden-trace", seen_by: ["all", "traces:private"] },
    { hidden: `/addresses/${THIEF}`, shows: "transfers/hidden", seen_by: ["all", "traces:private"] },
  ],
  "/addresses/{address}/transfers": [{ hidden: `/addresses/${HOARD}/transfers`, absent: `/addresses/0x${"5".repeat(40)}/transfers`, seen_by: ["all", "traces:private"] }],
  "/addresses/{address}/neighbors": [
    { hidden: `/addresses/${HOARD}/neighbors?direction=out`, absent: `/addresses/0x${"5".repeat(40)}/neighbors?direction=out`, seen_by: ["all", "traces:private"] },
  ],
  "/addresses/{address}/lowest": [
    { hidden: `/addresses/${HOARD}/lowest?since=${hiddenTx}`, absent: `/addresses/0x${"5".repeat(40)}/lowest?since=${hiddenTx}`, seen_by: ["all", "traces:private"] },
  ],
  "/transactions/{txid}": [{ hidden: `/transactions/${hiddenTx}`, absent: `/transactions/0x${"5".repeat(64)}`, seen_by: ["all", "traces:private"] }],
  "/clusters/{address}": [],
  "/log": [{ hidden: `/log?limit=200`, shows: "Hidden Wallet", seen_by: [] }],
  "/log/checkpoint": [],
  "/log/consistency": [],
  "/log/{entry}": [{ hidden: `/log/${room.private_claim}`, shows: "Hidden Wallet", seen_by: [] }],
  "/graphsense/stats": [],
  "/graphsense/search": [{ hidden: `/graphsense/search?q=${HOARD}`, shows: `"${HOARD}"`, seen_by: ["all", "traces:private"] }],
  "/graphsense/tags": [{ hidden: "/graphsense/tags?label=our%20own%20suspicion", shows: THIEF, seen_by: ["all", "tags:own"] }],
  ...Object.fromEntries(
    ["", "/txs", "/neighbors?direction=out", "/entity"].map((part) => [
      `/graphsense/{currency}/addresses/{address}${part.replace(/\?.*/, "")}`,
      [{ hidden: `/graphsense/eth/addresses/${HOARD}${part}`, absent: `/graphsense/eth/addresses/0x${"5".repeat(40)}${part}`, seen_by: ["all", "traces:private"] as KeyName[] }],
    ]),
  ),
  "/graphsense/{currency}/addresses/{address}/tags": [{ hidden: `/graphsense/eth/addresses/${THIEF}/tags`, shows: "Our own suspicion", seen_by: ["all", "tags:own"] }],
  "/graphsense/{currency}/addresses/{address}/links": [
    { hidden: `/graphsense/eth/addresses/${HOARD}/links?neighbor=${THIEF}`, absent: `/graphsense/eth/addresses/0x${"5".repeat(40)}/links?neighbor=${THIEF}`, seen_by: ["all", "traces:private"] },
  ],
  ...Object.fromEntries(
    ["", "/addresses", "/txs", "/tags", "/neighbors", "/links"].map((part) => [`/graphsense/{currency}/entities/{entity}${part}`, []]),
  ),
  "/graphsense/{currency}/txs/{tx_hash}": [{ hidden: `/graphsense/eth/txs/${hiddenTx}`, absent: `/graphsense/eth/txs/0x${"5".repeat(64)}`, seen_by: ["all", "traces:private"] }],
  "/graphsense/{currency}/txs/{tx_hash}/spent_in": [],
  "/graphsense/{currency}/txs/{tx_hash}/spending": [],
  "/graphsense/{currency}/txs/{tx_hash}/{io}": [],
  "/graphsense/{currency}/token_txs/{tx_hash}": [{ hidden: `/graphsense/eth/token_txs/${hiddenTx}`, absent: `/graphsense/eth/token_txs/0x${"5".repeat(64)}`, seen_by: ["all", "traces:private"] }],
});

/** As test/api-newsroom.ts writes the ids of the set that is not released. */
const hiddenTx = `0xabc${"0".repeat(60)}1`;

describe("access", () => {
  let room: ApiNewsroom;
  before(async () => {
    room = await apiNewsroom();
  });
  after(() => room.stop());
  const ask = (name: KeyName, path: string) => room.get(`/v1${path}`, name === "none" ? {} : { key: room.keys[name] });

  test("every route stands in the matrix, and every cell of it comes out right", async (t) => {
    const matrix = cases(room);
    assert.deepEqual(
      [...new Set(ENDPOINTS.map(({ path }) => path))].filter((path) => !Object.hasOwn(matrix, path)),
      [],
    );
    const wrong: string[] = [];
    let cells = 0;
    for (const own of Object.values(matrix))
      for (const { hidden, absent, shows, seen_by } of own)
        for (const name of KEYS) {
          cells += 1;
          const answer = await ask(name, hidden);
          const seen = shows === undefined ? answer.status === 200 : answer.text.includes(shows);
          if (seen !== seen_by.includes(name)) wrong.push(`${hidden} with ${name}: ${answer.status} ${answer.text.slice(0, 160)}`);
          if (shows !== undefined && answer.status !== 200) wrong.push(`${hidden} with ${name}: ${answer.status}`);
          if (absent === undefined || seen) continue;
          const nothing = await ask(name, absent);
          if (nothing.status !== answer.status || nothing.text !== answer.text) wrong.push(`${hidden} with ${name}: ${answer.text} and not ${nothing.text}`);
        }
    assert.deepEqual(wrong, []);
    t.diagnostic(`${cells} cells, 0 wrong`);
  });

  test("a field that is marked private is served to nobody", async () => {
    const [seq] = room.newsroom.claim([{ subject: "party/one", field: "name_true", value: "A True Name" }]);
    for (const name of KEYS) {
      assert.equal((await ask(name, `/claims/${seq}`)).status, 404);
      assert.ok(!(await ask(name, "/claims?limit=200&subject=party/one")).text.includes("A True Name"));
      assert.equal((await ask(name, `/log/${seq}`)).json.state, "not released");
      assert.ok(!(await ask(name, `/log?kind=claim&limit=200`)).text.includes("A True Name"));
    }
  });

  test("with a key nothing is kept on the way; one that opens nothing is refused everywhere alike", async () => {
    const { headers } = await ask("all", "/thefts");
    assert.equal(headers["cache-control"], "private, no-store");
    assert.equal(headers.etag, undefined);
    for (const path of ["/thefts", "/thefts/nobody", "/traces/hidden-trace"]) {
      const refused = await room.get(`/v1${path}`, { key: room.keys.revoked });
      assert.equal(refused.status, 401);
      assert.equal(refused.headers["www-authenticate"], "Bearer");
      assert.equal(refused.text, (await room.get(`/v1${path}`, { headers: { authorization: "Basic abc" } })).text);
    }
  });

  test("absent and forbidden take the same time", async (t) => {
    const time = async (path: string) => {
      const from = performance.now();
      await ask("none", path);
      return performance.now() - from;
    };
    const pairs = [
      [`/claims/${room.private_claim}`, "/claims/9999999"],
      ["/thefts/2024-03-03-hidden", "/thefts/2024-03-03-nobody"],
      ["/traces/hidden-trace", "/traces/nobody-trace"],
    ] as const;
    const median = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
    for (const [hidden, absent] of pairs) {
      const times: [number[], number[]] = [[], []];
      for (let at = 0; at < 60; at++) {
        times[0].push(await time(hidden));
        times[1].push(await time(absent));
      }
      const difference_ms = Math.abs(median(times[0]) - median(times[1]));
      t.diagnostic(`${hidden}: ${difference_ms.toFixed(3)} ms apart at the median`);
      // TRUST asks for less than 5 ms.
      assert.ok(difference_ms < 5);
    }
  });

  test("a job over what is not released is its owner's alone", async () => {
    const asked = { from: HOARD };
    const publicly = await room.call("POST", "/v1/traces", { body: asked });
    assert.equal(publicly.status, 202);
    const named = await room.call("POST", "/v1/traces", { body: { ...asked, sets: ["hidden"] } });
    const nobody = await room.call("POST", "/v1/traces", { body: { ...asked, sets: ["nobody"] } });
    assert.equal(named.status, 404);
    assert.equal(named.text, nobody.text);
    const own = await room.call("POST", "/v1/traces", { body: { ...asked, sets: ["hidden"] }, key: room.keys.all });
    assert.equal(own.status, 202);
    const path = `/v1/jobs/${own.json.id}`;
    const done = await untilOver(room, path, room.keys.all);
    assert.equal(done.state, "done");
    assert.deepEqual(done.result.sets.map(({ name }: { name: string }) => name), ["transfers/hidden"]);
    const absent = await room.get(`/v1/jobs/${"0".repeat(32)}`);
    for (const key of [undefined, room.keys.other, room.keys["traces:private"]]) {
      const answer = await room.get(path, key === undefined ? {} : { key });
      assert.equal(answer.text, absent.text);
      assert.equal((await room.call("DELETE", path, key === undefined ? {} : { key })).text, absent.text);
    }
    // The same question without a key rests on what is released, where that address is not.
    const failed = await untilOver(room, `/v1/jobs/${publicly.json.id}`);
    assert.equal(failed.state, "failed");
    assert.equal(failed.problem.code, "NOT_FOUND");
    // A theft whose claims are not released is no seed for the public.
    const theft = await room.call("POST", "/v1/traces", { body: { from: "2024-03-03-hidden" } });
    assert.equal((await untilOver(room, `/v1/jobs/${theft.json.id}`)).problem.code, "NOT_FOUND");
    const seen = await room.call("POST", "/v1/traces", { body: { from: "2024-03-03-hidden" }, key: room.keys["claims:unreleased"] });
    assert.equal((await untilOver(room, `/v1/jobs/${seen.json.id}`, room.keys["claims:unreleased"])).state, "done");
  });

  test("a key is kept as a hash, and one made or revoked beside the running site counts at once", async () => {
    const store = openKeyStore(room.newsroom.folder, room.newsroom.effects);
    try {
      const { token } = store.add("late", ["claims:unreleased"]);
      assert.equal((await room.get("/v1/thefts/2024-03-03-hidden", { key: token })).status, 200);
      const { readFileSync } = await import("node:fs");
      const { join } = await import("node:path");
      for (const file of [KEYS_FILE, `${KEYS_FILE}-wal`]) assert.ok(!readFileSync(join(room.newsroom.folder, file)).includes(token.slice(4)), file);
      assert.throws(() => store.add("late", ["claims:unreleased"]), { code: "BAD_ARGUMENT" });
      assert.throws(() => store.add("odd", ["everything"]), { code: "BAD_ARGUMENT" });
      assert.throws(() => store.add("none", []), { code: "BAD_ARGUMENT" });
      store.revoke("late");
      assert.equal((await room.get("/v1/thefts/2024-03-03-hidden", { key: token })).status, 401);
      assert.throws(() => store.revoke("late"), { code: "NOT_FOUND" });
      assert.equal(store.list().filter(({ name, revoked }) => name === "late" && revoked !== null).length, 1);
    } finally {
      store.close();
    }
  });

  test("screening looks into released lists alone, whatever the key", async () => {
    const answer = await ask("all", `/screening/${LISTED}?on=2024-09-27`);
    assert.equal(answer.json.result.outcome, "listed");
  });
});

async function untilOver(room: ApiNewsroom, path: string, key?: string): Promise<any> {
  for (let at = 0; at < 600; at++) {
    const { json } = await room.get(path, key === undefined ? {} : { key });
    if (json.state !== "waiting" && json.state !== "running") return json;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the job does not end");
}
