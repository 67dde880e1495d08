// Sends what waits in the queue: `hub.mode=publish` with the feed's address, one feed a request, which every hub in use
// understands (WebSub leaves this step open; PubSubHubbub 0.4 §7.1 has this form). The hub then fetches the feed itself.
import type { Clock } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import type { Egress, LogReader } from "../evidence/evidence.ts";
import { repeatLook, type RepeatedLook } from "../repeated-look.ts";
import type { Ping, PingQueue } from "./ping-queue.ts";

const LOOK_EVERY_MS = 1_000;
/** Of one look; the rest comes a second later. */
const PINGS_MAX = 20;
/** A hub answers with a few words. */
const ANSWER_LIMITS = { bytes_max: 64 * 1024, time_ms_max: 10_000, redirects_max: 0 };
/** They ask for time; everything else from 400 to 499 is a refusal of this feed. */
const LATER_STATUSES = [408, 425, 429];

export type HubPingerOptions = {
  queue: PingQueue;
  log: Pick<LogReader, "db" | "size">;
  hub: string;
  /** Where readers find the feeds, without a slash at its end. */
  base_url: string;
  egress: Egress;
  clock: Clock;
  note(line: string): void;
};

/** A look takes up what was published and tells the hub. */
export type HubPinger = RepeatedLook;

export function openHubPinger({ queue, log, hub, base_url, egress, clock, note }: HubPingerOptions): HubPinger {
  async function round(): Promise<void> {
    queue.fill(log, clock());
    for (const ping of queue.due(clock(), PINGS_MAX)) {
      const answer = await tell(ping);
      if (answer.outcome === "sent") queue.sent(ping);
      else if (answer.outcome === "refused") queue.giveUp(ping, answer.why);
      else queue.putOff(clock(), answer.why);
      if (answer.outcome !== "sent") note(`The hub was not told of ${ping.feed}: ${answer.why}`);
      // What one request ran into, the next would.
      if (answer.outcome === "later") return;
    }
  }

  async function tell({ feed }: Ping): Promise<{ outcome: "sent" } | { outcome: "refused" | "later"; why: string }> {
    const form = new URLSearchParams({ "hub.mode": "publish", "hub.url": `${base_url}${feed}` });
    try {
      const { status, headers } = await egress(hub, ANSWER_LIMITS, form);
      if (status >= 200 && status < 300) return { outcome: "sent" };
      const location = headers.find(([name]) => name === "location")?.[1];
      const why = `${hub} answered ${status}${location ? `, pointing to ${location}` : ""}`;
      return { outcome: status < 500 && !LATER_STATUSES.includes(status) ? "refused" : "later", why };
    } catch (error) {
      if (!(error instanceof TracewireError)) throw error;
      return { outcome: error.code === "EGRESS_REFUSED" ? "refused" : "later", why: error.message };
    }
  }

  return repeatLook("Telling the hub", LOOK_EVERY_MS, round, note);
}
