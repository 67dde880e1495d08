// A child process that can reach nothing and may use only so much time and memory: what reads a document from anywhere runs
// in one. It takes a line of JSON and the document on stdin, and answers on stdout.
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ExtractLimits } from "./extraction.ts";

const CHILDREN_MAX = 4;
const STDERR_CHARS_MAX = 8192;
const MEMORY_LOOK_MS = 50;

export type ChildLimits = Pick<ExtractLimits, "time_ms_max" | "heap_mb_max" | "rss_mb_max"> & {
  output_bytes_max: number;
  /** Lets libvips in, which is a native module: what it does, Node's permission model does not bound. */
  native_modules?: true;
};
/** `stopped`: by us, for a limit. `failed`: it ended early by itself. Both are reasons for people. */
export type ChildEnd = { stopped?: string; failed?: string };

/** Runs a child of this folder, when fewer than four run. Never throws and never rejects. */
export async function runLimitedChild(entry: string, asked: object, bytes: Uint8Array, limits: ChildLimits): Promise<{ stdout: Buffer; end: ChildEnd }> {
  await takeTurn();
  try {
    return await runChild(entry, asked, bytes, limits);
  } finally {
    passTurn();
  }
}

function runChild(entry: string, asked: object, bytes: Uint8Array, limits: ChildLimits): Promise<{ stdout: Buffer; end: ChildEnd }> {
  const child = spawnChild(entry, limits);
  if (child instanceof Error)
    return Promise.resolve({ stdout: Buffer.alloc(0), end: { failed: `no child process could be started: ${child.message}` } });
  const chunks: Buffer[] = [];
  let output_bytes = 0;
  let stderr = "";
  let stopped: string | undefined;
  let failed: string | undefined;
  const stop = (reason: string) => {
    stopped ??= reason;
    child.kill("SIGKILL");
  };
  const stopAtExit = () => child.kill("SIGKILL");
  process.once("exit", stopAtExit);
  const timer = setTimeout(() => stop(`reading it took longer than ${limits.time_ms_max} ms`), limits.time_ms_max);
  const memoryWatch = watchMemory(child.pid, limits.rss_mb_max, stop);

  child.stdout.on("data", (chunk: Buffer) => {
    output_bytes += chunk.length;
    if (output_bytes > limits.output_bytes_max) stop(`what came of it was more than ${limits.output_bytes_max} bytes`);
    else chunks.push(chunk);
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    if (stderr.length < STDERR_CHARS_MAX) stderr += chunk.slice(0, STDERR_CHARS_MAX);
  });
  // A child that dies early closes the pipe under us; its end is told by "close".
  child.stdin.on("error", () => {});
  child.stdin.write(`${JSON.stringify(asked)}\n`);
  child.stdin.end(bytes);

  return new Promise((resolve) => {
    child.on("error", (error) => (failed ??= `no child process could be started: ${error.message}`));
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      clearInterval(memoryWatch);
      process.off("exit", stopAtExit);
      if (code !== 0) failed ??= deathReason(stderr, code, signal, limits);
      resolve({ stdout: Buffer.concat(chunks), end: { stopped, failed } });
    });
  });
}

function spawnChild(entry: string, limits: ChildLimits): ChildProcessWithoutNullStreams | Error {
  const file = join(import.meta.dirname, `${entry}${import.meta.filename.endsWith(".ts") ? ".ts" : ".js"}`);
  try {
    // An empty environment: no secret of ours is in reach of a document. Windows needs its system folder to start anything.
    const env = process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot } : {};
    return spawn(process.execPath, [...childFlags(limits), file], { cwd: import.meta.dirname, env, stdio: "pipe", windowsHide: true });
  } catch (error) {
    return error as Error;
  }
}

/** Node's permission model denies all that is not named: what is named here is reading our own code, and nothing else. */
export function childFlags(limits: Pick<ChildLimits, "heap_mb_max" | "native_modules">): string[] {
  const here = import.meta.dirname;
  const readable = [`${here}/`, modulesFolder(), ...packageFiles(here)];
  return [
    "--permission",
    ...readable.map((path) => `--allow-fs-read=${path}`),
    `--max-old-space-size=${limits.heap_mb_max}`,
    limits.native_modules ? "--allow-addons" : "--no-addons",
    "--disable-warning=ExperimentalWarning",
    ...(limits.native_modules ? ["--disable-warning=SecurityWarning"] : []),
  ];
}

/** The folder our parsers are installed in, its trailing slash included. */
function modulesFolder(): string {
  const parser = fileURLToPath(import.meta.resolve("parse5"));
  const at = Math.max(parser.lastIndexOf("/node_modules/"), parser.lastIndexOf("\\node_modules\\"));
  return parser.slice(0, at + "/node_modules/".length);
}

/** Node looks for package.json upwards, to know that our files are modules. */
function packageFiles(folder: string): string[] {
  return [0, 1, 2].map((up) => resolve(folder, ...Array<string>(up).fill(".."), "package.json"));
}

/** `--max-old-space-size` does not count buffers, which is where a bomb in a compressed stream grows. */
function watchMemory(pid: number | undefined, rss_mb_max: number, stop: (reason: string) => void): NodeJS.Timeout | undefined {
  if (process.platform !== "linux" || pid === undefined) return undefined;
  return setInterval(async () => {
    const status = await readFile(`/proc/${pid}/status`, "latin1").catch(() => "");
    const resident_kb = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
    if (resident_kb > rss_mb_max * 1024) stop(`reading it took more than ${rss_mb_max} MB of memory`);
  }, MEMORY_LOOK_MS);
}

function deathReason(stderr: string, code: number | null, signal: string | null, limits: ChildLimits): string {
  if (/heap out of memory|Allocation failed|invalid array length Allocation/i.test(stderr))
    return `reading it took more than ${limits.heap_mb_max} MB of memory`;
  const said = stderr
    .split("\n")
    .find((line) => /Error/.test(line))
    ?.slice(0, 300)
    .trim();
  return `the extractor ended early (${signal ?? `exit ${code}`})${said ? `: ${said}` : ""}`;
}

let children_running = 0;
const turns: (() => void)[] = [];

/** Many captures at once wait here instead of starting a process each. */
async function takeTurn() {
  if (children_running >= CHILDREN_MAX) await new Promise<void>((resolve) => turns.push(resolve));
  else children_running += 1;
}

function passTurn() {
  const next = turns.shift();
  if (next) next();
  else children_running -= 1;
}
