// Exports of ethereum-etl (blocks, transactions, receipts, token transfers, logs, traces), by its own column names or those
// of GraphSense, which keeps the same tables. Where traces are there, they say what moved, internal transfers and failed
// calls included, and transactions only what was paid for gas.
import { TracewireError } from "../../errors.ts";
import { addAccountRows, type StatedTransfer } from "./account-row.ts";
import { createNames, readAmount } from "./fields.ts";
import { cellText } from "./lines.ts";
import { quoted, refuseField, type InputFile, type Place, type ReadReport, type ReadRow, type TransferReader } from "./reader.ts";
import { readRecords } from "./records.ts";

const TABLES = ["blocks", "receipts", "transactions", "traces", "token_transfers", "logs"] as const;
type Table = (typeof TABLES)[number];

const RECORD_CHARS_MAX = 4_000_000;
const RECEIPTS_MAX = 2_000_000;
const TRANSFER_EVENT = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
const NOBODY = `0x${"0".repeat(40)}`;
const GWEI = 1_000_000_000n;
/** Calls that run another's code on the caller's own account: the value that they state moves nowhere. */
const CALLS_WITHOUT_VALUE = new Set(["delegatecall", "callcode", "staticcall"]);

/** Column names without underscores and case; GraphSense's own words beside those of ethereum-etl. */
const ALIASES: Record<string, string> = { blockid: "blocknumber", number: "blocknumber", txhash: "transactionhash", timestamp: "blocktimestamp", tokenhash: "tokenaddress" };
const key = (name: string): string => {
  const plain = name.replaceAll("_", "").toLowerCase();
  return ALIASES[plain] ?? plain;
};

export const ethereumEtl: TransferReader = {
  format: "ethereum-etl",
  version: "1",
  kind: "accounts",
  title: "Ethereum, as exported by ethereum-etl",
  publisher: "the Ethereum network, by the exporter’s node",
  files: `exports of ${TABLES.join(", ")} (CSV, JSON, Parquet)`,
  lacks:
    "What was not exported: without traces, transfers inside contracts; without receipts, what was paid for gas and which transactions failed.",
  grade: "copy",
  source_grade: "B",
  item_grade: "2",
  recognises(name, head) {
    const first = head.replace(/^\ufeff?\s*\[?\s*/, "").split(/\r?\n/, 1)[0]!;
    const columns = first.startsWith("{") ? [...head.matchAll(/"(\w+)"\s*:/g)].map((match) => match[1]!) : first.split(",");
    return tableOf(columns) !== undefined || (/\.parquet$/.test(name) && /(blocks|transactions|traces|token_transfers|logs|receipts)/.test(name));
  },
  async *read(files, options, report) {
    const names = createNames(options, report);
    const chain = options.chain ?? "eip155:1";
    if (options.chain === undefined) report.notes.push("Taken as Ethereum (eip155:1); say --chain for another chain of its kind.");
    const tables = await Promise.all(files.map(async (file, at) => ({ file, at, table: await tableOfFile(file) })));
    const hasTraces = tables.some(({ table }) => table === "traces");
    const blocks = new Map<string, { miner: string; base_fee: bigint; time: string }>();
    const receipts = new Map<string, { fee: bigint; gas_used: string; status: string; contract: string }>();
    const counts = { failed: 0, unpaid: 0, unknown_status: 0, other_logs: 0 };
    const read = async function* ({ file, at, table }: (typeof tables)[number]): AsyncGenerator<ReadRow[]> {
      const order = createTraceOrder();
      const addTraceRow = (out: ReadRow[], { stated, place }: Ready) => {
        const time = stated.time || (blocks.get(stated.block)?.time ?? "");
        addTrace(stated, (more) => addAccountRows(out, { ...EMPTY, ...more, chain, time }, at, place, names, {}), counts);
      };
      for await (const records of readRecords(file, RECORD_CHARS_MAX, report)) {
        const out: ReadRow[] = [];
        for (const { line, value } of records) {
          const place = { file: file.name, line };
          const cells = new Map(Object.entries(value).map(([name, cell]) => [key(name), cell]));
          const text = (field: string) => {
            const cell = cells.get(field);
            return typeof cell === "object" && cell !== null ? "" : cellText(cell, place, field);
          };
          const block = text("blocknumber");
          if (block === "") refuseField(place, "block_number", "it is empty");
          const add = (more: Partial<StatedTransfer>) => {
            const time = text("blocktimestamp") || (blocks.get(block)?.time ?? "");
            const stated = { ...EMPTY, chain, block, time, txid: text("transactionhash"), tx_index: text("transactionindex"), ...more };
            addAccountRows(out, stated, at, place, names, {});
          };
          if (table === "blocks") {
            const miner = text("miner").toLowerCase();
            blocks.set(block, { miner, base_fee: whole(text("basefeepergas") || "0", place, "base_fee_per_gas"), time: text("blocktimestamp") });
            const paid = withdrawalsOf(cells.get("withdrawals"), place);
            for (const { index, address, amount } of paid)
              add({ txid: "", tx_index: "", kind: "reward", index, to: address, amount: String(whole(amount, place, "withdrawals.amount") * GWEI) });
          } else if (table === "receipts") {
            receipts.set(text("transactionhash"), { fee: feeOf(text("gasused"), text("effectivegasprice"), text("l1fee"), place), gas_used: text("gasused"), status: text("status"), contract: text("contractaddress") });
            if (receipts.size > RECEIPTS_MAX) throw new TracewireError("BAD_INPUT", { what: `More than ${RECEIPTS_MAX} receipts`, where: file.name, hint: "Import transactions that carry their receipts (ethereumetl stream does)." });
          } else if (table === "transactions") {
            const txid = text("hash") || text("transactionhash");
            const receipt = receipts.get(txid);
            const gas_used = receipt?.gas_used ?? text("receiptgasused");
            const fee = receipt?.fee ?? (gas_used === "" ? undefined : feeOf(gas_used, text("receipteffectivegasprice") || text("gasprice"), text("receiptl1fee"), place));
            const status = receipt?.status ?? text("receiptstatus");
            if (fee === undefined) counts.unpaid += 1;
            else if (fee > 0n) {
              add({ txid, kind: "fee", from: text("fromaddress"), amount: String(fee) });
              // What was not burnt (EIP-1559) its block's maker earned: a row for each transaction, so that a block in two
              // files pays nobody twice.
              const own = blocks.get(block);
              const earned = fee - whole(gas_used || "0", place, "receipt_gas_used") * (own?.base_fee ?? 0n);
              if (own && own.miner !== "" && earned > 0n) add({ txid, kind: "reward", to: own.miner, amount: String(earned) });
            }
            if (hasTraces) continue;
            if (status === "") counts.unknown_status += 1;
            if (status === "0" || status === "false") counts.failed += 1;
            else add({ txid, index: "0", kind: "transfer", from: text("fromaddress"), to: text("toaddress") || text("receiptcontractaddress") || (receipt?.contract ?? ""), amount: plainWhole(text("value"), place, "value") });
          } else if (table === "traces") {
            const { stated, path } = traceOf(cells, text, block, place);
            for (const ready of order.add({ stated, place }, path)) addTraceRow(out, ready);
          } else if (table === "token_transfers") {
            addToken(text("tokenaddress"), text("fromaddress"), text("toaddress"), text("value"), text("logindex"), place, add);
          } else {
            const topics = topicsOf(cells.get("topics"));
            if (topics[0] !== TRANSFER_EVENT || (topics.length !== 3 && topics.length !== 4)) counts.other_logs += 1;
            else addLog(chain, text("address"), topics, text("data"), text("logindex"), place, add);
          }
        }
        yield out;
      }
      const out: ReadRow[] = [];
      for (const ready of order.rest()) addTraceRow(out, ready);
      yield out;
    };
    for (const table of TABLES) for (const one of tables) if (one.table === table) yield* read(one);
    tellCounts(counts, hasTraces, report);
  },
};

type Text = (field: string) => string;
type Stated = Partial<StatedTransfer> & { block: string; trace_type: string; call_type: string; failed: boolean; is_top: boolean };
type Add = (more: Partial<StatedTransfer>) => void;
const EMPTY: StatedTransfer = { chain: "", txid: "", tx_index: "", index: "", kind: "", time: "", block: "", from: "", to: "", asset: "", amount: "0", fee: "" };

function addTrace({ trace_type, call_type, failed, is_top, ...stated }: Stated, add: Add, counts: { failed: number }): void {
  if (failed) {
    counts.failed += 1;
    return;
  }
  if (CALLS_WITHOUT_VALUE.has(call_type)) return;
  // A call inside a transaction that moves nothing is no transfer; one at its top is what the transaction did.
  if (stated.amount === "0" && (!is_top || stated.from === "")) return;
  const kind = trace_type === "reward" ? "reward" : stated.from === "" ? "mint" : is_top ? "transfer" : "internal";
  add({ ...stated, kind });
}

function addToken(contract: string, from: string, to: string, value: string, index: string, place: Place, add: Add): void {
  const isMint = from === NOBODY && to !== NOBODY;
  add({
    asset: contract,
    index,
    kind: isMint ? "mint" : to === NOBODY ? "burn" : "transfer",
    from: isMint ? "" : from,
    to: !isMint && to === NOBODY ? "" : to,
    amount: plainWhole(value, place, "value"),
  });
}

function addLog(chain: string, contract: string, topics: readonly string[], data: string, index: string, place: Place, add: Add): void {
  const party = (topic: string) => {
    if (!/^0x0{24}[0-9a-fA-F]{40}$/.test(topic)) refuseField(place, "topics", `${quoted(topic)} is no address in 32 bytes`);
    return `0x${topic.slice(26).toLowerCase()}`;
  };
  const [from, to] = [party(topics[1]!), party(topics[2]!)];
  // Four topics: one token of many (ERC-721), its number the fourth.
  if (topics.length === 4) {
    const place_of = (more: Partial<StatedTransfer>) => add({ ...more, asset: `${chain}/erc721:${contract}/${BigInt(topics[3]!)}` });
    return addToken("", from, to, "1", index, place, place_of);
  }
  if (!/^0x[0-9a-fA-F]{64}$/.test(data)) refuseField(place, "data", `${quoted(data)} is no number of 32 bytes`);
  addToken(contract, from, to, String(BigInt(data)), index, place, add);
}

type Ready = { stated: Stated; place: Place };

/**
 * The place of each trace in its transaction: as stated, or else by its trace_address in the order of a walk that goes
 * down first, for which all traces of a block have to be seen. Blocks stand together in an export; one that returns is
 * refused.
 */
function createTraceOrder(): { add(one: Ready, path: readonly number[]): Ready[]; rest(): Ready[] } {
  let held: (Ready & { path: readonly number[] })[] = [];
  let block: string | undefined;
  const done = new Set<string>();
  const rest = (): Ready[] => {
    const counts = new Map<string, number>();
    const ready = held
      .sort((a, b) => comparePaths(a.path, b.path))
      .map(({ stated, place }) => {
        const nth = counts.get(stated.txid!) ?? 0;
        counts.set(stated.txid!, nth + 1);
        return { stated: { ...stated, index: String(nth) }, place };
      });
    held = [];
    return ready;
  };
  return {
    add(one, path) {
      if (one.stated.txid === "" || one.stated.index !== "") return [one];
      const ready = one.stated.block === block ? [] : rest();
      if (one.stated.block !== block) {
        if (done.has(one.stated.block))
          refuseField(one.place, "block_number", `traces of block ${one.stated.block} stand apart in the file`, "Sort it by block, or export trace_index.");
        if (block !== undefined) done.add(block);
        block = one.stated.block;
      }
      held.push({ ...one, path });
      return ready;
    },
    rest,
  };
}

function comparePaths(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) if (a[at] !== b[at]) return a[at]! - b[at]!;
  return a.length - b.length;
}

function traceOf(cells: ReadonlyMap<string, unknown>, text: Text, block: string, place: Place): { stated: Stated; path: number[] } {
  const address = cells.get("traceaddress");
  const path = Array.isArray(address)
    ? address.map(Number)
    : text("traceaddress")
        .split(/[,\s[\]]+/)
        .filter(Boolean)
        .map(Number);
  const trace_type = text("tracetype") || (/^[a-z]+/.exec(text("traceid"))?.[0] ?? "call");
  const index = text("traceindex");
  const has_path = cells.has("traceaddress") && trace_type !== "reward";
  return {
    path,
    stated: {
      block,
      txid: text("transactionhash"),
      tx_index: text("transactionindex"),
      time: text("blocktimestamp"),
      // Of a block's traces in a stream, not of the transaction's; its order is right all the same.
      index,
      from: text("fromaddress"),
      to: text("toaddress"),
      amount: plainWhole(text("value") || "0", place, "value"),
      trace_type,
      call_type: text("calltype"),
      failed: text("status") === "0" || text("error") !== "",
      is_top: has_path ? path.length === 0 : index === "0",
    },
  };
}

const whole = (text: string, place: Place, field: string): bigint => BigInt(plainWhole(text, place, field));

/** Spreadsheets and engines write large whole numbers as 8039895e14 or 5E19: exact, and read as such. */
function plainWhole(text: string, place: Place, field: string): string {
  const match = /^(\d+)(?:\.(\d+))?[eE]\+?(\d{1,2})$/.exec(text);
  if (!match) return readAmount(text.replace(/\.0+$/, ""), place, field);
  const fraction = match[2] ?? "";
  const places = Number(match[3]);
  if (fraction.length > places) return refuseField(place, field, `${quoted(text)} is no whole number`);
  return readAmount(`${match[1]}${fraction.padEnd(places, "0")}`, place, field);
}

function feeOf(gas_used: string, gas_price: string, l1_fee: string, place: Place): bigint {
  if (gas_used === "") return 0n;
  return whole(gas_used, place, "gas_used") * whole(gas_price || "0", place, "gas_price") + whole(l1_fee || "0", place, "l1_fee");
}

function topicsOf(cell: unknown): string[] {
  if (Array.isArray(cell)) return cell.map(String);
  return typeof cell === "string" ? cell.split(/[,\s[\]'"]+/).filter(Boolean) : [];
}

/** Withdrawals of stake are in gwei (EIP-4895). */
function withdrawalsOf(cell: unknown, place: Place): { index: string; address: string; amount: string }[] {
  let list = cell;
  if (typeof cell === "string") {
    if (cell.trim() === "") return [];
    try {
      list = JSON.parse(cell.replaceAll("'", '"'));
    } catch {
      return refuseField(place, "withdrawals", `${quoted(cell)} is no list`);
    }
  }
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) return refuseField(place, "withdrawals", "a list is wanted");
  return list.map((item: Record<string, unknown>) => ({
    index: cellText(item.index, place, "withdrawals.index"),
    address: cellText(item.address, place, "withdrawals.address"),
    amount: cellText(item.amount, place, "withdrawals.amount"),
  }));
}

/** By the columns that only that table has. */
function tableOf(columns: readonly string[]): Table | undefined {
  const has = new Set(columns.map((column) => key(column.trim().replaceAll('"', ""))));
  const any = (...names: string[]) => names.some((name) => has.has(name));
  if (!any("blocknumber")) return undefined;
  if (any("traceid", "traceaddress", "tracetype", "calltype")) return "traces";
  if (any("tokenaddress") && any("value")) return "token_transfers";
  if (any("topics") && any("logindex")) return "logs";
  if (any("miner") && any("gaslimit", "difficulty")) return "blocks";
  if (any("fromaddress") && any("gasprice", "gas")) return "transactions";
  return any("cumulativegasused") && any("transactionhash") ? "receipts" : undefined;
}

async function tableOfFile(file: InputFile): Promise<Table> {
  for await (const [first] of readRecords(file, RECORD_CHARS_MAX)) {
    if (!first) continue;
    const table = tableOf(Object.keys(first.value));
    if (table) return table;
    throw new TracewireError("BAD_INPUT", {
      what: `Its columns are those of none of ${TABLES.join(", ")}`,
      where: file.name,
      hint: `Columns met: ${Object.keys(first.value).slice(0, 12).join(", ")}.`,
    });
  }
  // A table of which nothing was exported but its header says nothing, and is left alone.
  return "logs";
}

function tellCounts(counts: { failed: number; unpaid: number; unknown_status: number; other_logs: number }, hasTraces: boolean, report: ReadReport): void {
  const { notes } = report;
  if (hasTraces) notes.push("What moved is taken from the traces; transactions say what was paid for gas.");
  else notes.push("There are no traces: transfers inside contracts are missing.");
  if (counts.failed > 0) notes.push(`${counts.failed} failed calls or transactions moved nothing and are left out.`);
  if (counts.unpaid > 0) notes.push(`${counts.unpaid} transactions do not say what gas they used: their fees are missing.`);
  if (counts.unknown_status > 0) notes.push(`${counts.unknown_status} transactions do not say whether they failed, and are taken as done.`);
  if (counts.other_logs > 0) notes.push(`${counts.other_logs} logs are no transfers of tokens and are left alone.`);
}
