// What is written on the way: sorted runs, Parquet files put aside, and segments and columns that are not finished. They lie apart from the data
// folder's tmp/, which a server empties when it starts, and carry the number of their process, so that the next import
// takes away what a killed one left behind.
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "../effects.ts";

const folderOf = (folder: string): string => join(folder, "segments", "tmp");
let count = 0;

/** A path that no other import uses; its folder is there. */
export function temporaryPath(folder: string, what: "run" | "segment" | "columns" | "parquet"): string {
  mkdirSync(folderOf(folder), { recursive: true });
  return join(folderOf(folder), `${what}.${process.pid}.${count++}`);
}

/** Removes files whose process is gone. One that bears our own number and is older than this process is gone, too. */
export function sweepTemporaryFiles(folder: string): void {
  if (!existsSync(folderOf(folder))) return;
  for (const name of readdirSync(folderOf(folder))) {
    const [, pid, nth] = name.split(".").map(Number);
    const isOurs = pid === process.pid && nth! < count;
    if (!isOurs && (pid === process.pid || !isAlive(pid!))) rmSync(join(folderOf(folder), name), { recursive: true, force: true });
  }
}
