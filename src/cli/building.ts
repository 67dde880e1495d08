// Who is building the demo newsroom of a folder: a file beside it that names the process. Without it a command typed in
// those seconds would make a newsroom of its own in the place where the demo is about to be put.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { isAlive } from "../effects.ts";
import { TracewireError } from "../errors.ts";

const fileOf = (data: string): string => `${data}.building.pid`;

/** Takes the folder's place until the returned function is called. Throws WRITER_BUSY while another process builds there. */
export function holdPlace(data: string): () => void {
  refuseWhileBuilding(data);
  const file = fileOf(data);
  rmSync(file, { force: true });
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: "wx" });
  } catch (error) {
    // Another process took it between the look and the write.
    refuseWhileBuilding(data);
    throw new TracewireError("READ_ONLY", { where: file, cause: error });
  }
  return () => rmSync(file, { force: true });
}

/** Throws WRITER_BUSY while a process that is alive builds the demo for this folder. */
export function refuseWhileBuilding(data: string): void {
  const pid = readPid(fileOf(data));
  if (pid === undefined || pid === process.pid || !isAlive(pid)) return;
  throw new TracewireError("WRITER_BUSY", {
    what: `The demo newsroom is being built for this folder by process ${pid}`,
    where: data,
    hint: `It takes some seconds: run the command again when its site has started. If that process does something else, delete ${fileOf(data)}.`,
  });
}

function readPid(file: string): number | undefined {
  try {
    const text = readFileSync(file, "utf8").trim();
    return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}
