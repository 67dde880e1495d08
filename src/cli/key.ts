// Keys of the API: made here, shown once, revoked here. The site that runs beside it takes them up at once.
import { openKeyStore, SCOPE_NAMES, SCOPES, type Key } from "../api/api.ts";
import { TracewireError } from "../errors.ts";
import { list, openReader, text, type Command, type CommandContext, type Options } from "./command.ts";
import { table } from "./output.ts";

const scopesOf = ({ scopes }: Key): string => scopes.join(", ");

const ACTIONS: Record<string, (context: CommandContext, name: string | undefined, options: Options) => void> = {
  add(context, name, options) {
    withKeys(context, (keys) => {
      const { key, token } = keys.add(required(name), list(options, "scope"), momentOf(text(options, "expires")));
      context.output.json({ ...key, token });
      context.output.line(token);
      context.output.note(`The key ${key.name} opens ${scopesOf(key)}${key.expires === null ? "" : `, until ${key.expires}`}. It is not shown again: only its hash is kept. Send it as Authorization: Bearer …`);
    });
  },
  list(context) {
    withKeys(context, (keys) => {
      const all = keys.list();
      for (const key of all) context.output.json(key);
      if (all.length === 0) context.output.line("There is no key. Make one: tracewire key add NAME --scope claims:unreleased");
      const rows = all.map((key) => [key.name, scopesOf(key), `made ${key.created.slice(0, 10)}`, stateOf(key, context.effects.clock())]);
      for (const line of table(rows, context.output.width)) context.output.line(line);
    });
  },
  revoke(context, name) {
    withKeys(context, (keys) => {
      const key = keys.revoke(required(name));
      context.output.json(key);
      context.output.line(`The key ${key.name} opens nothing any more.`);
    });
  },
};

export const key: Command = {
  name: "key",
  summary: "Make, list and revoke keys of the API, for what is not public",
  arguments: "<action> [name]",
  records: { add: 1, revoke: 1 },
  actions: [
    ["add <name> --scope <scope>", "make a key; it is shown once"],
    ["list", "which keys there are, and which are in force"],
    ["revoke <name>", "end a key"],
  ],
  options: [
    { flags: "--expires <time>", about: "for add: from this moment on (UTC), or the beginning of this day, it opens nothing" },
    { flags: "--scope <scope>", about: `what it opens (may be repeated): ${SCOPE_NAMES.map((name) => `${name}: ${SCOPES[name]}`).join("; ")}`, repeat: true },
  ],
  examples: [
    ["tracewire key add desk --scope claims:unreleased --scope traces:private", "a key, shown once"],
    ["tracewire key list", "which are in force"],
    ["tracewire key revoke desk", "from the next request on it opens nothing"],
  ],
  run(context, [action, name], options) {
    const run = Object.hasOwn(ACTIONS, action!) ? ACTIONS[action!] : undefined;
    if (!run) throw new TracewireError("BAD_ARGUMENT", { what: `There is no action "${action}"`, hint: `Actions: ${Object.keys(ACTIONS).join(", ")}.` });
    run(context, name, options);
  },
};

function withKeys(context: CommandContext, run: (keys: ReturnType<typeof openKeyStore>) => void): void {
  // A folder without a newsroom gets no file of keys.
  openReader(context).close();
  const keys = openKeyStore(context.config.data, context.effects);
  try {
    run(keys);
  } finally {
    keys.close();
  }
}

function stateOf({ revoked, expires }: Key, now: string): string {
  if (revoked !== null) return `revoked ${revoked.slice(0, 10)}`;
  if (expires === null) return "in force";
  return expires > now ? `in force until ${expires.slice(0, 16).replace("T", " ")} UTC` : `expired ${expires.slice(0, 10)}`;
}

function momentOf(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z)?$/.test(given) ? new Date(given) : undefined;
  if (!time || Number.isNaN(time.getTime())) throw new TracewireError("BAD_ARGUMENT", { what: `--expires: “${given}” is no day and no time in UTC`, hint: "Write 2027-01-31 or 2027-01-31T18:00:00Z." });
  return time.toISOString();
}

function required(name: string | undefined): string {
  if (name === undefined) throw new TracewireError("BAD_ARGUMENT", { what: "A key needs a name", hint: "tracewire key add NAME --scope SCOPE" });
  return name;
}
