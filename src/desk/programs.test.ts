// Keys and webhooks by the forms of the desk: what is made opens what it says and is shown once, what is ended opens nothing,
// and every act stands in the record without a secret in it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { deskNewsroom, type DeskNewsroom } from "../../test/desk-newsroom.ts";
import { listActs } from "../accounts/accounts.ts";
import { openKeyReader } from "../api/keys.ts";
import { seededRandom } from "../effects.ts";
import { openEgress } from "../evidence/evidence.ts";
import { parseStoryText, publishStory } from "../press/press.ts";
import { openWebhookSender, openWebhookStore } from "../webhooks/webhooks.ts";

let bench: DeskNewsroom;
before(async () => void (bench = await deskNewsroom()));
after(() => bench?.remove());

const secretIn = (body: string): string => /class="secret">([^ <]+)/.exec(body)![1]!.replaceAll("&#43;", "+");
const form = (fields: [string, string][]): URLSearchParams => new URLSearchParams([...fields, ["csrf", bench.signedIn("ada").csrf]]);
/** From the page that has the form, as a browser says it. */
const asAda = (path: string, fields: [string, string][]) =>
  bench.ask(path, { cookie: `tracewire-desk=${bench.tokens.ada}`, form: form(fields), headers: { referer: `http://localhost${path.replace(/\/(replay|rotate|remove|\d+\/revoke)$/, "")}` } });
const lastActs = (count: number) => listActs(bench.accounts, { handle: "ada", limit: count }).map(({ act, object }) => `${act} ${object}`).reverse();

test("a key is made with its scopes and its end, shown once, opens what it says, and nothing once it is revoked", async () => {
  assert.match((await bench.as("ada", "/desk/keys")).body, /There is none\. Make one below/);
  const made = await asAda("/desk/keys", [["name", "cms"], ["scope", "claims:unreleased"], ["scope", "stories:write"], ["expires", "2026-04-01"]]);
  assert.equal(made.status, 200, made.body);
  const token = secretIn(made.body);
  const keys = openKeyReader(bench.newsroom.folder, { clock: bench.now });
  const found = keys.find(token)!;
  assert.deepEqual([found.name, found.scopes, found.expires], ["cms", ["claims:unreleased", "stories:write"], "2026-04-01T00:00:00.000Z"]);
  const page = (await bench.as("ada", "/desk/keys")).body;
  assert.match(page, /in force until 2026-04-01 00:00 UTC/);
  assert.ok(!page.includes(token), "it is not shown again");
  assert.equal((await asAda(`/desk/keys/${found.id}/revoke`, [])).status, 303);
  assert.equal(keys.find(token), undefined);
  keys.close();
  assert.match((await bench.as("ada", "/desk/keys")).body, /revoked 2026-03-01/);
  assert.equal((await asAda(`/desk/keys/${found.id}/revoke`, [])).status, 404, "it has ended already");
  assert.deepEqual(lastActs(2), ["key.add cms --scope claims:unreleased --scope stories:write --expires 2026-04-01T00:00:00.000Z", "key.revoke cms"]);
});

test("what cannot be made is said beside the form, with what was typed, and nothing is made or recorded", async () => {
  const before = lastActs(1);
  for (const [fields, words] of [
    [[["name", "wide"], ["expires", "next week"]], /no day and no time in UTC/],
    [[["name", "wide"]], /without a scope opens nothing/],
    [[["name", "cms"], ["scope", "case:write"]], /There was a key named/],
    [[["name", "wide"], ["scope", "everything"]], /is no scope/],
    [[["name", "wide"], ["scope", "tags:own"], ["expires", "2020-01-01"]], /is past/],
  ] as [[string, string][], RegExp][]) {
    const answer = await asAda("/desk/keys", fields);
    assert.deepEqual([answer.status, words.test(answer.body), new RegExp(`<input[^>]*name="name"[^>]*value="${fields[0]![1]}"`).test(answer.body)], [400, true, true], words.source);
  }
  for (const [url, words] of [["http://example.org/hook", /https alone/], ["ftp://example.org", /no web address/], ["https://a:b@example.org/", /user name or password/]] as const)
    assert.match((await asAda("/desk/webhooks", [["name", "hook"], ["url", url]])).body, words);
  assert.doesNotMatch((await bench.as("ada", "/desk/webhooks")).body, /<td>/);
  assert.deepEqual(lastActs(1), before);
});

test("a webhook is added, told, its answers stand on its page, one event and all since an entry go again, a new secret signs, and it is removed", async () => {
  const { newsroom } = bench;
  let status = 500;
  const told: { id: string; signatures: string[] }[] = [];
  const server = createServer((request, response) => {
    told.push({ id: String(request.headers["webhook-id"]), signatures: String(request.headers["webhook-signature"]).split(" ") });
    request.resume().on("end", () => response.writeHead(status).end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const made = await asAda("/desk/webhooks", [["name", "cms"], ["url", "https://cms.example.org/hook"], ["event", "story.published"]]);
  const secret = secretIn(made.body);
  assert.match(secret, /^whsec_/);
  const store = openWebhookStore(newsroom.folder, { clock: bench.now, random: seededRandom(8) });
  // Another host stands for the receiver: the address is one of outside, and a test asks nobody there.
  const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const send = openEgress({ clock: bench.now, named_origin: here });
  const sender = openWebhookSender({ store, log: newsroom.log, base_url: "https://news.example.org", clock: bench.now, note() {}, egress: () => (_, limits, post) => send(`${here}/hook`, limits, post) });
  const publish = (slug: string) =>
    newsroom.transact("edda", (transaction) => publishStory(transaction, newsroom.log, parseStoryText(`---\nslug: ${slug}\ntopic: Bridges\nbyline: edda\nhappened: 2026-03-01\n---\n\n# Of ${slug}\n\n> It is said.\n\nWords.\n`), { by: "edda" }));
  publish("first");
  await sender.look();
  assert.match((await bench.as("ada", "/desk/webhooks/cms")).body, /<td>failed<\/td><td>it answered 500<\/td>/);
  [status] = [204];
  bench.pass(6_000);
  await sender.look();
  const page = (await bench.as("ada", "/desk/webhooks/cms")).body;
  assert.match(page, /<td>sent<\/td><td>it answered 204<\/td>/);
  assert.match(page, /1 sent, 0 waiting, 0 given up/);
  publish("second");
  await sender.look();
  assert.equal(told.length, 3);
  const entries = store.deliveries("cms", 10).filter(({ outcome }) => outcome === "sent").map(({ entry }) => entry);
  const [second, first] = entries as [number, number];
  const one = await asAda("/desk/webhooks/cms/replay", [["entry", String(first)]]);
  assert.equal(one.location, "/desk/webhooks/cms?queued=1");
  await sender.look();
  assert.deepEqual([told.length, told.at(-1)!.id], [4, `msg_cms_${first}`], "that one alone");
  assert.equal((await asAda("/desk/webhooks/cms/replay", [["from", String(first)]])).location, "/desk/webhooks/cms?queued=2");
  await sender.look();
  assert.deepEqual(told.slice(4).map(({ id }) => id), [`msg_cms_${first}`, `msg_cms_${second}`]);
  assert.equal((await asAda("/desk/webhooks/cms/replay", [["from", "1"], ["entry", "2"]])).status, 400);

  const fresh = secretIn((await asAda("/desk/webhooks/cms/rotate", [])).body);
  assert.ok(fresh !== secret);
  await asAda("/desk/webhooks/cms/replay", [["entry", String(first)]]);
  await sender.look();
  assert.equal(told.at(-1)!.signatures.length, 2, "by the new one and by the former one");
  secretIn((await asAda("/desk/webhooks/cms/rotate", [["at_once", "yes"]])).body);
  await asAda("/desk/webhooks/cms/replay", [["entry", String(first)]]);
  await sender.look();
  assert.equal(told.at(-1)!.signatures.length, 1);

  assert.equal((await asAda("/desk/webhooks/cms/remove", [["name", "csm"]])).status, 400);
  assert.equal((await asAda("/desk/webhooks/cms/remove", [["name", "cms"]])).status, 303);
  assert.equal((await bench.as("ada", "/desk/webhooks/cms")).status, 404);
  const acts = lastActs(8);
  assert.deepEqual(acts.filter((act) => act.startsWith("webhook.")), acts);
  assert.deepEqual([acts[0], acts.at(-1)], [`webhook.add cms https://cms.example.org/hook --event story.published`, "webhook.remove cms"]);
  const record = (await bench.as("ada", "/desk/acts.csv")).body;
  assert.ok(![secret, fresh].some((one) => record.includes(one)), "no secret in the record");
  await sender.stop();
  store.close();
  server.close();
  assert.deepEqual(bench.faults, []);
});
