// SMTP by nodemailer's connection, one message at a time. The message is a stream that ends only after the outbox's mark
// is durable: the library writes the final dot when the stream ends, and not before.
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { classifyReply } from "./bounce-words.ts";
import { readSmtpUrl, type SmtpServer } from "./mail-settings.ts";
import type { Delivery, Mailer, OutgoingMessage } from "./mailer.ts";

const MESSAGES_PER_CONNECTION_MAX = 100;
const CONNECT_TIMEOUT_MS = 30_000;
const SOCKET_TIMEOUT_MS = 120_000;
/** Turns of the event loop in which the body may leave our buffer, so that a cut is seen before the mark and not after. */
const DRAIN_TURNS_MAX = 200;

export type SmtpOptions = {
  /**
   * smtps://user:password@host:465 or smtp://user:password@host:587. With a password STARTTLS is insisted on, because
   * whoever sits between can strike the offer from the server's answer (RFC 3207 §6); `?cleartext-password` gives that up.
   */
  url: string;
  /** Certificates (PEM) to believe instead of the system's. */
  ca?: string;
  /** The name we greet with. */
  name: string;
  timeouts?: { connect_ms: number; socket_ms: number };
};

type SmtpError = Error & { responseCode?: number; response?: string; command?: string };

export function openSmtpMailer(options: SmtpOptions): Mailer {
  const smtp = readSmtpUrl(options.url);
  assert(smtp, "mail settings were checked before a mailer is opened");
  const { url, login } = smtp;
  let open: { connection: SMTPConnection; sent: number } | undefined;

  const connect = async (): Promise<SMTPConnection> => {
    if (open && open.sent < MESSAGES_PER_CONNECTION_MAX && !open.connection.destroyed) return open.connection;
    open?.connection.quit();
    open = undefined;
    const connection = new SMTPConnection({
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port ? Number(url.port) : undefined,
      secure: url.protocol === "smtps:",
      requireTLS: url.searchParams.has("require-tls") || (login !== undefined && !url.searchParams.has("cleartext-password")),
      tls: options.ca === undefined ? {} : { ca: options.ca },
      name: options.name,
      connectionTimeout: options.timeouts?.connect_ms ?? CONNECT_TIMEOUT_MS,
      greetingTimeout: options.timeouts?.connect_ms ?? CONNECT_TIMEOUT_MS,
      socketTimeout: options.timeouts?.socket_ms ?? SOCKET_TIMEOUT_MS,
      // On a server of our own machine the loopback interface is the way out.
      allowInternalNetworkInterfaces: true,
    });
    await new Promise<void>((resolve, reject) => {
      connection.once("error", reject);
      connection.once("end", () => reject(new Error("the connection ended")));
      connection.connect((error) => (error ? reject(error) : resolve()));
    });
    connection.on("error", () => {});
    if (login) {
      try {
        await new Promise<void>((resolve, reject) => connection.login(login, (error) => (error ? reject(error) : resolve())));
      } catch (error) {
        connection.close();
        throw error;
      }
    }
    open = { connection, sent: 0 };
    return connection;
  };

  return {
    async deliver(message, beforeFinalDot) {
      let connection: SMTPConnection;
      try {
        connection = await connect();
      } catch (error) {
        return { outcome: "deferred", reply: withoutLogin(replyOf(error as SmtpError), smtp), server: true };
      }
      const delivery = await sendOne(connection, message, beforeFinalDot);
      open!.sent += 1;
      // After anything but a 250 the state of the dialogue is not worth knowing.
      if (delivery.outcome !== "accepted") {
        connection.close();
        open = undefined;
      }
      return delivery;
    },
    async close() {
      open?.connection.quit();
      open = undefined;
    },
  };
}

function sendOne(connection: SMTPConnection, { envelope, raw }: OutgoingMessage, beforeFinalDot: () => boolean): Promise<Delivery> {
  return new Promise((resolve) => {
    let isOver = false;
    let marked = false;
    const stream = Readable.from(body());
    stream.on("error", () => {});
    connection.send(envelope, stream, (error, info) => {
      isOver = true;
      if (!error) return resolve({ outcome: "accepted", reply: info!.response });
      stream.destroy();
      resolve(afterError(error as SmtpError, marked));
    });

    async function* body(): AsyncGenerator<Uint8Array> {
      yield raw;
      for (let turn = 0; turn < DRAIN_TURNS_MAX && !isOver; turn++) {
        const socket = connection._socket;
        if (turn > 0 && (!socket || socket.writableLength === 0)) break;
        await new Promise((next) => setImmediate(next));
      }
      const isGone = () => isOver || connection.destroyed || !connection._socket || connection._socket.destroyed;
      if (isGone()) throw new Error("cut before the final dot");
      if (!beforeFinalDot()) {
        isOver = true;
        connection.close();
        resolve({ outcome: "deferred", reply: "the row was no longer ours", server: false });
        throw new Error("not to be ended");
      }
      marked = true;
    }
  });
}

function afterError(error: SmtpError, marked: boolean): Delivery {
  const reply = replyOf(error);
  const code = error.responseCode ?? 0;
  // An answer to DATA after the dot is an answer; a cut is none, whatever text came before it.
  const isAnswer = code >= 400 && error.command !== "CONN";
  if (marked && !isAnswer) return { outcome: "in_doubt", reply };
  // nodemailer names the command without its argument: "RCPT TO" is about this mailbox, "DATA" about this message.
  if (code >= 500 && error.command === "RCPT TO") return { outcome: "refused", reply, mailbox: classifyReply(reply) === "hard" };
  if (code >= 500 && error.command === "DATA") return { outcome: "refused", reply, mailbox: classifyReply(reply) === "hard" };
  return { outcome: "deferred", reply, server: error.command !== "RCPT TO" && error.command !== "DATA" };
}

const replyOf = (error: SmtpError): string => error.response || error.message;

/** Some servers repeat in their refusal what they were sent; replies are kept in the outbox and shown by `status`. */
function withoutLogin(reply: string, { url, login }: SmtpServer): string {
  if (!login?.pass) return reply;
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const secrets = [base64(`\u0000${login.user}\u0000${login.pass}`), base64(login.pass), login.pass, url.password];
  return secrets.reduce((text, secret) => text.replaceAll(secret, "(password)"), reply);
}
