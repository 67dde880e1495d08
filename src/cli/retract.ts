import { appendInverse, appendInversesOf, readClaim } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { change, openWriter, text, type Command, type CommandContext } from "./command.ts";

export const retract: Command = {
  name: "retract",
  summary: "Take a claim or a judgement back: an entry more undoes it, and what it had replaced is said again",
  arguments: "<entry>",
  writes: true,
  options: [{ flags: "--why <reason>", about: "the reason, in words; public where the entry was" }],
  examples: [
    ["tracewire retract 1545-1602 --why 'The wrong column' --dry-run", "all claims of one capture between two entries, by one change"],
    ['tracewire retract 1545 --why "Read from the wrong row" --dry-run', "what would be appended"],
  ],
  run(context, [id], options) {
    const why = text(options, "why");
    if (!why) throw new TracewireError("BAD_ARGUMENT", { what: "Taking back needs its --why" });
    const [, first, last] = /^(\d{1,9})-(\d{1,9})$/.exec(id!) ?? [];
    if (first !== undefined) return retractSpan(context, Number(first), Number(last), why);
    if (!/^\d{1,12}$/.test(id!)) throw new TracewireError("BAD_ARGUMENT", { what: `"${id}" is no entry of the log` });
    const newsroom = openWriter(context);
    try {
      const inverse = change(context, newsroom, (transaction) => appendInverse(transaction, newsroom.log, Number(id), why, context.by));
      context.output.json({ entry: Number(id), ...inverse });
      context.output.line(`Entry ${id} holds no more: entry ${context.output.bold(String(inverse.seq))} ${inverse.how === "retracted" ? "takes it back" : "says again what it had replaced"}.`);
    } finally {
      newsroom.close();
    }
  },
};

/** Of the capture that the first of them was read from. */
function retractSpan(context: CommandContext, first: number, last: number, why: string): void {
  const newsroom = openWriter(context);
  try {
    const claim = readClaim(newsroom.log, first);
    if (!claim) throw new TracewireError("BAD_ARGUMENT", { what: `Entry ${first} is no claim` });
    const inverses = change(context, newsroom, (transaction) => appendInversesOf(transaction, newsroom.log, { capture: claim.source.capture, first, last }, why, context.by));
    for (const inverse of inverses) context.output.json(inverse);
    context.output.line(`${inverses.length} claims hold no more: entries ${inverses[0]!.seq} to ${inverses.at(-1)!.seq} take them back.`);
  } finally {
    newsroom.close();
  }
}
