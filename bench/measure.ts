// What the benches share: wrk, processes, memory, the machine in one line.
import { execFile, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { cpus, loadavg } from "node:os";

export const machine = (): string =>
  `${cpus().length} cores (${cpus()[0]?.model}), load ${loadavg()
    .map((load) => load.toFixed(2))
    .join(" ")}, Node ${process.versions.node}`;

export const waitFor = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => child.stdout!.once("data", (chunk: Buffer) => resolve(chunk.toString())));

export const stop = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => (child.once("exit", resolve), child.kill("SIGTERM")));

export const rss = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;

/** Seconds of processor time that a process has used, its own and the kernel's for it. */
export function cpuSeconds(pid: number): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ").slice(11, 13).map(Number) as [number, number];
  return (user + system) / 100;
}

export const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

export type Load = { rate: number; requests: number; p99_ms: number; errors: number; /** wrk's own lines about them. */ faults: string };

/** Runs wrk against an address; `script` chooses other paths (Lua). Errors are socket errors and answers that are no 2xx or 3xx. */
export function wrk(
  url: string,
  { connections = 64, seconds, script, threads = 2 }: { connections?: number; seconds: number; script?: string; threads?: number },
): Promise<Load> {
  const args = [
    `-t${threads}`,
    `-c${connections}`,
    `-d${seconds}s`,
    "--timeout",
    "10s",
    "--latency",
    ...(script ? ["-s", script] : []),
    url,
  ];
  return new Promise((resolve, reject) =>
    execFile("wrk", args, (error, out) => {
      if (error) return reject(error);
      const [, value, unit] = /99%\s+([\d.]+)(us|ms|s|m)/.exec(out)!;
      const sockets = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(out)?.slice(1).map(Number) ?? [];
      resolve({
        rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(out)![1]),
        requests: Number(/(\d+) requests in/.exec(out)![1]),
        p99_ms: Number(value) * { us: 0.001, ms: 1, s: 1000, m: 60_000 }[unit as "us" | "ms" | "s" | "m"],
        faults: out
          .split("\n")
          .filter((line) => /Socket errors|Non-2xx/.test(line))
          .map((line) => line.trim())
          .join("; "),
        errors: sockets.reduce((sum, count) => sum + count, 0) + Number(/Non-2xx or 3xx responses: (\d+)/.exec(out)?.[1] ?? 0),
      });
    }),
  );
}

/** A wrk script that asks for these addresses in turn, each thread from another start. */
export const inTurn = (paths: readonly string[]): string =>
  `local paths = {${paths.map((path) => JSON.stringify(path)).join(",")}}
local at = 0
function setup(thread) thread:set("start", at) at = at + 7 end
function init() at = start end
function request() at = at + 1 return wrk.format("GET", paths[at % #paths + 1]) end
`;

/** When the first 200 of a path came, as performance.now() tells it. */
export function firstAnswer(port: number, path: string, holds?: string): Promise<number> {
  return new Promise((resolve) => {
    const attempt = () =>
      request({ port, path, host: "127.0.0.1" }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => (text += part));
        response.on("end", () =>
          response.statusCode === 200 && (!holds || text.includes(holds)) ? resolve(performance.now()) : setTimeout(attempt, 2),
        );
      })
        .on("error", () => setTimeout(attempt, 2))
        .end();
    attempt();
  });
}
