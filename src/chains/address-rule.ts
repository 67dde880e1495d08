// What a rule for addresses answers. A rule knows one way of writing; a chain has one or more of them.
import { hash } from "node:crypto";

export type Ruled =
  | {
      outcome: "valid";
      /** The form used for equality. */
      address: string;
      /** The form to be shown: with its checksum where the chain writes one. */
      display: string;
      /** "P2PKH", "taproot", "account or contract" … */
      kind: string;
      /** Whether the text as typed carried a checksum, which then held; some forms have none. */
      checksum: "held" | "absent";
    }
  | { outcome: "checksum"; reason: string; expected?: string }
  /** Written in this way, but no address: a wrong length, a version that does not exist. */
  | { outcome: "form"; reason: string };

/** Undefined where the text is not written in this rule's way at all. `chain` is a CAIP-2 id. */
export type AddressRule = (text: string, chain: string) => Ruled | undefined;

export const sha256 = (bytes: Uint8Array): Uint8Array => hash("sha256", bytes, "buffer");
/** Keccak as Ethereum and Monero use it: the padding of the submission, not that of FIPS 202 (SHA-3). */
export const keccak256 = (bytes: Uint8Array | string): Uint8Array => hash("keccak-256", bytes, "buffer");

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
