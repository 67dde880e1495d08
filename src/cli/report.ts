import { dirname, join } from "node:path";
import { TracewireError } from "../errors.ts";
import {
  buildReport,
  checkReport,
  issueReport,
  paragraphsOf,
  parsePrevious,
  parseReportSpec,
  renderReport,
  writeReport,
  type ParsedReport,
} from "../reports/reports.ts";
import { change, openReader, openWriter, readTextFile, text, whole, type Command, type CommandContext, type Options } from "./command.ts";

type Read = { parsed: ParsedReport; spec_text: string };
type Action = (context: CommandContext, read: Read, options: Options) => number | void | Promise<number | void>;

const ACTIONS: Record<string, Action> = { check, build, issue };

export const report: Command = {
  name: "report",
  summary: "Build a monitors' report: numbered paragraphs, footnotes to evidence, annexes; as HTML, tagged PDF, data and bundle",
  arguments: "<action> <spec>",
  actions: [
    ["check <spec>", "what is still open before it may be built"],
    ["build <spec> --out <folder>", "write it as HTML, tagged PDF, data and bundle"],
    ["issue <spec> --out <folder>", "say in the log that this report was handed out"],
  ],
  options: [
    { flags: "--out <folder>", about: "where the report is written; for issue: where it was" },
    { flags: "--at <size>", about: "as of this log size instead of the newest" },
    { flags: "--draft", about: "mark it as a draft in the head of each page" },
    { flags: "--force", about: "replace the report in the folder" },
  ],
  examples: [
    ["tracewire report check demo/reports/crypto-theft.yaml", "what is still open"],
    ["tracewire report build demo/reports/crypto-theft.yaml --out tmp/crypto-theft", "report.html, report.pdf, report.json, bundle.json"],
    ["tracewire report issue demo/reports/crypto-theft.yaml --out tmp/crypto-theft", "say in the log, for ever and in public, that it was handed out"],
  ],
  writes: true,
  exits: { 1: "the report has open findings" },
  async run(context, [action, file], options) {
    const run = Object.hasOwn(ACTIONS, action!) ? ACTIONS[action!] : undefined;
    if (!run)
      throw new TracewireError("BAD_ARGUMENT", {
        what: `"${action}" is no action of report`,
        hint: `Actions: ${Object.keys(ACTIONS).join(", ")}`,
      });
    const spec_text = readWhole(file!);
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
