// Keys of the API: made here, shown once, revoked here. The site that runs beside it takes them up at once.
import { keyState, openKeyStore, readExpiry, SCOPE_NAMES, SCOPES, type Key } from "../api/api.ts";
import { TracewireError } from "../errors.ts";
import { list, openReader, text, type Command, type CommandContext, type Options } from "./command.ts";
import { table } from "./output.ts";

const scopesOf = ({ scopes }: Key): string => scopes.join(", ");

const ACTIONS: Record<string, (context: CommandContext, name: string | undefined, options: Options) => void> = {
  add(context, name, options) {
    const expires = text(options, "expires");
    withKeys(context, (keys) => {
      const { key, token } = keys.add(required(name), list(options, "scope"), expires === undefined ? undefined : readExpiry(expires));
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
      const rows = all.map((key) => [key.name, scopesOf(key), `made ${key.created.slice(0, 10)}`, keyState(key, context.effects.clock())]);
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

function required(name: string | undefined): string {
  if (name === undefined) throw new TracewireError("BAD_ARGUMENT", { what: "A key needs a name", hint: "tracewire key add NAME --scope SCOPE" });
  return name;
}
