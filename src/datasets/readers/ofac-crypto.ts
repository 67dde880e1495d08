// A public extract of the crypto addresses on OFAC's list: one file for each asset, one address a line.
import { foldAddress } from "../../chains/chains.ts";
import { refuseRow, textOf, type DatasetReader, type Row } from "../reader.ts";

export const ofacCrypto: DatasetReader = {
  format: "ofac-crypto",
  version: "1",
  title: "Crypto addresses on OFAC’s list, as extracted",
  publisher: "US Treasury, OFAC, as extracted by a public project",
  files: "sanctioned_addresses_….txt, one for each asset",
  grade: "copy",
  source_grade: "B",
  item_grade: "2",
  lacks:
    "Addresses only: no name, no programme, no date of listing. The edition of September 2024 still holds what was delisted on Mar 21, 2025.",
  recognises: (name) => /^sanctioned_addresses_[A-Z]+\.txt$/.test(name),
  read(files) {
    const places: number[] = [];
    const rows = files.flatMap((file, place): Row[] => {
      const asset = /_([A-Z]+)\.txt$/.exec(file.name)?.[1] ?? "";
      return textOf(file)
        .split("\n")
        .map((line, at) => {
          const address = line.trim();
          if (address !== "" && !/^[A-Za-z0-9:]{20,110}$/.test(address)) refuseRow(file, at + 1, `"${address}" is no address`);
          return { asset, address: foldAddress(address) };
        })
        .filter((row) => row.address !== "" && places.push(place));
    });
    return { tables: [{ name: "addresses", columns: ["asset", "address"], key: ["asset", "address"], rows, files: places }] };
  },
};
