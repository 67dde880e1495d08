// The stylesheet and the fonts, under names that carry their hash, so that a browser may keep them for ever.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "./page-store.ts";
import type { Route } from "./route.ts";

const FONTS = ["serif-text", "serif-display", "sans-text", "sans-bold"] as const;

export type AssetName = "style.css" | "icon.svg" | `${(typeof FONTS)[number]}.woff2`;
type Asset = { href: string; page: Page };

const FOREVER = { "cache-control": "public, max-age=31536000, immutable" };
const byName = new Map<AssetName, Asset>();
const byFile = new Map<string, Asset>();

for (const font of FONTS) add(`${font}.woff2`, readFileSync(join(import.meta.dirname, "assets", `${font}.woff2`)), "font/woff2");
add("icon.svg", readFileSync(join(import.meta.dirname, "assets", "icon.svg")), "image/svg+xml");
add("style.css", compact(withFontNames(readFileSync(join(import.meta.dirname, "style.css"), "utf8"))), "text/css; charset=utf-8");

/** Address of an asset with its hash: /assets/style.1a2b3c4d5e.css */
export function assetHref(name: AssetName): string {
  return byName.get(name)!.href;
}

/** An asset by its file's name with the hash. */
export const findAsset = (file: string): Page | undefined => byFile.get(file)?.page;

export const ASSET_NAMES: readonly AssetName[] = [...byName.keys()];

export const assetRoutes: Route[] = [
  {
    path: "/assets/:file",
    about: "Stylesheet and fonts; the name carries the hash of the bytes.",
    render: (_context, { params }) => byFile.get(params.file!)?.page,
  },
];

function add(name: AssetName, body: string | Uint8Array, content_type: string): void {
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 10);
  const [stem, extension] = name.split(".") as [string, string];
  const file = `${stem}.${hash}.${extension}`;
  const asset = { href: `/assets/${file}`, page: { content_type, body, depends: [], headers: FOREVER } };
  byName.set(name, asset);
  byFile.set(file, asset);
}

function withFontNames(css: string): string {
  return FONTS.reduce((text, font) => text.replaceAll(`${font}.woff2`, assetHref(`${font}.woff2`).slice("/assets/".length)), css);
}

/** Comments and indentation are for us, not for the reader's line. */
function compact(css: string): string {
  return css
    .replace(/\/\*[^]*?\*\//g, "")
    .replace(/\s*\n\s*/g, "\n")
    .replace(/ *([{};,>]) */g, "$1")
    .replace(/: /g, ":")
    .replace(/;}/g, "}")
    .trim();
}
