// From where a request came, behind the proxies that one has: over real connections, since the peer is the socket's.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { clientOf, refuseStrangers, trustProxies } from "./client.ts";

/** What a server that trusts `networks` makes of a request with this X-Forwarded-For that arrives as if from `peer`. */
async function seen(networks: readonly string[], forwarded: string | undefined, peer?: string): Promise<ReturnType<typeof clientOf>> {
  const server = createServer((request, response) => {
    // A test has no second machine: the peer's address is written over, all else is the real connection.
    if (peer !== undefined) Object.defineProperty(request.socket, "remoteAddress", { value: peer });
    response.end(JSON.stringify(clientOf(request)));
  });
  trustProxies(server, networks);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return (await (await fetch(`http://127.0.0.1:${port}`, forwarded === undefined ? {} : { headers: { "x-forwarded-for": forwarded } })).json()) as ReturnType<typeof clientOf>;
  } finally {
    server.close();
  }
}

test("what a proxy says counts from this machine and from the networks named, and from nobody else", async () => {
  const cases: [networks: string[], forwarded: string | undefined, peer: string | undefined, remote: string, isLocal: boolean][] = [
    [[], undefined, undefined, "127.0.0.1", true],
    [[], "203.0.113.9", undefined, "203.0.113.9", false],
    [[], "198.51.100.1, 203.0.113.9", undefined, "203.0.113.9", false],
    [[], "203.0.113.9", "172.17.0.1", "172.17.0.1", false],
    [["172.17.0.1"], "203.0.113.9", "172.17.0.1", "203.0.113.9", false],
    [["172.17.0.1"], "203.0.113.9", "::ffff:172.17.0.1", "203.0.113.9", false],
    [["172.17.0.1"], "203.0.113.9", "172.17.0.2", "172.17.0.2", false],
    [["172.17.0.0/16"], "203.0.113.9", "172.17.9.9", "203.0.113.9", false],
    // Two proxies of ours, one behind the other; before them stands what a reader made up.
    [["172.17.0.0/16", "10.0.0.0/8"], "8.8.8.8, 203.0.113.9, 10.1.2.3", "172.17.0.1", "203.0.113.9", false],
    [["fd00::/8"], "2001:db8::7", "fd00::1", "2001:db8::7", false],
    // A reader who claims to be this machine, or a proxy, is neither; what is no address stays a word without rights.
    [["172.17.0.0/16"], "127.0.0.1, 203.0.113.9", "172.17.0.1", "203.0.113.9", false],
    [["172.17.0.0/16"], "172.17.0.5, 203.0.113.9", "172.17.0.1", "203.0.113.9", false],
    [["172.17.0.0/16"], "127.example", "172.17.0.1", "127.example", false],
    [["172.17.0.0/16"], undefined, "172.17.0.1", "172.17.0.1", false],
  ];
  for (const [networks, forwarded, peer, remote, isLocal] of cases)
    assert.deepEqual(await seen(networks, forwarded, peer), { remote, isLocal }, `${networks.join(" ")} | ${forwarded} | ${peer}`);
});

test("plain http is answered to this machine and its proxies alone: of a stranger no request is looked at", async () => {
  let peer = "";
  const [notes, asked] = [[] as string[], [] as string[]];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    response.end("answered");
  });
  trustProxies(server, ["172.17.0.0/16", "fd00::/8"]);
  refuseStrangers(server, (line) => void notes.push(line));
  // As above: the peer's address is written over before anybody looks.
  server.prependListener("connection", (socket) => Object.defineProperty(socket, "remoteAddress", { value: peer }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const ask = async (from: string): Promise<number> => {
    peer = from;
    return (await fetch(`http://127.0.0.1:${port}/${encodeURIComponent(from)}`, { method: "POST", body: "x".repeat(100_000), headers: { connection: "close", "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https" } })).status;
  };
  try {
    for (const from of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "172.17.4.4", "::ffff:172.17.4.4", "fd00::7"]) assert.equal(await ask(from), 200, from);
    assert.equal(asked.length, 6);
    for (const from of ["192.168.1.9", "::ffff:203.0.113.9", "2001:db8::1", "172.18.0.1", "192.168.1.9", ""]) assert.equal(await ask(from), 403, from);
    assert.equal(asked.length, 6, "no request of a stranger was looked at");
    assert.deepEqual(notes.map((line) => line.split(":")[0]), ["Refused 192.168.1.9", "Refused 203.0.113.9", "Refused 2001", "Refused 172.18.0.1", "Refused "]);
  } finally {
    server.close();
  }
});
