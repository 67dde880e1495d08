// GraphSense TagPacks: who is behind an address, according to whom. Fields at the head of a pack hold for every tag
// that does not state its own (the TagPack specification calls it inheritance).
import { foldAddress } from "../../chains/chains.ts";
import { TracewireError } from "../../errors.ts";
import { textOf, type DatasetReader, type Row } from "../reader.ts";
import { lazily } from "../../lazy.ts";

const yaml = lazily<typeof import("yaml")>(import.meta.url, "yaml");

const FIELDS = ["address", "currency", "label", "category", "abuse", "actor", "source", "confidence", "lastmod"] as const;
const PASSED = new Set(["title", "creator", "description", "tags", "is_cluster_definer", "is_public", "context", "network", "concepts"]);
const ALIASES_MAX = 100;

type Pack = Record<string, unknown> & { tags?: Record<string, unknown>[] };

export const tagpack: DatasetReader = {
  format: "tagpack",
  // 2: blanks around a cell are dropped; a pack writes one address twice, once with a blank behind it.
  version: "2",
  title: "Tags of addresses (TagPacks)",
  publisher: "GraphSense TagPacks",
  files: "TagPack files (.yaml)",
  grade: "copy",
  source_grade: "B",
  item_grade: "3",
  lacks: "A tag is somebody’s word, with the source that the pack names; most are of 2021 to 2024, and most are of Bitcoin.",
  recognises: (name) => /\.ya?ml$/.test(name),
  read(files) {
    const unknown: Record<string, number> = {};
    const places: number[] = [];
    const rows = files.flatMap((file, place): Row[] => {
      let pack: Pack;
      try {
        pack = yaml().parse(textOf(file), { schema: "failsafe", maxAliasCount: ALIASES_MAX }) as Pack;
      } catch (error) {
        throw new TracewireError("BAD_INPUT", { what: (error as Error).message.split("\n")[0]!, where: file.name, cause: error });
      }
      if (!Array.isArray(pack?.tags))
        throw new TracewireError("BAD_INPUT", { what: "tags: the pack has no list of them", where: file.name });
      const count = (field: string) => {
        if (!PASSED.has(field) && !(FIELDS as readonly string[]).includes(field)) unknown[field] = (unknown[field] ?? 0) + 1;
      };
      Object.keys(pack).forEach(count);
      return pack.tags.map((tag, at) => {
        Object.keys(tag).forEach(count);
        places.push(place);
        const row = Object.fromEntries(FIELDS.map((field) => [field, cell(tag[field] ?? pack[field]).trim()]));
        if (!row.address || !row.label)
          throw new TracewireError("BAD_INPUT", { what: `tag ${at + 1} has no ${row.address ? "label" : "address"}`, where: file.name });
        return { pack: file.name.replace(/\.ya?ml$/, ""), ...row, address: foldAddress(row.address) };
      });
    });
    return {
      unknown_fields: unknown,
      tables: [{ name: "tags", columns: ["pack", ...FIELDS], key: ["pack", "address", "currency", "label"], rows, files: places }],
    };
  },
};

const cell = (value: unknown): string =>
  value === undefined || value === null
    ? ""
    : Array.isArray(value)
      ? value.map(String).join("; ")
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value);
