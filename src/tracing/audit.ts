// The step table: every step of a trace so that somebody who believes none of it can add it up again. In a spreadsheet an
// amount stands in three columns of twelve digits, because a cell holds fifteen; each line has a formula that must be 0.
import { writeWorkbook, columnName, type Cell } from "../spreadsheet.ts";
import { escapeHtml } from "../escape-html.ts";
import type { Row } from "../datasets/datasets.ts";
import type { TraceAsk, SetRef } from "./ask.ts";
import { knownErrorOf } from "./known-error.ts";
import { LOT_COLUMNS } from "./lots-table.ts";
import { METHODS, type MethodName } from "./methods/methods.ts";

export type AuditInput = {
  ask: TraceAsk;
  sets: readonly SetRef[];
  log_size: number;
  result_sha256: string;
  notes: readonly string[];
  /** By which version of each method the answer was made. */
  methods: Readonly<Record<string, { version: string }>>;
  columns: readonly string[];
  steps: readonly Row[];
  /** All that went through the places reached (lots-table.ts), where it was asked for. */
  lots?: readonly Row[];
};

const LIMB = 10n ** 12n;

/** Read by experts for the other side: what each convention does, in what order, and what is not known. */
const RULES: Record<MethodName, string> = {
  poison:
    "Poison. After the first tainted credit every debit of an account, and its final balance, count whole; every output and the whole fee of a transaction that spends taint count whole. It does not conserve: an upper bound of exposure, not a share.",
  haircut:
    "Haircut. A debit of a from a known balance B that holds t tainted units carries ⌊t·a/B⌋ of them; a debit of the whole balance carries all. A transaction with several outputs: each output and the fee get their share of the tainted input, whole units by largest remainder, ties to the lower index, the fee last.",
  fifo:
    "FIFO. Units leave an account in the order in which they came (Clayton’s Case, 1816, a presumption between creditors of one account, displaced where it would be unjust). A transaction with several outputs: inputs in their order pay outputs by index, the fee last.",
  lifo: "LIFO. The units that came last leave first. A transaction with several outputs: inputs are read from their end, outputs by index, the fee last; inside an output the order is the original one.",
  tiho: "TIHO (taint in, highest out). Tainted units leave before all others: min(t, a). A transaction with several outputs: tainted units go to the largest output first, equal outputs by index, the fee last.",
};

/** By the version of the methods. */
const TO_ONESELF: Readonly<Record<string, string>> = {
  1: "Payments to oneself. A payment of an account to itself left it and then arrived in it: under FIFO it then stood at the end of the queue, and one below the floor was counted there. Later versions change nothing by it.",
  2: "Payments to oneself. A payment of an account to itself moves nothing from one person to another. Under every convention nothing leaves and nothing arrives by it, no unit changes its place, it is no seed, and no floor and no stop applies to it. Where it is more than the known balance, the account had more than the data shows: the rest is an unknown lot that begins at that row. It stands in no step, and in the table of lots on both sides. Of outputs: what a transaction pays back to an address whose taint it spends is followed below a floor too.",
};

export function methodStatement({ ask, sets, log_size, result_sha256, notes, methods, lots }: AuditInput): string[] {
  const versionOf = (name: MethodName) => methods[name]!.version;
  const limits = [
    ask.asset === undefined ? undefined : `Of an address with several assets, only ${ask.asset}.`,
    ask.floor === undefined ? undefined : `Amounts below ${ask.floor} base units are not followed and are counted apart.`,
    ...Object.entries(ask.floors ?? {}).map(([asset, units]) => `Of ${asset}, amounts below ${units} base units are not followed and are counted apart.`),
    ask.depth === undefined ? undefined : `At most ${ask.depth} transfers are followed; an account’s distance is that of the first transfer by which anything tainted reached it.`,
    ask.until === undefined ? undefined : `The data is read as if it ended at ${ask.until}.`,
    ...Object.entries(ask.stops ?? {}).map(([address, { reason, name }]) => `It ends at ${address} (${name ?? reason}), because whoever asked said so.`),
    ask.known ? "It ends where tags and lists held at that log size name a service, a mixer, a bridge or a contract; each such end bears the name that they give." : undefined,
  ].filter((line) => line !== undefined);
  return [
    `Question: where ${ask.from} ${ask.direction === "backward" ? "came from" : "went"}, by ${ask.methods.map((name) => `${name} (version ${versionOf(name)})`).join(", ")}.`,
    ...sets.map(({ name, row_count, rows_root }) => `Data: ${name}, ${row_count} rows, Merkle root ${rows_root}.`),
    `Known at log size ${log_size}. SHA-256 of question, roots, answer and what is said of the data: ${result_sha256}.`,
    ...limits,
    ...ask.methods.map((name) => RULES[name]),
    "Order. Transfers are taken by block, place in the block and place in the transaction; where the source states no blocks, by time, and what is left open by that in the order of the file. A fee stands behind the transfer that it paid for and is paid from the chain’s own asset only.",
    "Balances. An account is one address, one chain, one asset; amounts of different assets are never added. Where a debit exceeds what the data shows an account to have, everything known leaves and the rest is an unknown lot that begins at that row.",
    ...new Set(ask.methods.map((name) => TO_ONESELF[versionOf(name)]!)),
    exchangesOf(ask),
    ...(ask.direction === "forward"
      ? ["Bridges. A trace ends at a bridge. It goes on only where the protocol’s own message stands on the transfer into it and on one transfer on another chain; such steps have the message as their reason. What else fits by amount and time is counted and listed, and not followed."]
      : []),
    "Check. For each line of a method that conserves: after = before + in − out. For each method that conserves and each asset: seed + converted in = held + stopped + fees + below the floor + converted out, to the unit.",
    ...(lots ? ["Lots. The table of lots has every credit and every debit of each account that was gone into, clean ones too, in their order: after = before + in + unknown − out. With it what FIFO, LIFO, TIHO and haircut took can be worked out again by hand."] : []),
    "Error rates. The conventions are arithmetic, not measurements: which one is right is a question of law or of policy. No clustering and no change heuristic was used. What the imported transfers leave out is not known.",
    `Measured elsewhere: ${ask.methods.flatMap((method) => knownErrorOf(method, ask.direction) ?? []).join("; ")}.`,
    ...notes.map((note) => `Of the data: ${note}`),
  ];
}

function exchangesOf({ direction, conversions }: TraceAsk): string {
  if (direction === "backward") return "Exchanges. None is followed backward: what an exchange paid out ends at whoever paid it.";
  if (conversions === false) return "Exchanges. None is followed: each asset is traced for itself, as was asked.";
  return "Exchanges. Where an address gives one asset and gets one other in the same transaction, taint is carried over in the ratio of that transaction; both sides are shown. What it gave to others beside the exchange is an ordinary payment, and what came back of the asset given was not exchanged. No outside price is used. That it was an exchange is inferred from the shape of the transaction, since no call was decoded: such steps have the reason “inferred from shape”. The same question with --no-conversions leaves exchanges out.";
}

/** An amount as three numbers of at most twelve digits: exact in every spreadsheet up to 10^36. */
export function limbs(amount: bigint): [number, number, number] {
  return [Number(amount / LIMB / LIMB), Number((amount / LIMB) % LIMB), Number(amount % LIMB)];
}

export function auditWorkbook(input: AuditInput): Uint8Array {
  const steps = checkedSheet(input.steps, input.columns, SIGNS, (step) => (METHODS[step.method as MethodName].conserves ? undefined : "does not conserve"));
  const lots = input.lots && checkedSheet(input.lots, LOT_COLUMNS, { ...SIGNS, unknown: "+" }, ({ after }) => (after === "" ? "by transfer" : undefined));
  return writeWorkbook([
    { name: "Method", rows: methodStatement(input).map((line) => [line]) },
    { name: "Steps", rows: steps },
    ...(lots ? [{ name: "Lots", rows: lots }] : []),
  ]);
}

/** How an amount goes into the sum of its line, which must be 0. */
const SIGNS: Readonly<Record<string, "+" | "-">> = { before: "+", in: "+", out: "-", after: "-" };

/** Texts, then each amount in three columns, then the line's own check; or the words where there is none. */
function checkedSheet(rows: readonly Row[], columns: readonly string[], signs: Readonly<Record<string, "+" | "-">>, unchecked: (row: Row) => string | undefined): Cell[][] {
  const amounts = Object.keys(signs);
  const texts = columns.filter((column) => !amounts.includes(column));
  const head = [...texts, ...amounts.flatMap((name) => [`${name} ×10²⁴`, `${name} ×10¹²`, `${name} ×1`]), "check (must be 0)"];
  return [
    head,
    ...rows.map((row, at): Cell[] => {
      const part = (limb: number) => amounts.map((name, place) => `${signs[name]}${columnName(texts.length + place * 3 + limb)}${at + 2}`).join("").slice(1);
      return [
        ...texts.map((column) => row[column] ?? ""),
        ...amounts.flatMap((name): Cell[] => (/^\d+$/.test(row[name] ?? "") ? limbs(BigInt(row[name]!)) : [row[name] ?? "", "", ""])),
        // Each part is a whole number well below 2^53 apart, so that carrying between the columns is exact.
        unchecked(row) ?? { formula: `((${part(0)})*1000000000000+(${part(1)}))*1000000000000+(${part(2)})` },
      ];
    }),
  ];
}

export function auditHtml(input: AuditInput): string {
  const lines = (columns: readonly string[], all: readonly Row[]) => all.map((row) => `<tr>${cells(columns.map((column) => row[column] ?? ""), "td")}</tr>`).join("\n");
  const table = (label: string, columns: readonly string[], all: readonly Row[]) =>
    `<div class="wide" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>${cells(columns, "th")}</tr></thead><tbody>\n${lines(columns, all)}\n</tbody></table></div>`;
  const cells = (row: readonly string[], tag: string) => row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Steps of a trace: ${escapeHtml(input.ask.from)}</title>
<style>body{font:16px/1.5 Georgia,serif;margin:2rem auto;max-width:72rem;padding:0 1rem}table{border-collapse:collapse;font:12px/1.4 sans-serif;font-variant-numeric:tabular-nums}td,th{border-bottom:1px solid #bbb;padding:.2rem .5rem;text-align:left;overflow-wrap:anywhere;vertical-align:top}.wide{overflow-x:auto}@media print{body{margin:0;max-width:none}}</style></head>
<body><main><h1>Steps of a trace</h1>
${methodStatement(input).map((line) => `<p>${escapeHtml(line)}</p>`).join("\n")}
${table("Steps", input.columns, input.steps)}
${input.lots ? `<h2>All that went through the places reached</h2>\n${table("Lots", LOT_COLUMNS, input.lots)}` : ""}</main></body></html>
`;
}
