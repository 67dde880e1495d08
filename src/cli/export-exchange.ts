// tracewire export, in the formats of other programs: a folder with its manifest and hashes.
import { TracewireError } from "../errors.ts";
import { EXCHANGE_FORMATS, exportTo, TABLE_FORMS, TLP, type ExchangeFormat, type TableForm, type TlpLevel } from "../exchange/exchange.ts";
import { openReader, text, type CommandContext, type Options, type OptionSpec } from "./command.ts";
import { baseWords, siteAddresses } from "./site-addresses.ts";

export const isExchangeFormat = (what: string): what is ExchangeFormat => (EXCHANGE_FORMATS as readonly string[]).includes(what);

export const EXCHANGE_OPTIONS: readonly OptionSpec[] = [
  { flags: "--form <form>", about: "for list: csv, xlsx, parquet, or graphml where its rows go from one thing to another", choices: TABLE_FORMS },
  { flags: "--tlp <level>", about: "for stix and misp: how far it may be passed on (white, which is TLP:CLEAR)", choices: Object.keys(TLP) },
  { flags: "--known <when>", about: "as known at a log size or a time" },
];

export function exportExchange(context: CommandContext, format: ExchangeFormat, id: string | undefined, options: Options): void {
  const out = text(options, "out");
  if (!out) throw new TracewireError("BAD_ARGUMENT", { what: "An export needs --out FOLDER" });
  const newsroom = openReader(context);
  try {
    const addresses = siteAddresses(context);
    const manifest = exportTo(out, newsroom, {
      format,
      id,
      form: text(options, "form") as TableForm | undefined,
      tlp: text(options, "tlp") as TlpLevel | undefined,
      known: text(options, "known"),
      base_url: addresses.base_url,
    });
    if (format === "ninjs") context.output.note(`Addresses in it begin with ${addresses.base_url} (${baseWords(addresses)}).`);
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
