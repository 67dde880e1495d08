import { TracewireError } from "../errors.ts";
import { appendFront, arrangeFront, openSchedule, readFront, scheduleExists, type Arranged, type Card } from "../press/press.ts";
import { arrangeFrontAt } from "../scheduler.ts";
import { change, list, openReader, openWriter, text, type Command, type CommandContext, type Options } from "./command.ts";

const ACTIONS: Record<string, (context: CommandContext, options: Options) => void> = { show, pin, "by-rule": byRule };

export const front: Command = {
  name: "front",
  summary: "The front page: which story leads, the order of Top News, the cards; by rule, or pinned",
  arguments: "<action>",
  actions: [
    ["show", "the front page as it is, or at a moment to come"],
    ["pin", "put stories into places, until a moment or for good"],
    ["by-rule", "take all pins away"],
  ],
  writes: true,
  options: [
    { flags: "--lead <slug>", about: "pin: the story that leads" },
    { flags: "--top <slug>", about: "pin: the next place of Top News (may be repeated)", repeat: true },
    { flags: "--card <slug>", about: "pin: the next card below (may be repeated)", repeat: true },
    { flags: "--until <time>", about: "pin: until this moment (UTC); then all goes by rule again" },
    { flags: "--why <reason>", about: "pin: the reason, kept in the log" },
    { flags: "--at <time>", about: "show: as it will be at this moment, with what is scheduled until then" },
  ],
  examples: [
    ["tracewire front show", "the front page as it is"],
    ["tracewire front pin --lead nomad-bridge-561-addresses --dry-run", "this story leads, whatever comes out after it"],
    ["tracewire front by-rule --dry-run", "the last story published leads again"],
  ],
  run(context, [action], options) {
    const run = Object.hasOwn(ACTIONS, action!) ? ACTIONS[action!] : undefined;
    if (!run) throw new TracewireError("BAD_ARGUMENT", { what: `“${action}” is no action of front`, hint: `Actions: ${Object.keys(ACTIONS).join(", ")}.` });
    run(context, options);
  },
};

function show(context: CommandContext, options: Options): void {
  const at = text(options, "at");
  if (at !== undefined) return showAt(context, momentOf("at", at));
  const newsroom = openReader(context);
  try {
    print(context, arrangeFront(newsroom.log, { now: context.effects.clock() }));
  } finally {
    newsroom.close();
  }
}

function showAt(context: CommandContext, at: string): void {
  const newsroom = openWriter(context);
  try {
    const schedule = scheduleExists(newsroom.folder) ? openSchedule(newsroom.folder) : undefined;
    const items = schedule?.due(at) ?? [];
    schedule?.close();
    const quiet = { ...context, dryRun: true, output: { ...context.output, note() {} } };
    const found = change(quiet, newsroom, (transaction) => arrangeFrontAt(transaction, newsroom.log, items, at));
    print(context, found);
    for (const { slug, due, why } of found.planned) context.output.line(`${due}  ${slug}${why === undefined ? "" : `: ${why}`}`);
  } finally {
    newsroom.close();
  }
}

function pin(context: CommandContext, options: Options): void {
  const [lead, until, top, cards] = [text(options, "lead"), text(options, "until"), list(options, "top"), list(options, "card")];
  if (lead === undefined && top.length + cards.length === 0) throw new TracewireError("BAD_ARGUMENT", { what: "Name what is pinned: --lead, --top or --card", hint: "tracewire front by-rule takes all pins away." });
  set(context, { top, cards, ...(lead === undefined ? {} : { lead }), ...(until === undefined ? {} : { until: momentOf("until", until) }) }, text(options, "why"));
}

function byRule(context: CommandContext, options: Options): void {
  const newsroom = openReader(context);
  const made = readFront(newsroom.log);
  newsroom.close();
  if (!made) return context.output.line("Nothing was ever pinned: all goes by rule.");
  set(context, { top: [], cards: [] }, text(options, "why"));
}

function set(context: CommandContext, pins: Parameters<typeof appendFront>[1], why: string | undefined): void {
  const newsroom = openWriter(context);
  try {
    const [now, by] = [context.effects.clock(), context.by];
    const { seq, arranged } = change(context, newsroom, (transaction) => ({ seq: appendFront(transaction, pins, { by, now, why }), arranged: arrangeFront(transaction, { now }) }));
    context.output.note(`Entry ${seq}.`);
    print(context, arranged);
  } finally {
    newsroom.close();
  }
}

function print({ output }: CommandContext, { lead, top, cards, pinned }: Arranged): void {
  const slugs = (of: readonly Card[]) => of.map(({ slug }) => slug);
  output.json({ lead: lead?.slug ?? null, top: slugs(top), cards: slugs(cards), pinned: pinned ?? null });
  const isPinned = (slug: string) => pinned !== undefined && [pinned.lead, ...pinned.top, ...pinned.cards].includes(slug);
  const line = (place: string, card: Card) => output.line(`${place.padEnd(6)}${card.slug}${isPinned(card.slug) ? "  (pinned)" : ""}`);
  if (!lead) output.line("No story is published.");
  else line("lead", lead);
  for (const card of top) line("top", card);
  for (const card of cards) line("card", card);
  if (pinned?.until !== undefined) output.line(`Pinned until ${pinned.until}.`);
}

function momentOf(name: string, given: string): string {
  const time = new Date(given);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*Z$/.test(given) || Number.isNaN(time.getTime()))
    throw new TracewireError("BAD_ARGUMENT", { what: `--${name}: “${given}” is no time in UTC`, hint: "Write 2026-11-24T18:00:00Z." });
  return time.toISOString();
}
