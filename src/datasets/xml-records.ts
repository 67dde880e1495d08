// Records out of an XML file, one at a time: what is held is one record, however long the file. The parser knows no
// external entities, and one that a file declares itself is refused, so nothing can be expanded or fetched.
import { TracewireError } from "../errors.ts";
import type { SourceFile } from "./reader.ts";
import { lazily } from "../lazy.ts";

const saxes = lazily<typeof import("saxes")>(import.meta.url, "saxes");

const PIECE_LENGTH = 64 * 1024;
const DEPTH_MAX = 10;
const RECORD_LENGTH_MAX = 1_000_000;

export type XmlElement = { name: string; text: string; children: XmlElement[] };

/** `depth`: how deep records stand; 3 for list/group/record. Gives the root's name and attributes. Throws BAD_INPUT with file and line. */
export function readXmlRecords(
  file: SourceFile,
  depth: number,
  take: (record: XmlElement, line: number) => void,
): { name: string; attributes: Record<string, string> } {
  const parser = new (saxes().SaxesParser)({ position: true });
  const open: XmlElement[] = [];
  let root: { name: string; attributes: Record<string, string> } | undefined;
  let length = 0;
  const refuse = (what: string, cause?: unknown): never => {
    throw new TracewireError("BAD_INPUT", { what, where: `${file.name}:${parser.line}`, cause });
  };
  parser.on("error", (error) => refuse(`This is not well-formed XML: ${error.message.replace(/^[\d:]+ /, "")}`, error));
  parser.on("opentag", ({ name, attributes }) => {
    if (open.length === DEPTH_MAX) refuse(`Elements stand more than ${DEPTH_MAX} deep`);
    root ??= { name, attributes: attributes as Record<string, string> }; // Without namespaces, which are off, they are text.
    if (open.length < depth) length = 0;
    const element: XmlElement = { name, text: "", children: [] };
    if (open.length >= depth) open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on("text", (piece) => {
    length += piece.length;
    if (length > RECORD_LENGTH_MAX) refuse(`One record has more than ${RECORD_LENGTH_MAX} characters`);
    if (open.length > depth) open.at(-1)!.text += piece;
  });
  parser.on("closetag", () => {
    const element = open.pop()!;
    if (open.length === depth - 1) take(element, parser.line);
  });
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for (let at = 0; at < file.bytes.length; at += PIECE_LENGTH)
      parser.write(decoder.decode(file.bytes.subarray(at, at + PIECE_LENGTH), { stream: true }));
    parser.write(decoder.decode()).close();
  } catch (error) {
    if (error instanceof TracewireError) throw error;
    refuse((error as Error).message, error);
  }
  return root ?? refuse("The file has no element");
}
