import { QUESTIONS, VERDICTS, appendJudgement, type JudgementInput } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { appendRelease } from "../evidence/evidence.ts";
import { change, openWriter, text, type Command } from "./command.ts";

export const judge: Command = {
  name: "judge",
  summary: "Record a decision with its reason: two subjects are the same, a victim is named",
  arguments: "<question> <subject> [other]",
  writes: true,
  options: [
    { flags: "--verdict <verdict>", about: VERDICTS.join(", "), choices: VERDICTS },
    { flags: "--why <reason>", about: "the reason, in words" },
    { flags: "--release", about: "make it public at once: figures then count by it" },
  ],
  examples: [
    [
      'tracewire judge same theft/2023-07-22-alphapo-coinspaid theft/2023-09-04-stake --verdict negative --why "Different victims and dates"',
      "two thefts are not one",
    ],
    [
      'tracewire judge victim_named theft/2018-08-xx-unidentified-company --verdict negative --why "The source names nobody"',
      "a victim is not named",
    ],
  ],
  run(context, [question, subject, other], options) {
    const newsroom = openWriter(context);
    try {
      const why = text(options, "why");
      const verdict = text(options, "verdict");
      if (!why || !verdict)
        throw new TracewireError("BAD_ARGUMENT", {
          what: `A judgement needs ${!verdict ? "--verdict" : "--why"}`,
          hint: `Questions: ${QUESTIONS.join(", ")}; verdicts: ${VERDICTS.join(", ")}.`,
        });
      for (const name of [subject!, ...(other ? [other] : [])])
        if (!newsroom.log.db.prepare("SELECT 1 FROM claims WHERE subject = ?").get(name))
          throw new TracewireError("NOT_FOUND", { what: `There is no claim on "${name}"` });
      const seq = change(context, newsroom, (transaction) => {
        const entry = appendJudgement(transaction, { question, subject, other, verdict, why } as JudgementInput, context.by);
        if (options.release) appendRelease(transaction, [entry], [], context.by);
        return entry;
      });
      context.output.json({ seq, question, subject, other, verdict });
      context.output.line(
        `Judgement ${context.output.bold(String(seq))}: ${question}, ${subject}${other ? ` and ${other}` : ""}: ${verdict}, because: ${why}`,
      );
      if (!options.release) context.output.line(`Readers do not see it yet. Next: tracewire release ${seq}`);
    } finally {
      newsroom.close();
    }
  },
};
