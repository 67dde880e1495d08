// Settings that would fail later, half-way through a list of readers, are refused before anything is queued.
import type { MailSettings } from "../config.ts";
import { TracewireError } from "../errors.ts";
import { parseAddress } from "./address.ts";
import { senderAddress } from "./message-words.ts";

export function requireMailSettings({ smtp_url, from, base_url, dkim }: MailSettings): void {
  const refuse = (what: string): never => {
    throw new TracewireError("BAD_ARGUMENT", { what, hint: "See docs/newsletter.md for each setting." });
  };
  if (!/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/.test(base_url)) refuse(`TRACEWIRE_BASE_URL: "${base_url}" is not an http or https address`);
  if (/[\u0000-\u001f\u007f]/.test(from) || !parseAddress(senderAddress({ from, base_url }))) refuse("TRACEWIRE_MAIL_FROM is no address, or no name and <address>");
  if (dkim && !(dkim.domain && dkim.selector && dkim.key_file))
    refuse("DKIM needs all three of TRACEWIRE_DKIM_DOMAIN, TRACEWIRE_DKIM_SELECTOR and TRACEWIRE_DKIM_KEY_FILE");
  if (smtp_url === undefined) return;
  if (!/^smtps?:\/\/[^\s]+$/.test(smtp_url) || !URL.canParse(smtp_url)) refuse("TRACEWIRE_SMTP_URL is not of the form smtp://user:password@host:587 or smtps://…");
  if (from.includes("tracewire.invalid")) refuse("TRACEWIRE_MAIL_FROM is not set: letters need an address of yours to come from");
}
