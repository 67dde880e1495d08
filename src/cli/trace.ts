// Following funds from the command line: one question, up to five answers side by side, and what stands behind them.
import { TracewireError } from "../errors.ts";
import { METHOD_NAMES, RANKING_METHODS, saveTrace, type Answer } from "../tracing/tracing.ts";
import { change, openReader, openWriter, text, type Command, type CommandContext, type Options } from "./command.ts";
import { auditTrace } from "./trace-audit.ts";
import { askWith, listKept, listSets, readAsk } from "./trace-ask.ts";
import { compareTraces } from "./trace-compare.ts";
import { readForm, textOf, writeForm, type FileForm } from "./trace-files.ts";
import { findLowest } from "./trace-lowest.ts";
import { noteOnPlace } from "./trace-note.ts";
import { findPaths } from "./trace-paths.ts";
import { printAnswer } from "./trace-print.ts";
import { rankAddresses } from "./trace-rank.ts";

const ACTIONS: Record<string, (context: CommandContext, args: string[], options: Options) => Promise<void> | void> = {
  audit: auditTrace,
  compare: compareTraces,
  list: listKept,
  lowest: findLowest,
  note: noteOnPlace,
  path: findPaths,
  rank: rankAddresses,
  sets: listSets,
};

export const trace: Command = {
  name: "trace",
  summary: "Follow funds transfer by transfer under five conventions side by side, exact to the unit",
  arguments: "[action] [args...]",
  actions: [
    ["audit <trace>", "every step of a kept trace, to be added up by anybody"],
    ["compare <trace> <other>", "two kept traces, or one as kept at two log sizes (NAME@SIZE)"],
    ["list", "which traces are kept"],
    ["lowest <address>", "of what came in, how much can still be there: the lowest balance since then"],
    ["note <trace> [place] [text]", "the newsroom's notes on places of a kept trace: all of them, or keep one; an empty text takes it away"],
    ["path <from> <to>", "ways from one address to another"],
    ["rank <address>", "which addresses to look at next; scores, no amounts"],
    ["sets", "which sets of transfers are held"],
  ],
  writes: true,
  // A note's words are nobody's business there; without a place the notes are only read.
  records: { note: ({ length }) => (length > 1 ? 2 : undefined) },
  options: [
    { flags: "--from <seeds>", about: "a theft, an address, address@order=amount, a txid, txid:vout=amount; several with commas" },
    { flags: "--methods <names>", about: `${METHOD_NAMES.join(", ")}, or all (the default)` },
    { flags: "--backward", about: "where it came from: fifo and lifo exact, haircut as an estimate" },
    { flags: "--asset <id>", about: "of an address with several assets: only this one" },
    { flags: "--floor <[asset=]units>", about: "do not follow less than this many base units, or of one asset (may be repeated); they are counted apart", repeat: true },
    { flags: "--until <when>", about: "as if the data ended at this day or time (UTC)" },
    { flags: "--depth <n>", about: "follow at most so many transfers; an account is as far as the first transfer that brought it any" },
    { flags: "--stop <address=reason>", about: "end there: service, mixer, bridge or contract, with a name if you like (service:Its name), or your own word (may be repeated)", repeat: true },
    { flags: "--known", about: "end at addresses that tags and lists name as services, mixers or bridges" },
    { flags: "--no-conversions", about: "do not carry taint through an exchange inside one transaction" },
    { flags: "--explore", about: "quickly, for looking around: haircut within a printed bound, the others exact; never kept" },
    { flags: "--set <name>", about: "only over this set of transfers (may be repeated); without it, all that are held", repeat: true },
    { flags: "--since <moment>", about: "for lowest: a txid, a day, a time (UTC), or @block; --until takes the same there" },
    { flags: "--amount <units>", about: "for lowest: of how many base units; left out, what the transaction of --since paid in, else all that was there" },
    { flags: "--method <name>", about: `for rank: ${RANKING_METHODS.join(" (heeds time and asset; the default) or ")} (heeds neither)` },
    { flags: "--lots", about: "for audit: also every credit and debit of the accounts it went into, clean ones too; needs --out" },
    { flags: "--csv", about: "the places as CSV" },
    { flags: "--graphml", about: "the flows as GraphML" },
    { flags: "--parquet", about: "the places as Parquet, amounts as text; needs --out" },
    { flags: "--save <name>", about: "keep the question and its answer in the log, for figures and pages" },
    { flags: "--title <words>", about: "with --save: what readers see" },
    { flags: "--release", about: "with --save: public at once" },
    { flags: "--out <file>", about: "write there; the ending says in which form: .csv, .graphml or .parquet; of audit .csv, .xlsx or .html" },
  ],
  examples: [
    ["tracewire trace --from invented-2 --set lesson", "the invented ledger: five conventions that disagree"],
    ["tracewire trace sets", "which transfers are held"],
    ["tracewire trace lowest market --since invented-3", "how much of what came in can still be there"],
    ["tracewire trace rank thief", "which addresses to look at next; scores, no amounts"],
    ["tracewire trace audit lesson --out tmp/lesson.csv", "every step, to be added up again by anybody"],
  ],
  async run(context, [action, ...args], options) {
    if (action !== undefined) {
      const run = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
      if (run) return run(context, args, options);
      throw new TracewireError("BAD_ARGUMENT", {
        what: `"${action}" is no action of trace`,
        hint: `To follow funds: tracewire trace --from SEED. Actions: ${Object.keys(ACTIONS).join(", ")}`,
      });
    }
    const ask = readAsk(options);
    const form = readForm(options);
    const name = text(options, "save");
    if (options.explore && (name !== undefined || form)) throw new TracewireError("BAD_ARGUMENT", { what: "An answer for exploring is never kept, nor written as a file", hint: "Ask without --explore: the exact kernel gives what can be kept." });
    if (name === undefined) {
      const newsroom = openReader(context);
      try {
        show(context, await askWith(context, newsroom, ask, options), form);
      } finally {
        newsroom.close();
      }
      return;
    }
    const newsroom = openWriter(context);
    try {
      const found = await askWith(context, newsroom, ask, options, { keepSteps: true });
      const title = text(options, "title") ?? `From ${ask.from}`;
      const saved = change(context, newsroom, (transaction) =>
        saveTrace(transaction, found, { id: name, title, by: context.by, captures: found.captures, release: Boolean(options.release) }),
      );
      show(context, found, form, saved);
      if (!context.json) {
        context.output.note(
          saved.outcome === "saved"
            ? `Kept as ${name} (entry ${saved.seq}), ${saved.step_count} steps${saved.steps_kept ? "" : ", too many to keep: they are made again when asked for"}. It can be asked again: tracewire reproduce ${name}`
            : `Kept as ${name} already, with the same answer (entry ${saved.seq}).`,
        );
      }
    } finally {
      newsroom.close();
    }
  },
};

function show(context: CommandContext, found: Answer, asked: FileForm | undefined, saved?: unknown): void {
  const { output } = context;
  if (asked?.out !== undefined) writeForm(context, found, asked.form, asked.out, saved);
  else if (context.json) output.json({ ...found.result, ...(found.result.exploring ? {} : { result_sha256: found.result_sha256 }), ...(saved ? { saved } : {}) });
  else if (asked && asked.form !== "parquet") output.line(textOf(found, asked.form));
  else printAnswer(output, found);
}
