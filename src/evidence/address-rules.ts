// Which addresses a fetch may reach: only such as the IANA special-purpose registries (RFC 6890) leave as ordinary
// global unicast. An IPv6 address that carries an IPv4 address is judged by both.
import { isIP, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";

const IPV4_REFUSED = [
  "0.0.0.0/8", // RFC 1122: this network
  "10.0.0.0/8", // RFC 1918
  "100.64.0.0/10", // RFC 6598: carrier-grade NAT
  "127.0.0.0/8", // RFC 1122: loopback
  "169.254.0.0/16", // RFC 3927: link-local, cloud metadata among them
  "172.16.0.0/12", // RFC 1918
  "192.0.0.0/24", // RFC 6890
  "192.0.2.0/24", // RFC 5737: documentation
  "192.31.196.0/24", // RFC 7535: AS112
  "192.52.193.0/24", // RFC 7450: AMT
  "192.88.99.0/24", // RFC 7526: 6to4 relay anycast
  "192.168.0.0/16", // RFC 1918
  "192.175.48.0/24", // RFC 7534: AS112
  "198.18.0.0/15", // RFC 2544: benchmarking
  "198.51.100.0/24", // RFC 5737
  "203.0.113.0/24", // RFC 5737
  "224.0.0.0/4", // RFC 5771: multicast
  "240.0.0.0/4", // RFC 1112: reserved, limited broadcast
].map((range) => ipaddr.IPv4.parseCIDR(range));

const IPV6_GLOBAL = ipaddr.IPv6.parseCIDR("2000::/3");
const IPV6_REFUSED = [
  "2001::/23", // RFC 2928: protocol assignments; Teredo (RFC 4380), benchmarking, ORCHID
  "2001:db8::/32", // RFC 3849: documentation
  "2002::/16", // RFC 3056: 6to4 tunnels to any IPv4 address
  "2620:4f:8000::/48", // RFC 7534
  "3fff::/20", // RFC 9637: documentation
].map((range) => ipaddr.IPv6.parseCIDR(range));
const NAT64 = ipaddr.IPv6.parseCIDR("64:ff9b::/96"); // RFC 6052

/**
 * True for an address in ordinary global unicast space. Only the strict textual form counts as an address: of "010.0.0.1",
 * "8.8" and "0x8.8.8.8" every library reads something else (RFC 6943 §3.1.1), so none of them is public.
 */
export function isPublicAddress(address: string): boolean {
  if (address.includes("%") || isIP(address) === 0) return false;
  // ipaddr.js takes the deprecated "::a.b.c.d" for a mapped address; the canonical form leaves no doubt.
  const canonical = isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
  const parsed = ipaddr.parse(canonical);
  if (parsed.kind() === "ipv4") return isPublicIpv4(parsed as ipaddr.IPv4);
  const ipv6 = parsed as ipaddr.IPv6;
  if (ipv6.isIPv4MappedAddress()) return isPublicIpv4(ipv6.toIPv4Address());
  // The well-known prefix reaches IPv4 through the network's own translator; its local-use sibling (RFC 8215) is refused.
  if (ipv6.match(NAT64)) return isPublicIpv4(new ipaddr.IPv4(ipv6.toByteArray().slice(12)));
  return ipv6.match(IPV6_GLOBAL) && !IPV6_REFUSED.some((range) => ipv6.match(range));
}

function isPublicIpv4(address: ipaddr.IPv4): boolean {
  return !IPV4_REFUSED.some((range) => address.match(range));
}

/** One spelling for one address, so that two can be compared; a mapped IPv4 address is that IPv4 address. */
export function canonicalAddress(address: string): string {
  return isIP(address) === 0 ? address : ipaddr.process(address).toString();
}

const LOCAL_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|localdomain|home\.arpa|alt|onion|test|example|invalid)\.*$/i;

/** Names that never mean a public host (RFC 6761, RFC 6762, RFC 8375, RFC 9476). */
export function isLocalName(host: string): boolean {
  return LOCAL_NAME.test(host);
}
