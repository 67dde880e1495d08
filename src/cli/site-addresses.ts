// Where links lead that a command prints or writes: to what is set, else to the site that runs from this folder, whatever
// port it was given (it notes its address in people.db). Letters, invitations and exports ask here, and so never differ.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { deskOrigin } from "../config.ts";
import { TracewireError } from "../errors.ts";
import { linkSettings, openPeople, PEOPLE_FILE } from "../newsletter/newsletter.ts";
import type { CommandContext } from "./command.ts";

export type SiteAddresses = {
  /** Where readers find the site, and where people find the desk; without a slash at the end. */
  base_url: string;
  desk_url: string;
  base_from: ReturnType<typeof linkSettings>["base_from"];
};

export function siteAddresses({ config, effects }: CommandContext): SiteAddresses {
  const { base_url, base_from } = linksOf({ config, effects });
  const deskStandsWithSite = !config.desk.listen && config.origins.desk_url === "default";
  return { base_url, base_from, desk_url: base_from === "site" && deskStandsWithSite ? deskOrigin(base_url) : config.desk.url };
}

/** A folder that cannot be written has no note that could be read: its database is opened for writing. */
function linksOf({ config, effects }: Pick<CommandContext, "config" | "effects">): Omit<SiteAddresses, "desk_url"> {
  const guess = { base_url: config.base_url, base_from: config.mail.base_url_is_guess ? "default" : "setting" } as const;
  if (guess.base_from === "setting" || !existsSync(join(config.data, PEOPLE_FILE))) return guess;
  try {
    const people = openPeople(config.data, effects);
    try {
      return linkSettings(people, config.mail);
    } finally {
      people.close();
    }
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
    return guess;
  }
}

/** Said before a link is handed over or written down: one that leads nowhere cannot be taken back. */
export const baseWords = ({ base_from }: Pick<SiteAddresses, "base_from">): string =>
  ({
    setting: "as set",
    site: "where the site of this folder listens; for readers elsewhere set TRACEWIRE_BASE_URL",
    default: "a guess, because no site runs from this folder; set TRACEWIRE_BASE_URL to where readers reach it",
  })[base_from];
