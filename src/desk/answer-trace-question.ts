// What was asked of traces and transfers, answered: the room's own functions, their words as a sheet, their numbers as files.
import { formatCsv } from "../csv.ts";
import { TracewireError } from "../errors.ts";
import type { NewsroomReader } from "../newsroom.ts";
import {
  askKept,
  askNewsroom,
  auditHtml,
  auditOfKept,
  auditWorkbook,
  compareKept,
  comparisonWords,
  csvOfLots,
  csvOfSteps,
  differenceCells,
  DIFFERENCE_COLUMNS,
  findKept,
  hopWords,
  LOWEST_NOTE,
  lowestInNewsroom,
  lowestWords,
  methodStatement,
  namedRanks,
  noWayWords,
  RANKING_COLUMNS,
  RANKING_CUT,
  RANKING_NOTE,
  rankingCells,
  rankingWords,
  rankNewsroom,
  reproduction,
  WAYS_CUT,
  WAYS_NOTE,
  waysIn,
  wayWords,
} from "../tracing/tracing.ts";
import { CSV, JSON_TYPE, type Answered, type Question, type Save, type TraceQuestion } from "./questions.ts";
import { firstRows } from "./sheet.ts";

/** Of amounts in a table that is read; the files have them to the unit. */
const DECIMALS = 4;
const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

type Of<Kind extends TraceQuestion["kind"]> = Extract<Question, { kind: Kind }>;
type Answer = Omit<Answered, "files">;

const wantedOf = ({ sets, among }: Pick<Question, "sets" | "among">) => (sets ? { sets } : { among });
const lines = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join("");

export async function answerTraceQuestion(newsroom: NewsroomReader, question: Extract<Question, TraceQuestion>, save: Save): Promise<Answer> {
  switch (question.kind) {
    case "ways":
      return answerWays(newsroom, question, save);
    case "lowest":
      return answerLowest(newsroom, question, save);
    case "rank":
      return answerRank(newsroom, question, save);
    case "compare":
      return answerCompare(newsroom, question, save);
    case "audit":
      return answerAudit(newsroom, question, save);
    case "reproduce":
      return answerReproduce(newsroom, question, save);
  }
}

async function answerWays(newsroom: NewsroomReader, question: Of<"ways">, save: Save): Promise<Answer> {
  const { trace, ask, to, method, depth } = question;
  const answer = trace === undefined ? await askNewsroom(newsroom, ask!, { ...wantedOf(question), keepSteps: true }) : await askKept(newsroom, findKept(newsroom.log, trace), { keepSteps: true });
  const found = waysIn(answer, { from: answer.result.ask.from, to, method, depth });
  const hops = found.ways.flatMap((way, at) => way.hops.map((hop, step) => [at + 1, step + 1, hop.from, hop.from_address, hop.to, hop.to_address, hop.asset, hop.amount, hop.transfer]));
  save({ name: "ways.csv", type: CSV, words: "CSV" }, formatCsv(["way", "hop", "from", "from_address", "to", "to_address", "asset", "amount", "transfer"], hops));
  save({ name: "ways.jsonl", type: JSON_TYPE, words: "JSON" }, lines(found.ways));
  return {
    sheet: {
      title: `From ${found.from} to ${to}, by ${method}`,
      under: `over ${answer.result.sets.map(({ name }) => name).join(", ")} (log size ${answer.result.log_size})`,
      says: found.ways.length === 0 ? [noWayWords(found)] : [],
      tables: found.ways.map((way, at) => ({
        caption: `${at + 1}. ${wayWords(way, found)}`,
        head: ["from", "to", "amount", "transfer"],
        rows: way.hops.map((hop) => hopWords(hop, found.tokens)).map(({ from, to: payee, amount, transfer }) => [from, payee, amount, transfer]),
        numbers: [2],
        codes: [0, 1, 3],
      })),
      notes: [...(found.cut ? [WAYS_CUT] : []), WAYS_NOTE, ...answer.result.notes],
    },
  };
}

async function answerLowest(newsroom: NewsroomReader, question: Of<"lowest">, save: Save): Promise<Answer> {
  const { address, since, until, asset, amount } = question;
  const ask = { address, since, ...(until === undefined ? {} : { until }), ...(asset === undefined ? {} : { asset }), ...(amount === undefined ? {} : { amount: BigInt(amount) }) };
  const found = await lowestInNewsroom(newsroom, ask, wantedOf(question));
  const { title, over, moments, says } = lowestWords(newsroom.log, found);
  const moment = (which: string, { balance, transfer, time }: (typeof found)["since"]) => [which, balance, transfer, time];
  const rows = [moment("since", found.since), moment("lowest", found.lowest_at), moment("until", found.until)];
  save({ name: "lowest.csv", type: CSV, words: "CSV" }, formatCsv(["moment", "balance", "after", "time"], rows));
  save({ name: "lowest.json", type: JSON_TYPE, words: "JSON" }, lines([{ ...found, note: LOWEST_NOTE }]));
  return { sheet: { title, under: over, says: [], tables: [{ head: ["", "balance", "after", "time"], rows: moments, numbers: [1] }], notes: [...says, ...found.notes] } };
}

async function answerRank(newsroom: NewsroomReader, question: Of<"rank">, save: Save): Promise<Answer> {
  const found = await rankNewsroom(newsroom, question.from, question.method, wantedOf(question));
  const ranks = namedRanks(newsroom.log, found);
  const tags = (own: (typeof ranks)[number]["tags"]) => own.map(({ label, category, said_by }) => `${label || category} (${said_by})`).join(" | ");
  save({ name: "ranking.csv", type: CSV, words: "CSV" }, formatCsv(["rank", "chain", "address", "score", "tags"], ranks.map((one) => [one.rank, one.chain, one.address, one.score, tags(one.tags)])));
  save({ name: "ranking.json", type: JSON_TYPE, words: "JSON" }, lines([{ ...found, note: RANKING_NOTE, ranks }]));
  const { title, over } = rankingWords(found);
  return {
    sheet: {
      title,
      under: over,
      says: [RANKING_NOTE, ...(found.cut ? [RANKING_CUT] : [])],
      tables: [firstRows({ head: RANKING_COLUMNS, rows: rankingCells(ranks), numbers: [0, 2], codes: [1] })],
      notes: found.notes,
    },
  };
}

function answerCompare(newsroom: NewsroomReader, { before, after }: Of<"compare">, save: Save): Answer {
  const found = compareKept(newsroom.log, [before, after], [findKept(newsroom.log, before), findKept(newsroom.log, after)]);
  const { differences } = found;
  const columns = ["method", "asset", "what", "place", "before", "after", "change"];
  const cells = differences.map((one) => [one.method, one.asset, one.what, one.place, String(one.before), String(one.after), String(one.after - one.before)]);
  save({ name: "differences.csv", type: CSV, words: "CSV" }, formatCsv(columns, cells));
  save({ name: "differences.jsonl", type: JSON_TYPE, words: "JSON" }, lines(differences.map((one) => ({ ...one, before: String(one.before), after: String(one.after) }))));
  const rows = differences.map((one) => differenceCells(one, found, DECIMALS));
  return {
    sheet: {
      title: `${before} beside ${after}`,
      says: comparisonWords(found),
      tables: differences.length === 0 ? [] : [firstRows({ head: DIFFERENCE_COLUMNS, rows, numbers: [2, 3, 4] })],
      notes: [],
    },
  };
}

async function answerAudit(newsroom: NewsroomReader, { trace }: Of<"audit">, save: Save): Promise<Answer> {
  const input = await auditOfKept(newsroom, findKept(newsroom.log, trace), { keep_lots: true });
  save({ name: "steps-and-lots.xlsx", type: WORKBOOK, words: "Workbook" }, auditWorkbook(input));
  save({ name: "steps.csv", type: CSV, words: "Steps as CSV" }, csvOfSteps(input));
  save({ name: "lots.csv", type: CSV, words: "Lots as CSV" }, csvOfLots(input));
  save({ name: "steps-and-lots.html", type: "text/html; charset=utf-8", words: "One page" }, auditHtml(input));
  const counted = `${input.steps.length.toLocaleString("en-US")} steps, ${input.lots!.length.toLocaleString("en-US")} lots.`;
  return { sheet: { title: `Every step of ${trace}, and every credit and debit of the accounts it went into`, says: [counted], tables: [], notes: methodStatement(input) } };
}

async function answerReproduce(newsroom: NewsroomReader, { trace }: Of<"reproduce">, save: Save): Promise<Answer> {
  const { answer, notes, words, fault } = await reproduction(newsroom, findKept(newsroom.log, trace));
  save({ name: "reproduced.json", type: JSON_TYPE, words: "JSON" }, lines([answer]));
  const rows = [["kept", answer.kept_sha256], ["now", answer.computed_sha256]];
  return {
    sheet: {
      title: `${trace} made again`,
      says: fault instanceof TracewireError ? [`${fault.message}. ${fault.hint}`] : [words],
      ...(fault ? { alarm: true } : {}),
      tables: [{ head: ["", "Hash of the answer"], rows, codes: [1] }],
      notes: fault ? [] : notes,
    },
  };
}
