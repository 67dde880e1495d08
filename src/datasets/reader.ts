// What a reader of a public source is: bytes of its files in, plain tables out. Nothing is guessed: a field that the
// reader does not know is counted and reported, a row that it cannot read is refused with its file and line.
import { TracewireError } from "../errors.ts";

/** Every cell is text as the source has it; nothing there is the empty string. */
export type Row = Record<string, string>;

export type SourceFile = { name: string; bytes: Uint8Array };

export type DatasetTable = {
  /** "entries": the dataset is then known as "<format>/entries". */
  name: string;
  columns: readonly string[];
  /** Columns that name a row in every edition, so that two editions can be compared. */
  key: readonly string[];
  rows: Row[];
  /** For each row, which of the files it stands in; left out where there is one file for all of them. */
  files?: readonly number[];
};

export type ReadSource = {
  tables: DatasetTable[];
  /** The edition as the source itself states it, when it does. */
  edition?: string;
  /** Fields met that this reader does not read, with how often. */
  unknown_fields?: Record<string, number>;
};

export type DatasetReader = {
  format: string;
  version: string;
  title: string;
  publisher: string;
  /** The files it wants, in words, for an error. */
  files: string;
  grade: "original" | "copy" | "transcription";
  source_grade: "A" | "B" | "C" | "D" | "E" | "F";
  item_grade: "1" | "2" | "3" | "4" | "5" | "6";
  /** What readers are told that this source lacks. */
  lacks: string;
  /** By file name alone, so that a format may be left out on the command line. */
  recognises(name: string): boolean;
  /** One's own files, which have any name: where the format is said, all that are given are of it. */
  any_name?: true;
  read(files: readonly SourceFile[]): ReadSource;
};

export const textOf = (file: SourceFile): string => new TextDecoder("utf-8", { fatal: false }).decode(file.bytes);

export function jsonOf<T>(file: SourceFile): T {
  try {
    return JSON.parse(textOf(file)) as T;
  } catch (error) {
    throw new TracewireError("BAD_INPUT", { what: `This is not JSON: ${(error as Error).message}`, where: file.name, cause: error });
  }
}

export function requireFile(files: readonly SourceFile[], pattern: RegExp, wanted: string): SourceFile {
  const found = files.find((file) => pattern.test(file.name));
  if (!found)
    throw new TracewireError("BAD_INPUT", {
      what: `${wanted} is missing; given: ${files.map((file) => file.name).join(", ") || "nothing"}`,
    });
  return found;
}

export function refuseRow(file: SourceFile | string, line: number, what: string): never {
  throw new TracewireError("BAD_INPUT", { what, where: `${typeof file === "string" ? file : file.name}:${line}` });
}
