import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline/promises";
import { TracewireError } from "../errors.ts";
import {
  GRADES,
  ITEM_GRADES,
  SOURCE_GRADES,
  appendCapture,
  appendRelease,
  openEgress,
  prepareCapture,
  type CaptureInput,
} from "../evidence/evidence.ts";
import { change, openWriter, text, whole, type Command, type CommandContext, type Options } from "./command.ts";

const BYTES_MAX = 50 * 1024 * 1024;

const GRADE_QUESTIONS = {
  grade: { flag: "--grade", ask: "Is it the original, a copy of it, or a transcription?", choices: GRADES },
  sourceGrade: {
    flag: "--source-grade",
    ask: "How reliable is the source? A (completely) … E (not), F cannot be judged",
    choices: SOURCE_GRADES,
  },
  itemGrade: {
    flag: "--item-grade",
    ask: "How credible is this item itself? 1 (confirmed) … 5 (improbable), 6 cannot be judged",
    choices: ITEM_GRADES,
  },
} as const;

export const capture: Command = {
  name: "capture",
  summary: "Keep the bytes of a source: a file, standard input (-), or a web address",
  arguments: "<source>",
  writes: true,
  options: [
    { flags: "--grade <grade>", about: "original, copy or transcription", choices: GRADES },
    { flags: "--source-grade <letter>", about: "Admiralty: reliability of the source, A to F", choices: SOURCE_GRADES },
    { flags: "--item-grade <digit>", about: "Admiralty: credibility of the item, 1 to 6", choices: ITEM_GRADES },
    { flags: "--title <text>", about: "what it is, in a line" },
    { flags: "--licence <text>", about: "under which licence its bytes may leave" },
    { flags: "--media-type <type>", about: "what the source declares it to be" },
    { flags: "--retrieved-at <time>", about: "when it was retrieved, if not now (UTC, ISO 8601)" },
    { flags: "--max-bytes <count>", about: `refuse more than this (${BYTES_MAX})` },
    { flags: "--protect", about: "protect its source: at the desk only you and editors see it, and it is never released" },
    { flags: "--release", about: "make the record public at once" },
    { flags: "--release-bytes", about: "make the record and its bytes public at once" },
  ],
  examples: [
    ["tracewire capture demo/try/2023-09-04-Stake.md --grade copy --source-grade C --item-grade 3", "a file; it prints the name to claim from"],
    [
      'curl -s https://example.org/report | tracewire capture - --title "Report" --grade copy --source-grade B --item-grade 2',
      "standard input",
    ],
  ],
  async run(context, [source], options) {
    const grades = await askGrades(options);
    const input: CaptureInput = {
      ...(await readSource(context, source!, options)),
      ...grades,
      title: text(options, "title"),
      licence: text(options, "licence"),
      ...(options.protect ? { is_protected: true as const } : {}),
    };
    const newsroom = openWriter(context);
    try {
      // A dry run keeps no bytes either.
      const blobs = context.dryRun ? { ...newsroom.blobs, put: () => ({ sha256: "0".repeat(64), existed: false }) } : newsroom.blobs;
      const prepared = await prepareCapture(blobs, input);
      const seq = change(context, newsroom, (transaction) => {
        const entry = appendCapture(transaction, prepared);
        if (options.release || options.releaseBytes) appendRelease(transaction, [entry], options.releaseBytes ? [entry] : [], context.by);
        return entry;
      });
      const { extraction, sha256 } = prepared;
      context.output.json({
        seq,
        sha256,
        byte_count: input.bytes.length,
        media_type: extraction.media_type,
        extraction: extraction.outcome,
        released: Boolean(options.release || options.releaseBytes),
      });
      context.output.line(`Captured ${context.output.bold(sha256)}`);
      context.output.line(`  entry ${seq} of the log, ${input.bytes.length} bytes, ${extraction.media_type}`);
      if (extraction.outcome === "unreadable") context.output.line(`  No text could be read (${extraction.reason}). The bytes are kept.`);
      else {
        context.output.line(`  ${extraction.text.length} characters of text, read by ${extraction.extractor} ${extraction.version}`);
        for (const warning of extraction.warnings.slice(0, 5)) context.output.line(`  note: ${warning}`);
        context.output.line(`Next: tracewire claim SUBJECT FIELD VALUE --capture ${sha256.slice(0, 12)} --quote "…" --claimant "…"`);
      }
    } finally {
      newsroom.close();
    }
  },
};

async function readSource(
  context: CommandContext,
  source: string,
  options: Options,
): Promise<Pick<CaptureInput, "bytes" | "origin" | "retrieved_at" | "retrieved_by" | "declared_media_type">> {
  const retrieved_at = text(options, "retrievedAt") ?? context.effects.clock();
  if (Number.isNaN(Date.parse(retrieved_at)))
    throw new TracewireError("BAD_ARGUMENT", { what: `--retrieved-at: "${retrieved_at}" is not a time` });
  const bytes_max = whole(options, "maxBytes", "--max-bytes") ?? BYTES_MAX;
  const base = { retrieved_at, retrieved_by: context.by, declared_media_type: text(options, "mediaType") };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) {
    const fetched = await openEgress({ clock: context.effects.clock })(source, { bytes_max });
    if (fetched.status < 200 || fetched.status > 299)
      throw new TracewireError("EGRESS_FAILED", {
        what: `It answered ${fetched.status}`,
        where: source,
        hint: "Nothing was captured. Check the address in a browser.",
      });
    return {
      ...base,
      retrieved_at: fetched.retrieved_at,
      declared_media_type: base.declared_media_type ?? fetched.declared_media_type,
      bytes: fetched.bytes,
      origin: {
        from: "url",
        name: source,
        final_url: fetched.final_url,
        status: fetched.status,
        headers: fetched.headers,
        hops: fetched.hops,
      },
    };
  }
  const bytes = source === "-" ? await readStandardInput(bytes_max) : readFile(source, bytes_max);
  if (bytes.length === 0) throw new TracewireError("BAD_INPUT", { what: "There are no bytes in it", where: source });
  return { ...base, bytes, origin: source === "-" ? { from: "stdin", name: "standard input" } : { from: "file", name: basename(source) } };
}

function readFile(path: string, bytes_max: number): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new TracewireError("NOT_FOUND", {
      what: "The file cannot be read",
      where: path,
      hint: "Check the path; web addresses start with https://.",
      cause: error,
    });
  }
  if (bytes.length > bytes_max)
    throw new TracewireError("CAPTURE_TOO_LARGE", { what: `${bytes.length} bytes are over the limit of ${bytes_max}`, where: path });
  return bytes;
}

async function readStandardInput(bytes_max: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > bytes_max) throw new TracewireError("CAPTURE_TOO_LARGE", { what: `More than ${bytes_max} bytes`, where: "standard input" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The three grades are three questions: most people answer two of them alike when asked once. */
async function askGrades(options: Options): Promise<Pick<CaptureInput, "grade" | "source_grade" | "item_grade">> {
  const answers: Record<string, string> = {};
  const missing = Object.entries(GRADE_QUESTIONS).filter(([name]) => !text(options, name));
  if (missing.length > 0 && !(process.stdin.isTTY && process.stderr.isTTY))
    throw new TracewireError("BAD_ARGUMENT", {
      what: `A capture needs its grades: ${missing.map(([, { flag }]) => flag).join(", ")}`,
      hint: missing.map(([, { ask, flag }]) => `${flag}: ${ask}`).join(" "),
    });
  const lines = missing.length > 0 ? createInterface({ input: process.stdin, output: process.stderr }) : undefined;
  for (const [name, { ask, choices }] of Object.entries(GRADE_QUESTIONS)) {
    let answer = text(options, name);
    while (!answer || !(choices as readonly string[]).includes(answer))
      answer = (await lines!.question(`${ask} [${choices.join("/")}] `)).trim();
    answers[name] = answer;
  }
  lines?.close();
  return { grade: answers.grade, source_grade: answers.sourceGrade, item_grade: answers.itemGrade } as Pick<
    CaptureInput,
    "grade" | "source_grade" | "item_grade"
  >;
}
