// argv → one function for each command. --json everywhere, progress on stderr, errors with code, place and what to do.
import { Command as Parser, CommanderError, Option } from "commander";
import type { Command, CommandContext, OptionSpec, Options } from "./cli/command.ts";
import { recordCommand } from "./cli/acts.ts";
import { completionCommand } from "./cli/completion.ts";
import { terminalOutput } from "./cli/output.ts";
import { readConfig, type ConfigFlags } from "./config.ts";
import { systemEffects } from "./effects.ts";
import { TracewireError } from "./errors.ts";

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: "--data <folder>", about: "the newsroom's folder (.tracewire, or TRACEWIRE_DATA in the environment)" },
  { flags: "--config <file>", about: "settings (tracewire.config.json here, or TRACEWIRE_CONFIG in the environment)" },
  { flags: "--json", about: "JSON lines on standard output, for programs" },
];
const WRITE_OPTIONS: readonly OptionSpec[] = [
  { flags: "--dry-run", about: "do all of it, then take it back: nothing is written" },
  { flags: "--by <name>", about: "who is named as the author (desk, or TRACEWIRE_BY in the environment)" },
];
const RECORD_OPTIONS: readonly OptionSpec[] = [{ flags: "--by <name>", about: "under which name it stands in the record of acts (desk, or TRACEWIRE_BY in the environment)" }];

/** In the order of help. A command's file is loaded when it is asked for: a serving process does not carry the other thirty. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import("./cli/serve.ts")).serve,
  capture: async () => (await import("./cli/capture.ts")).capture,
  import: async () => (await import("./cli/import.ts")).importCommand,
  claim: async () => (await import("./cli/claim.ts")).claim,
  judge: async () => (await import("./cli/judge.ts")).judge,
  retract: async () => (await import("./cli/retract.ts")).retract,
  reply: async () => (await import("./cli/reply.ts")).reply,
  show: async () => (await import("./cli/show.ts")).show,
  history: async () => (await import("./cli/show.ts")).history,
  check: async () => (await import("./cli/check.ts")).check,
  figure: async () => (await import("./cli/figure.ts")).figure,
  trace: async () => (await import("./cli/trace.ts")).trace,
  cluster: async () => (await import("./cli/cluster.ts")).clusterCommand,
  screen: async () => (await import("./cli/screen.ts")).screenCommand,
  exception: async () => (await import("./cli/exception.ts")).exceptionCommand,
  freeze: async () => (await import("./cli/freeze.ts")).freeze,
  story: async () => (await import("./cli/story.ts")).story,
  draft: async () => (await import("./cli/draft.ts")).draft,
  supplied: async () => (await import("./cli/supplied.ts")).supplied,
  front: async () => (await import("./cli/front.ts")).front,
  report: async () => (await import("./cli/report.ts")).report,
  newsletter: async () => (await import("./cli/newsletter.ts")).newsletter,
  key: async () => (await import("./cli/key.ts")).key,
  webhook: async () => (await import("./cli/webhook.ts")).webhook,
  user: async () => (await import("./cli/user.ts")).user,
  acts: async () => (await import("./cli/list-acts.ts")).acts,
  release: async () => (await import("./cli/release.ts")).release,
  erase: async () => (await import("./cli/release.ts")).erase,
  reproduce: async () => (await import("./cli/reproduce.ts")).reproduce,
  verify: async () => (await import("./cli/verify.ts")).verify,
  backup: async () => (await import("./cli/backup.ts")).backup,
  restore: async () => (await import("./cli/backup.ts")).restore,
  export: async () => (await import("./cli/export.ts")).exportCommand,
  config: async () => (await import("./cli/config.ts")).config,
  doctor: async () => (await import("./cli/doctor.ts")).doctor,
  completion: async () => completionCommand(allCommands, GLOBAL_OPTIONS),
};

/** Every command, for help and for the documentation. */
export function allCommands(): Promise<readonly Command[]> {
  return Promise.all(Object.keys(COMMANDS).map(commandOf));
}

const commandOf = (name: string): Promise<Command> => COMMANDS[name]!();

export function optionsOf(command: Command): readonly OptionSpec[] {
  return [...(command.options ?? []), ...(command.writes ? WRITE_OPTIONS : command.records ? RECORD_OPTIONS : []), ...GLOBAL_OPTIONS];
}

/** Runs one command line and resolves to the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  let exit = 0;
  const parser = new Parser("tracewire")
    .description("A newsroom whose every number is computed: evidence, claims, figures, stories, in one verifiable log.")
    .helpCommand("help [command]", "Teach one command")
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .addHelpText("after", "\nEach command teaches itself: tracewire <command> --help. Exit codes: docs/errors.md.");
  const asked = argv[0] ?? "";
  for (const command of Object.hasOwn(COMMANDS, asked) ? [await commandOf(asked)] : await allCommands()) {
    const own = parser
      .command(command.arguments ? `${command.name} ${command.arguments}` : command.name)
      .description(command.summary)
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    for (const spec of optionsOf(command)) own.addOption(toOption(spec));
    own.addHelpText("after", helpTail(command));
    own.action(async (...values: unknown[]) => {
      const args = values
        .slice(0, own.registeredArguments.length)
        .flat()
        .filter((value) => value !== undefined) as string[];
      const context = contextOf(own.opts());
      let failed = true;
      try {
        exit = (await command.run(context, args, own.opts())) ?? 0;
        failed = false;
      } finally {
        // What a command had made when it broke off stands in the log, and so in the record.
        await recordCommand(context, command, args, own.opts(), { failed });
      }
    });
  }
  try {
    await parser.parseAsync(argv as string[], { from: "user" });
    return exit;
  } catch (error) {
    return report(error, argv.includes("--json"));
  }
}

function toOption(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.about);
  if (spec.choices) option.choices(spec.choices as string[]);
  if (spec.repeat) option.argParser((value: string, previous: string[] = []) => [...previous, value]);
  return option;
}

function helpTail(command: Command): string {
  const actions = (command.actions ?? []).map(([call, about]) => `  ${call}\n      ${about}`).join("\n");
  const examples = command.examples.map(([call, about]) => `  ${call}\n      ${about}`).join("\n");
  const exits = Object.entries({ 0: "done", ...command.exits, 2: "the command line cannot be used" }).map(
    ([code, about]) => `  ${code}  ${about}`,
  );
  return `${actions && `\nActions:\n${actions}\n`}\nExamples:\n${examples}\n\nExit codes:\n${exits.join("\n")}\n  others: docs/errors.md`;
}

function contextOf(options: Options): CommandContext {
  const json = Boolean(options.json);
  return {
    config: readConfig({ ...(options as ConfigFlags), desk_host: options.deskHost as string | undefined }, process.env),
    effects: systemEffects,
    output: terminalOutput(json),
    json,
    dryRun: Boolean(options.dryRun),
    by: typeof options.by === "string" ? options.by : (process.env.TRACEWIRE_BY ?? "desk"),
    made: [],
  };
}

function report(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    return report(new TracewireError("BAD_ARGUMENT", { what: error.message.replace(/^error: /, "") }), json);
  }
  const known =
    error instanceof TracewireError
      ? error
      : new TracewireError("INTERNAL", { what: error instanceof Error ? error.message : String(error), cause: error });
  if (json) process.stdout.write(`${JSON.stringify(known)}\n`);
  else {
    process.stderr.write(`tracewire: ${known.message} [${known.code}]\n`);
    if (known.where) process.stderr.write(`  where: ${known.where}\n`);
    process.stderr.write(`  what to do: ${known.hint}\n`);
  }
  if (known.code === "INTERNAL" && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return known.exit;
}

// A pipe closed by its reader (`tracewire show thefts | head`) is not a fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
