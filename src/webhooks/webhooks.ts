// The door of the webhooks room: programs elsewhere are told what became public, signed, until they have taken it.
export { EVENT_TYPES, eventOf, type EventType, type WebhookEvent } from "./webhook-events.ts";
export { openWebhookStore, webhooksExist, WEBHOOKS_FILE, type Webhook, type WebhookStore } from "./webhook-store.ts";
export { openWebhookSender, signWebhook, type WebhookSender } from "./webhook-sender.ts";
