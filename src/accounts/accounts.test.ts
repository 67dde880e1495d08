// Accounts by their laws: vectors of the RFCs, links and codes that count once, sessions that end, limits that hold.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { seededRandom } from "../effects.ts";
import { TracewireError, type ErrorCode } from "../errors.ts";
import {
  ATTEMPT_LIMITS,
  beginTotp,
  changePassword,
  confirmSession,
  can,
  enterByLink,
  findSession,
  findUser,
  finishTotp,
  firstLink,
  FIRST_LINKS_MAX,
  giveRole,
  invite,
  isByTwo,
  isConfirmed,
  listActs,
  listSessions,
  openAccounts,
  proveAgain,
  readLink,
  recordAct,
  removeUser,
  resetUser,
  SESSION_LIMITS,
  signIn,
  type Accounts,
} from "./accounts.ts";
import { ARGON2, checkPassword, hashPassword, NAMES_TRIED_FIRST, PASSWORD_CHARS_MIN, requireGoodPassword } from "./passwords.ts";
import { base32, codeAt, matchCode, stepOf } from "./totp.ts";

const PASSWORD = "seven quiet herons";
const WHERE = { network: "203.0.113.0/24", agent: "test" };

type Bench = { accounts: Accounts; folder: string; pass(ms: number): void; now(): string };

async function withAccounts(run: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-accounts-"));
  let now = Date.parse("2026-01-01T00:00:00.000Z");
  const clock = () => new Date(now).toISOString();
  const accounts = openAccounts(folder, { clock, random: seededRandom(11) });
  try {
    await run({ accounts, folder, pass: (ms) => void (now += ms), now: clock });
  } finally {
    accounts.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const fromBase32 = (text: string): Uint8Array =>
  Buffer.from([...text].map((sign) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(sign).toString(2).padStart(5, "0")).join("").match(/.{8}/g)!.map((bits) => Number.parseInt(bits, 2)));
const refused = (code: ErrorCode) => (error: unknown) => error instanceof TracewireError && error.code === code;
const administrator = async ({ accounts }: Bench) =>
  enterByLink(accounts, firstLink(accounts)!.token, { handle: "ada", address: "ada@example.org", password: PASSWORD }, WHERE);
const member = async ({ accounts }: Bench, handle: string, role = "reporter") =>
  enterByLink(accounts, invite(accounts, { handle, role, address: `${handle}@example.org` }).token, { password: PASSWORD }, WHERE);

test("codes by time are those of RFC 6238, appendix B, and of RFC 4226, appendix D", () => {
  const seed = (bytes: number) => Buffer.from("1234567890".repeat(7)).subarray(0, bytes);
  const vectors: [seconds: number, sha1: string, sha256: string, sha512: string][] = [
    [59, "94287082", "46119246", "90693936"],
    [1111111109, "07081804", "68084774", "25091201"],
    [1111111111, "14050471", "67062674", "99943326"],
    [1234567890, "89005924", "91819424", "93441116"],
    [2000000000, "69279037", "90698825", "38618901"],
    [20000000000, "65353130", "77737706", "47863826"],
  ];
  for (const [seconds, ...codes] of vectors) {
    const step = stepOf(new Date(seconds * 1_000).toISOString());
    for (const [at, [algorithm, bytes]] of ([["sha1", 20], ["sha256", 32], ["sha512", 64]] as const).entries())
      assert.equal(codeAt(seed(bytes), step, { digits: 8, algorithm }), codes[at], `${seconds} ${algorithm}`);
  }
  const counted = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
  assert.deepEqual(counted.map((_, counter) => codeAt(seed(20), counter)), counted);
  // RFC 4648 §10, without padding.
  assert.deepEqual(["f", "fo", "foo", "foob", "fooba", "foobar"].map((text) => base32(Buffer.from(text))), ["MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI"]);
});

test("a code counts once, one step early or late, and never an older one after it", () => {
  const secret = Buffer.alloc(20, 3);
  const now = "2026-01-01T00:00:10.000Z";
  const step = stepOf(now);
  for (const near of [-1, 0, 1]) assert.equal(matchCode(secret, codeAt(secret, step + near), now, 0), step + near);
  for (const far of [-2, 2]) assert.equal(matchCode(secret, codeAt(secret, step + far), now, 0), undefined);
  assert.equal(matchCode(secret, codeAt(secret, step), now, step), undefined);
  assert.equal(matchCode(secret, codeAt(secret, step - 1), now, step), undefined);
});

test("passwords are argon2id at OWASP's least cost, checked without one as with one", async () => {
  const hash = await hashPassword(PASSWORD, seededRandom(1));
  assert.match(hash, new RegExp(`^\\$argon2id\\$v=19\\$m=${ARGON2.memory},t=${ARGON2.passes},p=1\\$`));
  assert.equal(await checkPassword(PASSWORD, hash), true);
  assert.equal(await checkPassword(`${PASSWORD}.`, hash), false);
  // A composed and a decomposed é are one password.
  assert.equal(await checkPassword("caf\u0065\u0301 au lait, deux", await hashPassword("café au lait, deux", seededRandom(2))), true);
  assert.equal(await checkPassword(PASSWORD, undefined), false);
});

test("the first link makes one administrator, once, and expires; no second one is made beside it", () =>
  withAccounts(async (bench) => {
    const { accounts, pass } = bench;
    const stale = firstLink(accounts)!;
    pass(24 * 3_600_000);
    assert.equal(readLink(accounts, stale.token), undefined);
    const [oldest, ...links] = Array.from({ length: FIRST_LINKS_MAX + 1 }, () => firstLink(accounts)!);
    assert.equal(readLink(accounts, oldest!.token), undefined, "the newest few stand beside each other");
    for (const { token } of links) assert.equal(readLink(accounts, token)?.purpose, "first");
    const link = links[0]!;
    await assert.rejects(enterByLink(accounts, link.token, { handle: "ada", password: "short" }, WHERE), refused("BAD_PASSWORD"));
    await assert.rejects(enterByLink(accounts, link.token, { handle: "desk", password: PASSWORD }, WHERE), refused("BAD_ARGUMENT"));
    // Twice at once: one of them.
    const both = await Promise.allSettled(["ada", "bea"].map((handle) => enterByLink(accounts, link.token, { handle, password: PASSWORD }, WHERE)));
    assert.deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    assert.equal(firstLink(accounts), undefined);
    for (const { token } of links) assert.equal(readLink(accounts, token), undefined, "whoever used one voided the others");
  }));

test("an invitation opens once, names its person, and is void when a newer one is made or time is over", () =>
  withAccounts(async (bench) => {
    await administrator(bench);
    const { accounts, pass } = bench;
    const invited = invite(accounts, { handle: "rosa", role: "reporter", address: "Rosa@Example.org" });
    assert.equal(readLink(accounts, invited.token)!.user!.handle, "rosa");
    assert.throws(() => invite(accounts, { handle: "rosa", role: "reader" }), refused("BAD_ARGUMENT"));
    assert.throws(() => invite(accounts, { handle: "rosi", role: "reader", address: "rosa@example.ORG" }), refused("BAD_ARGUMENT"));
    assert.throws(() => invite(accounts, { handle: "rosi", role: "constructor" }), refused("BAD_ARGUMENT"));
    await assert.rejects(signIn(accounts, { who: "rosa", password: PASSWORD, code: "" }, WHERE), refused("WRONG_CREDENTIALS"));
    const { token } = await enterByLink(accounts, invited.token, { password: PASSWORD }, WHERE);
    assert.equal(findSession(accounts, token)!.user.role, "reporter");
    await assert.rejects(enterByLink(accounts, invited.token, { password: PASSWORD }, WHERE), refused("LINK_SPENT"));
    const late = invite(accounts, { handle: "olga", role: "reader" });
    pass(72 * 3_600_000);
    await assert.rejects(enterByLink(accounts, late.token, { password: PASSWORD }, WHERE), refused("LINK_SPENT"));
  }));

test("sessions end: left alone, grown old, signed out, by a new role, a reset, a removal; setting the clock back prolongs none", () =>
  withAccounts(async (bench) => {
    const { accounts, pass } = bench;
    await administrator(bench);
    const { token, user } = await member(bench, "rosa");
    const again = async () => (await signIn(accounts, { who: "rosa@example.org", password: PASSWORD, code: "" }, WHERE)).token;
    const one = findSession(accounts, token)!;
    assert.equal(isConfirmed(one.session, bench.now()), true);
    pass(SESSION_LIMITS.confirmed_ms);
    assert.equal(isConfirmed(findSession(accounts, token)!.session, bench.now()), false);
    // Used every half day, it still ends at its whole length.
    for (let at = 0; at < SESSION_LIMITS.whole_ms / SESSION_LIMITS.idle_ms - 1; at++) {
      pass(SESSION_LIMITS.idle_ms - 1_000);
      assert.ok(findSession(accounts, token), `half day ${at}`);
    }
    pass(SESSION_LIMITS.idle_ms - 1_000);
    assert.equal(findSession(accounts, token), undefined);
    const idle = await again();
    pass(SESSION_LIMITS.idle_ms);
    assert.equal(findSession(accounts, idle), undefined);
    const future = await again();
    pass(-SESSION_LIMITS.whole_ms);
    assert.equal(findSession(accounts, future), undefined);
    pass(SESSION_LIMITS.whole_ms);
    const before_role = await again();
    giveRole(accounts, "rosa", "analyst");
    assert.equal(findSession(accounts, before_role), undefined);
    const before_reset = await again();
    const reset = resetUser(accounts, "rosa");
    assert.equal(findSession(accounts, before_reset), undefined);
    await assert.rejects(again(), refused("WRONG_CREDENTIALS"));
    await enterByLink(accounts, reset.token, { password: PASSWORD }, WHERE);
    const before_removal = await again();
    assert.equal(listSessions(accounts, user.id).length, 2);
    removeUser(accounts, "rosa");
    assert.equal(findSession(accounts, before_removal), undefined);
    assert.throws(() => invite(accounts, { handle: "rosa", role: "reader" }), refused("BAD_ARGUMENT"), "a handle stays one person's");
    assert.throws(() => removeUser(accounts, "ada"), refused("BAD_ARGUMENT"), "the last administrator stays");
    assert.throws(() => giveRole(accounts, "ada", "editor"), refused("BAD_ARGUMENT"));
  }));

test("a reset of the password alone leaves codes and passkeys, and its link asks for a code: no way around the second step", () =>
  withAccounts(async (bench) => {
    const { accounts, pass } = bench;
    const { user, token } = await administrator(bench);
    const { secret } = beginTotp(accounts, user, "Tracewire");
    const code = () => codeAt(fromBase32(secret), stepOf(bench.now()));
    const codes = finishTotp(accounts, user, code(), findSession(accounts, token)!.session.id);
    pass(30_000);
    const reset = resetUser(accounts, "ada", "password");
    assert.equal(findSession(accounts, token), undefined, "sessions end");
    assert.deepEqual({ ...reset.user.has }, { password: false, totp: true, passkeys: 0, codes: codes.length });
    await assert.rejects(signIn(accounts, { who: "ada", password: PASSWORD, code: code() }, WHERE), refused("WRONG_CREDENTIALS"));
    const enter = (given?: string) => enterByLink(accounts, reset.token, { password: "seven quiet geese", code: given }, WHERE);
    await assert.rejects(enter(), refused("WRONG_CREDENTIALS"));
    await assert.rejects(enter("000000"), refused("WRONG_CREDENTIALS"));
    assert.equal(findUser(accounts, "ada")!.has.password, false, "nothing was set by a wrong code");
    const entered = await enter(code());
    assert.equal(isByTwo(findSession(accounts, entered.token)!.session), true);
    await assert.rejects(enter(codes[0]), refused("LINK_SPENT"));
    // Guesses at the code count, from whichever network, and the link survives them.
    const again = resetUser(accounts, "ada", "password");
    const guess = (at: number) => enterByLink(accounts, again.token, { password: "seven quiet geese", code: "123123" }, { ...WHERE, network: `198.51.${at}.0/24` });
    for (let at = 0; at < ATTEMPT_LIMITS.account.count; at++) await assert.rejects(guess(at), refused("WRONG_CREDENTIALS"));
    await assert.rejects(guess(99), refused("TOO_MANY_ATTEMPTS"));
    pass(ATTEMPT_LIMITS.account.window_ms);
    await enterByLink(accounts, again.token, { password: "seven quiet geese", code: codes[0] }, WHERE);
    // What is lost goes with a reset of everything: the link asks for no code.
    await enterByLink(accounts, resetUser(accounts, "ada").token, { password: PASSWORD }, WHERE);
    assert.deepEqual({ ...findUser(accounts, "ada")!.has }, { password: true, totp: false, passkeys: 0, codes: 0 });
  }));

test("an app's code is needed once it is proved, counts once, and a recovery code takes its place once", () =>
  withAccounts(async (bench) => {
    const { accounts, pass } = bench;
    const { user, token } = await administrator(bench);
    const session = findSession(accounts, token)!.session.id;
    const { secret } = beginTotp(accounts, user, "Tracewire");
    const code = () => codeAt(fromBase32(secret), stepOf(bench.now()));
    assert.throws(() => finishTotp(accounts, user, "000000", session), refused("WRONG_CREDENTIALS"));
    // Not proved yet: the password alone still opens.
    await signIn(accounts, { who: "ada", password: PASSWORD, code: "" }, WHERE);
    const codes = finishTotp(accounts, user, code(), session);
    const attempt = (given: string) => signIn(accounts, { who: "ada", password: PASSWORD, code: given }, WHERE);
    await assert.rejects(attempt(code()), refused("WRONG_CREDENTIALS"), "the code that proved it is spent");
    await assert.rejects(attempt(""), refused("WRONG_CREDENTIALS"));
    pass(30_000);
    const next = code();
    await attempt(next);
    await assert.rejects(attempt(next), refused("WRONG_CREDENTIALS"));
    assert.equal((await attempt(codes[0]!.toLowerCase())).how, "password and recovery code");
    await assert.rejects(attempt(codes[0]!), refused("WRONG_CREDENTIALS"));
    assert.equal(codes.length, 10);
  }));

test("ten thousand guesses from ten thousand networks: the limit of the account holds, and an account that is not there answers the same", () =>
  withAccounts(async (bench) => {
    const { accounts } = bench;
    await administrator(bench);
    const outcomes = new Map<string, Map<string, number>>();
    let checked = 0;
    // Past the limit nothing is hashed, so ten thousand are quickly asked.
    for (let at = 0; at < 10_000; at++)
      for (const who of ["ada@example.org", "nobody@example.org"]) {
        const where = { network: `${at >> 8}.${at & 255}.7.0/24`, agent: "guesser" };
        const code = await signIn(accounts, { who, password: `guess number ${at}`, code: "" }, where).then(() => "in", (error: TracewireError) => error.code);
        if (code !== "TOO_MANY_ATTEMPTS") checked += 1;
        const own = outcomes.get(who) ?? new Map<string, number>();
        outcomes.set(who, own.set(code, (own.get(code) ?? 0) + 1));
      }
    const most = ATTEMPT_LIMITS.account.count;
    assert.deepEqual(Object.fromEntries(outcomes.get("ada@example.org")!), { WRONG_CREDENTIALS: most, TOO_MANY_ATTEMPTS: 10_000 - most });
    assert.deepEqual(outcomes.get("nobody@example.org"), outcomes.get("ada@example.org"));
    assert.equal(checked, 2 * most);
    // Even the right password is not looked at now; its other name is a door to the same lock, and fails as a wrong password does.
    await assert.rejects(signIn(accounts, { who: "ada@example.org", password: PASSWORD, code: "" }, WHERE), refused("TOO_MANY_ATTEMPTS"));
    await assert.rejects(signIn(accounts, { who: "ada", password: PASSWORD, code: "" }, WHERE), refused("WRONG_CREDENTIALS"));
    bench.pass(ATTEMPT_LIMITS.account.window_ms);
    await signIn(accounts, { who: "ada", password: PASSWORD, code: "" }, WHERE);
  }));

test("one network may not try many accounts", () =>
  withAccounts(async ({ accounts }) => {
    const codes: string[] = [];
    for (let at = 0; at < ATTEMPT_LIMITS.network.count + 5; at++)
      codes.push(await signIn(accounts, { who: `somebody${at}`, password: "x", code: "" }, WHERE).then(() => "in", (error: TracewireError) => error.code));
    assert.equal(codes.filter((code) => code === "WRONG_CREDENTIALS").length, ATTEMPT_LIMITS.network.count);
  }));

test("who is erased is in no byte of the folder, but for the handle; what they did stays, not from where", () =>
  withAccounts(async (bench) => {
    const { accounts, folder } = bench;
    await administrator(bench);
    const { token, user } = await member(bench, "rosa");
    recordAct(accounts, { user, network: "198.51.100.0/24" }, "claim.add", "theft/x", [5]);
    removeUser(accounts, "rosa");
    assert.deepEqual(listActs(accounts, { limit: 5 }).map(({ handle, network, act, entries }) => [handle, network, act, entries]), [["rosa", "", "claim.add", [5]]]);
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, name)).toString("latin1");
      for (const trace of ["rosa@example.org", "198.51.100.0", token]) assert.equal(bytes.includes(trace), false, `${name}: ${trace}`);
    }
  }));

test("no secret stands in the file: not the link, not the session, not the password", () =>
  withAccounts(async (bench) => {
    const { token } = await administrator(bench);
    const invited = invite(bench.accounts, { handle: "rosa", role: "reader" });
    bench.accounts.settle();
    const bytes = readdirSync(bench.folder).map((name) => readFileSync(join(bench.folder, name)).toString("latin1")).join("");
    for (const secret of [token, invited.token, PASSWORD]) assert.equal(bytes.includes(secret), false);
    assert.equal(bytes.includes("ada@example.org"), true, "the test would see what stands there");
  }));

test("a role that is not in the table has no right", () => {
  assert.equal(can("editor", "stories.publish"), true);
  for (const name of ["", "Editor", "constructor", "__proto__", "toString"]) assert.equal(can(name, "embargo.read"), false);
});

test("a password that many people have is refused, bare or with digits after it; a sentence is not, whatever its signs", () => {
  const { dictionary } = createRequire(import.meta.url)("@zxcvbn-ts/language-common") as { dictionary: Record<string, string[]> };
  const long = dictionary["passwords-common"]!.filter((password) => password.length >= PASSWORD_CHARS_MIN);
  assert.ok(long.length >= 300, `${long.length} that our least length would let through`);
  const dressed = dictionary["passwords-common"]!.slice(0, 3_000).map((password) => `${password}!2026`).filter((password) => password.length >= PASSWORD_CHARS_MIN);
  const tried = [...long, ...long.map((password) => password.toUpperCase()), ...dressed, ...NAMES_TRIED_FIRST.map((name) => `my ${name} is long enough`), "aaaaaaaaaaaaaaaa", "rosa was here 2026"];
  for (const password of tried) assert.throws(() => requireGoodPassword(password, ["rosa"]), refused("BAD_PASSWORD"), password);
  for (const password of [PASSWORD, "correct horse battery staple", "только буквы и пробелы", "🦩🦩🦢🦢🦆🦆🐦🐦🦉🦉🦚🦚", "x".repeat(40) + "yzuvw", "a b c d e f g"]) requireGoodPassword(password, ["rosa"]);
});

test("whoever is reset, removed or changes the password while theirs is being hashed does not come in by the old one", () =>
  withAccounts(async (bench) => {
    const { accounts } = bench;
    const ada = await administrator(bench);
    const attempt = () => signIn(accounts, { who: "rosa", password: PASSWORD, code: "" }, WHERE);
    await member(bench, "rosa");
    // Asked first, and answered only when the hash is done: the change comes in between.
    const beside = async (asked: () => Promise<unknown>, change: () => unknown) => {
      const running = assert.rejects(asked(), refused("WRONG_CREDENTIALS"));
      await change();
      await running;
    };
    await beside(attempt, () => resetUser(accounts, "rosa"));
    assert.deepEqual(listSessions(accounts, findUser(accounts, "rosa")!.id), []);
    await enterByLink(accounts, resetUser(accounts, "rosa").token, { password: PASSWORD }, WHERE);
    const rosa = findUser(accounts, "rosa")!;
    await beside(() => proveAgain(accounts, rosa, { password: PASSWORD, code: "" }, WHERE), () => resetUser(accounts, "rosa"));
    await enterByLink(accounts, resetUser(accounts, "rosa").token, { password: PASSWORD }, WHERE);
    await beside(attempt, () => removeUser(accounts, "rosa"));
    // And the other way: a session that was ended sets no password any more.
    const session = findSession(accounts, ada.token)!.session.id;
    const changing = assert.rejects(changePassword(accounts, ada.user, "four loud geese there", session), refused("NOT_SIGNED_IN"));
    accounts.db.prepare("DELETE FROM sessions WHERE id = ?").run(session);
    await changing;
    await signIn(accounts, { who: "ada", password: PASSWORD, code: "" }, WHERE);
  }));

test("proving who it is gives the session a new token, and the old one opens nothing; forms that are open stay good", () =>
  withAccounts(async (bench) => {
    const { accounts, pass } = bench;
    const { token } = await administrator(bench);
    const before = findSession(accounts, token)!;
    pass(SESSION_LIMITS.confirmed_ms);
    const renewed = confirmSession(accounts, before.session.id);
    assert.equal(findSession(accounts, token), undefined);
    const after = findSession(accounts, renewed)!;
    assert.deepEqual([after.session.id, after.csrf, after.session.created, isConfirmed(after.session, bench.now())], [before.session.id, before.csrf, before.session.created, true]);
    const other = findSession(accounts, (await signIn(accounts, { who: "ada", password: PASSWORD, code: "" }, WHERE)).token)!;
    assert.notEqual(other.csrf, after.csrf, "a form of one session is none of another");
    accounts.db.prepare("DELETE FROM sessions").run();
    assert.throws(() => confirmSession(accounts, before.session.id), refused("NOT_SIGNED_IN"));
  }));
