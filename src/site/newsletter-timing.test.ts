// Whether the time of an answer tells who reads us. Addresses in every state are signed up in turn, by real requests to a
// running site, and each state's times are compared with those of addresses that nobody knows. The worker runs between
// rounds, not in them: its noise would hide a difference that an attacker with patience could still find.
import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { newsletterNewsroom } from "../../test/newsletter-newsroom.ts";
import { announce, scaled } from "../../test/scale.ts";
import { systemEffects } from "../effects.ts";
import { openMailSink, openMailer, openPostOffice, openSignUpDesk } from "../newsletter/newsletter.ts";
import { openNewsroom } from "../newsroom.ts";
import { openSite } from "./site.ts";

const ROUNDS = scaled(1_000);
const ROUNDS_BETWEEN_RUNS = 20;
const STATES = ["unknown", "subscribed", "left", "complained", "over its limit"] as const;
/**
 * Of two samples of n from one distribution, the share of pairs in which the first is larger has this standard deviation
 * about a half (Mann and Whitney 1947). The bound is four of them: 0.16 for 100, 0.05 for 1,000. While the form still looked addresses
 * up, a quiet machine showed 0.35 for subscribed ones; sign-up.test.ts has the law itself, that the work is the same.
 */
const SHARE_OFF_MAX = 4 * Math.sqrt((2 * ROUNDS + 1) / (12 * ROUNDS ** 2));

test("the time of an answer is the same for known and unknown addresses", async (t) => {
  announce(t, "rounds of sign-ups", ROUNDS);
  const newsroom = await newsletterNewsroom(systemEffects);
  const reader = openNewsroom(newsroom.folder);
  const { people } = newsroom;
  const site = openSite(reader, { clock: systemEffects.clock, hosts: ["127.0.0.1"], signUp: openSignUpDesk(people), mailSink: openMailSink(people) });
  const settings = { from: "Tracewire <news@tracewire.test>", base_url: "https://tracewire.test" };
  const office = openPostOffice({ people, mailer: await openMailer(people, settings), settings, log: reader.log });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    newsroom.story("a-story", "words");
    // A hundred a domain, so that no domain's own limit makes all states alike.
    const address = (state: number, round: number) => `reader-${state}-${round}@d${state}-${Math.floor(round / 100)}.example.org`;
    const insert = people.db.prepare("INSERT INTO people (address, address_key, state, asked_at) VALUES (?, ?, ?, ?)");
    people.change(() => {
      for (const state of ["subscribed", "left", "complained"] as const)
        for (let round = 0; round < ROUNDS; round++) {
          const own = address(STATES.indexOf(state), round);
          insert.run(own, own, state, systemEffects.clock());
        }
    });
    await site.app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = site.app.server.address() as AddressInfo;
    const timed = (headers: Record<string, string>, body: string) =>
      new Promise<{ ms: number; status: number }>((resolve, reject) => {
        const from = performance.now();
        const call = request({ host: "127.0.0.1", port, path: "/newsletter", method: "POST", agent, headers }, (response) => {
          response.resume();
          response.on("end", () => resolve({ ms: performance.now() - from, status: response.statusCode! }));
        });
        call.on("error", reject);
        call.end(body);
      });
    const times = STATES.map(() => [] as number[]);
    for (let round = 0; round < ROUNDS; round++) {
      if (round % ROUNDS_BETWEEN_RUNS === 0) await office.run();
      for (let turn = 0; turn < STATES.length; turn++) {
        const state = (turn + round) % STATES.length;
        // One address for all rounds is soon over its limit; every request is from a network of its own.
        const body = new URLSearchParams({ address: address(state, STATES[state] === "over its limit" ? 0 : round) }).toString();
        const remote = `10.${state * 8 + (round >> 8)}.${round & 255}.1`;
        const headers = { "sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded", "x-forwarded-for": remote };
        const { ms, status } = await timed(headers, body);
        assert.equal(status, 200);
        times[state]!.push(ms);
      }
    }
    const [unknown, ...others] = times;
    for (const [at, own] of others.entries()) {
      const share = shareLarger(own, unknown!);
      t.diagnostic(`${STATES[at + 1]}: slower than an unknown address in ${(share * 100).toFixed(1)} % of pairs`);
      assert.ok(Math.abs(share - 0.5) < SHARE_OFF_MAX, `${STATES[at + 1]}: ${share}`);
    }
  } finally {
    agent.destroy();
    await site.close();
    await office.stop();
    reader.close();
    newsroom.stop();
  }
});

/** The statistic U of Mann and Whitney as a share of all pairs. */
function shareLarger(left: readonly number[], right: readonly number[]): number {
  let sum = 0;
  for (const a of left) for (const b of right) sum += a > b ? 1 : a === b ? 0.5 : 0;
  return sum / (left.length * right.length);
}
