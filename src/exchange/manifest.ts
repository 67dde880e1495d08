// An export on disk: its files, a manifest that says of which state of the log they are and what the format cannot carry,
// and the hashes of all. Two exports of one state are the same bytes.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TracewireError } from "../errors.ts";
import { diskFault, sha256Hex } from "../evidence/evidence.ts";

export type ExportFile = { name: string; bytes: string | Uint8Array };
export type Manifest = {
  format: "tracewire-export/1";
  what: string;
  /** Signed size of the log, its root, and the key that signs it. */
  log_size: number;
  root: string;
  verifier_key: string;
  /** The time of the log's last entry that is in it. */
  as_known_at: string;
  marking?: string;
  counts: Record<string, number>;
  cannot_carry: readonly string[];
  left_out: readonly { what: string; why: string }[];
  files: { name: string; byte_count: number; sha256: string }[];
};

/** Writes into an empty or new folder; nothing is left of one that is cut off. */
export function writeExport(folder: string, files: readonly ExportFile[], about: Omit<Manifest, "format" | "files">): Manifest {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new TracewireError("BAD_ARGUMENT", { what: "The folder is not empty", where: folder, hint: "Name a new one: an export is never mixed with what is there." });
  const manifest: Manifest = {
    format: "tracewire-export/1",
    ...about,
    files: files.map(({ name, bytes }) => ({ name, byte_count: Buffer.byteLength(bytes), sha256: sha256Hex(asBytes(bytes)) })),
  };
  const text = `${JSON.stringify(manifest, null, 1)}\n`;
  const sums = [...manifest.files, { name: "manifest.json", sha256: sha256Hex(asBytes(text)) }].map(({ name, sha256 }) => `${sha256}  ${name}\n`).join("");
  try {
    mkdirSync(folder, { recursive: true });
    for (const { name, bytes } of files) writeFileSync(join(folder, name), bytes);
    writeFileSync(join(folder, "manifest.json"), text);
    // Last: a folder without it is not whole.
    writeFileSync(join(folder, "SHA256SUMS"), sums);
  } catch (error) {
    for (const name of [...files.map((file) => file.name), "manifest.json", "SHA256SUMS"]) rmSync(join(folder, name), { force: true });
    throw diskFault(error, folder);
  }
  return manifest;
}

const asBytes = (bytes: string | Uint8Array): Uint8Array => (typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
