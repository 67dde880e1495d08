// A command as data: its words teach on --help, feed shell completion and are compared with docs/commands.md.
import { readFileSync } from "node:fs";
import type { Config } from "../config.ts";
import type { Effects } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { createNewsroom, newsroomExists, openForWriting, openNewsroom, type NewsroomReader, type NewsroomWriter } from "../newsroom.ts";
import { refuseWhileBuilding } from "./building.ts";
import type { Output } from "./output.ts";

export type OptionSpec = { flags: string; about: string; choices?: readonly string[]; repeat?: boolean };

export type Command = {
  name: string;
  summary: string;
  /** In commander's notation: "<id>", "[id...]". */
  arguments?: string;
  /** Of a command whose first word says what is to be done: each with what it does. */
  actions?: readonly (readonly [call: string, about: string])[];
  options?: readonly OptionSpec[];
  /** A real call that works on the demo newsroom, and what it is for. */
  examples: readonly (readonly [call: string, about: string])[];
  /** Exit codes beyond 0 and those of the error table. */
  exits?: Record<number, string>;
  writes?: boolean;
  /**
   * Actions ("" where there are none) that change what lies beside the log, each with how many of its arguments stand in the
   * record of acts: names and numbers, not what somebody wrote. What makes entries of the log is recorded in any case.
   */
  records?: Readonly<Record<string, number | ((args: readonly string[]) => number | undefined)>>;
  run(context: CommandContext, args: string[], options: Options): Promise<number | void> | number | void;
};

export type Options = Record<string, string | boolean | string[] | undefined>;

export type CommandContext = {
  config: Config;
  effects: Effects;
  output: Output;
  json: boolean;
  dryRun: boolean;
  /** Who is named as the author of an entry. */
  by: string;
  /** Entries of the log that this command has made so far. */
  made: number[];
};

export function openReader(context: CommandContext): NewsroomReader {
  if (!newsroomExists(context.config.data)) refuseWhileBuilding(context.config.data);
  return openNewsroom(context.config.data);
}

/** A command that writes creates the newsroom when there is none yet. */
export function openWriter(context: CommandContext): NewsroomWriter {
  const { data } = context.config;
  if (newsroomExists(data)) return noting(context, openForWriting(data, context.effects));
  refuseWhileBuilding(data);
  const newsroom = createNewsroom(data, context.effects);
  context.output.note(`Made a newsroom in ${data}`);
  context.output.note(`Public key, to pin with verify --key: ${newsroom.verifierKey}`);
  return newsroom;
}

/** A writer that notes what was made, for the record of acts. */
function noting({ made }: CommandContext, newsroom: NewsroomWriter): NewsroomWriter {
  return {
    ...newsroom,
    transact(by, run) {
      const own: number[] = [];
      const outcome = newsroom.transact(by, (transaction) => {
        const from = transaction.size();
        const value = run(transaction);
        for (let seq = from; seq < transaction.size(); seq++) own.push(seq);
        return value;
      });
      for (const seq of own) made.push(seq);
      return outcome;
    },
  };
}

class DryRun extends Error {}

/** Runs a change in the newsroom; under --dry-run everything is done and then taken back. */
export function change<T>(context: CommandContext, newsroom: NewsroomWriter, run: Parameters<typeof newsroom.transact<T>>[1]): T {
  if (!context.dryRun) return newsroom.transact(context.by, run);
  let outcome: T | undefined;
  try {
    newsroom.transact(context.by, (transaction) => {
      outcome = run(transaction);
      throw new DryRun();
    });
  } catch (error) {
    if (!(error instanceof DryRun)) throw error;
  }
  context.output.note("Dry run: nothing was written.");
  return outcome as T;
}

/** A file that a person named. Throws NOT_FOUND with its name where it cannot be read. */
export function readTextFile(path: string, hint?: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new TracewireError("NOT_FOUND", { what: "The file cannot be read", where: path, hint, cause: error });
  }
}

export function text(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

export function list(options: Options, name: string): string[] {
  const value = options[name];
  return Array.isArray(value) ? value : typeof value === "string" ? [value] : [];
}

export function whole(options: Options, name: string, flag: string): number | undefined {
  const value = text(options, name);
  if (value === undefined) return undefined;
  if (!/^\d{1,12}$/.test(value)) throw new TracewireError("BAD_ARGUMENT", { what: `${flag} needs a whole number, not "${value}"` });
  return Number(value);
}
