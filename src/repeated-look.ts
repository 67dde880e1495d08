// A worker beside the site that looks every so often whether there is something to do: two looks never run at once, a fault in
// one is told and the next comes all the same.

export type RepeatedLook = {
  /** Looks now, or joins the look that runs. */
  look(): Promise<void>;
  start(): void;
  /** Resolves when what is in flight is done. */
  stop(): Promise<void>;
};

/** `what` begins the line that tells of a fault: "Sending webhooks". */
export function repeatLook(what: string, every_ms: number, round: () => Promise<void>, note: (line: string) => void): RepeatedLook {
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const look = (): Promise<void> =>
    (running ??= round()
      .catch((error: unknown) => note(`${what} met a fault and goes on: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => (running = undefined)));
  return {
    look,
    start() {
      timer = setInterval(() => void look(), every_ms);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
