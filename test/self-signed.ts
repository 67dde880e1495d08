// A certificate for a server of a test, made for the test: X.509 v3 (RFC 5280 §4.1), P-256, signed by its own key.
import { generateKeyPairSync, sign } from "node:crypto";

/** UTCTime ends with the year 2049. */
const VALID = ["200101000000Z", "491231235959Z"];
const OID = { commonName: "550403", subjectAltName: "551d11", basicConstraints: "551d13", ecdsaWithSha256: "2a8648ce3d040302" };

/** For 127.0.0.1 and `localhost`, or for another name alone. PEM. */
export function selfSigned(name?: string): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const issuer = sequence(der(0x31, sequence(oid(OID.commonName), der(0x0c, Buffer.from(name ?? "localhost")))));
  const names = name ? [der(0x82, Buffer.from(name))] : [der(0x82, Buffer.from("localhost")), der(0x87, Buffer.from([127, 0, 0, 1]))];
  const extension = (id: string, value: Buffer) => sequence(oid(id), der(0x04, value));
  const tbs = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    issuer,
    sequence(...VALID.map((time) => der(0x17, Buffer.from(time)))),
    issuer,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(extension(OID.basicConstraints, sequence(der(0x01, Buffer.from([0xff])))), extension(OID.subjectAltName, sequence(...names)))),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", tbs, privateKey));
  const body = sequence(tbs, algorithm, signature).toString("base64").replace(/.{64}/g, "$&\n");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...parts: Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));
