// The door of the webhooks room: programs elsewhere are told what became public, signed, until they have taken it.
export { EVENT_TYPES, eventOf, type EventType, type WebhookEvent } from "./webhook-events.ts";
export { openWebhookStore, SECRET_OVERLAP_MS, webhooksExist, WEBHOOKS_FILE, type Told, type Webhook, type WebhookStore } from "./webhook-store.ts";
export { openWebhookSender, signWebhook, type WebhookSender } from "./webhook-sender.ts";
