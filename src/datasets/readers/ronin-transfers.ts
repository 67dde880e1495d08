// A public query's export of the top-level Ether transactions of the addresses listed for the Ronin theft. The query
// engine writes addresses as \x… and amounts as decimals of Ether; both are normalised, and nothing is added: the
// theft itself was an internal transfer and stands in no row.
import { csvRows } from "./csv-table.ts";
import { refuseRow, type DatasetReader, type Row } from "../reader.ts";

export const roninTransfers: DatasetReader = {
  format: "ronin-transfers",
  version: "1",
  title: "Ether transactions of the addresses listed for the Ronin theft",
  publisher: "A public Dune query, exported in September 2022",
  files: "LazarusTabularTxs….csv",
  grade: "copy",
  source_grade: "C",
  item_grade: "2",
  lacks:
    "No transaction hashes; internal transfers are missing, and with them the theft of Mar 23, 2022 itself. Most inbound rows are tiny sums, many of them zero.",
  recognises: (name) => /LazarusTabularTxs\d*\.csv$/.test(name),
  read(files) {
    const rows = files.flatMap((file) =>
      csvRows(file).rows.map((row, at): Row => {
        const address = (column: string) =>
          /^\\x[0-9a-fA-F]{40}$/.test(row[column] ?? "")
            ? `0x${row[column]!.slice(2).toLowerCase()}`
            : row[column] === ""
              ? ""
              : refuseRow(file, at + 2, `${column}: "${row[column]}" is no address`);
        return {
          time: row.block_time!.replace("+00:00", "Z"),
          from: address("from"),
          to: address("to"),
          ether: plainDecimal(row.total_eth!) ?? refuseRow(file, at + 2, `total_eth: "${row.total_eth}" is no amount`),
        };
      }),
    );
    return { tables: [{ name: "transfers", columns: ["time", "from", "to", "ether"], key: ["time", "from", "to"], rows }] };
  },
};

/** "1e-05" → "0.00001"; at most the 18 decimals that Ether has, so that sums are exact in wei. */
export function plainDecimal(text: string): string | undefined {
  const match = /^(\d+)(?:\.(\d+))?(?:e([+-]\d{1,2}))?$/.exec(text);
  if (!match) return undefined;
  const [, whole, fraction = "", exponent = "0"] = match as unknown as [string, string, string?, string?];
  const places = fraction.length - Number(exponent);
  const digits = `${whole}${fraction}`.replace(/^0+(?=\d)/, "");
  if (places <= 0) return `${digits}${"0".repeat(-places)}`.replace(/^0+(?=\d)/, "");
  const padded = digits.padStart(places + 1, "0");
  const decimals = padded.slice(-places).replace(/0+$/, "");
  return decimals.length > 18 ? undefined : `${padded.slice(0, -places)}${decimals ? `.${decimals}` : ""}`;
}
