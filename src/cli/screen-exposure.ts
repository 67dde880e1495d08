// What of the addresses asked about came from listed ones by way of others, over the transfers held: chain by chain.
import { exposureCells, exposureInNewsroom, exposureJson, exposureTitle, type Screener } from "../screening/screening.ts";
import type { NewsroomReader } from "../newsroom.ts";
import { list, whole, type CommandContext, type Options } from "./command.ts";
import { table, wrap } from "./output.ts";

export async function showExposure(context: CommandContext, newsroom: NewsroomReader, screener: Screener, given: readonly string[], options: Options): Promise<void> {
  const { output } = context;
  const sets = list(options, "set");
  const found = await exposureInNewsroom(newsroom, screener, { given, depth: whole(options, "depth", "--depth"), known: Boolean(options.known), ...(sets.length > 0 ? { sets } : {}) });
  for (const note of found.read_notes) output.note(note);
  output.json(exposureJson(found));
  output.line();
  output.line(output.bold(exposureTitle(found)));
  for (const { address, methods } of found.exposures) {
    output.line(`  ${address}`);
    const rows = methods.map(exposureCells).map(([method, ...cells]) => [`    ${method}`, ...cells]);
    for (const line of table(rows, output.width, [1, 2])) output.line(line);
  }
  for (const note of found.notes) for (const part of wrap(note, output.width)) output.line(output.dim(part));
}
