// The record of acts from the terminal: who did what, when, on what, from where; as lines, JSON or CSV.
import { accountsExist, actsCsv, listActs, openAccounts, readActDay } from "../accounts/accounts.ts";
import { TracewireError } from "../errors.ts";
import { openReader, text, whole, type Command } from "./command.ts";
import { table } from "./output.ts";

const SHOWN = 100;
const ENTRIES_SHOWN = 5;
const OBJECT_CHARS = 60;
const EXPORTED_MAX = 100_000;

export const acts: Command = {
  name: "acts",
  summary: "The record of acts: who did what, when, on what, from where; of the desk and of the command line",
  options: [
    { flags: "--who <name>", about: "of this person or program alone" },
    { flags: "--kind <word>", about: "of this kind alone, the first word of an act: story, claim, user" },
    { flags: "--day <day>", about: "of this day alone (UTC)" },
    { flags: "--before <number>", about: "older than this act, for the next page" },
    { flags: "--csv", about: `all of them as CSV, ${EXPORTED_MAX.toLocaleString("en-US")} at most` },
  ],
  examples: [
    ["tracewire acts", `the last ${SHOWN}`],
    ["tracewire acts --kind erase --csv", "every erasure, as a file"],
  ],
  run(context, _, options) {
    openReader(context).close();
    const { data } = context.config;
    if (!accountsExist(data)) throw new TracewireError("NOT_FOUND", { what: "There is no record: nobody has an account here yet", hint: "tracewire user first" });
    const accounts = openAccounts(data, context.effects);
    try {
      const day = text(options, "day");
      const found = listActs(accounts, {
        handle: text(options, "who"),
        kind: text(options, "kind"),
        day: day === undefined ? undefined : readActDay(day),
        before: whole(options, "before", "--before"),
        limit: options.csv ? EXPORTED_MAX : SHOWN,
      });
      if (options.csv) return void process.stdout.write(actsCsv(found));
      for (const act of found) context.output.json(act);
      const rows = found.map(({ id, at, handle, act, object, network, entries }) => {
        const some = entries.slice(0, ENTRIES_SHOWN).join(" ") + (entries.length > ENTRIES_SHOWN ? " …" : "");
        return [String(id), at.slice(0, 16).replace("T", " "), handle, act, object.slice(0, OBJECT_CHARS), network, some];
      });
      for (const line of table(rows, context.output.width)) context.output.line(line);
      if (found.length === 0) context.output.line("Nothing.");
      if (found.length === SHOWN) context.output.note(`Older ones: --before ${found.at(-1)!.id}`);
    } finally {
      accounts.close();
    }
  },
};
