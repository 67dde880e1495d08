// Bytes to text in this very process. Right for what we made or already trust (importers, tests) and for the
// limited child of extract.ts; a hostile document belongs in the child, because here nothing bounds its time. PDF is
// read by the child alone: its parser can fail a promise that nobody holds, which ends the process it runs in.
import { DEFAULT_LIMITS, Unreadable, type Extraction, type ExtractLimits, type Extractor, type ExtractorInput } from "./extraction.ts";
import { findMediaType, type MediaType } from "./media-type.ts";

export type ExtractOptions = { declared_media_type?: string; file_name?: string; limits?: Partial<ExtractLimits> };

/** Known before the text is: what a child that dies half way has still told us. */
export type ExtractionBegun = { extractor: string; version: string; media_type: string };

/**
 * Never throws: what cannot be read is an outcome with its reason. `expendable` says that this process may die of a
 * document, as the child may.
 */
export async function extractTextInProcess(
  bytes: Uint8Array,
  options: ExtractOptions & { expendable?: boolean; onBegin?: (begun: ExtractionBegun) => void } = {},
): Promise<Extraction> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const refused = refuseSize(bytes, options.declared_media_type, limits);
  if (refused) return refused;
  const found = await findMediaType(bytes, { declared: options.declared_media_type, file_name: options.file_name });
  const { media_type, charset } = found;
  const load = Object.hasOwn(EXTRACTORS, media_type) ? EXTRACTORS[media_type] : undefined;
  if (!load) {
    const reason = media_type === "application/octet-stream" ? "its bytes are of no known type" : `no text is read from ${media_type}`;
    return { outcome: "unreadable", ...NO_EXTRACTOR, media_type, reason: withWarnings(reason, found) };
  }
  const extractor = await load();
  if (media_type === "application/pdf" && !options.expendable)
    return {
      outcome: "unreadable",
      extractor: extractor.name,
      version: extractor.version,
      media_type,
      reason: "a PDF is read in a child process only",
    };
  options.onBegin?.({ extractor: extractor.name, version: extractor.version, media_type });
  let extraction = await runExtractor(extractor, { bytes, media_type, charset, limits });
  if (extraction.outcome === "unreadable" && found.by === "guessed" && media_type !== "text/plain") {
    // Our guess was wrong, not the source: it is text all the same.
    const { plainText } = await import("./extractors/plain-text.ts");
    extraction = await runExtractor(plainText, { bytes, media_type: "text/plain", charset, limits });
  }
  if (extraction.outcome === "text") extraction.warnings.unshift(...found.warnings);
  else extraction.reason = withWarnings(extraction.reason, found);
  return extraction;
}

/** One extractor on bytes that are taken to be of its type. Never throws. */
export async function runExtractor(extractor: Extractor, input: ExtractorInput): Promise<Extraction> {
  const by = { extractor: extractor.name, version: extractor.version, media_type: input.media_type };
  try {
    return { outcome: "text", ...by, ...(await extractor.read(input)) };
  } catch (error) {
    const reason = error instanceof Unreadable ? error.message : `the ${extractor.name} extractor failed: ${firstLine(error)}`;
    return { outcome: "unreadable", ...by, reason };
  }
}

export const NO_EXTRACTOR = { extractor: "none", version: "1" };

export function refuseSize(bytes: Uint8Array, declared: string | undefined, limits: ExtractLimits): Extraction | undefined {
  if (bytes.length <= limits.input_bytes_max) return undefined;
  const reason = `it has ${bytes.length} bytes; text is read from at most ${limits.input_bytes_max}`;
  return { outcome: "unreadable", ...NO_EXTRACTOR, media_type: declared?.split(";")[0]?.trim() || "application/octet-stream", reason };
}

const REASON_CHARS_MAX = 500;

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split("\n")[0] ?? "").slice(0, REASON_CHARS_MAX).toWellFormed();
}

const withWarnings = (reason: string, { warnings }: MediaType) => [reason, ...warnings].join("; ");

/** Loaded when needed: a child reads one document and should not load five parsers. */
const EXTRACTORS: Record<string, () => Promise<Extractor>> = {
  "text/html": async () => (await import("./extractors/html.ts")).html,
  "text/plain": async () => (await import("./extractors/plain-text.ts")).plainText,
  "application/xml": async () => (await import("./extractors/plain-text.ts")).plainText,
  "text/markdown": async () => (await import("./extractors/markdown.ts")).markdown,
  "text/csv": async () => (await import("./extractors/csv.ts")).csv,
  "application/json": async () => (await import("./extractors/json.ts")).json,
  "application/x-ndjson": async () => (await import("./extractors/json.ts")).json,
  "application/pdf": async () => (await import("./extractors/pdf.ts")).pdf,
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": async () => (await import("./extractors/xlsx.ts")).xlsx,
  "message/rfc822": async () => (await import("./extractors/mail.ts")).mail,
};
