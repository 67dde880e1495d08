// RFC 8785 read as a question: are these bytes the one canonical spelling of their value? The value is
// written again here, without the code that wrote it first, and the bytes must come out the same.

const DEPTH_MAX = 64;

export type JsonObject = { [key: string]: unknown };

/** The object that the bytes spell canonically, or why they do not. Never throws. */
export function readCanonicalObject(bytes: Uint8Array): { value: JsonObject } | { why: string } {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { why: "not UTF-8" };
  }
  if (isTooDeep(text)) return { why: `nested deeper than ${DEPTH_MAX}` };
  try {
    value = JSON.parse(text);
  } catch {
    return { why: "not JSON" };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { why: "not an object" };
  return spell(value) === text ? { value: value as JsonObject } : { why: "not canonical" };
}

/** Canonical text of a parsed JSON value; undefined when it holds what canonical JSON has no place for. */
export function spell(value: unknown): string | undefined {
  const out: string[] = [];
  return write(value, out) ? out.join("") : undefined;
}

/** Nesting counted on the text itself, before anything recursive sees it. */
export function isTooDeep(text: string, max = DEPTH_MAX): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > max + 1) return true;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return false;
}

function write(value: unknown, out: string[]): boolean {
  if (value === null || typeof value === "boolean") return (out.push(String(value)), true);
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0) && (out.push(String(value)), true);
  if (typeof value === "string") return value.isWellFormed() && (out.push(quote(value)), true);
  if (typeof value !== "object") return false;
  const isList = Array.isArray(value);
  out.push(isList ? "[" : "{");
  const keys = isList ? value.keys() : Object.keys(value).sort(byCodeUnit);
  let first = true;
  for (const key of keys) {
    if (!first) out.push(",");
    first = false;
    if (typeof key === "string") {
      if (!key.isWellFormed()) return false;
      out.push(quote(key), ":");
    }
    if (!write((value as JsonObject)[key], out)) return false;
  }
  out.push(isList ? "]" : "}");
  return true;
}

const SHORT: Record<string, string> = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\" };

/** RFC 8785 §3.2.2.2: only what must be escaped is, in the shortest way, with lower-case hex. */
function quote(text: string): string {
  const escaped = text.replace(/[\u0000-\u001f"\\]/g, (c) => SHORT[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${escaped}"`;
}

/** RFC 8785 §3.2.3 sorts by UTF-16 code units, which is how the language compares strings. */
function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
