// Every published revision of every story, never trimmed.
import type { View } from "../evidence/evidence.ts";

export const pressView: View = {
  name: "press",
  version: 1,
  tables: ["publications"],
  create: `
    CREATE TABLE publications (seq INTEGER PRIMARY KEY, slug TEXT NOT NULL, revision INTEGER NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX publications_by_slug ON publications (slug, revision);
  `,
  apply(db, { seq, body }) {
    if (body.kind !== "publication") return;
    db.prepare("INSERT INTO publications (seq, slug, revision, at, body) VALUES (?, ?, ?, ?, ?)").run(
      seq,
      body.slug as string,
      body.revision as number,
      body.at,
      JSON.stringify(body),
    );
  },
};
