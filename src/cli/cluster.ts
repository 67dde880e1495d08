// Which addresses were spent together with this one, and by which transactions. Change is shown apart: it joins nothing.
import { addressNotShown, changeContext, changeOf, describeCluster, freezeCluster, HEURISTICS, readClusters, shapeIn, SHAPES, type NewsroomClusters } from "../tracing/tracing.ts";
import { change, list, openReader, openWriter, text, type Command, type CommandContext } from "./command.ts";
import { wrap } from "./output.ts";

const SHOWN_MAX = 20;
const EDGES_MAX = 10_000;

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
      const other = text(options, "why");
      const about = other === undefined ? [address!] : [address!, other];
      const read = await readClusters(newsroom, {
        about,
        ...(wanted.length > 0 ? { sets: wanted } : {}),
        payjoins: list(options, "payjoin"),
        strict: Boolean(options.strict),
      });
      for (const note of read.notes) context.output.note(note);
      const chain = text(options, "chain");
      for (const one of about) if (read.clusters.numbers.numberOf(one, chain) === undefined) throw await addressNotShown(newsroom, one, { sets: wanted, chain });
      if (other !== undefined) return showWhy(context, read, address!, other, chain);
      const found = describeCluster(read.clusters, address!, chain);
      showCluster(context, read, found);
      if (name === undefined || !writer) return;
      const kept = change(context, writer, (transaction) =>
        freezeCluster(transaction, found, { id: name, sets: read.sets, log_size: read.log_size, gate: read.gate, by: context.by, release: Boolean(options.release) }),
      );
      context.output.json({ saved: name, ...kept });
      context.output.line(kept.outcome === "kept" ? `Kept as ${context.output.bold(name)} (entry ${kept.seq}).` : `Kept as ${name} already, the same set (entry ${kept.seq}).`);
    } finally {
      newsroom.close();
    }
  },
};

function showCluster(context: CommandContext, { clusters, sets }: NewsroomClusters, found: ReturnType<typeof describeCluster>): void {
  const { output } = context;
  const { numbers } = clusters;
  const { about, error_rate, source, version } = HEURISTICS.co_spend;
  const edges = changeEdges(clusters, found.cluster);
  output.json({
    ...found,
    heuristic: { name: "co_spend", ...HEURISTICS.co_spend },
    sets,
    change: edges.map(({ edge: { vout, heuristics, confidence }, to, txid }) => ({ txid, vout, to, heuristics, confidence })),
  });
  const name = numbers.addresses[found.cluster]!;
  if (found.addresses.length === 1) output.line(output.bold(`Spent together with no other address, in the transactions that are held: ${name}`));
  else output.line(output.bold(`${found.addresses.length} addresses spent together, named after ${name}`));
  if (found.addresses.length > 1) for (const { address, with: other, by } of found.addresses.slice(0, SHOWN_MAX)) output.line(other === undefined ? `  ${address}` : `  ${address}  with ${other}  in ${by}`);
  if (found.addresses.length > SHOWN_MAX) output.line(`  … and ${found.addresses.length - SHOWN_MAX} more; --json has all.`);
  for (const { txid, why } of found.left_out.slice(0, SHOWN_MAX)) output.line(`  left out: ${txid}, ${why}`);
  if (edges.length > 0) output.line(`Perhaps change of these, which joins nothing (${edges.length}${edges.length === EDGES_MAX ? " or more" : ""}):`);
  for (const { edge, to, txid } of edges.slice(0, SHOWN_MAX)) output.line(`  ${to}  ${txid}:${edge.vout}  ${edge.heuristics.join(", ")}, confidence ${edge.confidence ?? "not stated"}`);
  output.line();
  const used = [...new Set(edges.flatMap(({ edge }) => edge.heuristics))];
  const words = [
    `Co-spending, version ${version} (${source}): ${about.toLowerCase()}. Error rate: ${error_rate}.`,
    ...used.map((name) => `${name} (${HEURISTICS[name].source}): error rate ${HEURISTICS[name].error_rate}.`),
  ];
  for (const line of words) for (const part of wrap(line, output.width)) output.line(output.dim(part));
}

/** Outputs of the cluster's own spending that go to an address outside it. */
function changeEdges(clusters: NewsroomClusters["clusters"], cluster: number) {
  const made = changeContext(clusters);
  const found: { edge: ReturnType<typeof changeOf>[number]; to: string; txid: string }[] = [];
  for (let transaction = 0; transaction < clusters.graph.transactions.length && found.length < EDGES_MAX; transaction++) {
    if (!clusters.numbers.ofInputs(transaction).some((payer) => payer >= 0 && clusters.ids[payer] === cluster)) continue;
    for (const edge of changeOf(made, transaction))
      if (clusters.ids[edge.to] !== cluster) found.push({ edge, to: clusters.numbers.addresses[edge.to]!, txid: clusters.graph.transactions[transaction]!.txid });
  }
  return found;
}

function showWhy(context: CommandContext, { clusters }: NewsroomClusters, a: string, b: string, chain: string | undefined): void {
  const { output } = context;
  const path = clusters.why(clusters.numbers.numberOf(a, chain)!, clusters.numbers.numberOf(b, chain)!);
  const steps = path?.map(({ from, to, transaction }) => {
    const shape = shapeIn(clusters.graph, transaction);
    const { txid, time, block } = clusters.graph.transactions[transaction]!;
    return { from: clusters.numbers.addresses[from]!, to: clusters.numbers.addresses[to]!, txid, time, block, ...(shape ? { shape } : {}) };
  });
  output.json({ a, b, together: steps !== undefined, path: steps ?? [] });
  if (!steps) return output.line("Not together: no path of transactions spends coins of both.");
  output.line(output.bold(`Together by ${steps.length} ${steps.length === 1 ? "transaction" : "transactions"}:`));
  for (const { from, to, txid, time, block, shape } of steps) {
    output.line(`  ${from} and ${to} were spent together in ${txid}${block === null ? "" : `, block ${block}`}${time === null ? "" : `, ${time}`}`);
    if (shape) output.line(`    a weak link: ${SHAPES[shape.shape]}; ${shape.why}`);
  }
}
