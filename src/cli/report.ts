import { dirname, join } from "node:path";
import { TracewireError } from "../errors.ts";
import {
  buildReport,
  checkReport,
  issueReport,
  listIssuedReports,
  openReportTexts,
  paragraphsOf,
  parsePrevious,
  parseReportSpec,
  renderReport,
  writeReport,
  type ParsedReport,
  type ReportTexts,
} from "../reports/reports.ts";
import { change, openReader, openWriter, readTextFile, text, whole, type Command, type CommandContext, type Options } from "./command.ts";

type Read = { parsed: ParsedReport; spec_text: string };
type Action = (context: CommandContext, read: Read, options: Options) => number | void | Promise<number | void>;

const ACTIONS: Record<string, Action> = { check, build, issue };
/** Over the texts that are kept; the desk writes there too. */
const KEPT: Record<string, (context: CommandContext, texts: ReportTexts, arg: string | undefined, options: Options) => void> = { list, show, keep };

export const report: Command = {
  name: "report",
  summary: "Build a monitors' report: numbered paragraphs, footnotes to evidence, annexes; as HTML, tagged PDF, data and bundle",
  arguments: "<action> [spec]",
  records: { keep: 0 },
  actions: [
    ["check <spec>", "what is still open before it may be built"],
    ["build <spec> --out <folder>", "write it as HTML, tagged PDF, data and bundle"],
    ["issue <spec> --out <folder>", "say in the log that this report was handed out"],
    ["list", "texts that are kept here, and what was issued"],
    ["show <report>", "print a text that is kept; --version an older one"],
    ["keep <spec> --version <n>", "keep a file's text, where the desk's people write on: on top of that version; 0 for a new report"],
  ],
  options: [
    { flags: "--out <folder>", about: "where the report is written; for issue: where it was" },
    { flags: "--version <n>", about: "show: this version; keep: the one it was written on top of" },
    { flags: "--at <size>", about: "as of this log size instead of the newest" },
    { flags: "--draft", about: "mark it as a draft in the head of each page" },
    { flags: "--force", about: "replace the report in the folder" },
  ],
  examples: [
    ["tracewire report check demo/reports/crypto-theft.yaml", "what is still open"],
    ["tracewire report build demo/reports/crypto-theft.yaml --out tmp/crypto-theft", "report.html, report.pdf, report.json, bundle.json"],
    ["tracewire report keep demo/reports/crypto-theft.yaml --version 0", "its text is at the desk now"],
    ["tracewire report issue demo/reports/crypto-theft.yaml --out tmp/crypto-theft", "say in the log, for ever and in public, that it was handed out"],
  ],
  writes: true,
  exits: { 1: "the report has open findings" },
  async run(context, [action, file], options) {
    if (Object.hasOwn(KEPT, action!)) return withTexts(context, (texts) => KEPT[action!]!(context, texts, file, options));
    const run = Object.hasOwn(ACTIONS, action!) ? ACTIONS[action!] : undefined;
    if (!run)
      throw new TracewireError("BAD_ARGUMENT", {
        what: `"${action}" is no action of report`,
        hint: `Actions: ${[...Object.keys(ACTIONS), ...Object.keys(KEPT)].join(", ")}`,
      });
    if (!file) throw new TracewireError("BAD_ARGUMENT", { what: `Which file? ${action!} needs a report's file` });
    const spec_text = readWhole(file);
    return run(context, { parsed: parseReportSpec(spec_text, file!), spec_text }, options);
  },
};

function check(context: CommandContext, { parsed }: Read, options: Options): number {
  const newsroom = openReader(context);
  try {
    const findings = newsroom.log.snapshot(() => checkReport(newsroom.log, parsed, sizeOf(newsroom.log.size(), options)));
    for (const finding of findings) {
      context.output.json(finding);
      context.output.line(`${finding.place}: ${finding.what} [${finding.rule}]`);
      context.output.line(`  ${finding.fix}`);
    }
    if (findings.length === 0) {
      context.output.json({ open: 0 });
      context.output.line("Nothing is open.");
    }
    return findings.length > 0 ? 1 : 0;
  } finally {
    newsroom.close();
  }
}

async function build(context: CommandContext, { parsed, spec_text }: Read, options: Options): Promise<void> {
  const out = outOf(options);
  const newsroom = openReader(context);
  try {
    const log_size = sizeOf(newsroom.log.size(), options);
    newsroom.log.checkpoint(log_size);
    context.output.note(`Computing as of log size ${log_size}`);
    const built = newsroom.log.snapshot(() =>
      buildReport(newsroom.log, {
        parsed,
        spec_text,
        log_size,
        draft: Boolean(options.draft),
        ...previousOf(parsed),
      }),
    );
    const files = await renderReport(newsroom, built, (step) => context.output.note(step));
    writeReport(out, files, Boolean(options.force));
    const counts = {
      paragraphs: paragraphsOf(built.report).length,
      footnotes: built.report.footnotes.length,
      figures: built.figures.length,
      sources: built.report.annexes.evidence.items.length,
    };
    context.output.json({ out, log_size, ...counts, files: files.map(({ name, bytes }) => ({ name, bytes: bytes.length })) });
    context.output.line(
      `${out}: ${counts.paragraphs} paragraphs, ${counts.footnotes} footnotes, ${counts.figures} figures, ${counts.sources} sources, as of log size ${log_size}.`,
    );
    for (const { name, bytes } of files) context.output.line(`  ${name}  ${bytes.length.toLocaleString("en-US")} bytes`);
    context.output.line(`Its receiver checks it with: sha256sum -c SHA256SUMS, and tracewire verify --bundle bundle.json`);
  } finally {
    newsroom.close();
  }
}

function issue(context: CommandContext, { parsed, spec_text }: Read, options: Options): void {
  const out = outOf(options);
  const [report_text, sums_text] = [readWhole(join(out, "report.json")), readWhole(join(out, "SHA256SUMS"))];
  const newsroom = openWriter(context);
  try {
    const issued = change(context, newsroom, (transaction) =>
      issueReport(transaction, newsroom.log, { file: parsed.file, spec_text, report_text, sums_text, ...previousOf(parsed) }, context.by),
    );
    context.output.json({ symbol: parsed.spec.symbol, ...issued });
    context.output.line(
      issued.outcome === "issued"
        ? `Issued ${context.output.bold(parsed.spec.symbol)} (entry ${issued.seq}). When its figures move, tracewire story affected lists it.`
        : `Unchanged: entry ${issued.seq} says so already.`,
    );
  } finally {
    newsroom.close();
  }
}

function withTexts(context: CommandContext, use: (texts: ReportTexts) => void): void {
  // A folder without a newsroom gets no file of texts.
  openReader(context).close();
  const texts = openReportTexts(context.config.data, context.effects);
  try {
    use(texts);
  } finally {
    texts.close();
  }
}

function list(context: CommandContext, texts: ReportTexts): void {
  const newsroom = openReader(context);
  try {
    for (const { report: name, version, by, at, symbol, title } of texts.list()) {
      context.output.json({ report: name, version, by, at, symbol, title });
      context.output.line(`${context.output.bold(name)}  ${symbol}: ${title} (version ${version} by ${by}, ${at.slice(0, 16).replace("T", " ")})`);
    }
    for (const { seq, at, symbol, title, log_size } of listIssuedReports(newsroom.log)) {
      context.output.json({ issued: symbol, entry: seq, at, title, log_size });
      context.output.line(`issued  ${symbol}: ${title} (entry ${seq}, ${at.slice(0, 10)}, as of log size ${log_size})`);
    }
  } finally {
    newsroom.close();
  }
}

function show({ output }: CommandContext, texts: ReportTexts, name: string | undefined, options: Options): void {
  const found = texts.find(name ?? "", whole(options, "version", "--version"));
  if (!found) throw new TracewireError("NOT_FOUND", { what: `No text of “${name ?? ""}” is kept`, hint: "tracewire report list" });
  output.json(found);
  output.line(found.text.replace(/\n$/, ""));
}

function keep({ output, by, dryRun }: CommandContext, texts: ReportTexts, file: string | undefined, options: Options): void {
  const base = whole(options, "version", "--version");
  if (!file || base === undefined) throw new TracewireError("BAD_ARGUMENT", { what: "Which file, on top of which version?", hint: "tracewire report keep FILE --version 0 for a new report." });
  const text = readWhole(file);
  parseReportSpec(text, file);
  if (dryRun) return output.note("Dry run: nothing was written.");
  const { report: name, version, symbol } = texts.save(by, text, base);
  output.json({ report: name, version, symbol });
  output.line(`Kept ${output.bold(symbol)}, version ${version}: tracewire report show ${name}, or Reports at the desk.`);
}

function outOf(options: Options): string {
  const out = text(options, "out");
  if (!out) throw new TracewireError("BAD_ARGUMENT", { what: "A report needs --out FOLDER" });
  return out;
}

function previousOf({ spec, file }: ParsedReport): { previous?: ReturnType<typeof parsePrevious> } {
  if (spec.previous === undefined) return {};
  const previous = join(dirname(file), spec.previous);
  return { previous: parsePrevious(readWhole(previous), previous) };
}

function sizeOf(newest: number, options: Options): number {
  const at = whole(options, "at", "--at") ?? newest;
  if (at >= 1 && at <= newest) return at;
  throw new TracewireError("BAD_ARGUMENT", { what: `--at: this log has sizes 1 to ${newest}, not ${at}` });
}

const readWhole = (path: string): string => readTextFile(path, "Check its name.");
