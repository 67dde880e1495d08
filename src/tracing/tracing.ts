// The door of the tracing room: transfers in, five conventions, exact answers, and the steps behind them.
export { METHOD_NAMES, METHOD_SENTENCES, METHODS, type MethodName } from "./methods/methods.ts";
export { lowestBetween, lowestInNewsroom, lowestWords, LOWEST_NOTE, type Lowest, type LowestAnswer, type LowestAsk } from "./lowest.ts";
export { answer, resultHash, type Answer, type TraceAsk, type TraceResult } from "./ask.ts";
export { askKept, askNewsroom, changesSince, movedVersions, notReproduced, reproduceTrace, stepsOf, type Newsroom, type NewsroomAnswer } from "./ask-newsroom.ts";
export { BRIDGE_RULE, bridgeNote, type BridgeCandidate, type BridgeEnd, type BridgeEnds } from "./bridges.ts";
export type { KernelUsed, Kernels } from "./explore.ts";
export { readAskWords, type AskWords } from "./read-ask.ts";
export type { Flow } from "./flows.ts";
export { sumOfAmounts, type AssetResult, type MethodResult, type MethodResults } from "./result.ts";
export { INFERRED, STOP_REASONS, type Seed, type Step, type Stop, type StopReason } from "./request.ts";
export { SEED_FORMS, type TheftSeeds } from "./seed-text.ts";
export { BACKWARD_REFUSED, trace, type Trace, type TraceData } from "./trace.ts";
export { buildTransferTable, type TransferTable } from "./transfer-table.ts";
export { isExternal, TRANSFER_KINDS, type Transfer, type UtxoTransaction } from "./transfer.ts";
export { buildUtxoGraph, type UtxoGraph } from "./utxo-graph.ts";
export { entriesOfTrace, findTrace, listTraces, releaseTrace, saveTrace, stepsTable, totalsTable, tracesView, STEP_COLUMNS, TOTAL_COLUMNS, type SavedTrace, type SaveOutcome } from "./saved-traces.ts";
export { LOT_COLUMNS, LOTS_MAX } from "./lots-table.ts";
export { auditHtml, auditWorkbook, limbs, methodStatement, type AuditInput } from "./audit.ts";
export { assetWords, shortAmount, shortName, writeAmount, type AssetWords } from "./asset-words.ts";
export { NOTE_CHARS_MAX, openTraceNotes, TRACE_NOTES_FILE, type TraceNote, type TraceNotes } from "./trace-notes.ts";
export { KNOWN_ERROR, KNOWN_ERROR_BACK, knownErrorOf, knownErrors } from "./known-error.ts";
export { compareKept, comparisonWords, differenceCells, DIFFERENCE_COLUMNS, findKept, type TraceComparison } from "./compare-traces.ts";
export { reproduction, type Reproduction } from "./reproduction.ts";
export { auditOf, auditOfKept, csvOfLots, csvOfSteps } from "./audit-trace.ts";
export { hopWords, noWayWords, waysIn, WAYS_CUT, WAYS_NOTE, wayWords, type Way, type WayHop, type Ways, type WaysAsk } from "./ways.ts";
export { RANKING_METHODS, RANKING_NOTE, type Ranking, type RankingMethod } from "./ranking/ranking.ts";
export { namedRanks, RANKING_COLUMNS, RANKING_CUT, rankingCells, rankingWords, rankNewsroom, readRankingMethod, type NamedRank, type NewsroomRanking } from "./ranking/rank-newsroom.ts";
export { holdingsOf, outputsHeld, sidesOf, transfersIn, transfersOf, type Holding, type OutputHolding, type TransactionSides } from "./holdings.ts";
export { readReleased, ROWS_ON_PAGES_MAX, setOf, type ReleasedData, type ReleasedPart } from "./released-data.ts";
export { importTransfers, type ImportedTransfers } from "./import-transfers.ts";
export { DATA_FORMATS, dataFormatTitle, importFiles, tableFile, tablesWords, transfersWords, type GivenFile, type ImportedFiles, type ImportManner } from "./import-files.ts";
export { storedColumnsRoot } from "./columns/set-columns.ts";
export { storedSegmentRoot, sweepSegments } from "./segment-file.ts";
export { openTracedTransfers, precisionOf, type MissingFunds, type TracedTransfers, type WholeTransfer } from "./traced-transfers.ts";
export { listGaps, type Gap } from "./gaps.ts";
export {
  listTransferSets,
  readTransferSets,
  rebuildSegment,
  rowsOfSet,
  supersededSets,
  type ReadTransferSets,
  type TransferSet,
} from "./transfer-sets.ts";
export { readApart } from "./sets-apart.ts";
export { guessReader, TRANSFER_READERS } from "./readers/readers.ts";
export type { TransferReader } from "./readers/reader.ts";
export { fileOnDisk, type SourceFile } from "./readers/source-file.ts";
export { openTagBook, stopsFromTags, STOPS_BY_CATEGORY, type Tag, type TagBook } from "./tags/tags.ts";
export { valueAt, VALUATION_BASES, type PriceRow, type Valuation, type ValuationAsk, type ValuationBasis } from "./valuation.ts";
export * from "./clusters/clusters.ts";
export { flows, relations, totalsOf, type Flow as NodeFlow, type Relation } from "./clusters/address-graph.ts";
export { hiddenSets, whatGoesOut, type GoesOut } from "./what-goes-out.ts";
