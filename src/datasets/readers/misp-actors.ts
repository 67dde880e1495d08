// The MISP galaxy's threat actors: names that one community files under one heading. "Synonym" is its word; that two
// headings carry the same name shows that it is an opinion.
import { jsonOf, type DatasetReader, type Row } from "../reader.ts";

type Actor = { value: string; description?: string; meta?: Record<string, string | string[]> };

const READ = new Set(["synonyms", "country", "attribution-confidence"]);

export const mispActors: DatasetReader = {
  format: "misp-actors",
  version: "1",
  title: "MISP galaxy: threat actors and their other names",
  publisher: "MISP galaxy",
  files: "threat-actor….json",
  grade: "copy",
  source_grade: "C",
  item_grade: "3",
  lacks: "Who gave a name, and when, is mostly not said; its confidence is a number without a stated meaning.",
  recognises: (name) => /^threat-actor.*\.json$/.test(name),
  read(files) {
    const actors = files.flatMap((file) => jsonOf<{ values: Actor[] }>(file).values);
    const unknown: Record<string, number> = {};
    for (const { meta = {} } of actors)
      for (const field of Object.keys(meta)) if (!READ.has(field)) unknown[field] = (unknown[field] ?? 0) + 1;
    const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value.join("; ") : (value ?? ""));
    return {
      unknown_fields: unknown,
      tables: [
        {
          name: "actors",
          columns: ["actor", "country", "confidence"],
          key: ["actor"],
          rows: actors.map((actor): Row => ({
            actor: actor.value,
            country: one(actor.meta?.country),
            confidence: one(actor.meta?.["attribution-confidence"]),
          })),
        },
        {
          name: "names",
          columns: ["actor", "name"],
          key: ["actor", "name"],
          rows: actors.flatMap((actor) =>
            [...new Set((actor.meta?.synonyms as string[] | undefined) ?? [])].map((name): Row => ({ actor: actor.value, name })),
          ),
        },
      ],
    };
  },
};
