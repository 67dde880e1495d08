// A line for each answer, for the administrator. It says what was asked for and how it went, never who asked: values of
// queries, tokens and addresses are left out, and a network is named no closer than /24 or /64 (TRUST; GDPR recital 26).
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../effects.ts";
import { networkPart } from "../newsletter/newsletter.ts";
import { clientOf } from "./client.ts";

export type AnswerLog = (line: string) => void;

/** Calls `write` with one line, without a line break, when the answer is out. */
export function logAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  format: "text" | "json",
  clock: Clock,
  write: AnswerLog,
): void {
  const from = performance.now();
  response.once("close", () => {
    const record = {
      time: clock(),
      level: response.statusCode >= 500 ? "error" : "info",
      method: request.method ?? "",
      path: redactPath(request.url ?? ""),
      status: response.statusCode,
      ms: Math.round((performance.now() - from) * 10) / 10,
      network: networkOf(clientOf(request).remote),
      ...(response.writableFinished ? {} : { cut: true }),
    };
    write(
      format === "json"
        ? JSON.stringify(record)
        : `${record.time} ${record.method} ${record.path} ${record.status} ${record.ms} ms ${record.network}`,
    );
  });
}

/** The path and the names of its parameters. A part that could be a token or holds an address is left out. */
export function redactPath(url: string): string {
  const [path, query] = url.slice(0, 2_000).split("?", 2) as [string, string?];
  const parts = path.split("/").map((part) => {
    if (/@|%40/i.test(part)) return "…";
    // Keys of pages are words with hyphens, or hexadecimal hashes; a token is a long run with capitals and digits.
    return /^(?=.*[A-Z])(?:(?=.*\d)[\w-]{20,}|[\w-]{40,})$/.test(part) && !/^0x[\da-fA-F]{40}$/.test(part) ? "…" : part;
  });
  const names = query?.split("&").map((pair) =>
    pair
      .split("=", 1)[0]!
      .replace(/[^\w-]/g, "")
      .slice(0, 40),
  );
  return parts.join("/") + (names ? `?${names.join("&")}` : "");
}

/** "203.0.113.0/24", "2001:db8:1:2::/64"; "-" where the text is no address. */
export function networkOf(address: string): string {
  const part = networkPart(address);
  if (!part) return "-";
  const { kind, bits, bytes } = part;
  if (kind === "ipv4") return `${bytes.join(".")}.0/${bits}`;
  const groups = Array.from({ length: bytes.length / 2 }, (_, at) => (bytes[2 * at]! * 256 + bytes[2 * at + 1]!).toString(16));
  return `${groups.join(":")}::/${bits}`;
}
