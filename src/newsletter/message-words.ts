// The sender as settings give it, and text as a header may hold it. Apart from message.ts, which loads the mail library.
import type { MailSettings } from "../config.ts";

export function senderAddress({ from }: MailSettings): string {
  return /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim();
}

export const senderDomain = (settings: MailSettings): string => senderAddress(settings).split("@")[1] ?? "localhost";

/** A header is one line: what would break out of it is a space. */
export const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, " ").trim();
