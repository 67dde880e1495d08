// Every link that a reader can press leads somewhere: the whole demo site is walked from its front page, each address of
// one pattern up to a limit, because a log has thousands of entries that are drawn alike.
import assert from "node:assert/strict";
import { test } from "node:test";
import { serveNewsroom } from "../../test/demo-site.ts";
import { scaled } from "../../test/scale.ts";

const PER_PATTERN_MAX = scaled(400);
const PAGES_MAX = 20_000;

test("links are all alive, and so are the fragments they name", async (t) => {
  const site = await serveNewsroom({ demo: true });
  t.after(() => site.stop());
  const waiting = ["/"];
  const found = new Map<string, string>([["/", "(start)"]]);
  const counts = new Map<string, number>();
  const fragments: { from: string; to: string; id: string }[] = [];
  const ids = new Map<string, Set<string>>();
  const dead: string[] = [];
  while (waiting.length > 0 && ids.size < PAGES_MAX) {
    const path = waiting.shift()!;
    const { status, text, headers } = await site.get(path);
    if (status !== 200) dead.push(`${found.get(path)} → ${path}: ${status}`);
    const isHtml = String(headers["content-type"]).startsWith("text/html");
    ids.set(path, new Set(isHtml ? [...text.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]!) : []));
    if (!isHtml) continue;
    for (const [, raw] of text.matchAll(/\s(?:href|src)="([^"]+)"/g)) {
      const address = raw!.replaceAll("&amp;", "&");
      if (/^(https?:|mailto:)/.test(address)) continue;
      const [to, id] = address.split("#", 2) as [string, string?];
      const target = to === "" ? path : to;
      if (id) fragments.push({ from: path, to: target, id });
      if (found.has(target)) continue;
      const pattern = target.replace(/\?.*/, "?").replaceAll(/[0-9a-f]{64}|\d+/g, "#");
      const shape = pattern.split("/").slice(0, 2).join("/") + pattern.split("/").length;
      counts.set(shape, (counts.get(shape) ?? 0) + 1);
      if (counts.get(shape)! > PER_PATTERN_MAX) continue;
      found.set(target, path);
      waiting.push(target);
    }
  }
  t.diagnostic(`${ids.size} addresses, ${fragments.length} fragments`);
  assert.deepEqual(dead, []);
  const lost = fragments
    .filter(({ to, id }) => ids.get(to)?.has(decodeURIComponent(id)) === false)
    .map(({ from, to, id }) => `${from} → ${to}#${id}`);
  assert.deepEqual([...new Set(lost)], []);
});
