// The hub side of a running site: the queue of pings and its sender, opened and closed together. Off where no hub is set.
import { TracewireError } from "../errors.ts";
import { openEgress } from "../evidence/evidence.ts";
import { openHubPinger, openPingQueue, type PingQueue } from "../hub/hub.ts";
import type { NewsroomReader } from "../newsroom.ts";
import type { CommandContext } from "./command.ts";

export type HubWorker = { gauges(): Record<string, { help: string; value: number }>; start(): void; stop(): Promise<void> };

export function openHubWorker({ config, effects, output }: CommandContext, newsroom: NewsroomReader): HubWorker | undefined {
  const { hub, base_url } = config;
  if (hub === undefined) return undefined;
  if (!URL.canParse(hub)) throw new TracewireError("BAD_CONFIG", { what: `hub: "${hub}" is no address` });
  let queue: PingQueue;
  try {
    queue = openPingQueue(newsroom.folder, hub);
    // Before the site answers anybody: what is published from here on is told.
    queue.fill(newsroom.log, effects.clock());
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
    output.note(`The hub is not told: ${error.message}`);
    return undefined;
  }
  const pinger = openHubPinger({
    queue,
    log: newsroom.log,
    hub,
    base_url,
    egress: openEgress({ clock: effects.clock, named_origin: new URL(hub).origin }),
    clock: effects.clock,
    note: (line) => output.note(line),
  });
  return {
    gauges() {
      const { waiting, given_up, sent, failures } = queue.state();
      return {
        tracewire_hub_pings_waiting: { help: "Feeds of which the hub is still to be told.", value: waiting },
        tracewire_hub_pings_refused: { help: "Feeds that the hub refused; asked again when they change.", value: given_up },
        tracewire_hub_pings_sent: { help: "Pings that the hub took, ever.", value: sent },
        tracewire_hub_failures: { help: "Failures of the hub in a row.", value: failures },
      };
    },
    start: () => pinger.start(),
    async stop() {
      await pinger.stop();
      queue.close();
    },
  };
}
