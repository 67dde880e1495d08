// Where links in letters lead while no base address is set: to the site that runs from this folder. Each notes its address
// in people.db, so that a command beside it need not guess a port, and one that ends takes away its own note alone.
import type { MailSettings } from "../config.ts";
import { isAlive } from "../effects.ts";
import type { People } from "./people-store.ts";

const KEY = "site_address";

export type RunningSite = { pid: number; address: string };

/** Noted sites, the one that has run longest first. A note of a former version names no process. */
function notedSites(people: People): RunningSite[] {
  return people.db
    .prepare("SELECT key, value FROM meta WHERE key = ? OR key LIKE ? ORDER BY rowid")
    .all(KEY, `${KEY} %`)
    .map(({ key, value }) => ({ pid: Number((key as string).slice(KEY.length + 1)), address: value as string }));
}

const runs = ({ pid }: RunningSite): boolean => pid > 0 && isAlive(pid);

/** Called by the running site when it listens, and with nothing when it stops. What a crashed one left goes with it. */
export function noteSiteAddress(people: People, address: string | undefined, pid = process.pid): void {
  people.change(() => {
    const forget = people.db.prepare("DELETE FROM meta WHERE key = ?");
    const own = `${KEY} ${pid}`;
    forget.run(own);
    for (const site of notedSites(people)) if (!runs(site)) forget.run(site.pid > 0 ? `${KEY} ${site.pid}` : KEY);
    if (address !== undefined) people.db.prepare("INSERT INTO meta (key, value) VALUES (?, ?)").run(own, address);
  });
}

/** Other sites that run from this folder now. */
export const otherSites = (people: People, pid = process.pid): RunningSite[] => notedSites(people).filter((site) => site.pid !== pid && runs(site));

/** Settings for letters, and where their base address is from. After a crash of the site its last address stands. */
export function linkSettings(people: People, settings: MailSettings): MailSettings & { base_from: "setting" | "site" | "default" } {
  if (!settings.base_url_is_guess) return { ...settings, base_from: "setting" };
  const noted = notedSites(people);
  const site = noted.find(runs) ?? noted.at(-1);
  return site === undefined ? { ...settings, base_from: "default" } : { ...settings, base_url: site.address, base_from: "site" };
}
