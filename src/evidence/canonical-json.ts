// RFC 8785 (JSON Canonicalization Scheme): the one byte form of a log entry and of a figure.
// ECMAScript already serialises strings and numbers as the RFC asks, so what is left is the order of
// keys (UTF-16 code units, which is what Array.prototype.sort compares) and the refusal of what is not JSON.
import assert from "node:assert/strict";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined };

const DEPTH_MAX = 64;

/** Canonical text of a JSON value. Members that are `undefined` are left out, as in JSON.stringify. */
export function canonicalJson(value: Json | undefined, depth = 0): string {
  assert(depth <= DEPTH_MAX, `canonical JSON deeper than ${DEPTH_MAX}`);
  switch (typeof value) {
    case "string":
      assert(value.isWellFormed(), "canonical JSON refuses lone surrogates (RFC 8785 §3.2.2.2)");
      return JSON.stringify(value);
    case "number":
      // Money is never a JSON number here; what remains are counts and positions.
      assert(Number.isSafeInteger(value), `canonical JSON takes safe integers only, got ${value}`);
      return JSON.stringify(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? arrayText(value, depth) : objectText(value, depth);
    default:
      throw new assert.AssertionError({ message: `canonical JSON refuses ${typeof value}` });
  }
}

// Appended piece by piece: lists of pieces made first, then joined, cost a third more, and every entry goes through here.
function arrayText(items: readonly Json[], depth: number): string {
  let text = "[";
  for (let at = 0; at < items.length; at++) text += (at > 0 ? "," : "") + canonicalJson(items[at], depth + 1);
  return text + "]";
}

function objectText(value: { [key: string]: Json | undefined }, depth: number): string {
  let text = "{";
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) text += (text.length > 1 ? "," : "") + canonicalJson(key) + ":" + canonicalJson(member, depth + 1);
  }
  return text + "}";
}

export function canonicalBytes(value: Json): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value));
}
