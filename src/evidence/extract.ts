// Door of text extraction. Documents come from anywhere and parsers have bugs, so each is read by a child process
// that can reach nothing and may use only so much time and memory. Whatever happens to it, the capture is kept and
// the outcome says why it could not be read.
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type ExtractionBegun, type ExtractOptions, NO_EXTRACTOR, refuseSize } from "./extract-in-process.ts";
import { DEFAULT_LIMITS, type Extraction, type ExtractLimits } from "./extraction.ts";

export { extractTextInProcess } from "./extract-in-process.ts";
export { DEFAULT_LIMITS, rowValues, type Extraction, type ExtractLimits, type ExtractedText, type Row, type Table } from "./extraction.ts";

const CHILDREN_MAX = 4;
/** Two lines of JSON: text at up to 3 bytes a character and escapes, offsets of up to 9 digits for cells and paragraphs. */
const OUTPUT_BYTES_MAX = 256 * 2 ** 20;
const STDERR_CHARS_MAX = 8192;
const MEMORY_LOOK_MS = 50;

/** Reads the text of a document in a limited child process. Never throws and never rejects. */
export async function extractText(bytes: Uint8Array, options: ExtractOptions = {}): Promise<Extraction> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const refused = refuseSize(bytes, options.declared_media_type, limits);
  if (refused) return refused;
  await takeTurn();
  try {
    const { stdout, end } = await runChild(bytes, { ...options, limits }, limits);
    return readAnswer(stdout, end, options);
  } finally {
    passTurn();
  }
}

type ChildEnd = { stopped?: string; failed?: string };

function runChild(bytes: Uint8Array, options: ExtractOptions, limits: ExtractLimits): Promise<{ stdout: Buffer; end: ChildEnd }> {
  const child = spawnChild(limits);
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
    if (output_bytes > OUTPUT_BYTES_MAX) stop(`its text came to more than ${OUTPUT_BYTES_MAX} bytes`);
    else chunks.push(chunk);
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    if (stderr.length < STDERR_CHARS_MAX) stderr += chunk.slice(0, STDERR_CHARS_MAX);
  });
  // A child that dies early closes the pipe under us; its end is told by "close".
  child.stdin.on("error", () => {});
  child.stdin.write(`${JSON.stringify(options)}\n`);
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

function spawnChild(limits: ExtractLimits): ChildProcessWithoutNullStreams | Error {
  const entry = join(import.meta.dirname, import.meta.filename.endsWith(".ts") ? "extract-child.ts" : "extract-child.js");
  try {
    // An empty environment: no secret of ours is in reach of a document. Windows needs its system folder to start anything.
    const env = process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot } : {};
    return spawn(process.execPath, [...childFlags(limits), entry], { cwd: import.meta.dirname, env, stdio: "pipe", windowsHide: true });
  } catch (error) {
    return error as Error;
  }
}

/** Node's permission model denies all that is not named: what is named here is reading our own code, and nothing else. */
export function childFlags(limits: Pick<ExtractLimits, "heap_mb_max">): string[] {
  const here = import.meta.dirname;
  const readable = [`${here}/`, modulesFolder(), ...packageFiles(here)];
  return [
    "--permission",
    ...readable.map((path) => `--allow-fs-read=${path}`),
    `--max-old-space-size=${limits.heap_mb_max}`,
    "--no-addons",
    "--disable-warning=ExperimentalWarning",
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

function deathReason(stderr: string, code: number | null, signal: string | null, limits: ExtractLimits): string {
  if (/heap out of memory|Allocation failed|invalid array length Allocation/i.test(stderr))
    return `reading it took more than ${limits.heap_mb_max} MB of memory`;
  const said = stderr
    .split("\n")
    .find((line) => /Error/.test(line))
    ?.slice(0, 300)
    .trim();
  return `the extractor ended early (${signal ?? `exit ${code}`})${said ? `: ${said}` : ""}`;
}

function readAnswer(stdout: Buffer, { stopped, failed }: ChildEnd, options: ExtractOptions): Extraction {
  const lines = answerLines(stdout);
  const answer = lines.at(-1);
  if (!stopped && !failed && isExtraction(answer)) return answer;
  const begun = lines[0] as Partial<ExtractionBegun> | undefined;
  const known = typeof begun?.extractor === "string" && typeof begun.version === "string" && typeof begun.media_type === "string";
  return {
    outcome: "unreadable",
    extractor: known ? begun.extractor! : NO_EXTRACTOR.extractor,
    version: known ? begun.version! : NO_EXTRACTOR.version,
    media_type: known ? begun.media_type! : options.declared_media_type?.split(";")[0]?.trim() || "application/octet-stream",
    reason: stopped ?? failed ?? "the extractor gave no answer",
  };
}

/** Whole lines only: a killed child may leave half of one. */
function answerLines(stdout: Buffer): unknown[] {
  const lines: unknown[] = [];
  for (let start = 0, end = stdout.indexOf(10); end !== -1 && lines.length < 2; start = end + 1, end = stdout.indexOf(10, start)) {
    try {
      lines.push(JSON.parse(stdout.toString("utf8", start, end)));
    } catch {
      return lines;
    }
  }
  return lines;
}

function isExtraction(answer: unknown): answer is Extraction {
  const it = answer as Partial<Record<string, unknown>> | null | undefined;
  if (typeof it !== "object" || it === null) return false;
  if (![it.extractor, it.version, it.media_type].every((value) => typeof value === "string")) return false;
  if (it.outcome === "unreadable") return typeof it.reason === "string";
  return it.outcome === "text" && typeof it.text === "string" && Array.isArray(it.paragraphs) && Array.isArray(it.warnings);
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
