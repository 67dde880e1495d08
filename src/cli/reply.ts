import {
  appendAnswer,
  appendRequest,
  appendSilence,
  dueReplies,
  HEDGES,
  prepareAnswer,
  prepareRequest,
  readReplies,
  releaseReply,
  type Reply,
} from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { change, openReader, openWriter, readTextFile, text, type Command, type CommandContext, type Options } from "./command.ts";

type Action = (context: CommandContext, name: string | undefined, options: Options) => Promise<number | void> | number | void;

const ACTIONS: Record<string, Action> = { ask, answer, close, release, due };

export const reply: Command = {
  name: "reply",
  summary: "Right of reply: keep what was asked of whom and by when, what they answered, or that nothing came",
  arguments: "<action> [name]",
  actions: [
    ["ask <name>", "keep a request in the very words that were sent, with whom, the channel and the deadline"],
    ["answer <name>", "keep what they answered"],
    ["close <name>", "say that nothing came by the deadline"],
    ["release <name>", "make the request and what came of it public"],
    ["due", "who has not answered yet, the nearest deadline first"],
  ],
  writes: true,
  options: [
    { flags: "--of <name>", about: "ask: who was asked" },
    { flags: "--channel <words>", about: "ask: by which channel, such as mail to the press office" },
    { flags: "--by-day <day>", about: "ask: an answer is asked for by this day (YYYY-MM-DD)" },
    { flags: "--remind <day>", about: "ask: remind us on this day; it is never public" },
    { flags: "--about <name>", about: "ask: a story's slug or a report's symbol, whose reply box or annex shows it by itself" },
    { flags: "--on <day>", about: "ask, answer: the day on which it was sent (today)" },
    { flags: "--file <path>", about: "ask, answer: the words as they were sent (- for standard input)" },
    { flags: "--print <words>", about: "ask, answer: what the box prints of more than 2,000 characters" },
    { flags: "--claimant <name>", about: "answer: who answers" },
    { flags: "--hedge <word>", about: `answer: ${HEDGES.join(", ")} (asserted)`, choices: HEDGES },
    { flags: "--release", about: "make it public at once" },
  ],
  examples: [
    ["tracewire reply due", "who has not answered yet, the nearest deadline first"],
    [
      'tracewire reply ask the-exchange --of "The exchange" --channel "mail to its press office" --by-day 2026-12-01 --about un-monitors-58-suspected-cyberattacks --file question.txt --dry-run',
      "a request with the very words that were sent",
    ],
    ['tracewire reply answer the-exchange --claimant "The exchange" --hedge denied --file answer.txt --release', "their words, in the reply box of the story"],
    ["tracewire reply close the-exchange --release", "the deadline has passed and nothing came"],
  ],
  exits: { 1: "due: a deadline has passed, or a reminder is due" },
  run(context, [action, name], options) {
    const run = Object.hasOwn(ACTIONS, action!) ? ACTIONS[action!]! : undefined;
    if (!run) throw new TracewireError("BAD_ARGUMENT", { what: `“${action}” is no action of reply`, hint: `Actions: ${Object.keys(ACTIONS).join(", ")}.` });
    return run(context, name, options);
  },
};

const today = ({ effects }: CommandContext): string => effects.clock().slice(0, 10);

function needed(options: Options, name: string, flag: string): string {
  const value = text(options, name);
  if (value === undefined) throw new TracewireError("BAD_ARGUMENT", { what: `${flag} is missing`, hint: "tracewire reply --help has examples." });
  return value;
}

async function ask(context: CommandContext, name: string | undefined, options: Options): Promise<void> {
  const newsroom = openWriter(context);
  try {
    const [reminder, about, question] = ["remind", "about", "print"].map((option) => text(options, option));
    const prepared = await prepareRequest(
      newsroom.blobs,
      {
        name: name ?? "",
        asked_of: needed(options, "of", "--of"),
        channel: needed(options, "channel", "--channel"),
        asked_at: text(options, "on") ?? today(context),
        deadline: needed(options, "byDay", "--by-day"),
        wording: readTextFile(fileOf(options)),
        ...(reminder === undefined ? {} : { reminder }),
        ...(about === undefined ? {} : { about }),
        ...(question === undefined ? {} : { question }),
      },
      context.by,
      context.effects.clock(),
    );
    const entries = change(context, newsroom, (transaction) => [...appendRequest(transaction, prepared, context.by), ...released(transaction, name!, context, options)]);
    say(context, name!, entries, options);
  } finally {
    newsroom.close();
  }
}

async function answer(context: CommandContext, name: string | undefined, options: Options): Promise<void> {
  const newsroom = openWriter(context);
  try {
    const printed = text(options, "print");
    const prepared = await prepareAnswer(
      newsroom.blobs,
      {
        name: name ?? "",
        claimant: needed(options, "claimant", "--claimant"),
        answered_at: text(options, "on") ?? today(context),
        text: readTextFile(fileOf(options)),
        hedge: (text(options, "hedge") ?? "asserted") as (typeof HEDGES)[number],
        ...(printed === undefined ? {} : { printed }),
      },
      context.by,
      context.effects.clock(),
    );
    const entries = change(context, newsroom, (transaction) => [...appendAnswer(transaction, prepared, context.by), ...released(transaction, name!, context, options)]);
    say(context, name!, entries, options);
  } finally {
    newsroom.close();
  }
}

function close(context: CommandContext, name: string | undefined, options: Options): void {
  writing(context, name, options, (transaction) => [appendSilence(transaction, name ?? "", today(context), context.by), ...released(transaction, name ?? "", context, options)]);
}

function release(context: CommandContext, name: string | undefined, options: Options): void {
  writing(context, name, { ...options, release: true }, (transaction) => releaseReply(transaction, name ?? "", context.by));
}

type Transacting = Parameters<typeof releaseReply>[0];

function writing(context: CommandContext, name: string | undefined, options: Options, run: (transaction: Transacting) => number[]): void {
  const newsroom = openWriter(context);
  try {
    say(context, name ?? "", change(context, newsroom, run), options);
  } finally {
    newsroom.close();
  }
}

const released = (transaction: Transacting, name: string, { by }: CommandContext, options: Options): number[] => (options.release ? releaseReply(transaction, name, by) : []);

const fileOf = (options: Options): string => (needed(options, "file", "--file") === "-" ? "/dev/stdin" : text(options, "file")!);

function say({ output }: CommandContext, name: string, entries: number[], options: Options): void {
  output.json({ subject: `reply/${name}`, entries: [...new Set(entries)], released: Boolean(options.release) });
  output.line(`${output.bold(`reply/${name}`)}: entries ${[...new Set(entries)].join(", ")}${options.release ? (options.remind ? ", public except the reminder" : ", public") : ""}.`);
  if (!options.release) output.line(`Readers do not see it yet. Next: tracewire reply release ${name}`);
}

function due(context: CommandContext): number {
  const newsroom = openReader(context);
  try {
    const waiting = dueReplies(readReplies(newsroom.log, { log_size: newsroom.log.size(), evidence: "all" }), today(context));
    for (const { claims: _, answers: __, ...item } of waiting) {
      context.output.json(item);
      context.output.line(`${context.output.bold(item.name)}  ${item.asked_of ?? ""}, by ${item.deadline}${dueWords(item)}`);
    }
    if (waiting.length === 0) context.output.line("Nobody is waited for.");
    return waiting.some((item) => item.due !== undefined) ? 1 : 0;
  } finally {
    newsroom.close();
  }
}

const dueWords = ({ due: what, reminder }: Pick<Reply, "reminder"> & { due: string | undefined }): string =>
  what === "overdue" ? ": the deadline has passed" : what === "remind" ? `: reminder of ${reminder}` : "";
