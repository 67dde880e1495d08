// Screening, exceptions, clusters and tags as an analyst types them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { repositoryRoot } from "./scale.ts";

const RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96";
const P = ["1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "1dice8EMZmqKvrGE4Qc9bUFf9PX3xaYDp", "1FfmbHfnpaZjKFvyi1okTjJJusN455paPH"];

describe("screen, exception, cluster", () => {
  const scratch = mkdtempSync(join(tmpdir(), "tracewire-screen-"));
  const run = (args: string[], input = "") => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts"), ...args], {
      cwd: repositoryRoot,
      env: { ...process.env, TRACEWIRE_DATA: join(scratch, "data"), NO_COLOR: "1", TRACEWIRE_BY: "analyst" },
      input,
      encoding: "utf8",
    });
    return { code: status, out: stdout, err: stderr };
  };
  const ok = (args: string[], input = "") => {
    const { code, out, err } = run(args, input);
    assert.equal(code, 0, `${args.join(" ")}\n${err}${out}`);
    return out;
  };
  const file = (name: string, text: string): string => {
    writeFileSync(join(scratch, name), text);
    return join(scratch, name);
  };
  const jsonLines = (out: string) =>
    out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  before(() => {
    ok(["import", "ofac-crypto", "demo/sources/ofac-crypto-2024-09-27/sanctioned_addresses_ETH.txt", "--edition", "2024-09-27", "--release"]);
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  test("a file and a pipe, as of a day; the exit code tells a finding", () => {
    const { code, out } = run(["screen", file("a.csv", `address,amount\n${RONIN},5\n\n0x0000000000000000000000000000000000000001,6\nnonsense,7\n`), "--as-of", "2024-09-27"]);
    assert.equal(code, 1);
    assert.match(out, /0x098B716B.* {2}listed/);
    assert.match(out, /3 addresses as of 2024-09-27: 1 listed, 1 not listed, 1 unknown; 1 to be looked at/);
    assert.match(out, /1 cannot be read as an address[^\n]*\n {2}nonsense: no address/, "named, not only counted");
    const slip = run(["screen", "-", "--as-of", "2024-09-27"], `${RONIN.replace("dC57", "dc57")}\n`);
    assert.equal(slip.code, 1, "one wrong capital of a listed account");
    assert.match(slip.out, /unknown\n[^]*of that account: The edition of 2024-09-27 has it[^]*1 address as of 2024-09-27: 1 unknown; 1 to be looked at/);
    assert.match(out, /Looked into: ofac-crypto 2024-09-27 \(entry \d+, 152 lines\)/);
    const lines = jsonLines(run(["screen", "-", "--as-of", "2024-09-27", "--json"], `${RONIN}\n`).out);
    assert.equal((lines[0] as { vintage: { edition: string }[] }).vintage[0]!.edition, "2024-09-27");
    assert.equal((lines[1] as { outcome: string }).outcome, "listed");
    assert.match(run(["screen", "-", "--as-of", "2024-09-27", "--csv"], `${RONIN}\n=1+1\n`).out, /\n'=1\+1,/);
    assert.equal(run(["screen", "-", "--as-of", "2018-01-01"], `${P[0]}\n`).code, 0);
    for (const [args, exit] of [[["screen", "-", "--as-of", "soon"], 2], [["screen", join(scratch, "none.txt")], 4], [["screen", "-"], 3], [["screen", "-", "--list", "un"], 2]] as const)
      assert.equal(run([...args]).code, exit, args.join(" "));
  });

  test("a name: how many entries contain a common one, with what tells them apart; both or neither of file and name is refused", () => {
    ok(["import", "ofac-sdn", "demo/sources/ofac-sdn-2021-07", "--edition", "2021-07", "--release"]);
    const { code, out } = run(["screen", "--name", "kim", "--as-of", "2021-07-15"]);
    assert.equal(code, 1);
    assert.match(out, /“kim” on 2021-07-15: part of names only/);
    assert.match(out, /\d+ entries of OFAC: Specially Designated Nationals contain it; the first 12:/);
    assert.match(out, /KIM, Jong Un \(OFAC: Specially Designated Nationals, number 20157, individual, DPRK3\)\n {4}born 08 Jan 1984, Chairman/);
    assert.match(out, /To narrow it down, write the whole name/);
    const [found] = jsonLines(run(["screen", "--name", "Lazarus Group", "--as-of", "2021-07-15", "--json"]).out) as unknown as [{ outcome: string; matches: { details: { aliases: string[] } }[] }];
    assert.deepEqual([found.outcome, found.matches[0]!.details.aliases.includes("HIDDEN COBRA")], ["listed", true]);
    assert.equal(run(["screen", "--name", "zzyzx", "--as-of", "2021-07-15"]).code, 0);
    for (const args of [["screen"], ["screen", "-", "--name", "kim"]]) assert.equal(run(args).code, 2);
  });

  test("an exception: refused without reason, end or chain; then the alarm is silent and the listing shown", () => {
    assert.equal(run(["exception", RONIN, "--until", "2027-01-01", "--why", "Reviewed in case 17"]).code, 2, "of several chains");
    assert.equal(run(["exception", `eip155:1:${RONIN}`, "--why", "Reviewed in case 17"]).code, 2, "without end");
    const until = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const made = jsonLines(ok(["exception", `eip155:1:${RONIN}`, "--until", until, "--why", "Reviewed in case 17", "--json"]));
    const shown = run(["screen", "-", "--as-of", "2024-09-27"], `eip155:1:${RONIN}\n`);
    assert.equal(shown.code, 0);
    assert.match(shown.out, /listed\n[^]*against {2}Exception \d+ by analyst \(holds/);
    ok(["exception", "--end", String((made[0] as { seq: number }).seq), "--why", "The review was wrong"]);
    assert.equal(run(["screen", "-", "--as-of", "2024-09-27"], `eip155:1:${RONIN}\n`).code, 1);
    assert.match(ok(["exception"]), /ended .* by analyst \(entry \d+\): The review was wrong/);
    ok(["verify"]);
  });

  test("exposure by way of others over imported transfers", () => {
    const rows = [`0xa,1,0x00000000000000000000000000000000000000aa,${RONIN},100`, `0xb,2,${RONIN},0x00000000000000000000000000000000000000bb,60`, "0xc,3,0x00000000000000000000000000000000000000bb,0x00000000000000000000000000000000000000cc,60"];
    ok(["import", "transfers", file("moves.csv", `txid,block,from,to,amount\n${rows.join("\n")}\n`), "--chain", "eip155:1"]);
    const { out } = run(["screen", "-", "--as-of", "2024-09-27", "--exposure", "--json"], "0x00000000000000000000000000000000000000cc\n");
    const { exposure } = jsonLines(out).at(-1) as unknown as { exposure: { address: string; methods: { method: string; tainted: string; path: { to: string }[] }[] }[] };
    assert.deepEqual(exposure.map(({ address }) => address), ["0x00000000000000000000000000000000000000cc"]);
    assert.deepEqual(exposure[0]!.methods.map(({ method, tainted, path }) => [method, tainted, path.length]), ["poison", "haircut", "fifo", "lifo", "tiho"].map((method) => [method, "60", 2]));
    assert.match(run(["screen", "-", "--as-of", "2024-09-27", "--exposure"], "0x00000000000000000000000000000000000000cc\n").out, /Exposure by way of others: 1 of the addresses[^]*100\.00 %[^]*only forward/);
  });

  test("a cluster: its joins, why two are together, kept; tags of one's own end a trace with --known", () => {
    const spend = (txid: string, block: number, payers: string[]) =>
      JSON.stringify({ txid, block, inputs: payers.map((address, vout) => ({ txid: `f${txid}`, vout, value: 1_000, addresses: [address] })), outputs: [{ value: 900, address: P[0] }] });
    ok(["import", "utxo", file("u.jsonl", `${spend("a", 1, [P[0]!, P[1]!])}\n${spend("b", 2, [P[1]!, P[2]!])}\n`)]);
    assert.match(ok(["cluster", P[2]!]), /3 addresses spent together[^]*68\.59 %/);
    assert.match(ok(["cluster", P[0]!, "--why", P[2]!]), /Together by 2 transactions:[^]*in a, block 1[^]*in b, block 2/);
    assert.match(ok(["cluster", P[0]!, "--why", P[2]!, "--payjoin", "b"]), /Not together/);
    assert.match(ok(["cluster", P[0]!, "--save", "payers", "--release"]), /Kept as payers \(entry \d+\)/);
    assert.match(ok(["cluster", P[0]!, "--save", "payers"]), /already/);
    assert.equal(run(["cluster", "1nobody"]).code, 4);

    ok(["import", "tags", file("my-tags.csv", "address,chain,label,category,source\n0x00000000000000000000000000000000000000bb,ETH,Some exchange,exchange,a letter\n")]);
    const [answer] = jsonLines(ok(["trace", "--from", RONIN.toLowerCase(), "--set", "moves", "--known", "--methods", "fifo", "--json"])) as unknown as { methods: { fifo: { assets: Record<string, { stops: Record<string, string> }> } } }[];
    assert.deepEqual(Object.values(answer!.methods.fifo.assets).map(({ stops }) => stops), [{ "0x00000000000000000000000000000000000000bb": "60" }]);
    ok(["verify"]);
  });
});
