import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { TracewireError } from "../errors.ts";
import { BUNDLE_SUBJECTS, bundleOf, EXCHANGE_FORMATS, type BundleSubject } from "../exchange/exchange.ts";
import { openReader, text, type Command } from "./command.ts";
import { EXCHANGE_OPTIONS, exportExchange, isExchangeFormat } from "./export-exchange.ts";
import { counted } from "./output.ts";

const SUBJECTS = [...BUNDLE_SUBJECTS, ...EXCHANGE_FORMATS] as const;

export const exportCommand: Command = {
  name: "export",
  summary: "Hand out what is released: as a bundle that anyone can check with no newsroom, or in the formats of other programs",
  arguments: "<what> [id]",
  actions: [
    ["figure <id>", "a figure with the claims and sources it rests on"],
    ["story <slug>", "a story with all its figures"],
    ["case", "the whole log; what is not public stays closed in it"],
    ["stix, ftm, misp", "the case file in the formats of other programs, in a folder with its manifest and hashes"],
    ["ninjs <slug>", "a story for agencies"],
    ["list <name>", "any list as CSV, XLSX, Parquet or GraphML"],
  ],
  options: [{ flags: "--out <path>", about: "where to write it: a file for a bundle, else a new folder" }, ...EXCHANGE_OPTIONS],
  examples: [
    ["tracewire export figure panel-2024-table-count --out tmp/figure.json", "a figure with the claims and sources it rests on"],
    ["tracewire verify --bundle tmp/figure.json", "what its receiver runs"],
    ["tracewire reproduce --bundle tmp/figure.json", "and this, to compute the figure again"],
    ["tracewire export stix --out tmp/case-stix", "STIX 2.1 with its manifest and hashes; also ftm and misp"],
    ["tracewire export ninjs nomad-bridge-561-addresses --out tmp/story-ninjs", "one story for agencies"],
    ["tracewire export list theft --form xlsx --out tmp/thefts", "any list: claims on a kind, stories, captures, a table"],
  ],
  run(context, [what, id], options) {
    const out = text(options, "out");
    if (!(SUBJECTS as readonly string[]).includes(what!))
      throw new TracewireError("BAD_ARGUMENT", { what: `"${what}" cannot be exported; one of ${SUBJECTS.join(", ")}` });
    if (isExchangeFormat(what!)) return exportExchange(context, what, id, options);
    if (what !== "case" && !id) throw new TracewireError("BAD_ARGUMENT", { what: `Which ${what}?` });
    if (!out) throw new TracewireError("BAD_ARGUMENT", { what: "An export needs --out" });
    const newsroom = openReader(context);
    try {
      const bundle = bundleOf(newsroom, what as BundleSubject, id, context.effects.clock());
      try {
        mkdirSync(dirname(out), { recursive: true });
        writeFileSync(out, `${JSON.stringify(bundle)}\n`, { flag: "wx" });
      } catch (error) {
        throw new TracewireError("BAD_ARGUMENT", { what: "The file cannot be written, or is there already", where: out, cause: error });
      }
      context.output.json({ out, entries: bundle.entries.length, blobs: bundle.blobs.length, left_out: bundle.left_out });
      context.output.line(`${out}: ${counted(bundle.entries.length, "entry with its proof", "entries with proofs")}, ${counted(bundle.blobs.length, "blob")}.`);
      for (const item of bundle.left_out.slice(0, 20)) context.output.line(`  left out: ${item.what} (${item.why})`);
      context.output.line(`Its receiver checks it with: tracewire verify --bundle ${out} --key ${newsroom.verifierKey}`);
    } finally {
      newsroom.close();
    }
  },
};
