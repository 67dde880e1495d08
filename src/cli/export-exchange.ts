// tracewire export, in the formats of other programs: a folder with its manifest and hashes.
import { TracewireError } from "../errors.ts";
import {
  FTM_CANNOT_CARRY,
  MISP_CANNOT_CARRY,
  NINJS_CANNOT_CARRY,
  STIX_CANNOT_CARRY,
  TABLE_FORMS,
  TLP,
  formatFtm,
  listTables,
  readSharedCase,
  readTable,
  writeExport,
  writeFtm,
  writeMisp,
  writeNinjs,
  writeStix,
  writeTable,
  type ExportFile,
  type TableForm,
  type TlpLevel,
} from "../exchange/exchange.ts";
import type { NewsroomReader } from "../newsroom.ts";
import { listRevisions } from "../press/press.ts";
import { openReader, text, type CommandContext, type Options, type OptionSpec } from "./command.ts";
import { baseWords, siteAddresses } from "./site-addresses.ts";
import { knownSize } from "./known.ts";

export const EXCHANGE_FORMATS = ["stix", "ftm", "misp", "ninjs", "list"] as const;
type Format = (typeof EXCHANGE_FORMATS)[number];
export const isExchangeFormat = (what: string): what is Format => (EXCHANGE_FORMATS as readonly string[]).includes(what);

export const EXCHANGE_OPTIONS: readonly OptionSpec[] = [
  { flags: "--form <form>", about: "for list: csv, xlsx, parquet, or graphml where its rows go from one thing to another", choices: TABLE_FORMS },
  { flags: "--tlp <level>", about: "for stix and misp: how far it may be passed on (white, which is TLP:CLEAR)", choices: Object.keys(TLP) },
  { flags: "--known <when>", about: "as known at a log size or a time" },
];

type Made = { files: ExportFile[]; counts: Record<string, number>; cannot_carry: readonly string[]; left_out?: readonly { what: string; why: string }[]; marking?: string };

export function exportExchange(context: CommandContext, format: Format, id: string | undefined, options: Options): void {
  const out = text(options, "out");
  if (!out) throw new TracewireError("BAD_ARGUMENT", { what: "An export needs --out FOLDER" });
  const newsroom = openReader(context);
  try {
    const manifest = newsroom.log.snapshot(() => {
      const log_size = knownSize(newsroom.log, text(options, "known"));
      const { files, left_out = [], ...about } = make(context, newsroom, format, id, options, log_size);
      const shared = { log_size, root: newsroom.log.root(log_size), verifier_key: newsroom.verifierKey };
      const as_known_at = newsroom.log.read(log_size - 1)?.body?.at ?? "";
      return writeExport(out, files, { what: id ? `${format} ${id}` : format, ...shared, as_known_at, ...about, left_out });
    });
    context.output.json({ out, ...manifest });
    context.output.line(`${context.output.bold(out)}: ${manifest.files.map(({ name, byte_count }) => `${name} (${byte_count.toLocaleString("en-US")} bytes)`).join(", ")}, with manifest.json and SHA256SUMS.`);
    context.output.line(`  ${Object.entries(manifest.counts).map(([what, count]) => `${count} ${what}`).join(", ")}; as known at log size ${manifest.log_size}.`);
    if (manifest.cannot_carry.length > 0) context.output.line("What this format cannot carry:");
    for (const line of manifest.cannot_carry) context.output.line(`  ${line}`);
    if (manifest.left_out.length > 0) context.output.line("Left out:");
    for (const { what, why } of manifest.left_out) context.output.line(`  ${what} (${why})`);
  } finally {
    newsroom.close();
  }
}

function make(context: CommandContext, newsroom: NewsroomReader, format: Format, id: string | undefined, options: Options, log_size: number): Made {
  const { log, verifierKey } = newsroom;
  const tlp = (text(options, "tlp") ?? "white") as TlpLevel;
  const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
  if (format === "list" && !id) throw new TracewireError("BAD_ARGUMENT", { what: "Which list?", hint: `Lists: ${listTables(log).join(", ")}.` });
  if (format === "ninjs" && !id) throw new TracewireError("BAD_ARGUMENT", { what: "Which story?", hint: "Name it by its slug." });
  if (format === "list") {
    const form = (text(options, "form") ?? "csv") as TableForm;
    const table = readTable(log, id!, log_size);
    const file = { name: `${id!.replaceAll("/", "-")}.${form}`, bytes: writeTable(table, form) };
    return { files: [file], counts: { rows: table.rows.length }, cannot_carry: form === "csv" ? [] : ["Types: every cell is text, since amounts go beyond every number type."] };
  }
  if (format === "ninjs") {
    const revisions = listRevisions(log, id!).filter(({ seq }) => seq < log_size);
    const newest = revisions.at(-1);
    if (!newest) throw new TracewireError("NOT_FOUND", { what: `No story "${id}" has been published` });
    const addresses = siteAddresses(context);
    context.output.note(`Addresses in it begin with ${addresses.base_url} (${baseWords(addresses)}).`);
    return { files: [{ name: `${id}.json`, bytes: json(writeNinjs(log, newest, revisions[0]!.at, addresses.base_url)) }], counts: { stories: 1 }, cannot_carry: NINJS_CANNOT_CARRY };
  }
  const shared = readSharedCase(log, verifierKey, log_size);
  const { left_out } = shared;
  if (format === "ftm") {
    const entities = writeFtm(shared);
    return { files: [{ name: "entities.ftm.json", bytes: formatFtm(entities) }], counts: countBy(entities, ({ schema }) => schema), cannot_carry: FTM_CANNOT_CARRY, left_out };
  }
  const marking = `TLP:${tlp === "white" ? "CLEAR" : tlp.toUpperCase()}`;
  if (format === "misp") {
    const event = writeMisp(shared, tlp);
    const counts = { objects: (event.Event.Object as unknown[]).length, addresses: shared.addresses.length };
    return { files: [{ name: "event.misp.json", bytes: json(event) }], counts, cannot_carry: MISP_CANNOT_CARRY, left_out, marking };
  }
  const bundle = writeStix(shared, tlp);
  return { files: [{ name: "bundle.stix.json", bytes: json(bundle) }], counts: countBy(bundle.objects as { type: string }[], ({ type }) => type), cannot_carry: STIX_CANNOT_CARRY, left_out, marking };
}

const countBy = <T>(items: readonly T[], by: (item: T) => string): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(items, by)].map(([name, own]) => [name, own.length] as const).sort());
