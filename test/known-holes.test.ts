// Whether a dependency has a hole that the registry knows (ASVS 5.0 V15.2.1; SECURITY.md says within how long it is mended).
// Asked of the real registry by `npm run prove` alone: what is published tomorrow must not break today's tree. That the
// question finds a hole is tried here each time, against a registry of our own that knows of one.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { proving } from "./scale.ts";

const ASK_MS_MAX = 60_000;
const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "tracewire-holes-"));
for (const name of ["package.json", "package-lock.json"]) copyFileSync(join(root, name), join(folder, name));
after(() => rmSync(folder, { recursive: true, force: true }));

type Asked = { holes: string[] } | { unanswered: string };

/** What the registry knows against what is installed for running, from the lock alone. */
function askForHoles(registry?: string): Promise<Asked> {
  const npm = process.env.npm_execpath;
  const options = ["audit", "--omit=dev", "--package-lock-only", "--json", ...(registry ? [`--registry=${registry}`] : [])];
  const env = { ...process.env, npm_config_cache: join(folder, "cache"), npm_config_fetch_retries: "0", npm_config_fetch_timeout: "20000" };
  const [program, args] = npm ? [process.execPath, [npm, ...options]] : ["npm", options];
  return new Promise((done) => {
    let text = "";
    const child = spawn(program, args, { cwd: folder, env, timeout: ASK_MS_MAX });
    child.stdout.on("data", (part: Buffer) => (text += part.toString()));
    child.once("error", (error) => done({ unanswered: error.message }));
    child.once("close", () => {
      try {
        const found = JSON.parse(text) as { vulnerabilities?: Record<string, { severity: string }>; message?: string; error?: { summary?: string } };
        if (!found.vulnerabilities) return done({ unanswered: found.error?.summary || found.message || "it has no such service" });
        done({ holes: Object.entries(found.vulnerabilities).map(([name, { severity }]) => `${name}: ${severity}`) });
      } catch {
        done({ unanswered: text.slice(0, 200) || "no answer" });
      }
    });
  });
}

test("no dependency has a hole that the registry knows, and a hole that it knows is found", { timeout: 3 * ASK_MS_MAX }, async (t) => {
  const asked: Record<string, string[]>[] = [];
  const registry = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      // Which versions there are is asked too, to say what mends a hole.
      if (request.method !== "POST") return void response.writeHead(404).end("{}");
      const bytes = Buffer.concat(parts);
      const packages = JSON.parse((bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString()) as Record<string, string[]>;
      asked.push(packages);
      const hole = { id: 1, url: "https://example.org/1", title: "made up", severity: "high", vulnerable_versions: "*", cwe: [], cvss: { score: 0 } };
      response.setHeader("content-type", "application/json").end(JSON.stringify({ fastify: [hole] }));
    });
  });
  await new Promise<void>((listening) => registry.listen(0, "127.0.0.1", listening));
  const own = await askForHoles(`http://127.0.0.1:${(registry.address() as AddressInfo).port}/`);
  registry.close();
  if ("unanswered" in own && /ENOENT/.test(own.unanswered)) return t.skip("npm is not installed");
  assert.deepEqual(own, { holes: ["fastify: high"] });
  assert.ok(asked.some((packages) => packages.sharp && packages["prosemirror-view"] && !packages.typescript), "what runs is asked about, what only tests use is not");
  if (!proving) return;
  const real = await askForHoles();
  if ("unanswered" in real) return t.skip(`the registry does not say: ${real.unanswered}`);
  assert.deepEqual(real.holes, []);
});
