// The desk in a process of its own. The public site holds no writer, no key and no account: what is asked at /desk it hands
// on, through a socket that only this user's processes can open, and it names the network that the request came from. With an
// origin of its own (desk_host) the desk listens by itself and the site has no part in it.
import { fork, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { MailSettings } from "../config.ts";
import { TracewireError } from "../errors.ts";
import { http } from "../node-http.ts";
import type { SecondStep, UnsavedWords } from "./route.ts";
import { clientOf } from "../site/site.ts";

/** Set by the site alone; the same name from outside is dropped. */
export const REMOTE_HEADER = "x-tracewire-remote";
/** By the environment: the mail server's password is in it, and arguments are everybody's to read. */
export const SETTINGS_VARIABLE = "TRACEWIRE_DESK_SETTINGS";
const START_MS_MAX = 20_000;
const STOP_MS_MAX = 8_000;
const RESTART_AFTER_MS = 1_000;
/** Of one connection to the next (RFC 9110 §7.6.1). */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", REMOTE_HEADER]);

export type DeskProcessSettings = {
  folder: string;
  url: string;
  hosts: readonly string[];
  /** Of proxies beside those of this machine: for an address of its own. */
  proxies?: readonly string[];
  plain_http?: "refused" | "allowed";
  approval: "another" | "anybody";
  mail: MailSettings;
  /** Where the public site is, if the desk has an origin of its own. */
  site_url?: string;
  second_step: SecondStep;
  unsaved_words: UnsavedWords;
  /** A line for each answer of a desk at an address of its own; through the site the site writes it. */
  log?: "text" | "json";
  /** An address of its own, or a socket for the site. */
  listen: { host: string; port: number } | { socket: string };
};

export type RunningDesk = { /** Where it listens. */ address: string; stop(): Promise<void>; /** Resolves when it has ended. */ ended: Promise<void> };

/** Starts the process and waits until it listens. Throws what it could not do. */
export async function startDesk(settings: DeskProcessSettings): Promise<RunningDesk> {
  const child = fork(join(import.meta.dirname, "desk-main.ts"), [], { env: { ...process.env, [SETTINGS_VARIABLE]: JSON.stringify(settings) }, stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const address = await firstWord(child);
  return {
    address,
    ended,
    async stop() {
      if (child.connected) child.disconnect();
      const forced = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
      await ended;
      clearTimeout(forced);
    },
  };
}

/** A desk at an origin of its own, started again when it ends. Throws what the first start could not do. */
export async function keepDesk(settings: DeskProcessSettings, note: (text: string) => void): Promise<KeptDesk> {
  let [stopping, up] = [false, true];
  let running = await startDesk(settings);
  const watch = (): void =>
    void running.ended.then(async () => {
      up = false;
      while (!stopping) {
        note("The desk has ended; it is started again.");
        await wait(RESTART_AFTER_MS);
        if (stopping) return;
        try {
          running = await startDesk(settings);
          up = true;
          return watch();
        } catch (error) {
          note(error instanceof Error ? error.message : String(error));
        }
      }
    });
  watch();
  return {
    isUp: () => up,
    async stop() {
      stopping = true;
      await running.stop();
    },
  };
}

function firstWord(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const refuse = (what: string) => reject(new TracewireError("INTERNAL", { what }));
    const late = setTimeout(() => (child.kill("SIGKILL"), refuse("The desk did not start in time")), START_MS_MAX);
    child.once("message", (message: { address?: string; error?: string }) => {
      clearTimeout(late);
      if (message.address !== undefined) resolve(message.address);
      else refuse(`The desk did not start: ${message.error ?? ""}`);
    });
    child.once("exit", (code) => {
      clearTimeout(late);
      refuse(`The desk ended with ${String(code)}`);
    });
  });
}

export type MountedDesk = { stop(): Promise<void> };
type KeptDesk = MountedDesk & { isUp(): boolean };
/** The site's way to the desk, for other addresses than /desk that the desk answers. */
export type WayToDesk = MountedDesk & { handOn(request: IncomingMessage, response: ServerResponse): Promise<void> };

/** /desk of the site. The process starts when the first asks for it, and anew when it has ended. Before `app` listens; the settings are asked for then. */
export function mountDesk(app: FastifyInstance, settings: () => Omit<DeskProcessSettings, "listen">, note: (text: string) => void): WayToDesk {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-desk-"));
  let count = 0;
  let running: Promise<RunningDesk> | undefined;
  let stopping = false;
  const desk = (): Promise<RunningDesk> => {
    const name = `desk-${count++}`;
    // Windows has no sockets in folders; its pipes are this user's alone.
    const socket = process.platform === "win32" ? `\\\\.\\pipe\\tracewire-${process.pid}-${name}` : join(folder, `${name}.sock`);
    const started = startDesk({ ...settings(), listen: { socket } });
    void started.then(
      ({ ended }) => void ended.then(() => (running = undefined)),
      () => (running = undefined),
    );
    return started;
  };
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    for (const url of ["/desk", "/desk/*"])
      scope.all(url, async (request, reply) => {
        if (stopping) throw new TracewireError("NOT_FOUND");
        const { address } = await (running ??= desk());
        reply.hijack();
        handOn(address, request.raw, reply.raw, note);
      });
  });
  return {
    async handOn(request, response) {
      try {
        if (stopping) throw new TracewireError("INTERNAL", { what: "The desk is stopping" });
        const { address } = await (running ??= desk());
        handOn(address, request, response, note);
      } catch (error) {
        note(error instanceof Error ? error.message : String(error));
        notNow(response);
      }
    },
    async stop() {
      stopping = true;
      await (await running?.catch(() => undefined))?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function handOn(socketPath: string, request: IncomingMessage, response: ServerResponse, note: (text: string) => void): void {
  const kept = (headers: NodeJS.Dict<string | string[]>) => Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
  // Kept alive so that the desk does not close under our last write, after which its answer would be lost; we close it.
  const headers = { ...kept(request.headers), connection: "keep-alive", [REMOTE_HEADER]: clientOf(request).remote, ...(request.headers["transfer-encoding"] ? { "transfer-encoding": "chunked" } : {}) };
  const onward = http.request({ socketPath, method: request.method, path: request.url, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode!, kept(answer.headers));
    answer.pipe(response);
    answer.on("error", () => response.destroy());
    answer.on("close", () => onward.destroy());
  });
  onward.on("error", (error) => {
    note(`The desk did not answer: ${error.message}`);
    if (response.headersSent) return void response.destroy();
    notNow(response);
  });
  // A browser that leaves takes its request along.
  response.on("close", () => response.writableFinished || onward.destroy());
  request.pipe(onward);
}

function notNow(response: ServerResponse): void {
  response.writeHead(503, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", connection: "close" });
  response.end("The desk does not answer now. Try again in a moment.\n");
}
