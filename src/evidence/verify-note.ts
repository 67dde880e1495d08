// C2SP signed notes and checkpoints, read again from the specifications (c2sp.org/signed-note,
// c2sp.org/tlog-checkpoint) without the code that signs them. Stricter than it must be: one text, one reading.
import { createPublicKey, verify } from "node:crypto";
import { sha256 } from "./verify-tree.ts";

const NOTE_CHARS_MAX = 64 * 1024;
const ED25519 = 0x01;

export type PublicKey = { name: string; id: Buffer; raw: Buffer; text: string };

export type ReadNote =
  | { outcome: "valid"; origin: string; size: number; root: Buffer }
  | { outcome: "malformed" | "unknown_key" | "bad_signature"; size?: number };

/** `name+hash+base64(type, key)`; undefined when any part of it is off. */
export function readPublicKey(text: string): PublicKey | undefined {
  const parts = text.split("+");
  const name = parts[0]!;
  const encoded = decodeBase64(parts.slice(2).join("+"));
  if (parts.length < 3 || !name || /[\s\p{Cc}]/u.test(name) || encoded?.length !== 33 || encoded[0] !== ED25519) return undefined;
  const id = sha256(name, "\n", encoded).subarray(0, 4);
  return parts[1] === id.toString("hex") ? { name, id, raw: encoded.subarray(1), text } : undefined;
}

/** Reads a checkpoint and checks the signature that `key` made over it. Never throws. */
export function readNote(note: string, key: PublicKey): ReadNote {
  if (note.length > NOTE_CHARS_MAX || !note.endsWith("\n")) return { outcome: "malformed" };
  // The text ends at the last empty line; everything behind it is signatures.
  const at = note.lastIndexOf("\n\n");
  const text = note.slice(0, at + 1);
  const lines = text.split("\n");
  const size = /^(0|[1-9][0-9]*)$/.test(lines[1] ?? "") ? Number(lines[1]) : -1;
  const root = decodeBase64(lines[2] ?? "");
  // Our checkpoints carry no extension lines: origin, size, root, and the empty string behind the last line feed.
  if (at < 0 || lines.length !== 4 || !lines[0] || size < 0 || !Number.isSafeInteger(size) || root?.length !== 32)
    return { outcome: "malformed" };
  let matched = false;
  for (const line of note.slice(at + 2, -1).split("\n")) {
    const [dash, name, encoded, ...rest] = line.split(" ");
    const signature = decodeBase64(encoded ?? "");
    if (dash !== "\u2014" || !name || rest.length > 0 || !signature || signature.length < 5) return { outcome: "malformed" };
    if (name !== key.name || !signature.subarray(0, 4).equals(key.id)) continue;
    if (matched || !isSigned(text, signature.subarray(4), key)) return { outcome: "bad_signature", size };
    matched = true;
  }
  if (!matched || lines[0] !== key.name) return { outcome: "unknown_key", size };
  return { outcome: "valid", origin: lines[0], size, root };
}

/** Standard base64 with padding, and only its one canonical spelling. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

function isSigned(text: string, signature: Buffer, key: PublicKey): boolean {
  if (signature.length !== 64) return false;
  const jwk = { kty: "OKP", crv: "Ed25519", x: key.raw.toString("base64url") };
  try {
    return verify(null, Buffer.from(text), createPublicKey({ key: jwk, format: "jwk" }), signature);
  } catch {
    return false; // not a point of the curve
  }
}
