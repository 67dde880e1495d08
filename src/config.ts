// Where things are. Flags come before the environment, the environment before the file, the file before laptop defaults.
// One table says it all: docs/running.md is written from it, the file is checked against it, `config check` prints it.
import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join, resolve } from "node:path";
import { editDistance } from "./edit-distance.ts";
import { TracewireError } from "./errors.ts";

export const PORT_DEFAULT = 4100;
export const CONFIG_FILE = "tracewire.config.json";

/** Mail goes out only where a server is set; else it stays in the local sink. docs/newsletter.md explains each. */
export type MailSettings = {
  smtp_url?: string;
  /** "Name <address>" */
  from: string;
  /** Where readers reach the site, without a slash at its end: links in mails begin with it. */
  base_url: string;
  /** Nobody set it: it is this machine's own address, where no real reader can follow a link. */
  base_url_is_guess?: true;
  dkim?: { domain: string; selector: string; key_file: string };
};

type Setting = { environment: string; /** A name of the environment that others know it by. */ also?: string; about: string; secret?: boolean; number?: boolean; choices?: readonly string[] };

export const PLAIN_HTTP = ["refused", "allowed"] as const;
export const UNSAVED_WORDS = ["kept", "never"] as const;
export const LOG_FORMATS = ["off", "text", "json"] as const;

/** Every setting by its name in the file. */
export const SETTINGS = {
  data: { environment: "TRACEWIRE_DATA", about: "folder of the newsroom (.tracewire)" },
  host: { environment: "TRACEWIRE_HOST", about: "address to listen on (127.0.0.1)" },
  port: { environment: "TRACEWIRE_PORT", also: "PORT", about: `port to listen on (${PORT_DEFAULT}; PORT in the environment counts too); printed links go to the port of the site that runs`, number: true },
  proxies: {
    environment: "TRACEWIRE_PROXIES",
    about: "proxies on other machines or in other containers, as 172.17.0.1 or 10.0.0.0/8, with commas: their X-Forwarded-For counts as that of this machine's own does",
  },
  plain_http: {
    environment: "TRACEWIRE_PLAIN_HTTP",
    about: "where it listens beyond this machine: refused (default; the addresses must be https, and only this machine and proxies are answered) or allowed (everybody, in the clear: a closed network alone)",
    choices: PLAIN_HTTP,
  },
  base_url: {
    environment: "TRACEWIRE_BASE_URL",
    about: "where readers find the site, with scheme; feeds, previews and mails begin with it",
  },
  desk_host: {
    environment: "TRACEWIRE_DESK_HOST",
    about: "address and port at which the desk listens by itself, as 127.0.0.1:4101; without it the desk is at /desk of the site",
  },
  desk_url: {
    environment: "TRACEWIRE_DESK_URL",
    about: "where people reach the desk, scheme and host only; links, cookies and passkeys hold for it (base_url, or desk_host)",
  },
  approval: {
    environment: "TRACEWIRE_APPROVAL",
    about: "who approves a story, at the desk and by `tracewire draft`: anybody whose role may (default), or another person than its author",
    choices: ["anybody", "another"],
  },
  second_step: {
    environment: "TRACEWIRE_SECOND_STEP",
    about: "whether the desk lets people work who signed in by a password alone: asked (default, they are told) or required",
    choices: ["asked", "required"],
  },
  unsaved_words: {
    environment: "TRACEWIRE_UNSAVED_WORDS",
    about: "whether the editor keeps words that the desk has not got yet on the device that they were typed on: kept (default, nothing is lost when a line or session ends) or never",
    choices: UNSAVED_WORDS,
  },
  contact: { environment: "TRACEWIRE_CONTACT", about: "where errors are reported: mailto:… or https://…" },
  hub: { environment: "TRACEWIRE_HUB", about: "WebSub hub of the feeds; none by default" },
  log: {
    environment: "TRACEWIRE_LOG",
    about: "a line for each answer on standard error: off (default), text or json",
    choices: LOG_FORMATS,
  },
  smtp_url: {
    environment: "TRACEWIRE_SMTP_URL",
    about: "mail server, smtp:// or smtps://; without it letters stay at /mail",
    secret: true,
  },
  mail_from: { environment: "TRACEWIRE_MAIL_FROM", about: "sender of letters, “Name <address>”" },
  dkim_domain: { environment: "TRACEWIRE_DKIM_DOMAIN", about: "domain that signs letters" },
  dkim_selector: { environment: "TRACEWIRE_DKIM_SELECTOR", about: "DKIM selector" },
  dkim_key_file: { environment: "TRACEWIRE_DKIM_KEY_FILE", about: "file of the DKIM private key (PEM)" },
  corpora: { environment: "TRACEWIRE_CORPORA", about: "folder of data that only tests read, for developers (../shared beside the clone, where it is there)" },
} as const satisfies Record<string, Setting>;

/** Names of the environment that are no settings: two of commands, the desk's own process, and those of tests. */
const OTHER_NAMES = ["CONFIG", "BY", "DESK_SETTINGS", "CHROMIUM", "FUZZ_PDF", "GOLDEN", "PICTURES", "PROVE", "SEED"].map((name) => `TRACEWIRE_${name}`);
/** Beyond this many changes of letters another name is no help. */
const NEAR_MAX = 6;

export type SettingName = keyof typeof SETTINGS;
export type Origin = "flag" | "environment" | "file" | "default";

export type Config = {
  data: string;
  host: string;
  port: number;
  corpora: string;
  /** Where readers find the site, without a slash at its end. */
  base_url: string;
  /** `listen` where the desk has an origin of its own; `url` without a slash at its end. */
  desk: { listen?: { host: string; port: number }; url: string; approval: "anybody" | "another"; second_step: "asked" | "required"; unsaved_words: (typeof UNSAVED_WORDS)[number] };
  /** Addresses and networks of proxies beside those of this machine. */
  proxies: readonly string[];
  plain_http: (typeof PLAIN_HTTP)[number];
  contact?: string;
  hub?: string;
  log: (typeof LOG_FORMATS)[number];
  mail: MailSettings;
  /** Where each setting came from, and the file that was read. */
  origins: Record<SettingName, Origin>;
  file?: string;
};

export type ConfigFlags = { desk_host?: string; data?: string; host?: string; port?: string | number; log?: string; config?: string };

export const packageRoot = resolve(import.meta.dirname, "..");

/** What is wrong with a setting, collected: whoever mends a file wants to hear all of it at once. */
type Refuse = (name: string, what: string) => void;

/** Throws BAD_CONFIG, naming each setting that does not exist or cannot be read, with where it is from. */
export function readConfig(flags: ConfigFlags, environment: NodeJS.ProcessEnv): Config {
  const asked = flags.config ?? environment.TRACEWIRE_CONFIG;
  const path = resolve(asked ?? CONFIG_FILE);
  if (asked !== undefined && !existsSync(path)) throw new TracewireError("BAD_CONFIG", { what: "The file is not there", where: path });
  const faults: { name: string; what: string; from: string }[] = [];
  const file = existsSync(path) ? readConfigFile(path, (name, what) => faults.push({ name, what, from: path })) : undefined;
  for (const what of unknownNames(environment)) faults.push({ name: "", what, from: "the environment" });
  const origins = {} as Record<SettingName, Origin>;
  const read = (name: SettingName): string | undefined => {
    const sources: [Origin, unknown][] = [
      ["flag", (flags as Record<string, unknown>)[name]],
      ["environment", environment[SETTINGS[name].environment] || environment[(SETTINGS[name] as Setting).also ?? ""] || undefined],
      ["file", file?.[name]],
    ];
    const [origin, value] = sources.find(([, value]) => value !== undefined) ?? ["default", undefined];
    origins[name] = origin as Origin;
    return value === undefined ? undefined : String(value);
  };
  const refuse: Refuse = (name, what) => {
    const origin = origins[name as SettingName];
    if (!faults.some((fault) => fault.name === name)) faults.push({ name, what, from: origin === "file" ? path : origin === "flag" ? "the command line" : "the environment" });
  };
  const host = read("host") ?? "127.0.0.1";
  const port = Number(read("port") ?? PORT_DEFAULT);
  const base_url = (read("base_url") ?? `http://${host.includes(":") ? `[${host}]` : host}:${port}`).replace(/\/+$/, "");
  const [log, plain_http] = [chosen(read, "log", LOG_FORMATS, refuse), chosen(read, "plain_http", PLAIN_HTTP, refuse)];
  const [desk, proxies] = [deskSettings(read, base_url, refuse), proxyNetworks(read("proxies"), refuse)];
  if (faults.length > 0) throw allFaults(faults);
  return {
    base_url,
    mail: { ...mailSettings(read, base_url), ...(origins.base_url === "default" ? { base_url_is_guess: true } : {}) },
    desk,
    proxies,
    plain_http,
    contact: read("contact"),
    hub: read("hub"),
    log,
    data: resolve(read("data") ?? ".tracewire"),
    host,
    port,
    corpora: resolve(read("corpora") ?? join(packageRoot, "..", "shared")),
    origins,
    ...(file ? { file: path } : {}),
  };
}

function allFaults(faults: readonly { name: string; what: string; from: string }[]): TracewireError {
  const words = ({ name, what }: { name: string; what: string }) => (name === "" ? what : `${name}: ${what}`);
  const places = [...new Set(faults.map(({ from }) => from))];
  const where = places.join(", ");
  if (faults.length === 1) return new TracewireError("BAD_CONFIG", { what: words(faults[0]!), where });
  // Where all are from one place it is said once.
  return new TracewireError("BAD_CONFIG", { what: `${faults.length} mistakes: ${faults.map((fault) => `${words(fault)}${places.length > 1 ? ` (${fault.from})` : ""}`).join("; ")}`, where });
}

/** A misspelt name would be a setting that somebody believes in and that does nothing. */
function unknownNames(environment: NodeJS.ProcessEnv): string[] {
  const known = [...Object.values(SETTINGS).map((setting) => setting.environment), ...OTHER_NAMES];
  return Object.keys(environment)
    .filter((name) => name.startsWith("TRACEWIRE_") && !known.includes(name))
    .map((name) => {
      const [nearest] = known.map((other) => ({ other, far: editDistance(name, other) })).sort((a, b) => a.far - b.far);
      return `${name}: there is no such name${nearest && nearest.far <= NEAR_MAX ? `; the nearest is ${nearest.other}` : ""}`;
    });
}

function readConfigFile(path: string, fault: Refuse): Partial<Record<SettingName, string | number>> {
  const refuse = (what: string, cause?: unknown) => new TracewireError("BAD_CONFIG", { what, where: path, cause });
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw refuse(`It is no JSON: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw refuse("It must be one JSON object");
  for (const [name, value] of Object.entries(parsed)) {
    if (!Object.hasOwn(SETTINGS, name)) {
      fault(name, `there is no such setting (${Object.keys(SETTINGS).join(", ")})`);
      continue;
    }
    const setting: Setting = SETTINGS[name as SettingName];
    if (typeof value !== (setting.number ? "number" : "string")) fault(name, `must be a ${setting.number ? "number" : "text"}`);
    else if (setting.choices && !setting.choices.includes(value as string)) fault(name, `must be one of ${setting.choices.join(", ")}`);
  }
  return parsed;
}

/** What is asked for, or the first of the choices, which is the default. */
function chosen<const T extends readonly [string, ...string[]]>(read: (name: SettingName) => string | undefined, name: SettingName, choices: T, refuse: Refuse): T[number] {
  const value = read(name) ?? choices[0];
  if (!choices.includes(value)) refuse(name, `"${value}" is none of ${choices.join(", ")}`);
  return value;
}

function proxyNetworks(text: string | undefined, refuse: Refuse): string[] {
  const networks = (text ?? "").split(",").map((part) => part.trim()).filter(Boolean);
  for (const network of networks) {
    const [address = "", bits, ...more] = network.split("/");
    const bits_max = isIP(address) === 6 ? 128 : 32;
    if (isIP(address) === 0 || more.length > 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= bits_max)))
      refuse("proxies", `"${network}" is no address or network, such as 172.17.0.1 or 10.0.0.0/8`);
  }
  return networks;
}

function deskSettings(read: (name: SettingName) => string | undefined, base_url: string, refuse: Refuse): Config["desk"] {
  const text = read("desk_host");
  const match = text === undefined ? undefined : /^(\[[0-9a-f:.]+\]|[\w.-]+):(\d{1,5})$/i.exec(text);
  if (match === null) refuse("desk_host", `"${text}" is no address with a port, such as 127.0.0.1:4101`);
  const listen = match ? { host: match[1]!.replace(/^\[|\]$/g, ""), port: Number(match[2]) } : undefined;
  const url = read("desk_url")?.replace(/\/+$/, "");
  if (url !== undefined && !/^https?:\/\/[^\s/?#@]+$/.test(url)) refuse("desk_url", `"${url}" is not scheme and host, such as https://desk.example.org`);
  const [approval, second_step] = [chosen(read, "approval", SETTINGS.approval.choices, refuse), chosen(read, "second_step", SETTINGS.second_step.choices, refuse)];
  const unsaved_words = chosen(read, "unsaved_words", UNSAVED_WORDS, refuse);
  return { approval, second_step, unsaved_words, ...(listen ? { listen } : {}), url: url ?? deskOrigin(listen ? `http://${text}` : base_url) };
}

const THIS_MACHINE = /^(localhost|127\.[\d.]+|::1|\[::1\])$/i;

/**
 * Why what listens beyond this machine would speak in the clear; undefined where it does not. TLS is a proxy's, and an address
 * that is no https says that there is none (ASVS 5.0 V12.2.1).
 */
export function plainHttpProblem({ plain_http, host, base_url, desk }: Pick<Config, "plain_http" | "host" | "base_url" | "desk">): readonly [problem: string, hint: string] | undefined {
  const isPlain = (listensAt: string, url: string): boolean => !THIS_MACHINE.test(listensAt) && !url.startsWith("https://");
  const setting = plain_http === "allowed" ? undefined : isPlain(host, base_url) ? "base_url" : desk.listen && isPlain(desk.listen.host, desk.url) ? "desk_url" : undefined;
  return setting && ["It would speak plain http beyond this machine", `Put a proxy with a certificate before it and write its https address as ${setting}; on a closed network that you trust, set plain_http to allowed.`];
}

/** The origin of an address. A passkey cannot be bound to a number (WebAuthn §5.1.3): this machine is called by its name. */
export function deskOrigin(address: string): string {
  return URL.canParse(address) ? new URL(address).origin.replace(/\/\/127\.0\.0\.1(?=:|$)/, "//localhost") : address;
}

function mailSettings(read: (name: SettingName) => string | undefined, base_url: string): MailSettings {
  const [smtp_url, from] = [read("smtp_url"), read("mail_from")];
  const [domain, selector, key_file] = [read("dkim_domain"), read("dkim_selector"), read("dkim_key_file")];
  return {
    smtp_url,
    from: from ?? "Tracewire <newsletter@tracewire.invalid>",
    base_url,
    // One of the three without the others is refused before anything is sent (mail-settings.ts).
    ...(domain || selector || key_file ? { dkim: { domain: domain ?? "", selector: selector ?? "", key_file: key_file ?? "" } } : {}),
  };
}
