// The desk in Chromium, for tests of what a browser shows: a person signed in, and every fault of the page written down.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { deskNewsroom, type BenchOptions, type DeskNewsroom, type Handle } from "./desk-newsroom.ts";

const CHROMIUM = process.env.TRACEWIRE_CHROMIUM ?? "/usr/bin/chromium";
export const noChromium = existsSync(CHROMIUM) ? false : `no Chromium at ${CHROMIUM}: apt-get install chromium, or set TRACEWIRE_CHROMIUM`;
/** Where pictures go, to be looked at. */
const PICTURES = process.env.TRACEWIRE_PICTURES;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export type Visit = { context: BrowserContext; page: Page; faults: string[] };
export type DeskBrowser = {
  bench: DeskNewsroom;
  base: string;
  asPerson(handle: Handle, options?: Parameters<Browser["newContext"]>[0]): Promise<Visit>;
  /** Signed in as nobody. */
  asNobody(options?: Parameters<Browser["newContext"]>[0]): Promise<Visit>;
  /** One page more of the same person. */
  another(visit: Pick<Visit, "context">): Promise<Visit>;
  /** What axe finds on the page, as lines. */
  axe(page: Page): Promise<string[]>;
  /** Waits for an expression to hold; the page's own policy refuses what Playwright's waiting makes of text. */
  until(page: Page, expression: string): Promise<void>;
  picture(page: Page, name: string): Promise<void>;
  close(): Promise<void>;
};

/** `software_gl`: WebGL by the processor, where there is no graphics card. */
export async function deskBrowser({ software_gl = false, ...options }: { software_gl?: boolean } & BenchOptions = {}): Promise<DeskBrowser> {
  const bench = await deskNewsroom(options);
  await bench.desk.app.listen({ port: 0, host: "127.0.0.1" });
  const base = `http://localhost:${(bench.desk.app.server.address() as AddressInfo).port}`;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", ...(software_gl ? ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"] : ["--disable-gpu"])] });
  const another: DeskBrowser["another"] = async ({ context }) => {
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("request", (request) => !request.url().startsWith(base) && faults.push(`asks ${request.url()}`));
    return { context, page, faults };
  };
  const asNobody: DeskBrowser["asNobody"] = async (options = {}) => another({ context: await browser.newContext(options) });
  return {
    bench,
    base,
    asNobody,
    another,
    async asPerson(handle, options) {
      const visit = await asNobody(options);
      await visit.context.addCookies([{ name: "tracewire-desk", value: bench.tokens[handle], url: `${base}/desk`, httpOnly: true, sameSite: "Strict" }]);
      return visit;
    },
    async axe(page) {
      // As a script of the browser's own: the page's policy has no room for it.
      await page.evaluate(axe);
      const { violations } = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as { violations: { id: string; nodes: { html: string }[] }[] };
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 200)}`);
    },
    async until(page, expression) {
      // A page that is on its way to another one answers nothing.
      for (let tries = 0; !(await page.evaluate(expression).catch(() => false)); tries += 1) {
        if (tries > 600) throw new Error(`It never came to hold: ${expression}`);
        await page.waitForTimeout(50);
      }
    },
    async picture(page, name) {
      if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png` });
    },
    async close() {
      await browser.close();
      await bench.remove();
    },
  };
}
