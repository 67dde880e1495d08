// The demo newsroom and its site, served for real on a free port, for tests of what readers get.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mountApi } from "../src/api/api.ts";
import { importCasefile } from "../src/casefile/casefile.ts";
import { demoSources, demoStories, demoTraces } from "../src/cli/demo.ts";
import { readSource } from "../src/cli/import.ts";
import { readAsk } from "../src/cli/trace-ask.ts";
import { findReader, importDataset, READERS } from "../src/datasets/datasets.ts";
import { askNewsroom, importTransfers, saveTrace, TRANSFER_READERS } from "../src/tracing/tracing.ts";
import { seededRandom, steppedClock } from "../src/effects.ts";
import { appendFigureSpec } from "../src/figures/figures.ts";
import { createNewsroom, openNewsroom, type NewsroomWriter } from "../src/newsroom.ts";
import { parseStoryText, publishStory } from "../src/press/press.ts";
import { openSite, type Site } from "../src/site/site.ts";
import { repositoryRoot } from "./scale.ts";

export type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer; text: string };

export type ServedSite = Site & {
  newsroom: NewsroomWriter;
  /** http://127.0.0.1:PORT */
  base: string;
  get(path: string, options?: { method?: string; headers?: Record<string, string> }): Promise<Answer>;
  stop(): Promise<void>;
};

/** An empty newsroom, or one with the demo's case file, figures and stories, at a stepped clock. */
export async function serveNewsroom({ demo }: { demo: boolean }): Promise<ServedSite> {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-site-"));
  const clock = steppedClock("2026-11-20T00:00:00.000Z", 1_000);
  const newsroom = createNewsroom(folder, { clock, random: seededRandom(7) });
  if (demo) await fillDemo(newsroom);
  const reader = openNewsroom(folder);
  const site = openSite(reader, { clock, hosts: ["127.0.0.1", "localhost"] });
  // As `tracewire serve` does: pages link to /v1.
  const api = mountApi(site.app, reader, {
    effects: { clock, random: seededRandom(8) },
    report(error) {
      throw error;
    },
  });
  await site.app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = site.app.server.address() as AddressInfo;
  return {
    ...site,
    newsroom,
    base: `http://127.0.0.1:${port}`,
    get: (path, options) => get(port, path, options),
    async stop() {
      await api.close();
      await site.close();
      reader.close();
      newsroom.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function fillDemo(newsroom: NewsroomWriter): Promise<void> {
  const demo = join(repositoryRoot, "demo");
  await importCasefile(newsroom, join(demo, "casefile"), { by: "demo", retrieved_at: "2026-11-20T00:00:00Z", release: true });
  for (const { format, paths, edition, licence } of demoSources()) {
    const files = paths.flatMap(readSource);
    const how = { by: "demo", retrieved_at: "2026-11-20T00:00:00Z", licence, release: true };
    if (READERS.some((reader) => reader.format === format)) {
      const reader = findReader(
        format,
        files.map((file) => file.name),
      );
      const read = reader.format === "table" ? files : files.filter((file) => reader.recognises(file.name));
      await importDataset(newsroom, reader, read, { ...how, edition });
    }
    const transfers = TRANSFER_READERS.find((item) => item.format === format);
    const own = files.filter(({ name }) => transfers?.own_names?.test(name) ?? true).map(({ name, bytes }) => ({ name, raw: () => [bytes] }));
    if (transfers) await importTransfers(newsroom, transfers, own, how);
  }
  for (const { id, title, set, ...question } of demoTraces()) {
    const found = await askNewsroom(newsroom, readAsk(question), { sets: set, keepSteps: true });
    newsroom.transact("demo", (transaction) => saveTrace(transaction, found, { id, title, by: "demo", captures: found.captures, release: true }));
  }
  newsroom.transact("demo", (transaction) => {
    for (const name of readdirSync(join(demo, "figures")).sort())
      appendFigureSpec(transaction, JSON.parse(readFileSync(join(demo, "figures", name), "utf8")), "demo");
  });
  for (const path of demoStories()) {
    const story = parseStoryText(readFileSync(path, "utf8"), path);
    newsroom.transact("demo", (transaction) => publishStory(transaction, newsroom.log, story, { by: "demo" }));
  }
}

/** node:http and not fetch: a test has to be able to send a foreign Host. */
function get(
  port: number,
  path: string,
  { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // Who asks for a connection of its own must not be given one that has waited, and may be closed by now.
    const agent = headers.connection === "close" ? false : undefined;
    const call = request({ host: "127.0.0.1", port, path, method, headers, agent }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => {
        const body = Buffer.concat(parts);
        resolve({ status: response.statusCode!, headers: response.headers, body, text: body.toString() });
      });
    });
    call.on("error", reject);
    call.end();
  });
}
