// A mail server with STARTTLS (RFC 3207), TLS from the start, and AUTH PLAIN and LOGIN (RFC 4954), which writes down
// what came in clear and what came under TLS: the judge of whether a password was ever readable on the wire.
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { TLSSocket, createSecureContext, createServer as createTlsServer } from "node:tls";

export type GuardedOptions = {
  key: string;
  cert: string;
  /** TLS from the first byte, as on port 465. */
  implicit?: boolean;
  /** False: the offer is missing, as where somebody between has struck it out. */
  starttls?: boolean;
  auth?: ("PLAIN" | "LOGIN")[];
  user?: string;
  password?: string;
  /** What a refusal repeats. */
  refusal?: (received: string) => string;
};

export type GuardedSmtp = {
  port: number;
  clear: string;
  secret: string;
  /** Messages taken, and whether they came under TLS and after a login. */
  taken: { raw: string; tls: boolean; login?: string }[];
  close(): Promise<void>;
};

export async function openGuardedSmtp(options: GuardedOptions): Promise<GuardedSmtp> {
  const sockets = new Set<Socket>();
  const judge: Omit<GuardedSmtp, "port" | "close"> = { clear: "", secret: "", taken: [] };
  const onSocket = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    socket.write("220 guarded.test ESMTP\r\n");
    converse(socket, options, judge, options.implicit === true);
  };
  const server: Server = options.implicit ? createTlsServer({ key: options.key, cert: options.cert }, onSocket) : createServer(onSocket);
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(judge, {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  });
}

function converse(socket: Socket, options: GuardedOptions, judge: Omit<GuardedSmtp, "port" | "close">, tls: boolean): void {
  const { starttls = true, auth = ["PLAIN", "LOGIN"], user, password, refusal = () => "535 5.7.8 not these credentials" } = options;
  let buffer = "";
  let login: string | undefined;
  /** Where set, the next line is not a command but goes here. */
  let next: ((line: string) => void) | undefined;
  let body: string | undefined;
  const say = (...lines: string[]) => void socket.write(lines.map((line) => `${line}\r\n`).join(""));
  const check = (name: string, word: string, received: string) => {
    if (name !== user || word !== password) return say(refusal(received));
    login = name;
    say("235 2.7.0 welcome");
  };
  const text = (base64: string) => Buffer.from(base64, "base64").toString();

  const command = (line: string): void => {
    const [verb, ...rest] = line.split(" ") as [string, ...string[]];
    switch (verb.toUpperCase()) {
      case "EHLO":
        return say(...["250-guarded.test", ...(starttls && !tls ? ["250-STARTTLS"] : []), `250-AUTH ${auth.join(" ")}`, "250 8BITMIME"]);
      case "STARTTLS": {
        if (!starttls || tls) return say("502 5.5.1 not here");
        say("220 2.0.0 go on");
        socket.removeAllListeners("data");
        const secure = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext({ key: options.key, cert: options.cert }) });
        secure.on("error", () => {});
        return converse(secure, options, judge, true);
      }
      case "AUTH":
        if (rest[0] === "PLAIN") {
          const [, name, word] = text(rest[1]!).split("\u0000");
          return check(name!, word!, line);
        }
        next = (name) => {
          next = (word) => ((next = undefined), check(text(name), text(word), word));
          say("334 UGFzc3dvcmQ6");
        };
        return rest[1] ? next(rest[1]) : say("334 VXNlcm5hbWU6");
      case "DATA":
        body = "";
        return say("354 go on");
      case "QUIT":
        return void socket.end("221 bye\r\n");
      default:
        return say("250 good");
    }
  };

  socket.on("data", (chunk: Buffer) => {
    const received = chunk.toString("latin1");
    judge[tls ? "secret" : "clear"] += received;
    buffer += received;
    for (let end = buffer.indexOf("\r\n"); end >= 0; end = buffer.indexOf("\r\n")) {
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + 2);
      if (body === undefined) (next ?? command)(line);
      else if (line === ".") {
        judge.taken.push({ raw: body, tls, login });
        body = undefined;
        say("250 2.0.0 taken");
      } else body += `${line.replace(/^\.\./, ".")}\r\n`;
    }
  });
}
