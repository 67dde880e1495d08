// Following funds as an analyst types it: files in, five answers, a kept trace, a figure over it, the audit, the packet.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { allCommands } from "../src/cli.ts";
import { repositoryRoot } from "./scale.ts";

type Answer = {
  exploring?: Record<string, { kernel: string; why?: string }>;
  methods: Record<string, { assets: Record<string, { seed: string; held: Record<string, string>; stops: Record<string, string>; fees: Record<string, string>; floor: string; converted_in: string; converted_out: string; seed_unbacked?: string }>; excess?: Record<string, string> }>;
  result_sha256: string;
};

describe("tracewire trace", () => {
  const scratch = mkdtempSync(join(tmpdir(), "tracewire-trace-"));
  const data = join(scratch, "data");
  const apart = ["--data", join(scratch, "apart")];
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts"), ...args], {
      cwd: repositoryRoot,
      env: { ...process.env, TRACEWIRE_DATA: data, NO_COLOR: "1" },
      encoding: "utf8",
    });
    return { code: status, out: stdout, err: stderr };
  };
  const ok = (...args: string[]): string => {
    const { code, out, err } = run(...args);
    assert.equal(code, 0, `${args.join(" ")}\n${err}${out}`);
    return out;
  };
  const ask = (...args: string[]): Answer => JSON.parse(ok("trace", ...args, "--json").trim().split("\n").at(-1)!) as Answer;
  const file = (name: string, text: string): string => {
    const path = join(scratch, name);
    writeFileSync(path, text);
    return path;
  };

  before(() => {
    ok("import", "transfers", "demo/sources/lesson/lesson.csv", "--release");
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  test("a floor of one asset; a way over outputs; ranking over outputs is not offered; an unknown seed is not found", () => {
    const own = ["--data", join(scratch, "small")];
    const header = "chain,txid,block,from,to,asset,amount\n";
    const token = `eip155:1/erc20:0x${"22".repeat(20)}`;
    const [a, b, c] = ["a1", "b1", "c1"].map((byte) => `0x${byte.repeat(20)}`);
    ok("import", "transfers", file("two.csv", `${header}eip155:1,s,1,,${a},,10\neip155:1,s,1,,${a},${token},10\neip155:1,n,2,${a},${b},,5\neip155:1,m,3,${a},${c},${token},5\n`), ...own);
    const floored = (...floors: string[]) => {
      const { assets } = (JSON.parse(ok("trace", "--from", "s", "--methods", "fifo", ...floors.flatMap((floor) => ["--floor", floor]), ...own, "--json").trim().split("\n").at(-1)!) as Answer).methods.fifo!;
      return [assets["eip155:1/slip44:60"]!.floor, assets[token]!.floor];
    };
    assert.deepEqual([floored(), floored("6"), floored(`${token}=6`), floored("6", `${token}=5`)], [["0", "0"], ["5", "5"], ["0", "5"], ["5", "0"]]);
    assert.match(run("trace", "--from", "s", "--floor", "6", "--floor", "7", ...own).err, /given twice/);
    assert.match(ok("trace", "audit", "--from", "s", "--floor", `${token}=6`, "--methods", "fifo", "--out", join(scratch, "floors.html"), ...own), /Wrote/);
    assert.match(readFileSync(join(scratch, "floors.html"), "utf8"), /amounts below 6 base units/);

    const coins = ["--data", join(scratch, "coins")];
    const line = (txid: string, inputs: object[], outputs: object[]) => `${JSON.stringify({ txid, inputs, outputs })}\n`;
    const lines = [
      line("t0", [{ external: true, value: 50 }], [{ value: 50, address: "one" }]),
      line("t1", [{ txid: "t0", vout: 0, value: 50 }], [{ value: 30, address: "two" }, { value: 20, address: "one" }]),
      line("t2", [{ txid: "t1", vout: 0, value: 30 }], [{ value: 29, address: "three" }]),
    ];
    ok("import", "utxo", file("coins.jsonl", lines.join("")), ...coins);
    for (const end of ["three", "t2:0", "t2"]) assert.match(ok("trace", "path", "t0:0", end, ...coins), /1\. at most (29|30) base units, 2 transactions\n +t0:0 \(one\) → t1/, end);
    assert.match(ok("trace", "path", "t0:0", "nowhere", ...coins), /nothing of t0:0 reached nowhere/);
    assert.match(run("trace", "rank", "one", ...coins).err, /not offered for transactions with inputs and outputs/);

    ok("import", "transfers", file("untimed.csv", `from,to,amount\n${a},${b},5\n`), ...own);
    const { code, err } = run("trace", "--from", "nobody-at-all", ...own);
    assert.ok(code !== 0 && /NOT_FOUND/.test(err), err);
  });

  test("for exploring: the same units by the fast kernel, its refusals said, and nothing of it is kept", () => {
    const { methods, exploring, result_sha256 } = ask("--from", "invented-2", "--explore");
    const evidence = ask("--from", "invented-2").methods;
    assert.deepEqual(new Set(Object.values(exploring!).map(({ kernel }) => kernel)), new Set(["fast"]));
    assert.equal(result_sha256, undefined);
    for (const [name, { assets }] of Object.entries(methods)) assert.deepEqual(assets.native!.held, evidence[name]!.assets.native!.held, name);
    const deep = ask("--from", "invented-2", "--explore", "--depth", "2");
    assert.deepEqual([deep.exploring!.haircut!.kernel, deep.exploring!.fifo!.kernel], ["exact", "fast"]);
    assert.match(ok("trace", "--from", "invented-2", "--explore", "--depth", "2"), /haircut by the exact kernel, since the fast one refused: haircut_depth/);
    assert.match(ok("trace", "--from", "invented-2", "--explore"), /haircut by the fast kernel: no amount is further than \d+ base units from the exact one/);
    assert.match(ask("--from", "ada", "--explore", "--backward").exploring!.fifo!.why!, /^backward/);
    for (const kept of [["--save", "looked"], ["--csv"], ["--out", join(scratch, "looked.csv")]]) {
      const { code, err } = run("trace", "--from", "invented-2", "--explore", ...kept);
      assert.equal(code !== 0 && /never kept/.test(err), true, err);
    }
    assert.ok(!existsSync(join(scratch, "looked.csv")));
    assert.match(run("trace", "audit", "--from", "invented-2", "--explore").err, /Steps are the exact kernel's/);
  });

  test("five conventions over the lesson: what a reader works out on paper", () => {
    const { methods } = ask("--from", "invented-2");
    const held = Object.fromEntries(Object.entries(methods).map(([name, { assets }]) => [name, assets.native!.held]));
    assert.deepEqual(held, {
      poison: { ada: "80", ben: "90", cleo: "40", market: "40" },
      haircut: { ada: "32", ben: "36", cleo: "16", market: "16" },
      fifo: { ben: "70", cleo: "30" },
      lifo: { ada: "30", ben: "70" },
      tiho: { ada: "80", ben: "20" },
    });
    assert.equal(methods.poison!.excess!.native, "150");
    for (const [name, { assets }] of Object.entries(methods)) {
      const { seed, converted_in, held: at, stops, fees, floor, converted_out } = assets.native!;
      const sum = (amounts: Record<string, string>) => Object.values(amounts).reduce((total, amount) => total + Number(amount), 0);
      if (name !== "poison") assert.equal(Number(seed) + Number(converted_in), sum(at) + sum(stops) + sum(fees) + Number(floor) + Number(converted_out), name);
    }
  });

  test("the terminal shows the spread, and says what poison is", () => {
    const out = ok("trace", "--from", "invented-2");
    assert.match(out, /ada +80 +32 +· +30 +80 +80/);
    assert.match(out, /poison does not conserve: it counts 150 base units more/);
  });

  test("seeds of every form; amounts above what was there are marked", () => {
    assert.deepEqual(ask("--from", "thief", "--methods", "fifo").methods.fifo!.assets.native!.held, { ben: "70", cleo: "30" });
    const lot = ask("--from", "market@4=50", "--methods", "fifo").methods.fifo!.assets.native!;
    assert.deepEqual([lot.seed, lot.held], ["50", { cleo: "10", market: "40" }]);
    const above = ask("--from", "ada@5=100", "--methods", "tiho").methods.tiho!.assets.native!;
    assert.deepEqual([above.seed, above.seed_unbacked, above.held], ["100", "20", { ada: "100" }]);
  });

  test("limits: stops, depth, floor and until are rows with their reason", () => {
    const stopped = ask("--from", "invented-2", "--methods", "fifo", "--stop", "market=service").methods.fifo!.assets.native!;
    assert.deepEqual([stopped.held, stopped.stops], [{}, { market: "100" }]);
    assert.deepEqual(ask("--from", "invented-2", "--methods", "haircut", "--floor", "30").methods.haircut!.assets.native!.floor, "16");
    assert.deepEqual(ask("--from", "invented-2", "--methods", "fifo", "--depth", "1").methods.fifo!.assets.native!.stops, { market: "100" });
    assert.deepEqual(ask("--from", "invented-2", "--methods", "fifo", "--until", "2024-01-06").methods.fifo!.assets.native!.held, { ben: "70", market: "30" });
  });

  test("a stop is met however its address is spelt; one that the data does not hold is said", () => {
    const [payer, exchange] = ["0x00000000219ab540356cBB839Cbe05303d7705Fa", "0xdAC17F958D2ee523a2206206994597C13D831ec7"];
    const csv = file("spelt.csv", `chain,txid,time,from,to,amount\neip155:1,spelt-1,2024-01-01T00:00:00Z,${payer},${exchange.toLowerCase()},7\n`);
    ok("import", "transfers", csv, ...apart);
    const asked = ["--from", "spelt-1", "--methods", "fifo", ...apart, "--set", "spelt", "--stop", `${exchange}=service:Desk`, "--stop", "elsewhere=service"] as const;
    const found = ask(...asked) as Answer & { notes: string[] };
    assert.deepEqual(Object.values(found.methods.fifo!.assets)[0]!.stops, { [exchange.toLowerCase()]: "7" });
    assert.ok(found.notes.includes("It was told to end at elsewhere, which these transfers do not hold."), found.notes.join());
  });

  test("a way: whatever the spelling, each transfer in its own asset", () => {
    const [thief, pool, end] = ["0x00000000219ab540356cBB839Cbe05303d7705Fa", "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", "0x28C6c06298d514Db089934071355E5743bf21d60"];
    const token = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
    const first = `0x${"3".repeat(40)}`;
    const rows = [`way-1,1,0,${first},${thief},,2000000000000000000`, `way-2,2,0,${thief},${pool},,2000000000000000000`, `way-2,2,1,${pool},${thief},${token},70`, `way-3,3,0,${thief},${end},${token},70`];
    ok("import", "transfers", file("way.csv", ["txid,block,index,from,to,asset,amount", ...rows].join("\n")), "--chain", "eip155:1", ...apart);
    const out = ok("trace", "path", first, end!, "--set", "way", ...apart);
    assert.match(out, /at most 70 base units, 2 transfers/);
    assert.match(out, /  2 ETH  way-1/);
  });

  test("a place in the order is one of the account's own chain", () => {
    const [x, y] = [1, 2].map((digit) => `0x${String(digit).repeat(40)}`);
    const rows = [`eip155:1,two-1,5,0,0,2024-01-01T00:00:00Z,,${x},100`, `eip155:1,two-2,20,0,0,2024-01-02T00:00:00Z,${x},${y},100`, `eip155:10,two-3,3,0,0,2024-01-01T00:00:00Z,,${y},100`];
    ok("import", "transfers", file("two-chains.csv", ["chain,txid,block,tx_index,index,time,from,to,amount", ...rows].join("\n")), ...apart);
    const { held } = Object.values(ask("--from", `${x}@10=60`, ...apart, "--set", "two-chains", "--methods", "fifo").methods.fifo!.assets)[0]!;
    assert.deepEqual(held, { [y!]: "60" });
  });

  test("backward: exact for two, refused for two", () => {
    const { methods } = ask("--from", "ben@7=90", "--backward");
    assert.deepEqual(Object.keys(methods), ["haircut", "fifo", "lifo"]);
    assert.deepEqual(methods.fifo!.assets.native!.stops, { savers: "20", victim: "70" });
    const { code, err } = run("trace", "--from", "ben@7=90", "--backward", "--methods", "poison");
    assert.equal(code, 2);
    assert.match(err, /poison has no answer backward: what it calls tainted depends on where taint began/);
  });

  test("what cannot be asked is refused with its place and what to do", () => {
    for (const [args, pattern] of [
      [["--from", "nobody"], /hold neither an address nor a transaction "nobody"/],
      [["--from", "invented-2", "--methods", "fifo,best"], /"best" is no method/],
      [["--from", "invented-2=5"], /an amount needs a place/],
      [["--from", "ada@5"], /names no amount/],
      [["--from", "invented-2", "--floor", "0.5"], /whole number of base units/],
      [["--from", "invented-2", "--set", "elsewhere"], /No set of transfers "elsewhere"/],
      [[], /--from is missing/],
    ] as const) {
      const { code, err } = run("trace", ...args);
      assert.ok(code === 2 || code === 4, `${args.join(" ")}: ${code} ${err}`);
      assert.match(err, pattern);
      assert.match(err, /what to do: /);
    }
  });

  test("outputs: a theft by txid:vout", () => {
    const lines = [
      { txid: "t1", inputs: [{ external: true, value: 8 }], outputs: [{ value: 8, address: "a" }] },
      { txid: "t2", inputs: [{ external: true, value: 4 }], outputs: [{ value: 4, address: "b" }] },
      { txid: "t3", inputs: [{ txid: "t2", vout: 0 }, { txid: "t1", vout: 0 }], outputs: [{ value: 5, address: "c" }, { value: 6, address: "d" }] },
    ].map((one, at) => JSON.stringify({ time: `2024-01-0${at + 1}T00:00:00Z`, ...one }));
    ok("import", "utxo", file("outputs.jsonl", `${lines.join("\n")}\n`));
    const { methods } = ask("--from", "t1:0=8", "--methods", "fifo,lifo");
    assert.deepEqual(methods.fifo!.assets.native!, { ...methods.fifo!.assets.native!, held: { "t3:0": "1", "t3:1": "6" }, fees: { t3: "1" } });
    assert.deepEqual(methods.lifo!.assets.native!.held, { "t3:0": "5", "t3:1": "3" });
  });

  test("kept, asked again, compared, audited, counted over, proven", () => {
    ok("trace", "--from", "invented-2", "--save", "lesson", "--title", "A lesson", "--release");
    assert.match(run("trace", "--from", "invented-2", "--save", "lesson").err, /Kept as lesson already, with the same answer/);
    assert.match(ok("reproduce", "lesson"), /^same +trace lesson/);
    assert.match(ok("trace", "list"), /^lesson +A lesson\n +from invented-2; forward; poison, haircut, fifo, lifo, tiho; over[^]*39 steps;\s+kept \d{4}-[^]*; public\n$/);
    ok("trace", "--from", "invented-2", "--methods", "fifo", "--stop", "ben=service", "--save", "stopped");
    assert.match(ok("trace", "compare", "lesson", "stopped"), /Not the same question: methods poison, haircut, fifo, lifo, tiho and fifo; stops nothing and\s+ben=service\./);
    assert.doesNotMatch(ok("trace", "compare", "lesson", "stopped"), /\nlifo /, "what was not asked is not nothing");
    for (const method of ["fifo", "lifo"]) ok("trace", "--from", "invented-2", "--set", "lesson", "--methods", method, "--save", `by-${method}`);
    assert.match(ok("trace", "compare", "by-fifo", "by-lifo"), /methods fifo and lifo[^]*fifo → lifo +held +30 +0 +−30 +base units cleo/);
    assert.match(ok("trace", "compare", "lesson", "stopped"), /fifo +held +70 +0 +−70 +base units ben/);
    assert.match(ok("trace", "audit", "lesson"), /^step,method,asset,rule,place,from,before,in,out,after,amount,balance,rounding,transfer,reason/);
    const book = join(scratch, "steps.xlsx");
    ok("trace", "audit", "lesson", "--out", book);
    assert.equal(readFileSync(book).subarray(0, 2).toString(), "PK");
    assert.match(ok("trace", "path", "thief", "cleo"), /1\. at most 30 base units, 2 transfers/);
    const spec = { id: "lesson-fifo-ben", title: "At ben, first in first out", measure: "rows", of: "row", dataset: "trace/lesson", take: "sum", column: "amount", unit: "base units", where: [{ column: "method", is: ["fifo"] }, { column: "place", is: ["ben"] }] };
    ok("figure", "--define", file("figure.json", JSON.stringify(spec)));
    assert.match(ok("figure", "lesson-fifo-ben"), /^70 base units/);
    assert.match(ok("verify"), /Clean/);
  });

  test("every example that the commands of tracing teach works as it stands, on the demo's sources", async () => {
    // What the demo newsroom holds of them: the lesson, the trace kept over it, and Bitcoin's first blocks.
    ok("import", "bitcoin-block", "demo/sources/bitcoin-real-blocks/blocks1-255.dat", "--release");
    ok("import", "ofac-crypto", "demo/sources/ofac-crypto-2024-09-27", "--edition", "2024-09-27", "--release");
    ok("import", "ofac-sdn", "demo/sources/ofac-sdn-2021-07", "--edition", "2021-07", "--release");
    const taught = (await allCommands()).filter(({ name }) => ["trace", "cluster", "freeze", "screen"].includes(name)).flatMap(({ examples }) => examples.map(([call]) => call));
    assert.ok(taught.length >= 9, taught.join("\n"));
    for (const call of taught) {
      const [, input, line] = /^(?:echo (\S+) \| )?tracewire (.+)$/.exec(call)!;
      const words = [...line!.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
      // What a command writes goes to the test's own folder.
      const args = words.map((word, at) => (words[at - 1] === "--out" ? join(scratch, `taught-${word}`) : word));
      const { status, stderr } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts"), ...args], {
        cwd: repositoryRoot,
        env: { ...process.env, TRACEWIRE_DATA: data, NO_COLOR: "1" },
        encoding: "utf8",
        input: input ?? "",
      });
      // A screen says by its exit code that somebody is on a list.
      assert.ok(status === 0 || (args[0] === "screen" && status === 1), `${call}: ${status} ${stderr}`);
    }
  });

  test("a packet for a service: letter, tables, sums, and a proof that checks itself", () => {
    const out = join(scratch, "packet");
    assert.match(run("freeze", "lesson", "--service", "Nobody", "--contact", "x", "--out", out).err, /Nothing of the trace lesson lies at "Nobody"/);
    assert.ok(!existsSync(out));
    ok("freeze", "lesson", "--service", "The market", "--address", "market", "--contact", "desk@example.org", "--out", out);
    const sums = spawnSync("sha256sum", ["-c", "SHA256SUMS"], { cwd: out, encoding: "utf8" });
    assert.equal(sums.status, 0, sums.stdout);
    assert.match(readFileSync(join(out, "addresses.csv"), "utf8"), /,market,native,base units,40,16,0,0,0,0,16,16,named by the sender/);
    assert.match(readFileSync(join(out, "transactions.csv"), "utf8"), /2024-01-03T09:00:00Z,second,,,invented-3,,thief,market,native,base units,100,/);
    assert.match(ok("verify", "--bundle", join(out, "proof.json")), /clean|Clean|verifies/);
    // A packet of a trace that is not public: its bundle is whole and proves nothing of it, and says so.
    const [hidden, proofless] = [join(scratch, "hidden-packet"), join(scratch, "hidden-packet", "proof.json")];
    ok("trace", "--from", "invented-2", "--stop", "market=service:The market", "--save", "not-public");
    assert.match(run("freeze", "not-public", "--service", "The market", "--contact", "x", "--out", hidden).err, /The trace is not public: proof\.json proves nothing of it yet/);
    const kept = /"outcome":"saved","seq":(\d+)/.exec(ok("trace", "--from", "invented-2", "--stop", "market=service:Another", "--save", "by-its-entry", "--json"))![1]!;
    assert.match(ok("release", kept), /Released \(entry \d+\): \d+, \d+, \d+, \d+$/m, "a trace goes out with the tables that its page shows");
    assert.match(ok("verify", "--bundle", proofless), /not in it: entry \d+, not released\n[^]*Clean, as far as it goes: of what is not released \(\d\) it proves nothing/);
    assert.equal(readFileSync(join(out, "letter.pdf")).subarray(0, 5).toString(), "%PDF-");
    assert.match(run("freeze", "lesson", "--service", "The market", "--address", "market", "--contact", "x", "--out", out).err, /there already/);
  });

  test("ranked: where to look further, with what tags say, and that it is no evidence", () => {
    const out = ok("trace", "rank", "thief");
    assert.match(out, /1 +ben +0\.222404\n +2 +ada/);
    assert.match(out, /are no amounts of money: they say where to look further, and are no\s+evidence/);
    for (const [args, pattern] of [
      [[], /Seen from which address/],
      [["nobody"], /neither an address nor a transaction "nobody"/],
      [["invented-2"], /begins at addresses, and "invented-2" is none/],
      [["thief", "--method", "pagerank"], /"pagerank" is no ranking/],
    ] as const)
      assert.match(run("trace", "rank", ...args).err, pattern);
    const [payer, taker] = [`0x${"1".repeat(40)}`, `0x${"2".repeat(40)}`];
    ok("import", "transfers", file("tagged.csv", `txid,block,from,to,amount\n0x${"a".repeat(64)},1,${payer},${taker},5\n`), "--chain", "eip155:1");
    ok("import", "tags", file("shops.csv", `address,chain,label,category,source\n${taker},eip155:1,A shop,exchange,a note\n`));
    const set = ["--set", "transfers/tagged"];
    assert.match(ok("trace", "rank", payer, ...set), new RegExp(`${taker} +0\\.\\d{6} +A shop \\(`));
    const { ranks, method, note } = JSON.parse(ok("trace", "rank", payer, "--method", "appr", ...set, "--json")) as { ranks: { address: string; chain: string; score: number; tags: { label: string }[] }[]; method: string; note: string };
    assert.deepEqual([method, ranks.map(({ chain, address, tags }) => [chain, address, tags.map(({ label }) => label)])], ["appr", [["eip155:1", payer, []], ["eip155:1", taker, ["A shop"]]]]);
    assert.match(note, /no evidence/);
  });

  test("as files for other programs: Parquet, CSV and GraphML say the same, amounts beyond 64 bits whole", async () => {
    const most = 2n ** 256n - 1n;
    ok("import", "transfers", file("large.csv", `txid,block,from,to,amount\nbig-1,1,mine,robber,${most}\nbig-2,2,robber,fence,${most - 1n}\n`));
    const large = ["--from", "big-1", "--methods", "fifo", "--set", "transfers/large"];
    const path = join(scratch, "out", "places.parquet");
    const { result_sha256 } = ask(...large);
    assert.deepEqual(JSON.parse(ok("trace", ...large, "--parquet", "--out", path, "--json")), { out: path, form: "parquet", result_sha256 });
    const bytes = readFileSync(path);
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const rows = await parquetReadObjects({ file: buffer });
    const held = rows.filter(({ what }) => what === "held").map(({ place, amount }) => [place, amount]);
    assert.deepEqual(held, [["fence", String(most - 1n)], ["robber", "1"]]);
    assert.deepEqual(parquetMetadata(buffer).key_value_metadata, [{ key: "result_sha256", value: result_sha256 }]);

    const csv = ok("trace", ...large, "--csv");
    const cells = csv.trim().split(/\r?\n/).map((line) => line.split(","));
    assert.deepEqual(rows.map((row) => Object.values(row)), cells.slice(1));
    assert.deepEqual(Object.keys(rows[0]!), cells[0]);
    for (const form of ["csv", "graphml"] as const) {
      const out = join(scratch, `places.${form}`);
      assert.match(ok("trace", ...large, "--out", out), /^Wrote /);
      assert.equal(readFileSync(out, "utf8").trimEnd(), ok("trace", ...large, `--${form}`).trimEnd());
    }
    for (const [args, pattern] of [
      [["--parquet"], /Parquet is no text for a terminal/],
      [["--csv", "--parquet", "--out", path], /One form at a time, not --csv and --parquet/],
      [["--out", "places.xlsx"], /ends in none of \.csv, \.graphml, \.parquet/],
    ] as const)
      assert.match(run("trace", ...large, ...args).err, pattern);
  });
});
