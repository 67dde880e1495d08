// Webhooks: made here with a secret that is shown once, listed, removed, and told again what they missed.
import { TracewireError } from "../errors.ts";
import { EVENT_TYPES, openWebhookStore, SECRET_OVERLAP_MS, type WebhookStore } from "../webhooks/webhooks.ts";
import type { NewsroomReader } from "../newsroom.ts";
import { list, openReader, whole, type Command, type CommandContext, type Options } from "./command.ts";

const DELIVERIES_SHOWN_MAX = 200;

type Action = (context: CommandContext, store: WebhookStore, newsroom: NewsroomReader, args: string[], options: Options) => void;

const ACTIONS: Record<string, Action> = {
  add({ output }, store, { log }, [name, url], options) {
    if (!name || !url) throw new TracewireError("BAD_ARGUMENT", { what: "A webhook needs a name and an address", hint: "tracewire webhook add NAME https://example.org/hook" });
    const { hook, secret } = store.add({ name, url, events: list(options, "event"), is_here: Boolean(options.here) }, log);
    output.json({ ...hook, secret });
    output.line(secret);
    output.note(`${hook.name} is told of ${hook.events.join(", ")} from now on, while the site runs. The secret signs what is sent and is not shown again.`);
  },
  list({ output }, store) {
    const hooks = store.list();
    for (const hook of hooks) {
      output.json(hook);
      output.line(`${output.bold(hook.name)}  ${hook.url}`);
      output.line(`  ${hook.events.join(", ")}; ${hook.sent} sent, ${hook.waiting} waiting, ${hook.given_up} given up${hook.next_at ? `, tried again at ${hook.next_at}` : ""}${hook.last ? ` (${hook.last})` : ""}`);
    }
    if (hooks.length === 0) output.line("There is no webhook. Make one: tracewire webhook add NAME https://example.org/hook");
  },
  deliveries({ output }, store, _newsroom, [name = ""]) {
    const told = store.deliveries(name, DELIVERIES_SHOWN_MAX);
    for (const one of told) {
      output.json({ name, ...one });
      output.line(`entry ${one.entry}  ${one.at}  ${one.outcome}${one.answer === null ? "" : `: ${one.answer}`}`);
    }
    if (told.length === 0) output.line(`Nothing has happened yet of which ${name} is told.`);
  },
  remove({ output }, store, _newsroom, [name = ""]) {
    store.remove(name);
    output.json({ removed: name });
    output.line(`${name} is told nothing any more.`);
  },
  rotate({ output }, store, _newsroom, [name = ""], options) {
    const { secret, until } = store.rotate(name, options.atOnce ? 0 : SECRET_OVERLAP_MS);
    output.json({ name, secret, former_until: until });
    output.line(secret);
    output.note(options.atOnce ? `${name} is signed by this secret alone from now on. It is not shown again.` : `${name} is signed by this secret and by the former one until ${until}, then by this one alone. It is not shown again.`);
  },
  replay({ output, effects }, store, { log }, [name = ""], options) {
    const [from, entry] = [whole(options, "from", "--from"), whole(options, "entry", "--entry")];
    if ((from === undefined) === (entry === undefined)) throw new TracewireError("BAD_ARGUMENT", { what: "From which entry on, or which one?", hint: "tracewire webhook replay NAME --from 42, or --entry 42 for that one alone" });
    const queued = store.replay(name, (from ?? entry)!, log, effects.clock(), { only: entry !== undefined });
    output.json({ name, queued });
    output.line(entry === undefined ? `${queued} events from entry ${from} on wait to be sent to ${name}, each under the identifier it had.` : `${queued === 1 ? `Entry ${entry} waits` : `Entry ${entry} is nothing`} to be sent to ${name}${queued === 1 ? ", under the identifier it had" : ""}.`);
  },
};

export const webhook: Command = {
  name: "webhook",
  summary: "Tell other programs, signed, of what becomes public",
  arguments: "<action> [args...]",
  records: { add: 2, remove: 1, rotate: 1, replay: 1 },
  actions: [
    ["add <name> <url>", "tell a program from now on; its secret is shown once"],
    ["list", "what was sent, what waits, what failed and why"],
    ["deliveries <name>", "what waits, and what it answered to the last ones"],
    ["remove <name>", "tell it nothing any more"],
    ["rotate <name>", "a new secret, shown once; for a day the former one signs as well"],
    ["replay <name> --from <entry>", "send everything from an entry on again, or --entry one"],
  ],
  options: [
    { flags: "--event <type>", about: `of what it is told (may be repeated; all without it): ${Object.entries(EVENT_TYPES).map(([type, about]) => `${type}: ${about}`).join("; ")}`, repeat: true },
    { flags: "--here", about: "its address may be one of this machine or network" },
    { flags: "--at-once", about: "for rotate: the former secret is known to others, and signs nothing any more" },
    { flags: "--from <entry>", about: "for replay: from this entry of the log on" },
    { flags: "--entry <entry>", about: "for replay: of this entry of the log alone" },
  ],
  examples: [
    ["tracewire webhook add desk https://example.org/hook --event story.published --event story.corrected", "the secret is shown once"],
    ["tracewire webhook list", "what was sent, what waits, what failed and why"],
    ["tracewire webhook deliveries desk", "each event with the answer it got"],
    ["tracewire webhook replay desk --from 1500", "what it missed, again"],
  ],
  run(context, [action, ...args], options) {
    const run = Object.hasOwn(ACTIONS, action!) ? ACTIONS[action!] : undefined;
    if (!run) throw new TracewireError("BAD_ARGUMENT", { what: `There is no action "${action}"`, hint: `Actions: ${Object.keys(ACTIONS).join(", ")}.` });
    const newsroom = openReader(context);
    try {
      const store = openWebhookStore(newsroom.folder, context.effects);
      try {
        run(context, store, newsroom, args, options);
      } finally {
        store.close();
      }
    } finally {
      newsroom.close();
    }
  },
};
