// How each page grows with the archive: newsrooms of 100, 1,000 and 10,000 made-up stories with ten times as many claims
// (test/large-newsroom.ts, from a seed). For each page: processor time of making it with nothing kept, of making it again,
// of making it after a claim on a theft and one on a group were released, and its size. Processor time and not the clock, so that a busy machine says nearly the same as a quiet one.
// Run: <pinned node> bench/scale.ts [SIZES, as 100,1000,10000]
import { existsSync, mkdirSync } from "node:fs";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { systemEffects } from "../src/effects.ts";
import { appendClaim, readClaims } from "../src/casefile/casefile.ts";
import { appendRelease } from "../src/evidence/evidence.ts";
import { openForWriting, openNewsroom, type NewsroomReader } from "../src/newsroom.ts";
import { listCards } from "../src/press/press.ts";
import { ROUTES, openSite } from "../src/site/site.ts";
import { fillLargeNewsroom } from "../test/large-newsroom.ts";

const sizes = (process.argv[2] ?? "100,1000,10000").split(",").map(Number);
const only = process.argv[3];
const AGAIN = 3;
/** A page past this at the largest size, and past this many times its time at the smallest, is named at the end. */
const SLOW_MS = 50;
const KEPT = join(tmpdir(), "tracewire-bench-scale");

type Measured = { first_ms: number; again_ms: number; claim_ms: number; kb: number; status: number };

function ask(port: number, path: string): Promise<{ ms: number; bytes: number; status: number }> {
  return new Promise((resolve, reject) => {
    const from = process.cpuUsage();
    request({ host: "127.0.0.1", port, path }, (response) => {
      let bytes = 0;
      response.on("data", (part: Buffer) => (bytes += part.length));
      response.on("end", () => {
        const { user, system } = process.cpuUsage(from);
        resolve({ ms: (user + system) / 1000, bytes, status: response.statusCode! });
      });
    })
      .on("error", reject)
      .end();
  });
}

/** Every address without a name in it, and one of each kind that has one. */
function pathsOf(newsroom: NewsroomReader): string[] {
  const { db } = newsroom.log;
  const card = listCards(newsroom.log, { type: "story", limit: 5 }).at(-1)!;
  const release = listCards(newsroom.log, { type: "release", limit: 1 })[0]!;
  const subject = (kind: string) =>
    (db.prepare("SELECT subject FROM claims WHERE subject >= ? LIMIT 1").get(`${kind}/`)!.subject as string).slice(kind.length + 1);
  const sha256 = db.prepare("SELECT sha256 FROM captures LIMIT 1").get()!.sha256 as string;
  const middle = Math.floor(newsroom.log.size() / 2);
  const fixed = ROUTES.map(({ path }) => path).filter((path) => !/[:*]|^\/(mail|newsletter|metrics|oembed|log\/consistency)/.test(path));
  return [
    ...fixed,
    `/latest?before=${middle + Math.floor(middle / 2)}`,
    `/topics/${card.topic_slug}`,
    `/topics/${card.topic_slug}/feed.xml`,
    `/authors/${card.author_slug}`,
    "/archive/2024/06",
    "/search?q=vessel",
    "/search?q=vessel+warrant+witness",
    "/search?q=vesell",
    "/search?q=zzzzzz",
    "/search?q=0x098b716b8aaf21512996dc57eb0615e2383e2f96",
    `/stories/${card.slug}`,
    `/stories/${card.slug}/picture.svg`,
    `/press-releases/${release.slug}`,
    `/thefts/${subject("theft")}`,
    "/thefts?q=vessel&sort=amount",
    "/figures/quoted-0",
    "/figures/panel-2024-table-count",
    "/figures/panel-2024-table-by-year",
    "/case/theft",
    "/case/actor",
    "/case/measure",
    "/case/theft.csv",
    `/case/actor/${subject("actor")}`,
    `/actors/${subject("actor")}`,
    `/reports/${subject("report")}`,
    "/actors?q=vessel",
    `/evidence/${sha256}`,
    `/log/${middle}`,
    `/log/${middle}.json`,
    `/?known=${middle + Math.floor(middle / 2)}`,
  ];
}

/** The address without the name in it, the same at every size. */
const nameOf = (path: string): string =>
  path
    .replace(
      /^\/(stories|press-releases|thefts|reports|evidence|authors|actors|case\/actor|topics|log)\/(?!overlap|checkpoint|key|feed)[^/.?]+/,
      (_, room: string) => `/${room}/…`,
    )
    .replace(/=\d{3,}/, "=…");

/** A rival amount of some theft and another name of some group: the least that makes a page of either kind anew. */
function releaseClaim(folder: string): void {
  const writer = openForWriting(folder, systemEffects);
  const at = { log_size: writer.log.size(), evidence: "released" } as const;
  writer.transact("bench", (transaction) => {
    const seqs = (["theft", "actor"] as const).map((kind) => {
      const { seq, at: _at, by, kind_of, released, ...claim } = readClaims(writer.log, at, { kind, field: kind === "theft" ? "amount" : "alias", limit: 1 })[0]!;
      return appendClaim(transaction, { ...claim, as_of: "2026", value: kind === "theft" ? String(1_000 + at.log_size) : `Another ${at.log_size}` }, "bench");
    });
    appendRelease(transaction, seqs, [], "bench");
  });
  writer.close();
}

async function measure(newsroom: NewsroomReader, path: string): Promise<Measured> {
  // A site of its own for each page: nothing that another page made is there already.
  const site = openSite(newsroom, { clock: systemEffects.clock, hosts: ["127.0.0.1"], keep: false });
  await site.app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = site.app.server.address() as AddressInfo;
  try {
    const first = await ask(port, path);
    const again: number[] = [];
    for (let at = 0; at < AGAIN; at++) again.push((await ask(port, path)).ms);
    releaseClaim(newsroom.folder);
    const afterClaim = await ask(port, path);
    return { first_ms: first.ms, again_ms: again.sort((a, b) => a - b)[1]!, claim_ms: afterClaim.ms, kb: first.bytes / 1024, status: first.status };
  } finally {
    await site.close();
  }
}

console.log(
  `${cpus().length} cores, load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(" ")}, Node ${process.versions.node}`,
);
const measured = new Map<string, Measured[]>();
for (const size of sizes) {
  const folder = join(KEPT, String(size));
  if (!existsSync(join(folder, "newsroom.db"))) {
    mkdirSync(KEPT, { recursive: true });
    const from = performance.now();
    (await fillLargeNewsroom(folder, size)).close();
    console.log(`made ${size} stories, ${size * 10} claims in ${((performance.now() - from) / 1000).toFixed(1)} s`);
  }
  const from = performance.now();
  let newsroom = openNewsroom(folder);
  console.log(`${size} stories: opened in ${(performance.now() - from).toFixed(0)} ms, ${newsroom.log.size()} entries`);
  const paths = pathsOf(newsroom).filter((path) => !only || path.startsWith(only));
  // The program's own warm-up is none of the archive's doing.
  if (size === sizes[0]) for (const path of paths) await measure(newsroom, path);
  for (const [at, path] of paths.entries()) {
    const key = `${String(at).padStart(3)} ${nameOf(path)}`;
    // Opened anew: what one page keeps of the case file is not there for the next.
    newsroom.close();
    newsroom = openNewsroom(folder);
    measured.set(key, [...(measured.get(key) ?? []), await measure(newsroom, path)]);
  }
  console.log(`  memory after all pages: ${(process.memoryUsage.rss() / 1048576).toFixed(0)} MB`);
  newsroom.close();
}
console.log(`\n| page | ${sizes.map((size) => `${size}: first / again / after a claim ms, KB`).join(" | ")} |\n|---|${sizes.map(() => "---").join("|")}|`);
for (const [key, all] of measured)
  console.log(
    `| \`${key.slice(4)}\`${all.some(({ status }) => status !== 200) ? ` (${all.map(({ status }) => status).join(" ")})` : ""} | ${all.map(({ first_ms, again_ms, claim_ms, kb }) => `${first_ms.toFixed(1)} / ${again_ms.toFixed(1)} / ${claim_ms.toFixed(1)}, ${kb.toFixed(0)}`).join(" | ")} |`,
  );
const grown = (time: "first_ms" | "claim_ms") => [...measured].filter(([, all]) => all.at(-1)![time] > SLOW_MS && all.at(-1)![time] > 5 * all[0]![time]);
for (const [time, words] of [["first_ms", "With nothing kept"], ["claim_ms", "After a claim"]] as const) {
  const slow = grown(time);
  const named = slow.map(([key, all]) => `${key.slice(4)} (${all.at(-1)![time].toFixed(0)} ms)`).join(", ");
  console.log(slow.length === 0 ? `\n${words}: no page grows with the archive.` : `\n${words} these grow with the archive: ${named}`);
}
