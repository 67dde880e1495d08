// From words to a whole message (RFC 5322) with a plain and an HTML part, signed by us (DKIM, RFC 6376).
import { text as readStream } from "node:stream/consumers";
import DKIM from "nodemailer/lib/dkim";
import MailComposer from "nodemailer/lib/mail-composer";
import type { MailSettings } from "../config.ts";
import { readDkimKey } from "./mail-settings.ts";
import { oneLine, senderDomain } from "./message-words.ts";

/** RFC 8058 §4: both List-Unsubscribe headers must be covered by the signature; nodemailer's own list lacks the second. */
const SIGNED_FIELDS =
  "From:To:Subject:Date:Message-ID:MIME-Version:Content-Type:Content-Transfer-Encoding:List-Id:List-Unsubscribe:List-Unsubscribe-Post:Auto-Submitted";

export type Letter = {
  to: string;
  subject: string;
  text: string;
  html: string;
  message_id: string;
  /** ISO 8601, UTC. */
  date: string;
  /** Address that leaves by one POST (RFC 8058), on mails that come because someone is subscribed. */
  one_click?: string;
};

export type Signer = (message: string) => Promise<Uint8Array>;

/** Reads the key once. Without DKIM settings messages go out as they are. */
export function openSigner(settings: MailSettings): Signer {
  if (!settings.dkim) return async (message) => Buffer.from(message);
  const { domain, selector, key_file } = settings.dkim;
  const dkim = new DKIM({ domainName: domain, keySelector: selector, privateKey: readDkimKey(key_file), headerFieldNames: SIGNED_FIELDS });
  return async (message) => Buffer.from(await readStream(dkim.sign(message)));
}

export async function composeMessage(letter: Letter, settings: MailSettings, sign: Signer): Promise<Uint8Array> {
  const domain = senderDomain(settings);
  const node = new MailComposer({
    from: settings.from,
    to: { name: "", address: letter.to },
    subject: oneLine(letter.subject),
    text: letter.text,
    html: letter.html,
    messageId: `<${letter.message_id}@${domain}>`,
    date: new Date(letter.date),
    // Not drawn by the library: a letter is the same bytes whenever it is made of the same parts.
    baseBoundary: letter.message_id,
    textEncoding: "quoted-printable",
    // Nothing in a letter may make the composer read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
    headers: {
      "Auto-Submitted": "auto-generated",
      ...(letter.one_click
        ? {
            "List-Id": `Tracewire <newsletter.${domain}>`,
            "List-Unsubscribe": `<${letter.one_click}>`,
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
          }
        : {}),
    },
  }).compile();
  const built = await node.build();
  // The composer leaves the line breaks of its parts as they are; what is signed is what goes over the wire (RFC 5322 §2.3).
  return sign(built.toString("latin1").replace(/\r?\n/g, "\r\n"));
}
