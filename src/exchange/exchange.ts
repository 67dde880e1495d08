// The door of the exchange room: what is released, in the formats of others, each with what it cannot carry.
export { readSharedCase, stanceOf, type SharedCase } from "./shared-case.ts";
export { STIX_CANNOT_CARRY, TLP, writeStix, type StixObject, type TlpLevel } from "./stix.ts";
export { FTM_CANNOT_CARRY, formatFtm, writeFtm, type FtmEntity } from "./follow-the-money.ts";
export { MISP_CANNOT_CARRY, writeMisp } from "./misp.ts";
export { NINJS_CANNOT_CARRY, writeNinjs } from "./ninjs.ts";
export { TABLE_FORMS, writeTable, type Table, type TableForm } from "./table-files.ts";
export { listTables, readTable } from "./tables.ts";
export { writeExport, type ExportFile, type Manifest } from "./manifest.ts";
export {
  BUNDLE_SUBJECTS,
  bundleOf,
  cannotCarry,
  EXCHANGE_FORMATS,
  exportTo,
  type BundleSubject,
  type ExchangeAsk,
  type ExchangeFormat,
} from "./make-export.ts";
