// The door of the hub room: telling a WebSub hub which feeds have changed.
export { openHubPinger, type HubPinger, type HubPingerOptions } from "./hub-pinger.ts";
export { openPingQueue, PINGS_FILE, readPingState, type PingQueue, type PingState } from "./ping-queue.ts";
