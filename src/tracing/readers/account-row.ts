// One transfer as a source states it, into the row or rows that a set keeps: the transfer itself, and the fee that was
// paid for it in the chain's own coin.
import { TRANSFER_KINDS } from "../transfer.ts";
import { readAmount, readNumber, readTime, readTxid, type Names } from "./fields.ts";
import { quoted, refuseField, type Place, type ReadOptions, type ReadRow } from "./reader.ts";

/** All text as the source has it; "" where it has nothing. */
export type StatedTransfer = {
  chain: string;
  txid: string;
  tx_index: string;
  index: string;
  kind: string;
  time: string;
  block: string;
  from: string;
  to: string;
  asset: string;
  amount: string;
  fee: string;
  /** What the source calls the asset: nothing is decided by it, but a borrowed name is flagged. */
  symbol?: string;
  /** Of a bridge: the protocol's own message. */
  message?: string;
  /** How many decimals the source says it has. */
  decimals?: string;
};

const KINDS = new Set<string>(TRANSFER_KINDS);

export function addAccountRows(out: ReadRow[], stated: StatedTransfer, file: number, place: Place, names: Names, options: ReadOptions): void {
  const given = names.chain(stated.chain, place);
  const { asset, chain } = names.asset(stated.asset, given, place);
  if (stated.symbol) names.flag(chain, asset, stated.symbol, stated.decimals);
  const from = names.address(stated.from, chain, place, "from");
  const to = names.address(stated.to, chain, place, "to");
  if (from === "" && to === "") refuseField(place, "from, to", "both are empty");
  const kind = stated.kind === "" ? (from === "" ? "mint" : to === "" ? "burn" : "transfer") : stated.kind;
  if (!KINDS.has(kind)) refuseField(place, "kind", `${quoted(kind)} is none of ${TRANSFER_KINDS.join(", ")}`);
  // Made in the order of canonical JSON: see ACCOUNT_COLUMNS.
  const row = {
    amount: readAmount(stated.amount, place, "amount", options.decimals),
    asset,
    block: readNumber(stated.block, place, "block"),
    chain,
    from,
    index: readNumber(stated.index, place, "index"),
    kind,
    ...(stated.message ? { message: readMessage(stated.message, place) } : {}),
    time: readTime(stated.time, place, "time"),
    to,
    tx_index: readNumber(stated.tx_index, place, "tx_index"),
    txid: readTxid(stated.txid, place),
  };
  out.push({ file, line: place.line, row });
  if (stated.fee === "" || stated.fee === "0") return;
  const amount = readAmount(stated.fee, place, "fee", options.decimals);
  if (amount === "0") return;
  if (from === "") refuseField(place, "fee", "there is nobody in from who could have paid it");
  const { message: _, ...paid } = row;
  out.push({ file, line: place.line, row: { ...paid, amount, asset: names.asset("native", chain, place).asset, index: "", kind: "fee", to: "" } });
}

const MESSAGE = /^[\x21-\x7e]{1,200}$/;

/** The same message has to be the same text on both chains; hexadecimal is folded. */
function readMessage(text: string, place: Place): string {
  if (!MESSAGE.test(text)) refuseField(place, "message", `${quoted(text)} is no message: up to 200 printable signs without blanks`);
  return /^0x[0-9a-fA-F]+$/.test(text) ? text.toLowerCase() : text;
}
