// The case file as FollowTheMoney entities, one JSON object a line. Its properties are lists of text without a claimant, so
// what it cannot carry is declared beside the file and not hidden in it.
import type { Claim } from "../casefile/casefile.ts";
import { stableUuid } from "./stable-id.ts";
import { claimWords, stanceOf, type SharedCase } from "./shared-case.ts";

export type FtmEntity = { id: string; schema: string; properties: Record<string, string[]> };

export const FTM_CANNOT_CARRY = [
  "claimant, cites, relayed_by: an entity's property has no author; of amounts and other fields they stand in the text of notes.",
  "hedge and bound: of attributions the hedge is the role of the link; elsewhere they stand in the text of notes.",
  "valuation, measure, part_of, unit: an Event has no amount; amounts stand in the text of notes.",
  "dissent: a link has no place for who rejects it; a rejection or a doubt is a link of its own whose role says so.",
  "source and locator: of links the address of the source and the log's entry are kept, elsewhere nothing.",
  "period, document, citation, wording: the time that a value is about, where it was said, what it cites, and its very words have no property.",
  "supersedes, and who entered a claim when: only claims in force are written, as said.",
  "Names of groups are kept apart, one Organization a name; who calls two of them the same is a link.",
  "Salts, proofs, signature and order of the log: check those with a bundle (tracewire export case).",
] as const;

export function writeFtm(shared: SharedCase): FtmEntity[] {
  const entities = new Map<string, FtmEntity>();
  const put = (schema: string, key: readonly string[], properties: Record<string, (string | undefined)[]>): string => {
    const id = `tw-${stableUuid("ftm", schema, ...key)}`;
    const own = entities.get(id) ?? { id, schema, properties: {} };
    for (const [name, values] of Object.entries(properties)) {
      const all = new Set([...(own.properties[name] ?? []), ...values.filter((value) => value !== undefined && value !== "")]) as Set<string>;
      if (all.size > 0) own.properties[name] = [...all].sort();
    }
    entities.set(id, own);
    return id;
  };
  const group = (name: string): string =>
    name === "DPRK" ? put("PublicBody", [name], { name: [name], country: ["kp"] }) : put("Organization", [name.toLowerCase()], { name: [name], topics: ["crime"] });
  const sourceOf = (claim: Claim) => ({ publisher: [claim.claimant], sourceUrl: [urlOf(claim, shared)], recordId: [`entry ${claim.seq}`] });

  for (const [subject, claims] of shared.subjects) {
    const [kind] = subject.split("/");
    if (kind === "theft") theft(subject, claims);
    else if (kind === "actor")
      for (const claim of claims) {
        const own = group(claim.subject.slice("actor/".length).replaceAll("-", " "));
        if (["alias", "same_as", "overlaps", "split_into", "not_same"].includes(claim.field))
          put("UnknownLink", [String(claim.seq)], { subject: [own], object: [group(claim.value)], role: [claim.field.replace("_", " ")], ...sourceOf(claim), summary: [claimWords(claim)] });
        else put("Organization", [claim.subject.slice("actor/".length).replaceAll("-", " ")], { notes: [claimWords(claim)] });
      }
    else put("Note", [subject], { name: [subject], description: claims.map(claimWords) });
  }
  for (const { address, asset, name, dataset } of shared.addresses)
    put("CryptoWallet", [asset, address], { name: [name], publicKey: [address], currencySymbol: [asset], publisher: [dataset.publisher], notes: [`${dataset.title}${dataset.edition ? `, edition ${dataset.edition}` : ""}`] });
  return [...entities.values()].sort((a, b) => (a.id < b.id ? -1 : 1));

  function theft(subject: string, claims: readonly Claim[]): void {
    const of = (field: string) => claims.filter((claim) => claim.field === field);
    const victims = of("victim").map(({ value }) => value);
    const isCompany = of("victim_type").some(({ value }) => value === "company/protocol");
    const involved = isCompany ? victims.map((name) => put("Company", [name], { name: [name] })) : [];
    const event = put("Event", [subject], {
      name: victims.length > 0 ? victims.map((name) => `Theft: ${name}`) : [subject],
      date: [...of("date"), ...of("date_theft")].map(({ value }) => value),
      country: of("country").map(({ value }) => value.toLowerCase()).filter((code) => /^[a-z]{2}$/.test(code)),
      involved,
      recordId: [subject],
      notes: claims.filter(({ field }) => !["victim", "date", "date_theft", "attributed_to", "country", "victim_type"].includes(field)).map(claimWords),
    });
    for (const claim of of("attributed_to")) {
      const stance = stanceOf(claim);
      const role = { blames: `blamed (${claim.hedge})`, rejects: "blame rejected", doubts: "blame doubted", "names nobody": "nobody blamed" }[stance];
      // A rejection names nobody itself: it is a link to whoever was blamed.
      const byOthers = of("attributed_to").filter((other) => stanceOf(other) === "blames").map(({ value }) => value);
      const blamed = stance === "blames" ? [claim.value] : [...new Set(byOthers)];
      for (const name of blamed)
        put("UnknownLink", [String(claim.seq), name], {
          subject: [event],
          object: [group(name)],
          role: [role],
          date: [claim.as_of === "unstated" ? undefined : claim.as_of],
          summary: [claimWords(claim)],
          ...sourceOf(claim),
        });
      if (blamed.length === 0) put("Event", [subject], { notes: [claimWords(claim)] });
    }
  }
}

export const formatFtm = (entities: readonly FtmEntity[]): string => entities.map((entity) => `${JSON.stringify(entity)}\n`).join("");

function urlOf(claim: Claim, shared: SharedCase): string | undefined {
  const { origin } = shared.capture(claim.source.capture) ?? {};
  return origin?.from === "url" ? origin.name : undefined;
}
