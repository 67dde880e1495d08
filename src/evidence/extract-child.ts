// Entry of the limited child: options and bytes on stdin, two lines of JSON on stdout (what it is, then its text).
// It runs without network, without writing, without children of its own: see extract.ts for the flags.
import { readChildInput } from "./child-input.ts";
import type { ExtractOptions } from "./extract-in-process.ts";
import { extractTextInProcess } from "./extract-in-process.ts";

const { asked, bytes } = await readChildInput<ExtractOptions>();

const extraction = await extractTextInProcess(bytes, {
  ...asked,
  expendable: true,
  onBegin: (begun) => process.stdout.write(`${JSON.stringify(begun)}\n`),
});
process.stdout.write(`${JSON.stringify(extraction)}\n`, () => process.exit(0));
