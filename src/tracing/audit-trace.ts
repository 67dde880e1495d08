// What an audit is written from: every step of a question or of a kept trace, with the lots where they are asked for.
import { formatCsv } from "../csv.ts";
import { datasetOfEntry, readRows, type Row } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import type { Answer } from "./ask.ts";
import { askKept, type Newsroom } from "./ask-newsroom.ts";
import type { AuditInput } from "./audit.ts";
import { LOT_COLUMNS, LOTS_MAX } from "./lots-table.ts";
import { stepsTable, STEP_COLUMNS, type SavedTrace } from "./saved-traces.ts";

/** Of an answer that holds its steps. Throws BAD_ARGUMENT where there are more than one table can hold. */
export function auditOf(found: Answer): AuditInput {
  if (found.steps_cut) throw new TracewireError("BAD_ARGUMENT", { what: "There are more steps than one table can hold", hint: "Ask for one method, a floor, or a depth." });
  const { ask, sets, log_size, notes, methods } = found.result;
  return { ask, sets, log_size, notes, methods, result_sha256: found.result_sha256, columns: STEP_COLUMNS, steps: stepsTable(found).rows, ...lotsOf(found) };
}

/** Throws NOT_REPRODUCED where steps or lots have to be made again and come out of another answer. */
export async function auditOfKept(newsroom: Newsroom, saved: SavedTrace, { keep_lots = false } = {}): Promise<AuditInput> {
  const { ask, sets, log_size, notes, methods, result_sha256 } = saved;
  const kept = saved.steps === null ? undefined : readRows(newsroom.log, datasetOfEntry(newsroom.log, saved.steps));
  // Lots are not kept: they are the transfers themselves, and are read again.
  const again = kept && !keep_lots ? undefined : await askKept(newsroom, saved, { keepSteps: true, keep_lots });
  return { ask, sets, log_size, notes, methods, result_sha256, columns: STEP_COLUMNS, steps: kept ?? stepsTable(again!).rows, ...(again ? lotsOf(again) : {}) };
}

function lotsOf({ lots }: Pick<Answer, "lots">): Pick<AuditInput, "lots"> {
  if (!lots) return {};
  if (lots.cut) throw new TracewireError("BAD_ARGUMENT", { what: `More than ${LOTS_MAX} credits and debits went through the accounts it reached`, hint: "Ask for a floor or a depth, or end at busy services with --stop or --known." });
  return { lots: lots.rows };
}

export const csvOfSteps = ({ columns, steps }: AuditInput): string => csvOf(columns, steps);
export const csvOfLots = ({ lots = [] }: AuditInput): string => csvOf(LOT_COLUMNS, lots);
const csvOf = (columns: readonly string[], rows: readonly Row[]): string => formatCsv(columns, rows.map((row) => columns.map((column) => row[column])));
