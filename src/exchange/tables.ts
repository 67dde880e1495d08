// Every list that can go out as a table: the claims on each kind, every table of a dataset, stories, figures, captures.
import { KINDS, readClaims, isPrivateClaim, type Kind } from "../casefile/casefile.ts";
import { findDataset, listDatasets, readRows } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import { listCaptures, locatorText, type LogReader } from "../evidence/evidence.ts";
import { listCards } from "../press/press.ts";
import type { Table } from "./table-files.ts";

const CLAIM_COLUMNS = "entry subject field value unit claimant document cites relayed_by hedge bound as_of period valuation measure part_of wording citation capture place".split(" ");
const STORY_COLUMNS = "slug type headline standfirst topic byline happened first_published newest revision corrections withdrawn".split(" ");
const CAPTURE_COLUMNS = "entry title sha256 bytes grade source_grade item_grade retrieved_at licence".split(" ");

/** Names under which `readTable` answers. */
export function listTables(log: LogReader): string[] {
  return ["stories", "captures", ...Object.keys(KINDS), ...new Set(listDatasets(log).map(({ name }) => name))];
}

/** Released rows only. Throws NOT_FOUND with the names there are, NOT_RELEASED for a table that readers do not see. */
export function readTable(log: LogReader, name: string, log_size: number): Table {
  if (name === "stories")
    return {
      name,
      columns: STORY_COLUMNS,
      rows: listCards(log, { limit: -1, known: log_size === log.size() ? undefined : log_size, withdrawn: "include" }).map((card) => ({
        ...card,
        first_published: card.first_at,
        newest: card.newest_at,
        revision: String(card.revision),
        corrections: String(card.corrections),
        withdrawn: card.withdrawn ?? "",
      })) as unknown as Table["rows"],
    };
  if (name === "captures")
    return {
      name,
      columns: CAPTURE_COLUMNS,
      rows: listCaptures(log)
        .filter(({ released }) => released !== undefined && released < log_size)
        .map((item) => ({ ...item, entry: String(item.seq), bytes: String(item.byte_count) })) as unknown as Table["rows"],
    };
  if (Object.hasOwn(KINDS, name))
    return {
      name,
      columns: CLAIM_COLUMNS,
      rows: readClaims(log, { log_size, evidence: "released" }, { kind: name as Kind })
        .filter((claim) => !isPrivateClaim({ kind: "claim", claim }))
        .map(({ source, cites, valuation, seq, ...claim }) => ({
          ...claim,
          entry: String(seq),
          cites: cites?.join("; "),
          valuation: valuation?.basis,
          capture: String(source.capture),
          place: locatorText(source.locator),
        })) as unknown as Table["rows"],
    };
  const dataset = findDataset(log, name, log_size);
  if (!dataset) throw new TracewireError("NOT_FOUND", { what: `There is no list “${name}”`, hint: `Lists: ${listTables(log).join(", ")}` });
  if (dataset.released === undefined || dataset.released >= log_size) throw new TracewireError("NOT_RELEASED", { what: `The table ${name} has not been released` });
  return { name, columns: dataset.columns, rows: readRows(log, dataset) };
}
