// The thefts and listed addresses as one MISP event (MISP core format, draft-dulaunoy-misp-core-format): an object for each
// theft, an attribute for each address, words as tags of the taxonomies that MISP ships.
import { sha256Hex } from "../evidence/evidence.ts";
import type { Claim } from "../casefile/casefile.ts";
import { stableUuid } from "./stable-id.ts";
import { claimWords, stanceOf, valueOf, type SharedCase } from "./shared-case.ts";
import type { TlpLevel } from "./stix.ts";

export const MISP_CANNOT_CARRY = [
  "Claims as such: what is said of a theft stands as comments of one object; who says it and how stands in their words.",
  "Dissent is a comment and the tag of the event, not a link.",
  "Chains of addresses: MISP has one type for Bitcoin, one for Monero and one for others; the asset stands in the comment.",
  "Names of groups and who uses them: see MISP's own galaxy, or the STIX export.",
  "Salts, proofs, places in the source and order of the log: check those with a bundle (tracewire export case).",
] as const;

const ADDRESS_TYPES: Record<string, string> = { BTC: "btc", XBT: "btc", XMR: "xmr" };

export function writeMisp(shared: SharedCase, tlp: TlpLevel): { Event: Record<string, unknown> } {
  const timestamp = String(Math.floor(Date.parse(shared.at) / 1_000));
  const attribute = (key: string, category: string, type: string, value: string, comment: string, more: Record<string, unknown> = {}) => ({
    uuid: stableUuid("misp", key),
    category,
    type,
    value,
    comment,
    to_ids: false,
    distribution: "5",
    timestamp,
    ...more,
  });
  const thefts = [...shared.subjects].filter(([subject]) => subject.startsWith("theft/")).map(([subject, claims]) => theft(subject, claims));
  const addresses = shared.addresses.map(({ address, asset, name, why }) =>
    attribute(`address ${asset} ${address}`, "Financial fraud", ADDRESS_TYPES[asset] ?? "other", address, `${asset}: ${name}, ${why}`, { to_ids: true }),
  );
  return {
    Event: {
      uuid: stableUuid("misp event", shared.root, shared.log_size),
      info: `Tracewire: thefts of crypto assets and listed addresses, as known at log size ${shared.log_size}`,
      date: shared.at.slice(0, 10),
      timestamp,
      publish_timestamp: timestamp,
      published: false,
      analysis: "1",
      threat_level_id: "4",
      distribution: "0",
      Orgc: { uuid: stableUuid("newsroom", shared.verifier_key), name: "Tracewire" },
      Tag: [`tlp:${tlp === "white" ? "clear" : tlp}`, "type:OSINT", ...(hasDissent() ? ["tracewire:attribution=\"contested\""] : [])].map((name) => ({ name })),
      Attribute: addresses,
      Object: thefts,
    },
  };

  function hasDissent(): boolean {
    return [...shared.subjects.values()].some((claims) => claims.some((claim) => claim.field === "attributed_to" && stanceOf(claim) !== "blames"));
  }

  function theft(subject: string, claims: readonly Claim[]) {
    const comments = claims.filter(({ field }) => field !== "victim" && field !== "victim_type");
    const victim = valueOf(claims, "victim");
    const text = (relation: string, value: string, at: string, comment = "") => ({ ...attribute(`${subject} ${relation} ${at}`, "Other", "text", value, comment), object_relation: relation });
    return {
      uuid: stableUuid("misp object", subject),
      name: "annotation",
      "meta-category": "misc",
      description: "An annotation object allowing analysts to add annotations, comments, executive summary to a MISP event, objects or attributes.",
      template_uuid: "5d8dc046-15a1-4ca3-a09f-ed4ede7c4487",
      template_version: "2",
      distribution: "5",
      timestamp,
      comment: victim ? `Theft: ${victim}` : subject,
      Attribute: [
        text("type", "Other", "", subject),
        ...comments.map((claim) => text("text", claimWords(claim), `${claim.seq}`, `entry ${claim.seq}, ${sha256Hex(claimWords(claim)).slice(0, 8)}`)),
      ],
    };
  }
}
