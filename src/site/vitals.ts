// How the server is doing, in Prometheus' text format 0.0.4. Counters are plain numbers, so that a ready page pays one
// addition. Labels are routes, never addresses: what readers ask for must not become a growing table, nor a trail.
import { monitorEventLoopDelay } from "node:perf_hooks";

const BUCKETS_S = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5] as const;

export type Gauges = Record<string, { help: string; value: number }>;

export type Vitals = {
  /** A page from the store went out. */
  ready: number;
  /** An answer was made: its route ("" where none matched), status and time. */
  made(route: string, status: number, ms: number): void;
  print(gauges: Gauges): string;
};

export function openVitals(started_at: string): Vitals {
  const answers = new Map<string, { count: number; seconds: number; buckets: number[] }>();
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const vitals: Vitals = {
    ready: 0,
    made(route, status, ms) {
      const key = `route="${route.replaceAll(/["\\\n]/g, "")}",code="${status}"`;
      let known = answers.get(key);
      if (!known) answers.set(key, (known = { count: 0, seconds: 0, buckets: BUCKETS_S.map(() => 0) }));
      known.count += 1;
      known.seconds += ms / 1_000;
      for (const [at, bound] of BUCKETS_S.entries()) if (ms / 1_000 <= bound) known.buckets[at]! += 1;
    },
    print(gauges) {
      const memory = process.memoryUsage.rss();
      const cpu = process.cpuUsage();
      const lines: string[] = [];
      const metric = (name: string, type: string, help: string, samples: readonly (readonly [labels: string, value: number])[]) => {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
        for (const [labels, value] of samples) lines.push(`${name}${labels} ${value}`);
      };
      metric("process_cpu_seconds_total", "counter", "CPU time used.", [["", (cpu.user + cpu.system) / 1e6]]);
      metric("process_resident_memory_bytes", "gauge", "Memory held.", [["", memory]]);
      metric("process_start_time_seconds", "gauge", "Start, in seconds since 1970.", [["", Date.parse(started_at) / 1_000]]);
      metric("nodejs_eventloop_lag_seconds", "gauge", "Mean delay of the event loop since the last look.", [["", (delay.mean || 0) / 1e9]]);
      delay.reset();
      const made = [...answers].sort(([a], [b]) => (a < b ? -1 : 1));
      metric("http_requests_total", "counter", "Answers: ready ones from the page store, and made ones by route.", [
        ['{served="ready"}', vitals.ready],
        ...made.map(([labels, { count }]) => [`{served="made",${labels}}`, count] as const),
      ]);
      lines.push("# HELP http_request_duration_seconds Time to make an answer.", "# TYPE http_request_duration_seconds histogram");
      for (const [labels, { count, seconds, buckets }] of made) {
        for (const [at, bound] of BUCKETS_S.entries())
          lines.push(`http_request_duration_seconds_bucket{${labels},le="${bound}"} ${buckets[at]}`);
        lines.push(`http_request_duration_seconds_bucket{${labels},le="+Inf"} ${count}`);
        lines.push(`http_request_duration_seconds_sum{${labels}} ${seconds}`, `http_request_duration_seconds_count{${labels}} ${count}`);
      }
      for (const [name, { help, value }] of Object.entries(gauges)) metric(name, "gauge", help, [["", value]]);
      return `${lines.join("\n")}\n`;
    },
  };
  return vitals;
}
