// What the bytes are, compared with what was declared. A server's error page sent as text/csv, or a PDF named
// .txt, must be read as what it is, and the difference said.
import { byteOrderMark, decodeBytes, wideWithoutMark } from "./decode.ts";

export type MediaType = {
  /** What the bytes are, without parameters; application/octet-stream where nobody can tell. */
  media_type: string;
  /** The charset parameter of the declared type. */
  charset?: string;
  /** How we know. `guessed` means the content alone: a parser that fails on it says nothing against the source. */
  by: "signature" | "declared" | "name" | "guessed";
  warnings: string[];
};

/** Never throws. */
export async function findMediaType(bytes: Uint8Array, options: { declared?: string; file_name?: string } = {}): Promise<MediaType> {
  const declared = parseMediaType(options.declared);
  const warnings: string[] = [];
  const found = await sniff(bytes, declared?.essence, options.file_name);
  if (declared && !OPAQUE.has(declared.essence) && canonicalType(declared.essence) !== found.media_type)
    warnings.push(`declared as ${declared.essence}, but the bytes are ${found.media_type}`);
  return { ...found, ...(declared?.charset ? { charset: declared.charset } : {}), warnings };
}

/** Senders use these for "I do not know": they declare nothing. */
const OPAQUE = new Set(["application/octet-stream", "binary/octet-stream", "application/download", "application/x-download"]);

/** Types that say the same as one of ours. */
const ALIASES: Record<string, string> = {
  "application/xhtml+xml": "text/html",
  "application/csv": "text/csv",
  "text/comma-separated-values": "text/csv",
  "text/tab-separated-values": "text/csv",
  "text/x-markdown": "text/markdown",
  "text/json": "application/json",
  "application/x-ndjson": "application/x-ndjson",
  "application/jsonl": "application/x-ndjson",
  "application/x-jsonlines": "application/x-ndjson",
  "application/jsonlines": "application/x-ndjson",
  "text/xml": "application/xml",
  "application/x-pdf": "application/pdf",
};

const BY_EXTENSION: Record<string, string> = {
  html: "text/html",
  htm: "text/html",
  xhtml: "text/html",
  csv: "text/csv",
  tsv: "text/csv",
  tab: "text/csv",
  md: "text/markdown",
  markdown: "text/markdown",
  json: "application/json",
  geojson: "application/json",
  ndjson: "application/x-ndjson",
  jsonl: "application/x-ndjson",
  xml: "application/xml",
  eml: "message/rfc822",
  txt: "text/plain",
  log: "text/plain",
  pdf: "application/pdf",
};

/** Types any text may be, so that a declaration or a file name decides among them. */
const TEXTUAL = new Set("text/csv text/markdown text/html application/json application/x-ndjson application/xml message/rfc822".split(" "));

function canonicalType(essence: string): string {
  const alias = Object.hasOwn(ALIASES, essence) ? ALIASES[essence] : undefined;
  if (alias) return alias;
  return essence.endsWith("+json") ? "application/json" : essence.endsWith("+xml") ? "application/xml" : essence;
}

function parseMediaType(declared: string | undefined): { essence: string; charset?: string } | undefined {
  const match = /^\s*([\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127})\s*(?:;|$)/.exec(declared?.slice(0, 1000) ?? "");
  if (!match?.[1]) return undefined;
  const charset = /;\s*charset\s*=\s*"?([\w.:+-]{1,40})/i.exec(declared ?? "")?.[1];
  return { essence: match[1].toLowerCase(), charset };
}

type Sniffed = Pick<MediaType, "media_type" | "by">;

async function sniff(bytes: Uint8Array, declared: string | undefined, file_name: string | undefined): Promise<Sniffed> {
  // PDF readers accept the header anywhere in the first 1024 bytes (ISO 32000-1, Annex H.3, note 13).
  if (asciiHead(bytes, 1024).includes("%PDF-")) return { media_type: "application/pdf", by: "signature" };
  // The first four bytes of a ZIP, whatever share of the rest looks like letters: a well compressed one does.
  const is_zip = bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
  if (is_zip || !looksLikeText(bytes)) return { media_type: (await binaryType(bytes)) ?? "application/octet-stream", by: "signature" };

  const head = decodeBytes(bytes.subarray(0, HEAD_BYTES)).text.replace(/^[\ufeff\s]+/, "");
  if (startsAsHtml(head)) return { media_type: "text/html", by: "signature" };
  const declaredType = declared && canonicalType(declared);
  if (declaredType && TEXTUAL.has(declaredType)) return { media_type: declaredType, by: "declared" };
  if (head.startsWith("<?xml")) return { media_type: "application/xml", by: "signature" };
  const extension = /\.([a-z\d]{1,8})$/i.exec(file_name ?? "")?.[1]?.toLowerCase();
  const named = extension && Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : undefined;
  if (named && TEXTUAL.has(named)) return { media_type: named, by: "name" };
  if (declaredType === "text/plain" || named === "text/plain")
    return { media_type: "text/plain", by: declaredType === "text/plain" ? "declared" : "name" };
  if (startsAsMail(head)) return { media_type: "message/rfc822", by: "guessed" };
  if (/^[[{]/.test(head)) return { media_type: "application/json", by: "guessed" };
  return { media_type: "text/plain", by: "guessed" };
}

const HEAD_BYTES = 4096;
const TEXT_SAMPLE_BYTES = 65_536;
const CONTROL_SHARE_MAX = 0.05;

/** Text may hold a stray NUL, but not one control character in twenty. */
function looksLikeText(bytes: Uint8Array): boolean {
  if (byteOrderMark(bytes) || wideWithoutMark(bytes)) return true;
  const sample = bytes.subarray(0, TEXT_SAMPLE_BYTES);
  let controls = 0;
  for (const byte of sample) if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) controls += 1;
  return controls <= sample.length * CONTROL_SHARE_MAX;
}

async function binaryType(bytes: Uint8Array): Promise<string | undefined> {
  const { fileTypeFromBuffer } = await import("file-type"); // When first needed: a site that only serves never asks.
  try {
    return (await fileTypeFromBuffer(bytes))?.mime;
  } catch {
    return undefined; // A damaged container is still only bytes.
  }
}

/** A subset of WHATWG MIME Sniffing §7.1: tags that begin pages, after comments and an XML declaration. */
function startsAsHtml(head: string): boolean {
  const rest = head.replace(/^<\?xml[^>]{0,500}>\s*/i, "").replace(/^(?:<!--[^]{0,2000}?-->\s*){1,10}/, "");
  return /^<(?:!doctype\s+html|html|head|body|title|script|style|meta|h1|div|table|p|br|iframe)[\s>]/i.test(rest);
}

/** Two header fields (RFC 5322 §2.2), one of them a field nearly every message has. */
function startsAsMail(head: string): boolean {
  const fields = /^(?:From \S[^\n]*\n)?((?:[!-9;-~]{1,76}:[^\n]*\n(?:[ \t][^\n]*\n)*){2,})/.exec(head.replaceAll("\r\n", "\n"))?.[1];
  return fields !== undefined && /^(?:from|received|return-path|delivered-to|message-id|mime-version):/im.test(fields);
}

function asciiHead(bytes: Uint8Array, length: number): string {
  return new TextDecoder("latin1").decode(bytes.subarray(0, length));
}
