// Every command as a person and as a program meets it: output, JSON, exit codes, refusals that name place and remedy.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { allCommands } from "../src/cli.ts";
import { repositoryRoot } from "./scale.ts";

type Result = { code: number | null; out: string; err: string; json: () => Record<string, never>[] };

describe("the command line", () => {
  const scratch = mkdtempSync(join(tmpdir(), "tracewire-cli-"));
  const data = join(scratch, "data");
  const tracewire = (args: string[], input?: string): Result => {
    const done = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts"), ...args], {
      cwd: repositoryRoot,
      env: { ...process.env, TRACEWIRE_DATA: data, NO_COLOR: "1" },
      input: input ?? "",
      encoding: "utf8",
    });
    return {
      code: done.status,
      out: done.stdout,
      err: done.stderr,
      json: () =>
        done.stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as Record<string, never>),
    };
  };
  const refused = (args: string[], code: number, pattern: RegExp) => {
    const result = tracewire(args);
    assert.equal(result.code, code, `${args.join(" ")}: ${result.err}${result.out}`);
    assert.match(result.err, pattern);
    assert.match(result.err, /what to do: /);
    const json = tracewire([...args, "--json"])
      .json()
      .at(-1) as unknown as { error: { code: string; hint: string } };
    assert.match(json.error.code, /^[A-Z_]+$/);
  };
  before(() => {
    assert.equal(tracewire(["import", "casefile", "demo/casefile", "--release"]).code, 0);
    for (const file of ["panel-2024-table-count", "panel-2024-table-usd", "panel-2024-published-count"])
      assert.equal(tracewire(["figure", "--define", `demo/figures/${file}.json`]).code, 0);
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  test("every command teaches itself, with an example and its exit codes", async () => {
    const commands = await allCommands();
    for (const command of commands) {
      const { code, out } = tracewire([command.name, "--help"]);
      assert.equal(code, 0);
      assert.match(out, /Examples:/);
      assert.match(out, /Exit codes:/);
      assert.ok(out.includes(command.examples[0]![0]), command.name);
      for (const [call, about] of command.actions ?? []) assert.ok(out.includes(`  ${call}\n      ${about}\n`), `${command.name} ${call}: ${out}`);
    }
    for (const { name, actions, arguments: taken = "" } of commands.filter((command) => command.actions)) {
      // What a wrong word is told to choose from is what the help teaches.
      const { err, code } = tracewire([name, "nonsense", ...(/> </.test(taken) ? ["x"] : [])]);
      assert.equal(code, 2, name);
      // "stix, ftm, misp FOLDER" teaches three.
      const taught = actions!.flatMap(([call]) => /^[a-z-]+(, [a-z-]+)*/.exec(call)![0].split(", "));
      for (const word of taught) assert.match(err, new RegExp(`\\b${word}\\b`), name);
      const told = /Actions: (.*?)\.?$/m.exec(err)?.[1]?.split(", ");
      if (told) assert.deepEqual(told.toSorted(), taught.toSorted(), name);
    }
    assert.deepEqual(
      commands.filter((command) => command.arguments?.includes("action") && !command.actions).map(({ name }) => name),
      [],
    );
    assert.match(tracewire(["--help"]).out, /evidence, claims, figures, stories/);
    refused(["figur"], 2, /unknown command/);
    refused(["figure", "--nope"], 2, /unknown option/);
  });
  test("import without --release, then with it: what is printed is what happened, and a file that is not there makes no folder", () => {
    const folder = join(scratch, "import-twice");
    const run = (...args: string[]) => tracewire(["import", ...args, "--data", folder]);
    assert.equal(run("auto", "demo/sources/nothing.json").code, 4);
    assert.equal(existsSync(folder), false);
    mkdirSync(join(scratch, "tables"));
    copyFileSync("demo/casefile/resolutions.csv", join(scratch, "tables", "resolutions.csv"));
    const calls: [shown: RegExp, ...args: string[]][] = [
      [/37 rows/, "misp-actors", "demo/sources/misp-threat-actors/threat-actor.dprk.json", "--licence", "MISP"],
      [/transfers/, "transfers", "demo/try/transfers.csv"],
      [/claims/, "casefile", join(scratch, "tables")],
    ];
    for (const [shown, ...args] of calls) {
      const { out } = run(...args);
      assert.match(out, shown);
      assert.match(out, /Readers do not see it yet\. Next: the same command with --release\./, args.join(" "));
      assert.match(run(...args, "--release").out, /public from now on|What of them was not public is now/, args.join(" "));
      assert.doesNotMatch(run(...args, "--release").out, /public from now on|What of them was|do not see it yet/, args.join(" "));
    }
  });
  test("a table that is not there, and a file of no known format, say what is there", () => {
    refused(["claim", "--capture", "1", "--from-table", "9", "--kind", "theft", "--claimant", "Somebody", "--dry-run"], 2, /--from-table 9: the capture has one table \[BAD_ARGUMENT\][^]*They count from 1\. 1: /);
    const [own, semicolons] = ["own.csv", "semicolons.csv"].map((name) => join(scratch, name)) as [string, string];
    writeFileSync(own, "hash,sender,receiver,value\na,b,c,1\n");
    writeFileSync(semicolons, "txid;from;to;amount\na;b;c;1,5\n");
    refused(["import", own, "--dry-run"], 2, /No format is known for own\.csv, which begins: hash,sender,receiver,value[^]*columns from, to, amount[^]*ethereum-etl[^]*ghost/);
    refused(["import", "transfers", own, "--dry-run"], 3, /from, to, amount: there is no such column\. The file has: hash, sender, receiver, value[^]*It needs from, to, amount/);
    for (const format of [[], ["transfers"], ["table"]]) refused(["import", ...format, semicolons, "--dry-run"], 3, /separates its cells by semicolons \(;\)/);
  });

  test("a command that writes creates the newsroom: key 0600, public key printed", () => {
    assert.equal(statSync(join(data, "newsroom.key")).mode & 0o777, 0o600);
    const other = join(scratch, "other");
    const { err, code } = tracewire([
      "capture",
      "README.md",
      "--grade",
      "original",
      "--source-grade",
      "A",
      "--item-grade",
      "1",
      "--data",
      other,
    ]);
    assert.equal(code, 0);
    assert.match(err, /Public key.*tracewire\/[0-9a-f]{16}\+[0-9a-f]{8}\+/);
    refused(["figure", "x", "--data", join(scratch, "nowhere")], 4, /no newsroom/);
  });
  test("one of a thing is said in the singular, nothing is said twice, and what was only tried is not said as done", () => {
    const folder = join(scratch, "words");
    const newStory = (...more: string[]) => tracewire(["story", "new", "One thing", "--out", join(folder, "one-thing.md"), ...more]);
    assert.match(newStory("--dry-run").out, /^Would write /);
    assert.equal(existsSync(folder), false);
    assert.match(newStory().out, /^Wrote \S+one-thing\.md\./);
    assert.match(tracewire(["story", "new", "--help"]).out, /drafts\/SLUG\.md/);
    assert.match(readFileSync(join(repositoryRoot, ".gitignore"), "utf8"), /^\/drafts\/$/m);
    assert.match(tracewire(["figure", "panel-2024-published-count"]).out, /^1 row$/m);
    const own = ["--data", join(scratch, "words-data")];
    assert.equal(tracewire(["capture", "demo/try/2023-09-04-Stake.md", "--grade", "copy", "--source-grade", "C", "--item-grade", "3", ...own]).code, 0);
    const claim = ["theft/2023-09-04-stake", "amount", "41400000", "--unit", "USD", "--basis", "as_published", "--measure", "gross", "--claimant", "1712n/dn-institute", "--capture", "f8f48c6350d6"];
    const claimed = tracewire(["claim", ...claim, "--quote", "approximately $41.4 million", "--hedge", "estimated", "--bound", "about", "--as-of", "2026-06-21", ...own]).out;
    assert.match(claimed, /^ {2}read at “approximately \$41\.4 million”$/m);
    const seq = /Claim (\d+)/.exec(claimed)![1]!;
    assert.match(tracewire(["retract", seq, "--why", "a test", "--dry-run", ...own]).out, new RegExp(`^Entry ${seq} would hold no more: entry \\d+ would take it back\\.`));
    const released = /Released \(entry \d+\): (.*)$/m.exec(tracewire(["release", seq, seq, ...own]).out)![1]!.split(", ");
    assert.deepEqual(released, [...new Set(released)]);
    assert.match(tracewire(["show", "theft", ...own]).out, /1 claim held/);
    const corpora = tracewire(["config", "check"], undefined).out.split("\n").find((line) => line.includes("corpora"))!;
    if (!process.env.TRACEWIRE_CORPORA) assert.match(corpora, /corpora: not set \(default\)/);
  });

  test("figure prints the sentence, the rows and the way to the evidence", () => {
    const { out } = tracewire(["figure", "panel-2024-table-usd"]);
    for (const part of [
      /\$2,966,031,000/,
      /as transcribed/,
      /How we counted/,
      /7 rows/,
      /claim \d+ ← [0-9a-f]{12}, row \d+ amount_usd/,
      /tracewire reproduce/,
    ])
      assert.match(out, part);
    assert.equal(tracewire(["figure", "panel-2024-table-count", "--json"]).json()[0]!.value, "57");
    assert.equal(tracewire(["figure", "panel-2024-table-count", "--known", "1", "--json"]).code, 4, "not defined yet at size 1");
    assert.equal(tracewire(["figure", "panel-2024-table-count", "--as-of", "2020", "--json"]).json()[0]!.value, "0");
    refused(["figure", "nothing"], 4, /no figure "nothing"/);
  });
  test("capture asks for each grade; claims must resolve; the nearest match is shown", () => {
    refused(["capture", "demo/try/2023-09-04-Stake.md", "--grade", "copy"], 2, /--source-grade, --item-grade/);
    refused(["capture", "no-such-file", "--grade", "copy", "--source-grade", "C", "--item-grade", "3"], 4, /cannot be read/);
    const grades = ["--grade", "copy", "--source-grade", "C", "--item-grade", "3"];
    refused(["capture", "http://127.0.0.1:1/x", ...grades], 3, /EGRESS_REFUSED/);
    const [captured] = tracewire(
      ["capture", "-", "--title", "From a pipe", ...grades, "--json"],
      "A body says that 12 million dollars were taken.",
    ).json() as unknown as { seq: number; sha256: string }[];
    assert.equal(readFileSync(join(data, "blobs", captured!.sha256.slice(0, 2), captured!.sha256), "utf8").length, 47);
    const again = tracewire(
      ["capture", "-", ...grades, "--json"],
      "A body says that 12 million dollars were taken.",
    ).json()[0] as unknown as { seq: number };
    assert.equal(again.seq, captured!.seq + 1, "a second record, the same blob");
    const claim = (quote: string, more: string[] = []) => [
      "claim",
      "theft/2023-09-04-stake",
      "amount",
      "12000000",
      "--unit",
      "USD",
      "--claimant",
      "A body",
      "--capture",
      captured!.sha256.slice(0, 10),
      "--quote",
      quote,
      ...more,
    ];
    refused(claim("13 million dollars"), 3, /LOCATOR_NOT_FOUND[\s\S]*12 million dollars/);
    refused([...claim("12 million"), "--hedge", "sure"], 2, /asserted/);
    const size = tracewire(["show", "--json"]).json()[0]!.log_size;
    assert.match(tracewire(claim("12 million", ["--dry-run"])).err, /nothing was written/);
    assert.equal(tracewire(["show", "--json"]).json()[0]!.log_size, size);
    const made = tracewire([...claim("12 million"), "--json"]).json()[0] as unknown as { seq: number; added: boolean };
    assert.equal(made.added, true);
    assert.equal((tracewire([...claim("12 million"), "--json"]).json()[0] as unknown as { added: boolean }).added, false);
    assert.match(tracewire(["history", "theft/2023-09-04-stake"]).out, /A body/);
    assert.match(tracewire(["show", String(made.seq)]).out, /read at +“12 million”/);

    assert.match(tracewire(["erase", String(captured!.seq), "--reason", "court order", "--with-claims", "--dry-run"]).out, /Would erase/);
    refused(["erase", String(captured!.seq), "--reason", "court order", "--with-claims"], 2, /cannot be undone/);
    refused(["erase", String(captured!.seq), "--reason", "court order", "--yes"], 2, /claims rest on capture/);
    assert.equal(
      tracewire(["erase", String(captured!.seq), String(again.seq), "--reason", "court order", "--with-claims", "--yes"]).code,
      0,
    );
    assert.equal(existsSync(join(data, "blobs", captured!.sha256.slice(0, 2), captured!.sha256)), false);
    refused(["show", String(made.seq)], 4, /ERASED/);
    assert.match(tracewire(["verify"]).out, new RegExp(`erased: .*${made.seq}[\\s\\S]*Clean`));
  });
  test("judge, check, export, verify --bundle, backup, restore, doctor, completion", () => {
    const judged = [
      "judge",
      "same",
      "theft/2023-09-04-stake",
      "theft/2023-11-10-poloniex",
      "--verdict",
      "negative",
      "--why",
      "Other victims",
      "--json",
    ];
    assert.equal(tracewire(judged).code, 0);
    refused(["judge", "same", "theft/2023-09-04-stake", "--verdict", "negative", "--why", "Other victims"], 2, /two subjects/);
    const checked = tracewire(["check", "total-against-its-rows"]);
    assert.equal(checked.code, 1);
    assert.match(checked.out, /published 58;[\s\S]*sum\s+to\s+57/);
    const bundle = join(scratch, "figure.json");
    assert.match(tracewire(["export", "figure", "panel-2024-table-count", "--out", bundle]).out, /entries with proofs/);
    refused(["export", "figure", "panel-2024-table-count", "--out", bundle], 2, /is there already/);
    const key = readFileSync(join(data, "newsroom.pub"), "utf8").trim();
    const verified = tracewire(["verify", "--bundle", bundle, "--key", key, "--data", join(scratch, "nowhere")]);
    assert.equal(verified.code, 0, verified.out + verified.err);
    assert.match(
      tracewire(["reproduce", "--bundle", bundle, "--key", key, "--data", join(scratch, "nowhere")]).out,
      /1 of 1 came out the same/,
    );
    writeFileSync(bundle, readFileSync(bundle, "utf8").replace("as transcribed", "as transcribeD"));
    assert.equal(tracewire(["verify", "--bundle", bundle]).code, 6);
    refused(["reproduce", "--bundle", bundle], 6, /BUNDLE_DAMAGED/);

    const copy = join(scratch, "backup");
    assert.equal(tracewire(["backup", copy]).code, 0);
    assert.equal(existsSync(join(copy, "newsroom.key")), false);
    const restored = join(scratch, "restored");
    assert.equal(tracewire(["restore", copy, "--data", restored]).code, 0);
    const [one, two] = [tracewire(["verify", "--json"]), tracewire(["verify", "--json", "--data", restored])].map(
      (result) => result.json()[0] as unknown as { root: string; outcome: string },
    );
    assert.deepEqual([one!.outcome, two!.outcome, two!.root], ["clean", "clean", one!.root]);
    refused(
      ["capture", "README.md", "--grade", "original", "--source-grade", "A", "--item-grade", "1", "--data", restored],
      5,
      /signing key is not here/,
    );
    refused(["restore", copy, "--data", data], 3, /NEWSROOM_EXISTS/);
    assert.match(tracewire(["doctor"]).out, /ok {4}runtime/);
    for (const shell of ["bash", "zsh", "fish"]) assert.match(tracewire(["completion", shell]).out, /reproduce/);
    if (existsSync("/bin/bash")) assert.equal(spawnSync("/bin/bash", ["-n"], { input: tracewire(["completion", "bash"]).out }).status, 0);
  });
  test("a second writer waits, then is refused, naming the first", { timeout: 60_000 }, async () => {
    const { DatabaseSync } = await import("node:sqlite");
    const holder = new DatabaseSync(join(data, "newsroom.db"));
    holder.exec("BEGIN IMMEDIATE");
    writeFileSync(join(data, "writer.json"), JSON.stringify({ pid: process.pid, command: "a long import", since: "2026-01-01T00:00:00Z" }));
    const started = performance.now();
    refused(["release", "1", "--json"].slice(0, 2), 5, new RegExp(`process ${process.pid} \\(a long import`));
    assert.ok(performance.now() - started >= 10_000, "it waited");
    assert.equal(tracewire(["figure", "panel-2024-table-count", "--json"]).json()[0]!.value, "57", "reading goes on");
    holder.exec("ROLLBACK");
    holder.close();
  });
});
