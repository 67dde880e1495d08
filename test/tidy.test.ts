// Style as a test: rooms are entered through their doors, data walks down, there are no circles, names and the map hold.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "./scale.ts";

const source = join(repositoryRoot, "src");
const COLUMNS_MAX = 200;
const LINES_MAX = 520;

/** From the bytes up: a room may import those before it. Files in src/ itself stand with the rooms they join. */
const ORDER = [
  "errors.ts",
  "effects.ts",
  "node-http.ts",
  "schema.ts",
  "lazy.ts",
  "escape-html.ts",
  "csv.ts",
  "graphml.ts",
  "parquet.ts",
  "repeated-look.ts",
  "edit-distance.ts",
  "config.ts",
  "evidence",
  "private-database.ts",
  "chains",
  "datasets",
  "casefile",
  "attribution",
  "trade",
  "spreadsheet.ts",
  "tracing",
  "screening",
  "figures",
  "press",
  "hub",
  "webhooks",
  "reports",
  "freezing",
  "exchange",
  "newsletter",
  "accounts",
  "newsroom.ts",
  "scheduler.ts",
  "recompute.ts",
  "release-and-erase.ts",
  "archive-import",
  "pipeline.ts",
  "site",
  "api",
  "desk",
  "cli",
  "cli.ts",
];
/** Doors besides the file that bears the room's name, each with its reason. */
const SIDE_DOORS: Record<string, string> = {};

const files = list(source).filter((file) => file.endsWith(".ts"));
const code = files.filter((file) => !file.endsWith(".test.ts"));

function list(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? list(path) : [path];
  });
}

function importsOf(file: string): { path: string; typeOnly: boolean }[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^(?:import|export)\s+(type\s+)?[^;"']*?from\s+"(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm)].map((match) => ({
    path: resolve(dirname(file), (match[2] ?? match[3])!),
    typeOnly: Boolean(match[1]),
  }));
}

const roomOf = (file: string) => relative(source, file).split(/[\\/]/)[0]!;

test("rooms are entered through their doors, and only from below", () => {
  const wrong: string[] = [];
  for (const file of code)
    for (const { path } of importsOf(file)) {
      if (!path.startsWith(source)) continue;
      const [from, to] = [roomOf(file), roomOf(path)];
      if (from === to) continue;
      const name = `${relative(source, file)} → ${relative(source, path)}`;
      if (ORDER.indexOf(from) < 0) wrong.push(`${name}: ${from} is not on the map`);
      else if (ORDER.indexOf(to) > ORDER.indexOf(from) && !(from === "site" && to === "newsroom.ts")) wrong.push(`${name}: walks up`);
      const isDoor =
        to.endsWith(".ts") ||
        basename(path) === `${to}.ts` ||
        Object.hasOwn(SIDE_DOORS, relative(source, path)) ||
        (from === "cli.ts" && to === "cli");
      if (!isDoor) wrong.push(`${name}: past the door`);
    }
  assert.deepEqual(wrong, []);
});

test("there are no circles", () => {
  const state = new Map<string, "open" | "done">();
  const circles: string[] = [];
  const visit = (file: string, path: string[]): void => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      circles.push([...path.slice(path.indexOf(file)), file].map((item) => relative(source, item)).join(" → "));
      return;
    }
    state.set(file, "open");
    for (const { path: next, typeOnly } of importsOf(file))
      if (!typeOnly && next.startsWith(source) && existsSync(next)) visit(next, [...path, file]);
    state.set(file, "done");
  };
  for (const file of code) visit(file, []);
  assert.deepEqual(circles, []);
});

/** What a file takes from others; its own words may speak of a transaction. */
const importsText = (text: string): string => [...text.matchAll(/^import[^;]*;/gm)].join("\n");

test("the public site cannot write: it imports nothing that could", () => {
  const writers =
    /\b(openForWriting|createNewsroom|openLogWriter|NewsroomWriter|EvidenceWriter|LogWriter|Transaction|append[A-Z]\w*|publishStory|writeFileSync|openBlobStore)\b/;
  const wrong = code.filter((file) => roomOf(file) === "site" && !/assets[\\/]/.test(file) && writers.test(importsText(readFileSync(file, "utf8"))));
  assert.deepEqual(
    wrong.map((file) => relative(source, file)),
    [],
  );
});

test("names are kebab-case, no folder is a kind, lines and files keep their size, nothing is left to do", () => {
  const wrong: string[] = [];
  for (const file of [...files, ...list(join(repositoryRoot, "test")).filter((path) => path.endsWith(".ts"))]) {
    const name = relative(repositoryRoot, file);
    if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.ts$/.test(basename(file))) wrong.push(`${name}: not kebab-case`);
    if (/(^|[\\/])(utils?|helpers?|services?|types|lib|common|misc)([\\/]|\.ts$)/.test(name))
      wrong.push(`${name}: a kind, not a capability`);
    const lines = readFileSync(file, "utf8").split("\n");
    if (lines.length > LINES_MAX) wrong.push(`${name}: ${lines.length} lines`);
    for (const [at, line] of lines.entries()) {
      // Sentences, markup and patterns are not broken up: only the code around them is measured.
      const code = /<\/?[a-z]/.test(line) ? "" : line.replace(/`[^`]*`?|"(?:[^"\\]|\\.)*"|\/(?:[^/\\]|\\.)+\/[gimsuy]*/g, "");
      if (code.length > COLUMNS_MAX) wrong.push(`${name}:${at + 1}: ${line.length} columns`);
      if (/\b(TODO|FIXME|XXX)\b/.test(line) && !/tidy\.test/.test(name)) wrong.push(`${name}:${at + 1}: something left to do`);
      if (/\b(Date\.now|Math\.random|new Date\(\))/.test(line) && !/effects\.ts|\.test\.ts|scale\.ts/.test(name))
        wrong.push(`${name}:${at + 1}: time or chance not passed in`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("the map names every room and file of src/", () => {
  const map = readFileSync(join(repositoryRoot, "ARCHITECTURE.md"), "utf8");
  const missing = readdirSync(source).filter((name) => !name.endsWith(".test.ts") && !map.includes(`src/${name}`));
  assert.deepEqual(missing, []);
});

test("nothing that is shipped carries a path of the machine it was made on", () => {
  const tracked = [
    ...list(join(repositoryRoot, "docs")),
    // Sources of others are kept byte for byte, whatever addresses stand in them.
    ...list(join(repositoryRoot, "demo")).filter((file) => !file.includes(join("demo", "sources"))),
    ...list(join(repositoryRoot, "decisions")),
    ...files,
  ];
  const wrong = tracked.filter(
    (file) => /\.(ts|md|mjs|json|txt|css)$/.test(file) && /\/(home|Users|root)\/[a-z]|\/work\//.test(readFileSync(file, "utf8")),
  );
  assert.deepEqual(
    wrong.map((file) => relative(repositoryRoot, file)),
    [],
  );
});

test("every dependency is exact, has an integrity hash, and the lock is complete for every platform", () => {
  const manifest = JSON.parse(readFileSync(join(repositoryRoot, "package.json"), "utf8")) as Record<string, Record<string, string>>;
  for (const group of ["dependencies", "devDependencies", "optionalDependencies"])
    for (const [name, version] of Object.entries(manifest[group]!)) assert.match(version, /^\d+\.\d+\.\d+$/, name);
  const lock = JSON.parse(readFileSync(join(repositoryRoot, "package-lock.json"), "utf8")) as {
    packages: Record<string, { integrity?: string; hasInstallScript?: boolean }>;
  };
  const packages = Object.entries(lock.packages).filter(([name]) => name !== "");
  assert.deepEqual(
    packages.filter(([, item]) => !item.integrity).map(([name]) => name),
    [],
  );
  for (const name of Object.keys(manifest.optionalDependencies!)) assert.ok(lock.packages[`node_modules/${name}`], name);
});
