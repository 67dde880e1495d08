import { TracewireError } from "../errors.ts";
import { appendException, endException, listExceptions, stateOf } from "../screening/screening.ts";
import { change, openReader, openWriter, text, whole, type Command } from "./command.ts";

export const exceptionCommand: Command = {
  name: "exception",
  summary: "Known false hits of screening: record one with reason and end, end one, list them all",
  arguments: "[address]",
  writes: true,
  options: [
    { flags: "--why <reason>", about: "the reason, in words" },
    { flags: "--until <date>", about: "the last day on which it holds, within a year" },
    { flags: "--list <id>", about: "the list that is meant (ofac-crypto)" },
    { flags: "--end <entry>", about: "end the exception of this entry" },
  ],
  examples: [
    ["tracewire exception", "all of them, with who, why, until when, and how they ended"],
    [
      'tracewire exception bip122:000000000019d6689c085ae165831e93:149w62rY42aZBox8fGcmqNsXUzSStKeq8C --until 2027-06-30 --why "Reviewed: our own test address, case 17" --dry-run',
      "an exception; the listing is still shown, the alarm is not",
    ],
  ],
  run(context, [address], options) {
    const today = context.effects.clock().slice(0, 10);
    const [why, until, list] = ["why", "until", "list"].map((name) => text(options, name));
    const ends = whole(options, "end", "--end");
    if (address === undefined && ends === undefined) {
      const newsroom = openReader(context);
      try {
        const all = listExceptions(newsroom.log).map((exception) => ({ ...exception, state: stateOf(exception, today) }));
        for (const exception of all) {
          context.output.json(exception);
          const { seq, at, account, list: of, reason, until: last, by, ended, state } = exception;
          context.output.line(`${context.output.bold(`${seq}  ${account}`)}  ${of}, ${state}`);
          context.output.line(`  ${at.slice(0, 10)} by ${by}, until ${last}: ${reason}`);
          if (ended) context.output.line(`  ended ${ended.at.slice(0, 10)} by ${ended.by} (entry ${ended.seq}): ${ended.reason}`);
        }
        if (all.length === 0) context.output.line("No exception is recorded.");
      } finally {
        newsroom.close();
      }
      return;
    }
    if (!why) throw new TracewireError("BAD_ARGUMENT", { what: "An exception needs --why" });
    const newsroom = openWriter(context);
    try {
      if (ends !== undefined) {
        const seq = change(context, newsroom, (transaction) => endException(transaction, ends, why, context.by));
        context.output.json({ seq, exception: ends, ended: true });
        context.output.line(`Exception ${ends} ended by entry ${seq}.`);
        return;
      }
      if (!until) throw new TracewireError("BAD_ARGUMENT", { what: "An exception needs --until: nothing is excepted for ever" });
      const seq = change(context, newsroom, (transaction) => appendException(transaction, { address: address!, reason: why, until, ...(list ? { list } : {}) }, { by: context.by, today }));
      context.output.json({ seq, address, until });
      context.output.line(`Exception ${context.output.bold(String(seq))} until ${until}. The listing is still shown with it; end it with: tracewire exception --end ${seq} --why REASON`);
    } finally {
      newsroom.close();
    }
  },
};
