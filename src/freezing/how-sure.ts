// What of a packet is sure and what nobody knows, in sentences: an opposing expert reads these first.
import type { Row } from "../datasets/datasets.ts";
import { INFERRED, knownErrorOf, type SavedTrace } from "../tracing/tracing.ts";
import { amountWords } from "./amounts.ts";
import type { Packet } from "./packet.ts";

const GAPS_SHOWN = 3;

type Facts = Pick<Packet, "addresses" | "nothing_at" | "arrivals" | "arrivals_left_out" | "bridges" | "gaps" | "data_ends">;

export function howSure({ ask, methods, sets }: SavedTrace, steps: readonly Row[], { addresses, arrivals, bridges }: Facts): string[] {
  const conserving = ask.methods.filter((method) => methods[method]!.conserves);
  const differs = addresses.some(({ amounts }) => amounts.some(({ spread }) => spread !== "0"));
  const exchanges = new Set(steps.filter(({ rule, reason }) => rule === "conversion_in" && reason === INFERRED).map(({ transfer }) => transfer)).size;
  const errors = ask.methods.flatMap((method) => knownErrorOf(method, ask.direction) ?? []);
  return [
    conserving.length < 2
      ? `Only one convention that gives an amount was asked (${conserving.join(", ") || "none"}): how far others would differ is not known.`
      : differs
        ? `The amounts differ between the conventions (${conserving.join(", ")}), because the funds were mixed with others on the way. The lowest and the highest are given; which convention applies is a question of law.`
        : `The conventions ${conserving.join(", ")} give the same amounts here.`,
    ...(ask.methods.includes("poison") ? ["Poison counts everything that ever touched the funds: an upper bound of exposure, not a claim to an amount."] : []),
    "That the transfers happened can be checked against the chain itself, by transaction and block, else by time, amount and both addresses, without trusting this packet.",
    `That an address belongs to this service is the word of whoever is named beside it (${[...new Set(addresses.map(({ said_by }) => said_by))].join("; ")}). The service itself knows best: please check it first.`,
    ...(exchanges > 0 ? [`On the way ${exchanges === 1 ? "one transaction is an exchange" : `${exchanges} transactions are exchanges`} by the shape alone: no call was decoded.`] : []),
    bridges.says,
    ...(arrivals.some(({ transfers }) => transfers > 1) ? ["Where a transaction made several equal transfers that the source does not tell apart, they are one line with their number."] : []),
    `The trace rests on ${sets.reduce((sum, { row_count }) => sum + row_count, 0).toLocaleString("en-US")} rows of imported transfers.`,
    ...(errors.length > 0 ? [`Measured elsewhere: ${errors.join("; ")}.`] : []),
  ];
}

export function unknownOf({ notes, tokens }: SavedTrace, own: readonly Row[], { nothing_at, arrivals, arrivals_left_out, gaps, data_ends }: Facts): string[] {
  const without = (is: (arrival: Facts["arrivals"][number]) => boolean, what: string) => {
    const count = arrivals.filter(is).length;
    const which = count === arrivals.length ? "No arrival states" : `${count.toLocaleString("en-US")} of ${arrivals.length.toLocaleString("en-US")} arrivals ${count === 1 ? "does" : "do"} not state`;
    return count === 0 ? [] : [`${which} ${what}.`];
  };
  const ends = data_ends.flatMap(({ chain, block, time }) => {
    const end = [...(time === null ? [] : [time]), ...(block === null ? [] : [`block ${block}`])].join(", ");
    return end === "" ? [] : [`${chain === null ? "" : `${chain}: `}${end}`];
  });
  return [
    ends.length > 0 ? `What happened after the end of the data: ${ends.join("; ")}.` : "When the data ends: it states neither times nor blocks.",
    own.some(({ what }) => what === "stop")
      ? "What the service did with the funds after they arrived: the trace ends there."
      : "Whether the funds are still there: they were at the end of the data.",
    "Who owns the account at the service, and who sent the transfers: a trace says which funds, not which person.",
    gaps.length > 0
      ? `What the imported transfers leave out. Accounts that it went through send more than they show to have come: ${gaps.slice(0, GAPS_SHOWN).map(({ address, asset, missing }) => `${address} ${amountWords(missing, asset, tokens)}`).join("; ")}${gaps.length > GAPS_SHOWN ? "; and more in packet.json" : ""}.`
      : "What the imported transfers leave out.",
    ...without(({ txid }) => txid === null, "its transaction, because the source names none: time, amount, sender and receiver find it"),
    ...without(({ txid, index }) => txid !== null && index === null, "its log or output, because the source gives none: in its transaction sender, receiver and amount tell it apart"),
    ...without(({ time }) => time === null, "a time, because the source gives none: its block has one"),
    ...without(({ chain }) => chain === null, "its chain, because the source names none"),
    ...(arrivals_left_out > 0 ? [`${arrivals_left_out} more arrivals that are not listed.`] : []),
    ...(nothing_at.length > 0 ? [`Whether anything reached ${nothing_at.join(", ")}: the sender named ${nothing_at.length === 1 ? "it" : "them"}, and the trace has nothing there.`] : []),
    ...notes.map((note) => `Of the data: ${note}`),
  ];
}
