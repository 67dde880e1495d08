// Whether programs written for GraphSense get what they expect: every answer against its published description, and its own
// test data against what its pipeline made of it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import Schema from "typebox/schema";
import { parse } from "yaml";
import { apiNewsroom, bytesFile, LARGE, LISTED, THIEF, TOKEN, txid, utxoId, VICTIM, type ApiNewsroom } from "../../test/api-newsroom.ts";
import { corpus } from "../../test/scale.ts";
import { importTransfers, TRANSFER_READERS } from "../tracing/tracing.ts";
import { ENDPOINTS } from "./endpoints.ts";

const description = corpus(join("vectors", "graphsense-openapi", "graphsense.yaml"));
const vectors = corpus(join("vectors", "graphsense-utxo"));
const BASE = "/v1/graphsense";
const SPENDER = "12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX";

describe("GraphSense's interface", () => {
  let room: ApiNewsroom;
  before(async () => {
    room = await apiNewsroom();
  });
  after(() => room.stop());
  const get = async (path: string) => (await room.get(BASE + path)).json;

  test("every answer has the shape of the published description", { skip: description.skip }, async (t) => {
    const document = parse(readFileSync(description.path!, "utf8")) as any;
    const asked: [path: string, own: string][] = [
      ["/stats", "/stats"],
      ["/search", "/search?q=0x222"],
      ["/tags", "/tags?label=lazarus%20group"],
      ...["eth", "btc"].flatMap((currency): [string, string][] => {
        const [a, b, hash] = currency === "eth" ? [THIEF, VICTIM, txid(2)] : [SPENDER, "1FvzCLoTPGANNjWoUo6jUGuAG3wg1w4YjR", utxoId(3)];
        const address = `/${currency}/addresses/${a}`;
        return [
          ["/{currency}/addresses/{address}", address],
          ["/{currency}/addresses/{address}/txs", `${address}/txs`],
          ["/{currency}/addresses/{address}/txs", `${address}/txs?direction=out&order=asc&pagesize=2`],
          ["/{currency}/addresses/{address}/tags", `/${currency}/addresses/${LISTED}/tags`],
          ["/{currency}/addresses/{address}/neighbors", `${address}/neighbors?direction=out&include_labels=true`],
          ["/{currency}/addresses/{address}/neighbors", `${address}/neighbors?direction=in`],
          ["/{currency}/addresses/{address}/entity", `${address}/entity`],
          ["/{currency}/addresses/{address}/links", currency === "eth" ? `/${currency}/addresses/${b}/links?neighbor=${a}` : `${address}/links?neighbor=${b}`],
          ["/{currency}/entities/{entity}", `/${currency}/entities/1`],
          ["/{currency}/entities/{entity}/addresses", `/${currency}/entities/1/addresses`],
          ["/{currency}/entities/{entity}/txs", `/${currency}/entities/1/txs`],
          ["/{currency}/entities/{entity}/tags", `/${currency}/entities/1/tags`],
          ["/{currency}/entities/{entity}/neighbors", `/${currency}/entities/1/neighbors?direction=out`],
          ["/{currency}/entities/{entity}/links", `/${currency}/entities/1/links?neighbor=3`],
          ["/{currency}/txs/{tx_hash}", `/${currency}/txs/${hash}?include_io=true`],
        ];
      }),
      ["/{currency}/token_txs/{tx_hash}", `/eth/token_txs/${txid(3)}`],
      ["/{currency}/txs/{tx_hash}/{io}", `/btc/txs/${utxoId(3)}/inputs`],
      ["/{currency}/txs/{tx_hash}/{io}", `/btc/txs/${utxoId(3)}/outputs`],
      ["/{currency}/txs/{tx_hash}/spent_in", `/btc/txs/${utxoId(3)}/spent_in`],
      ["/{currency}/txs/{tx_hash}/spending", `/btc/txs/${utxoId(3)}/spending`],
    ];
    for (const [path, own] of asked) {
      const answer = await room.get(BASE + own);
      const { schema } = document.paths[path].get.responses["200"].content["application/json"];
      const check = Schema.Compile({ ...schema, components: document.components } as never);
      assert.equal(answer.status, 200, `${own}: ${answer.text}`);
      assert.ok(check.Check(answer.json), `${own}: ${JSON.stringify(check.Errors(answer.json)).slice(0, 500)} in ${answer.text.slice(0, 400)}`);
    }
    // And every address of ours there is one of theirs, with parameters that theirs has.
    for (const { path, query } of ENDPOINTS.filter((one) => one.path.startsWith("/graphsense"))) {
      const theirs = document.paths[path.replace("/graphsense", "")];
      assert.ok(theirs, path);
      const known = (theirs.get.parameters ?? []).map(({ $ref }: { $ref: string }) => document.components.parameters[$ref.split("/").at(-1)!].name as string);
      for (const name of Object.keys(query?.properties ?? {}))
        assert.ok(known.includes(name) || name === "include_actors" || name === "exclude_best_address_tag", `${path}: ${name}`);
    }
    t.diagnostic(`${asked.length} answers`);
  });

  test("amounts stay whole in the text, beyond what a float holds", async () => {
    const { text } = await room.get(`${BASE}/eth/addresses/${THIEF}`);
    assert.match(text, new RegExp(`"total_received":\\{"fiat_values":\\[\\],"value":${LARGE - 1n}\\}`));
    assert.deepEqual((await get(`/eth/addresses/${THIEF}`)).token_balances[TOKEN], { fiat_values: [], value: 380 });
  });

  test("what comes in and goes out, by the rules for outputs: an entity of two that spend together", async () => {
    const entity = await get(`/btc/addresses/${SPENDER}/entity`);
    assert.equal(entity.no_addresses, 2);
    assert.equal(entity.total_spent.value, 10_000_000_000);
    assert.equal(entity.balance.value, 0);
    const { address_txs } = await get(`/btc/entities/${entity.entity}/txs?direction=out`);
    assert.deepEqual(address_txs.map(({ tx_hash, value }: any) => [tx_hash, value.value]), [[utxoId(3), -10_000_000_000]]);
    const { neighbors } = await get(`/btc/entities/${entity.entity}/neighbors?direction=out`);
    assert.deepEqual(neighbors.map(({ value, entity: other }: any) => [other.root_address, value.value]), [
      ["1FvzCLoTPGANNjWoUo6jUGuAG3wg1w4YjR", 9_000_000_000],
      ["15ubicBBWFnvoZLT7GiU2qxjRaKJPdkDMG", 990_000_000],
    ]);
    assert.deepEqual(await get(`/btc/txs/${utxoId(3)}/spent_in`), [{ input_index: 0, output_index: 0, tx_hash: utxoId(4) }]);
    assert.deepEqual(await get(`/btc/txs/${utxoId(3)}/spending?io_index=1`), [{ input_index: 1, output_index: 0, tx_hash: utxoId(2) }]);
  });

  test("pages: each once, in order, and the mark of one list opens no other", async () => {
    const path = `/eth/addresses/${THIEF}/txs`;
    const whole = (await get(`${path}?pagesize=200`)).address_txs;
    const seen: unknown[] = [];
    let page: string | undefined;
    do {
      const found: any = await get(`${path}?pagesize=9${page ? `&page=${page}` : ""}`);
      seen.push(...found.address_txs);
      page = found.next_page;
    } while (page !== undefined);
    assert.deepEqual(seen, whole);
    const heights = whole.map(({ height }: { height: number }) => height);
    assert.deepEqual(heights, [...heights].sort((a, b) => b - a));
    const first = (await get(`${path}?pagesize=9`)).next_page;
    assert.equal((await get(`/eth/addresses/${VICTIM}/txs?page=${first}`)).code, "BAD_ARGUMENT");
    assert.equal((await get(`${path}?direction=in&page=${first}`)).code, "BAD_ARGUMENT");
    const between = (await get(`${path}?min_height=10&max_height=12&order=asc`)).address_txs;
    assert.deepEqual(between.map(({ height }: { height: number }) => height), [10, 11, 12]);
  });

  test("what is not held is a problem: another currency, a chain without the address, inputs of an account", async () => {
    for (const path of ["/xyz/addresses/a", `/btc/addresses/${THIEF}`, `/eth/txs/${txid(2)}/inputs`, "/btc/entities/999", `/btc/entities/2`, "/usdt/entities/1"])
      assert.equal((await get(path)).code, "NOT_FOUND", path);
  });

  test("GraphSense's own ten transactions: addresses, entities and their neighbours come out as its pipeline's", { skip: vectors.skip }, async (t) => {
    const lines = (...name: string[]) =>
      readFileSync(join(vectors.path!, ...name), "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, any>);
    const rows = lines("test_txs.json").map(({ txHash, blockId, timestamp, coinbase, inputs, outputs }) =>
      JSON.stringify({
        txid: txHash,
        block: blockId,
        time: new Date(timestamp * 1_000).toISOString(),
        inputs: coinbase ? [{ external: true, value: outputs[0].value }] : inputs.map((input: any) => ({ external: true, value: input.value, addresses: input.address })),
        outputs: outputs.map((output: any) => ({ value: output.value, ...(output.address.length === 1 ? { address: output.address[0] } : {}) })),
      }),
    );
    const reader = TRANSFER_READERS.find(({ format }) => format === "utxo")!;
    const { seq } = await importTransfers(room.newsroom, reader, [bytesFile("graphsense.jsonl", rows.join("\n"))], { by: "test", retrieved_at: "2026-01-01T00:00:00Z", name: "graphsense", release: true });
    assert.ok(seq > 0);
    const reference = lines("reference", "addresses.json");
    assert.ok(reference.length > 0);
    const ids = new Map(lines("reference", "address_ids.json").map(({ addressId, address }) => [addressId, address]));
    let compared = 0;
    for (const row of reference) {
      const name = ids.get(row.addressId) ?? row.address;
      if (name === undefined || name === "coinbase") continue;
      const own = await get(`/none/addresses/${name}`);
      assert.equal(own.total_received.value, row.totalReceived.value, name);
      assert.equal(own.total_spent.value, row.totalSpent.value, name);
      assert.equal(own.no_incoming_txs, row.noIncomingTxs, name);
      assert.equal(own.no_outgoing_txs, row.noOutgoingTxs, name);
      compared += 1;
    }
    assert.ok(compared > 0);
    t.diagnostic(`${compared} addresses compared`);
  });
});
