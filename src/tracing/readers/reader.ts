// What a reader of transfers is: files in, rows out, batch by batch, so that a file of any length is read in bounded
// memory. Nothing is guessed: a column that is not known is counted, a value that cannot be read is refused with its
// file, line and field.
import { TracewireError } from "../../errors.ts";
import type { SetKind } from "../set-row.ts";

/** Bytes already unpacked. May be opened more than once. */
export type InputFile = {
  name: string;
  pieces(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** A path for what cannot be read from front to back; whoever asks removes it. */
  temporary?(): string;
};

export type Place = { file: string; line: number };

export type ReadOptions = {
  /** CAIP-2, for rows that name no chain themselves. */
  chain?: string;
  /** Amounts are read as decimals with so many places; left out, they are whole base units. */
  decimals?: number;
  /** A mistyped address is taken as it stands, instead of being refused. */
  accept_bad_checksums?: boolean;
};

/** A row as a set keeps it (set-row.ts), and where it was read. */
export type ReadRow = { file: number; line: number; row: Record<string, string> };

export type ReadReport = {
  /** Columns met that are not read, with how often. */
  unknown_fields: Record<string, number>;
  /** Addresses whose checksum is wrong: how many, and the first of them. */
  bad_checksums: { count: number; first: string[] };
  /** Tokens that carry a known name and another contract: by asset, the name as written and how many rows. */
  borrowed_names: Record<string, { name: string; rows: number }>;
  /** What a source says of a token: its name and decimals, by asset. A name proves nothing; it is for reading. */
  tokens: Record<string, { symbol: string; decimals: number }>;
  /** Some rows state a bridge's message. */
  has_messages: boolean;
  notes: string[];
};

export const newReport = (): ReadReport => ({ unknown_fields: {}, bad_checksums: { count: 0, first: [] }, borrowed_names: {}, tokens: {}, has_messages: false, notes: [] });

export type TransferReader = {
  format: string;
  version: string;
  kind: SetKind;
  title: string;
  publisher: string;
  /** The files it wants, in words. */
  files: string;
  lacks: string;
  grade: "original" | "copy" | "transcription";
  source_grade: "A" | "B" | "C" | "D" | "E" | "F";
  item_grade: "1" | "2" | "3" | "4" | "5" | "6";
  /** Its set's name, where there is one source of the kind; else the first file's. */
  set_name?: string;
  /** Where the source's files have names of their own. */
  own_names?: RegExp;
  /** By a file's name and its first characters, so that the format may be left out. */
  recognises(name: string, head: string): boolean;
  read(files: readonly InputFile[], options: ReadOptions, report: ReadReport): AsyncIterable<ReadRow[]>;
};

export const placeText = ({ file, line }: Place): string => `${file}:${line}`;

/** Throws BAD_INPUT that names file, line and field. */
export function refuseField(place: Place, field: string, what: string, hint?: string): never {
  throw new TracewireError("BAD_INPUT", { what: `${field}: ${what}`, where: placeText(place), hint });
}

const QUOTED_CHARS_MAX = 60;

/** A value for an error: hostile files have long ones. */
export const quoted = (text: string): string => `"${text.length > QUOTED_CHARS_MAX ? `${text.slice(0, QUOTED_CHARS_MAX)}…` : text}"`;
