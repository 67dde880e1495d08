// Traces as jobs: asked once, told how far, cancelled at once, held to their limits, and the same answer as the command line.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { apiNewsroom, LARGE, MARKET, THIEF, type ApiNewsroom } from "../../test/api-newsroom.ts";
import { askNewsroom, METHOD_NAMES } from "../tracing/tracing.ts";
import type { JobLimits } from "./jobs.ts";

const submit = (room: ApiNewsroom, body: object, headers: Record<string, string> = {}, remote?: string) =>
  room.call("POST", "/v1/traces", { body, headers, ...(remote === undefined ? {} : { remote }) });

async function untilOver(room: ApiNewsroom, id: string): Promise<any> {
  for (let at = 0; at < 1_200; at++) {
    const { json } = await room.get(`/v1/jobs/${id}`);
    if (json.state !== "waiting" && json.state !== "running") return json;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the job does not end");
}

/** So many transfers that a trace of them takes seconds. */
const longChain = (count: number): string =>
  "chain,txid,block,from,to,amount\n" +
  Array.from({ length: count }, (_, at) => `eip155:1,0x${at.toString(16).padStart(64, "e")},${at},0x${at.toString(16).padStart(40, "d")},0x${(at + 1).toString(16).padStart(40, "d")},1000000\n`).join("");
const CHAIN_START = `0x${"d".repeat(39)}0`;

describe("jobs", () => {
  let room: ApiNewsroom;
  before(async () => {
    room = await apiNewsroom();
  });
  after(() => room.stop());

  test("202, a place, a result: that of the command line, to the hash", async () => {
    const asked = await submit(room, { from: THIEF, sets: ["open"] });
    assert.equal(asked.status, 202);
    assert.equal(asked.headers.location, `/v1/jobs/${asked.json.id}`);
    assert.equal(asked.headers["cache-control"], "no-store");
    const job = await untilOver(room, asked.json.id);
    assert.equal(job.state, "done", JSON.stringify(job.problem));
    assert.equal(job.progress.stage, "done");
    assert.ok(job.progress.places_looked_at > 0);
    const same = await askNewsroom(room.newsroom, { from: THIEF, methods: [...METHOD_NAMES], direction: "forward" }, { sets: ["open"] });
    assert.equal(job.result.result_sha256, same.result_sha256);
    assert.deepEqual(job.result.methods, JSON.parse(JSON.stringify(same.result.methods)));
    const { seed } = job.result.methods.fifo.assets["eip155:1/slip44:60"];
    assert.equal(seed, String(LARGE - 1n));
  });

  test("for exploring: which kernel answered, the bound, and no hash", async () => {
    const job = await untilOver(room, (await submit(room, { from: THIEF, sets: ["open"], explore: true })).json.id);
    assert.equal(job.state, "done", JSON.stringify(job.problem));
    const exact = await untilOver(room, (await submit(room, { from: THIEF, sets: ["open"] })).json.id);
    assert.equal(job.result.result_sha256, undefined);
    assert.deepEqual(Object.keys(job.result.exploring).sort(), [...METHOD_NAMES].sort());
    for (const method of METHOD_NAMES) {
      const { kernel, why } = job.result.exploring[method];
      assert.ok(kernel === "fast" || why.length > 0, method);
      if (method !== "haircut" || kernel === "exact") assert.deepEqual(job.result.methods[method].assets, exact.result.methods[method].assets, method);
      else assert.match(job.result.methods.haircut.bound, /^\d+$/);
    }
  });

  test("the same key and body is the same job; another body is refused; keys of two networks are two", async () => {
    const headers = { "idempotency-key": "one" };
    const first = await submit(room, { from: THIEF, methods: ["fifo"] }, headers);
    const again = await submit(room, { methods: ["fifo"], from: THIEF }, headers);
    assert.equal(again.status, 202);
    assert.equal(again.json.id, first.json.id);
    const other = await submit(room, { from: THIEF, methods: ["lifo"] }, headers);
    assert.equal(other.status, 422);
    assert.equal(other.json.code, "IDEMPOTENCY_KEY_REUSED");
    const elsewhere = await submit(room, { from: THIEF, methods: ["lifo"] }, headers, "203.0.113.9");
    assert.equal(elsewhere.status, 202);
    assert.notEqual(elsewhere.json.id, first.json.id);
    await untilOver(room, first.json.id);
    room.newsroom.claim([{ subject: "theft/2024-02-02-gamma", field: "country", value: "CH" }]);
    assert.equal((await submit(room, { from: THIEF, methods: ["fifo"] }, headers)).json.id, first.json.id, "also when it is over and the log has grown");
    assert.equal((await submit(room, { from: THIEF }, { "idempotency-key": "with blank" })).json.code, "BAD_ARGUMENT");
    await untilOver(room, elsewhere.json.id);
  });

  test("a question that cannot be answered is refused at the door, or fails with its code", async () => {
    assert.equal((await submit(room, { from: THIEF, direction: "backward", methods: ["poison"] })).json.code, "BAD_ARGUMENT");
    assert.equal((await submit(room, { from: THIEF, sets: ["nobody"] })).status, 404);
    const unknown = await submit(room, { from: `0x${"4".repeat(40)}` });
    const job = await untilOver(room, unknown.json.id);
    assert.equal(job.state, "failed");
    assert.equal(job.problem.code, "NOT_FOUND");
    assert.equal(job.result, null);
    const backward = await untilOver(room, (await submit(room, { from: MARKET, direction: "backward", stops: { [THIEF]: { reason: "service", name: "S" } } })).json.id);
    assert.equal(backward.state, "done");
    assert.deepEqual(Object.keys(backward.result.methods), ["haircut", "fifo", "lifo"]);
  });
});

const withRoom = async (job_limits: Partial<JobLimits>, run: (room: ApiNewsroom) => Promise<void>) => {
  const room = await apiNewsroom({ job_limits });
  try {
    await run(room);
  } finally {
    await room.stop();
  }
};

describe("limits of jobs", () => {
  test("cancelling works at once, whether it runs or waits; the next one then runs; so many are yours at a time", async (t) => {
    await withRoom({ per_caller_max: 2, waiting_max: 2 }, async (room) => {
      await room.importAccounts("long", longChain(30_000), true);
      const running = await submit(room, { from: CHAIN_START });
      const waiting = await submit(room, { from: THIEF, sets: ["open"] });
      assert.equal(running.json.state, "running");
      assert.equal(waiting.json.state, "waiting");
      const third = await submit(room, { from: THIEF });
      assert.equal(third.status, 429);
      assert.equal(third.json.code, "TOO_MANY_JOBS");
      assert.equal(third.headers["retry-after"], "10");
      const elsewhere = await submit(room, { from: THIEF, methods: ["fifo"], sets: ["open"] }, {}, "198.51.100.4");
      assert.equal(elsewhere.json.state, "waiting");
      assert.equal((await submit(room, { from: THIEF }, {}, "198.51.101.4")).json.code, "TOO_MANY_JOBS", "all together");
      const from = performance.now();
      const cancelled = await room.call("DELETE", `/v1/jobs/${running.json.id}`);
      const took = performance.now() - from;
      t.diagnostic(`cancelled in ${took.toFixed(1)} ms`);
      assert.equal(cancelled.json.state, "cancelled");
      assert.ok(took < 500);
      assert.equal((await room.call("DELETE", `/v1/jobs/${running.json.id}`)).json.state, "cancelled", "twice is once");
      assert.equal((await untilOver(room, waiting.json.id)).state, "done");
      assert.equal((await untilOver(room, elsewhere.json.id)).state, "done");
    });
  });

  test("time: a job that takes longer ends, and says so; the site answers meanwhile", async () => {
    await withRoom({ time_ms_max: 300 }, async (room) => {
      await room.importAccounts("long", longChain(60_000), true);
      const asked = await submit(room, { from: CHAIN_START });
      const from = performance.now();
      assert.equal((await room.get("/v1/claims?limit=1")).status, 200);
      assert.ok(performance.now() - from < 250, "not behind the job");
      const job = await untilOver(room, asked.json.id);
      assert.equal(job.state, "failed");
      assert.equal(job.problem.code, "JOB_LIMIT");
      assert.equal(job.problem.status, 422);
    });
  });

  test("memory and length of an answer: the job ends, the process stays", async () => {
    await withRoom({ memory_mb_max: 24 }, async (room) => {
      await room.importAccounts("long", longChain(60_000), true);
      const job = await untilOver(room, (await submit(room, { from: CHAIN_START })).json.id);
      assert.equal(job.problem.code, "JOB_LIMIT");
      assert.match(job.problem.detail, /MB/);
      assert.equal((await room.get("/v1/claims?limit=1")).status, 200);
    });
    await withRoom({ result_bytes_max: 1_000 }, async (room) => {
      const job = await untilOver(room, (await submit(room, { from: THIEF })).json.id);
      assert.equal(job.problem.code, "JOB_LIMIT");
    });
  });

  test("what is over is kept for a while, and not for ever", async () => {
    await withRoom({ kept_max: 1 }, async (room) => {
      const ids: string[] = [];
      for (const method of ["fifo", "lifo", "tiho"]) {
        const { json } = await submit(room, { from: THIEF, methods: [method] });
        ids.push(json.id);
        await untilOver(room, json.id);
      }
      assert.equal((await room.get(`/v1/jobs/${ids[0]}`)).status, 404);
      assert.equal((await room.get(`/v1/jobs/${ids[2]}`)).status, 200);
    });
  });
});
