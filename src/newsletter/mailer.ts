// How a message leaves: an effect, passed in. The real one speaks SMTP; without settings mails go to a sink in people.db.
import type { People } from "./people-store.ts";

export type OutgoingMessage = {
  envelope: { from: string; to: string };
  subject: string;
  text: string;
  /** The whole message (RFC 5322), signed. */
  raw: Uint8Array;
};

export type Delivery =
  /** The server said 250 to the final dot. */
  | { outcome: "accepted"; reply: string }
  /** A 5xx: this message or this mailbox is refused for good. */
  | { outcome: "refused"; reply: string; mailbox: boolean }
  /** A 4xx, or a cut before the final dot: certainly not taken, try later. `server`: no mail at all gets through now. */
  | { outcome: "deferred"; reply: string; server: boolean }
  /** The dot went out and no answer came. */
  | { outcome: "in_doubt"; reply: string };

export type Mailer = {
  /** `beforeFinalDot` makes the outbox's mark durable; where it returns false the message must not be ended. */
  deliver(message: OutgoingMessage, beforeFinalDot: () => boolean): Promise<Delivery>;
  close(): Promise<void>;
};

const SINK_MAILS_MAX = 2_000;

export function openSinkMailer(people: People): Mailer {
  return {
    async deliver({ envelope, subject, text, raw }, beforeFinalDot) {
      if (!beforeFinalDot()) return { outcome: "deferred", reply: "the row was no longer ours", server: false };
      people.change(() => {
        people.db
          .prepare("INSERT INTO sink (at, address_key, subject, text, raw) VALUES (?, ?, ?, ?, ?)")
          .run(people.effects.clock(), envelope.to.toLowerCase(), subject, text, raw);
        people.db.prepare("DELETE FROM sink WHERE id <= (SELECT max(id) FROM sink) - ?").run(SINK_MAILS_MAX);
      });
      return { outcome: "accepted", reply: "kept in the local sink" };
    },
    close: async () => {},
  };
}

export type SinkMail = { id: number; at: string; to: string; subject: string; text: string; raw: Uint8Array };

/** What the pages at /mail are given where no SMTP server is set. */
export type MailSink = { list(limit: number): Omit<SinkMail, "raw" | "text">[]; read(id: number): SinkMail | undefined };

export function openMailSink(people: People): MailSink {
  return {
    list: (limit) =>
      people.db.prepare(`SELECT id, at, address_key AS "to", subject FROM sink ORDER BY id DESC LIMIT ?`).all(limit) as unknown as SinkMail[],
    read: (id) =>
      people.db.prepare(`SELECT id, at, address_key AS "to", subject, text, raw FROM sink WHERE id = ?`).get(id) as unknown as
        SinkMail | undefined,
  };
}
