// Entry of the limited child: options and bytes on stdin, two lines of JSON on stdout (what it is, then its text).
// It runs without network, without writing, without children of its own: see extract.ts for the flags.
import type { ExtractOptions } from "./extract-in-process.ts";
import { extractTextInProcess } from "./extract-in-process.ts";

const NEWLINE = 0x0a;

// Parsers that chatter must not be taken for the answer.
console.log = console.info = console.warn = console.error = console.debug = () => {};
// Some parsers fail a promise nobody waits for; the answer we wait for decides.
process.on("unhandledRejection", () => {});

const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
const input = Buffer.concat(chunks);
const head_end = input.indexOf(NEWLINE);
const options = JSON.parse(input.subarray(0, head_end).toString("utf8")) as ExtractOptions;

const extraction = await extractTextInProcess(input.subarray(head_end + 1), {
  ...options,
  expendable: true,
  onBegin: (begun) => process.stdout.write(`${JSON.stringify(begun)}\n`),
});
process.stdout.write(`${JSON.stringify(extraction)}\n`, () => process.exit(0));
