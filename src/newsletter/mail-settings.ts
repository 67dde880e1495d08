// Settings that would fail later, half-way through a list of readers, are refused before anything is queued.
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import type { MailSettings } from "../config.ts";
import { TracewireError } from "../errors.ts";
import { parseAddress } from "./address.ts";
import { senderAddress } from "./message-words.ts";

export type MailProblem = { setting: "base_url" | "mail_from" | "dkim_key_file" | "smtp_url"; what: string; hint?: string };

export function mailProblems({ smtp_url, from, base_url, base_url_is_guess, dkim }: MailSettings): MailProblem[] {
  const problems: MailProblem[] = [];
  const find = (setting: MailProblem["setting"], what: string, hint?: string) => void problems.push({ setting, what, ...(hint ? { hint } : {}) });
  if (!/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/.test(base_url)) find("base_url", `TRACEWIRE_BASE_URL: "${base_url}" is not an http or https address`);
  if (/[\u0000-\u001f\u007f]/.test(from) || !parseAddress(senderAddress({ from, base_url })))
    find("mail_from", "TRACEWIRE_MAIL_FROM is no address, or no name and <address>");
  if (dkim && !(dkim.domain && dkim.selector && dkim.key_file))
    find("dkim_key_file", "DKIM needs all three of TRACEWIRE_DKIM_DOMAIN, TRACEWIRE_DKIM_SELECTOR and TRACEWIRE_DKIM_KEY_FILE");
  if (smtp_url === undefined) return problems;
  if (base_url_is_guess)
    find("base_url", `A mail server is set and TRACEWIRE_BASE_URL is not: real letters would carry links to ${base_url}`, BASE_URL_HINT);
  if (!readSmtpUrl(smtp_url))
    find("smtp_url", "TRACEWIRE_SMTP_URL is not of the form smtp://user:password@host:587 or smtps://… (signs such as @ : / % in a password are written %40 %3A %2F %25)");
  else if (from.includes("tracewire.invalid")) find("mail_from", "TRACEWIRE_MAIL_FROM is not set: letters need an address of yours to come from");
  return problems;
}

export type SmtpServer = { url: URL; login?: { user: string; pass: string } };

/** Undefined where it is none. A % in a password that is no escape would else be found only when the first letter leaves. */
export function readSmtpUrl(text: string): SmtpServer | undefined {
  if (!/^smtps?:\/\/[^\s]+$/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  try {
    return { url, login: url.username ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } : undefined };
  } catch {
    return undefined;
  }
}

/** The key in PEM. Throws BAD_ARGUMENT where it cannot be read or cannot sign: letters are signed with rsa-sha256. */
export function readDkimKey(file: string): string {
  const refuse = (what: string, cause?: unknown) => new TracewireError("BAD_ARGUMENT", { what, where: file, hint: MAIL_SETTINGS_HINT, cause });
  let pem: string;
  let type: string | undefined;
  try {
    pem = readFileSync(file, "utf8");
    type = createPrivateKey(pem).asymmetricKeyType;
  } catch (error) {
    throw refuse(`The DKIM key cannot be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  if (type !== "rsa") throw refuse(`The DKIM key is of the kind ${type}; it must be an RSA key`);
  return pem;
}

const BASE_URL_HINT = "Set TRACEWIRE_BASE_URL, or base_url in tracewire.config.json, to the address at which readers reach the site, such as https://news.example.";
export const MAIL_SETTINGS_HINT = "See docs/newsletter.md for each setting.";

/** Throws BAD_CONFIG with the first of them. */
export function requireMailSettings(settings: MailSettings): void {
  const [first] = mailProblems(settings);
  if (first) throw new TracewireError("BAD_CONFIG", { what: first.what, hint: first.hint ?? MAIL_SETTINGS_HINT });
}
