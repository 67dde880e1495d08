// Where things are. Flags come before the environment, the environment before laptop defaults.
import { join, resolve } from "node:path";

export const PORT_DEFAULT = 4100;

export type Config = { data: string; host: string; port: number; corpora: string };

export type ConfigFlags = { data?: string; host?: string; port?: string | number };

export const packageRoot = resolve(import.meta.dirname, "..");

export function readConfig(flags: ConfigFlags, environment: NodeJS.ProcessEnv): Config {
  return {
    data: resolve(flags.data ?? environment.TRACEWIRE_DATA ?? ".tracewire"),
    host: flags.host ?? "127.0.0.1",
    port: Number(flags.port ?? environment.PORT ?? PORT_DEFAULT),
    corpora: resolve(environment.TRACEWIRE_CORPORA ?? join(packageRoot, "..", "shared")),
  };
}
