// Addresses in batch against lists, as of a day: a line of text for each that needs a look, or JSON or CSV for all.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { TracewireError } from "../errors.ts";
import { addressOfLine, batchLine, batchWords, BATCH_COLUMNS, count, evidenceLines, EXPOSED_MAX, isShown, newCounts, openScreener, type BatchAnswer, type Screener } from "../screening/screening.ts";
import { list, openReader, text, type Command, type CommandContext, type Options } from "./command.ts";
import { showName } from "./screen-name.ts";
import { showExposure } from "./screen-exposure.ts";

const ADDRESSES_MAX = 10_000_000;
const SHOWN_MAX = 50;
const FOUND = 1;
const NAME_LENGTH_MAX = 160;

export const screenCommand: Command = {
  name: "screen",
  summary: "Screen addresses in batch, or one name: which stand on a list, by which edition, as of a day",
  arguments: "[file]",
  options: [
    { flags: "--name <words>", about: "look one name up instead: entries written so, nearly so, or that contain it, with what tells them apart" },
    { flags: "--as-of <date>", about: "the day that is asked about (today)" },
    { flags: "--list <id>", about: "only this list (may be repeated)", repeat: true },
    { flags: "--csv", about: "every answer as CSV" },
    { flags: "--exposure", about: "also what came from listed addresses by way of others, over the transfers held, under five conventions" },
    { flags: "--depth <n>", about: "with --exposure: over at most so many transfers" },
    { flags: "--known", about: "with --exposure: end at services, mixers and bridges that tags name" },
    { flags: "--set <name>", about: "with --exposure: only over this set of transfers (may be repeated)", repeat: true },
  ],
  examples: [
    ["tracewire screen demo/sources/ofac-crypto-2024-09-27/sanctioned_addresses_ETH.txt --as-of 2024-09-27", "one address a line, or the first column of a CSV"],
    ["echo 0x098B716B8Aaf21512996dC57EB0615e2383E2f96 | tracewire screen - --as-of 2024-09-27 --json", "standard input; every answer as JSON"],
    ['tracewire screen --name "Kim" --as-of 2021-07-15', "a name; a common one is counted, and the first entries shown"],
  ],
  exits: { [FOUND]: "at least one address is on a list, or may be, and no exception holds; or the name is, or may be" },
  async run(context, [file], options) {
    const today = context.effects.clock().slice(0, 10);
    const on = text(options, "asOf") ?? today;
    if (!/^\d{4}-\d{2}-\d{2}$/.test(on) || Number.isNaN(Date.parse(on)))
      throw new TracewireError("BAD_ARGUMENT", { what: `--as-of: "${on}" is no day`, hint: "Write YYYY-MM-DD." });
    const name = text(options, "name")?.trim();
    if ((name ? 1 : 0) + (file === undefined ? 0 : 1) !== 1)
      throw new TracewireError("BAD_ARGUMENT", { what: "What is to be screened: a file of addresses, or --name?", hint: "tracewire screen FILE, or tracewire screen --name WORDS." });
    const newsroom = openReader(context);
    try {
      if (name) return showName(context, newsroom, name.slice(0, NAME_LENGTH_MAX), on) ? FOUND : 0;
      const screener = openScreener(newsroom.log, { on, today, log_size: newsroom.log.size(), lists: list(options, "list") });
      const asked: string[] = [];
      const code = await screenFile(context, screener, file!, options, options.exposure ? asked : undefined);
      if (options.exposure) await showExposure(context, newsroom, screener, asked, options);
      return code;
    } finally {
      newsroom.close();
    }
  },
};

async function screenFile(context: CommandContext, screener: Screener, file: string, options: Options, kept?: string[]): Promise<number> {
  const { output } = context;
  const counts = newCounts();
  const as_csv = Boolean(options.csv) && !context.json;
  if (as_csv && options.exposure) throw new TracewireError("BAD_ARGUMENT", { what: "--exposure has no CSV", hint: "Use --json, or leave --csv out." });
  if (context.json) output.json({ on: screener.on, vintage: screener.vintage, indexed: screener.indexed });
  if (as_csv) output.line(BATCH_COLUMNS.join(","));
  for await (const given of addressesIn(file)) {
    if (counts.addresses >= ADDRESSES_MAX) throw new TracewireError("BAD_INPUT", { what: `More than ${ADDRESSES_MAX} addresses`, where: file });
    if (kept && kept.push(given) > EXPOSED_MAX) throw new TracewireError("BAD_INPUT", { what: `--exposure takes at most ${EXPOSED_MAX} addresses`, where: file });
    const answer = screener.screen(given);
    count(counts, answer);
    if (context.json) output.json(answer);
    else if (as_csv) output.line(batchLine(answer));
    else if (isShown(answer) && counts.alerts <= SHOWN_MAX) printAnswer(context, answer);
    output.progress(counts.addresses, 0, "addresses screened");
  }
  output.endProgress();
  if (counts.addresses === 0) throw new TracewireError("BAD_INPUT", { what: "No address was given", where: file });
  if (!context.json && !as_csv) {
    const { counts: [head, parts], unreadable, unread, looked_into } = batchWords(counts, screener);
    if (counts.alerts > SHOWN_MAX) output.line(`… and ${counts.alerts - SHOWN_MAX} more; --csv or --json has all.`);
    output.line();
    output.line(`${output.bold(head)}: ${parts}`);
    if (unreadable !== undefined) output.line(unreadable);
    for (const { given, form } of unread) output.line(`  ${given.slice(0, NAME_LENGTH_MAX)}: ${form}`);
    if (counts.unreadable > SHOWN_MAX) output.line("  … --csv has all.");
    output.line(output.dim(looked_into));
  }
  return counts.alerts > 0 ? FOUND : 0;
}

function printAnswer({ output }: CommandContext, answer: BatchAnswer): void {
  output.line(`${output.bold(answer.given)}  ${answer.outcome}`);
  output.line(`  ${answer.words}`);
  for (const [kind, words] of evidenceLines(answer)) output.line(kind === "tag" ? output.dim(`  tag      ${words}`) : `  ${kind.padEnd(7)}  ${words}`);
}

/** One address a line; of a line with more columns the first; a heading “address” and empty lines are passed over. */
async function* addressesIn(file: string): AsyncGenerator<string> {
  const input = file === "-" ? process.stdin : createReadStream(file);
  const failed = new Promise<never>((_, reject) =>
    input.once("error", (error) => reject(new TracewireError("NOT_FOUND", { what: "The file cannot be read", where: file, cause: error, hint: "Name a file of addresses, one a line, or - for standard input." }))),
  );
  failed.catch(() => {});
  const lines = createInterface({ input, crlfDelay: Infinity })[Symbol.asyncIterator]();
  for (let at = 1; ; at++) {
    const next = await Promise.race([lines.next(), failed]);
    if (next.done) return;
    const address = addressOfLine(next.value, at, file);
    if (address !== undefined) yield address;
  }
}
