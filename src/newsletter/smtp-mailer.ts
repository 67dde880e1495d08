// SMTP by nodemailer's connection, one message at a time. The message is a stream that ends only after the outbox's mark
// is durable: the library writes the final dot when the stream ends, and not before.
import { Readable } from "node:stream";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { classifyReply } from "./bounce-words.ts";
import type { Delivery, Mailer, OutgoingMessage } from "./mailer.ts";

const MESSAGES_PER_CONNECTION_MAX = 100;
const CONNECT_TIMEOUT_MS = 30_000;
const SOCKET_TIMEOUT_MS = 120_000;
/** Turns of the event loop in which the body may leave our buffer, so that a cut is seen before the mark and not after. */
const DRAIN_TURNS_MAX = 200;

export type SmtpOptions = {
  /** smtp://user:password@host:587 (STARTTLS where offered), smtps://host:465 */
  url: string;
  /** The name we greet with. */
  name: string;
  timeouts?: { connect_ms: number; socket_ms: number };
};

type SmtpError = Error & { responseCode?: number; response?: string; command?: string };

export function openSmtpMailer(options: SmtpOptions): Mailer {
  let open: { connection: SMTPConnection; sent: number } | undefined;

  const connect = async (): Promise<SMTPConnection> => {
    if (open && open.sent < MESSAGES_PER_CONNECTION_MAX && !open.connection.destroyed) return open.connection;
    open?.connection.quit();
    open = undefined;
    const url = new URL(options.url);
    const connection = new SMTPConnection({
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port ? Number(url.port) : undefined,
      secure: url.protocol === "smtps:",
      requireTLS: url.searchParams.has("require-tls"),
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
    if (url.username)
      await new Promise<void>((resolve, reject) =>
        connection.login({ user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }, (error) =>
          error ? reject(error) : resolve(),
        ),
      );
    open = { connection, sent: 0 };
    return connection;
  };

  return {
    async deliver(message, beforeFinalDot) {
      let connection: SMTPConnection;
      try {
        connection = await connect();
      } catch (error) {
        return { outcome: "deferred", reply: replyOf(error as SmtpError), server: true };
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
