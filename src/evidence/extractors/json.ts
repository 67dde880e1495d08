// JSON (RFC 8259) written out with one member a line. Numbers are kept as they are written: through a float,
// 0.1 + 0.2 or an amount in wei would come out as another number. Strings are shown decoded, so that a quotation
// copied from a page matches. Names and values become text only, so `__proto__` is a word like any other.
import { decodeBytes } from "../decode.ts";
import { Unreadable, type Extractor } from "../extraction.ts";
import { createTextBuilder, type TextBuilder } from "../text-builder.ts";

const DEPTH_MAX = 1000;
/** Deeper levels are not indented further, or a deep document would turn into spaces. */
const INDENT_LEVELS_MAX = 20;

export const json: Extractor = {
  name: "json",
  version: "1",
  read({ bytes, charset, media_type, limits }) {
    const decoded = decodeBytes(bytes, { charset });
    const builder = createTextBuilder(limits);
    for (const warning of decoded.warnings) builder.warn(warning);
    writeJson(builder, decoded.text, { many: media_type === "application/x-ndjson" });
    return builder.finish();
  },
};

type Container = { object: boolean; names: Set<string>; count: number };

/** With `many`, values follow one another, a paragraph each (JSON Lines); else each member of the top value is one. */
function writeJson(builder: TextBuilder, source: string, { many }: { many: boolean }) {
  const open: Container[] = [];
  const paragraph_depth = many ? 0 : 1;
  let at = 0;
  let values = 0;

  function fail(what: string): never {
    const before = source.slice(0, at);
    const line = before.match(/\n/g)?.length ?? 0;
    throw new Unreadable(`not valid JSON: line ${line + 1}, column ${at - before.lastIndexOf("\n")}: ${what}`);
  }
  function skipSpace() {
    for (; at < source.length; at += 1) {
      const code = source.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    }
  }
  function readString(): string {
    const start = at;
    let escaped = false;
    at += 1;
    for (; ; at += 1) {
      if (at >= source.length) fail("a string is not closed");
      const code = source.charCodeAt(at);
      if (code === 0x22) break;
      if (code < 0x20) fail("a control character stands bare in a string");
      if (code !== 0x5c) continue;
      escaped = true;
      at += 1;
    }
    at += 1;
    if (!escaped) return source.slice(start + 1, at - 1);
    try {
      return JSON.parse(source.slice(start, at)) as string;
    } catch {
      at = start;
      return fail("a string holds an escape that JSON does not know");
    }
  }
  function readWord(): string {
    WORD.lastIndex = at;
    const word = WORD.exec(source)?.[0];
    if (word === undefined) return fail(at < source.length ? "a value was expected here" : "the text ends where a value was expected");
    at += word.length;
    return word;
  }
  function newLine(depth: number) {
    builder.append(`\n${"  ".repeat(Math.min(depth, INDENT_LEVELS_MAX))}`);
    if (depth === paragraph_depth) builder.startParagraph();
  }
  /** Writes one value, or opens a container and leaves its members to the loop. */
  function writeValue() {
    const character = source[at];
    if (character === "{" || character === "[") {
      if (open.length >= DEPTH_MAX) fail(`nested deeper than ${DEPTH_MAX} levels`);
      open.push({ object: character === "{", names: new Set(), count: 0 });
      builder.append(character);
      at += 1;
    } else if (character === '"') builder.append(`"${readString()}"`);
    else builder.append(readWord());
  }

  if (source.charCodeAt(0) === 0xfeff) at = 1;
  for (skipSpace(); ; skipSpace()) {
    const inside = open.at(-1);
    if (!inside) {
      if (at >= source.length && values > 0) return;
      if (values > 0 && !many) fail("more text follows the value");
      values += 1;
      if (values > 1) builder.append("\n");
      if (many || !/[[{]/.test(source[at] ?? "")) builder.startParagraph();
      writeValue();
      continue;
    }
    if (source[at] === (inside.object ? "}" : "]")) {
      at += 1;
      open.pop();
      if (inside.count > 0) builder.append(`\n${"  ".repeat(Math.min(open.length, INDENT_LEVELS_MAX))}`);
      builder.append(inside.object ? "}" : "]");
      continue;
    }
    if (inside.count > 0) {
      if (at >= source.length) fail("the text ends inside a list or object");
      if (source[at] !== ",") fail("a comma or the end of the list was expected here");
      builder.append(",");
      at += 1;
      skipSpace();
    }
    inside.count += 1;
    newLine(open.length);
    if (inside.object) {
      if (source[at] !== '"') fail(at < source.length ? "a name in quotes was expected here" : "the text ends inside an object");
      const name = readString();
      if (inside.names.has(name))
        builder.warn(`the name "${name}" stands twice in one object (character ${at}): readers disagree which counts`);
      inside.names.add(name);
      skipSpace();
      if (source[at] !== ":") fail("a colon was expected here");
      at += 1;
      skipSpace();
      builder.append(`"${name}": `);
    }
    writeValue();
  }
}

const WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)/y;
