import { appendInverse } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { change, openWriter, text, type Command } from "./command.ts";

export const retract: Command = {
  name: "retract",
  summary: "Take a claim or a judgement back: an entry more undoes it, and what it had replaced is said again",
  arguments: "<entry>",
  writes: true,
  options: [{ flags: "--why <reason>", about: "the reason, in words; public where the entry was" }],
  examples: [['tracewire retract 1545 --why "Read from the wrong row" --dry-run', "what would be appended"]],
  run(context, [id], options) {
    const why = text(options, "why");
    if (!why) throw new TracewireError("BAD_ARGUMENT", { what: "Taking back needs its --why" });
    if (!/^\d{1,12}$/.test(id!)) throw new TracewireError("BAD_ARGUMENT", { what: `"${id}" is no entry of the log` });
    const newsroom = openWriter(context);
    try {
      const inverse = change(context, newsroom, (transaction) => appendInverse(transaction, newsroom.log, Number(id), why, context.by));
      context.output.json({ entry: Number(id), ...inverse });
      context.output.line(`Entry ${id} ${context.dryRun ? "would hold no more" : "holds no more"}: entry ${context.output.bold(String(inverse.seq))} ${inverse.how === "retracted" ? `${context.dryRun ? "would take" : "takes"} it back` : `${context.dryRun ? "would say" : "says"} again what it had replaced`}.`);
    } finally {
      newsroom.close();
    }
  },
};
