import { CHECKS, readJudgements, runChecks, type CheckName, type Vantage } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { knownSize, type LogReader } from "../evidence/evidence.ts";
import { listUndecided } from "../figures/figures.ts";
import { openReader, text, type Command, type CommandContext } from "./command.ts";
import { wrap } from "./output.ts";

export const check: Command = {
  name: "check",
  summary: "Look for what real tables suffer from: parts that do not add up, dates that do not fit, …",
  arguments: "[check...]",
  options: [
    { flags: "--questions", about: "the open questions instead: judgements that say unsure, values that no figure's rules choose between" },
    { flags: "--released", about: "only over what readers see" },
    { flags: "--known <when>", about: "as known at a log size or a time" },
    { flags: "--as-of <date>", about: "only what had been claimed by this date" },
  ],
  examples: [
    ["tracewire check", "all checks"],
    ["tracewire check total-against-its-rows", "58 or 57?"],
    ["tracewire check --questions", "what somebody has to decide"],
  ],
  exits: { 1: "something was found" },
  async run(context, names, options) {
    const known = Object.keys(CHECKS) as CheckName[];
    const unknown = names.find((name) => !known.includes(name as CheckName));
    if (unknown) throw new TracewireError("BAD_ARGUMENT", { what: `There is no check "${unknown}"`, hint: `Checks: ${known.join(", ")}.` });
    const newsroom = openReader(context);
    try {
      const at: Vantage = { log_size: knownSize(newsroom.log, text(options, "known")), evidence: options.released ? "released" : "all", as_of: text(options, "asOf") };
      if (options.questions) return await showQuestions(context, newsroom.log, at);
      const results = runChecks(newsroom.log, at, names.length > 0 ? (names as CheckName[]) : known);
      for (const result of results) context.output.json(result);
      for (const [name, own] of Map.groupBy(results, (result) => result.check)) {
        context.output.line(`${context.output.bold(name)}  ${CHECKS[name].about}`);
        for (const result of own)
          for (const line of wrap(`${result.subject}: ${result.what}`, context.output.width, "  ")) context.output.line(line);
      }
      context.output.line(
        results.length === 0
          ? "Nothing was found."
          : `${results.length} finding${results.length === 1 ? "" : "s"}. A finding is a question, not an error: nothing was changed.`,
      );
      return results.length > 0 ? 1 : 0;
    } finally {
      newsroom.close();
    }
  },
};

async function showQuestions({ output }: CommandContext, log: LogReader, at: Vantage): Promise<number> {
  const unsure = readJudgements(log, at).filter(({ verdict }) => verdict === "unsure");
  const rivals = await listUndecided(log, at);
  for (const judgement of unsure) {
    output.json(judgement);
    output.line(`${output.bold(judgement.subject)}${judgement.other === undefined ? "" : ` and ${judgement.other}`}: unsure (${judgement.question.replace("_", " ")}). ${judgement.why}`);
  }
  for (const { subject, field, claims } of rivals) {
    output.json({ subject, field, claims: claims.map(({ seq, value, unit, claimant }) => ({ seq, value, unit, claimant })) });
    output.line(`${output.bold(subject)}, ${field}: ${claims.map(({ value, unit, claimant }) => `${value}${unit === undefined ? "" : ` ${unit}`} (${claimant})`).join("; ")}`);
  }
  if (unsure.length + rivals.length === 0) output.line("No question is open.");
  return unsure.length + rivals.length > 0 ? 1 : 0;
}
