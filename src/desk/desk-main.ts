// What the desk's own process runs: it opens the app, listens, says where, and ends with its parent.
import { existsSync, rmSync } from "node:fs";
import { systemEffects } from "../effects.ts";
import { clientOf, logAnswer, openVitals, refuseStrangers, trustProxies } from "../site/site.ts";
import { openDesk } from "./open-desk.ts";
import { REMOTE_HEADER, SETTINGS_VARIABLE, type DeskProcessSettings } from "./desk-process.ts";

const { listen, log, ...settings } = JSON.parse(process.env[SETTINGS_VARIABLE]!) as DeskProcessSettings;
delete process.env[SETTINGS_VARIABLE];
const throughSite = "socket" in listen;
const report = (error: unknown) => void process.stderr.write(`desk: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);

try {
  const desk = openDesk({
    ...settings,
    effects: systemEffects,
    report,
    watch: (line) => void process.stderr.write(`${line}\n`),
    // Through the socket only the site can ask, and it says where from.
    remoteOf: (request) => (throughSite ? String(request.headers[REMOTE_HEADER] ?? "") : clientOf(request).remote),
  });
  if (!throughSite) {
    trustProxies(desk.app.server, settings.proxies ?? []);
    if (settings.plain_http !== "allowed") refuseStrangers(desk.app.server, (line) => void process.stderr.write(`desk: ${line}\n`));
    if (log) desk.app.server.prependListener("request", (request, response) => logAnswer(request, response, log, systemEffects.clock, (line) => void process.stderr.write(`${line}\n`)));
    // At the site's address the site's own answer these two.
    const vitals = openVitals(systemEffects.clock());
    desk.app.addHook("onRequest", async (request, reply) => {
      const from = performance.now();
      reply.raw.once("close", () => vitals.made(request.routeOptions.url ?? "", reply.raw.statusCode, performance.now() - from));
    });
    desk.app.get("/metrics", (request, reply) =>
      clientOf(request.raw).isLocal ? reply.header("cache-control", "no-store").type("text/plain; version=0.0.4; charset=utf-8").send(vitals.print({})) : reply.callNotFound(),
    );
    desk.app.get("/healthz", (_request, reply) => reply.header("cache-control", "no-store").type("text/plain; charset=utf-8").send("ok\n"));
  }
  if (throughSite && existsSync(listen.socket)) rmSync(listen.socket);
  const address = await desk.app.listen(throughSite ? { path: listen.socket } : listen);
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    void desk.close().then(() => process.exit(0));
  };
  // Ctrl-C and a service manager send their signal to every process of the group at once. The one that began this one ends
  // it when its own answers have gone out, some of which still ask here; and it ends with it, however that came to its end.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => {});
  process.on("disconnect", stop);
  process.send?.({ address: throughSite ? listen.socket : address });
} catch (error) {
  process.send?.({ error: error instanceof Error ? error.message : String(error) });
  report(error);
  process.exitCode = 1;
}
