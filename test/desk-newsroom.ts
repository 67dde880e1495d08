// A small newsroom with its desk and a person of each role, for tests of the desk: real stores, a clock that the test moves.
import { accountsExist, enterByLink, firstLink, findSession, invite, openAccounts, type Accounts, type Role, type SignedIn } from "../src/accounts/accounts.ts";
import type { MailSettings } from "../src/config.ts";
import { deskApp, type Desk } from "../src/desk/desk.ts";
import { seededRandom } from "../src/effects.ts";
import type { Egress } from "../src/evidence/evidence.ts";
import { smallNewsroom, type SmallNewsroom } from "./small-newsroom.ts";

export const PASSWORD = "seven quiet herons";
export const ORIGIN = "http://localhost";
/** A second reporter, whose things are another's. */
export const PEOPLE = { sam: "supplier", rita: "reader", rosa: "reporter", olga: "reporter", anna: "analyst", edda: "editor", ada: "administrator" } as const satisfies Record<string, Role>;
/** Of the supplier. */
export const ORGANISATION = "The exchange";
export type Handle = keyof typeof PEOPLE;

export type Asked = { method?: "GET" | "POST"; cookie?: string; headers?: Record<string, string>; form?: Record<string, string> | URLSearchParams; payload?: string | Buffer; /** The address that the connection comes from. */ from?: string };
export type Answered = { status: number; headers: Record<string, string | string[] | undefined>; body: string; location: string; bytes: Buffer };

export type DeskNewsroom = {
  newsroom: SmallNewsroom;
  desk: Desk;
  accounts: Accounts;
  /** Session token of each. */
  tokens: Record<Handle, string>;
  faults: unknown[];
  /** Lines for whoever watches the machine. */
  watched: string[];
  now(): string;
  pass(ms: number): void;
  signedIn(handle: Handle): SignedIn;
  ask(path: string, asked?: Asked): Promise<Answered>;
  /** As one of the people: with their cookie, and their token in a form. */
  as(handle: Handle, path: string, form?: Record<string, string>): Promise<Answered>;
  remove(): Promise<void>;
};

export type BenchOptions = { mail?: MailSettings; egress?: Egress; resolveTxt?: (name: string) => Promise<string[][]>; approval?: "another" | "anybody"; second_step?: "asked" | "required"; unsaved_words?: "kept" | "never"; url?: string };

export async function deskNewsroom({ egress, resolveTxt, approval, second_step, unsaved_words, mail, url = ORIGIN }: BenchOptions = {}): Promise<DeskNewsroom> {
  const newsroom = await smallNewsroom(5);
  let now = Date.parse("2026-03-01T12:00:00.000Z");
  const clock = () => new Date(now).toISOString();
  const effects = { clock, random: seededRandom(21) };
  const faults: unknown[] = [];
  const watched: string[] = [];
  if (accountsExist(newsroom.folder)) throw new Error("a fresh folder has no accounts");
  const accounts = openAccounts(newsroom.folder, effects);
  const refuse = async (): Promise<never> => {
    throw new Error("a test fetches nothing");
  };
  const desk = deskApp().openDesk({
    folder: newsroom.folder,
    effects,
    url,
    hosts: ["localhost", "desk.example.org"],
    egress: egress ?? refuse,
    resolveTxt: resolveTxt ?? refuse,
    approval,
    second_step,
    unsaved_words,
    mail,
    report: (error) => void faults.push(error),
    watch: (line) => void watched.push(line),
  });
  const where = { network: "203.0.113.0/24", agent: "test" };
  const tokens = {} as Record<Handle, string>;
  tokens.ada = (await enterByLink(accounts, firstLink(accounts)!.token, { handle: "ada", password: PASSWORD }, where)).token;
  for (const [handle, role] of Object.entries(PEOPLE)) {
    if (handle === "ada") continue;
    const { token } = invite(accounts, { handle, role, address: `${handle}@example.org`, ...(role === "supplier" ? { organisation: ORGANISATION } : {}) });
    tokens[handle as Handle] = (await enterByLink(accounts, token, { password: PASSWORD }, where)).token;
  }
  await desk.app.ready();
  const cookieOf = (token: string) => `${url.startsWith("https") ? "__Host-tracewire-desk" : "tracewire-desk"}=${token}`;
  const ask: DeskNewsroom["ask"] = async (path, { method, cookie, headers = {}, form, payload, from } = {}) => {
    const answer = await desk.app.inject({
      method: method ?? (form || payload ? "POST" : "GET"),
      url: path,
      ...(from === undefined ? {} : { remoteAddress: from }),
      headers: {
        host: new URL(url).host,
        ...(form || payload || method === "POST" ? { origin: url, "content-type": "application/x-www-form-urlencoded" } : {}),
        ...(cookie ? { cookie } : {}),
        ...headers,
      },
      ...(form ? { payload: new URLSearchParams(form).toString() } : payload !== undefined ? { payload } : {}),
    });
    return { status: answer.statusCode, headers: answer.headers as Answered["headers"], body: answer.body, location: String(answer.headers.location ?? ""), bytes: answer.rawPayload };
  };
  const signedIn = (handle: Handle): SignedIn => findSession(accounts, tokens[handle])!;
  return {
    newsroom,
    desk,
    accounts,
    tokens,
    faults,
    watched,
    now: clock,
    pass: (ms) => void (now += ms),
    signedIn,
    ask,
    as: (handle, path, form) => ask(path, { cookie: cookieOf(tokens[handle]), ...(form ? { form: { ...form, csrf: signedIn(handle).csrf } } : {}) }),
    async remove() {
      await desk.close();
      accounts.close();
      newsroom.remove();
    },
  };
}
