// Stopping so that nobody who asked is left without an answer. What has been sent is read and answered, and the answer says
// that the connection ends (RFC 9112 §9.6), so that nothing more is sent down it; then the door is closed, and connections are
// closed as they fall idle. Node closes only those that are idle at that moment: one whose answer was under way would keep
// the process until its client leaves.
import { setTimeout as wait } from "node:timers/promises";
import type { FastifyInstance } from "fastify";

/** Longer than a request that was already sent needs to be read from its socket. */
const DRAIN_MS = 100;
const SWEEP_MS = 50;

/** Called before `app` listens; what it gives back closes it, and resolves when the last answer has gone out. */
export function gentleClose(app: FastifyInstance): () => Promise<void> {
  let closing = false;
  app.server.prependListener("request", (_request, response) => {
    if (closing) response.setHeader("connection", "close");
  });
  return async () => {
    closing = true;
    if (app.server.listening) await wait(DRAIN_MS);
    const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS);
    try {
      await app.close();
    } finally {
      clearInterval(sweep);
    }
  };
}
