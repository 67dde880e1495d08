// A message as it leaves: headers that carry nothing but themselves, signed; the signature is checked by a verifier
// written for this test and by one that others wrote (Debian's python3-dkim), which is skipped where it is not installed.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash, generateKeyPairSync, verify, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { simpleParser } from "mailparser";
import { checkDomain } from "./check-domain.ts";
import { composeMessage, openSigner } from "./message.ts";

const settings = { from: "Tracewire <news@tracewire.test>", base_url: "https://tracewire.test" };

const letter = {
  to: "reader@example.org",
  subject: "Bücher\r\nBcc: victim@example.org",
  text: "Ein Wort für alle.\n.\nA line of a dot.\nOne with  spaces at its end.  \n\n\n",
  html: "<p>Ein Wort für alle.</p>",
  message_id: "0123456789abcdef0123456789abcdef",
  date: "2026-01-01T00:00:00.000Z",
  one_click: "https://tracewire.test/newsletter/one-click/TOKEN",
};

const folder = mkdtempSync(join(tmpdir(), "tracewire-dkim-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
const key_file = join(folder, "dkim.pem");
writeFileSync(key_file, pem);
const signed = { ...settings, dkim: { domain: "tracewire.test", selector: "news", key_file } };
const record = `v=DKIM1; k=rsa; p=${publicKey.export({ type: "spki", format: "der" }).toString("base64")}`;
const signedLetter = async () => Buffer.from(await composeMessage(letter, signed, openSigner(signed)));

test("a signature over both List-Unsubscribe headers, checked without the library that made it", async () => {
  const raw = await signedLetter();
  assert.ok(raw.equals(await signedLetter()), "the same letter is the same bytes");
  const parsed = await simpleParser(raw);
  assert.equal(parsed.headers.has("bcc"), false, "a subject carries no header");
  assert.equal(parsed.subject, "Bücher Bcc: victim@example.org");
  const text = raw.toString("latin1");
  assert.doesNotMatch(text, /(?<!\r)\n|\r(?!\n)/, "every line ends as mail does");
  assert.match(text, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
  const { ok, fields } = checkSignature(text, publicKey);
  assert.ok(ok);
  for (const name of ["from", "to", "subject", "list-unsubscribe", "list-unsubscribe-post"]) assert.ok(fields.includes(name), name);
  for (const broken of tampered(text)) assert.equal(checkSignature(broken, publicKey).ok, false);
});

test("the same signature, checked by dkimpy", async (t) => {
  const python = ["/usr/bin/python3", "python3"].find((name) => spawnSync(name, ["-c", "import dkim"]).status === 0);
  if (!python) return t.skip("python3-dkim is not installed (Debian: apt-get install python3-dkim)");
  const program = "import sys, dkim\nprint(dkim.verify(sys.stdin.buffer.read(), dnsfunc=lambda name, timeout=5: sys.argv[1].encode() if name == b'news._domainkey.tracewire.test.' else None))";
  const verdict = (message: string, key = record) => {
    const { stdout, stderr } = spawnSync(python, ["-c", program, key], { input: Buffer.from(message, "latin1"), encoding: "utf8" });
    assert.equal(stderr, "");
    return stdout.trim();
  };
  const text = (await signedLetter()).toString("latin1");
  assert.equal(verdict(text), "True");
  for (const broken of tampered(text)) assert.equal(verdict(broken), "False");
  const other = generateKeyPairSync("rsa", { modulusLength: 2_048 }).publicKey.export({ type: "spki", format: "der" }).toString("base64");
  assert.equal(verdict(text, `v=DKIM1; k=rsa; p=${other}`), "False");
});

const tampered = (text: string): string[] => [
  text.replace("One-Click\r", "Two-Click\r"),
  text.replace("alle", "Alle"),
  text.replace(/^To: reader/m, "To: another"),
  text.replace("/one-click/TOKEN", "/one-click/OTHER"),
];

test("a key that cannot sign is refused before a letter leaves", () => {
  for (const [name, text] of [
    ["ed25519.pem", generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string],
    ["none.pem", "no key"],
  ] as const) {
    writeFileSync(join(folder, name), text);
    assert.throws(() => openSigner({ ...settings, dkim: { ...signed.dkim, key_file: join(folder, name) } }), { code: "BAD_ARGUMENT" });
  }
  assert.throws(() => openSigner({ ...settings, dkim: { ...signed.dkim, key_file: join(folder, "absent.pem") } }), { code: "BAD_ARGUMENT" });
});

test("check-dns finds what receivers ask for, and what is wrong with it", async () => {
  const zone: Record<string, string[][]> = {
    "tracewire.test": [["v=spf1 include:_spf.example.org ", "-all"], ["something else"]],
    "news._domainkey.tracewire.test": [[record.slice(0, 200), record.slice(200)]],
    "_dmarc.tracewire.test": [["v=DMARC1; p=reject"]],
  };
  const resolveTxt = async (name: string) => zone[name] ?? Promise.reject(Object.assign(new Error(name), { code: "ENOTFOUND" }));
  const check = (domain: string, selector = "news") =>
    checkDomain({ domain, selector, private_key: pem, resolveTxt });
  assert.deepEqual((await check("tracewire.test")).map(({ record: name, ok: good }) => `${name} ${good}`), ["SPF true", "DKIM true", "DMARC true"]);
  assert.ok((await check("other.test")).every(({ ok: good }) => !good));
  zone["tracewire.test"] = [["v=spf1 +all"]];
  zone["news._domainkey.tracewire.test"] = [["v=DKIM1; p=AAAA"]];
  zone["_dmarc.tracewire.test"] = [["v=DMARC1; rua=mailto:a@tracewire.test"]];
  assert.ok((await check("tracewire.test")).every(({ ok: good }) => !good));
});

/** RFC 6376, relaxed/relaxed, rsa-sha256: the verifier's side, written for this test. */
function checkSignature(message: string, key: KeyObject): { ok: boolean; fields: string[] } {
  const split = message.indexOf("\r\n\r\n");
  const headers = message.slice(0, split).split(/\r\n(?![ \t])/);
  const relax = (header: string): string => {
    const colon = header.indexOf(":");
    return `${header.slice(0, colon).toLowerCase().trim()}:${header.slice(colon + 1).replace(/\r\n/g, "").replace(/[ \t]+/g, " ").trim()}`;
  };
  const own = headers.find((header) => /^dkim-signature:/i.test(header))!;
  const tags = Object.fromEntries(relax(own).slice("dkim-signature:".length).split(";").map((tag) => [tag.split("=")[0]!.trim(), tag.slice(tag.indexOf("=") + 1).replace(/\s/g, "")]));
  const body = `${message.slice(split + 4).split("\r\n").map((line) => line.replace(/[ \t]+/g, " ").replace(/ $/, "")).join("\r\n").replace(/(\r\n)*$/, "")}\r\n`;
  const fields = tags.h!.toLowerCase().split(":");
  const pool = headers.slice().reverse();
  const lines = fields.flatMap((name) => {
    const at = pool.findIndex((header) => header.toLowerCase().startsWith(`${name}:`));
    return at < 0 ? [] : [`${relax(pool.splice(at, 1)[0]!)}\r\n`];
  });
  const bare = relax(own.replace(/([;\s]b=)[^;]*/, "$1"));
  const hash = createHash("sha256").update(Buffer.from(body, "latin1")).digest("base64");
  return { ok: hash === tags.bh && verify("sha256", Buffer.from(lines.join("") + bare, "latin1"), key, Buffer.from(tags.b!, "base64")), fields };
}
