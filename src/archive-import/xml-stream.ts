// XML read a piece at a time. No entity beyond XML's own five is expanded, a document type with declarations in it is
// refused, depth and lengths are bounded: what is held is one record, however long the file (TRUST: XML).
import { closeSync, openSync, readSync } from "node:fs";
import type { SaxesTagNS } from "saxes";
import { lazily } from "../lazy.ts";
import { refuse, type Losses } from "./taken-post.ts";
import { TracewireError } from "../errors.ts";

const saxes = lazily<typeof import("saxes")>(import.meta.url, "saxes");

const PIECE_BYTES = 256 * 1024;
const BYTES_MAX = 2 ** 30;
const DEPTH_MAX = 256;
/** Beyond so many faults a file is something else. */
const MENDED_MAX = 100;
const ATTRIBUTES_LENGTH_MAX = 100_000;
/** What XML 1.0 forbids and exports hold all the same: signs of no meaning. */
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

export type XmlElement = { local: string; uri: string; attribute(name: string): string | undefined };
export type XmlHandler = {
  open(element: XmlElement, line: number): void;
  text(words: string): void;
  close(local: string, uri: string): void;
};

/**
 * Feeds a file to `handler`; gives way after each piece, so that what was read can be taken on. Throws BAD_INPUT with file and
 * line; where it may mend, it reads on as if what is missing stood there, and each such place is among the losses.
 */
export function* readXml(path: string, name: string, handler: XmlHandler, lost: Losses, mend = false): Generator<void> {
  const parser = new (saxes().SaxesParser)({ xmlns: true, position: true });
  const stop = (what: string, cause?: unknown): never => refuse(`${name}:${parser.line}`, what, undefined, cause);
  let depth = 0;
  const open: SaxesTagNS[] = [];
  let mended = 0;
  parser.on("error", (error) => {
    const what = error.message.replace(/^[\d:]+ /, "");
    if (!mend || ++mended > MENDED_MAX) stop(`This is not well-formed XML: ${what}`, error);
    lost.add(`mended: line ${parser.line}, ${what}`);
  });
  parser.on("doctype", (text) => {
    if (text.includes("[")) stop("A document type with declarations of its own is not read");
  });
  parser.on("opentag", (tag) => {
    if (++depth > DEPTH_MAX) stop(`Elements stand more than ${DEPTH_MAX} deep`);
    let length = 0;
    for (const key in tag.attributes) length += tag.attributes[key]!.value.length;
    if (length > ATTRIBUTES_LENGTH_MAX) stop(`${tag.name}: its attributes have more than ${ATTRIBUTES_LENGTH_MAX} characters`);
    open.push(tag);
    const attribute = (wanted: string) => (Object.hasOwn(tag.attributes, wanted) ? tag.attributes[wanted]!.value : undefined);
    handler.open({ local: tag.local, uri: tag.uri, attribute }, parser.line);
  });
  parser.on("text", (words) => handler.text(words));
  parser.on("cdata", (words) => handler.text(words));
  parser.on("closetag", () => {
    depth -= 1;
    const { local, uri } = open.pop()!;
    handler.close(local, uri);
  });

  let file: number;
  try {
    file = openSync(path, "r");
  } catch (cause) {
    throw new TracewireError("NOT_FOUND", { what: "The file cannot be read", where: name, cause });
  }
  try {
    const buffer = new Uint8Array(PIECE_BYTES);
    let total = 0;
    let decoder: TextDecoder | undefined;
    for (;;) {
      const count = readSync(file, buffer, 0, PIECE_BYTES, null);
      total += count;
      if (total > BYTES_MAX) refuse(name, `The file has more than ${BYTES_MAX} bytes`);
      const piece = buffer.subarray(0, count);
      decoder ??= decoderFor(piece, name);
      try {
        const text = count === 0 ? decoder.decode() : decoder.decode(piece, { stream: true });
        const clean = text.replace(FORBIDDEN, "");
        if (clean.length < text.length) lost.add("control sign that XML forbids", text.length - clean.length);
        if (clean !== "") parser.write(clean);
      } catch (error) {
        if (error instanceof TracewireError) throw error;
        stop(`${name}: ${(error as Error).message}`, error);
      }
      yield;
      if (count === 0) break;
    }
    parser.close();
    yield;
  } finally {
    closeSync(file);
  }
}

function decoderFor(start: Uint8Array, name: string): TextDecoder {
  const head = Buffer.from(start.subarray(0, 200)).toString("latin1");
  const bom = head.startsWith("\xff\xfe") ? "utf-16le" : head.startsWith("\xfe\xff") ? "utf-16be" : undefined;
  const label = bom ?? /^\s*(?:\xef\xbb\xbf)?<\?xml[^>]*\bencoding=["']([\w.:-]{1,40})["']/.exec(head)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(label, { fatal: true });
  } catch (error) {
    return refuse(`${name}:1`, `encoding: “${label}” is not read`, "Save the file as UTF-8.", error);
  }
}
