// Who else has the story open. Whoever opens it reads; the first that changes something has the pen, another reads along from
// then on, and can take it over.
import { make } from "./make.ts";

const TELL_MS = 5_000;
type Here = { handle: string; writes: boolean; since: string; is_you: boolean };
type Answer = { writes: boolean; others: Here[]; version: number; version_by: string; state: string };

export type PresenceOptions = {
  base: string;
  place: HTMLElement;
  csrf(): string;
  /** Whether this window may write now: while nobody else does, and while it is not known. */
  mayWrite(writes: boolean): void;
  /** A version that another window saved. */
  newer(version: number, by: string): void;
  version(): number;
};

/** `begins` is called with every change: the first of them takes the pen. */
export function openPresence({ base, place, csrf, mayWrite, newer, version }: PresenceOptions): { begins(): void } {
  const name = crypto.randomUUID();
  let wish: "read" | "write" = "read";
  const send = (what: string, keepalive = false): Promise<Response> =>
    fetch(`${base}/presence`, { method: "POST", keepalive, headers: { "content-type": "application/json", accept: "application/json" }, body: JSON.stringify({ window: name, wish: what, csrf: csrf() }) });
  const time = (at: string): string => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const show = ({ writes, others }: Answer): void => {
    const writer = others.find((one) => one.writes);
    const words = others.map((one) => `${one.is_you ? "you, in another window" : one.handle}${one.writes ? `, writing since ${time(one.since)}` : ", reading"}`);
    const parts: (Node | string)[] = words.length === 0 ? [] : [`Also here: ${words.join("; ")}. `];
    if (writer && !writes) {
      const take = make("button", { type: "button", textContent: "Write here instead", data: { key: "t", keyWords: "Take the pen over" } });
      take.addEventListener("click", () => {
        wish = "write";
        void tell("take over");
      });
      parts.push("You read along. ", take);
    }
    // Only what changed is said again.
    const said = `${parts.filter((part) => typeof part === "string").join("")}${String(writes)}`;
    if (place.dataset.said === said) return;
    place.dataset.said = said;
    place.replaceChildren(...parts);
  };
  const tell = async (what: string): Promise<void> => {
    try {
      const response = await send(what);
      if (!response.ok) return;
      const answer = (await response.json()) as Answer;
      show(answer);
      mayWrite(answer.writes || answer.others.every(({ writes }) => !writes));
      if (answer.version > version()) newer(answer.version, answer.version_by);
    } catch {
      // Without a line nobody is known to be here; saving says so.
    }
  };
  void tell(wish);
  setInterval(() => void tell(wish), TELL_MS);
  addEventListener("pagehide", () => void send("leave", true).catch(() => undefined));
  return {
    begins() {
      if (wish === "write") return;
      wish = "write";
      void tell(wish);
    },
  };
}
