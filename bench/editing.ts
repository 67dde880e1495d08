// People at the desk: each begins a story and then, with a person's pauses, saves it, looks about, and some publish.
import { setTimeout as wait } from "node:timers/promises";
import { enterByLink, firstLink, openAccounts } from "../src/accounts/accounts.ts";
import { systemEffects } from "../src/effects.ts";

const PAUSE_MS = 250;
const PUBLISH_EVERY = 10;
const LOOKED_AT = ["/desk", "/desk/stories", "/desk/inbox", "/desk/claims", "/desk/moved"];

export type Edited = { acts: number; saved: number; published: number; p99_ms: number; faults: string[] };

/** `url` is the desk's; the newsroom in `data` has no administrator yet. */
export async function editing(data: string, url: string, { people, seconds }: { people: number; seconds: number }): Promise<Edited> {
  const accounts = openAccounts(data, systemEffects);
  const { token } = await enterByLink(accounts, firstLink(accounts)!.token, { handle: "ada", password: "seven quiet herons" }, { network: "127.0.0.0/24", agent: "bench" });
  accounts.close();
  const until = performance.now() + seconds * 1_000;
  const times: number[] = [];
  const edited: Edited = { acts: 0, saved: 0, published: 0, p99_ms: 0, faults: [] };

  const ask = async (path: string, { form, headers = {} }: { form?: Record<string, string>; headers?: Record<string, string> } = {}) => {
    const began = performance.now();
    const answer = await fetch(`${url}${path}`, { redirect: "manual", method: form ? "POST" : "GET", headers: { cookie: `tracewire-desk=${token}`, ...(form ? { origin: url } : {}), ...headers }, ...(form ? { body: new URLSearchParams(form) } : {}) });
    const text = await answer.text();
    times.push(performance.now() - began);
    edited.acts += 1;
    if (answer.status >= 400) edited.faults.push(`${path}: ${answer.status}`);
    return { text, status: answer.status, location: answer.headers.get("location") ?? "" };
  };

  const csrf = /name="csrf" value="([^"]+)"/.exec((await ask("/desk/stories")).text)![1]!;
  const person = async (at: number): Promise<void> => {
    const headline = `What the soak of person ${"abcdefghij"[at % 10]} says`;
    const { location } = await ask("/desk/stories", { form: { csrf, headline } });
    const opened = JSON.parse((await ask(`${location}/document`)).text) as { version: number; document: { head: object; doc: { content: unknown[] } } };
    let { version } = opened;
    const { head, doc } = opened.document;
    for (let act = 1; performance.now() < until; act++) {
      await wait(PAUSE_MS * (0.5 + Math.random()));
      const said = Array.from(String(act), (digit) => "abcdefghij"[Number(digit)]).join("");
      const words = (type: string, text: string) => ({ type, content: [{ type: "text", text }] });
      const content = doc.content.with(1, words("standfirst", "It says nothing else.")).with(-1, words("paragraph", `It was written to measure, ${said}.`));
      const saved = await ask(`${location}/document`, { form: { csrf, head: JSON.stringify(head), doc: JSON.stringify({ ...doc, content }) }, headers: { "if-match": `"${version}"` } });
      if (saved.status === 200) {
        version = (JSON.parse(saved.text) as { version: number }).version;
        edited.saved += 1;
      }
      await ask(LOOKED_AT[act % LOOKED_AT.length]!);
      if (at === 0 && act % PUBLISH_EVERY === 0) edited.published += await publish(location, version);
    }
  };
  const publish = async (location: string, version: number): Promise<number> => {
    const form = { csrf, version: String(version) };
    await ask(`${location}/step`, { form: { ...form, to: "in review", note: "" } });
    await ask(`${location}/approve`, { form });
    const { status } = await ask(`${location}/publish`, { form: { ...form, at: "", why: "a measurement", correction: "", waive: "" } });
    return status === 303 ? 1 : 0;
  };

  await Promise.all(Array.from({ length: people }, (_, at) => person(at)));
  edited.p99_ms = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
  return edited;
}
