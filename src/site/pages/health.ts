// For whoever runs it: is it alive, can it answer, how is it doing. Numbers of the machine are for the machine alone.
import type { Page } from "../page-store.ts";
import type { Route, SiteContext } from "../route.ts";

const text = "text/plain; charset=utf-8";

export const healthRoutes: Route[] = [
  {
    path: "/healthz",
    about: "Alive: answers “ok” while the process runs.",
    render: () => ({ content_type: text, body: "ok\n", depends: [], own: true }),
  },
  {
    path: "/readyz",
    about: "Ready: the log can be read and is signed for; else 503 with what is wrong. Says whether a desk at an origin of its own runs.",
    render: (context) => readiness(context),
  },
  {
    path: "/metrics",
    about: "Prometheus text, for this machine only; elsewhere there is no such page.",
    render(context, { isLocal }) {
      if (!isLocal) return undefined;
      const body = context.vitals.print({
        tracewire_log_entries: { help: "Entries of the log.", value: context.log_size },
        tracewire_checkpoint_entries: { help: "Entries that the newest checkpoint signs for.", value: signedSize(context) },
        tracewire_pages_ready: { help: "Pages kept ready.", value: context.pagesReady() },
        ...context.gauges?.(),
      });
      return { content_type: "text/plain; version=0.0.4; charset=utf-8", body, depends: [], own: true };
    },
  },
];

function readiness(context: SiteContext): Page {
  const checks: Record<string, string> = {};
  for (const [name, check] of [
    ["log", () => `${context.log.size()} entries`],
    ["checkpoint", () => (signedSize(context) === context.log.size() ? "covers the log" : refuse("is behind the log"))],
    ["case file", () => (context.log.db.prepare("SELECT 1 FROM claims LIMIT 1").get(), "can be read")],
  ] as const)
    try {
      checks[name] = `ok: ${check()}`;
    } catch (error) {
      checks[name] = `not ready: ${error instanceof Error ? error.message : String(error)}`;
    }
  const ready = Object.values(checks).every((check) => check.startsWith("ok"));
  // Said, and no reason to send readers away: the site answers without its desk.
  if (context.deskState) checks.desk = context.deskState();
  return {
    status: ready ? 200 : 503,
    content_type: "application/json; charset=utf-8",
    body: `${JSON.stringify({ ready, checks }, null, 1)}\n`,
    depends: [],
    own: true,
  };
}

/** Second line of a signed note (C2SP tlog-checkpoint); an empty log has none. */
function signedSize({ log }: SiteContext): number {
  return log.size() === 0 ? 0 : Number(log.checkpoint().split("\n")[1]);
}

function refuse(what: string): never {
  throw new Error(what);
}
