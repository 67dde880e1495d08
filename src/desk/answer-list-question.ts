// A screening or a cluster that was asked for, answered: the rooms' own functions, their words as a sheet, all rows as files.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { formatCsv } from "../csv.ts";
import { systemEffects } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { openForWriting, type NewsroomReader } from "../newsroom.ts";
import {
  addressOfLine,
  batchLine,
  batchWords,
  BATCH_COLUMNS,
  count,
  evidenceLines,
  EXPOSED_MAX,
  exposureCells,
  exposureInNewsroom,
  exposureJson,
  exposureTitle,
  isShown,
  NARROW_DOWN,
  nameWords,
  newCounts,
  openScreener,
  screenName,
  type EntryWords,
  type ExposureFound,
} from "../screening/screening.ts";
import { askCluster, changeCells, changeTitle, clusterTitle, freezeCluster, heuristicWords, weakLinkWords, whyTitle, whyWords, type AskedCluster } from "../tracing/tracing.ts";
import { CSV, JSON_TYPE, type Answered, type ListQuestion, type Question, type Save } from "./questions.ts";
import { firstRows, ROWS_SHOWN_MAX, type SheetTable } from "./sheet.ts";

/** The table of them is kept whole; more are for the command. */
export const SCREENED_MAX = 200_000;

type Of<Kind extends ListQuestion["kind"]> = Extract<Question, { kind: Kind }>;
type Answer = Omit<Answered, "files">;
type Way = { by: string; save: Save; tell(done: number): void };

export const answerListQuestion = async (newsroom: NewsroomReader, question: Extract<Question, ListQuestion>, way: Way): Promise<Answer> =>
  question.kind === "cluster" ? answerCluster(newsroom, question, way) : question.name === undefined ? answerBatch(newsroom, question, way) : answerName(newsroom, question, way);

async function answerBatch(newsroom: NewsroomReader, { on, today, lists, input, input_name = "addresses", exposure, sets, among }: Of<"screen">, { save, tell }: Way): Promise<Answer> {
  const screener = openScreener(newsroom.log, { on, today, log_size: newsroom.log.size(), lists });
  const counts = newCounts();
  const given: string[] = [];
  const csv = [`${BATCH_COLUMNS.join(",")}\r\n`];
  const shown: string[][] = [];
  let shown_count = 0;
  let at = 0;
  for await (const line of createInterface({ input: createReadStream(input!), crlfDelay: Infinity })) {
    const address = addressOfLine(line, ++at, input_name);
    if (address === undefined) continue;
    if (counts.addresses >= SCREENED_MAX) throw new TracewireError("BAD_INPUT", { what: `More than ${SCREENED_MAX} addresses`, where: input_name, hint: "The command takes ten million: tracewire screen FILE." });
    if (exposure && given.push(address) > EXPOSED_MAX) throw new TracewireError("BAD_INPUT", { what: `Exposure is of at most ${EXPOSED_MAX} addresses`, where: input_name });
    const answer = screener.screen(address);
    count(counts, answer);
    csv.push(`${batchLine(answer)}\r\n`);
    if (isShown(answer) && ++shown_count <= ROWS_SHOWN_MAX)
      shown.push([answer.given, answer.outcome, answer.words, evidenceLines(answer).map(([kind, words]) => `${kind} ${words}`).join("; "), answer.exceptions.map(({ seq, state }) => `entry ${seq} ${state}`).join("; ")]);
    tell(counts.addresses);
  }
  if (counts.addresses === 0) throw new TracewireError("BAD_INPUT", { what: "No address was given", where: input_name });
  save({ name: "screening.csv", type: CSV, words: "Every answer as CSV" }, csv.join(""));
  const { counts: [head, parts], unreadable, unread, looked_into } = batchWords(counts, screener);
  const table: SheetTable = {
    caption: "To be looked at, excepted, or taken off a list",
    head: ["address", "outcome", "what the lists say", "evidence", "exceptions"],
    rows: shown,
    codes: [0],
    ...(shown_count > shown.length ? { of: shown_count } : {}),
  };
  const unreadTable: SheetTable = {
    caption: "Cannot be read as an address",
    head: ["given", "what it is"],
    rows: unread.map((one) => [one.given.slice(0, 200), one.form]),
    codes: [0],
    ...(counts.unreadable > unread.length ? { of: counts.unreadable } : {}),
  };
  const vintage: SheetTable = {
    caption: "Looked into",
    head: ["list", "edition", "lines", "entry", "taken in"],
    rows: screener.vintage.map((one) => [one.title, one.edition, one.row_count.toLocaleString("en-US"), String(one.entry), one.imported_at.slice(0, 10)]),
    numbers: [2, 3],
  };
  const found = exposure && (await exposureInNewsroom(newsroom, screener, { given, ...exposure, ...(sets ? { sets } : { among }) }));
  const exposed = found && exposureTable(found, save);
  return {
    sheet: {
      title: head,
      says: [parts, ...(unreadable === undefined ? [] : [unreadable])],
      ...(counts.alerts > 0 ? { alarm: true } : {}),
      tables: [...(shown.length > 0 ? [table] : []), ...(unread.length > 0 ? [unreadTable] : []), ...(exposed ? [exposed] : []), ...(screener.vintage.length > 0 ? [vintage] : [])],
      notes: [...(screener.vintage.length > 0 ? [`${screener.indexed.tags} tags.`] : [looked_into]), ...(found ? [...found.read_notes, ...found.notes] : [])],
    },
  };
}

const EXPOSURE_COLUMNS = ["address", "method", "asset", "tainted", "received", "share_bp", "transfers", "from"];

function exposureTable(found: ExposureFound, save: Save): SheetTable {
  const each = found.exposures.flatMap(({ address, methods }) => methods.map((one) => ({ address, one })));
  const rows = each.map(({ address, one }) => [address, one.method, one.asset, String(one.tainted), String(one.received), one.share_bp, one.path.length, one.path[0]?.from]);
  save({ name: "exposure.csv", type: CSV, words: "Exposure as CSV" }, formatCsv(EXPOSURE_COLUMNS, rows));
  save({ name: "exposure.json", type: JSON_TYPE, words: "Exposure as JSON" }, `${JSON.stringify(exposureJson(found))}\n`);
  const head = ["address", "method", "of what arrived", "share", "way", ""];
  return firstRows({ caption: exposureTitle(found), head, rows: each.map(({ address, one }) => [address, ...exposureCells(one)]), numbers: [2, 3], codes: [0] });
}

function answerName(newsroom: NewsroomReader, { name, on }: Of<"screen">, { save }: Way): Answer {
  const found = screenName(newsroom.log, name!, on, newsroom.log.size());
  const { head: [title, words], lists, matches, more, containing, is_found } = nameWords(name!, found);
  save({ name: "name.json", type: JSON_TYPE, words: "JSON" }, `${JSON.stringify({ name, ...found })}\n`);
  const rowOf = ({ entry, lines }: EntryWords) => [entry, lines.join(". ")];
  const table = (caption: string, entries: readonly EntryWords[]): SheetTable[] => (entries.length === 0 ? [] : [{ caption, head: ["entry", "what tells it apart"], rows: entries.map(rowOf) }]);
  return {
    sheet: {
      title,
      says: [words],
      ...(is_found ? { alarm: true } : {}),
      tables: [...table("Written so, or nearly so", matches), ...(containing ? table(containing.head, containing.shown) : [])],
      notes: [...(more === undefined ? [] : [more]), ...lists, ...(is_found ? [NARROW_DOWN] : [])],
    },
  };
}

async function answerCluster(newsroom: NewsroomReader, { address, why, chain, payjoins, strict, keep, sets, among }: Of<"cluster">, { by, save }: Way): Promise<Answer> {
  const asked = await askCluster(newsroom, { address, why, chain, payjoins, strict, ...(sets ? { sets } : { among }) });
  save({ name: "cluster.json", type: JSON_TYPE, words: "JSON" }, `${JSON.stringify(asked.answer)}\n`);
  const { read } = asked;
  const under = `over ${read.sets.map(({ name }) => name).join(", ")} (log size ${read.log_size})`;
  if (asked.asked === "why") {
    const { answer } = asked;
    return { sheet: { title: whyTitle(answer), under, says: answer.path.flatMap((step) => [whyWords(step), weakLinkWords(step) ?? []].flat()), tables: [], notes: read.notes } };
  }
  const { answer } = asked;
  const { addresses, left_out, change } = answer;
  save({ name: "addresses.csv", type: CSV, words: "Addresses as CSV" }, formatCsv(["address", "with", "by"], addresses.map((one) => [one.address, one.with, one.by])));
  save({ name: "change.csv", type: CSV, words: "Change as CSV" }, formatCsv(["to", "txid", "vout", "heuristics", "confidence"], change.map((one) => [one.to, one.txid, one.vout, one.heuristics.join(" | "), one.confidence])));
  const kept = keep && keepCluster(newsroom.folder, by, asked, keep);
  const tables = [
    ...(addresses.length > 1 ? [firstRows({ caption: "Spent together", head: ["address", "with", "in"], rows: addresses.map((one) => [one.address, one.with ?? "", one.by ?? ""]), codes: [0, 1, 2] })] : []),
    ...(left_out.length > 0 ? [firstRows({ caption: "Left out", head: ["transaction", "why"], rows: left_out.map(({ txid, why: reason }) => [txid, reason]), codes: [0] })] : []),
    ...(change.length > 0 ? [firstRows({ caption: changeTitle(change), head: ["to", "output", "by", "confidence"], rows: change.map(changeCells), codes: [0, 1] })] : []),
  ];
  const words = kept && (kept.outcome === "kept" ? `Kept as ${keep.id} (entry ${kept.seq}).` : `Kept as ${keep.id} already, the same set (entry ${kept.seq}).`);
  return { ...(kept ? { seq: kept.seq } : {}), sheet: { title: clusterTitle(answer), under, says: words === undefined ? [] : [words], tables, notes: [...heuristicWords(change), ...read.notes] } };
}

function keepCluster(folder: string, by: string, { found, read: { sets, log_size, gate } }: Extract<AskedCluster, { asked: "cluster" }>, { id, release }: { id: string; release: boolean }) {
  const writer = openForWriting(folder, systemEffects);
  try {
    return writer.transact(by, (transaction) => freezeCluster(transaction, found, { id, sets, log_size, gate, by, release }));
  } finally {
    writer.close();
  }
}
