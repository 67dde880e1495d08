// Folders of Markdown with front matter, as Jekyll, Hugo, Eleventy and Astro keep them.
import { lstatSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { TracewireError } from "../../errors.ts";
import { lazily } from "../../lazy.ts";
import { readHtml } from "../read-markup.ts";
import { leadingPicture, openRunningText } from "../running-text.ts";
import { oneByOne, openLosses, refuse, type PassedPost, type TakenPost } from "../taken-post.ts";
import { isObject, readBounded, type JsonObject } from "./json-file.ts";
import { markdownToHtml } from "./markdown-html.ts";
import type { ArchiveFile, StoryReader } from "../readers.ts";

const yaml = lazily<typeof import("yaml")>(import.meta.url, "yaml");

const FILES_MAX = 100_000;
const DEPTH_MAX = 16;
const BYTES_MAX = 2 ** 20;
const HEAD_LENGTH_MAX = 64 * 1024;
/** An alias may stand for what holds further aliases: a few lines then unfold to gigabytes. */
const ALIASES_MAX = 20;
const KNOWN = new Set(
  "title slug basename permalink url date published_at publishdate lastmod updated author authors by tags tag categories category topics description excerpt summary subtitle draft published image cover featured_image image_alt cover_alt aliases redirect_from layout".split(" "),
);

export const markdown: StoryReader = {
  format: "markdown",
  title: "Markdown with front matter",
  files: "files, or folders with all that is below them",
  *read(files) {
    let count = 0;
    for (const given of files)
      for (const file of filesBelow(given, 0)) {
        if (++count > FILES_MAX) refuse(given.name, `More than ${FILES_MAX} files`);
        yield oneByOne(file.name, file.name, () => readPost(file));
      }
  },
};

/** Plain files and folders only: what a link leads to is not looked at. */
function* filesBelow(given: ArchiveFile, depth: number): Generator<ArchiveFile> {
  let stat;
  try {
    stat = lstatSync(given.path);
  } catch (cause) {
    throw new TracewireError("NOT_FOUND", { what: "This cannot be read", where: given.name, cause });
  }
  if (stat.isFile()) {
    if (/\.(md|markdown)$/i.test(given.name)) yield given;
    return;
  }
  if (!stat.isDirectory()) return;
  if (depth > DEPTH_MAX) refuse(given.name, `Folders stand more than ${DEPTH_MAX} deep`);
  for (const name of readdirSync(given.path).sort())
    if (!name.startsWith(".") && name !== "node_modules") yield* filesBelow({ path: join(given.path, name), name: depth === 0 ? name : `${given.name}/${name}` }, depth + 1);
}

function readPost(file: ArchiveFile): TakenPost | PassedPost {
  const place = file.name;
  const source = readBounded(file.path, file.name, BYTES_MAX);
  const { head, body } = split(source, place);
  const lost = openLosses();
  const one = (...names: string[]): string | undefined => {
    for (const name of names) {
      const value = head[name];
      if (typeof value === "string" && value.trim() !== "") return value;
      if (typeof value === "number") return String(value);
      if (value instanceof Date) return value.toISOString();
    }
    return undefined;
  };
  // Jekyll's names begin with the day, with or without zeros.
  const named = /^(?:(\d{4})-(\d{1,2})-(\d{1,2})-)?(.+?)\.(?:md|markdown)$/i.exec(basename(file.name))!;
  const day = named[1] ? `${named[1]}-${named[2]!.padStart(2, "0")}-${named[3]!.padStart(2, "0")}` : undefined;
  const heading = /^#\s+(.+?)\s*#*\s*$/m.exec(body.trimStart().split("\n", 1)[0] ?? "")?.[1];
  const title = one("title") ?? heading ?? "";
  const pass = (passed: string): PassedPost => ({ place, title: title || basename(file.name), passed });
  if (head.draft === true || head.published === false) return pass("it is a draft");

  const text = openRunningText(place);
  readHtml(markdownToHtml(one("title") === undefined && heading ? body.trimStart().replace(/^.*\n?/, "") : body), text, lost);
  const { parts, pictures } = text.finish();
  const unknown = Object.keys(head).filter((key) => !KNOWN.has(key));
  for (const key of unknown) lost.add(`front matter “${key.slice(0, 40)}”`);
  const address = one("permalink", "url");
  const image = one("image", "cover", "featured_image");
  return {
    place,
    key: file.name,
    title,
    slug: one("slug", "basename") ?? (named[4] === "index" ? (basename(file.name.slice(0, -basename(file.name).length - 1)) || undefined) : named[4]),
    published: one("date", "published_at", "publishdate") ?? day,
    updated: one("lastmod", "updated"),
    address: address && /^https?:/.test(address) ? address : undefined,
    paths: [...(address ? [address] : []), ...list(head.aliases), ...list(head.redirect_from)].filter((path) => /^\/|^https?:/.test(path)),
    authors: [...list(head.author, true), ...list(head.authors, true), ...list(head.by, true)],
    tags: [...list(head.category), ...list(head.categories), ...list(head.topics), ...list(head.tags), ...list(head.tag)],
    standfirst: one("description", "excerpt", "summary", "subtitle"),
    parts,
    picture: leadingPicture(image ? { source: image, alt: one("image_alt", "cover_alt") } : undefined, pictures, lost),
    lost,
  };
}

/** A list, or words with commas or spaces between them; a name is one even with a space in it. */
function list(value: unknown, areNames = false): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => (typeof item === "string" || typeof item === "number" ? [String(item)] : isObject(item) && typeof item.name === "string" ? [item.name] : []));
  if (isObject(value) && typeof value.name === "string") return [value.name];
  if (typeof value !== "string") return [];
  return value.includes(",") ? value.split(",").map((item) => item.trim()) : areNames ? [value] : value.split(/\s+/).filter(Boolean);
}

function split(source: string, place: string): { head: JsonObject; body: string } {
  const text = source.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
  if (text.startsWith("+++\n")) refuse(`${place}:1`, "Front matter in TOML is not read", "Make it YAML, between lines of ---.");
  if (!text.startsWith("---\n")) return { head: {}, body: text };
  const end = text.indexOf("\n---", 3);
  if (end < 0) refuse(`${place}:1`, "The front matter has no closing ---");
  const head = text.slice(4, end);
  if (head.length > HEAD_LENGTH_MAX) refuse(`${place}:1`, `The front matter has more than ${HEAD_LENGTH_MAX} characters`);
  const { parseDocument } = yaml();
  const document = parseDocument(head, { schema: "core", logLevel: "silent", uniqueKeys: true });
  const [error] = document.errors;
  if (error) refuse(`${place}:${(error.linePos?.[0].line ?? 1) + 1}`, `The front matter is no YAML: ${error.message.split("\n")[0]}`, undefined, error);
  try {
    const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
    return { head: isObject(value) ? value : {}, body: text.slice(text.indexOf("\n", end + 1) + 1 || text.length) };
  } catch (cause) {
    return refuse(`${place}:1`, `The front matter unfolds too far: ${(cause as Error).message}`, undefined, cause);
  }
}
