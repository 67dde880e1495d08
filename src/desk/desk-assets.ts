// What the desk's pages load: the site's own stylesheet and fonts, one stylesheet more, and our scripts. Scripts are written
// in TypeScript and stripped of their types when the desk starts, as Node does with everything else here: no build step.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { assetHref, findAsset, type AssetName } from "../site/site.ts";

type Asset = { type: string; bytes: Uint8Array | string };
const files = new Map<string, Asset>();
const hrefs = new Map<string, string>();

const folder = join(import.meta.dirname, "client");
add("desk.css", readFileSync(join(import.meta.dirname, "desk.css"), "utf8"), "text/css; charset=utf-8");
for (const name of readdirSync(folder).filter((file) => file.endsWith(".ts")))
  add(name.replace(/\.ts$/, ".js"), stripTypeScriptTypes(readFileSync(join(folder, name), "utf8"), { mode: "strip" }), "text/javascript; charset=utf-8");

function add(name: string, text: string, type: string): void {
  const [stem, extension] = name.split(".") as [string, string];
  const file = `${stem}.${createHash("sha256").update(text).digest("hex").slice(0, 10)}.${extension}`;
  files.set(file, { type, bytes: text });
  hrefs.set(name, `/desk/assets/${file}`);
}

/** `name` is one of the site's assets, "desk.css", or a file of client/ as .js. */
export function deskAssetHref(name: AssetName | "desk.css" | `${string}.js`): string {
  return hrefs.get(name) ?? assetHref(name as AssetName).replace("/assets/", "/desk/assets/");
}

/** Whoever asks: there is nothing in them that is not in the source. */
export function findDeskAsset(file: string): Asset | undefined {
  const own = files.get(file);
  if (own) return own;
  const page = findAsset(file);
  return page && { type: page.content_type, bytes: page.body };
}
