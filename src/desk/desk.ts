// The door of the desk: the signed-in app over the same rooms as the command line. The app runs in a process of its own
// (desk-process.ts); the site has a way through to it and no writer. What it is made of is loaded where it runs, and for the
// documentation: a site that hands it on carries none of it.
import { lazily } from "../lazy.ts";

export { keepDesk, mountDesk } from "./desk-process.ts";
export type { Desk, DeskOptions } from "./open-desk.ts";
export type { DeskRoute, Rule } from "./route.ts";

/** What an erasure reaches at the desk. */
export const desksMemory = lazily<typeof import("./forget.ts")>(import.meta.url, "./forget.ts");

/** `openDesk`, the table of its addresses, and what it asks of an object in words. */
export const deskApp = lazily<typeof import("./open-desk.ts")>(import.meta.url, "./open-desk.ts");
