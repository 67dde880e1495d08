// What `config check` tries besides reading: ports, the mail server, the folder. `serve` tries none of it before it starts.
import { existsSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import type { Config, SettingName } from "../config.ts";
import type { Effects } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { makeFolders } from "../evidence/evidence.ts";
import { openPeople, otherSites, PEOPLE_FILE, type RunningSite } from "../newsletter/newsletter.ts";
import { KEY_FILE, newsroomExists } from "../newsroom.ts";

type Tried = { problem: string; hint: string } | { note: string };

const CONNECT_MS_MAX = 5_000;
/** Where the address of a mail server names none (RFC 8314 §3.3, RFC 6409 §3.1). */
const SMTP_PORTS = { "smtps:": 465, "smtp:": 587 } as const;

export async function tryConfig(config: Config, effects: Effects): Promise<Partial<Record<SettingName, Tried>>> {
  const sites = runningSites(config.data, effects);
  const { listen } = config.desk;
  const [port, desk_host, smtp_url] = await Promise.all([
    tryPort(config.host, config.port, sites.find(({ address }) => Number(new URL(address).port) === config.port)),
    listen && listen.port !== config.port ? tryPort(listen.host, listen.port, sites[0]) : undefined,
    config.mail.smtp_url === undefined ? undefined : tryMailServer(config.mail.smtp_url),
  ]);
  return { ...(port ? { port } : {}), ...(desk_host ? { desk_host } : {}), ...(smtp_url ? { smtp_url } : {}) };
}

/** Sites that run from this folder, as they noted themselves. */
function runningSites(data: string, effects: Effects): RunningSite[] {
  if (!existsSync(join(data, PEOPLE_FILE))) return [];
  try {
    const people = openPeople(data, effects);
    try {
      return otherSites(people);
    } finally {
      people.close();
    }
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
    return [];
  }
}

function tryPort(host: string, port: number, own: RunningSite | undefined): Promise<Tried | undefined> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === "EADDRINUSE" && own) resolve({ note: `In use, by the site that runs from this folder (process ${own.pid}).` });
      else if (code === "EADDRINUSE") resolve({ problem: `Port ${port} on ${host} is in use by another program`, hint: "End it, or choose another port." });
      else resolve({ problem: `Cannot listen on ${host}:${port} (${code})`, hint: "Use an address of this machine, and a port that this user may take." });
    });
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}

/** A connection and nothing more: no greeting is waited for, nothing is sent. */
function tryMailServer(text: string): Promise<Tried | undefined> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !Object.hasOwn(SMTP_PORTS, url.protocol)) return Promise.resolve(undefined);
  const port = Number(url.port) || SMTP_PORTS[url.protocol as keyof typeof SMTP_PORTS];
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MS_MAX });
    const end = (why: string | undefined) => {
      socket.destroy();
      resolve(why === undefined ? undefined : { problem: `The mail server ${host}:${port} takes no connection (${why})`, hint: "Look at its name and port, and at what stands between; letters wait in the outbox until it answers." });
    };
    socket.once("connect", () => end(undefined));
    socket.once("timeout", () => end(`no answer in ${CONNECT_MS_MAX / 1_000} seconds`));
    socket.once("error", ({ code, message }: NodeJS.ErrnoException) => end(code ?? message));
  });
}

/** Whether a newsroom is there or could be made: what makes one refuses the rest. */
export function folderProblem(data: string): readonly [problem: string, hint: string] | undefined {
  const another = "Name a folder that is empty, not there yet, or holds a newsroom.";
  if (!existsSync(data)) return madeAndTakenAway(data) ? undefined : [`${data} cannot be made`, another];
  if (!statSync(data).isDirectory()) return [`${data} is a file`, another];
  if (newsroomExists(data)) return undefined;
  const present = readdirSync(data).filter((name) => name !== "tmp");
  return present.length > 0 && !present.includes(KEY_FILE) ? [`${data} holds no newsroom and is not empty (${present.slice(0, 3).join(", ")}${present.length > 3 ? ", …" : ""})`, another] : undefined;
}

function madeAndTakenAway(data: string): boolean {
  try {
    for (const folder of makeFolders(data)) rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
