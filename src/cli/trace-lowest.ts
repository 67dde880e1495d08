// tracewire trace lowest ADDRESS --since X: how much of what came in can still be there, whichever units left.
import { TracewireError } from "../errors.ts";
import { assetWords, listTransferSets, LOWEST_NOTE, lowestInNewsroom, writeAmount, type Lowest } from "../tracing/tracing.ts";
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
    const found = await lowestInNewsroom(newsroom, ask, sets.length > 0 ? sets : undefined);
    for (const note of found.notes) output.note(note);
    if (context.json) return output.json({ ...found, note: LOWEST_NOTE });
    const used = new Set(found.sets.map(({ seq }) => seq));
    const tokens = Object.assign({}, ...listTransferSets(newsroom.log).filter(({ seq }) => used.has(seq)).map((set) => set.tokens));
    const write = (amount: string) => writeAmount(BigInt(amount), assetWords(found.asset, tokens));
    output.line(output.bold(`Of ${write(found.amount)}, at most ${write(found.traceable)} can still be at ${found.address}`));
    output.line(output.dim(`over ${found.sets.map(({ name }) => name).join(", ")} (log size ${found.log_size})`));
    output.line();
    const row = (what: string, { balance, transfer, time }: Lowest["since"]) => [what, write(balance), transfer === null ? "before its first transfer" : `after ${transfer}`, time ?? ""];
    for (const line of table([row("since", found.since), row("lowest", found.lowest_at), row("until", found.until)], output.width, [1])) output.line(line);
    output.line();
    if (found.unknown !== "0") output.line(`It paid out ${write(found.unknown)} more in between than the rows show it to have had: transfers are missing, and the lowest balance was higher by an amount that is not known.`);
    for (const line of wrap(LOWEST_NOTE, output.width)) output.line(output.dim(line));
  } finally {
    newsroom.close();
  }
}
