// The demo newsroom is built by the commands a user would type, in a folder beside its place, and moved there whole:
// a start that is cut off leaves nothing half-built behind.
import { existsSync, readFileSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { packageRoot } from "../config.ts";
import { TracewireError } from "../errors.ts";
import { holdPlace } from "./building.ts";
import type { Command, CommandContext, Options } from "./command.ts";
import { figure } from "./figure.ts";
import { importCommand } from "./import.ts";
import { story } from "./story.ts";
import { trace } from "./trace.ts";

const DEMO = join(packageRoot, "demo");

export async function buildDemo(context: CommandContext): Promise<void> {
  const { data } = context.config;
  const letGo = holdPlace(data);
  try {
    await buildBeside(context, data);
  } finally {
    letGo();
  }
}

async function buildBeside(context: CommandContext, data: string): Promise<void> {
  const building = `${data}.building`;
  rmSync(building, { recursive: true, force: true });
  const inside: CommandContext = {
    ...context,
    by: "demo",
    config: { ...context.config, data: building },
    output: { ...context.output, line() {}, json() {}, note() {} },
  };
  const steps: [command: Command, args: string[], options: Options][] = [
    [importCommand, ["casefile", join(DEMO, "casefile")], { release: true }],
    ...demoSources().map(({ format, paths, edition, licence }): [Command, string[], Record<string, string | boolean>] => [
      importCommand,
      [format, ...paths],
      { release: true, licence, ...(edition ? { edition } : {}) },
    ]),
    ...demoTraces().map(({ id, ...question }): [Command, string[], Options] => [trace, [], { ...question, save: id, release: true }]),
    ...files("figures", ".json").map((path): [Command, string[], Record<string, string>] => [figure, [], { define: path }]),
    ...demoStories().map((path): [Command, string[], Record<string, string>] => [story, ["publish", path], {}]),
  ];
  for (const [at, [command, args, options]] of steps.entries()) {
    context.output.progress(at, steps.length, "Building the demo newsroom");
    await command.run(inside, args, options);
  }
  context.output.endProgress();
  moveWhole(building, data);
  context.output.note(
    `Built the demo newsroom with ${steps.length} commands you could type yourself (tracewire import, figure --define, publish).`,
  );
}

/** Throws NEWSROOM_EXISTS where something was put there meanwhile: that is kept, and the demo is not. */
export function moveWhole(building: string, data: string): void {
  try {
    if (existsSync(data) && readdirSync(data).length === 0) rmdirSync(data);
    renameSync(building, data);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    rmSync(building, { recursive: true, force: true });
    throw new TracewireError("NEWSROOM_EXISTS", {
      what: "While the demo was built, something else was put into its folder",
      where: data,
      hint: "It is left as it is. Start again to serve it, or name another folder with --data for the demo.",
      cause: error,
    });
  }
}

type Source = { format: string; folder?: string; files?: string[]; edition?: string; licence: string };

/** The public sources of the demo, each with its reader and the licence under which it is passed on. */
export function demoSources(): { format: string; paths: string[]; edition?: string; licence: string }[] {
  const list = JSON.parse(readFileSync(join(DEMO, "sources", "sources.json"), "utf8")) as Source[];
  return list.map(({ format, folder, files: names, edition, licence }) => ({
    format,
    paths: (folder ? [folder] : names!).map((name) => join(DEMO, "sources", name)),
    edition,
    licence,
  }));
}

type Question = { id: string; title: string; from: string; set: string[]; stop?: string[] };

/** The traces that the demo keeps: figures and stories count over them. */
export function demoTraces(): Question[] {
  return JSON.parse(readFileSync(join(DEMO, "traces.json"), "utf8")) as Question[];
}

/** The last published leads the front page: the order is the editor's, not the alphabet's. */
export function demoStories(): string[] {
  const paths = files("stories", ".md");
  const order = readFileSync(join(DEMO, "stories", "order.txt"), "utf8")
    .trim()
    .split("\n");
  const place = (path: string) => order.indexOf(basename(path, ".md"));
  return paths.toSorted((a, b) => place(a) - place(b));
}

function files(folder: string, extension: string): string[] {
  return readdirSync(join(DEMO, folder))
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => join(DEMO, folder, name));
}
