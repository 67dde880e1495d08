// Who asks: the network a request came from, whether from this machine, and whether a form was sent from our own page.
import type { IncomingMessage, Server } from "node:http";
import { BlockList, isIP, isIPv6, type Socket } from "node:net";
import { TracewireError } from "../errors.ts";

/** Of each connection of a server that is told of them: the proxies whose word counts beside those of this machine. */
const proxies = new WeakMap<Socket, BlockList>();
const proxiesOf = new WeakMap<Server, BlockList>();

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
  proxiesOf.set(server, list);
  server.on("connection", (socket) => proxies.set(socket, list));
}

const PEERS_NAMED_MAX = 20;
const REFUSED_MS_MAX = 1_000;
const REFUSAL = "This port speaks plain http: only the proxy before it, and this machine, are answered here. Whose proxy this is names it in the setting proxies.\n";

/**
 * Beyond this machine and its proxies nobody is answered: what they say, a session or a key, would go through the network in
 * the clear (ASVS 5.0 V12.2.1). No request of theirs is looked at. After `trustProxies`. `note` is told of the first few.
 */
export function refuseStrangers(server: Server, note: (line: string) => void): void {
  const named = new Set<string>();
  // The server's own listener would begin to read requests: it is asked only for whom it is for.
  const listeners = server.listeners("connection") as ((this: Server, socket: Socket) => void)[];
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    const peer = peerOf(socket);
    if (isLoopback(peer) || holds(proxiesOf.get(server), peer)) return listeners.forEach((listener) => listener.call(server, socket));
    if (named.size < PEERS_NAMED_MAX && !named.has(peer)) note(`Refused ${peer}: it is neither this machine nor among proxies, and plain_http is refused.`);
    if (named.size < PEERS_NAMED_MAX) named.add(peer);
    socket.on("error", () => {});
    // What they send is thrown away unread, so that the refusal reaches them.
    socket.resume().end(`HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(REFUSAL)}\r\nconnection: close\r\n\r\n${REFUSAL}`);
    setTimeout(() => socket.destroy(), REFUSED_MS_MAX).unref();
  });
}

const peerOf = (socket: Socket): string => (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "");
const isLoopback = (address: string): boolean => /^127\.|^::1$/.test(address) && isIP(address) !== 0;
const holds = (list: BlockList | undefined, address: string): boolean => isIP(address) !== 0 && (list?.check(address, isIPv6(address) ? "ipv6" : "ipv4") ?? false);

/** Headers that a proxy adds: where one is there, the reader is not at this machine, whatever the socket says. */
const FORWARDING = /^(x-forwarded(-.*)?|forwarded|via|x-real-ip|x-client-ip|x-cluster-client-ip|cf-connecting-ip|true-client-ip|fly-client-ip|x-envoy-.*)$/;

export function clientOf(request: IncomingMessage): { remote: string; isLocal: boolean } {
  const peer = peerOf(request.socket);
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
