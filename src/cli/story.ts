import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { TracewireError } from "../errors.ts";
import { formatValue, requireFigureSpec } from "../figures/figures.ts";
import type { NewsroomReader, NewsroomWriter } from "../newsroom.ts";
import {
  changesOf,
  computeStoryFigures,
  DRAFTS_FILE,
  dueAhead,
  lintStory,
  listAffected,
  listPublications,
  appendStand,
  isPrinted,
  movedDigest,
  readStands,
  openDrafts,
  openSchedule,
  parseStoryText,
  preparePhoto,
  printedAs,
  publishStories,
  publishStory,
  readPublication,
  scheduleExists,
  slugOf,
  withdrawStory,
  type Affected,
  type PreparedPhoto,
  type PublishOutcome,
  type Story,
  type Waiver,
} from "../press/press.ts";
import { listAffectedIssues, openPeople, PEOPLE_FILE, type People } from "../newsletter/newsletter.ts";
import { listAffectedReports } from "../reports/reports.ts";
import { publishDue } from "../scheduler.ts";
import { change, list, openReader, openWriter, text, whole, type Command, type CommandContext, type Options } from "./command.ts";
import { counted } from "./output.ts";

/** Stories of one change: it is held in memory until it is signed. */
const FILES_MAX = 2_000;

type Action = (context: CommandContext, args: string[], options: Options) => number | void | Promise<number | void>;

const ACTIONS: Record<string, Action> = { new: create, check, publish, correct, withdraw, diff, affected, stands, due };

export const story: Command = {
  name: "story",
  summary: "Write, check, publish, correct and withdraw stories and press releases; see which of them the evidence has moved",
  arguments: "<action> [args...]",
  records: { publish: 20, stands: 20 },
  actions: [
    ["new <headline>", "write a file to begin a story with: drafts/SLUG.md, or --out"],
    ["check <file>", "what is still open before it may be published"],
    ["publish <file...>", "publish it, or a new revision of it; several files are one change"],
    ["correct <file> --what <words>", "a new revision with a notice of what was wrong"],
    ["withdraw <slug> --why <reason>", "take it off lists and search; its address stays and says why"],
    ["diff <slug>", "what its newest revision (or --revision) changed, sentence by sentence"],
    ["affected [figure]", "stories, letters and reports whose numbers come out otherwise today"],
    ["stands <what...> --why <reason>", "a printed number stands as of its day: a slug, letter N or report SYMBOL, as affected lists them"],
    ["due", "publish what waits and whose time has come; list what waits"],
  ],
  writes: true,
  options: [
    { flags: "--out <file>", about: "for new: the file to write (drafts/SLUG.md)" },
    { flags: "--why <reason>", about: "why there is a new revision, why a story is withdrawn, or why a number stands" },
    { flags: "--what <words>", about: "for correct: what was wrong, in words for readers" },
    { flags: "--at <time>", about: "for publish: not before this moment (UTC); it waits outside the log" },
    { flags: "--waive <rule=reason>", about: "publish in spite of a finding; readers see the reason (may be repeated)", repeat: true },
    { flags: "--revision <number>", about: "for diff: this revision against the one before" },
  ],
  examples: [
    ['tracewire story new "Two bridges, one mistake"', "a file to begin with"],
    ["tracewire story check demo/stories/nomad-bridge-561-addresses.md", "what is still open"],
    ["tracewire story publish demo/stories/nomad-bridge-561-addresses.md", "publish, or publish a new revision"],
    ["tracewire story publish demo/stories/*.md", "several in one change: all of them, or none"],
    [
      'tracewire story correct demo/stories/nomad-bridge-561-addresses.md --what "The number of tokens was wrong."',
      "a new revision with its correction",
    ],
    ["tracewire story diff nomad-bridge-561-addresses", "what the newest revision changed"],
    ["tracewire story affected", "stories, letters and reports that carry a number which comes out otherwise today"],
  ],
  exits: { 1: "the story has open findings" },
  run(context, [action, ...args], options) {
    const run = Object.hasOwn(ACTIONS, action!) ? ACTIONS[action!] : undefined;
    if (!run)
      throw new TracewireError("BAD_ARGUMENT", {
        what: `"${action}" is no action of story`,
        hint: `Actions: ${Object.keys(ACTIONS).join(", ")}`,
      });
    return run(context, args, options);
  },
};

/** Under the folder where the command runs; .gitignore names it, so that a story is nobody's commit by chance. */
const NEW_FOLDER = "drafts";

function create(context: CommandContext, args: string[], options: Options): void {
  const headline = args.join(" ").trim();
  if (!headline)
    throw new TracewireError("BAD_ARGUMENT", { what: "A story begins with a headline", hint: 'tracewire story new "The headline"' });
  const slug = slugOf(headline);
  const file = text(options, "out") ?? join(NEW_FOLDER, `${slug}.md`);
  if (existsSync(file)) throw new TracewireError("BAD_ARGUMENT", { what: "There is such a file already", where: file });
  const today = context.effects.clock().slice(0, 10);
  const source = `---\nslug: ${slug}\ntopic: Sanctions\nbyline: ${context.by}\nhappened: ${today}\n---\n\n# ${headline}\n\n> What is new, and how sure it is.\n\nA number is the name of a figure in braces, such as {{figure-id}}; docs/stories.md has the rest.\n`;
  if (!context.dryRun) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, source, { flag: "wx" });
  }
  context.output.json({ file, slug });
  context.output.line(`${context.dryRun ? "Would write" : "Wrote"} ${context.output.bold(file)}. Look at what is open: tracewire story check ${file}`);
}

async function check(context: CommandContext, [file]: string[]): Promise<number> {
  const story = readStory(file);
  await readPhoto(context, file!, story);
  const newsroom = openReader(context);
  try {
    const figures = computeKnownFigures(newsroom.log, story);
    const findings = lintStory(newsroom.log, story, figures);
    context.output.json({ slug: story.slug, findings });
    for (const finding of findings) {
      context.output.line(`${context.output.bold(finding.rule)}  ${finding.place}: ${finding.what}`);
      context.output.line(`  ${finding.fix}`);
    }
    if (findings.length === 0) {
      context.output.line(`${story.slug}: nothing open. Its figures:`);
      for (const [id, figure] of figures)
        context.output.line(`  ${id}  ${formatValue(figure.value, figure.unit, "exact", requireFigureSpec(newsroom.log, id).spec)}`);
    }
    return findings.length > 0 ? 1 : 0;
  } finally {
    newsroom.close();
  }
}

/** Where another person approves, a file is no way around them. */
function requireNoReview({ config }: CommandContext): void {
  if (config.desk.approval === "another")
    throw new TracewireError("NOT_ALLOWED", { what: "In this newsroom another person approves what is published", hint: "tracewire draft new FILE, then draft review, approve and publish; or the desk." });
}

async function publish(context: CommandContext, files: string[], options: Options): Promise<void> {
  requireNoReview(context);
  const due = text(options, "at");
  if (files.length > FILES_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `${files.length} files: at most ${FILES_MAX} at once` });
  if (files.length > 1 && due !== undefined)
    throw new TracewireError("BAD_ARGUMENT", { what: "--at is for one story", hint: "Schedule them one by one." });
  const story = readStory(files[0]);
  if (files.length > 1) return publishTogether(context, files, options);
  const photo = await readPhoto(context, files[0]!, story);
  if (due !== undefined) return schedule(context, story, photo, due, options);
  publishNow(context, story, photo, options);
}

/** Several stories as one change: all of them are out, or none is. */
async function publishTogether(context: CommandContext, files: string[], options: Options): Promise<void> {
  const stories = files.map(readStory);
  const twice = stories.find(({ slug }, at) => stories.findIndex((other) => other.slug === slug) !== at);
  if (twice) throw new TracewireError("BAD_ARGUMENT", { what: `Two of the files are the story "${twice.slug}"` });
  const photos = new Map<string, PreparedPhoto>();
  for (const [at, story] of stories.entries()) {
    const photo = await readPhoto(context, files[at]!, story);
    if (photo) photos.set(story.slug, photo);
  }
  withWriter(context, (newsroom) => {
    const waivers = list(options, "waive").map(parseWaiver);
    const blobs = context.dryRun ? undefined : newsroom.blobs;
    const outcomes = change(context, newsroom, (transaction) =>
      publishStories(transaction, newsroom.log, stories, { by: context.by, why: text(options, "why"), waivers, photos, blobs }),
    );
    context.output.json({ stories: outcomes.map((outcome, at) => ({ slug: stories[at]!.slug, ...outcome })) });
    const published = outcomes.filter(({ outcome }) => outcome === "published").length;
    context.output.line(
      `Published ${published} of ${counted(stories.length, "story", "stories")} in one change${published < stories.length ? "; the others say the same already" : ""}.`,
    );
  });
}

async function correct(context: CommandContext, [file]: string[], options: Options): Promise<void> {
  requireNoReview(context);
  const what = text(options, "what");
  if (!what)
    throw new TracewireError("BAD_ARGUMENT", {
      what: "A correction says what was wrong",
      hint: 'Add --what "…": readers see it on the story, in the list of corrections, in feeds and mails.',
    });
  const story = readStory(file);
  publishNow(context, story, await readPhoto(context, file!, story), options, { what });
}

type Photo = PreparedPhoto | undefined;

function publishNow(context: CommandContext, story: Story, photo: Photo, options: Options, correction?: { what: string }): void {
  withWriter(context, (newsroom) => {
    const outcome = change(context, newsroom, (transaction) =>
      publishStory(transaction, newsroom.log, story, {
        by: context.by,
        why: text(options, "why"),
        waivers: list(options, "waive").map(parseWaiver),
        correction,
        ...(photo ? { photo: { prepared: photo, ...(context.dryRun ? {} : { blobs: newsroom.blobs }) } } : {}),
      }),
    );
    report(context, story, outcome, correction ? "Corrected" : "Published");
  });
}

/** Checked now, so that its writer hears of a finding; checked again when its time comes. */
function schedule(context: CommandContext, story: Story, photo: Photo, due: string, options: Options): void {
  const at = dueAhead(due, context.effects.clock());
  const waivers = list(options, "waive").map(parseWaiver);
  withWriter(context, (newsroom) => {
    // Published and taken back at once: every finding shows, nothing stays.
    change({ ...context, dryRun: true, output: { ...context.output, note() {} } }, newsroom, (transaction) =>
      publishStory(transaction, newsroom.log, story, { by: context.by, waivers, ...(photo ? { photo: { prepared: photo } } : {}) }),
    );
    if (context.dryRun) return;
    const waiting = openSchedule(newsroom.folder);
    try {
      const { id, replaced } = waiting.add({ slug: story.slug, due: at, by: context.by, story, waivers, why: text(options, "why"), photo });
      context.output.json({ slug: story.slug, scheduled: id, due: at, replaced: replaced ?? null });
      if (replaced !== undefined) context.output.line(`What waited for ${replaced} under this address does not come out: this replaces it.`);
      context.output.line(
        `${context.output.bold(story.slug)} waits outside the log until ${at}. The running site publishes it then; without one: tracewire story due`,
      );
    } finally {
      waiting.close();
    }
  });
}

function due(context: CommandContext): void {
  withWriter(context, (newsroom) => {
    if (!scheduleExists(newsroom.folder)) return context.output.line("Nothing waits.");
    const waiting = openSchedule(newsroom.folder);
    try {
      const fired = context.dryRun ? [] : publishDue(newsroom, waiting, context.effects.clock());
      const left = waiting.waiting();
      context.output.json({ fired, waiting: left.map(({ id, slug, due }) => ({ id, slug, due })) });
      for (const item of fired) context.output.line(`${item.slug}, due ${item.due}: ${item.outcome}${item.why ? ` (${item.why})` : ""}`);
      for (const item of left) context.output.line(`${item.slug} waits until ${item.due}`);
      if (fired.length + left.length === 0) context.output.line("Nothing waits.");
    } finally {
      waiting.close();
    }
  });
}

function withdraw(context: CommandContext, [slug]: string[], options: Options): void {
  const why = text(options, "why");
  if (!slug || !why)
    throw new TracewireError("BAD_ARGUMENT", {
      what: "A withdrawal names the story and says why",
      hint: 'tracewire story withdraw SLUG --why "…"',
    });
  withWriter(context, (newsroom) => {
    const outcome = change(context, newsroom, (transaction) => withdrawStory(transaction, newsroom.log, slug, { by: context.by, why }));
    context.output.json({ slug, ...outcome });
    context.output.line(
      outcome.outcome === "unchanged"
        ? `${slug} is withdrawn already.`
        : `Withdrew ${context.output.bold(slug)} (entry ${outcome.seq}). Its address stays and says why.`,
    );
  });
}

function diff(context: CommandContext, [slug]: string[], options: Options): void {
  const newsroom = openReader(context);
  try {
    const changes = changesOf(newsroom.log, slug ?? "", whole(options, "revision", "--revision"));
    if (!changes) {
      const newest = readPublication(newsroom.log, slug ?? "")?.revision;
      const hint = newest
        ? `It has revisions 1 to ${newest}.`
        : `Published: ${
            listPublications(newsroom.log)
              .map((item) => item.slug)
              .join(", ") || "nothing yet"
          }`;
      throw new TracewireError("NOT_FOUND", { what: `There is no such revision of "${slug}"`, hint });
    }
    const { after, before, lines } = changes;
    context.output.json({ slug: after.slug, from: before?.revision ?? null, to: after.revision, lines });
    context.output.line(`${after.slug}, ${before ? `revision ${before.revision} to ${after.revision}` : "revision 1, the first: all of it is new"}${after.why ? `: ${after.why}` : ""}`);
    for (const line of lines) if (line.kind !== "same") context.output.line(`${line.kind === "gone" ? "-" : "+"} ${line.text}`);
    if (lines.every((line) => line.kind === "same")) context.output.line("No sentence differs.");
  } finally {
    newsroom.close();
  }
}

function affected(context: CommandContext, [figure]: string[]): void {
  const newsroom = openReader(context);
  const people = openPeopleIfThere(context, newsroom.folder);
  try {
    const stories = listAffected(newsroom.log, figure);
    const newsletters = listAffectedIssues(newsroom.log, figure, people);
    const reports = listAffectedReports(newsroom.log, figure);
    context.output.json({
      affected: stories.map(({ card, figures, sentences }) => ({ slug: card.slug, revision: card.revision, figures, sentences })),
      newsletters,
      reports: reports.map(({ report, figures, sentences }) => ({ symbol: report.symbol, entry: report.seq, figures, sentences })),
    });
    const { bold } = context.output;
    const reasons = reasonsOf(context, newsroom);
    const standing = (what: string, { figures }: Pick<Affected, "figures">): string => {
      const why = reasons.get(`${what} ${movedDigest(figures)}`);
      return why === undefined ? "" : ` (stands as of then: ${why})`;
    };
    for (const { card, ...moved } of stories) printMoved(context, `${bold(card.slug)}, revision ${card.revision}${standing(printedAs.story(card.slug, card.revision), moved)}`, moved);
    for (const { number, subject, ...moved } of newsletters)
      printMoved(context, number === "draft" ? `the letter composed, not sent: ${bold(subject)}` : `letter ${number}, sent: ${bold(subject)}`.concat(standing(printedAs.letter(number), moved)), moved);
    for (const { report, ...moved } of reports) printMoved(context, `report ${bold(report.symbol)}, issued on ${report.at.slice(0, 10)}${standing(printedAs.report(report.symbol, report.seq), moved)}`, moved);
    if (stories.length + newsletters.length + reports.length === 0) context.output.line("Every published number comes out the same today.");
  } finally {
    people?.close();
    newsroom.close();
  }
}

/** The letter that is being composed stands in people.db; without that file, or the right to open it, there is none to be told of. */
function openPeopleIfThere({ effects, output }: CommandContext, folder: string): People | undefined {
  if (!existsSync(join(folder, PEOPLE_FILE))) return undefined;
  try {
    return openPeople(folder, effects);
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
    output.note(`The letter being composed was not looked at: ${error.message}`);
    return undefined;
  }
}

function printMoved({ output }: CommandContext, what: string, { figures, sentences }: Pick<Affected, "figures" | "sentences">): void {
  const words = figures.map(({ id, was, now, why }) => `${id} ${was ?? "not known"} → ${now ?? "not known"}${why ? ` (${why})` : ""}`);
  output.line(`${what}: ${words.join("; ")}`);
  for (const { was, now } of sentences) {
    output.line(`  - ${was ?? ""}`);
    output.line(`  + ${now ?? ""}`);
  }
  if (sentences.length === 0) output.line("  No word of the text would change: the range or the rows did.");
}

/** Until it moves again; readers see why, where the newer value is shown. */
function stands(context: CommandContext, words: string[], options: Options): void {
  const why = text(options, "why");
  const asked = words.join(" ");
  if (!asked || !why) throw new TracewireError("BAD_ARGUMENT", { what: "Say what stands, and why", hint: 'tracewire story stands SLUG --why "…"' });
  const newsroom = openReader(context);
  const people = openPeopleIfThere(context, newsroom.folder);
  const drafts = openDrafts(newsroom.folder, context.effects);
  try {
    const moved = [
      ...listAffected(newsroom.log).map(({ card, figures }) => ({ what: printedAs.story(card.slug, card.revision), figures })),
      ...listAffectedIssues(newsroom.log, undefined, people).map(({ number, figures }) => ({ what: printedAs.letter(number), figures })),
      ...listAffectedReports(newsroom.log).map(({ report, figures }) => ({ what: printedAs.report(report.symbol, report.seq), figures })),
    ];
    const found = moved.find(({ what }) => what === asked || what.startsWith(`${asked} `) || what.startsWith(`story ${asked} `));
    if (!found) throw new TracewireError("NOT_FOUND", { what: `Nothing of “${asked}” comes out otherwise today`, hint: `Moved: ${moved.map(({ what }) => what).join("; ") || "nothing"}.` });
    if (isPrinted(found.what)) withWriter(context, (writer) => change(context, writer, (transaction) => appendStand(transaction, { ...found, why }, context.by)));
    else if (!context.dryRun) drafts.stand(context.by, { what: found.what, moved: movedDigest(found.figures), why });
    context.output.json({ what: found.what, why });
    context.output.line(`${context.output.bold(found.what)} stands as of then; it is listed again when it moves again.`);
  } finally {
    drafts.close();
    people?.close();
    newsroom.close();
  }
}

/** Reasons by what was printed and to which values it moved. */
function reasonsOf({ effects }: CommandContext, { log, folder }: NewsroomReader): Map<string, string> {
  const known = readStands(log).reverse().map(({ what, moved, why }) => [`${what} ${moved}`, why] as const);
  if (!existsSync(join(folder, DRAFTS_FILE))) return new Map(known);
  const drafts = openDrafts(folder, effects);
  try {
    return new Map([...drafts.stands().map(({ what, moved, why }) => [`${what} ${moved}`, why] as const), ...known]);
  } finally {
    drafts.close();
  }
}

function withWriter(context: CommandContext, run: (newsroom: NewsroomWriter) => void): void {
  const newsroom = openWriter(context);
  try {
    run(newsroom);
  } finally {
    newsroom.close();
  }
}

function readStory(file: string | undefined): Story {
  if (!file) throw new TracewireError("BAD_ARGUMENT", { what: "Which story? Name its file" });
  try {
    return parseStoryText(readFileSync(file, "utf8"), file);
  } catch (error) {
    if (error instanceof TracewireError) throw error;
    throw new TracewireError("NOT_FOUND", { what: "The story cannot be read", where: file, hint: "It is a file in the form of docs/stories.md; check its path.", cause: error });
  }
}

/** The picture that the story names, from the story's own folder, checked and made anew. */
export async function readPhoto(context: CommandContext, file: string, { photo }: Story): Promise<Photo> {
  if (!photo) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(join(dirname(file), photo.file));
  } catch (error) {
    throw new TracewireError("NOT_FOUND", {
      what: `The picture “${photo.file}” cannot be read`,
      where: join(dirname(file), photo.file),
      hint: "It lies in the folder of the story's file.",
      cause: error,
    });
  }
  return preparePhoto(bytes, photo.file, context.effects.clock());
}

function report(context: CommandContext, { slug, type }: Story, outcome: PublishOutcome, word: string): void {
  context.output.json({ slug, ...outcome });
  context.output.line(
    outcome.outcome === "published"
      ? `${word} ${context.output.bold(slug)}, revision ${outcome.revision} (entry ${outcome.seq}), at ${type === "release" ? "/press-releases" : "/stories"}/${slug}`
      : `Unchanged: revision ${outcome.revision} of ${slug} says the same already.`,
  );
}

/** For the check, a figure that is not defined is a finding, not a fault. */
export function computeKnownFigures(log: Parameters<typeof computeStoryFigures>[0], story: Story) {
  try {
    return computeStoryFigures(log, story);
  } catch (error) {
    if (error instanceof TracewireError && error.code === "NOT_FOUND") return new Map<string, never>();
    throw error;
  }
}

export function parseWaiver(text: string): Waiver {
  const match = /^([a-z-]+)=(.{3,400})$/s.exec(text);
  if (!match) throw new TracewireError("BAD_ARGUMENT", { what: `--waive needs rule=reason, not "${text}"` });
  return { rule: match[1]!, why: match[2]! };
}
