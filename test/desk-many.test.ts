// Fifty people at one desk at once, by chance, held against a model: what was answered as saved is there, once, under the
// number that the answer named; what was answered as a conflict is not; nobody meets a fault of ours.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readClaims } from "../src/casefile/casefile.ts";
import { seededRandom } from "../src/effects.ts";
import { openDrafts } from "../src/press/press.ts";
import { deskNewsroom, type Handle } from "./desk-newsroom.ts";
import { freePort } from "./free-port.ts";
import { announce, scaled, seed } from "./scale.ts";

const CLIENTS = 50;
const DRAFTS_AT_FIRST = 8;
const DRAFTS_MAX = 40;
const WRITERS: Handle[] = ["edda", "ada"];

/** As the editor gets it: headline, standfirst, and then the text. */
type Opened = { head: Record<string, unknown>; doc: { type: string; content: unknown[] } };

/** What the answers alone say that the desk holds. */
type Model = {
  /** Of each draft, the mark of each version that was answered as saved. */
  saved: Map<number, Map<number, string>>;
  refused: Set<string>;
  claims: Map<number, string>;
  undone: Set<number>;
  steps: Map<number, number>;
};

test("fifty people and thousands of acts against a model: no update is lost, and every conflict is answered", async (t) => {
  const acts = scaled(10_000);
  announce(t, "acts", acts);
  const url = `http://localhost:${await freePort()}`;
  const bench = await deskNewsroom({ url });
  const random = seededRandom(seed);
  const below = (limit: number) => (random(4).reduce((sum, byte) => sum * 256 + byte, 0) >>> 0) % limit;
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const model: Model = { saved: new Map(), refused: new Set(), claims: new Map(), undone: new Set(), steps: new Map() };
  const answers = new Map<string, number>();

  const call = async (handle: Handle, path: string, { form, headers = {} }: { form?: Record<string, string>; headers?: Record<string, string> } = {}) => {
    const answer = await fetch(`${url}/desk${path}`, {
      redirect: "manual",
      method: form ? "POST" : "GET",
      headers: { cookie: `tracewire-desk=${bench.tokens[handle]}`, ...(form ? { origin: url } : {}), ...headers },
      ...(form ? { body: new URLSearchParams({ ...form, csrf: bench.signedIn(handle).csrf }) } : {}),
    });
    const text = await answer.text();
    assert.ok(answer.status < 500, `${path}: ${answer.status} ${text.slice(0, 300)}`);
    return { status: answer.status, text, location: answer.headers.get("location") ?? "", etag: answer.headers.get("etag") ?? "" };
  };
  const tally = (what: string) => answers.set(what, (answers.get(what) ?? 0) + 1);

  try {
    await bench.desk.app.listen({ port: Number(new URL(url).port), host: "localhost" });
    const drafts: number[] = [];
    const begin = async (handle: Handle, at: number) => {
      const { status, location } = await call(handle, "/stories", { form: { headline: `Story ${at} of many` } });
      assert.equal(status, 303);
      const draft = Number(location.split("/").at(-1));
      drafts.push(draft);
      model.saved.set(draft, new Map());
    };
    for (let at = 0; at < DRAFTS_AT_FIRST; at++) await begin("edda", at);
    const capture = await captured(bench, call);

    const client = async (own: Handle, share: number, at: number) => {
      /** What this window last saw of each draft: often it is old, as windows are. */
      const seen = new Map<number, { version: number; document: Opened }>();
      const claims: number[] = [];
      const open = async (draft: number) => {
        const { status, text } = await call(own, `/stories/${draft}/document`);
        assert.equal(status, 200);
        const { version, document } = JSON.parse(text) as { version: number; document: Opened };
        const known = model.saved.get(draft)!.get(version);
        if (known !== undefined) assert.ok(text.includes(known), `draft ${draft}, version ${version} reads as it was saved`);
        seen.set(draft, { version, document });
      };
      const save = async (draft: number, mark: string) => {
        if (!seen.has(draft)) await open(draft);
        const { version, document } = seen.get(draft)!;
        const content = document.doc.content.with(-1, { type: "paragraph", content: [{ type: "text", text: mark }] });
        const sent = { head: JSON.stringify(document.head), doc: JSON.stringify({ ...document.doc, content }) };
        const { status, text, etag } = await call(own, `/stories/${draft}/document`, { form: sent, headers: { "if-match": `"${version}"` } });
        tally(`save ${status}`);
        if (status === 412) {
          assert.ok(Number(etag.slice(1, -1)) > version, "a conflict names the newer version");
          assert.ok(text.includes(mark), "and hands back what was sent");
          model.refused.add(mark);
          return void seen.delete(draft);
        }
        assert.equal(status, 200, text);
        const { version: now } = JSON.parse(text) as { version: number };
        assert.equal(now, version + 1);
        const versions = model.saved.get(draft)!;
        assert.equal(versions.get(now), undefined, `version ${now} of draft ${draft} was given out once`);
        versions.set(now, mark);
        seen.set(draft, { version: now, document });
      };
      for (let act = 0; act < share; act++) {
        const mark = `mark ${words(at)} ${words(act)}.`;
        const draft = pick(drafts);
        const draw = below(100);
        if (draw < 45) await save(draft, mark);
        else if (draw < 60) await open(draft);
        else if (draw < 66) {
          if (!seen.has(draft)) await open(draft);
          const to = pick(["in review", "draft"] as const);
          const { status } = await call(own, `/stories/${draft}/step`, { form: { to, version: String(seen.get(draft)!.version), note: "by chance" } });
          tally(`step ${status}`);
          assert.ok([303, 400, 409, 412].includes(status), `step: ${status}`);
          if (status === 303) model.steps.set(draft, (model.steps.get(draft) ?? 0) + 1);
          else seen.delete(draft);
        } else if (draw < 78) {
          const value = `Somebody ${words(at)} ${words(act)}`;
          const { status, location, text } = await call(own, `/captures/${capture}/claims`, { form: { quote: "The list", subject: `theft/2024-01-01-many-${at}`, field: "victim", value, claimant: `Claimant ${words(at)}`, hedge: "asserted", act: "save", seen: "" } });
          tally(`claim ${status}`);
          assert.equal(status, 303, text);
          const seq = Number(location.split("=").at(-1));
          assert.equal(model.claims.get(seq), undefined, "a number of the log is given out once");
          model.claims.set(seq, value);
          claims.push(seq);
        } else if (draw < 83 && claims.length > 0) {
          const seq = pick(claims);
          const { status } = await call(own, `/claims/${seq}/undo`, { form: { why: "taken back by chance" } });
          tally(`undo ${status}`);
          assert.equal(status === 303, !model.undone.has(seq), `undo of ${seq}: ${status}`);
          model.undone.add(seq);
        } else if (draw < 86 && drafts.length < DRAFTS_MAX) await begin(own, 1_000 * at + act);
        else if (draw < 92) tally(`presence ${(await call(own, `/stories/${draft}/presence`, { form: { window: `window-${at}-x`, wish: pick(["read", "write", "leave"] as const) } })).status}`);
        else tally(`read ${(await call(own, pick(["", "/stories", "/claims", `/stories/${draft}`, "/inbox"]))).status}`);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, at) => client(WRITERS[at % WRITERS.length]!, acts / CLIENTS, at)));
    t.diagnostic([...answers].toSorted().map(([what, count]) => `${what}: ${count}`).join(", "));

    const held = openDrafts(bench.newsroom.folder, { clock: bench.now });
    for (const [draft, versions] of model.saved) {
      const numbers = held.versions(draft).map(({ version }) => version).toSorted((a, b) => a - b);
      assert.deepEqual(numbers, [1, ...[...versions.keys()].toSorted((a, b) => a - b)], `draft ${draft}: every version was answered, and every answer is a version`);
      for (const [version, mark] of versions) assert.ok(held.text(draft, version)!.text.includes(mark), `draft ${draft}, version ${version}`);
      for (const version of numbers) for (const mark of model.refused) assert.ok(!held.text(draft, version)!.text.includes(mark), `${mark} was refused`);
      assert.ok(held.steps(draft).filter(({ note }) => note !== "a new version was saved").length === (model.steps.get(draft) ?? 0), `steps of draft ${draft}`);
    }
    held.close();
    const { log } = bench.newsroom;
    const stands = new Map(readClaims(log, { log_size: log.size(), evidence: "all" }, { kind: "theft" }).map(({ seq, value }) => [seq, value]));
    for (const [seq, value] of model.claims) assert.equal(stands.get(seq), model.undone.has(seq) ? undefined : value, `claim ${seq}`);
    assert.ok(model.refused.size > 0 && model.undone.size > 0, "conflicts and undoing were met");
    assert.deepEqual(bench.faults, []);
  } finally {
    await bench.remove();
  }
});

/** Numbers in letters: digits would be numbers that no figure binds. */
const words = (number: number): string => String(number).replaceAll(/\d/g, (digit) => "abcdefghij"[Number(digit)]!);

async function captured(bench: Awaited<ReturnType<typeof deskNewsroom>>, call: (handle: Handle, path: string, asked: { form: Record<string, string> }) => Promise<{ status: number; location: string; text: string }>): Promise<string> {
  const taken = await call("edda", "/inbox", { form: { url: "", text: "The list of many thefts, made up for a test.", title: "The list", grade: "copy", source_grade: "C", licence: "" } });
  assert.equal(taken.status, 303, taken.text);
  await bench.desk.inbox.idle();
  const graded = await call("edda", `${taken.location.replace("/desk", "")}/grade`, { form: { item_grade: "3" } });
  return graded.location.split("/").at(-1)!;
}
