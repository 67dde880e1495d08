// The packet's two tables, for a desk's spreadsheet: amounts written out in the asset's own decimals, and in base units where
// a program compares them.
import { formatCsv } from "../csv.ts";
import { amountCell, type PacketAmount } from "./amounts.ts";
import type { Packet } from "./packet.ts";

const unitOf = ({ symbol }: PacketAmount): string => symbol ?? "base units";

/** What was followed: each convention, then the least and the most that conserving ones give, in `unit`. */
function sharesOf(one: PacketAmount, { trace }: Packet): string[] {
  const written = (amount: string) => amountCell(amount, one.asset, trace.tokens);
  return [...trace.ask.methods.map((method) => written(one.by_method[method]!)), written(one.low), written(one.high), written(one.spread)];
}

export function addressesCsv(packet: Packet): string {
  return formatCsv(
    ["chain", "address", "asset", "unit", ...packet.trace.ask.methods, "lowest", "highest", "spread", "why", "said_by"],
    packet.addresses.flatMap(({ chain, address, why, said_by, amounts }) => amounts.map((one) => [chain, address, one.asset, unitOf(one), ...sharesOf(one, packet), why, said_by])),
  );
}

export function transactionsCsv(packet: Packet): string {
  return formatCsv(
    ["time_utc", "time_precision", "chain", "block", "txid", "log_or_output", "from", "to", "asset", "unit", "arrived", ...packet.trace.ask.methods, "lowest", "highest", "spread", "arrived_base_units", "transfers", "row"],
    packet.arrivals.map((one) => [
      ...[one.time, one.time_precision, one.chain, one.block, one.txid, one.index, one.from.join(" "), one.to, one.asset, unitOf(one)],
      ...[amountCell(one.amount, one.asset, packet.trace.tokens), ...sharesOf(one, packet), one.amount, one.transfers, one.row],
    ]),
  );
}
