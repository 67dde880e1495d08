// A disk in memory that remembers what has been synced, fails the n-th call when told to, and can lose its
// power: bytes that were not synced are torn at sectors, names that were not synced come back or do not, each
// by itself (a rename is one step, as in a journal). After SQLite's test_vfs and FoundationDB's simulation.
import { dirname } from "node:path";
import type { FileSystem } from "../src/evidence/file-system.ts";
import type { Random } from "../src/effects.ts";

const SECTOR_BYTES = 512;

type File = { bytes: Uint8Array; durable: Uint8Array };
type Node = File | "folder";
/** One change of names; all of it reaches the disk, or none. */
type Change = { path: string; node: Node | undefined }[];

export class PowerCut extends Error {}

export type SimulatedDisk = {
  files: FileSystem;
  /** Calls made so far; reading counts as well. */
  calls(): number;
  /** The n-th call from now on fails with this code and changes nothing; the ones after it work again. */
  failAt(call: number, code: "EIO" | "ENOSPC"): void;
  /** The n-th call from now on never returns, nor does any after it, until `reboot`. */
  cutAt(call: number): void;
  /** True when the fault that was asked for has happened. */
  struck(): boolean;
  /** What the disk holds after the power went: synced bytes and names, and some of the rest. */
  reboot(): void;
  /** Every file by path, as read now. */
  all(): Map<string, Uint8Array>;
};

export function simulatedDisk(random: Random): SimulatedDisk {
  let names = new Map<string, Node>([["/", "folder"]]);
  let durableNames = new Map(names);
  let pending: Change[] = [];
  const handles = new Map<number, File>();
  let nextHandle = 3;
  let count = 0;
  let fault: { at: number; code: "EIO" | "ENOSPC" | "cut" } | undefined;
  let isStruck = false;

  const call = <T>(run: () => T): T => {
    count += 1;
    if (fault && (fault.code === "cut" ? count >= fault.at : count === fault.at)) {
      isStruck = true;
      if (fault.code === "cut") throw new PowerCut();
      throw systemError(fault.code);
    }
    return run();
  };
  const apply = (target: Map<string, Node>, change: Change) => {
    for (const { path, node } of change)
      if (node) target.set(path, node);
      else target.delete(path);
  };
  const rename = (change: Change) => {
    apply(names, change);
    pending.push(change);
  };
  const need = (path: string): Node => {
    const node = names.get(path);
    if (!node) throw systemError("ENOENT");
    return node;
  };
  const isUnder = (path: string, folder: string) => path !== folder && dirname(path) === folder;

  const files: FileSystem = {
    create: (path) =>
      call(() => {
        if (names.has(path)) throw systemError("EEXIST");
        if (need(dirname(path)) !== "folder") throw systemError("ENOTDIR");
        const file = { bytes: new Uint8Array(), durable: new Uint8Array() };
        rename([{ path, node: file }]);
        handles.set(nextHandle, file);
        return nextHandle++;
      }),
    write: (handle, bytes) =>
      call(() => {
        const file = handles.get(handle)!;
        file.bytes = Buffer.concat([file.bytes, bytes]);
      }),
    sync: (handle) =>
      call(() => {
        const file = handles.get(handle)!;
        file.durable = file.bytes;
      }),
    close: (handle) => call(() => void handles.delete(handle)),
    rename: (from, to) =>
      call(() =>
        rename([
          { path: from, node: undefined },
          { path: to, node: need(from) },
        ]),
      ),
    unlink: (path) => call(() => void (names.has(path) && rename([{ path, node: undefined }]))),
    removeFolder: (path) =>
      call(() => {
        if ([...names.keys()].some((name) => isUnder(name, path))) throw systemError("ENOTEMPTY");
        if (names.has(path)) rename([{ path, node: undefined }]);
      }),
    mkdir: (path) =>
      call(() => {
        const missing: string[] = [];
        for (let at = path; !names.has(at); at = dirname(at)) missing.unshift(at);
        for (const at of missing) rename([{ path: at, node: "folder" }]);
      }),
    syncFolder: (path) =>
      call(() => {
        need(path);
        // Whatever changed a name in this folder is on the disk now, with the other half of a rename.
        const [due, rest] = [
          pending.filter((change) => change.some((item) => isUnder(item.path, path))),
          pending.filter((change) => !change.some((item) => isUnder(item.path, path))),
        ];
        for (const change of due) apply(durableNames, change);
        pending = rest;
      }),
    read: (path) =>
      call(() => {
        const node = names.get(path);
        if (node === "folder") throw systemError("EISDIR");
        return node && Buffer.from(node.bytes);
      }),
    pieces: (path) => {
      const bytes = files.read(path);
      return bytes && piecesOf(bytes);
    },
    exists: (path) => call(() => names.has(path)),
    list: (path) =>
      call(() =>
        [...names.keys()]
          .filter((name) => isUnder(name, path))
          .map((name) => name.slice(path.length + (path === "/" ? 0 : 1)))
          .sort(),
      ),
  };

  return {
    files,
    calls: () => count,
    failAt: (at, code) => {
      fault = { at: count + at, code };
      isStruck = false;
    },
    cutAt: (at) => {
      fault = { at: count + at, code: "cut" };
      isStruck = false;
    },
    struck: () => isStruck,
    reboot() {
      for (const change of pending) if (random(1)[0]! % 2 === 0) apply(durableNames, change);
      // A name whose folder did not survive is gone with it.
      const reachable = (path: string): boolean =>
        path === "/" || (durableNames.get(dirname(path)) === "folder" && reachable(dirname(path)));
      names = new Map([...durableNames].filter(([path]) => reachable(path)));
      for (const [path, node] of names)
        if (node !== "folder") {
          const bytes = torn(node, random);
          names.set(path, { bytes, durable: bytes });
        }
      durableNames = new Map(names);
      pending = [];
      handles.clear();
      fault = undefined;
    },
    all: () => new Map([...names].flatMap(([path, node]) => (node === "folder" ? [] : [[path, node.bytes] as const]))),
  };
}

/** Synced bytes, and of what came after any choice of sectors; a lost sector reads as zeros. */
function torn({ bytes, durable }: File, random: Random): Uint8Array {
  if (bytes === durable) return durable;
  const length = durable.length + Math.floor((random(1)[0]! / 255) * (bytes.length - durable.length));
  const result = Buffer.alloc(length);
  for (let at = 0; at < length; at += SECTOR_BYTES)
    if (random(1)[0]! % 2 === 0) result.set(bytes.subarray(at, Math.min(at + SECTOR_BYTES, length)), at);
  result.set(durable.subarray(0, length));
  return result;
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

const PIECE_BYTES = 700;

/** Uneven with sectors, so that a cut falls inside a piece too. */
function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
