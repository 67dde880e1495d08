// Press releases of suppliers from the terminal: sent for one who mailed it, listed, accepted, refused. The desk has the
// supplier's own form.
import { TracewireError } from "../errors.ts";
import {
  acceptRelease,
  dueOf,
  lintRelease,
  openSubmissions,
  refuseRelease,
  releaseSlug,
  releaseStory,
  whatBecame,
  type Submission,
  type Submissions,
} from "../press/press.ts";
import { change, openReader, openWriter, readTextFile, text, type Command, type CommandContext, type Options } from "./command.ts";

type Action = (context: CommandContext, submissions: Submissions, arg: string | undefined, options: Options) => void;

const ACTIONS: Record<string, Action> = { send, list, show, accept, refuse, "take-back": takeBack };

export const supplied: Command = {
  name: "supplied",
  summary: "Press releases of suppliers: send one that came by mail, list, accept, refuse with a note",
  arguments: "<action> [release]",
  records: { send: 0, accept: 1, refuse: 1, "take-back": 1 },
  actions: [
    ["send <file>", "a text with “# Headline”, “> what is new in a sentence”, and paragraphs, in plain words"],
    ["list", "what was sent, the newest first, and what became of it"],
    ["show <number>", "one of them with its steps and what the lint says"],
    ["accept <number>", "print it, marked as supplied; one under embargo waits outside the log"],
    ["refuse <number> --why <note>", "its sender reads the note"],
    ["take-back <number>", "for its sender: while nobody has decided on it"],
  ],
  writes: true,
  options: [
    { flags: "--organisation <name>", about: "send: who supplies it; readers see it" },
    { flags: "--contact <words>", about: "send: whom we may ask; never printed" },
    { flags: "--licence <text>", about: "send: licence of the text, printed with it" },
    { flags: "--at <time>", about: "send: not before this moment (UTC)" },
    { flags: "--slug <slug>", about: "accept: its address (made from the headline)" },
    { flags: "--topic <topic>", about: "accept: its topic (Security)" },
    { flags: "--why <note>", about: "refuse: why, for its sender" },
  ],
  examples: [
    ["tracewire supplied list", "what was sent, and what became of it"],
    ['tracewire supplied send release.md --organisation "The exchange" --contact press@exchange.example --licence "CC BY 4.0" --at 2026-12-01T09:00:00Z', "one that came by mail"],
    ["tracewire supplied accept 3 --topic Exchanges --dry-run", "what would be printed, and what stands in its way"],
    ['tracewire supplied refuse 3 --why "It names a person that we do not name."', "with a note"],
  ],
  run(context, [action, arg], options) {
    const run = Object.hasOwn(ACTIONS, action!) ? ACTIONS[action!] : undefined;
    if (!run) throw new TracewireError("BAD_ARGUMENT", { what: `“${action}” is no action of supplied`, hint: `Actions: ${Object.keys(ACTIONS).join(", ")}.` });
    // A folder without a newsroom gets no file of releases.
    openReader(context).close();
    const submissions = openSubmissions(context.config.data, context.effects);
    try {
      run(context, submissions, arg, options);
    } finally {
      submissions.close();
    }
  },
};

function needed(options: Options, name: string, flag: string): string {
  const value = text(options, name);
  if (value === undefined) throw new TracewireError("BAD_ARGUMENT", { what: `${flag} is missing`, hint: "tracewire supplied --help has examples." });
  return value;
}

function find(submissions: Submissions, arg: string | undefined): Submission {
  const found = /^\d{1,9}$/.test(arg ?? "") ? submissions.find(Number(arg)) : undefined;
  if (!found) throw new TracewireError("NOT_FOUND", { what: `There is no release “${arg ?? ""}”`, hint: "tracewire supplied list shows all." });
  return found;
}

function send(context: CommandContext, submissions: Submissions, file: string | undefined, options: Options): void {
  if (file === undefined) throw new TracewireError("BAD_ARGUMENT", { what: "Which file?", hint: "tracewire supplied send FILE --organisation … --contact … --licence …" });
  const blocks = readTextFile(file).replaceAll("\r\n", "\n").split(/\n[ \t]*\n+/).map((block) => block.trim()).filter(Boolean);
  const part = (mark: string, name: string): string => {
    const found = blocks.find((block) => block.startsWith(mark));
    if (found === undefined) throw new TracewireError("BAD_INPUT", { what: `There is no ${name} (“${mark}…”)`, where: file });
    blocks.splice(blocks.indexOf(found), 1);
    return found.slice(mark.length).replaceAll(/\n> ?/g, " ");
  };
  const [headline, summary] = [part("# ", "headline"), part("> ", "summary")];
  const at = text(options, "at");
  const given = {
    organisation: needed(options, "organisation", "--organisation"),
    headline,
    summary,
    text: blocks.join("\n\n"),
    embargo: at === undefined ? null : dueOf(at),
    contact: needed(options, "contact", "--contact"),
    licence: needed(options, "licence", "--licence"),
  };
  if (context.dryRun) return context.output.note("Dry run: nothing was sent.");
  const { id } = submissions.send(context.by, given);
  context.output.json({ id, state: "sent" });
  context.output.line(`Release ${context.output.bold(String(id))} waits to be decided. Next: tracewire supplied show ${id}`);
}

function became(context: CommandContext, submission: Submission) {
  const newsroom = openReader(context);
  try {
    return whatBecame(newsroom, submission);
  } finally {
    newsroom.close();
  }
}

function words(found: ReturnType<typeof whatBecame>): string {
  if (found.is === "out") return `accepted, out since ${found.at} at /press-releases/${found.slug}`;
  if (found.is === "waiting") return `accepted, kept until ${found.due}`;
  if (found.is === "not out") return `accepted, and it did not come out: ${found.why}`;
  return found.is === "open" ? "sent, not decided yet" : found.is;
}

function list(context: CommandContext, submissions: Submissions): void {
  const all = submissions.list();
  if (all.length === 0) context.output.line("Nothing was sent.");
  for (const submission of all) {
    const found = became(context, submission);
    const { id, organisation, headline, at, embargo } = submission;
    context.output.json({ id, organisation, headline, at, embargo, became: found });
    context.output.line(`${id}  ${organisation}: ${headline} (${words(found)})`);
  }
}

function show(context: CommandContext, submissions: Submissions, arg: string | undefined): void {
  const submission = find(submissions, arg);
  const newsroom = openReader(context);
  try {
    const found = whatBecame(newsroom, submission);
    const { theirs, open } = lintRelease(newsroom.log, releaseStory(submission, { slug: releaseSlug(submission), topic: "Security" }, context.effects.clock()));
    context.output.json({ ...submission, became: found, steps: submissions.steps(submission.id), findings: { open, theirs } });
    const { output } = context;
    output.line(`${output.bold(submission.headline)}, ${submission.organisation}: ${words(found)}`);
    for (const line of [submission.summary, submission.text, `Licence ${submission.licence}. Contact, not printed: ${submission.contact}. Not before: ${submission.embargo ?? "at once"}`]) output.line(`\n${line}`);
    for (const { rule, place, what } of open) output.line(`must be mended: ${rule}, ${place}: ${what}`);
    for (const { rule, place, what } of theirs) output.line(`stands because the words are theirs: ${rule}, ${place}: ${what}`);
    for (const { at, by, state, note } of submissions.steps(submission.id)) output.line(`${at} ${by}: ${state}${note === "" ? "" : `. ${note}`}`);
  } finally {
    newsroom.close();
  }
}

function accept(context: CommandContext, submissions: Submissions, arg: string | undefined, options: Options): void {
  const submission = find(submissions, arg);
  const acceptance = { slug: text(options, "slug") ?? releaseSlug(submission), topic: text(options, "topic") ?? "Security" };
  const newsroom = openWriter(context);
  try {
    const quiet = { ...context, output: { ...context.output, note() {} } };
    const done = acceptRelease(newsroom, submissions, submission, context.by, { ...acceptance, dry: context.dryRun }, context.effects.clock(), (_, __, run, { dry }) =>
      change(dry ? { ...quiet, dryRun: true } : { ...context, dryRun: false }, newsroom, (transaction) => run(transaction, newsroom)),
    );
    if (done.outcome === "tried") return context.output.note("Dry run: nothing was written.");
    context.output.json(done);
    context.output.line(done.outcome === "published" ? `Published as ${context.output.bold(done.slug)} (entry ${done.seq}), supplied by ${submission.organisation}.` : `${context.output.bold(done.slug)} waits outside the log until ${done.due}.`);
  } finally {
    newsroom.close();
  }
}

function refuse(context: CommandContext, submissions: Submissions, arg: string | undefined, options: Options): void {
  const submission = find(submissions, arg);
  const note = needed(options, "why", "--why");
  if (context.dryRun) return context.output.note("Dry run: nothing was written.");
  const { id } = refuseRelease({ folder: context.config.data }, submissions, submission, context.by, note);
  context.output.json({ id, state: "refused" });
  context.output.line(`Release ${id} is refused; its sender reads why.`);
}

function takeBack(context: CommandContext, submissions: Submissions, arg: string | undefined): void {
  const submission = find(submissions, arg);
  if (context.dryRun) return context.output.note("Dry run: nothing was written.");
  const { id } = submissions.step(submission.id, context.by, ["sent"], "taken back");
  context.output.json({ id, state: "taken back" });
  context.output.line(`Release ${id} is taken back.`);
}
