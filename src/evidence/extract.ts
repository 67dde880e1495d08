// Door of text extraction. Documents come from anywhere and parsers have bugs, so each is read by a limited child
// process (limited-child.ts). Whatever happens to it, the capture is kept and the outcome says why it could not be read.
import { type ExtractionBegun, type ExtractOptions, NO_EXTRACTOR, refuseSize } from "./extract-in-process.ts";
import { DEFAULT_LIMITS, type Extraction } from "./extraction.ts";
import { runLimitedChild, type ChildEnd } from "./limited-child.ts";

export { extractTextInProcess } from "./extract-in-process.ts";
export { DEFAULT_LIMITS, rowValues, type Extraction, type ExtractLimits, type ExtractedText, type Row, type Table } from "./extraction.ts";

/** Two lines of JSON: text at up to 3 bytes a character and escapes, offsets of up to 9 digits for cells and paragraphs. */
const OUTPUT_BYTES_MAX = 256 * 2 ** 20;

/** Reads the text of a document in a limited child process. Never throws and never rejects. */
export async function extractText(bytes: Uint8Array, options: ExtractOptions = {}): Promise<Extraction> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const refused = refuseSize(bytes, options.declared_media_type, limits);
  if (refused) return refused;
  const { stdout, end } = await runLimitedChild("extract-child", { ...options, limits }, bytes, { ...limits, output_bytes_max: OUTPUT_BYTES_MAX });
  return readAnswer(stdout, end, options);
}

function readAnswer(stdout: Buffer, { stopped, failed }: ChildEnd, options: ExtractOptions): Extraction {
  const lines = answerLines(stdout);
  const answer = lines.at(-1);
  if (!stopped && !failed && isExtraction(answer)) return answer;
  const begun = lines[0] as Partial<ExtractionBegun> | undefined;
  const known = typeof begun?.extractor === "string" && typeof begun.version === "string" && typeof begun.media_type === "string";
  return {
    outcome: "unreadable",
    extractor: known ? begun.extractor! : NO_EXTRACTOR.extractor,
    version: known ? begun.version! : NO_EXTRACTOR.version,
    media_type: known ? begun.media_type! : options.declared_media_type?.split(";")[0]?.trim() || "application/octet-stream",
    reason: stopped ?? failed ?? "the extractor gave no answer",
  };
}

/** Whole lines only: a killed child may leave half of one. */
function answerLines(stdout: Buffer): unknown[] {
  const lines: unknown[] = [];
  for (let start = 0, end = stdout.indexOf(10); end !== -1 && lines.length < 2; start = end + 1, end = stdout.indexOf(10, start)) {
    try {
      lines.push(JSON.parse(stdout.toString("utf8", start, end)));
    } catch {
      return lines;
    }
  }
  return lines;
}

function isExtraction(answer: unknown): answer is Extraction {
  const it = answer as Partial<Record<string, unknown>> | null | undefined;
  if (typeof it !== "object" || it === null) return false;
  if (![it.extractor, it.version, it.media_type].every((value) => typeof value === "string")) return false;
  if (it.outcome === "unreadable") return typeof it.reason === "string";
  return it.outcome === "text" && typeof it.text === "string" && Array.isArray(it.paragraphs) && Array.isArray(it.warnings);
}
