import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { basename } from "node:path";
import { deskOrigin, LOG_FORMATS, plainHttpProblem } from "../config.ts";
import { TracewireError } from "../errors.ts";
import { mountApi } from "../api/api.ts";
import { keepDesk, mountDesk } from "../desk/desk.ts";
import { findFigureSpec } from "../figures/figures.ts";
import { createNewsroom, isClosed, newsroomExists, openForWriting, openNewsroom, type NewsroomReader, type NewsroomWriter } from "../newsroom.ts";
import { http } from "../node-http.ts";
import { openSchedule, scheduleExists } from "../press/press.ts";
import { publishDue } from "../scheduler.ts";
import { openSite } from "../site/site.ts";
import { refuseWhileBuilding } from "./building.ts";
import { whole, type Command, type CommandContext } from "./command.ts";
import { openHubWorker } from "./hub-worker.ts";
import { startWebhooks } from "./webhook-worker.ts";
import { openMailWorker } from "./mail-worker.ts";

/** How late a scheduled story may come out while the site runs. */
const SCHEDULE_LOOK_MS = 1_000;
/** Only the demo has it. */
const DEMO_FIGURE = "panel-2024-table-usd";
/** From this size of the log the figures on the front page take long enough to be made before the first reader comes. */
const WARMED_ENTRIES_MIN = 20_000;
/** With Node's 511 a thousand readers who come at once wait seconds for a connection that the kernel has dropped. */
const WAITING_CONNECTIONS_MAX = 4_096;
const COMMAND_CHARS_MAX = 160;
const SHUTDOWN_MS_MAX = 10_000;
/** npm, the shell and the bootstrap may each pass the same Ctrl-C on: it counts once. */
const SIGNAL_ECHO_MS = 700;

export const serve: Command = {
  name: "serve",
  summary: "Serve the newsroom's site; the first start builds the demo",
  options: [
    { flags: "--port <number>", about: "port (4100, or TRACEWIRE_PORT or PORT in the environment)" },
    { flags: "--host <name>", about: "address to listen on, and a name to answer to (127.0.0.1)" },
    { flags: "--desk-host <address:port>", about: "give the desk an origin of its own; without it the desk is at /desk" },
    { flags: "--log <format>", about: "a line for each answer on standard error", choices: LOG_FORMATS },
    { flags: "--empty", about: "start an empty newsroom instead of the demo" },
    { flags: "--demo", about: "build the demo when there is no newsroom yet (what npm start does)" },
  ],
  examples: [
    ["npm start", "the demo newsroom at http://127.0.0.1:4100"],
    ["npm start -- --port 4200 --data ../my-newsroom --empty", "an empty newsroom elsewhere"],
  ],
  async run(context, _, options) {
    const { config, output } = context;
    const port = whole(options, "port", "--port") ?? config.port;
    const host = typeof options.host === "string" ? options.host : config.host;
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new TracewireError("BAD_ARGUMENT", { what: `${port} is no port` });
    const plain = plainHttpProblem({ ...config, host });
    if (plain) throw new TracewireError("BAD_CONFIG", { what: plain[0], where: "plain_http", hint: plain[1] });
    await refuseTakenPort(port, host);
    const { listen } = config.desk;
    if (listen && port !== 0 && listen.port === port) throw new TracewireError("PORT_TAKEN", { what: `desk_host: ${port} is the site's own port`, hint: "Give the desk another one, such as 127.0.0.1:4101." });
    if (listen) await refuseTakenPort(listen.port, listen.host);
    if (!newsroomExists(config.data)) {
      refuseWhileBuilding(config.data);
      if (options.empty) {
        const newsroom = createNewsroom(config.data, context.effects);
        output.note(`Made an empty newsroom in ${config.data}`);
        newsroom.close();
      } else if (options.demo) await (await import("./demo.ts")).buildDemo(context);
      else throw new TracewireError("NO_NEWSROOM", { where: config.data, hint: "Start with npm start (the demo), or --empty." });
      output.note(`Public key, to pin with verify --key: ${openKey(config.data)}`);
    }
    if (!isClosed(config.data)) output.note(`Other users of this machine can look into ${config.data}: chmod 700 ${config.data}`);
    mendCaches(context);

    const newsroom = openNewsroom(config.data);
    const mail = openMailWorker(context, newsroom);
    const hub = openHubWorker(context, newsroom);
    const hosts = ["127.0.0.1", "localhost", "[::1]", host.toLowerCase(), new URL(config.base_url).hostname.toLowerCase()];
    let deskUrl = config.desk.url;
    const deskSettings = () => ({
      folder: config.data,
      url: deskUrl,
      hosts: [...hosts, new URL(deskUrl).hostname],
      proxies: config.proxies,
      plain_http: config.plain_http,
      approval: config.desk.approval,
      second_step: config.desk.second_step,
      unsaved_words: config.desk.unsaved_words,
      mail: config.mail,
      ...(config.desk.listen ? { site_url: config.base_url, ...(config.log === "off" ? {} : { log: config.log }) } : {}),
    });
    let deskIsUp = (): boolean => true;
    const site = openSite(newsroom, {
      ...(config.desk.listen ? { deskState: () => (deskIsUp() ? "ok: runs" : "down: it has ended and is started again") } : {}),
      clock: context.effects.clock,
      base_url: context.config.base_url,
      contact: context.config.contact,
      hub: context.config.hub,
      proxies: config.proxies,
      plain_http: config.plain_http,
      note: output.note,
      ...(hub ? { gauges: hub.gauges } : {}),
      hosts,
      signUp: mail?.signUp,
      mailSink: mail?.mailSink,
      ...(config.log === "off" ? {} : { log: { format: config.log, write: (line) => void process.stderr.write(`${line}\n`) } }),
    });
    // At an origin of its own the desk takes programs' writes there, and the site tells nobody where.
    const way = config.desk.listen ? undefined : mountDesk(site.app, deskSettings, output.note);
    const kept = way ? undefined : await keepDesk({ ...deskSettings(), listen: config.desk.listen! }, output.note);
    if (kept) deskIsUp = kept.isUp;
    const desk = way ?? kept!;
    const api = mountApi(site.app, newsroom, {
      effects: context.effects,
      report: (error) => context.output.note(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    }, way?.handOn);
    const address = await site.app.listen({ port, host, backlog: WAITING_CONNECTIONS_MAX });
    // A port that was left to the system is known only now.
    if (!config.desk.listen && config.origins.desk_url === "default" && config.origins.base_url === "default") deskUrl = deskOrigin(address);
    await mail?.start(address);
    hub?.start();
    const webhooks = startWebhooks(context, newsroom);
    output.json({ address, data: config.data, log_size: newsroom.log.size(), root: newsroom.log.root(), pid: process.pid });
    for (const line of greeting(address, newsroom, config.origins.data === "default" ? "" : ` --data ${config.data}`, output.bold)) output.line(line);
    if (!context.json) await tellDesk(context, deskUrl);
    const scheduler = startScheduler(context);
    if (newsroom.log.size() > WARMED_ENTRIES_MIN) http.get(address).on("response", (response) => response.resume()).on("error", () => {});
    await untilStopped();
    clearInterval(scheduler);
    output.note("Stopping: requests in flight are finished first.");
    const forced = setTimeout(() => process.exit(5), SHUTDOWN_MS_MAX);
    // The site first: what it has taken may still ask the desk and the API.
    await site.close();
    await desk.stop();
    await api.close();
    await mail?.stop();
    await hub?.stop();
    await webhooks.stop();
    newsroom.close();
    clearTimeout(forced);
  },
};

/** What is due is published by this process, which opens the log for writing only for that moment. */
function startScheduler(context: CommandContext): NodeJS.Timeout {
  const { data } = context.config;
  const timer = setInterval(() => {
    if (!scheduleExists(data)) return;
    const schedule = openSchedule(data);
    try {
      if (schedule.due(context.effects.clock()).length === 0) return;
      const writer = openForWriting(data, context.effects);
      try {
        for (const fired of publishDue(writer, schedule, context.effects.clock()))
          context.output.note(`${fired.slug}, due ${fired.due}: ${fired.outcome}${fired.why ? ` (${fired.why})` : ""}`);
      } finally {
        writer.close();
      }
    } catch (error) {
      // A busy writer is met again at the next look; the site goes on serving in any case.
      context.output.note(`Scheduled publishing: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      schedule.close();
    }
  }, SCHEDULE_LOOK_MS);
  timer.unref();
  return timer;
}

/** Where the desk is; and, until there is an administrator, the one link that makes one. */
async function tellDesk({ config, effects, output }: CommandContext, url: string): Promise<void> {
  output.line(`  The desk is at ${output.bold(`${url}/desk`)}`);
  try {
    const { firstLink, openAccounts } = await import("../accounts/accounts.ts");
    const accounts = openAccounts(config.data, effects);
    const link = firstLink(accounts);
    accounts.close();
    if (!link) return;
    output.line(`  The first administrator signs up here, once, until ${link.expires.slice(0, 16).replace("T", " ")} UTC:`);
    output.line(`    ${url}/desk/join/${link.token}`);
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
    output.note(`No accounts: ${error.message}`);
  }
  output.line();
}

/** `place` is what a command beside it must be told to find this folder. */
function greeting(address: string, { folder, log }: NewsroomReader, place: string, bold: (text: string) => string): string[] {
  const isDemo = findFigureSpec(log, DEMO_FIGURE) !== undefined;
  const toTry = isDemo
    ? [`figure ${DEMO_FIGURE}`, "capture demo/try/2023-09-04-Stake.md --grade copy --source-grade C --item-grade 3", "verify"]
    : ["capture FILE --grade copy --source-grade C --item-grade 3", "doctor", "verify"];
  return [
    "",
    `  Tracewire is at ${bold(address)}`,
    `  The newsroom is in ${folder} (${log.size()} entries). Ctrl-C stops it.`,
    "",
    "  Three things to try, here in the clone, while it runs:",
    ...toTry.map((words) => `    npx tracewire ${words}${place}`),
    "",
  ];
}

/** A crash may have left tiles or the checkpoint file behind the log: they are caches and are made again. */
function mendCaches(context: CommandContext): void {
  try {
    const writer = openForWriting(context.config.data, context.effects);
    try {
      writer.log.repair({ thorough: false });
      eraseLeftBlobs(writer);
    } finally {
      writer.close();
    }
  } catch (error) {
    if (!(error instanceof TracewireError) || !["READ_ONLY", "DISK_FULL", "WRITER_BUSY"].includes(error.code)) throw error;
    context.output.note(`Reading only: ${error.message}`);
  }
}

/** A crash between an erasure's commit and the unlinking of its bytes leaves them: they go now. */
function eraseLeftBlobs(writer: NewsroomWriter): void {
  const captured = writer.log.db.prepare("SELECT 1 FROM captures WHERE sha256 = ?");
  for (const { seq } of writer.log.db.prepare("SELECT seq FROM entry_index WHERE kind = 'erasure'").all())
    for (const sha256 of (writer.log.read(seq as number)?.body?.blobs ?? []) as string[])
      if (writer.blobs.has(sha256) && !captured.get(sha256)) writer.blobs.erase(sha256);
}

function openKey(data: string): string {
  const newsroom = openNewsroom(data);
  newsroom.close();
  return newsroom.verifierKey;
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let first = 0;
    const stop = () => {
      const now = performance.now();
      if (first === 0) {
        first = now;
        resolve();
      } else if (now - first > SIGNAL_ECHO_MS) process.exit(130);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  });
}

/** Asked before anything is built: a taken port should not cost a minute. */
function refuseTakenPort(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE")
        reject(new TracewireError("PORT_TAKEN", { what: `Port ${port} on ${host} is in use${portHolder(port)}`, cause: error }));
      else reject(new TracewireError("BAD_ARGUMENT", { what: `Cannot listen on ${host}:${port} (${error.code})`, cause: error }));
    });
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

/** A command line as a person knows it: the program's name, its script and its words; what was said to the runtime is left out. */
export function commandWords([program = "", ...args]: readonly string[]): string {
  const first = args.findIndex((arg) => !arg.startsWith("-"));
  const words = [basename(program), ...(first < 0 ? args : args.slice(first))].join(" ");
  return words.length > COMMAND_CHARS_MAX ? `${words.slice(0, COMMAND_CHARS_MAX)}…` : words;
}

/** Who holds a port, where the system tells (Linux, own processes): socket inode → process. */
function portHolder(port: number): string {
  try {
    const hex = port.toString(16).toUpperCase().padStart(4, "0");
    const inodes = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .map((line) => line.trim().split(/\s+/))
        .filter((columns) => columns[1]?.endsWith(`:${hex}`) && columns[3] === "0A")
        .map((columns) => `socket:[${columns[9]}]`),
    );
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
      try {
        for (const handle of readdirSync(`/proc/${pid}/fd`))
          if (inodes.includes(readlinkSync(`/proc/${pid}/fd/${handle}`)))
            return ` by process ${pid} (${commandWords(readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean))})`;
      } catch {
        // Another user's process, or one that has just ended.
      }
  } catch {
    // Not Linux: the code alone must do.
  }
  return "";
}
