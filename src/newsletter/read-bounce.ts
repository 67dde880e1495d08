// The mail parser is loaded when a returned mail is read, and not by a site that only serves.
import { lazily } from "../lazy.ts";
import type { Bounce } from "./bounces.ts";
import type { People } from "./people-store.ts";

export type { Bounce } from "./bounces.ts";

const bounces = lazily<typeof import("./bounces.ts")>(import.meta.url, "./bounces.ts");

export const readBounce = (bytes: Uint8Array): Promise<Bounce> => bounces().readBounce(bytes);
export const applyBounce = (people: People, bounce: Bounce): string => bounces().applyBounce(people, bounce);
