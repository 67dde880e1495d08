// tracewire trace lowest ADDRESS --since X: how much of what came in can still be there, whichever units left.
import { TracewireError } from "../errors.ts";
import { LOWEST_NOTE, lowestInNewsroom, lowestWords } from "../tracing/tracing.ts";
import { list, openReader, text, type CommandContext, type Options } from "./command.ts";
import { table, wrap } from "./output.ts";

export async function findLowest(context: CommandContext, [address]: string[], options: Options): Promise<void> {
  const { output } = context;
  const hint = "tracewire trace lowest ADDRESS --since TXID|DAY|TIME|@BLOCK [--until …] [--amount UNITS]";
  if (!address) throw new TracewireError("BAD_ARGUMENT", { what: "The lowest balance of which address?", hint });
  const since = text(options, "since");
  if (since === undefined) throw new TracewireError("BAD_ARGUMENT", { what: "--since is missing: from which moment on?", hint });
  const units = text(options, "amount");
  if (units !== undefined && !/^\d{1,78}$/.test(units)) throw new TracewireError("BAD_ARGUMENT", { what: `--amount needs a whole number of base units, not "${units}"`, hint });
  const newsroom = openReader(context);
  try {
    const sets = list(options, "set");
    const ask = { address, since, until: text(options, "until"), asset: text(options, "asset"), amount: units === undefined ? undefined : BigInt(units) };
    const found = await lowestInNewsroom(newsroom, ask, sets.length > 0 ? { sets } : {});
    for (const note of found.notes) output.note(note);
    if (context.json) return output.json({ ...found, note: LOWEST_NOTE });
    const { title, over, moments, says } = lowestWords(newsroom.log, found);
    output.line(output.bold(title));
    output.line(output.dim(over));
    output.line();
    for (const line of table(moments, output.width, [1])) output.line(line);
    output.line();
    for (const words of says) for (const line of wrap(words, output.width)) output.line(words === LOWEST_NOTE ? output.dim(line) : line);
  } finally {
    newsroom.close();
  }
}
