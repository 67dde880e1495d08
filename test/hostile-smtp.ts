// A mail server that cuts the line at every stage there is, and remembers what it really took: the judge of whether
// anybody was sent a letter twice. On node:net, because a server library would answer before we could cut.
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

export const STAGES = ["connect", "greeting", "mail", "rcpt", "data", "mid-body", "after-dot", "after-250"] as const;
export type Stage = (typeof STAGES)[number];

/** "cut" ends the line there; at after-dot, "taken-cut" takes the message first: the case that nobody can tell apart. */
export type Fault = "none" | "cut" | "taken-cut" | "4xx" | "5xx";

export type HostileSmtp = {
  port: number;
  /** Messages taken, by recipient. */
  taken: Map<string, { id: string; raw: string }[]>;
  /** How often each stage met each fault. */
  met: Map<string, number>;
  close(): Promise<void>;
};

/** `choose` decides at each stage, and is told who the message is for where that is known. */
export async function openHostileSmtp(choose: (stage: Stage, recipient: string | undefined) => Fault, extensions: string[] = []): Promise<HostileSmtp> {
  const taken: HostileSmtp["taken"] = new Map();
  const met: HostileSmtp["met"] = new Map();
  const sockets = new Set<Socket>();
  const meet = (stage: Stage, recipient?: string): Fault => {
    const fault = choose(stage, recipient);
    met.set(`${stage} ${fault}`, (met.get(`${stage} ${fault}`) ?? 0) + 1);
    return fault;
  };
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    if (meet("connect") === "cut") return void socket.destroy();
    const greeting = meet("greeting");
    if (greeting === "cut") return void socket.end("220 hos");
    if (greeting === "4xx") return void socket.end("421 not now\r\n");
    socket.write("220 hostile.test ESMTP\r\n");
    serve(socket, meet, taken, extensions);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    taken,
    met,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function serve(socket: Socket, meet: (stage: Stage, recipient?: string) => Fault, taken: HostileSmtp["taken"], extensions: string[]): void {
  let buffer = "";
  let recipient = "";
  let inBody = false;
  let bodyFault: Fault = "none";
  socket.setEncoding("latin1");
  let isOver = false;
  socket.on("data", (chunk: string) => {
    if (isOver) return void socket.destroy();
    buffer += chunk;
    while (!socket.destroyed) {
      if (inBody) {
        if (bodyFault === "cut") return void socket.destroy();
        const end = buffer.indexOf("\r\n.\r\n");
        if (end < 0) return;
        const raw = buffer.slice(0, end + 2).replace(/^\.\./gm, ".");
        buffer = buffer.slice(end + 5);
        inBody = false;
        if (!finish(raw)) return;
        continue;
      }
      const end = buffer.indexOf("\r\n");
      if (end < 0) return;
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + 2);
      if (!command(line)) return;
    }
  });

  /** Both say whether the dialogue goes on. */
  const say = (answer: string): boolean => {
    socket.write(answer);
    return true;
  };
  const cut = (politely = false): boolean => {
    isOver = true;
    if (politely) socket.end();
    else socket.destroy();
    return false;
  };
  const take = (raw: string) => {
    const id = /^Message-ID:\s*<([^>]+)>/im.exec(raw)?.[1] ?? "";
    taken.set(recipient, [...(taken.get(recipient) ?? []), { id, raw }]);
  };

  const finish = (raw: string): boolean => {
    const fault = meet("after-dot", recipient);
    if (fault === "taken-cut") take(raw);
    if (fault === "cut" || fault === "taken-cut") return cut();
    if (fault === "4xx") return say("451 4.3.0 try later\r\n");
    if (fault === "5xx") return say("554 5.6.0 not this message\r\n");
    take(raw);
    socket.write("250 2.0.0 taken\r\n");
    if (meet("after-250", recipient) === "cut") return cut(true);
    return true;
  };

  const receive = (address: string): boolean => {
    const fault = meet("rcpt", address);
    recipient = fault === "none" ? address : "";
    return answer(fault, "250 2.1.5 good\r\n");
  };
  const answer = (fault: Fault, good: string): boolean => {
    if (fault === "cut") return cut();
    return say(fault === "4xx" ? "450 4.2.0 later\r\n" : fault === "5xx" ? "550 5.1.1 User unknown\r\n" : good);
  };
  const command = (line: string): boolean => {
    const verb = line.slice(0, 4).toUpperCase();
    switch (verb) {
      case "EHLO":
        return say(`${["250-hostile.test", ...extensions.map((name) => `250-${name}`), "250 8BITMIME"].join("\r\n")}\r\n`);
      case "MAIL":
        return answer(meet("mail"), "250 2.1.0 good\r\n");
      case "RCPT":
        return receive(/<([^>]*)>/.exec(line)?.[1] ?? "");
      case "DATA": {
        // With PIPELINING it may come behind a recipient that was refused (RFC 2920 §3.1).
        if (!recipient) return say("503 5.5.1 no valid recipient\r\n");
        const fault = meet("data", recipient);
        inBody = fault === "none";
        if (inBody) bodyFault = meet("mid-body", recipient);
        return answer(fault, "354 go on\r\n");
      }
      case "QUIT":
        socket.end("221 bye\r\n");
        return false;
      default:
        return say("250 good\r\n");
    }
  };
}
