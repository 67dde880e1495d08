// `config check`: every setting with its value and where it came from, each tried as far as it can be without sending.
import { existsSync } from "node:fs";
import { plainHttpProblem, SETTINGS, type Config, type SettingName } from "../config.ts";
import { TracewireError } from "../errors.ts";
import { MAIL_SETTINGS_HINT, mailProblems, readDkimKey } from "../newsletter/newsletter.ts";
import type { Command } from "./command.ts";
import { placeOf } from "./doctor.ts";
import { folderProblem, tryConfig } from "./try-config.ts";

type Checked = { setting: SettingName; value: string | number | null; from: string; problem?: string; hint?: string; note?: string };

export const config: Command = {
  name: "config",
  summary: "Print every setting, where it came from, and whether it can be used",
  arguments: "<check>",
  actions: [
    ["check", "print every setting and try it"],
  ],
  options: [
    { flags: "--port <number>", about: "as for serve" },
    { flags: "--host <name>", about: "as for serve" },
  ],
  examples: [
    ["tracewire config check", "before a server is started"],
    ["tracewire config check --config /etc/tracewire.json --json", "a file elsewhere, for programs"],
  ],
  exits: { 1: "a setting cannot be used" },
  async run({ config, output, effects }, [verb]) {
    if (verb !== "check") throw new TracewireError("BAD_ARGUMENT", { what: `config ${verb}: there is only config check` });
    const tried = await tryConfig(config, effects);
    const checked = checkConfig(config).map((item) => ({ ...tried[item.setting], ...item }));
    output.line(config.file ? `settings of ${config.file}, flags and environment` : "no settings file; flags, environment and defaults");
    for (const item of checked) {
      output.json(item);
      output.line(`${item.problem ? "LOOK" : "ok  "}  ${item.setting}: ${item.value ?? "not set"} (${item.from})`);
      if (item.problem) output.line(`      ${item.problem}. ${item.hint}`);
      else if (item.note) output.line(`      ${item.note}`);
    }
    return checked.some((item) => item.problem) ? 1 : 0;
  },
};

export function checkConfig(config: Config): Checked[] {
  const { mail } = config;
  const values: Record<SettingName, string | number | undefined> = {
    data: config.data,
    host: config.host,
    port: config.port,
    proxies: config.proxies.join(", ") || undefined,
    plain_http: config.plain_http,
    base_url: config.base_url,
    desk_host: config.desk.listen && `${config.desk.listen.host}:${config.desk.listen.port}`,
    desk_url: config.desk.url,
    approval: config.desk.approval,
    second_step: config.desk.second_step,
    unsaved_words: config.desk.unsaved_words,
    contact: config.contact,
    hub: config.hub,
    log: config.log,
    smtp_url: mail.smtp_url,
    mail_from: mail.from,
    dkim_domain: mail.dkim?.domain || undefined,
    dkim_selector: mail.dkim?.selector || undefined,
    dkim_key_file: mail.dkim?.key_file || undefined,
    // A default that leads out of the folder would look like something that is read.
    corpora: config.origins.corpora === "default" ? undefined : config.corpora,
  };
  return (Object.keys(SETTINGS) as SettingName[]).map((setting) => {
    const found = PROBLEMS[setting]?.(config);
    const value = values[setting];
    return {
      setting,
      value: value === undefined ? null : "secret" in SETTINGS[setting] ? withoutSecret(String(value)) : value,
      from: config.origins[setting],
      ...(found ? { problem: found[0], hint: found[1] } : {}),
    };
  });
}

type Problem = readonly [problem: string, hint: string];

const PROBLEMS: Partial<Record<SettingName, (config: Config) => Problem | undefined>> = {
  data({ data }) {
    const { place, writable } = placeOf(data);
    if (!writable) return [`${place} cannot be written`, "Give the user who runs this the right to write there."];
    return folderProblem(data);
  },
  port: ({ port }) =>
    Number.isInteger(port) && port >= 0 && port <= 65_535 ? undefined : [`${port} is no port`, "Choose a number from 1 to 65535."],
  plain_http: (config) => plainHttpProblem(config),
  base_url({ base_url, host, mail }) {
    const guessed = mailProblem(mail, "base_url");
    if (mail.base_url_is_guess && guessed) return guessed;
    const url = parsed(base_url);
    if (!url || !/^https?:$/.test(url.protocol))
      return ["It is no http or https address", "Write it with its scheme: https://news.example"];
    const isLocal = /^(localhost|127\.|\[::1\])/.test(url.hostname);
    if (isLocal && !/^(localhost|127\.|::1)/.test(host))
      return ["Readers elsewhere cannot follow links to this machine's own name", "Set base_url to the address that readers use."];
    return url.pathname === "/" ? undefined : ["It has a path; the site stands at the root of a host", "Give the site a host of its own."];
  },
  desk_host({ desk, port }) {
    if (desk.listen && desk.listen.port === port) return [`${port} is the site's own port`, "Give the desk another one, such as 127.0.0.1:4101."];
    return undefined;
  },
  desk_url({ desk, base_url, mail, origins }) {
    if (desk.listen && new URL(desk.url, "http://localhost").origin === parsed(base_url)?.origin)
      return ["It is where readers find the site, and the desk listens by itself: people would find no desk there", "Give the desk a host of its own, such as https://desk.news.example, and let the proxy pass it to desk_host."];
    const url = parsed(desk.url);
    const isGuess = origins.desk_url === "default" && mail.base_url_is_guess;
    if (url?.protocol === "http:" && !isGuess && !/^(localhost|[\w-]+\.localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname))
      return ["Passwords would go through the network in the clear, and browsers make no passkeys for http", "Put a proxy with a certificate in front, and write https://."];
    return undefined;
  },
  contact: ({ contact }) =>
    contact === undefined || /^(mailto:[^@\s]+@[^@\s]+|https:\/\/\S+)$/.test(contact)
      ? undefined
      : ["It is neither mailto: nor https:", "Write mailto:desk@news.example, or the address of a page."],
  hub: ({ hub }) =>
    hub === undefined || /^https?:$/.test(parsed(hub)?.protocol ?? "")
      ? undefined
      : ["It is no http address", "Leave it out to have none."],
  corpora: ({ corpora, origins }) =>
    origins.corpora === "default" || existsSync(corpora) ? undefined : [`There is no folder ${corpora}`, "Tests that read it skip without it. Name a folder that is there, or leave the setting out."],
  smtp_url: ({ mail }) => mailProblem(mail, "smtp_url"),
  mail_from: ({ mail }) => mailProblem(mail, "mail_from"),
  dkim_key_file({ mail }) {
    const incomplete = mailProblem(mail, "dkim_key_file");
    if (incomplete || !mail.dkim) return incomplete;
    try {
      readDkimKey(mail.dkim.key_file);
      return undefined;
    } catch (error) {
      return [error instanceof Error ? error.message : String(error), "It must be a PEM file with an RSA private key."];
    }
  },
};

/** What sending itself would refuse. */
function mailProblem(mail: Config["mail"], setting: SettingName): Problem | undefined {
  const found = mailProblems(mail).find((problem) => problem.setting === setting);
  return found && [found.what, found.hint ?? MAIL_SETTINGS_HINT];
}

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** A password is never printed: not on a terminal that someone films, not into a log. */
function withoutSecret(value: string): string {
  const url = parsed(value);
  if (!url) return "(set)";
  return `${url.protocol}//${url.username || url.password ? "…@" : ""}${url.host}`;
}
