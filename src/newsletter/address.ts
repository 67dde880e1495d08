// A mail address as people type it into a form, and the network it came from. Stricter than RFC 5321 on purpose: quoted
// local parts, comments and address literals are how headers get injected, and nobody subscribes with one.
import { domainToASCII } from "node:url";
import ipaddr from "ipaddr.js";

/** RFC 5321 §4.5.3.1: local part, and path less its brackets. */
const LOCAL_MAX = 64;
const ADDRESS_MAX = 254;
const NETWORK_BITS = { ipv4: 24, ipv6: 64 };

export type Address = {
  /** As typed, its domain in lower case and ASCII (IDNA). */
  address: string;
  /** Two spellings of one mailbox are one person: in practice no server tells case apart. */
  key: string;
  domain: string;
};

export function parseAddress(text: string): Address | undefined {
  // The pattern of HTML's <input type=email>; it has no place for a line break, a space or an angle bracket.
  const match = /^([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+)@([^@\s<>,;:"()[\]\\]+)$/.exec(text.trim());
  if (!match) return undefined;
  const [, local, written] = match as unknown as [string, string, string];
  const domain = domainToASCII(written.toLowerCase());
  if (local.length > LOCAL_MAX || /^\.|\.\.|\.$/.test(local)) return undefined;
  if (!/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/.test(domain)) return undefined;
  const address = `${local}@${domain}`;
  return address.length > ADDRESS_MAX ? undefined : { address, key: address.toLowerCase(), domain };
}

/** Enough for a person to know their own address again, too little for another to learn it. */
export function maskAddress(address: string): string {
  const [local, domain] = address.split("@") as [string, string];
  return `${local.slice(0, 1)}…@${domain}`;
}

/** The /24 or /64 of a socket's address: what one household or machine room has to itself. */
export function networkPart(remote: string): { kind: "ipv4" | "ipv6"; bits: number; bytes: number[] } | undefined {
  if (!ipaddr.isValid(remote)) return undefined;
  const address = ipaddr.process(remote);
  const kind = address.kind();
  const bits = NETWORK_BITS[kind];
  return { kind, bits, bytes: address.toByteArray().slice(0, bits / 8) };
}

/** The same as a key for limits. */
export function networkOf(remote: string): string {
  const part = networkPart(remote);
  return part ? `${part.kind}/${part.bits} ${part.bytes.join(".")}` : "unknown";
}
