// tracewire trace path X Y: by which transfers funds of one address came to another, the largest ways first.
import { accountsOf, readAddress } from "../chains/chains.ts";
import { TracewireError } from "../errors.ts";
import { assetWords, rankPaths, writeAmount, type Answer } from "../tracing/tracing.ts";
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
    const { addressOf } = found;
    const starts = startsOf(found, from);
    const spellings = new Set([to, ...accountsOf(readAddress(to)).map(({ address }) => address)]);
    const isEnd = (place: string) => spellings.has(place) || (addressOf !== undefined && spellings.has(addressOf(place) ?? ""));
    const ends = new Set([...found.steps.map(({ place }) => place), ...(addressOf ? found.steps.map(({ transfer }) => transfer) : [])].filter(isEnd));
    // Between two outputs stands their transaction.
    const hops_max = (whole(options, "depth", "--depth") ?? HOPS_MAX) * (addressOf ? 2 : 1);
    const { paths, cut } = rankPaths(found.steps, starts, ends, PATHS_MAX, hops_max);
    for (const path of paths) context.output.json({ carried: String(path.carried), hops: path.hops.map((hop) => ({ ...hop, amount: String(hop.amount) })) });
    if (paths.length === 0) {
      context.output.line(`Under ${ask.methods[0]} nothing of ${from} reached ${to} in these transfers.`);
      return;
    }
    const write = (amount: bigint, asset: string) => writeAmount(amount, assetWords(asset, found.result.tokens));
    for (const [at, { carried, hops }] of paths.entries()) {
      context.output.line(context.output.bold(`${at + 1}. at most ${write(carried, hops.at(-1)!.asset)}, ${lengthOf(hops.length, addressOf !== undefined)}`));
      const nameOf = (place: string) => (addressOf?.(place) === undefined ? place : `${place} (${addressOf(place)})`);
      for (const hop of hops) {
        const [way, what] = [`   ${nameOf(hop.from)} → ${nameOf(hop.to)}`, `${write(hop.amount, hop.asset)}  ${hop.transfer}`];
        // Addresses are for copying, and are never cut: what has no room beside them goes below.
        if (way.length + what.length + 2 <= context.output.width) context.output.line(`${way}  ${what}`);
        else for (const line of [`   ${nameOf(hop.from)}`, `   → ${nameOf(hop.to)}`, `     ${what}`]) context.output.line(line);
      }
    }
    if (cut) context.output.line(context.output.dim("There are more ways; these are the widest."));
    context.output.line(context.output.dim("Amounts of two ways may be the same units: ways are not added."));
  } finally {
    newsroom.close();
  }
}

/** Where taint begins: the address, the account, or the outputs that are the seed. */
function startsOf({ seeds, steps, addressOf }: Answer, from: string): Set<string> {
  if (!addressOf) return new Set(seeds.map((seed) => (seed.kind === "address" || seed.kind === "account" ? seed.address : from)));
  return new Set(steps.flatMap(({ rule, place }) => (rule === "seed" ? [place] : [])));
}

const lengthOf = (hops: number, ofOutputs: boolean): string => {
  const count = ofOutputs ? Math.ceil(hops / 2) : hops;
  return `${count} ${ofOutputs ? "transaction" : "transfer"}${count === 1 ? "" : "s"}`;
};
