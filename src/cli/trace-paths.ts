// tracewire trace path X Y: by which transfers funds of one address came to another, the largest ways first.
import { TracewireError } from "../errors.ts";
import { hopWords, noWayWords, WAYS_CUT, WAYS_NOTE, waysIn, wayWords } from "../tracing/tracing.ts";
import { openReader, whole, type CommandContext, type Options } from "./command.ts";
import { askWith, readAsk } from "./trace-ask.ts";

export async function findPaths(context: CommandContext, [from, to]: string[], options: Options): Promise<void> {
  if (!from || !to) throw new TracewireError("BAD_ARGUMENT", { what: "A path from where to where?", hint: "tracewire trace path ADDRESS OTHER [--methods fifo]" });
  const { output } = context;
  const newsroom = openReader(context);
  try {
    const ask = readAsk({ ...options, from, methods: options.methods ?? "fifo" });
    const [method, ...more] = ask.methods;
    if (more.length > 0) throw new TracewireError("BAD_ARGUMENT", { what: "Paths are ranked under one method", hint: "--methods fifo" });
    const found = waysIn(await askWith(context, newsroom, ask, options, { keepSteps: true }), { from, to, method: method!, depth: whole(options, "depth", "--depth") });
    for (const way of found.ways) output.json(way);
    if (found.ways.length === 0) return output.line(noWayWords(found));
    for (const [at, way] of found.ways.entries()) {
      output.line(output.bold(`${at + 1}. ${wayWords(way, found)}`));
      for (const hop of way.hops) {
        const { from: payer, to: payee, amount, transfer } = hopWords(hop, found.tokens);
        const [line, what] = [`   ${payer} → ${payee}`, `${amount}  ${transfer}`];
        // Addresses are for copying, and are never cut: what has no room beside them goes below.
        if (line.length + what.length + 2 <= output.width) output.line(`${line}  ${what}`);
        else for (const part of [`   ${payer}`, `   → ${payee}`, `     ${what}`]) output.line(part);
      }
    }
    if (found.cut) output.line(output.dim(WAYS_CUT));
    output.line(output.dim(WAYS_NOTE));
  } finally {
    newsroom.close();
  }
}
