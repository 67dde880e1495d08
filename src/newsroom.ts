// Composition root: a data folder becomes opened stores with their effects; everything is closed in order.
// A NewsroomReader cannot write: the public site is given one, and the compiler keeps it so.
import { chmodSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { casefileView } from "./casefile/casefile.ts";
import { datasetsView } from "./datasets/datasets.ts";
import { systemEffects, type Effects } from "./effects.ts";
import { TracewireError } from "./errors.ts";
import {
  createLogKey,
  diskFault,
  diskFileSystem,
  evidenceView,
  hasViews,
  makeFolders,
  openBlobStore,
  openLogReader,
  openLogWriter,
  parseLogKey,
  refuseOtherKey,
  serializeLogKey,
  verifierKey,
  type EvidenceReader,
  type EvidenceWriter,
  type FileSystem,
  type LogKey,
  type Transaction,
} from "./evidence/evidence.ts";
import { figuresView, recordRestatements, theftLinesView } from "./figures/figures.ts";
import { issuesView } from "./newsletter/newsletter.ts";
import { pressView, searchView } from "./press/press.ts";
import { issuedReportsView, namedSymbolsView } from "./reports/reports.ts";
import { exceptionsView } from "./screening/screening.ts";
import { clustersView, tracesView } from "./tracing/tracing.ts";

/** Every view, in the order in which an entry is shown to them: later ones may read earlier ones. */
export const VIEWS = [
  evidenceView,
  datasetsView,
  casefileView,
  tracesView,
  clustersView,
  exceptionsView,
  figuresView,
  theftLinesView,
  pressView,
  issuedReportsView,
  namedSymbolsView,
  issuesView,
  searchView,
] as const;

export type NewsroomReader = EvidenceReader & { folder: string; verifierKey: string; close(): void };

export type NewsroomWriter = EvidenceWriter & {
  folder: string;
  verifierKey: string;
  effects: Effects;
  /**
   * One change, all of it or nothing: durable and signed when this returns. A figure that a publication rests
   * on and that the change moves gets its restatement in the same transaction.
   */
  transact<T>(by: string, change: (transaction: Transaction) => T): T;
  close(): void;
};

export const KEY_FILE = "newsroom.key";
export const PUBLIC_KEY_FILE = "newsroom.pub";

/** Throws READ_ONLY where this user may not look: a folder that is closed is not one without a newsroom. */
export function newsroomExists(folder: string): boolean {
  try {
    statSync(join(folder, "newsroom.db"));
    return true;
  } catch (error) {
    if (!["EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw new TracewireError("READ_ONLY", { what: "This user may not look into the folder", where: folder, hint: "Run as the user whose folder it is.", cause: error });
  }
}

/** Whether other users of the machine can look into the folder (what is not released, and who sent it, lies there). */
export const isClosed = (folder: string): boolean => process.platform === "win32" || (statSync(folder).mode & 0o077) === 0;

/** Makes an empty newsroom with a key of its own (mode 0600). Throws NEWSROOM_EXISTS in a folder that has one. */
export function createNewsroom(folder: string, effects: Effects, files: FileSystem = diskFileSystem): NewsroomWriter {
  if (newsroomExists(folder)) throw new TracewireError("NEWSROOM_EXISTS", { where: folder });
  try {
    makeFolders(folder);
    // Whoever made the folder beforehand made it for everybody: what is not released, and who sent it, lies in it.
    chmodSync(folder, 0o700);
    const present = readdirSync(folder).filter((name) => name !== "tmp");
    if (present.length > 0 && !present.includes(KEY_FILE))
      throw new TracewireError("NEWSROOM_EXISTS", { what: "The folder is not empty and holds no newsroom", where: folder });
    if (!existsSync(join(folder, KEY_FILE))) {
      const key = createLogKey();
      writeFileSync(join(folder, KEY_FILE), serializeLogKey(key), { mode: 0o600, flag: "wx" });
      chmodSync(join(folder, KEY_FILE), 0o600);
      writeFileSync(join(folder, PUBLIC_KEY_FILE), `${verifierKey(key)}\n`);
    }
  } catch (error) {
    throw diskFault(error, folder);
  }
  const newsroom = openForWriting(folder, effects, files);
  if (newsroom.log.size() === 0)
    newsroom.log.transact("newsroom", (transaction) =>
      transaction.append({ kind: "newsroom", format: 1, verifier_key: newsroom.verifierKey, by: "tracewire" }),
    );
  return newsroom;
}

export function openNewsroom(folder: string, files: FileSystem = diskFileSystem): NewsroomReader {
  if (!newsroomExists(folder)) throw new TracewireError("NO_NEWSROOM", { where: folder });
  let log = openLogReader(folder);
  if (!hasViews(log.db, VIEWS)) {
    log.close();
    bringViewsUpToDate(folder, files);
    log = openLogReader(folder);
  }
  const blobs = openBlobStore(folder, files);
  return { folder, log, blobs, verifierKey: readPublicKey(folder), close: () => log.close() };
}

/** After another version of the program: its views are computed again from the entries, which needs the right to write. */
function bringViewsUpToDate(folder: string, files: FileSystem): void {
  if (!existsSync(join(folder, KEY_FILE)))
    throw new TracewireError("READ_ONLY", {
      what: "The tables beside the log were made by another version of Tracewire, and without the signing key they cannot be made again",
      where: folder,
      hint: "Read it with the version that wrote it, or make the copy again with this one (tracewire backup).",
    });
  openForWriting(folder, systemEffects, files).close();
}

export function openForWriting(folder: string, effects: Effects, files: FileSystem = diskFileSystem): NewsroomWriter {
  const key = readLogKey(folder);
  const log = openLogWriter(folder, key, VIEWS, effects, files);
  const blobs = openBlobStore(folder, files);
  return {
    folder,
    log,
    blobs,
    effects,
    verifierKey: verifierKey(key),
    transact: (by, change) =>
      log.transact(by, (transaction) => {
        const before = transaction.size();
        const outcome = change(transaction);
        if (transaction.size() > before) recordRestatements(transaction, log, before, by);
        return outcome;
      }),
    close: () => log.close(),
  };
}

function readLogKey(folder: string): LogKey {
  const path = join(folder, KEY_FILE);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (!newsroomExists(folder)) throw new TracewireError("NO_NEWSROOM", { where: folder });
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw diskFault(error, path);
    throw new TracewireError("READ_ONLY", {
      what: "The signing key is not here, so nothing can be added to the log",
      where: path,
      hint: "A backup made without --with-key can be read and verified; put the key back to write.",
      cause: error,
    });
  }
  try {
    return parseLogKey(text);
  } catch (error) {
    throw new TracewireError("KEY_MISMATCH", { what: "The signing key cannot be read: its file is damaged", where: path, cause: error });
  }
}

/** Why nothing can be signed here: the key is damaged or another log's. Undefined where it fits, or is not here at all. */
export function signingKeyFault(folder: string): TracewireError | undefined {
  if (!existsSync(join(folder, KEY_FILE))) return undefined;
  const log = openLogReader(folder);
  try {
    refuseOtherKey(log.checkpoint(), readLogKey(folder));
    return undefined;
  } catch (error) {
    if (error instanceof TracewireError) return error;
    throw error;
  } finally {
    log.close();
  }
}

function readPublicKey(folder: string): string {
  try {
    return readFileSync(join(folder, PUBLIC_KEY_FILE), "utf8").trim();
  } catch {
    return "";
  }
}
