// Who asks: the network a request came from, whether from this machine, and whether a form was sent from our own page.
import type { IncomingMessage } from "node:http";
import { TracewireError } from "../errors.ts";

/** Headers that a proxy adds: where one is there, the reader is not at this machine, whatever the socket says. */
const FORWARDING = /^(x-forwarded(-.*)?|forwarded|via|x-real-ip|x-client-ip|x-cluster-client-ip|cf-connecting-ip|true-client-ip|fly-client-ip|x-envoy-.*)$/;

export function clientOf(request: IncomingMessage): { remote: string; isLocal: boolean } {
  const socket = request.socket.remoteAddress ?? "";
  const isLoopback = /^(::ffff:)?127\.|^::1$/.test(socket);
  const isForwarded = Object.keys(request.headers).some((name) => FORWARDING.test(name));
  // A proxy on this machine appends the address it saw; what stands before it anyone can write.
  const forwarded = isLoopback ? String(request.headers["x-forwarded-for"] ?? "").split(",").at(-1)!.trim() : "";
  return { remote: forwarded || socket, isLocal: isLoopback && !isForwarded };
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
