// tracewire trace path X Y: by which transfers funds of one address came to another, the largest ways first.
import { accountsOf, readAddress } from "../chains/chains.ts";
import { TracewireError } from "../errors.ts";
import { assetWords, rankPaths, writeAmount } from "../tracing/tracing.ts";
import { openReader, whole, type CommandContext, type Options } from "./command.ts";
import { askWith, readAsk } from "./trace-ask.ts";

const PATHS_MAX = 10;
const HOPS_MAX = 12;

export async function findPaths(context: CommandContext, [from, to]: string[], options: Options): Promise<void> {
  if (!from || !to) throw new TracewireError("BAD_ARGUMENT", { what: "A path from where to where?", hint: "tracewire trace path ADDRESS OTHER [--methods fifo]" });
  const newsroom = openReader(context);
  try {
    const ask = readAsk({ ...options, from, methods: options.methods ?? "fifo" });
    if (ask.methods.length > 1) throw new TracewireError("BAD_ARGUMENT", { what: "Paths are ranked under one method", hint: "--methods fifo" });
    const found = await askWith(context, newsroom, ask, options, { keepSteps: true });
    const [seed] = found.seeds;
    const start = seed?.kind === "address" ? seed.address : from;
    if (found.steps.some(({ rule }) => rule === "pay" || rule === "spend"))
      throw new TracewireError("BAD_ARGUMENT", { what: "Ways are between accounts, and these transactions have outputs", hint: "tracewire trace --from TXID:VOUT --graphml gives the flows." });
    const spellings = [to, ...accountsOf(readAddress(to)).map(({ address }) => address)];
    const end = found.steps.find(({ place }) => spellings.includes(place))?.place ?? to;
    const { paths, cut } = rankPaths(found.steps, start, end, PATHS_MAX, whole(options, "depth", "--depth") ?? HOPS_MAX);
    for (const path of paths) context.output.json({ carried: String(path.carried), hops: path.hops.map((hop) => ({ ...hop, amount: String(hop.amount) })) });
    if (paths.length === 0) {
      context.output.line(`Under ${ask.methods[0]} nothing of ${from} reached ${to} in these transfers.`);
      return;
    }
    const write = (amount: bigint, asset: string) => writeAmount(amount, assetWords(asset, found.result.tokens));
    for (const [at, { carried, hops }] of paths.entries()) {
      context.output.line(context.output.bold(`${at + 1}. at most ${write(carried, hops.at(-1)!.asset)}, ${hops.length} transfer${hops.length === 1 ? "" : "s"}`));
      for (const hop of hops) context.output.line(`   ${hop.from} → ${hop.to}  ${write(hop.amount, hop.asset)}  ${context.output.dim(hop.transfer)}`);
    }
    if (cut) context.output.line(context.output.dim("There are more ways; these are the widest."));
    context.output.line(context.output.dim("Amounts of two ways may be the same units: ways are not added."));
  } finally {
    newsroom.close();
  }
}
