// The door of the tracing room: transfers in, and what may be asked of them.
export { importTransfers, type ImportedTransfers } from "./import-transfers.ts";
export { storedSegmentRoot, sweepSegments } from "./segment-file.ts";
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
export { guessReader, TRANSFER_READERS } from "./readers/readers.ts";
export type { TransferReader } from "./readers/reader.ts";
export { fileOnDisk, type SourceFile } from "./readers/source-file.ts";
export { buildTransferTable } from "./transfer-table.ts";
