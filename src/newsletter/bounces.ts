// Returned mails: standard ones (RFC 3464) by their fields, the many others by their words, complaints (ARF, RFC 5965).
// Where signs disagree a bounce is "soft": a reader is never silenced by a guess.
import { createHash } from "node:crypto";
import { simpleParser, type ParsedMail } from "mailparser";
import { parseAddress } from "./address.ts";
import { weighReply } from "./bounce-words.ts";
import { stopMail } from "./sign-up-desk.ts";
import type { People } from "./people-store.ts";

export type Bounce = {
  class: "hard" | "soft" | "complaint" | "unknown";
  /** The address that our mail was for, where the letter tells. */
  address?: string;
  /** Ids in it that have the form of our own Message-IDs; which of them are ours, the outbox knows. */
  message_ids: string[];
  /** The words that decided. */
  why: string;
  /** SHA-256 of its own Message-ID, or of its bytes where it has none: the same mail counts once, however often it is read. */
  mail?: string;
};

/** Of mails that counted the newest so many are known again. */
const READ_MAX = 50_000;
const LINES_MAX = 400;
const LINE_LENGTH_MAX = 1_000;
const MESSAGE_IDS_MAX = 20;
const MIME_PARTS_MAX = 200;

/** Where the letter ends and the returned message begins. */
const ORIGINAL_BEGINS =
  /^[\s>]*(-{2,}.*\b(original message|unsent message|copy of the message|returned message|header of the original|this line is a copy|end of message)|original message follows|original message:|-{2,}original message|below is a copy of|included is a copy of|received:? ?from |return-path:)/i;
/** Said anywhere in the letter, these outweigh "no such user" in a field. */
const FULL = /(disk space|over ?quota|mailbox is full|mailfolder is full|exceeded the local limit|size limit)/i;

export async function readBounce(bytes: Uint8Array): Promise<Bounce> {
  const mail = await parseMail(bytes);
  return { ...weighMail(bytes, mail), mail: createHash("sha256").update(mail.messageId ?? bytes).digest("hex") };
}

const parseMail = (bytes: Uint8Array): Promise<ParsedMail> =>
  simpleParser(Buffer.from(bytes), { keepDeliveryStatus: true, skipTextToHtml: true, skipImageLinks: true, maxChildNodes: MIME_PARTS_MAX });

function weighMail(bytes: Uint8Array, mail: ParsedMail): Bounce {
  const raw = Buffer.from(bytes).toString("latin1");
  const message_ids = [...new Set([...raw.matchAll(/<([0-9a-f]{32})@[^<>\s]+>/g)].map((match) => match[1]!))].slice(0, MESSAGE_IDS_MAX);
  const part = (type: RegExp) => mail.attachments.find(({ contentType }) => type.test(contentType))?.content.toString("utf8");

  const feedback = part(/^message\/feedback-report$/);
  if (feedback !== undefined) return complaint(feedback, raw, message_ids);

  const status = part(/^message\/(global-)?delivery-status$/);
  const fields = status ? unfold(status) : [];
  const field = (name: string): string | undefined => fields.find((line) => line.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1).trim();
  const letter = letterLines(mail, raw);
  const address = addressOf(mail, field, letter, raw);
  const base = { address, message_ids };

  const action = field("action")?.toLowerCase();
  if (action && /^(delivered|relayed|expanded)/.test(action)) return { ...base, class: "unknown", why: `Action: ${action}` };
  if (!isBounce(mail, status, letter)) return { ...base, class: "unknown", why: "no letter of a mail server about a message that was not delivered" };
  if (action?.startsWith("delayed")) return { ...base, class: "soft", why: "Action: delayed" };

  const diagnostic = field("diagnostic-code")?.replace(/^[a-z-]+\s*;\s*/i, "");
  const lines = [...(diagnostic ? [diagnostic] : []), ...letter];
  const weights = lines.map((line) => ({ line, ...weighReply(line) }));
  const gone = weights.find(({ says_gone, is_temporary }) => says_gone && !is_temporary);
  // A line that only mentions a filter or a sender says nothing; one that is an answer, or speaks of the mailbox, does.
  const other = weights.find((weight) => weight.says_other && (weight.is_permanent || weight.is_temporary || weight.says_gone || weight.line === diagnostic));
  const full = letter.find((line) => FULL.test(line));
  if (gone && !other && !full && !speaksOfOther(field("status"))) return { ...base, class: "hard", why: gone.line };
  return { ...base, class: "soft", why: (full ?? other?.line ?? diagnostic ?? letter[0] ?? mail.subject ?? "").slice(0, LINE_LENGTH_MAX) };
}

/** What a person becomes: bounced only on "hard", and after many soft ones. */
export const SOFT_BOUNCES_MAX = 5;

/**
 * Applies a bounce to whom it concerns. The returned message carries our own Message-ID, which nobody can guess: that
 * names the person and proves that the mail was ours. By its address alone a hard bounce, which anyone can forge, only
 * counts as a soft one; a complaint always stops mail, for that harms nobody.
 */
export function applyBounce(people: People, bounce: Bounce): string {
  if (bounce.class === "unknown") return "nothing was changed";
  return people.change(() => {
    const byId = people.db.prepare("SELECT person FROM outbox WHERE message_id = ? AND person IS NOT NULL");
    const byAddress = people.db.prepare("SELECT id AS person FROM people WHERE address_key = ?");
    const proven = bounce.message_ids.map((id) => byId.get(id)).find(Boolean)?.person as number | undefined;
    const person = proven ?? ((bounce.address && byAddress.get(bounce.address.toLowerCase())?.person) as number | undefined);
    if (person === undefined) return "nobody here has had this mail";
    if (bounce.mail !== undefined && isReadAlready(people, `${bounce.mail} ${proven === undefined ? "by address" : "proven"}`)) return "this mail was counted before; nothing was changed";
    const become = (state: "bounced" | "complained") => people.db.prepare("UPDATE people SET state = ? WHERE id = ? AND state <> 'complained'").run(state, person);
    if (bounce.class === "complaint") {
      become("complained");
      stopMail(people, person, "complained");
      people.db.prepare("DELETE FROM outbox WHERE person = ? AND state = 'queued'").run(person);
      return "no mail goes out to them any more";
    }
    if (bounce.class === "hard" && proven !== undefined) {
      become("bounced");
      stopMail(people, person, "bounced");
      return "marked as bounced; they may sign up again";
    }
    people.db.prepare("UPDATE people SET soft_bounces = soft_bounces + 1 WHERE id = ?").run(person);
    const count = people.db.prepare("SELECT soft_bounces AS n FROM people WHERE id = ?").get(person)!.n as number;
    if (count < SOFT_BOUNCES_MAX) return `counted: ${count} of ${SOFT_BOUNCES_MAX} before no more is sent`;
    become("bounced");
    stopMail(people, person, "bounced");
    return "the last of too many: marked as bounced";
  });
}

/** Inside a change: notes it, where it is new. */
function isReadAlready(people: People, mail: string): boolean {
  const isNew = Number(people.db.prepare("INSERT OR IGNORE INTO read_bounces (mail) VALUES (?)").run(mail).changes) > 0;
  people.db.prepare("DELETE FROM read_bounces WHERE id <= (SELECT max(id) FROM read_bounces) - ?").run(READ_MAX);
  return !isNew;
}

function complaint(feedback: string, raw: string, message_ids: string[]): Bounce {
  const fields = unfold(feedback);
  const value = (name: RegExp) => fields.find((line) => name.test(line))?.replace(/^[^:]*:\s*/, "");
  const type = value(/^feedback-type:/i)?.trim() ?? "";
  // RFC 5965 §7.3 has kinds that are no complaint: "not-spam", reports of authentication failures (RFC 6591).
  if (!/^(abuse|fraud|virus|other|opt-out|miscategorized)/i.test(type)) return { class: "unknown", message_ids, why: `Feedback-Type: ${type}` };
  const original = value(/^(original-rcpt-to|removal-recipient):/i) ?? [...raw.matchAll(/^To:\s*(.+)$/gim)].at(-1)?.[1];
  return { class: "complaint", address: firstAddress(original), message_ids, why: `Feedback-Type: ${type}` };
}

function isBounce(mail: ParsedMail, status: string | undefined, letter: readonly string[]): boolean {
  if (status !== undefined) return true;
  const from = mail.from?.text ?? "";
  const said = `${mail.subject ?? ""}\n${letter.slice(0, 40).join("\n")}`;
  return (
    /mailer-daemon|post_?master|mail deliver|mail\.delivery|no-reply|ndr admin|system administrator/i.test(from) ||
    /undeliver|not (be )?deliver|delivery (has )?(failed|failure|status)|returned mail|failure notice/i.test(said)
  );
}

function letterLines(mail: ParsedMail, raw: string): string[] {
  const text = mail.text?.trim() ? mail.text : raw.slice(Math.max(0, raw.search(/\r?\n\r?\n/)));
  const lines = [mail.subject ?? "", ...text.split(/\r?\n/)].map((line) => line.slice(0, LINE_LENGTH_MAX)).slice(0, LINES_MAX);
  const end = lines.findIndex((line, at) => at > 0 && ORIGINAL_BEGINS.test(line));
  const own = end < 0 ? lines : lines.slice(0, end);
  // An answer is often broken over two lines, and its code stands on the first.
  return own.map((line, at) => `${line} ${/^\s*[45]\d\d[ -]|: [45]\d\d[ -]|said:\s*$/.test(line) ? (own[at + 1] ?? "") : ""}`.trim()).filter(Boolean);
}

function addressOf(mail: ParsedMail, field: (name: string) => string | undefined, letter: readonly string[], raw: string): string | undefined {
  const failed = mail.headers.get("x-failed-recipients");
  const named =
    firstAddress(field("original-recipient")) ?? firstAddress(field("final-recipient")) ?? firstAddress(typeof failed === "string" ? failed : undefined);
  if (named) return named;
  const ours = new Set([mail.to].flat().flatMap((to) => to?.value.map(({ address }) => address?.toLowerCase()) ?? []));
  for (const value of mail.from?.value ?? []) ours.add(value.address?.toLowerCase());
  for (const line of letter)
    if (!/^\s*(from|original sender|sender|mail from|received|to whom)\b/i.test(line)) {
      const found = firstAddress(line);
      if (found && !ours.has(found.toLowerCase()) && !/^(mailer-daemon|postmaster)@/i.test(found)) return found;
    }
  return firstAddress([...raw.matchAll(/^To:\s*(.+)$/gim)].at(-1)?.[1]);
}

function firstAddress(text: string | undefined): string | undefined {
  for (const [found] of (text ?? "").replace(/^\s*rfc822\s*;\s*/i, "").matchAll(/[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+[A-Za-z0-9]/g)) {
    const address = parseAddress(found);
    if (address) return address.address;
  }
  return undefined;
}

const unfold = (text: string): string[] => text.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/);

/** A status field (RFC 3463) of the moment, of the message's size, of security or policy. */
const speaksOfOther = (status: string | undefined): boolean => /^(4\.|5\.7\.|5\.2\.[23]|5\.3\.4)/.test(status ?? "");
