// Which addresses were spent together with this one, and by which transactions. Change is shown apart: it joins nothing.
import { askCluster, changeCells, changeTitle, clusterTitle, freezeCluster, heuristicWords, weakLinkWords, whyTitle, whyWords, type ClusterAnswer, type WhyAnswer } from "../tracing/tracing.ts";
import { change, list, openReader, openWriter, text, type Command, type CommandContext } from "./command.ts";
import { wrap } from "./output.ts";

const SHOWN_MAX = 20;

export const clusterCommand: Command = {
  name: "cluster",
  summary: "Which addresses were spent together with this one, by which transactions; change apart, with its confidence",
  arguments: "<address>",
  writes: true,
  options: [
    { flags: "--why <address>", about: "the transactions that put these two addresses together" },
    { flags: "--save <name>", about: "keep the set in the log as it is today" },
    { flags: "--release", about: "with --save: public at once" },
    { flags: "--payjoin <txid>", about: "a transaction that is known to be a PayJoin: it joins nobody (may be repeated)", repeat: true },
    { flags: "--strict", about: "leave out transactions that are perhaps PayJoins too" },
    { flags: "--chain <id>", about: "of an address that stands on several chains: which is meant (CAIP-2)" },
    { flags: "--set <name>", about: "only over this set of transfers (may be repeated)", repeat: true },
  ],
  examples: [
    ["tracewire cluster 12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S", "with whom Bitcoin’s first payer spent coins together: in the demo’s blocks, with nobody"],
    ["tracewire cluster 12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S --save first-payer", "a dated set, which later data does not move"],
  ],
  async run(context, [address], options) {
    const name = text(options, "save");
    const writer = name === undefined ? undefined : openWriter(context);
    const newsroom = writer ?? openReader(context);
    try {
      const wanted = list(options, "set");
      const ask = { address: address!, why: text(options, "why"), chain: text(options, "chain"), payjoins: list(options, "payjoin"), strict: Boolean(options.strict), ...(wanted.length > 0 ? { sets: wanted } : {}) };
      const found = await askCluster(newsroom, ask);
      for (const note of found.read.notes) context.output.note(note);
      if (found.asked === "why") return showWhy(context, found.answer);
      showCluster(context, found.answer);
      if (name === undefined || !writer) return;
      const { sets, log_size, gate } = found.read;
      const kept = change(context, writer, (transaction) => freezeCluster(transaction, found.found, { id: name, sets, log_size, gate, by: context.by, release: Boolean(options.release) }));
      context.output.json({ saved: name, ...kept });
      context.output.line(kept.outcome === "kept" ? `Kept as ${context.output.bold(name)} (entry ${kept.seq}).` : `Kept as ${name} already, the same set (entry ${kept.seq}).`);
    } finally {
      newsroom.close();
    }
  },
};

function showCluster({ output }: CommandContext, answer: ClusterAnswer): void {
  const { addresses, left_out, change: edges } = answer;
  output.json(answer);
  output.line(output.bold(clusterTitle(answer)));
  if (addresses.length > 1) for (const { address, with: other, by } of addresses.slice(0, SHOWN_MAX)) output.line(other === undefined ? `  ${address}` : `  ${address}  with ${other}  in ${by}`);
  if (addresses.length > SHOWN_MAX) output.line(`  … and ${addresses.length - SHOWN_MAX} more; --json has all.`);
  for (const { txid, why } of left_out.slice(0, SHOWN_MAX)) output.line(`  left out: ${txid}, ${why}`);
  if (edges.length > 0) output.line(`${changeTitle(edges)}:`);
  for (const edge of edges.slice(0, SHOWN_MAX)) {
    const [to, place, rules, confidence] = changeCells(edge);
    output.line(`  ${to}  ${place}  ${rules}, ${confidence}`);
  }
  output.line();
  for (const line of heuristicWords(edges)) for (const part of wrap(line, output.width)) output.line(output.dim(part));
}

function showWhy({ output }: CommandContext, answer: WhyAnswer): void {
  output.json(answer);
  output.line(answer.together ? output.bold(whyTitle(answer)) : whyTitle(answer));
  for (const step of answer.path) {
    output.line(`  ${whyWords(step)}`);
    const weak = weakLinkWords(step);
    if (weak !== undefined) output.line(`    ${weak}`);
  }
}
