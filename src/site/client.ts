// Who asks: the network a request came from, whether from this machine, and whether a form was sent from our own page.
import type { IncomingMessage, Server } from "node:http";
import { BlockList, isIP, isIPv6, type Socket } from "node:net";
import { TracewireError } from "../errors.ts";

/** Of each connection of a server that is told of them: the proxies whose word counts beside those of this machine. */
const proxies = new WeakMap<Socket, BlockList>();

/** `networks`: addresses, or networks as 172.17.0.0/16, of proxies that reach the server from another machine or container. */
export function trustProxies(server: Server, networks: readonly string[]): void {
  if (networks.length === 0) return;
  const list = new BlockList();
  for (const network of networks) {
    const [address, bits] = network.split("/") as [string, string | undefined];
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  server.on("connection", (socket) => proxies.set(socket, list));
}

const isLoopback = (address: string): boolean => /^127\.|^::1$/.test(address) && isIP(address) !== 0;
const holds = (list: BlockList | undefined, address: string): boolean => isIP(address) !== 0 && (list?.check(address, isIPv6(address) ? "ipv6" : "ipv4") ?? false);

/** Headers that a proxy adds: where one is there, the reader is not at this machine, whatever the socket says. */
const FORWARDING = /^(x-forwarded(-.*)?|forwarded|via|x-real-ip|x-client-ip|x-cluster-client-ip|cf-connecting-ip|true-client-ip|fly-client-ip|x-envoy-.*)$/;

export function clientOf(request: IncomingMessage): { remote: string; isLocal: boolean } {
  const peer = (request.socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "");
  const trusted = proxies.get(request.socket);
  const isProxy = (address: string) => isLoopback(address) || holds(trusted, address);
  const isForwarded = Object.keys(request.headers).some((name) => FORWARDING.test(name));
  let remote = peer;
  if (isProxy(peer)) {
    // Each proxy appends the address it saw: the last that is no proxy of ours is the reader's; what stands before it anyone can write.
    const said = String(request.headers["x-forwarded-for"] ?? "").split(",").map((part) => part.trim()).filter(Boolean);
    remote = said.findLast((address) => !isProxy(address)) ?? said[0] ?? peer;
  }
  return { remote, isLocal: isLoopback(peer) && !isForwarded };
}

/**
 * A form acts only when our own page sent it. Sec-Fetch-Site says so where a browser sends it (W3C Fetch Metadata); else
 * the Origin must be the host that was asked. A request with neither comes from no browser's form and is refused.
 */
export function requireSameOrigin(request: IncomingMessage): void {
  const site = request.headers["sec-fetch-site"];
  const { origin, host } = request.headers;
  const isOurs = site !== undefined ? site === "same-origin" : origin !== undefined && /^https?:\/\//.test(origin) && origin.replace(/^https?:\/\//, "") === host;
  if (!isOurs) throw new TracewireError("FOREIGN_FORM");
}
