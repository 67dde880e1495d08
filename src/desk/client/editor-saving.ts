// Saving by itself, in sight: what is typed is kept on this device at once, and goes to the desk when the hands rest. A save
// names the version it was made from (If-Match); a newer one of somebody else is answered with what differs, and both are kept.
// A session that ended, a line that is down, a window that was closed: what was not taken is offered again.
import { ask, make } from "./make.ts";

export type Finding = { rule: string; place: string; what: string; fix: string; /** May be let stand with a reason. */ can_stand: boolean };
export type Waiver = { rule: string; why: string; by: string };
export type StoryDocument = { head: Record<string, string>; doc: unknown };
export type Seen = { findings: Finding[]; figures: import("./editor-figures.ts").FilledFigure[]; waivers: Waiver[] };
export type Opened = Seen & { version: number; at: string; by: string; state: string; document?: StoryDocument; problem?: string; csrf: string };
export type Saved = Seen & { version: number; at: string; by: string; state: string };
type Merged = { document: StoryDocument; clashes: { base: string; theirs: string; mine: string }[] };
type Conflict = { message: string; lines: { kind: "gone" | "new"; text: string }[]; theirs: Opened; /** Block by block, with mine where both changed. */ merged?: Merged };
type Kept = StoryDocument & { base: number; at: string };

export type SavingState = "saved" | "changed" | "saving" | "offline" | "signed out" | "refused" | "conflict";

const REST_MS = 1_200;
const KEEP_MS = 250;
const AGAIN_MS = 5_000;
const DIFF_LINES_MAX = 60;

export type SavingOptions = {
  base: string;
  /** Under which name this device keeps it: of this person and story alone. */
  name: string;
  /** Whether this device may keep it at all (setting unsaved_words). */
  keeps: boolean;
  opened: Opened;
  read(): StoryDocument;
  write(document: StoryDocument): void;
  show(state: SavingState, words: string): void;
  saved(saved: Saved): void;
};

export class Saving {
  readonly #options: SavingOptions;
  #version: number;
  #csrf: string;
  #taken: string;
  #state: SavingState = "saved";
  #timers: { keep?: ReturnType<typeof setTimeout>; save?: ReturnType<typeof setTimeout> } = {};
  #busy: Promise<void> | undefined;

  constructor(options: SavingOptions) {
    this.#options = options;
    this.#version = options.opened.version;
    this.#csrf = options.opened.csrf;
    this.#taken = JSON.stringify(options.read());
    for (const event of ["pagehide", "visibilitychange"]) addEventListener(event, () => this.#keep());
    addEventListener("online", () => void this.save());
    addEventListener("beforeunload", (event) => this.#isOpen() && !this.#keep() && event.preventDefault());
    this.#show("saved", `Version ${this.#version}, saved`);
  }

  get version(): number {
    return this.#version;
  }
  get csrf(): string {
    return this.#csrf;
  }
  get state(): SavingState {
    return this.#state;
  }
  get #where(): string {
    return this.#options.keeps ? "kept on this device" : "in this window alone";
  }
  #isOpen = (): boolean => JSON.stringify(this.#options.read()) !== this.#taken;

  /** What this device kept and the desk has not got. */
  kept(): Kept | undefined {
    try {
      const kept = JSON.parse(localStorage.getItem(this.#options.name) ?? "null") as Kept | null;
      return kept && JSON.stringify({ head: kept.head, doc: kept.doc }) !== this.#taken ? kept : undefined;
    } catch {
      return undefined;
    }
  }
  takeUp(kept: Kept): void {
    // Saved on top of what it was written on: where somebody saved meanwhile, that is said before anything is replaced.
    this.#version = kept.base;
    this.#options.write(kept);
    this.changed();
  }
  letGo(): void {
    localStorage.removeItem(this.#options.name);
  }

  changed(): void {
    if (this.#state === "conflict") return void this.#keep();
    if (this.#state === "saved" || this.#state === "refused") this.#show("changed", "Not saved yet");
    clearTimeout(this.#timers.keep);
    clearTimeout(this.#timers.save);
    this.#timers.keep = setTimeout(() => this.#keep(), KEEP_MS);
    this.#timers.save = setTimeout(() => void this.save(), REST_MS);
  }

  /** False where the device takes no more, or may not: leaving the page asks first then. */
  #keep(): boolean {
    if (!this.#isOpen()) return true;
    if (!this.#options.keeps) return false;
    try {
      localStorage.setItem(this.#options.name, JSON.stringify({ ...this.#options.read(), base: this.#version, at: new Date(performance.timeOrigin + performance.now()).toISOString() } satisfies Kept));
      return true;
    } catch {
      return false;
    }
  }

  async save(): Promise<void> {
    clearTimeout(this.#timers.save);
    await this.#busy;
    if (!this.#isOpen()) {
      this.letGo();
      if (this.#state !== "saved" && this.#state !== "conflict") this.#show("saved", `Version ${this.#version}, saved`);
      return;
    }
    if (this.#state === "conflict") return;
    this.#busy = this.#send();
    await this.#busy;
    this.#busy = undefined;
  }

  async #send(): Promise<void> {
    this.#keep();
    this.#show("saving", "Saving");
    const held = this.#options.read();
    const sent = JSON.stringify(held);
    let response: Response;
    try {
      response = await this.#post("document", { head: JSON.stringify(held.head), doc: JSON.stringify(held.doc) }, { "if-match": `"${this.#version}"` });
    } catch {
      return this.#later("offline", `Offline: ${this.#where}, sent when the line is back`);
    }
    if (response.status === 401) return this.#later("signed out", `Signed out: ${this.#where}.`);
    if (response.status === 412) return this.#conflict((await response.json()) as Conflict, sent);
    if (response.status === 403 && (await this.#freshToken())) return this.#later("changed", "Not saved yet", 0);
    if (!response.ok) {
      const { error = {} } = (await response.json().catch(() => ({}))) as { error?: { what?: string; hint?: string } };
      const { what: words = `the desk answered ${response.status}`, hint = "" } = error;
      // A fault of the desk passes; what cannot be saved waits for who writes it.
      if (response.status >= 500) return this.#later("offline", `The desk could not save it: ${words}. It is ${this.#where}`);
      return this.#show("refused", `Not saved, ${this.#where}: ${words}. ${hint}`);
    }
    const saved = (await response.json()) as Saved;
    this.#version = saved.version;
    this.#taken = sent;
    this.#options.saved(saved);
    if (this.#isOpen()) {
      this.#show("changed", "Not saved yet");
      this.changed();
    } else {
      this.letGo();
      this.#show("saved", `Version ${saved.version}, saved`);
    }
  }

  #post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.#options.base}/${path}`, { method: "POST", headers: { "content-type": "application/json", accept: "application/json", ...headers }, body: JSON.stringify({ ...fields, csrf: this.#csrf }) });
  }

  #later(state: SavingState, words: string, after = AGAIN_MS): void {
    this.#show(state, words);
    this.#timers.save = setTimeout(() => void (state === "signed out" ? this.#freshToken() : Promise.resolve()).then(() => this.save()), after);
  }

  /** The session began anew in another window: this one takes its token. False where there is none. */
  async #freshToken(): Promise<boolean> {
    const response = await fetch(`${this.#options.base}/document`, { headers: { accept: "application/json" } }).catch(() => undefined);
    if (!response?.ok) return false;
    const { csrf } = (await response.json()) as Opened;
    const isNew = csrf !== this.#csrf;
    this.#csrf = csrf;
    return isNew;
  }

  async #conflict({ message, lines, theirs, merged }: Conflict, sent: string): Promise<void> {
    this.#keep();
    if (merged?.clashes.length === 0) {
      // Typed on meanwhile: asked again with what stands there now, so that no word of it is written over.
      if (JSON.stringify(this.#options.read()) !== sent) return this.#send();
      this.#version = theirs.version;
      this.#options.write(merged.document);
      await this.#send();
      if ((this.#state as SavingState) === "saved") this.#show("saved", `Version ${this.#version}, saved: put together with version ${theirs.version} by ${theirs.by}`);
      return;
    }
    this.#show("conflict", message);
    const parts = [
      make("p", { textContent: `${message}. Nothing of either is lost: whichever you choose, both stay among the versions.` }),
      ...(merged ? [sideBySide(merged.clashes)] : []),
      make("ul", { className: "plain diff" }, ...lines.slice(0, DIFF_LINES_MAX).map(({ kind, text }) => make("li", {}, kind === "gone" ? make("del", { textContent: text }) : make("ins", { textContent: text })))),
      make("p", { className: "hint", textContent: "Struck: only in theirs. Underlined: only in yours." }),
    ];
    const answer = await ask("Somebody saved meanwhile", parts, [...(merged ? [["together", "Put together, mine where both changed"] as const] : []), ["mine", "Save mine on top"], ["theirs", "Go on with theirs"], ["", "Look again"]]);
    if (answer === undefined) return this.#show("conflict", `${message}. Yours is ${this.#where}`);
    const mine = this.#options.read();
    this.#version = theirs.version;
    this.#state = "changed";
    await this.#send();
    if (answer === "together" && merged && (this.#state as SavingState) === "saved") {
      // Mine stands as a version of its own now; on top of it both together.
      this.#options.write(merged.document);
      return this.changed();
    }
    if (answer !== "theirs" || (this.#state as SavingState) !== "saved") return;
    const response = await this.#post("restore", { restore: String(theirs.version), version: String(this.#version) }).catch(() => undefined);
    if (!response?.ok || !theirs.document) return this.#options.write(mine);
    this.#version += 1;
    this.#taken = JSON.stringify(theirs.document);
    this.#options.write(theirs.document);
    this.#taken = JSON.stringify(this.#options.read());
    this.#show("saved", `Version ${this.#version}, saved: theirs`);
  }
  /** Asks again what is to be done about the other version. */
  async settle(): Promise<void> {
    if (this.#state !== "conflict") return this.save();
    this.#state = "changed";
    await this.save();
  }

  #show(state: SavingState, words: string): void {
    this.#state = state;
    this.#options.show(state, words);
  }
}

/** What both changed otherwise: theirs and mine beside each other. */
function sideBySide(clashes: Merged["clashes"]): HTMLElement {
  const row = (kind: "th" | "td", words: string[]) => make("tr", {}, ...words.map((textContent) => make(kind, { textContent })));
  return make("div", { className: "scroll" }, make("table", { className: "rivals" }, make("thead", {}, row("th", ["Theirs", "Yours"])), make("tbody", {}, ...clashes.map(({ theirs, mine }) => row("td", [theirs || "taken out", mine || "taken out"])))));
}
