// Nobody gets an issue twice: a hostile server cuts at every stage, the worker is killed again and again, each time at a
// chosen stage, and afterwards the server's own record is compared with the outbox.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { seededRandom, systemEffects } from "../src/effects.ts";
import { composeDraft, listInDoubt, resolveDoubt, sendDraft } from "../src/newsletter/newsletter.ts";
import { STAGES, openHostileSmtp, type Fault, type Stage } from "./hostile-smtp.ts";
import { newsletterNewsroom } from "./newsletter-newsroom.ts";
import { announce, proving, repositoryRoot, seed } from "./scale.ts";

/** In full: ten thousand readers and a hundred kills; `npm test` goes through every stage with fewer. */
const READERS = proving ? 10_000 : 100;
const KILLS = proving ? 100 : 20;
const STARTS_MAX = 2_000;
/** Of a hundred passages of a stage, so many end in each fault. */
const FAULTS: Record<Stage, Partial<Record<Fault, number>>> = {
  connect: { cut: 5 },
  greeting: { cut: 4, "4xx": 4 },
  mail: { cut: 2, "4xx": 2 },
  rcpt: { cut: 3, "4xx": 3 },
  data: { cut: 3, "4xx": 2 },
  "mid-body": { cut: 4 },
  "after-dot": { cut: 3, "taken-cut": 3, "4xx": 3 },
  "after-250": { cut: 8 },
};

test("a server that cuts everywhere, a worker that is killed again and again: nobody is sent an issue twice", async (t) => {
  const readers = READERS;
  announce(t, "readers", readers);
  const newsroom = await newsletterNewsroom(systemEffects);
  const random = seededRandom(seed);
  const below = (limit: number) => (random(4).reduce((sum, byte) => sum * 256 + byte, 0) >>> 0) % limit;
  let child: ReturnType<typeof spawn> | undefined;
  let kills = 0;
  let passages = 0;
  const killedAt = new Map<Stage, number>();
  // One in a hundred readers has no mailbox any more.
  const gone = (recipient: string) => /-\d*50@/.test(recipient);

  const server = await openHostileSmtp(
    (stage, recipient) => {
      const wanted = STAGES[kills % STAGES.length]!;
      if (child && kills < KILLS && stage === wanted && passages++ >= below(3)) {
        passages = 0;
        kills += 1;
        killedAt.set(stage, (killedAt.get(stage) ?? 0) + 1);
        child.kill("SIGKILL");
        child = undefined;
      }
      if (stage === "rcpt" && gone(recipient!)) return "5xx";
      const draw = below(100);
      let sum = 0;
      for (const [fault, share] of Object.entries(FAULTS[stage])) if (draw < (sum += share)) return fault as Fault;
      return "none";
    },
    below(2) === 0 ? ["PIPELINING"] : [],
  );

  try {
    newsroom.story("a-first-story", "nothing else");
    newsroom.subscribe(readers);
    composeDraft(newsroom.people, newsroom.log, { slugs: [] });
    const { queued } = sendDraft(newsroom.people, newsroom.log, {
      base: "https://tracewire.test",
      by: "test",
      transact: (change) => newsroom.transact("test", change),
    });
    assert.equal(queued, readers);

    const script = join(repositoryRoot, "test", "mail-child.ts");
    let starts = 0;
    for (let exit: number | null = null; exit !== 0; starts++) {
      assert.ok(starts < STARTS_MAX, "the worker comes to an end");
      const started = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script, newsroom.folder, `smtp://127.0.0.1:${server.port}`], {
        stdio: ["ignore", "inherit", "inherit"],
      });
      child = started;
      exit = await new Promise((resolve) => started.on("exit", (code) => resolve(code)));
    }

    const rows = newsroom.people.db
      .prepare("SELECT o.id, o.state, o.message_id, o.last, p.address_key AS key, p.state AS person FROM outbox o JOIN people p ON p.id = o.person")
      .all() as unknown as { id: number; state: string; message_id: string; last: string; key: string; person: string }[];
    const copies = (key: string) => [...server.taken].filter(([address]) => address.toLowerCase() === key).flatMap(([, list]) => list);
    const count = (state: string) => rows.filter((row) => row.state === state).length;
    t.diagnostic(
      `${starts} starts, ${kills} kills (${[...killedAt].map(([stage, n]) => `${stage} ${n}`).join(", ")}); ${count("sent")} sent, ${count("failed")} failed, ${count("in_doubt")} in doubt, of which ${rows.filter((row) => row.state === "in_doubt" && copies(row.key).length === 1).length} had been taken`,
    );
    assert.equal(kills, KILLS);
    assert.equal(rows.length, readers);
    assert.deepEqual(
      rows.filter(({ key }) => copies(key).length > 1),
      [],
      "nobody has two",
    );
    for (const row of rows) {
      const got = copies(row.key);
      if (row.state === "sent") assert.equal(got.length, 1, `${row.key}: sent and not taken`);
      else if (row.state === "failed") {
        assert.equal(got.length, 0, `${row.key}: failed and taken`);
        assert.ok(gone(row.key), `${row.key} failed: ${row.last}`);
        assert.equal(row.person, "bounced");
      } else assert.equal(row.state, "in_doubt");
      for (const { id } of got) assert.ok(id.startsWith(row.message_id), "the Message-ID stays the same over attempts");
    }
    assert.ok(count("sent") > readers / 2);
    for (const stage of STAGES)
      assert.ok(
        [...server.met].some(([name]) => name.startsWith(`${stage} `) && !name.endsWith(" none")) || killedAt.has(stage),
        `${stage} met a fault or a kill`,
      );

    // What is in doubt waits for a person, however often the worker runs; an answer settles it.
    const doubts = listInDoubt(newsroom.people, readers);
    assert.equal(doubts.length, count("in_doubt"));
    for (const { id } of doubts) resolveDoubt(newsroom.people, id, copies(rows.find((row) => row.id === id)!.key).length === 1 ? "sent" : "again");
    assert.equal(listInDoubt(newsroom.people, 1).length, 0);
  } finally {
    child?.kill("SIGKILL");
    await server.close();
    newsroom.stop();
  }
});
