// One address asked about: its cluster with the transactions that join it, change apart, or why two addresses are together;
// and how that reads. Change joins nothing: it is shown with its confidence.
import { changeContext, changeOf, type ChangeEdge } from "./change.ts";
import { addressNotShown, readClusters, type ClustersAsk, type NewsroomClusters } from "./read-clusters.ts";
import { describeCluster } from "./frozen-clusters.ts";
import { HEURISTICS } from "./heuristics.ts";
import { SHAPES, shapeIn, type Shape } from "./shapes.ts";

const CHANGE_MAX = 10_000;

export type ClusterAsk = Omit<ClustersAsk, "about" | "log_size"> & { address: string; /** The other address, to see why they are together. */ why?: string | undefined; chain?: string | undefined };
type Newsroom = Parameters<typeof readClusters>[0];

export type ChangeLine = Pick<ChangeEdge, "vout" | "heuristics" | "confidence"> & { txid: string; to: string };
export type ClusterAnswer = ReturnType<typeof describeCluster> & { heuristic: { name: "co_spend" } & (typeof HEURISTICS)["co_spend"]; sets: NewsroomClusters["sets"]; change: ChangeLine[] };
export type WhyStep = { from: string; to: string; txid: string; time: string | null; block: number | null; shape?: Shape };
export type WhyAnswer = { a: string; b: string; together: boolean; path: WhyStep[] };

/** `read` and `found` are what freezeCluster takes. Throws NOT_FOUND for an address that no transaction with outputs shows. */
export type AskedCluster = { read: NewsroomClusters } & ({ asked: "cluster"; found: ReturnType<typeof describeCluster>; answer: ClusterAnswer } | { asked: "why"; answer: WhyAnswer });

export async function askCluster(newsroom: Newsroom, { address, why, chain, ...ask }: ClusterAsk): Promise<AskedCluster> {
  const about = why === undefined ? [address] : [address, why];
  const read = await readClusters(newsroom, { about, ...ask });
  const where = { sets: ask.sets ?? [], ...(ask.among ? { among: ask.among } : {}), ...(chain === undefined ? {} : { chain }) };
  for (const one of about) if (read.clusters.numbers.numberOf(one, chain) === undefined) throw await addressNotShown(newsroom, one, where);
  if (why !== undefined) return { read, asked: "why", answer: whyOf(read.clusters, address, why, chain) };
  const found = describeCluster(read.clusters, address, chain);
  return { read, asked: "cluster", found, answer: { ...found, heuristic: { name: "co_spend", ...HEURISTICS.co_spend }, sets: read.sets, change: changeLines(read.clusters, found.cluster) } };
}

/** Outputs of the cluster's own spending that go to an address outside it. */
function changeLines(clusters: NewsroomClusters["clusters"], cluster: number): ChangeLine[] {
  const made = changeContext(clusters);
  const found: ChangeLine[] = [];
  for (let transaction = 0; transaction < clusters.graph.transactions.length && found.length < CHANGE_MAX; transaction++) {
    if (!clusters.numbers.ofInputs(transaction).some((payer) => payer >= 0 && clusters.ids[payer] === cluster)) continue;
    for (const { to, vout, heuristics, confidence } of changeOf(made, transaction))
      if (clusters.ids[to] !== cluster) found.push({ txid: clusters.graph.transactions[transaction]!.txid, vout, to: clusters.numbers.addresses[to]!, heuristics, confidence });
  }
  return found;
}

function whyOf(clusters: NewsroomClusters["clusters"], a: string, b: string, chain: string | undefined): WhyAnswer {
  const path = clusters.why(clusters.numbers.numberOf(a, chain)!, clusters.numbers.numberOf(b, chain)!);
  const steps = path?.map(({ from, to, transaction }): WhyStep => {
    const shape = shapeIn(clusters.graph, transaction);
    const { txid, time, block } = clusters.graph.transactions[transaction]!;
    return { from: clusters.numbers.addresses[from]!, to: clusters.numbers.addresses[to]!, txid, time, block, ...(shape ? { shape } : {}) };
  });
  return { a, b, together: steps !== undefined, path: steps ?? [] };
}

export const clusterTitle = ({ addresses }: Pick<ClusterAnswer, "addresses">): string =>
  addresses.length === 1
    ? `Spent together with no other address, in the transactions that are held: ${addresses[0]!.address}`
    : `${addresses.length} addresses spent together, named after ${addresses[0]!.address}`;

export const changeTitle = (change: readonly ChangeLine[]): string => `Perhaps change of these, which joins nothing (${change.length}${change.length === CHANGE_MAX ? " or more" : ""})`;
export const changeCells = ({ to, txid, vout, heuristics, confidence }: ChangeLine): string[] => [to, `${txid}:${vout}`, heuristics.join(", "), `confidence ${confidence ?? "not stated"}`];

/** By which rules, and how often these err. */
export function heuristicWords(change: readonly ChangeLine[]): string[] {
  const { about, error_rate, source, version } = HEURISTICS.co_spend;
  return [
    `Co-spending, version ${version} (${source}): ${about.toLowerCase()}. Error rate: ${error_rate}.`,
    ...[...new Set(change.flatMap(({ heuristics }) => heuristics))].map((name) => `${name} (${HEURISTICS[name].source}): error rate ${HEURISTICS[name].error_rate}.`),
  ];
}

export const whyTitle = ({ together, path }: WhyAnswer): string =>
  together ? `Together by ${path.length} ${path.length === 1 ? "transaction" : "transactions"}:` : "Not together: no path of transactions spends coins of both.";
export const whyWords = ({ from, to, txid, block, time }: WhyStep): string => `${from} and ${to} were spent together in ${txid}${block === null ? "" : `, block ${block}`}${time === null ? "" : `, ${time}`}`;
export const weakLinkWords = ({ shape }: WhyStep): string | undefined => shape && `a weak link: ${SHAPES[shape.shape]}; ${shape.why}`;
