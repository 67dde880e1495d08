// An fsck that trusts nothing: it shares no code with the log it checks (only node built-ins, errors.ts and the
// other verify-* files), recomputes every hash from the entries, and names the first bad index.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { DatabaseSync } from "node:sqlite";
import { TracewireError } from "../errors.ts";
import { checkRoots, readCheckpoints, storedRoot, type StoredCheckpoint } from "./verify-checkpoints.ts";
import { DATABASE_FILE, messageOf, metaValue, openForChecking } from "./verify-database.ts";
import { checkEntries, checkErasures, type CheckedEntries } from "./verify-entries.ts";
import { checkBlobs, checkLogFiles } from "./verify-files.ts";
import { collectFindings, type Finding, type Findings } from "./verify-findings.ts";
import { readCanonicalObject } from "./verify-json.ts";
import { readNote, readPublicKey, type PublicKey } from "./verify-note.ts";
import { openLeafWitness } from "./verify-tiles.ts";

export { findingWords, type Finding, type Finding as VerifyFinding } from "./verify-findings.ts";

export type VerifyOptions = {
  /** C2SP verifier key from elsewhere. Without it the folder's own key is believed, and the report says so. */
  key?: string;
  /** An older signed checkpoint: the log must still contain exactly what it signed. */
  against?: string;
  /** Checks what is computed from the entries (views, published figures); called where database and entries are whole. */
  recompute?: (folder: string) => Promise<Finding[]> | Finding[];
  onProgress?: (done: number, total: number, what: string) => void;
  /** Wait before the second look at files that another process may just be writing; 0 looks once. */
  settle_ms?: number;
};

export type VerifyReport = {
  outcome: "clean" | "damaged";
  entries: number;
  erased: number[];
  blobs: number;
  tiles: number;
  checkpoints: number;
  /** Size and root (hex) recomputed from the entries as they are stored. */
  size: number;
  root: string;
  key: { verifier_key: string; pinned: boolean };
  /** Lowest bad index first, then what has none. */
  findings: Finding[];
  warnings: Finding[];
};

const LOOKS_MAX = 3;
const SETTLE_MS = 200;
/** What another process may leave for a moment between its commit and the files that follow it. */
const IN_MOTION = /^(tile_|checkpoint_file_|blob_missing|erased_blob_present|not_a_file)/;
const DATABASE_FAULT = /^(database_|format_)/;

/**
 * Checks a data folder. Damage is a report, never a throw; throws NO_NEWSROOM where there is none and
 * BAD_ARGUMENT for a `key` that is not a verifier key. Writes nothing.
 */
export async function verifyFolder(folder: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const pinned = options.key === undefined ? undefined : readPublicKey(options.key.trim());
  if (options.key !== undefined && !pinned)
    throw new TracewireError("BAD_ARGUMENT", { what: "The key is not a verifier key of the form name+hash+key", where: "--key" });
  if (![DATABASE_FILE, "newsroom.pub", "log", "blobs"].some((name) => existsSync(join(folder, name))))
    throw new TracewireError("NO_NEWSROOM", { where: folder });
  const settle = options.settle_ms ?? SETTLE_MS;
  let report = look(folder, pinned, options);
  for (let looks = 1; looks < LOOKS_MAX && settle > 0 && report.findings.some(({ what }) => IN_MOTION.test(what)); looks++) {
    const { size } = report;
    await pause(settle);
    report = look(folder, pinned, options);
    if (report.size === size && looks > 1) break;
  }
  // Views are computed from entries: over bad ones their difference would say nothing new.
  if (!options.recompute || report.findings.some(({ what, index }) => index !== undefined || DATABASE_FAULT.test(what))) return report;
  const { warnings = [], damage = [] } = Object.groupBy(await recomputed(folder, options.recompute), ({ is_warning }) => (is_warning ? "warnings" : "damage"));
  const findings = [...report.findings, ...damage];
  return { ...report, findings, warnings: [...report.warnings, ...warnings], outcome: findings.length === 0 ? "clean" : "damaged" };
}

async function recomputed(folder: string, recompute: NonNullable<VerifyOptions["recompute"]>): Promise<Finding[]> {
  try {
    return await recompute(folder);
  } catch (error) {
    return [{ what: "recompute_failed", actual: messageOf(error) }];
  }
}

function look(folder: string, pinned: PublicKey | undefined, options: VerifyOptions): VerifyReport {
  const findings = collectFindings();
  const warnings: Finding[] = [];
  const onProgress = (what: string) => (done: number, total: number) => options.onProgress?.(done, total, what);
  const db = openForChecking(folder, findings);
  let log: CheckedLog | undefined;
  try {
    log = db && checkLog(folder, db, pinned, options, findings, onProgress("entries"));
  } catch (error) {
    findings.add({ what: "database_unreadable", file: DATABASE_FILE, actual: messageOf(error) });
  } finally {
    db?.close();
  }
  const blobs = checkBlobs(folder, log?.entries, findings, warnings, onProgress("blobs"));
  const newest = log?.checkpoints.at(-1);
  const tiles = log && newest ? checkLogFiles(folder, newest.note, newest.size, log.entries.leaves, findings) : 0;
  return {
    outcome: findings.count === 0 ? "clean" : "damaged",
    entries: log?.entries.count ?? 0,
    erased: log?.erased ?? [],
    blobs,
    tiles,
    checkpoints: log?.checkpoints.length ?? 0,
    size: log?.entries.end ?? 0,
    root: log?.root ?? "",
    key: { verifier_key: log?.key?.text ?? pinned?.text ?? "", pinned: pinned !== undefined },
    findings: findings.list(),
    warnings,
  };
}

type CheckedLog = { entries: CheckedEntries; erased: number[]; checkpoints: StoredCheckpoint[]; key: PublicKey | undefined; root: string };

function checkLog(
  folder: string,
  db: DatabaseSync,
  pinned: PublicKey | undefined,
  options: VerifyOptions,
  findings: Findings,
  onProgress: (done: number, total: number) => void,
): CheckedLog {
  const key = chooseKey(folder, db, pinned, findings);
  const origin = metaValue(db, "origin");
  if (key && origin !== key.name) findings.add({ what: "origin_mismatch", file: DATABASE_FILE, expected: key.name, actual: origin });
  const checkpoints = readCheckpoints(db, key, findings);
  const entries = checkEntries(db, findings, onProgress);
  if (entries.first && entries.first.kind !== "newsroom") findings.add({ what: "first_entry_not_newsroom", index: 0 });
  const signed = checkpoints.at(-1)?.size ?? 0;
  if (signed > entries.end)
    findings.add({ what: "entry_missing", index: entries.end, expected: `${signed} entries`, actual: String(entries.end) });
  if (signed < entries.end)
    findings.add({ what: "entry_unsigned", index: signed, expected: `${signed} entries`, actual: String(entries.end) });
  // The roots as they lie are taken before leaves are restored from the tiles.
  const root = storedRoot(entries.leaves, entries.end)?.toString("hex") ?? "";
  if (options.against !== undefined && key) checkAgainst(options.against, key, entries, findings);
  checkRoots(checkpoints, entries, openLeafWitness(folder), findings);
  const erased = checkErasures(db, entries, findings);
  return { entries, erased, checkpoints, key, root };
}

/** The pinned key, else the one in newsroom.pub, else the one in the first entry; all of them must agree. */
function chooseKey(folder: string, db: DatabaseSync, pinned: PublicKey | undefined, findings: Findings): PublicKey | undefined {
  const file = "newsroom.pub";
  let text: string | undefined;
  try {
    text = readFileSync(join(folder, file), "utf8");
  } catch {
    findings.add({ what: "public_key_missing", file });
  }
  const body = db.prepare("SELECT body FROM entries WHERE seq = 0").get()?.body;
  const first = body instanceof Uint8Array ? readCanonicalObject(body) : undefined;
  const inLog = first && "value" in first && first.value.kind === "newsroom" ? String(first.value.verifier_key) : undefined;
  const ofFile = text === undefined ? undefined : readPublicKey(text.replace(/\n$/, ""));
  const ofLog = inLog === undefined ? undefined : readPublicKey(inLog);
  if (text !== undefined && (!ofFile || text !== `${ofFile.text}\n`)) findings.add({ what: "public_key_malformed", file });
  if (inLog !== undefined && ofFile && inLog !== ofFile.text)
    findings.add({ what: "public_key_mismatch", file, expected: inLog, actual: ofFile.text });
  if (pinned) {
    if (ofFile && ofFile.text !== pinned.text) findings.add({ what: "unknown_key", file, expected: pinned.text, actual: ofFile.text });
    if (inLog !== undefined && inLog !== pinned.text) findings.add({ what: "unknown_key", index: 0, expected: pinned.text, actual: inLog });
  }
  const key = pinned ?? ofFile ?? ofLog;
  if (!key) findings.add({ what: "no_key", file });
  return key;
}

function checkAgainst(note: string, key: PublicKey, entries: CheckedEntries, findings: Findings): void {
  const read = readNote(note, key);
  if (read.outcome !== "valid") return findings.add({ what: `against_${read.outcome}` });
  if (read.size > entries.end)
    return findings.add({ what: "rollback", index: entries.end, expected: `${read.size} entries`, actual: String(entries.end) });
  const root = storedRoot(entries.leaves, read.size);
  if (!root?.equals(read.root))
    findings.add({
      what: "fork",
      expected: `${read.size} ${read.root.toString("hex")}`,
      actual: root?.toString("hex") ?? "an entry is missing",
    });
}
