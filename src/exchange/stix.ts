// The case file as a STIX 2.1 bundle. Thefts are incidents; who blames whom is a relationship by the one who says it, and
// whoever rejects or doubts it stands as an opinion on those relationships: dissent is never dropped (DOMAIN §5.3). Every
// other claim is a note. Each carries the claim itself in an extension, so that reading the bundle gives the claims back.
import { canonicalJson, locatorText, sha256Hex, type Json } from "../evidence/evidence.ts";
import type { Claim } from "../casefile/casefile.ts";
import { stableUuid } from "./stable-id.ts";
import { claimWords, stanceOf, valueOf, type ListedAddress, type SharedCase } from "./shared-case.ts";

export type StixObject = { type: string; id: string; [property: string]: unknown };

/** TLP as STIX 2.1 §7.2.1.4 defines it: the objects and their identifiers are fixed there. */
export const TLP = {
  white: "613f2e26-407d-48c7-9eca-b8e91df99dc9",
  green: "34098fce-860f-48ae-8e50-ebd3cc5e41da",
  amber: "f88d31f6-486f-44da-b317-01333bde0b82",
  red: "5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
} as const;
export type TlpLevel = keyof typeof TLP;

/** STIX 2.1 appendix A, None/Low/Med/High. It is how sure the claimant's words are, not how sure anybody may be. */
const CONFIDENCE: Record<string, number> = { asserted: 85, reported: 50, estimated: 50, suspected: 15 };

export const STIX_CANNOT_CARRY = [
  "Salts, proofs, signature and order of the log: check those with a bundle (tracewire export case).",
  "The place in the source resolves only beside its bytes, which are not in the file; their SHA-256 is.",
  "A date known to the year or month is kept in the claim alone: STIX times are to the millisecond.",
  "Which claim replaced which (supersedes), and who entered it when: only claims in force are written, as said.",
  "confidence is the class of the claimant's own hedge (asserted 85, reported and estimated 50, suspected 15), not a probability.",
  "Names of groups are kept apart, one intrusion-set a name; who calls two of them the same is a relationship.",
  "A crypto address has no object of its own in STIX: patterns name “cryptocurrency-wallet”, as OpenCTI does.",
] as const;

export function writeStix(shared: SharedCase, tlp: TlpLevel): StixObject {
  const objects = new Map<string, StixObject>();
  const marking = markingOf(tlp);
  const put = (object: StixObject): string => {
    if (!objects.has(object.id)) objects.set(object.id, object);
    return object.id;
  };
  const at = stixTime(shared.at);
  const us = `identity--${stableUuid("newsroom", shared.verifier_key)}`;
  const common = (created: string, by = us) => ({ spec_version: "2.1", created_by_ref: by, created, modified: created, object_marking_refs: [marking.id] });
  objects.set(marking.id, marking);
  put({ type: "identity", id: us, ...common(at), name: "Tracewire", identity_class: "organization", description: `The newsroom with the key ${shared.verifier_key}` });
  const extension = `extension-definition--${stableUuid("claim", 1)}`;
  put({
    type: "extension-definition",
    id: extension,
    ...common(at),
    name: "Tracewire claim",
    description: "The claim from which an object was written: who said what about whom, with which hedge, read where (docs/claims.md).",
    schema: "claim: an object with the fields of docs/claims.md of Tracewire, its capture named by SHA-256; entry: its index in the newsroom's log.",
    version: "1.0.0",
    extension_types: ["property-extension"],
  });
  const identity = (name: string, identity_class = "unknown"): string =>
    put({ type: "identity", id: `identity--${stableUuid("identity", name)}`, ...common(at), name, identity_class });
  const named = (name: string): string =>
    // A state is blamed as a state; every other name is some organisation's word for a cluster.
    name === "DPRK"
      ? put({ type: "threat-actor", id: `threat-actor--${stableUuid("threat-actor", name)}`, ...common(at), name, threat_actor_types: ["nation-state"], description: "A state, as it is named in attributions." })
      : put({ type: "intrusion-set", id: `intrusion-set--${stableUuid("intrusion-set", name.toLowerCase())}`, ...common(at), name, description: "A name that somebody uses for a group. Shared is not the same." });
  const from = (claim: Claim) => ({
    ...common(stixTime(claim.at), identity(claim.claimant)),
    external_references: referencesOf(claim, shared),
    extensions: { [extension]: { extension_type: "property-extension", claim: bareClaim(claim, shared), entry: claim.seq } },
  });
  const note = (claim: Claim, refs: string[]): string =>
    put({ type: "note", id: `note--${claimUuid(claim)}`, ...from(claim), abstract: claim.field, content: claimWords(claim), authors: [claim.claimant], object_refs: refs });
  const relate = (claim: Claim, type: string, source_ref: string, target_ref: string): string =>
    put({
      type: "relationship",
      id: `relationship--${claimUuid(claim)}`,
      ...from(claim),
      relationship_type: type,
      description: claimWords(claim),
      source_ref,
      target_ref,
      ...(CONFIDENCE[claim.hedge] === undefined ? {} : { confidence: CONFIDENCE[claim.hedge] }),
    });

  // By what is claimed and where it was read, not by its place in the log: the same claim in another newsroom has the same name.
  function claimUuid(claim: Claim): string {
    return stableUuid("claim", canonicalJson(bareClaim(claim, shared) as Json));
  }

  const documents = new Map<string, string[]>();
  for (const [subject, claims] of shared.subjects) {
    const [kind] = subject.split("/") as [string];
    const placed: string[] = [];
    if (kind === "theft") placed.push(...theft(subject, claims));
    else if (kind === "actor") placed.push(...claims.map((claim) => nameUse(claim)));
    for (const claim of claims) if (claim.document) documents.set(claim.document, [...(documents.get(claim.document) ?? []), ...placed.slice(0, 1)]);
    if (kind === "reply" || kind === "report") {
      const about = identity(subject, "class");
      for (const claim of claims) note(claim, [about]);
    }
  }
  for (const listed of shared.addresses) indicator(listed);
  for (const [document, refs] of [...documents].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (refs.length > 0)
      put({ type: "report", id: `report--${stableUuid("report", document)}`, ...common(at), name: document, published: at, report_types: ["threat-report"], description: "A document that claims here were read from, or that they name. Published is the time of this export: the document's own date stands in the claims.", object_refs: [...new Set(refs)] });

  const list = [...objects.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { type: "bundle", id: `bundle--${stableUuid("bundle", sha256Hex(canonicalJson(list as unknown as Json)))}`, objects: list };

  function theft(subject: string, claims: readonly Claim[]): string[] {
    const victim = valueOf(claims, "victim");
    const incident = put({ type: "incident", id: `incident--${stableUuid("incident", subject)}`, ...common(stixTime(claims[0]!.at)), name: victim ? `Theft: ${victim}` : subject, description: `${subject}, ${claims.length} claims held. What is claimed stands in the notes and relationships.` });
    const blames: { claim: Claim; id: string }[] = [];
    for (const claim of claims) {
      if (claim.field === "attributed_to" && stanceOf(claim) === "blames") blames.push({ claim, id: relate(claim, "attributed-to", incident, named(claim.value)) });
      else if (claim.field === "victim" && valueOf(claims, "victim_type") === "company/protocol") relate(claim, "targets", incident, identity(claim.value, "organization"));
      else if (claim.field !== "attributed_to" || stanceOf(claim) === "names nobody") note(claim, [incident]);
    }
    for (const claim of claims) {
      const stance = claim.field === "attributed_to" ? stanceOf(claim) : undefined;
      if (stance !== "rejects" && stance !== "doubts") continue;
      const others = blames.filter((blame) => blame.claim.claimant !== claim.claimant).map(({ id }) => id);
      put({
        type: "opinion",
        id: `opinion--${claimUuid(claim)}`,
        ...from(claim),
        opinion: stance === "rejects" ? "disagree" : "neutral",
        explanation: claimWords(claim),
        authors: [claim.claimant],
        object_refs: others.length > 0 ? others : [incident],
      });
    }
    return [incident];
  }

  function nameUse(claim: Claim): string {
    const group = named(claim.subject.slice("actor/".length).replaceAll("-", " "));
    if (!["alias", "same_as", "overlaps", "split_into", "not_same"].includes(claim.field)) return note(claim, [group]);
    const other = named(claim.value);
    return claim.field === "not_same" ? note(claim, [group, other]) : relate(claim, "related-to", group, other);
  }

  function indicator({ address, asset, name, why, since, dataset }: ListedAddress): void {
    put({
      type: "indicator",
      id: `indicator--${stableUuid("address", asset, address)}`,
      ...common(stixTime(dataset.at)),
      name: `${asset} ${address}`,
      description: `${name}, ${why}. The list states no chain.`,
      indicator_types: ["attribution"],
      pattern: `[cryptocurrency-wallet:value = '${address.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`,
      pattern_type: "stix",
      valid_from: since,
      external_references: [{ source_name: dataset.title, description: `${dataset.name}${dataset.edition ? `, edition ${dataset.edition}` : ""}`, external_id: `entry ${dataset.seq}` }],
    });
  }
}

function markingOf(tlp: TlpLevel): StixObject {
  return { type: "marking-definition", spec_version: "2.1", id: `marking-definition--${TLP[tlp]}`, created: "2017-01-20T00:00:00.000Z", definition_type: "tlp", name: `TLP:${tlp.toUpperCase()}`, definition: { tlp } };
}

/** The claim as it would be entered (docs/claims.md); its capture is named by the bytes' hash, since numbers are the log's own. */
export function bareClaim(claim: Claim, shared: SharedCase): Record<string, unknown> {
  const { seq: _seq, at: _at, by: _by, kind_of: _kind, released: _released, supersedes: _supersedes, source, ...said } = claim;
  return { ...said, source: { capture_sha256: shared.capture(source.capture)?.sha256 ?? null, locator: source.locator } };
}

function referencesOf(claim: Claim, shared: SharedCase): Record<string, unknown>[] {
  const capture = shared.capture(claim.source.capture);
  const url = capture?.origin.from === "url" && /^https?:\/\/[\x21-\x7e]+$/.test(capture.origin.name) ? { url: capture.origin.name, hashes: { "SHA-256": capture.sha256 } } : {};
  const read = capture && {
    source_name: capture.title,
    description: `Read at ${locatorText(claim.source.locator)}${capture.bytes_released === undefined ? "" : `; bytes with SHA-256 ${capture.sha256}`}`,
    external_id: `entry ${claim.seq}`,
    ...url,
  };
  return [
    ...(read ? [read] : [{ source_name: "source not released", external_id: `entry ${claim.seq}` }]),
    ...(claim.citation ? [{ source_name: "as the source cites it", description: claim.citation }] : []),
    ...(claim.document ? [{ source_name: claim.claimant, description: claim.document }] : []),
  ];
}

const stixTime = (at: string): string => new Date(at).toISOString();
