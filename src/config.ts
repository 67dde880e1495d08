// Where things are. Flags come before the environment, the environment before laptop defaults.
import { join, resolve } from "node:path";

export const PORT_DEFAULT = 4100;

/** Mail goes out only where a server is set; else it stays in the local sink. docs/newsletter.md explains each. */
export type MailSettings = {
  smtp_url?: string;
  /** "Name <address>" */
  from: string;
  /** Where readers reach the site, without a slash at its end: links in mails begin with it. */
  base_url: string;
  dkim?: { domain: string; selector: string; key_file: string };
};

export type Config = {
  data: string;
  host: string;
  port: number;
  corpora: string;
  /** Where readers find the site, without a slash at its end. */
  base_url: string;
  contact?: string;
  hub?: string;
  mail: MailSettings;
};

export type ConfigFlags = { data?: string; host?: string; port?: string | number };

export const packageRoot = resolve(import.meta.dirname, "..");

export function readConfig(flags: ConfigFlags, environment: NodeJS.ProcessEnv): Config {
  const host = flags.host ?? "127.0.0.1";
  const port = Number(flags.port ?? environment.PORT ?? PORT_DEFAULT);
  const base_url = (environment.TRACEWIRE_BASE_URL ?? `http://${host.includes(":") ? `[${host}]` : host}:${port}`).replace(/\/+$/, "");
  return {
    base_url,
    mail: readMailSettings(environment, base_url),
    contact: environment.TRACEWIRE_CONTACT,
    hub: environment.TRACEWIRE_HUB,
    data: resolve(flags.data ?? environment.TRACEWIRE_DATA ?? ".tracewire"),
    host,
    port,
    corpora: resolve(environment.TRACEWIRE_CORPORA ?? join(packageRoot, "..", "shared")),
  };
}

function readMailSettings(environment: NodeJS.ProcessEnv, base_url: string): MailSettings {
  const { TRACEWIRE_SMTP_URL, TRACEWIRE_MAIL_FROM, TRACEWIRE_DKIM_DOMAIN, TRACEWIRE_DKIM_SELECTOR, TRACEWIRE_DKIM_KEY_FILE } = environment;
  return {
    smtp_url: TRACEWIRE_SMTP_URL || undefined,
    from: TRACEWIRE_MAIL_FROM || "Tracewire <newsletter@tracewire.invalid>",
    base_url,
    // One of the three without the others is refused before anything is sent (mail-settings.ts).
    ...(TRACEWIRE_DKIM_DOMAIN || TRACEWIRE_DKIM_SELECTOR || TRACEWIRE_DKIM_KEY_FILE
      ? { dkim: { domain: TRACEWIRE_DKIM_DOMAIN ?? "", selector: TRACEWIRE_DKIM_SELECTOR ?? "", key_file: TRACEWIRE_DKIM_KEY_FILE ?? "" } }
      : {}),
  };
}
