// What makes a folder a backup: backup.json, written when everything it names is on the disk.
import { join } from "node:path";
import { TracewireError } from "../errors.ts";
import { readText } from "./backup-files.ts";

export const BACKUP_PARTS = {
  MANIFEST: "backup.json",
  PARTIAL: "backup.partial",
  RESTORING: "restoring.json",
  DATABASE: "newsroom.db",
  PUBLIC_KEY: "newsroom.pub",
  PRIVATE_KEY: "newsroom.key",
} as const;

export type BackupProgress = (done: number, total: number, what: string) => void;

export type BackupManifest = {
  format: "tracewire-backup/1";
  size: number;
  root: string;
  verifier_key: string;
  with_key: boolean;
  database_sha256: string;
  /** SHA-256 of every blob, sorted: its name is its hash. */
  blobs: string[];
  /** What stands in the folder and stays there, with the reason. */
  not_copied?: { name: string; why: string }[];
};

/** Parts of a data folder that no backup takes along (docs/data-folder.md). */
export const NOT_COPIED: readonly { name: string; why: string }[] = [
  { name: "people.db", why: "subscribers and letters: an address erased here must not live on in a copy" },
  { name: "keys.db", why: "keys of the API: a restored newsroom makes new ones" },
  { name: "webhooks.db", why: "addresses and secrets of programs that are told: a restored newsroom makes new ones" },
  { name: "accounts.db", why: "people of the newsroom, with what they sign in by: a restored newsroom invites them anew" },
  { name: "inbox.db", why: "what is on its way to a capture" },
  { name: "drafts.db", why: "stories that are still being written" },
  { name: "report-texts.db", why: "texts of reports that were not handed out yet" },
  { name: "trace-notes.db", why: "notes on places of traces, which are private and erasable" },
  { name: "desk.db", why: "stories that wait for their time: nobody is to find them before it" },
  { name: "releases.db", why: "press releases that suppliers sent, with whom to ask: what was accepted is in the log" },
  { name: "writes.db", why: "answers to programs' writes, kept for 48 hours" },
  { name: "pings.db", why: "what a hub is still to be told: a restored newsroom tells it anew" },
  { name: "works", why: "files that the desk made for somebody: they are made again" },
  { name: "segments", why: "rows of large sets: they are made again from their captures" },
];

/** The manifest and its text; throws BACKUP_INCOMPLETE where there is no whole one. */
export function readManifest(source: string): { manifest: BackupManifest; text: string } {
  const text = readText(join(source, BACKUP_PARTS.MANIFEST));
  let manifest: BackupManifest | undefined;
  try {
    manifest = text === undefined ? undefined : (JSON.parse(text) as BackupManifest);
  } catch {
    // said below
  }
  const whole =
    manifest?.format === "tracewire-backup/1" &&
    Array.isArray(manifest.blobs) &&
    manifest.blobs.every((name) => /^[0-9a-f]{64}$/.test(name));
  if (text === undefined || !manifest || !whole)
    throw new TracewireError("BACKUP_INCOMPLETE", { what: `There is no whole ${BACKUP_PARTS.MANIFEST} in it`, where: source });
  return { manifest, text };
}
