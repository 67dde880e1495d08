// What is done by command stands in the record of acts as what is done at the desk does: under whose name, by which user of
// the system, what, on what, and which entries came of it. A folder without accounts has no such record.
import { userInfo } from "node:os";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { TracewireError } from "../errors.ts";
import type { Command, CommandContext, Options } from "./command.ts";

/** Kept here as a name, so that a command loads the room of accounts only where there are accounts. */
const ACCOUNTS_FILE = "accounts.db";
/** Of an import of many; the rest is told as a number. */
const ENTRIES_MAX = 5_000;
/** Options that say what was done; what somebody wrote into others (a reason, a contact) is told to nobody. */
const TOLD = ["role", "scope", "event", "expires", "from", "entry", "at", "slug", "sent", "again", "withKey", "release", "bytes", "withClaims"] as const;

/** After a command has run: where it made entries, or is one that changes what lies beside the log. */
export async function recordCommand(context: CommandContext, command: Command, args: readonly string[], options: Options, how: { failed: boolean }): Promise<void> {
  const { made, config, effects, by, dryRun } = context;
  const action = (command.actions ?? []).some(([call]) => call.split(/[ ,]/)[0] === args[0]) ? args[0]! : "";
  const rest = action === "" ? args : args.slice(1);
  const rule = command.records?.[action];
  const told = typeof rule === "function" ? rule(rest) : rule;
  if (dryRun || (made.length === 0 && (told === undefined || how.failed)) || !existsSync(join(config.data, ACCOUNTS_FILE))) return;
  const { openAccounts, recordAct } = await import("../accounts/accounts.ts");
  const words = [
    ...rest.slice(0, told),
    ...TOLD.filter((name) => options[name] !== undefined).map((name) => [flagOf(name), ...(options[name] === true ? [] : [options[name]].flat())].join(" ")),
    ...(made.length > ENTRIES_MAX ? [`(${made.length} entries, the first ${ENTRIES_MAX} named)`] : []),
    ...(how.failed ? ["(broken off)"] : []),
  ];
  try {
    const accounts = openAccounts(config.data, effects);
    try {
      accounts.change(() =>
        recordAct(accounts, { user: { id: 0, handle: by }, network: `command line (${systemUser()})` }, action === "" ? command.name : `${command.name}.${action}`, words.join(" "), made.slice(0, ENTRIES_MAX)),
      );
    } finally {
      accounts.close();
    }
  } catch (error) {
    // It is done, and cannot be taken back for that: a copy that is read only can still be backed up.
    if (!(error instanceof TracewireError)) throw error;
    context.output.note(`This is done, and does not stand in the record of acts: ${error.message}${error.where === undefined ? "" : ` (${error.where})`}`);
  }
}

const flagOf = (name: string): string => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Whom the system knows; by sudo, whom it knew before. */
function systemUser(): string {
  const { SUDO_USER } = process.env;
  let name: string;
  try {
    name = userInfo().username;
  } catch {
    // A container's user may have no name.
    name = `user ${process.getuid?.() ?? "unknown"}`;
  }
  return SUDO_USER ? `${name}, by sudo of ${SUDO_USER.slice(0, 40)}` : name;
}
