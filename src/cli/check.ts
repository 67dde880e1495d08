import { CHECKS, runChecks, type CheckName } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { openReader, text, type Command } from "./command.ts";
import { knownSize } from "./known.ts";
import { wrap } from "./output.ts";

export const check: Command = {
  name: "check",
  summary: "Look for what real tables suffer from: parts that do not add up, dates that do not fit, …",
  arguments: "[check...]",
  options: [
    { flags: "--released", about: "only over what readers see" },
    { flags: "--known <when>", about: "as known at a log size or a time" },
    { flags: "--as-of <date>", about: "only what had been claimed by this date" },
  ],
  examples: [
    ["tracewire check", "all checks"],
    ["tracewire check total-against-its-rows", "58 or 57?"],
  ],
  exits: { 1: "something was found" },
  run(context, names, options) {
    const known = Object.keys(CHECKS) as CheckName[];
    const unknown = names.find((name) => !known.includes(name as CheckName));
    if (unknown) throw new TracewireError("BAD_ARGUMENT", { what: `There is no check "${unknown}"`, hint: `Checks: ${known.join(", ")}.` });
    const newsroom = openReader(context);
    try {
      const results = runChecks(
        newsroom.log,
        {
          log_size: knownSize(newsroom.log, text(options, "known")),
          evidence: options.released ? "released" : "all",
          as_of: text(options, "asOf"),
        },
        names.length > 0 ? (names as CheckName[]) : known,
      );
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
