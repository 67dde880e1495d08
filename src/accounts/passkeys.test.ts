// Passkeys with a key of the test's own, made as a device makes it: what a challenge, an origin and a signature must hold.
// Registration runs in Chromium (test/browser-desk.test.ts); here an assertion is signed by hand, so that each part can be wrong.
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { seededRandom } from "../effects.ts";
import { enterByLink, findSession, firstLink, invite, openAccounts, passkeyToUse, proveByPasskey, removeUser, signInByPasskey, type Accounts, type PasskeySite, type User } from "./accounts.ts";

const SITE: PasskeySite = { origin: "https://desk.example.org", id: "desk.example.org", name: "Desk" };
const WHERE = { network: "203.0.113.0/24", agent: "test" };
const sha256 = (text: string | Uint8Array) => createHash("sha256").update(text).digest();
const url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

/** COSE_Key of P-256 (RFC 9053 §7.1.1): {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
function device() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x, y } = publicKey.export({ format: "jwk" }) as { x: string; y: string };
  const cose = Buffer.concat([Buffer.from("a5010203262001215820", "hex"), Buffer.from(x, "base64url"), Buffer.from("225820", "hex"), Buffer.from(y, "base64url")]);
  const id = url(sha256(cose));
  const answer = (challenge: string, { origin = SITE.origin, rp = SITE.id, flags = 0x05, count = 1, type = "webauthn.get", broken = false } = {}) => {
    const client = Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(count);
    const data = Buffer.concat([sha256(rp), Buffer.from([flags]), counter]);
    const signature = sign("sha256", Buffer.concat([data, sha256(client)]), privateKey);
    if (broken) signature[signature.length - 1]! ^= 1;
    return { id, rawId: id, type: "public-key", clientExtensionResults: {}, response: { clientDataJSON: url(client), authenticatorData: url(data), signature: url(signature) } };
  };
  return { id, cose, answer };
}

async function withPasskey(run: (bench: { accounts: Accounts; user: User; key: ReturnType<typeof device>; pass(ms: number): void }) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-passkey-"));
  let now = Date.parse("2026-01-01T00:00:00.000Z");
  const accounts = openAccounts(folder, { clock: () => new Date(now).toISOString(), random: seededRandom(5) });
  try {
    const { user } = await enterByLink(accounts, firstLink(accounts)!.token, { handle: "ada", password: "seven quiet herons" }, WHERE);
    const key = device();
    accounts.db.prepare("INSERT INTO passkeys (user, credential, public_key, counter, transports, name, created) VALUES (?, ?, ?, 0, '[]', 'key', '')").run(user.id, key.id, key.cose);
    await run({ accounts, user, key, pass: (ms) => void (now += ms) });
  } finally {
    accounts.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
const refused = { code: "WRONG_CREDENTIALS" };

test("an answer signs in once; a wrong origin, site, kind, signature, person, count or time does not", () =>
  withPasskey(async ({ accounts, user, key, pass }) => {
    const ask = async () => (await passkeyToUse(accounts, SITE, undefined)).challenge;
    const attempt = (answer: unknown) => signInByPasskey(accounts, SITE, answer, WHERE);
    const challenge = await ask();
    const { token } = await attempt(key.answer(challenge));
    assert.equal(findSession(accounts, token)!.user.handle, "ada");
    await assert.rejects(attempt(key.answer(challenge, { count: 2 })), refused, "a challenge counts once");
    for (const wrong of [{ origin: "https://desk.example.evil" }, { rp: "example.evil" }, { type: "webauthn.create" }, { broken: true }, { flags: 0x01 }, { flags: 0x04 }, { count: 1 }])
      await assert.rejects(attempt(key.answer(await ask(), { count: 9, ...wrong })), refused, JSON.stringify(wrong));
    await assert.rejects(attempt(key.answer(url(new Uint8Array(56)), { count: 9 })), refused, "a challenge that we never gave");
    await assert.rejects(attempt(device().answer(await ask(), { count: 9 })), refused, "a key that nobody has here");
    // What was asked of one person for proof signs nobody in, and the other way round.
    await assert.rejects(attempt(key.answer((await passkeyToUse(accounts, SITE, user)).challenge, { count: 9 })), refused);
    await assert.rejects(proveByPasskey(accounts, user, SITE, key.answer(await ask(), { count: 9 })), refused);
    const late = await ask();
    pass(5 * 60_000);
    await assert.rejects(attempt(key.answer(late, { count: 9 })), refused, "it is over");
    await proveByPasskey(accounts, user, SITE, key.answer((await passkeyToUse(accounts, SITE, user)).challenge, { count: 9 }));
    for (const nonsense of [null, 7, {}, { id: 7 }, { id: key.id }, { ...key.answer(await ask(), { count: 20 }), response: {} }, []]) await assert.rejects(attempt(nonsense), refused);
  }));

test("asking for challenges fills nothing, and who is removed signs in no more", () =>
  withPasskey(async ({ accounts, key }) => {
    for (let at = 0; at < 500; at++) await passkeyToUse(accounts, SITE, undefined);
    assert.equal(accounts.db.prepare("SELECT count(*) AS n FROM spent_challenges").get()!.n, 0);
    await enterByLink(accounts, invite(accounts, { handle: "bea", role: "administrator" }).token, { password: "eleven loud geese" }, WHERE);
    removeUser(accounts, "ada");
    await assert.rejects(signInByPasskey(accounts, SITE, key.answer((await passkeyToUse(accounts, SITE, undefined)).challenge), WHERE), refused);
  }));
