// Where links in letters lead while no base address is set: to the site that runs from this folder. It notes its address
// in people.db, so that a command beside it need not guess a port.
import type { MailSettings } from "../config.ts";
import type { People } from "./people-store.ts";

const KEY = "site_address";

/** Called by the running site when it listens, and with nothing when it stops. */
export function noteSiteAddress(people: People, address: string | undefined): void {
  people.change(() => {
    if (address === undefined) people.db.prepare("DELETE FROM meta WHERE key = ?").run(KEY);
    else people.db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)").run(KEY, address);
  });
}

/** Settings for letters, and where their base address is from. After a crash of the site its last address stands. */
export function linkSettings(people: People, settings: MailSettings): MailSettings & { base_from: "setting" | "site" | "default" } {
  if (!settings.base_url_is_guess) return { ...settings, base_from: "setting" };
  const noted = people.db.prepare("SELECT value FROM meta WHERE key = ?").get(KEY)?.value as string | undefined;
  return noted === undefined ? { ...settings, base_from: "default" } : { ...settings, base_url: noted, base_from: "site" };
}
