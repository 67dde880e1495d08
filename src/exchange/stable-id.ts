// Names that come out the same each time: UUIDs of version 5 (RFC 9562 §5.5) over what a thing is.
import { createHash } from "node:crypto";

/** Made once, by chance, for this program: two newsrooms that say the same of the same thing give it the same name. */
const NAMESPACE = Buffer.from("6f0c4c1e9d5b4a6f8f5e2b7a7c3d9e10", "hex");

export function stableUuid(...parts: readonly (string | number)[]): string {
  const hash = createHash("sha1").update(NAMESPACE).update(JSON.stringify(parts)).digest().subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
