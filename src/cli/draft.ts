// Stories on their way, from the terminal: begun from a file, saved on top of what was read, asked for review, approved,
// published or kept for their time. The same drafts as the desk's, and the same setting: another person may have to approve.
import { accountsExist, can, findUser, openAccounts, type Right } from "../accounts/accounts.ts";
import { TracewireError } from "../errors.ts";
import type { NewsroomReader } from "../newsroom.ts";
import {
  draftOfPublished,
  dueAhead,
  lineChanges,
  lintStory,
  openDrafts,
  parseStoryText,
  readableChanges,
  readPublication,
  sendDraftOut,
  settleDraft,
  stepDraft,
  type Draft,
  type Drafts,
} from "../press/press.ts";
import { change, list as listOf, openReader, openWriter, readTextFile, text, whole, type Command, type CommandContext, type Options } from "./command.ts";
import { computeKnownFigures, parseWaiver, readPhoto } from "./story.ts";

type Desk = { context: CommandContext; newsroom: NewsroomReader; drafts: Drafts; options: Options };
type Action = (desk: Desk, args: string[]) => number | void | Promise<number | void>;

const ACTIONS: Record<string, Action> = { list, new: begin, of: beginOf, show, save, review, back, approve, publish, waive };

export const draft: Command = {
  name: "draft",
  summary: "Stories on their way to their reader: begin, save, ask for review, approve, publish; the desk's drafts",
  arguments: "<action> [args...]",
  records: { new: 1, of: 1, save: 1, review: 1, back: 1, approve: 1, publish: 1, waive: 1 },
  actions: [
    ["list", "all that are on their way, the newest first"],
    ["new <file>", "begin one from a story's file, its picture beside it"],
    ["of <slug>", "begin one of a story that is out, from what is printed"],
    ["show <number>", "its text, versions' steps, and what is open; --version shows an older text"],
    ["save <number> <file> --version <n>", "a new version on top of that one; where there is a newer one, what differs is printed"],
    ["review <number>", "ask for review"],
    ["back <number> --why <note>", "send it back; what is scheduled is taken out of the schedule"],
    ["approve <number> --version <n>", "approve that version; by another person than its author where `approval` asks it"],
    ["publish <number>", "publish what is approved, now or --at its time"],
    ["waive <number> <rule=reason>", "let a finding stand; readers see the reason"],
  ],
  writes: true,
  options: [
    { flags: "--version <number>", about: "save, approve: the version that was read; show: which one" },
    { flags: "--why <words>", about: "back: what is to be done; publish: why there is a new revision" },
    { flags: "--what <words>", about: "publish: as a correction, with what was wrong, for readers" },
    { flags: "--at <time>", about: "publish: not before this moment (UTC); it waits outside the log" },
    { flags: "--waive <rule=reason>", about: "publish: in spite of a finding (may be repeated)", repeat: true },
  ],
  examples: [
    ["tracewire draft list", "what is on its way"],
    ["tracewire draft new demo/stories/nomad-bridge-561-addresses.md --by rosa --dry-run", "begin one from a file"],
    ["tracewire draft review 3 --by rosa", "ask for review"],
    ["tracewire draft approve 3 --version 2 --by edda", "another person approves"],
    ["tracewire draft publish 3 --at 2026-12-01T18:00:00Z --by edda", "it goes out at six"],
  ],
  exits: { 1: "show: something is open in the lint" },
  async run(context, [action, ...args], options) {
    const run = Object.hasOwn(ACTIONS, action!) ? ACTIONS[action!] : undefined;
    if (!run) throw new TracewireError("BAD_ARGUMENT", { what: `“${action}” is no action of draft`, hint: `Actions: ${Object.keys(ACTIONS).join(", ")}.` });
    const newsroom = openReader(context);
    const drafts = openDrafts(newsroom.folder, context.effects);
    try {
      return await run({ context, newsroom, drafts, options }, args);
    } finally {
      drafts.close();
      newsroom.close();
    }
  },
};

function find({ newsroom, drafts }: Desk, id: string | undefined): Draft {
  const found = /^\d{1,9}$/.test(id ?? "") ? drafts.find(Number(id)) : undefined;
  if (!found) throw new TracewireError("NOT_FOUND", { what: `There is no draft “${id ?? ""}”`, hint: "tracewire draft list shows all." });
  return settleDraft(newsroom, drafts, found);
}

/**
 * Whoever runs the machine may name anybody with --by; somebody of the newsroom is held to their role, and where another
 * person must approve, the name is one of the newsroom.
 */
function requireRight({ config, effects, by }: CommandContext, right: Right): void {
  const isStrict = config.desk.approval === "another";
  const accounts = accountsExist(config.data) ? openAccounts(config.data, effects) : undefined;
  try {
    const user = accounts && findUser(accounts, by);
    if (user ? user.state === "active" && can(user.role, right) : !isStrict) return;
    throw new TracewireError("NOT_ALLOWED", user ? { what: `${by} is ${user.role}, ${user.state}` } : { what: `${by} is nobody of this newsroom`, hint: "Name yourself with --by; tracewire user list shows who is there." });
  } finally {
    accounts?.close();
  }
}

/** Under --dry-run what only waits outside the log is left as it is. */
function tried({ context }: Desk): boolean {
  if (context.dryRun) context.output.note("Dry run: nothing was written.");
  return context.dryRun;
}

function tell({ context }: Desk, { id, title, state, version, version_by }: Draft, word: string): void {
  context.output.json({ draft: id, title, state, version, version_by });
  context.output.line(`${word} ${context.output.bold(`draft ${id}`)}, “${title}”: ${state}, version ${version} by ${version_by}.`);
}

function list({ context, newsroom, drafts }: Desk): void {
  const all = drafts.list().map((one) => settleDraft(newsroom, drafts, one));
  if (all.length === 0) context.output.line("Nothing is on its way. Begin one: tracewire draft new FILE");
  for (const { id, title, state, version, version_by, version_at, by } of all) {
    context.output.json({ draft: id, title, state, version, version_by, version_at, by });
    context.output.line(`${id}  ${title} (${state}, version ${version} by ${version_by}, ${version_at.slice(0, 16).replace("T", " ")})`);
  }
}

/** Reads a story's file; a picture that it names is kept with the draft. */
async function withPicture(desk: Desk, file: string | undefined, save: (words: string) => Draft): Promise<Draft | undefined> {
  if (file === undefined) throw new TracewireError("BAD_ARGUMENT", { what: "Which file?", hint: "tracewire draft --help has examples." });
  const words = readTextFile(file);
  const story = parseStoryText(words, file);
  const photo = await readPhoto(desk.context, file, story);
  if (tried(desk)) return undefined;
  const saved = save(words);
  const { credit = "", licence = "", alt = "" } = story.photo ?? {};
  if (photo) desk.drafts.addPicture(saved.id, desk.context.by, photo, { credit, licence, alt });
  return saved;
}

async function begin(desk: Desk, [file]: string[]): Promise<void> {
  requireRight(desk.context, "stories.write");
  const made = await withPicture(desk, file, (words) => desk.drafts.create(desk.context.by, words));
  if (made) tell(desk, made, "Began");
}

function beginOf(desk: Desk, [slug]: string[]): void {
  requireRight(desk.context, "stories.write");
  const publication = readPublication(desk.newsroom.log, slug ?? "");
  if (!publication) throw new TracewireError("NOT_FOUND", { what: `There is no published story “${slug ?? ""}”` });
  if (!tried(desk)) tell(desk, draftOfPublished(desk.drafts, publication, desk.context.by), "Began");
}

function show(desk: Desk, [id]: string[]): number {
  const { context, newsroom, drafts, options } = desk;
  const found = find(desk, id);
  const version = drafts.text(found.id, whole(options, "version", "--version"));
  if (!version) throw new TracewireError("NOT_FOUND", { what: `It has versions 1 to ${found.version}` });
  const story = parseStoryText(version.text, `draft ${found.id}`);
  const findings = lintStory(newsroom.log, story, computeKnownFigures(newsroom.log, story));
  const waivers = drafts.waivers(found.id);
  const open = findings.filter(({ rule }) => !waivers.some((waiver) => waiver.rule === rule));
  context.output.json({ ...found, text: version.text, findings, waivers, steps: drafts.steps(found.id), pictures: drafts.pictures(found.id) });
  tell({ ...desk, context: { ...context, output: { ...context.output, json() {} } } }, found, "This is");
  context.output.line(version.text);
  for (const { at, by, from_state, to_state, version: of, note } of drafts.steps(found.id)) context.output.line(`${at} ${by}: ${from_state} to ${to_state}, version ${of}${note === "" ? "" : `. ${note}`}`);
  for (const { rule, place, what, fix } of open) context.output.line(`${context.output.bold(rule)}  ${place}: ${what}\n  ${fix}`);
  for (const { rule, why, by } of waivers) context.output.line(`${rule} stands, because: ${why} (${by})`);
  return open.length > 0 ? 1 : 0;
}

async function save(desk: Desk, [id, file]: string[]): Promise<void> {
  requireRight(desk.context, "stories.write");
  const { context, drafts } = desk;
  const found = find(desk, id);
  const version = requireVersion(desk, found);
  if (version !== found.version && file !== undefined) {
    // Nothing is overwritten, and nothing lost: the file is still there.
    const changes = lineChanges(drafts.text(found.id)!.text, readTextFile(file).replaceAll("\r\n", "\n"));
    context.output.json({ draft: found.id, version: found.version, by: found.version_by, changes });
    context.output.line(`${found.version_by} saved version ${found.version} meanwhile. What is there (-) beside your file (+):`);
    context.output.line(readableChanges(changes));
  }
  const saved = await withPicture(desk, file, (words) => drafts.save(found.id, context.by, words, version));
  if (saved) tell(desk, saved, "Saved");
}

function requireVersion({ options }: Desk, found: Draft): number {
  const version = whole(options, "version", "--version");
  if (version === undefined) throw new TracewireError("BAD_ARGUMENT", { what: "Which version did you read? --version is missing", hint: `The newest is ${found.version}.` });
  return version;
}

function review(desk: Desk, [id]: string[]): void {
  requireRight(desk.context, "stories.write");
  step(desk, id, "in review");
}

function back(desk: Desk, [id]: string[]): void {
  requireRight(desk.context, "stories.write");
  step(desk, id, "draft", text(desk.options, "why"));
}

function step(desk: Desk, id: string | undefined, to: "in review" | "draft", note?: string): void {
  const found = find(desk, id);
  if (!tried(desk)) tell(desk, stepDraft(desk.newsroom, desk.drafts, found, desk.context.by, to, { version: found.version, note }), to === "draft" ? "Sent back" : "Asked for review of");
}

function approve(desk: Desk, [id]: string[]): void {
  requireRight(desk.context, "stories.review");
  const { context, drafts } = desk;
  const found = find(desk, id);
  const version = requireVersion(desk, found);
  if (!tried(desk)) tell(desk, drafts.step(found.id, context.by, "approved", { version, another: context.config.desk.approval === "another" }), "Approved");
}

function waive(desk: Desk, [id, words]: string[]): void {
  requireRight(desk.context, "stories.write");
  const found = find(desk, id);
  const { rule, why } = parseWaiver(words ?? "");
  if (tried(desk)) return;
  desk.drafts.waive(found.id, desk.context.by, rule, why);
  tell(desk, found, `${rule} stands in`);
}

function publish(desk: Desk, [id]: string[]): void {
  requireRight(desk.context, "stories.publish");
  const { context, drafts, options } = desk;
  const found = find(desk, id);
  const given = { version: found.version, now: context.effects.clock(), at: text(options, "at"), why: text(options, "why"), correction: text(options, "what"), waivers: listOf(options, "waive").map(parseWaiver) };
  const newsroom = openWriter(context);
  try {
    if (context.dryRun) {
      // All of it but the draft's own step, which is outside the log.
      const trial = { ...drafts, step: () => found, standOn() {} };
      if (given.at !== undefined) dueAhead(given.at, given.now);
      sendDraftOut(newsroom, trial, found, context.by, { ...given, at: undefined }, (_, __, run) => change({ ...context, dryRun: true }, newsroom, (transaction) => run(transaction, newsroom)));
      return;
    }
    const quiet = { ...context, dryRun: true, output: { ...context.output, note() {} } };
    const sent = sendDraftOut(newsroom, drafts, found, context.by, given, (_, __, run, { dry }) => change(dry ? quiet : context, newsroom, (transaction) => run(transaction, newsroom)));
    context.output.json({ draft: found.id, ...sent });
    context.output.line(sent.outcome === "scheduled" ? `${context.output.bold(sent.slug)} waits outside the log until ${sent.due}.${sent.replaced === undefined ? "" : ` What waited for ${sent.replaced} under this address does not come out: this replaces it.`}` : `${sent.outcome === "published" ? "Published" : "Unchanged:"} ${context.output.bold(sent.slug)}, revision ${sent.revision} (entry ${sent.seq}).`);
  } finally {
    newsroom.close();
  }
}
