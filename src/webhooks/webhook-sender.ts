// Sends what waits, one event a request, signed as Standard Webhooks has it: HMAC-SHA256 over identifier, time and body, so
// that the receiver knows who sent it, that it is whole, and that it is not an old one sent again by somebody else.
import { createHmac } from "node:crypto";
import type { Clock } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { openEgress, type Egress, type LogReader } from "../evidence/evidence.ts";
import { repeatLook, type RepeatedLook } from "../repeated-look.ts";
import { eventOf } from "./webhook-events.ts";
import type { Delivery, WebhookStore } from "./webhook-store.ts";

const LOOK_EVERY_MS = 1_000;
/** Of one look, for each webhook. */
const ROUNDS_MAX = 20;
const ANSWER_LIMITS = { bytes_max: 64 * 1024, time_ms_max: 15_000, redirects_max: 0 };

/** A look takes up what happened and sends what is due. */
export type WebhookSender = RepeatedLook;

type SenderOptions = {
  store: WebhookStore;
  log: Pick<LogReader, "read" | "size">;
  base_url: string;
  clock: Clock;
  note(line: string): void;
  /** For tests; the product opens one for each webhook, by whether its address may be here. */
  egress?: (delivery: Pick<Delivery, "url" | "is_here">) => Egress;
};

/** The three headers, with a signature for each secret, the newest first. The identifier is the same for each try and each replay of one event: a receiver can tell them. */
export function signWebhook(secrets: readonly string[], id: string, seconds: number, body: string): Record<string, string> {
  const signatures = secrets.map((secret) => `v1,${createHmac("sha256", Buffer.from(secret.replace(/^whsec_/, ""), "base64")).update(`${id}.${seconds}.${body}`).digest("base64")}`);
  return { "webhook-id": id, "webhook-timestamp": String(seconds), "webhook-signature": signatures.join(" ") };
}

export function openWebhookSender({ store, log, base_url, clock, note, egress }: SenderOptions): WebhookSender {
  const open = egress ?? (({ url, is_here }) => openEgress({ clock, ...(is_here ? { named_origin: new URL(url).origin } : {}) }));
  async function round(): Promise<void> {
    store.fill(log, clock());
    for (let count = 0; count < ROUNDS_MAX; count++) {
      const due = store.due(clock());
      if (due.length === 0) return;
      await Promise.all(due.map(deliver));
    }
  }

  async function deliver(delivery: Delivery): Promise<void> {
    const event = eventOf(log, delivery.entry, base_url);
    // Erased since it was queued: there is nothing to tell any more.
    if (!event) return store.settle(delivery, clock(), "gone");
    const content = JSON.stringify(event);
    const headers = signWebhook([delivery.secret, ...(delivery.former_secret === null ? [] : [delivery.former_secret])], `msg_${delivery.hook}_${delivery.entry}`, Math.floor(Date.parse(clock()) / 1_000), content);
    let why: string;
    let closed = false;
    try {
      const { status } = await open(delivery)(delivery.url, ANSWER_LIMITS, { content, headers: { ...headers, "content-type": "application/json" } });
      if (status >= 200 && status < 300) return store.settle(delivery, clock(), "sent", `it answered ${status}`);
      closed = status === 410;
      why = `it answered ${status}`;
    } catch (error) {
      if (!(error instanceof TracewireError)) throw error;
      why = error.message;
    }
    store.failed(delivery, clock(), why, closed ? "closed" : undefined);
    note(`Webhook ${delivery.hook} did not take entry ${delivery.entry}: ${why}`);
  }

  return repeatLook("Sending webhooks", LOOK_EVERY_MS, round, note);
}
