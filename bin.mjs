#!/usr/bin/env node
// Plain JavaScript on purpose: this file runs on whatever Node the host has (>= 18)
// and hands over to the pinned one. npx starts it through a symlink.
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(realpathSync(fileURLToPath(import.meta.url)));
const { ensureInstalled, runPinned } = await import(new URL("bootstrap.mjs", `file://${root}/`).href);
await ensureInstalled(root, { development: false });
process.exitCode = await runPinned(root, [join(root, "src", "cli.ts"), ...process.argv.slice(2)]);
