// Scripts for the browser, as they lie in our folder and in the packages they import: each is one file, its types stripped, its
// imports turned into the addresses under which the desk serves them. So there is no bundler and no build, and what runs is
// what the lock file names. All share one digest: a change of one gives all of them new addresses.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { findPackageJSON, stripTypeScriptTypes } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";

export type ClientModules = {
  /** Text by file name. */
  files: Map<string, string>;
  /** File name of a script of the folder, such as "editor.js". */
  nameOf(script: string): string;
  /** Everything that a script loads, itself last: a page that names them spares the browser a walk. */
  loadedBy(script: string): string[];
};

const MODULES_MAX = 200;
const IMPORT = /^((?:import|export)\b[^;'"]*?\bfrom\s*|import\s*)(["'])([^'"\n]+)\2/gm;

type Conditions = string | { [condition: string]: Conditions } | null | undefined;

/** By the package's own "exports", under the conditions a browser has. Throws where there is none. */
function resolvePackage(specifier: string, from: string): string {
  const manifest = findPackageJSON(specifier, pathToFileURL(from));
  const name = specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  const { exports, module, main } = JSON.parse(readFileSync(manifest!, "utf8")) as { exports?: Conditions; module?: string; main?: string };
  const asked = `.${specifier.slice(name.length)}`;
  const choose = (value: Conditions): string | undefined =>
    typeof value === "string" ? value : value ? (["browser", "import", "default"].map((one) => choose(value[one])).find((one) => one !== undefined)) : undefined;
  const own = typeof exports === "object" && exports !== null && Object.keys(exports).some((key) => key.startsWith(".")) ? exports[asked] : asked === "." ? (exports ?? module ?? main) : undefined;
  const file = choose(own);
  if (file === undefined) throw new Error(`“${specifier}” is no script of its package`);
  return join(dirname(manifest!), file);
}

export function readClientModules(folder: string): ClientModules {
  const texts = new Map<string, string>();
  const imports = new Map<string, Map<string, string>>();
  const read = (path: string): void => {
    if (texts.has(path)) return;
    if (texts.size >= MODULES_MAX) throw new Error(`More than ${MODULES_MAX} scripts`);
    const source = readFileSync(path, "utf8");
    const text = path.endsWith(".ts") ? stripTypeScriptTypes(source, { mode: "strip" }) : source.replace(/^\/\/# sourceMappingURL=.*$/m, "");
    texts.set(path, text);
    const found = new Map([...text.matchAll(IMPORT)].map(([, , , to]) => [to!, to!.startsWith(".") ? join(dirname(path), to!) : resolvePackage(to!, path)]));
    imports.set(path, found);
    for (const to of found.values()) read(to);
  };
  for (const name of readdirSync(folder).sort()) if (name.endsWith(".ts")) read(join(folder, name));
  const hash = createHash("sha256");
  for (const [path, text] of [...texts].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${basename(path)}\0${text.length}\0${text}`);
  const digest = hash.digest("hex").slice(0, 10);
  const own = (path: string) => dirname(path) === folder;
  const nameFor = (path: string): string => {
    const stem = own(path) ? basename(path) : relative(folder, path).replaceAll("\\", "/").split("node_modules/").slice(1).join("/").replaceAll(/[/@]+/g, "-");
    return `${stem.replace(/\.[mc]?[jt]s$/, "")}.${digest}.js`;
  };
  const pathOf = (script: string): string => join(folder, script.replace(/\.js$/, ".ts"));
  return {
    files: new Map([...texts].map(([path, text]) => [nameFor(path), text.replace(IMPORT, (_, head: string, quote: string, to: string) => `${head}${quote}./${nameFor(imports.get(path)!.get(to)!)}${quote}`)])),
    nameOf: (script) => nameFor(pathOf(script)),
    loadedBy(script) {
      const seen = new Set<string>();
      const order: string[] = [];
      const walk = (path: string): void => {
        if (seen.has(path)) return;
        seen.add(path);
        for (const to of imports.get(path)!.values()) walk(to);
        order.push(nameFor(path));
      };
      walk(pathOf(script));
      return order;
    },
  };
}
