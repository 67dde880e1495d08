// What the desk's pages load: the site's own stylesheet and fonts, stylesheets more, and our scripts. Scripts are written
// in TypeScript and stripped of their types when the desk starts, as Node does with everything else here: no build step.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { assetHref, findAsset, html, type AssetName, type Html } from "../site/site.ts";
import { readClientModules } from "./client-modules.ts";

type Asset = { type: string; bytes: Uint8Array | string; /** The same, made small once. */ gzip?: Uint8Array };
const files = new Map<string, Asset>();
const hrefs = new Map<string, string>();

const modules = readClientModules(join(import.meta.dirname, "client"));
for (const [name, text] of modules.files) files.set(name, { type: "text/javascript; charset=utf-8", bytes: text });
for (const name of ["desk.css", "editor.css"]) {
  const text = readFileSync(join(import.meta.dirname, name), "utf8");
  const file = name.replace(".", `.${createHash("sha256").update(text).digest("hex").slice(0, 10)}.`);
  files.set(file, { type: "text/css; charset=utf-8", bytes: text });
  hrefs.set(name, `/desk/assets/${file}`);
}

/** Packages that come as one script for a browser, as they are: their modules import what is none (decisions/0018). */
for (const [name, specifier, path] of [
  ["graphology.min.js", "graphology", "dist/graphology.umd.min.js"],
  ["sigma.min.js", "sigma", "dist/sigma.min.js"],
] as const) {
  const text = readFileSync(join(dirname(findPackageJSON(specifier, import.meta.url)!), path), "utf8").replace(/^\/\/# sourceMappingURL=.*$/m, "");
  const file = name.replace(".", `.${createHash("sha256").update(text).digest("hex").slice(0, 10)}.`);
  files.set(file, { type: "text/javascript; charset=utf-8", bytes: text });
  hrefs.set(name, `/desk/assets/${file}`);
}

/** The site's stylesheet as paper has it, for a screen. */
const paper = (() => {
  const style = findAsset(assetHref("style.css").split("/").at(-1)!)!;
  const text = Buffer.from(style.body as Uint8Array).toString("utf8").replaceAll("@media print", "@media all");
  const file = `paper.${createHash("sha256").update(text).digest("hex").slice(0, 10)}.css`;
  files.set(file, { type: "text/css; charset=utf-8", bytes: text });
  return `/desk/assets/${file}`;
})();

/** A page of the site with the desk's addresses of what it loads; `on_paper`: as it prints. */
export const withDeskAssets = (markup: string, on_paper: boolean): string =>
  markup.replaceAll(/"\/assets\/([\w.-]+)"/g, (_, file: string) => (on_paper && file.startsWith("style.") ? `"${paper}"` : `"/desk/assets/${file}"`));

/** `name` is one of the site's assets, a stylesheet of the desk, or a file of client/ as .js. */
export function deskAssetHref(name: AssetName | "desk.css" | "editor.css" | `${string}.js`): string {
  if (name.endsWith(".js") && !hrefs.has(name)) return `/desk/assets/${modules.nameOf(name)}`;
  return hrefs.get(name) ?? assetHref(name as AssetName).replace("/assets/", "/desk/assets/");
}

/** The element that runs a script which imports others; they are asked for at once instead of one after another. */
export function deskScript(name: `${string}.js`): Html {
  const loaded = modules.loadedBy(name);
  return html`${loaded.slice(0, -1).map((file) => html`<link rel="modulepreload" href="/desk/assets/${file}">
`)}<script type="module" src="/desk/assets/${loaded.at(-1)!}"></script>`;
}

/** Bytes that a script and all it imports take on the wire. */
export const weightOf = (name: `${string}.js`): number => modules.loadedBy(name).reduce((sum, file) => sum + smallOf(files.get(file)!).length, 0);

/** Whoever asks: there is nothing in them that is not in the source. */
export function findDeskAsset(file: string): Asset | undefined {
  const own = files.get(file);
  if (own) return { ...own, gzip: smallOf(own) };
  const page = findAsset(file);
  return page && { type: page.content_type, bytes: page.body };
}

function smallOf(asset: Asset): Uint8Array {
  return (asset.gzip ??= gzipSync(asset.bytes, { level: 9 }));
}
