import { resolve } from "node:path";
import { backupNewsroom, restoreNewsroom } from "../evidence/evidence.ts";
import { openForWriting } from "../newsroom.ts";
import type { Command } from "./command.ts";
import { KEY_FILE } from "../newsroom.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";

export const backup: Command = {
  name: "backup",
  summary: "Copy the newsroom while it runs: consistent, checked, and resumed when cut off",
  arguments: "<folder>",
  records: { "": 1 },
  options: [{ flags: "--with-key", about: "copy the private signing key as well; keep such a backup safe" }],
  examples: [["tracewire backup ../tracewire-backup", "without the private key"]],
  async run(context, [folder], options) {
    const result = await backupNewsroom(context.config.data, resolve(folder!), {
      withKey: Boolean(options.withKey),
      onProgress: (done, total, what) => context.output.progress(done, total, what),
    });
    context.output.endProgress();
    context.output.json(result);
    context.output.line(
      `Backed up to ${resolve(folder!)}${options.withKey ? ", with the private key" : ", without the private key"}. Check it: tracewire verify --data ${folder}`,
    );
    for (const { name, why } of result.not_copied ?? []) context.output.line(`  not copied: ${name} (${why})`);
  },
};

export const restore: Command = {
  name: "restore",
  summary: "Make a newsroom from a backup, in the folder named by --data",
  arguments: "<backup>",
  examples: [["tracewire restore ../tracewire-backup --data ../restored", "into an empty folder"]],
  async run(context, [folder]) {
    const result = await restoreNewsroom(resolve(folder!), context.config.data, {
      onProgress: (done, total, what) => context.output.progress(done, total, what),
    });
    context.output.endProgress();
    if (existsSync(join(context.config.data, KEY_FILE))) openForWriting(context.config.data, context.effects).close();
    context.output.json(result);
    context.output.line(`Restored to ${context.config.data}. Check it: tracewire verify --data ${context.config.data}`);
  },
};
