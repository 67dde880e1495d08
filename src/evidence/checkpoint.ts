// A signed statement "the log has this size and this root": C2SP tlog-checkpoint inside a C2SP signed note,
// Ed25519. Anyone who kept an old one can prove a rollback or a fork with it.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from "node:crypto";

export type Checkpoint = { origin: string; size: number; root: Uint8Array };

export type LogKey = { origin: string; privateKey: KeyObject; publicKeyRaw: Uint8Array };

const ED25519_SIGNATURE_TYPE = 0x01; // C2SP signed-note: algorithm byte of Ed25519 keys and signatures
const EM_DASH = "—"; // signature lines start with U+2014 and a space

/** A fresh signing key. The origin carries part of the public key so that two newsrooms never share a name. */
export function createLogKey(originPrefix = "tracewire"): LogKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  const publicKeyRaw = rawPublicKey(privateKey);
  const origin = `${originPrefix}/${createHash("sha256").update(publicKeyRaw).digest("hex").slice(0, 16)}`;
  return { origin, privateKey, publicKeyRaw };
}

/** The key file: the origin on its first line, then the PKCS #8 PEM. */
export function serializeLogKey(key: LogKey): string {
  return `${key.origin}\n${key.privateKey.export({ type: "pkcs8", format: "pem" })}`;
}

export function parseLogKey(text: string): LogKey {
  const lineEnd = text.indexOf("\n");
  const privateKey = createPrivateKey(text.slice(lineEnd + 1));
  return { origin: text.slice(0, lineEnd), privateKey, publicKeyRaw: rawPublicKey(privateKey) };
}

export function signCheckpoint(checkpoint: Checkpoint, key: LogKey): string {
  const text = `${checkpoint.origin}\n${checkpoint.size}\n${Buffer.from(checkpoint.root).toString("base64")}\n`;
  const signature = sign(null, Buffer.from(text), key.privateKey);
  const blob = Buffer.concat([keyHash(key.origin, key.publicKeyRaw), signature]);
  return `${text}\n${EM_DASH} ${key.origin} ${blob.toString("base64")}\n`;
}

export type OpenedNote = { outcome: "valid"; checkpoint: Checkpoint } | { outcome: "malformed" | "unknown_key" | "bad_signature" };

/** Opens a signed checkpoint against one verifier key (`verifierKey`). */
export function openCheckpoint(note: string, verifierKey: string): OpenedNote {
  const key = parseVerifierKey(verifierKey);
  const split = note.lastIndexOf("\n\n");
  if (!key || split < 0 || !note.endsWith("\n")) return { outcome: "malformed" };
  const text = note.slice(0, split + 1);
  const [origin, size, root, ...rest] = text.split("\n");
  if (!origin || !/^(0|[1-9]\d{0,15})$/.test(size ?? "") || rest.length < 1) return { outcome: "malformed" };
  const rootBytes = Buffer.from(root ?? "", "base64");
  if (rootBytes.length !== 32 || rootBytes.toString("base64") !== root) return { outcome: "malformed" };
  for (const line of note.slice(split + 2, -1).split("\n")) {
    const match = /^— (\S+) (\S+)$/.exec(line);
    if (!match) return { outcome: "malformed" };
    const blob = Buffer.from(match[2]!, "base64");
    if (match[1] !== key.name || !blob.subarray(0, 4).equals(keyHash(key.name, key.raw))) continue;
    if (!verify(null, Buffer.from(text), publicKeyFromRaw(key.raw), blob.subarray(4))) return { outcome: "bad_signature" };
    return { outcome: "valid", checkpoint: { origin, size: Number(size), root: rootBytes } };
  }
  return { outcome: "unknown_key" };
}

/** C2SP signed-note verifier key: `<name>+<key hash, 8 hex>+<base64(0x01 || public key)>`. */
export function verifierKey(key: LogKey): string {
  const encoded = Buffer.concat([Uint8Array.of(ED25519_SIGNATURE_TYPE), key.publicKeyRaw]).toString("base64");
  return `${key.origin}+${keyHash(key.origin, key.publicKeyRaw).toString("hex")}+${encoded}`;
}

function parseVerifierKey(text: string): { name: string; raw: Uint8Array } | undefined {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text.trim());
  if (!match) return undefined;
  const encoded = Buffer.from(match[3]!, "base64");
  const raw = encoded.subarray(1);
  if (encoded[0] !== ED25519_SIGNATURE_TYPE || raw.length !== 32) return undefined;
  if (keyHash(match[1]!, raw).toString("hex") !== match[2]) return undefined;
  return { name: match[1]!, raw };
}

function keyHash(name: string, raw: Uint8Array): Buffer {
  return createHash("sha256").update(name).update(Uint8Array.of(0x0a, ED25519_SIGNATURE_TYPE)).update(raw).digest().subarray(0, 4);
}

// RFC 8410: an Ed25519 SubjectPublicKeyInfo is this fixed prefix and the 32 raw bytes.
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

export function publicKeyFromRaw(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: "der", type: "spki" });
}

function rawPublicKey(privateKey: KeyObject): Uint8Array {
  return createPublicKey(privateKey).export({ type: "spki", format: "der" }).subarray(SPKI_PREFIX.length);
}
