// argv → one function for each command. --json everywhere, progress on stderr, errors with code, place and what to do.
import { Command as Parser, CommanderError, Option } from "commander";
import { backup, restore } from "./cli/backup.ts";
import { capture } from "./cli/capture.ts";
import { check } from "./cli/check.ts";
import { claim } from "./cli/claim.ts";
import type { Command, CommandContext, OptionSpec, Options } from "./cli/command.ts";
import { config } from "./cli/config.ts";
import { completionCommand } from "./cli/completion.ts";
import { doctor } from "./cli/doctor.ts";
import { exportCommand } from "./cli/export.ts";
import { figure } from "./cli/figure.ts";
import { freeze } from "./cli/freeze.ts";
import { front } from "./cli/front.ts";
import { importCommand } from "./cli/import.ts";
import { judge } from "./cli/judge.ts";
import { key } from "./cli/key.ts";
import { newsletter } from "./cli/newsletter.ts";
import { terminalOutput } from "./cli/output.ts";
import { story } from "./cli/story.ts";
import { supplied } from "./cli/supplied.ts";
import { erase, release } from "./cli/release.ts";
import { reply } from "./cli/reply.ts";
import { report as reportCommand } from "./cli/report.ts";
import { reproduce } from "./cli/reproduce.ts";
import { clusterCommand } from "./cli/cluster.ts";
import { screenCommand } from "./cli/screen.ts";
import { exceptionCommand } from "./cli/exception.ts";
import { retract } from "./cli/retract.ts";
import { serve } from "./cli/serve.ts";
import { history, show } from "./cli/show.ts";
import { trace } from "./cli/trace.ts";
import { user } from "./cli/user.ts";
import { verify } from "./cli/verify.ts";
import { webhook } from "./cli/webhook.ts";
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

export const COMMANDS: readonly Command[] = [
  serve,
  capture,
  importCommand,
  claim,
  judge,
  retract,
  reply,
  show,
  history,
  check,
  figure,
  trace,
  clusterCommand,
  screenCommand,
  exceptionCommand,
  freeze,
  story,
  supplied,
  front,
  reportCommand,
  newsletter,
  key,
  webhook,
  user,
  release,
  erase,
  reproduce,
  verify,
  backup,
  restore,
  exportCommand,
  config,
  doctor,
  completionCommand(() => COMMANDS, GLOBAL_OPTIONS),
];

export function optionsOf(command: Command): readonly OptionSpec[] {
  return [...(command.options ?? []), ...(command.writes ? WRITE_OPTIONS : []), ...GLOBAL_OPTIONS];
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
  for (const command of COMMANDS) {
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
      exit = (await command.run(contextOf(own.opts()), args, own.opts())) ?? 0;
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
