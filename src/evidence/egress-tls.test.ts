import assert from "node:assert/strict";
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import type { AddressInfo, Server } from "node:net";
import { after, before, describe, test } from "node:test";
import tls, { type TLSSocket } from "node:tls";
import { openEgress, type EgressOptions } from "./egress.ts";

// A certificate made on the spot (RFC 5280, DER by hand): no private key lies in the repository, and openssl is not needed.
const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const oid = (...bytes: number[]) => der(6, Buffer.from(bytes));
const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts);
const bitString = (bytes: Uint8Array) => der(3, Buffer.from([0]), bytes);
const ECDSA_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2));

function selfSigned(name: string, keys: { publicKey: KeyObject; privateKey: KeyObject }): string {
  const subject = sequence(der(0x31, sequence(oid(0x55, 4, 3), der(0x0c, Buffer.from(name)))));
  const validity = sequence(der(0x17, Buffer.from("200101000000Z")), der(0x17, Buffer.from("491231235959Z")));
  const alternativeName = sequence(oid(0x55, 0x1d, 0x11), der(4, sequence(der(0x82, Buffer.from(name)))));
  const authority = sequence(oid(0x55, 0x1d, 0x13), der(1, Buffer.from([255])), der(4, sequence(der(1, Buffer.from([255])))));
  const extensions = der(0xa3, sequence(alternativeName, authority));
  const version = der(0xa0, der(2, Buffer.from([2])));
  const publicKey = keys.publicKey.export({ type: "spki", format: "der" });
  const body = sequence(version, der(2, Buffer.from([1])), ECDSA_SHA256, subject, validity, subject, publicKey, extensions);
  const whole = sequence(body, ECDSA_SHA256, bitString(sign("sha256", body, keys.privateKey)));
  return `-----BEGIN CERTIFICATE-----\n${whole.toString("base64").replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
}

describe("the way out over TLS", () => {
  const NAME = "source.example.org";
  const authorities = tls.getCACertificates("default");
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const servers: Server[] = [];
  let port = 0;
  let plain = 0;
  let plainHits = 0;
  let requests = 0;
  let serverName: unknown;

  before(async () => {
    const certificate = selfSigned(NAME, keys);
    // What this process trusts from here on; each test file has a process of its own.
    tls.setDefaultCACertificates([...authorities, certificate]);
    const key = keys.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    const secure = https.createServer({ key, cert: certificate }, (request, response) => {
      requests += 1;
      serverName = (request.socket as TLSSocket).servername;
      if (request.url === "/down") response.writeHead(302, { location: `http://${NAME}:${plain}/` }).end();
      else response.end("over TLS");
    });
    const open = http.createServer((request, response) => {
      plainHits += 1;
      if (request.url === "/up") response.writeHead(302, { location: `https://${NAME}:${port}/` }).end();
      else response.end("plain");
    });
    for (const server of [secure, open]) {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      servers.push(server);
    }
    [port, plain] = servers.map((server) => (server.address() as AddressInfo).port) as [number, number];
  });
  after(() => {
    for (const server of servers) server.close();
    tls.setDefaultCACertificates(authorities);
  });
  const egress = (more: Partial<EgressOptions> = {}) =>
    openEgress({
      clock: () => "2026-01-01T00:00:00.000Z",
      isAllowed: (address) => address === "127.0.0.1",
      resolve: async () => ["127.0.0.1"],
      ports: [port, plain],
      ...more,
    });

  test("the socket goes to the checked address, the certificate is asked of and checked against the name", async () => {
    const fetched = await egress()(`https://${NAME}:${port}/`);
    assert.deepEqual([Buffer.from(fetched.bytes).toString(), fetched.hops[0]?.address, serverName], ["over TLS", "127.0.0.1", NAME]);
  });
  test("a certificate for another name, or of nobody known, is not accepted, whatever the environment says", async () => {
    const before = requests;
    const environment = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    const known = tls.getCACertificates("default");
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    try {
      await assert.rejects(egress()(`https://other.example.org:${port}/`), { code: "EGRESS_FAILED", message: /altnames/i });
      await assert.rejects(egress()(`https://127.0.0.1:${port}/`), { code: "EGRESS_FAILED" });
      tls.setDefaultCACertificates(authorities);
      await assert.rejects(egress()(`https://${NAME}:${port}/`), { code: "EGRESS_FAILED", message: /self-signed/i });
    } finally {
      tls.setDefaultCACertificates(known);
      if (environment === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = environment;
    }
    assert.equal(requests, before, "no request was sent");
  });
  test("a redirect may lead from http to https, never back", async () => {
    const up = await egress()(`http://${NAME}:${plain}/up`);
    assert.deepEqual([Buffer.from(up.bytes).toString(), up.hops.length], ["over TLS", 2]);
    plainHits = 0;
    await assert.rejects(egress()(`https://${NAME}:${port}/down`), { code: "EGRESS_REFUSED", message: /leaves https/ });
    assert.equal(plainHits, 0);
  });
  test("a port that does not speak TLS is a failure, not a hang", async () => {
    await assert.rejects(egress()(`https://${NAME}:${plain}/`), { code: "EGRESS_FAILED" });
  });
});
