// A JSON export, read whole and bounded: its size before it is read, its depth before it is parsed.
import { readFileSync, statSync } from "node:fs";
import { TracewireError } from "../../errors.ts";
import { refuse } from "../taken-post.ts";
import type { ArchiveFile } from "../readers.ts";

const BYTES_MAX = 256 * 2 ** 20;
const DEPTH_MAX = 64;

export type JsonObject = Record<string, unknown>;

export function readJsonFile({ path, name }: ArchiveFile): unknown {
  return parseBounded(readBounded(path, name, BYTES_MAX), name);
}

export function readBounded(path: string, name: string, bytes_max: number): string {
  let bytes: Uint8Array;
  try {
    if (statSync(path).size > bytes_max) refuse(name, `The file has more than ${bytes_max} bytes`, "Split it, or export by year.");
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof TracewireError) throw error;
    throw new TracewireError("NOT_FOUND", { what: "The file cannot be read", where: name, cause: error });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    return refuse(name, "The file is not UTF-8", undefined, error);
  }
}

function parseBounded(text: string, name: string): unknown {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (isText) {
      if (sign === 0x5c) at += 1;
      else if (sign === 0x22) isText = false;
    } else if (sign === 0x22) isText = true;
    else if (sign === 0x7b || sign === 0x5b) {
      if (++depth > DEPTH_MAX) refuse(name, `Objects stand more than ${DEPTH_MAX} deep, at character ${at}`);
    } else if (sign === 0x7d || sign === 0x5d) depth -= 1;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(name, `This is no JSON: ${(error as Error).message.slice(0, 200)}`, undefined, error);
  }
}

export const isObject = (value: unknown): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);
export const listOf = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
/** A text field; numbers and the rest are not guessed at. */
export const textOf = (object: JsonObject | undefined, field: string): string | undefined => {
  const value = object?.[field];
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
};
