// One copy of the draft to somebody of the house: by the same composer and mailer, but no row, no entry, no subscriber.
import type { MailSettings } from "../config.ts";
import { TracewireError } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { parseAddress } from "./address.ts";
import { draftForms, requireDraft } from "./draft-issue.ts";
import { openSinkMailer, type Delivery } from "./mailer.ts";
import { senderAddress, senderDomain } from "./message-words.ts";
import type { People } from "./people-store.ts";

export async function sendTest(people: People, log: LogReader, settings: MailSettings, to: string): Promise<Delivery> {
  const address = parseAddress(to);
  if (!address) throw new TracewireError("BAD_ARGUMENT", { what: `"${to}" is no mail address` });
  const forms = draftForms(log, requireDraft(people), settings.base_url, "draft");
  const subject = `[Test] ${forms.subject}`;
  const { composeMessage, openSigner } = await import("./message.ts");
  const letter = { ...forms, to: address.address, subject, message_id: Buffer.from(people.effects.random(16)).toString("hex"), date: people.effects.clock() };
  const raw = await composeMessage(letter, settings, openSigner(settings));
  const mailer = settings.smtp_url
    ? (await import("./smtp-mailer.ts")).openSmtpMailer({ url: settings.smtp_url, name: senderDomain(settings) })
    : openSinkMailer(people);
  try {
    return await mailer.deliver({ envelope: { from: senderAddress(settings), to: address.address }, subject, text: forms.text, raw }, () => true);
  } finally {
    await mailer.close();
  }
}
