// Where things are. Flags come before the environment, the environment before laptop defaults.
import { join, resolve } from "node:path";

export const PORT_DEFAULT = 4100;

export type Config = {
  data: string;
  host: string;
  port: number;
  corpora: string;
  /** Where readers find the site, without a slash at its end. */
  base_url: string;
  contact?: string;
  hub?: string;
};

export type ConfigFlags = { data?: string; host?: string; port?: string | number };

export const packageRoot = resolve(import.meta.dirname, "..");

export function readConfig(flags: ConfigFlags, environment: NodeJS.ProcessEnv): Config {
  const host = flags.host ?? "127.0.0.1";
  const port = Number(flags.port ?? environment.PORT ?? PORT_DEFAULT);
  return {
    base_url: (environment.TRACEWIRE_BASE_URL ?? `http://${host.includes(":") ? `[${host}]` : host}:${port}`).replace(/\/+$/, ""),
    contact: environment.TRACEWIRE_CONTACT,
    hub: environment.TRACEWIRE_HUB,
    data: resolve(flags.data ?? environment.TRACEWIRE_DATA ?? ".tracewire"),
    host,
    port,
    corpora: resolve(environment.TRACEWIRE_CORPORA ?? join(packageRoot, "..", "shared")),
  };
}
