import { TracewireError } from "../errors.ts";
import type { Command, OptionSpec } from "./command.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** The completion command needs the list it is part of, so it is made from it. */
export function completionCommand(commands: () => Promise<readonly Command[]>, globals: readonly OptionSpec[]): Command {
  return {
    name: "completion",
    summary: "Print a completion script for bash, zsh or fish",
    arguments: "<shell>",
    examples: [
      ["tracewire completion bash >> ~/.bashrc", "bash"],
      ["tracewire completion fish > ~/.config/fish/completions/tracewire.fish", "fish"],
    ],
    async run(_, [shell]) {
      if (!(SHELLS as readonly string[]).includes(shell!))
        throw new TracewireError("BAD_ARGUMENT", { what: `"${shell}" is no shell known here; one of ${SHELLS.join(", ")}` });
      process.stdout.write({ bash: bashScript, zsh: zshScript, fish: fishScript }[shell as (typeof SHELLS)[number]](await commands(), globals));
    },
  };
}

const longFlag = (option: OptionSpec) => option.flags.split(" ")[0]!;

function bashScript(commands: readonly Command[], globals: readonly OptionSpec[]): string {
  const cases = commands
    .map((command) => `    ${command.name}) words="${[...(command.options ?? []), ...globals].map(longFlag).join(" ")}" ;;`)
    .join("\n");
  return `# tracewire completion for bash
_tracewire() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=( $(compgen -W "${commands.map((command) => command.name).join(" ")}" -- "$current") )
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases}
    *) words="" ;;
  esac
  case "$current" in
    -*) COMPREPLY=( $(compgen -W "$words" -- "$current") ) ;;
    *) COMPREPLY=( $(compgen -f -- "$current") ) ;;
  esac
}
complete -o filenames -F _tracewire tracewire
`;
}

function zshScript(commands: readonly Command[], globals: readonly OptionSpec[]): string {
  const quote = (text: string) => text.replaceAll("'", "’").replaceAll(":", "\\:").replaceAll("[", "(").replaceAll("]", ")");
  const cases = commands
    .map(
      (command) =>
        `    ${command.name}) _arguments ${[...(command.options ?? []), ...globals].map((option) => `'${longFlag(option)}[${quote(option.about)}]'`).join(" ")} '*:file:_files' ;;`,
    )
    .join("\n");
  return `#compdef tracewire
_tracewire() {
  local -a commands
  commands=(${commands.map((command) => `'${command.name}:${quote(command.summary)}'`).join(" ")})
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  case "$words[2]" in
${cases}
  esac
}
compdef _tracewire tracewire
`;
}

function fishScript(commands: readonly Command[], globals: readonly OptionSpec[]): string {
  const quote = (text: string) => text.replaceAll("'", "’");
  const lines = commands.flatMap((command) => [
    `complete -c tracewire -n __fish_use_subcommand -a ${command.name} -d '${quote(command.summary)}'`,
    ...[...(command.options ?? []), ...globals].map(
      (option) =>
        `complete -c tracewire -n '__fish_seen_subcommand_from ${command.name}' -l ${longFlag(option).slice(2)} -d '${quote(option.about)}'`,
    ),
  ]);
  return `${lines.join("\n")}\n`;
}
