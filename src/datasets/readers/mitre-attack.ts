// MITRE ATT&CK as STIX 2.1: groups with their names, software, and who is said to use what. A relation is a claim of
// the knowledge base; it names no date of use.
import { jsonOf, type DatasetReader, type Row } from "../reader.ts";

type StixObject = {
  type: string;
  id: string;
  name?: string;
  aliases?: string[];
  x_mitre_aliases?: string[];
  relationship_type?: string;
  source_ref?: string;
  target_ref?: string;
  revoked?: boolean;
  x_mitre_deprecated?: boolean;
  modified?: string;
  external_references?: { source_name: string; external_id?: string }[];
};

const READ = new Set(["intrusion-set", "campaign", "malware", "tool", "relationship", "attack-pattern"]);
const PASSED = new Set(["identity", "marking-definition"]);

export const mitreAttack: DatasetReader = {
  format: "mitre-attack",
  version: "1",
  title: "MITRE ATT&CK: groups, software and their use",
  publisher: "MITRE ATT&CK",
  files: "a STIX 2.1 bundle (.json)",
  grade: "copy",
  source_grade: "B",
  item_grade: "2",
  lacks:
    "No dates of use, and no group that no public report describes. Some organisations put every North Korean group under one name, as the knowledge base itself says.",
  recognises: (name) => /stix.*\.json$|attack.*\.json$/i.test(name),
  read(files) {
    const objects = files.flatMap((file) => jsonOf<{ objects: StixObject[] }>(file).objects);
    const unknown: Record<string, number> = {};
    for (const { type } of objects) if (!READ.has(type) && !PASSED.has(type)) unknown[type] = (unknown[type] ?? 0) + 1;
    const live = new Map(objects.filter((item) => !item.revoked && !item.x_mitre_deprecated).map((item) => [item.id, item]));
    const idOf = (item: StixObject) =>
      item.external_references?.find((reference) => /^mitre-attack$/.test(reference.source_name))?.external_id ?? "";
    const ofType = (...types: string[]) => [...live.values()].filter((item) => types.includes(item.type));
    const names = ofType("intrusion-set").flatMap((group) =>
      [group.name!, ...(group.aliases ?? []).filter((alias) => alias !== group.name)].map((name): Row => ({
        group: group.name!,
        group_id: idOf(group),
        name,
        is_main: name === group.name ? "yes" : "no",
      })),
    );
    const software = ofType("malware", "tool").map((item): Row => ({
      software: item.name!,
      software_id: idOf(item),
      kind: item.type,
      other_names: (item.x_mitre_aliases ?? []).filter((name) => name !== item.name).join("; "),
    }));
    const uses = ofType("relationship").flatMap((relation): Row[] => {
      const [user, used] = [live.get(relation.source_ref ?? ""), live.get(relation.target_ref ?? "")];
      if (relation.relationship_type !== "uses" || !user || !used) return [];
      if (!["intrusion-set", "campaign"].includes(user.type)) return [];
      return [{ user: user.name!, user_kind: user.type, used: used.name!, used_kind: used.type, used_id: idOf(used) }];
    });
    return {
      unknown_fields: unknown,
      tables: [
        { name: "names", columns: ["group", "group_id", "name", "is_main"], key: ["group", "name"], rows: names },
        { name: "software", columns: ["software", "software_id", "kind", "other_names"], key: ["software_id"], rows: software },
        { name: "uses", columns: ["user", "user_kind", "used", "used_kind", "used_id"], key: ["user", "used_id", "used"], rows: uses },
      ],
    };
  },
};
