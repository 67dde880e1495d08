// Guessing at the desk's own door, over HTTP: whatever address the guesser comes from and whatever a header claims, the limit of
// the account holds; one network is one /24 or one /64; and nothing tells whether the account is there.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deskNewsroom, PASSWORD, type DeskNewsroom } from "../../test/desk-newsroom.ts";
import { announce, scaled } from "../../test/scale.ts";
import { ATTEMPT_LIMITS } from "../accounts/accounts.ts";

let bench: DeskNewsroom;
before(async () => void (bench = await deskNewsroom()));
after(() => bench?.remove());

/** A different network each time: /24s of IPv4, /64s of IPv6, IPv4 written as IPv6. */
const addressOf = (at: number): string =>
  [`${1 + (at % 200)}.${(at >> 8) & 255}.${at & 255}.7`, `2001:db8:${(at >> 8).toString(16)}:${(at & 255).toString(16)}::${(at % 9).toString(16)}`, `::ffff:${100 + (at % 99)}.${(at >> 8) & 255}.${at & 255}.9`][at % 3]!;
const forged = (at: number): Record<string, string> => ({
  "x-forwarded-for": `198.51.${at & 255}.7, ${addressOf(at + 1)}`, "x-real-ip": addressOf(at + 2), forwarded: `for="[2001:db8::${(at & 255).toString(16)}]"`, "x-client-ip": addressOf(at + 3), "true-client-ip": addressOf(at + 4),
  "cf-connecting-ip": addressOf(at + 5), "x-tracewire-remote": addressOf(at + 6), via: `1.1 proxy-${at}`, "user-agent": `agent ${at}`,
});
/** The same name, as a guesser may vary it. */
const spelled = (name: string, at: number): string => [name, name.toUpperCase(), ` ${name}`, `${name}\t`][at % 4]!;

test("ten thousand guesses from rotating addresses with forged headers: the limit holds, also against the right password, and a name that nobody has answers alike", async (t) => {
  const count = scaled(10_000);
  announce(t, "guesses", count);
  const seen = { "edda@example.org": new Map<string, number>(), "eddb@example.org": new Map<string, number>() };
  for (let at = 0; at < count; at++)
    for (const [name, own] of Object.entries(seen)) {
      const right = name.startsWith("edda") && at >= ATTEMPT_LIMITS.account.count && at % 10 === 0;
      const { status, body, headers } = await bench.ask("/desk/sign-in", { from: addressOf(at), headers: forged(at), form: { who: spelled(name, at), password: right ? PASSWORD : `guess number ${at}`, code: "" } });
      const said = JSON.stringify([status, body, headers["set-cookie"], headers["content-length"], headers["retry-after"]]);
      own.set(said, (own.get(said) ?? 0) + 1);
    }
  const [known, unknown] = [seen["edda@example.org"], seen["eddb@example.org"]];
  assert.deepEqual([...known], [...unknown], "the same answers, byte for byte, as often");
  assert.deepEqual([...known].map(([said, times]) => [(JSON.parse(said) as [number])[0], times]), [[403, ATTEMPT_LIMITS.account.count], [429, count - ATTEMPT_LIMITS.account.count]]);
  // Her other name leads to the same lock.
  assert.equal((await bench.ask("/desk/sign-in", { from: "192.0.2.1", form: { who: "edda", password: PASSWORD, code: "" } })).status, 403);
  bench.pass(ATTEMPT_LIMITS.account.window_ms);
  assert.equal((await bench.ask("/desk/sign-in", { from: "192.0.2.1", form: { who: "edda@example.org", password: PASSWORD, code: "" } })).status, 303, "when the time is over it opens");
  assert.deepEqual(bench.faults, []);
});

test("a /64 is one network: many names from many of its addresses are stopped, its neighbour is not", async () => {
  const guess = async (at: number, from: string) => (await bench.ask("/desk/sign-in", { from, headers: forged(at), form: { who: `somebody-${at}`, password: "x", code: "" } })).status;
  const { count } = ATTEMPT_LIMITS.network;
  const statuses: number[] = [];
  for (let at = 0; at < count + 5; at++) statuses.push(await guess(at, `2001:db8:7:8:${at.toString(16)}::${(at + 1).toString(16)}`));
  assert.deepEqual([statuses.filter((status) => status === 403).length, statuses.slice(-5)], [count, [429, 429, 429, 429, 429]]);
  assert.equal(await guess(999, "2001:db8:7:9::1"), 403);
});
