// What every bench says about the machine it ran on, so that figures of two machines can be compared: independent and
// dependent reads out of memory, beside the load.
import { cpus, loadavg } from "node:os";

export type Timing = { wall_ms: number; cpu_ms: number };

/** Wall time and processor time of this thread: on a shared machine the second is what the work cost. */
export async function time<T>(run: () => T | Promise<T>): Promise<Timing & { result: T }> {
  const cpu = process.threadCpuUsage();
  const start = performance.now();
  const result = await run();
  const wall_ms = performance.now() - start;
  const used = process.threadCpuUsage(cpu);
  return { result, wall_ms, cpu_ms: (used.user + used.system) / 1000 };
}

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Medians of `repeats` runs after one that is not counted. */
export async function repeated<T>(repeats: number, run: () => T | Promise<T>): Promise<Timing & { result: T; least_ms: number }> {
  let { result } = await time(run);
  const walls: number[] = [];
  const cpu: number[] = [];
  for (let at = 0; at < repeats; at++) {
    const one = await time(run);
    result = one.result;
    walls.push(one.wall_ms);
    cpu.push(one.cpu_ms);
  }
  return { result, wall_ms: median(walls), cpu_ms: median(cpu), least_ms: Math.min(...walls) };
}

/** Nanoseconds of a read of 16 bytes anywhere in `gigabytes`: many at once, and each after the one before. */
export function readTimes(gigabytes = 1): { independent_ns: number; dependent_ns: number } {
  const entries = 2 ** Math.floor(Math.log2((gigabytes * 1e9) / 16));
  const values = new Int32Array(4 * entries);
  for (let at = 0; at < entries; at++) values[4 * at] = (Math.imul(at, 0x9e3779b1) ^ (at >>> 7)) & (entries - 1);
  const reads = 1_000_000;
  const places = Int32Array.from({ length: reads }, (_, at) => 4 * ((Math.imul(at ^ (at >>> 3), 0x85ebca6b) ^ (at >>> 5)) & (entries - 1)));
  const nanoseconds = (run: () => number): number =>
    median(
      Array.from({ length: 7 }, () => {
        const cpu = process.threadCpuUsage();
        if (run() === 1.5) console.log("never");
        const used = process.threadCpuUsage(cpu);
        return (1000 * (used.user + used.system)) / reads;
      }),
    );
  return {
    independent_ns: nanoseconds(() => {
      let sum = 0;
      for (let at = 0; at < reads; at++) sum += values[places[at]!]! + values[places[at]! + 2]!;
      return sum;
    }),
    dependent_ns: nanoseconds(() => {
      let at = 1;
      for (let read = 0; read < reads; read++) at = (values[4 * at]! + read) & (entries - 1);
      return at;
    }),
  };
}

export function describeMachine(): void {
  const { independent_ns, dependent_ns } = readTimes();
  const load = loadavg().map((value) => value.toFixed(1));
  console.log(`${cpus().length} cores (${cpus()[0]?.model}), Node ${process.versions.node}, load ${load.join(" ")}; a read out of memory ${independent_ns.toFixed(0)} ns among many, ${dependent_ns.toFixed(0)} ns after another`);
}
