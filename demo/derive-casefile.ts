// Makes demo/casefile from the full tables by the rules of their SOURCE.txt: which rows and columns may ship.
// Run it with the corpora beside the clone; a test checks that demo/casefile is what this makes.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";

type Cells = Record<string, string>;

const INCIDENT_COLUMNS = [
  "incident_id",
  "date",
  "date_precision",
  "publish_label",
  "victim_type",
  "country",
  "amount_usd",
  "native_amount",
  "attribution_source",
  "attribution_url",
  "attribution_level",
];

/** Files of demo/casefile by name, derived from the full tables in `folder`. */
export function deriveCasefile(folder: string): Record<string, string> {
  const read = (file: string): Cells[] => parse(readFileSync(join(folder, file)), { columns: true });
  const official = read("incidents.csv").filter((row) => row.attribution_level!.startsWith("official"));
  // Where the attributing body did not name the victim, the name is a researcher's own claim and stays here.
  const unnamed = official.filter((row) => row.attribution_level!.endsWith("-unnamed-victim"));
  // Numbered, not hashed: a hash of the name could be guessed back.
  const maskedId = new Map(unnamed.map((row, at) => [row.incident_id!, `${row.date!.toLowerCase()}-unnamed-victim-${at + 1}`]));
  const incidents = official.map((row) => {
    const masked = maskedId.get(row.incident_id!);
    const isPrivate = row.victim_type === "individual-or-unnamed";
    return {
      ...row,
      // Remarks in brackets may name a private person.
      ...(isPrivate ? { attribution_source: row.attribution_source!.replace(/ *\([^)]*\)/g, "") } : {}),
      ...(masked ? { incident_id: masked, publish_label: "Unnamed by the attributing body" } : {}),
    } as Cells;
  });
  const shipped = new Set(incidents.map((row) => row.incident_id));
  const claims = read("incident-claims.csv").filter((row) => shipped.has(row.incident_id) && !isPrivateInference(row));

  return {
    "incidents.csv": format(incidents, INCIDENT_COLUMNS),
    "incident-claims.csv": format(claims, ["incident_id", "claimant", "field", "value", "valuation_or_kind", "hedge", "source"]),
    "annual-totals.csv": format(
      read("annual-totals.csv").filter((row) => row.publisher !== "tayvano list"),
      ["publisher", "published", "period", "amount_usd", "count", "scope_as_stated", "source"],
    ),
    "founding-claims.csv": readFileSync(join(folder, "founding-claims.csv"), "utf8"),
    "resolutions.csv": readFileSync(join(folder, "resolutions.csv"), "utf8"),
    "hs-measures.csv": readFileSync(join(folder, "hs-measures.csv"), "utf8"),
    "luxury-lists.csv": readFileSync(join(folder, "luxury-lists.csv"), "utf8"),
    "petroleum.csv": format(read("petroleum.csv"), ["kind", "item", "value", "unit", "period", "source"]),
    "trade-figures.csv": format(read("trade-figures.csv"), ["measure", "period", "value", "unit", "source"]),
    "actor-aliases.csv": format(read("actor-aliases.csv"), ["cluster", "naming_org", "alias", "relation", "source"]),
  };
}

/** Verdicts of single researchers on another body's attribution are not shipped. */
function isPrivateInference(row: Cells): boolean {
  return row.field === "attribution" && !row.claimant!.startsWith("MSMT");
}

function format(rows: Cells[], columns: string[]): string {
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns.join(","), ...rows.map((row) => columns.map((column) => cell(row[column] ?? "")).join(","))].join("\n") + "\n";
}

if (import.meta.main) {
  const folder = process.argv[2] ?? join(import.meta.dirname, "..", "..", "shared", "data", "casefile");
  for (const [file, text] of Object.entries(deriveCasefile(folder))) writeFileSync(join(import.meta.dirname, "casefile", file), text);
}
