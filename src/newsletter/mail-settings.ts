// Settings that would fail later, half-way through a list of readers, are refused before anything is queued.
import type { MailSettings } from "../config.ts";
import { TracewireError } from "../errors.ts";
import { parseAddress } from "./address.ts";
import { senderAddress } from "./message-words.ts";

export type MailProblem = { setting: "base_url" | "mail_from" | "dkim_key_file" | "smtp_url"; what: string };

export function mailProblems({ smtp_url, from, base_url, dkim }: MailSettings): MailProblem[] {
  const problems: MailProblem[] = [];
  const find = (setting: MailProblem["setting"], what: string) => void problems.push({ setting, what });
  if (!/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/.test(base_url)) find("base_url", `TRACEWIRE_BASE_URL: "${base_url}" is not an http or https address`);
  if (/[\u0000-\u001f\u007f]/.test(from) || !parseAddress(senderAddress({ from, base_url })))
    find("mail_from", "TRACEWIRE_MAIL_FROM is no address, or no name and <address>");
  if (dkim && !(dkim.domain && dkim.selector && dkim.key_file))
    find("dkim_key_file", "DKIM needs all three of TRACEWIRE_DKIM_DOMAIN, TRACEWIRE_DKIM_SELECTOR and TRACEWIRE_DKIM_KEY_FILE");
  if (smtp_url === undefined) return problems;
  if (!/^smtps?:\/\/[^\s]+$/.test(smtp_url) || !URL.canParse(smtp_url))
    find("smtp_url", "TRACEWIRE_SMTP_URL is not of the form smtp://user:password@host:587 or smtps://…");
  else if (from.includes("tracewire.invalid")) find("mail_from", "TRACEWIRE_MAIL_FROM is not set: letters need an address of yours to come from");
  return problems;
}

export const MAIL_SETTINGS_HINT = "See docs/newsletter.md for each setting.";

/** Throws BAD_ARGUMENT with the first of them. */
export function requireMailSettings(settings: MailSettings): void {
  const [first] = mailProblems(settings);
  if (first) throw new TracewireError("BAD_ARGUMENT", { what: first.what, hint: MAIL_SETTINGS_HINT });
}
