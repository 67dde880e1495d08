// The README's own words, run as a stranger would: its five-minute path on a demo newsroom while the site serves it, and
// nothing published before has moved.
import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { repositoryRoot } from "./scale.ts";

const run = promisify(execFile);
const cli = ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts")];

/** A line of shell as arguments: words and "quoted words" are all that the README uses. */
export function shellWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]!);
}

test("the five-minute path of the README works beside a running site, which shows it within a second", async (t) => {
  const folder = join(mkdtempSync(join(tmpdir(), "tracewire-readme-")), "data");
  const environment = { ...process.env, TRACEWIRE_DATA: folder, NO_COLOR: "1" };
  const server = spawn(process.execPath, [...cli, "serve", "--demo", "--port", "0", "--json"], {
    env: environment,
    cwd: repositoryRoot,
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    const address = await new Promise<string>((resolve, reject) => {
      server.stdout.on("data", (chunk: Buffer) => resolve((JSON.parse(chunk.toString()) as { address: string }).address));
      server.on("exit", (code) => reject(new Error(`serve ended with ${code}`)));
    });
    const page = async (path: string) => {
      const response = await fetch(`${address}${path}`);
      assert.equal(response.status, 200, path);
      return response.text();
    };
    const story = await page("/stories/un-monitors-58-suspected-cyberattacks.json");
    const before = JSON.parse(await page("/figures/thefts-2017-2023-official-usd.json")) as Record<string, string>;

    const readme = readFileSync(join(repositoryRoot, "README.md"), "utf8");
    const block = /## Five minutes[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme)![1]!;
    const lines = block.trim().split("\n");
    assert.ok(lines.length >= 5);
    for (const line of lines) {
      const [npx, name, ...args] = shellWords(line);
      assert.deepEqual([npx, name], ["npx", "tracewire"], line);
      const { stdout } = await run(process.execPath, [...cli, ...args], { env: environment, cwd: repositoryRoot });
      assert.ok(stdout.length > 0, line);
      if (args.includes("--release")) {
        const released = performance.now();
        let after = before;
        while (after.high === before.high && performance.now() - released < 1_000) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          after = JSON.parse(await page("/figures/thefts-2017-2023-official-usd.json")) as Record<string, string>;
        }
        assert.equal(BigInt(after.high!) - BigInt(before.high!), 400_000n, "the page shows the new range within a second");
        assert.equal(after.value, before.value);
        assert.match(await page("/figures/thefts-2017-2023-official-usd"), /Restate|restate/);
      }
    }
    // The second path, from one's own transfers to a packet; what it writes goes into the scratch folder.
    const trace = /## Five minutes to a first trace[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme)![1]!;
    const inScratch = (word: string) => (word.startsWith("tmp/") ? join(folder, "..", word) : word);
    for (const line of trace.trim().split("\n")) {
      const [, , ...args] = shellWords(line).map(inScratch);
      const { stdout } = await run(process.execPath, [...cli, ...args], { env: environment, cwd: repositoryRoot });
      if (args[1] === "--from" && !args.includes("--save")) assert.match(stdout, /friend +150 +60 +100 +· +· +100/, "five conventions that disagree");
    }
    assert.match(await page("/traces/mine"), /The exchange/);
    if (spawnSync("curl", ["--version"]).status === 0) await runApiExamples(address, environment);
    else t.diagnostic("no curl: the examples of docs/api.md are not run");
    assert.ok((await page("/stories/un-monitors-58-suspected-cyberattacks.json")) === story, "nothing published has moved");
    assert.match(await page("/stories/un-monitors-58-suspected-cyberattacks"), /newer value/, "the story says that a newer value exists");
    const exited = new Promise<number | null>((resolve) => server.on("exit", resolve));
    server.kill("SIGTERM");
    assert.equal(await exited, 0);
  } finally {
    server.kill("SIGKILL");
    rmSync(join(folder, ".."), { recursive: true, force: true });
  }
});

/** Every command of docs/api.md, one after the other, as it stands: ID and DRAFT are those of the answer before it. */
async function runApiExamples(address: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const page = readFileSync(join(repositoryRoot, "docs", "api.md"), "utf8");
  const commands = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) => block!.trim().replaceAll(/\\\n\s*/g, "").split("\n"));
  assert.ok(commands.length >= 11, commands.join("\n"));
  const own = { ...environment };
  const known: Record<string, string> = {};
  for (const command of commands) {
    const [, variable, line] = /^(?:(\w+)=\$\()?npx tracewire (.+?)\)?$/.exec(command) ?? [];
    if (line !== undefined) {
      const { stdout } = await run(process.execPath, [...cli, ...shellWords(line)], { env: own, cwd: repositoryRoot });
      if (variable !== undefined) own[variable] = stdout.trim();
      continue;
    }
    const asked = command.replace("http://127.0.0.1:4100", address).replace(/\/(ID|DRAFT)\b/, (_, name: string) => `/${known[name] ?? name}`);
    const { stdout } = await run("sh", ["-c", asked.replace(/^curl /, "curl -sS -w '\\n%{http_code}' ")], { env: own });
    const at = stdout.lastIndexOf("\n");
    assert.match(stdout.slice(at + 1), /^2\d\d$/, `${command}\n${stdout.slice(0, 600)}`);
    const { id, draft, findings = [] } = JSON.parse(stdout.slice(0, at)) as { id?: string; draft?: number; findings?: { rule: string }[] };
    if (id !== undefined) known.ID = id;
    if (draft !== undefined) known.DRAFT = String(draft);
    assert.ok(!findings.some(({ rule }) => rule === "text"), `${command}\n${stdout}`);
  }
}
