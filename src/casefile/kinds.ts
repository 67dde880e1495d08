// What the case file can hold, as data: docs/kinds.md is written from this table, claims are checked against it,
// pages are drawn from it. Adding a kind or a field is one edit, here.
// Terms follow STIX 2.1, FollowTheMoney and the way sanctions monitors report (docs/claims.md).

export type FieldType = "text" | "count" | "amount" | "date" | "period" | "reference" | "choice" | "percent";

export type FieldSpec = { label: string; type: FieldType; choices?: readonly string[]; private?: boolean };

export type KindSpec = { one: string; many: string; about: string; title: string; fields: Record<string, FieldSpec> };

const text = (label: string): FieldSpec => ({ label, type: "text" });
const count = (label: string): FieldSpec => ({ label, type: "count" });
const amount = (label: string): FieldSpec => ({ label, type: "amount" });
const date = (label: string): FieldSpec => ({ label, type: "date" });
const period = (label: string): FieldSpec => ({ label, type: "period" });
const reference = (label: string): FieldSpec => ({ label, type: "reference" });
const percent = (label: string): FieldSpec => ({ label, type: "percent" });
const choice = (label: string, ...choices: string[]): FieldSpec => ({ label, type: "choice", choices });

/** Who attributes, from the strongest public body down; a class of body, not a grade of truth. */
export const ATTRIBUTION_LEVELS = [
  "official-UN",
  "official-gov",
  "official-coalition",
  "official-UN-unnamed-victim",
  "official-gov-unnamed-victim",
  "official-suspected",
  "vendor",
  "victim+vendor",
  "independent-investigator",
  "single-researcher",
  "withdrawn-by-source",
  "not-attributed",
] as const;

export const KINDS = {
  theft: {
    one: "theft",
    many: "thefts",
    about: "Crypto assets taken from somebody. Rival amounts, dates and attributions stand side by side.",
    title: "victim",
    fields: {
      victim: text("Victim, as it may be shown"),
      victim_type: choice("Kind of victim", "company/protocol", "individual-or-unnamed", "campaign/multi-victim"),
      country: text("Country (ISO 3166; the source states no rule)"),
      date: date("Date in the list"),
      date_theft: date("Date of the theft"),
      date_disclosed: date("Date of disclosure"),
      date_attributed: date("Date of the first attribution"),
      amount: amount("Amount taken"),
      native_amount: text("Amount in the asset taken"),
      recovered: amount("Amount recovered"),
      frozen_share: percent("Share frozen"),
      traceable_share: percent("Share still traceable"),
      taken_from: text("Address from which it was taken (CAIP-10, or as the chain writes it)"),
      taken_by: text("Address that took it"),
      taken_in: text("Transaction in which it was taken"),
      attributed_to: text("Who is blamed"),
      attribution_level: choice("Class of the attributing body", ...ATTRIBUTION_LEVELS),
      listed_by: text("In whose list"),
      confidence: text("The list's own confidence"),
    },
  },
  "published-total": {
    one: "published total",
    many: "published totals",
    about: "What somebody printed as the sum or number of thefts in a period.",
    title: "period",
    fields: { count: count("Number"), amount: amount("Amount"), period: period("Period"), scope: text("Scope as stated") },
  },
  party: {
    one: "party",
    many: "parties",
    about: "A person, company or body. The displayed name may be a mask; the true name is never shown.",
    title: "name_displayed",
    fields: {
      name_displayed: text("Name, as it may be shown"),
      name_true: { label: "True name", type: "text", private: true },
      type: text("Kind of party"),
      country: text("Country"),
      role: text("Role"),
    },
  },
  actor: {
    one: "actor",
    many: "actors",
    about: "A group that somebody names. Names are asserted by somebody, never merged: shared is not the same.",
    title: "name",
    fields: {
      name: text("Name"),
      alias: text("Other name, according to somebody"),
      same_as: text("The same as, according to somebody"),
      overlaps: text("Overlaps with, according to somebody"),
      split_into: text("Split into, according to somebody"),
      not_same: text("Not the same as, according to somebody"),
      subordinate_to: text("Subordinate to"),
      shares: text("Shares"),
      targets: text("Turns to"),
    },
  },
  address: {
    one: "address",
    many: "addresses",
    about: "A crypto address on one chain (CAIP-10).",
    title: "address",
    fields: { address: text("Address"), chain: text("Chain (CAIP-2)"), attributed_to: text("Who is behind it, according to somebody") },
  },
  "weapons-event": {
    one: "weapons event",
    many: "weapons events",
    about: "A launch, test, unveiling or production that somebody reports. The unit of count must be named.",
    title: "event",
    fields: { event: text("Event"), date: date("Date"), type: text("Type") },
  },
  "arms-transfer": {
    one: "arms transfer",
    many: "arms transfers",
    about: "Arms or munitions said to have been supplied.",
    title: "supplies",
    fields: { supplies: text("What is said to be supplied"), recipient: text("To whom"), date: date("When") },
  },
  "trade-figure": {
    one: "trade figure",
    many: "trade figures",
    about: "Recorded trade as somebody printed it. Recorded trade is not all trade.",
    title: "measure",
    fields: {
      measure: text("What is measured"),
      amount: amount("Value"),
      volume: count("Volume"),
      share: percent("Share"),
      comparison: text("Comparison"),
      observed: text("Observed"),
      cap: count("Cap"),
      factor: text("Factor"),
    },
  },
  "worker-posting": {
    one: "worker posting",
    many: "worker postings",
    about: "Workers abroad: numbers, sectors, income, each as somebody says.",
    title: "sector",
    fields: { sector: text("Sector"), count: count("Number of people"), income: amount("Income a year") },
  },
  "funding-claim": {
    one: "funding claim",
    many: "funding claims",
    about: "A claim about what money is for. Never implied by a sum.",
    title: "purpose",
    fields: { purpose: text("Purpose"), share: percent("Share") },
  },
  position: {
    one: "position of a state",
    many: "positions of states",
    about: "What a state or body holds on a question.",
    title: "position",
    fields: { position: text("Position"), vote: text("Vote"), state: text("State of the matter") },
  },
  report: {
    one: "report",
    many: "reports",
    about: "A document of monitors, keyed by its symbol.",
    title: "title",
    fields: {
      title: text("Title"),
      symbol: text("Symbol"),
      covers: period("Period it covers"),
      dated: date("Date on the document"),
      drafted_at: date("Draft submitted"),
      committee_at: date("To the Committee"),
      considered_at: date("Considered by the Committee"),
      council_at: date("To the Council"),
      published_at: date("Published"),
      release: text("Release"),
      created: text("Created"),
    },
  },
  reply: {
    one: "request and reply",
    many: "requests and replies",
    about: "Who was asked, when, and what they answered. Silence and denial are claims too.",
    title: "answer",
    fields: {
      asked: text("What was asked"),
      asked_of: text("Who was asked"),
      asked_at: date("Asked on"),
      channel: text("By which channel"),
      deadline: date("Answer asked for by"),
      about: text("Which story (its slug) or report (its symbol) it is about"),
      reminder: { label: "Reminder to ourselves", type: "date", private: true },
      silence: date("No reply by"),
      answer: text("Answer"),
    },
  },
  measure: {
    one: "measure",
    many: "measures",
    about: "A rule of a sanctions resolution, with what of it is verified.",
    title: "goods",
    fields: {
      instrument: text("Instrument"),
      adopted: date("Adopted"),
      paragraph: text("Paragraph"),
      direction: text("Direction"),
      rule: text("Rule"),
      goods: text("Goods"),
      codes: text("Commodity codes"),
      valid_from: date("In force from"),
      valid_to: date("In force until"),
      threshold: text("Threshold"),
      exemptions: text("Exemptions"),
      verification: text("What of it is verified"),
    },
  },
  "luxury-line": {
    one: "line of a luxury list",
    many: "lines of luxury lists",
    about: "“Luxury” is undefined in resolution 1718: every line names its list.",
    title: "item",
    fields: {
      list: text("List"),
      jurisdiction: text("Jurisdiction"),
      instrument: text("Instrument"),
      item: text("Item"),
      threshold: text("Threshold"),
      codes: text("Commodity codes"),
      verification: text("What of it is verified"),
    },
  },
  "list-edition": {
    one: "edition of a list",
    many: "editions of lists",
    about: "One dated state of a sanctions list.",
    title: "list",
    fields: { list: text("List"), date: date("Edition of"), entries: count("Entries") },
  },
  "list-entry": {
    one: "entry of a list",
    many: "entries of lists",
    about: "A name, body or address as one edition lists it.",
    title: "name",
    fields: {
      name: text("Name as listed"),
      edition: reference("Edition"),
      listed_on: date("Listed on"),
      delisted_on: date("Delisted on"),
      programme: text("Programme"),
    },
  },
} as const satisfies Record<string, KindSpec>;

export type Kind = keyof typeof KINDS;

/** The table with its common shape, for code that walks over kinds. */
export function kindSpec(kind: Kind): KindSpec {
  return KINDS[kind];
}

export function kindOf(subject: string): Kind | undefined {
  const kind = subject.slice(0, subject.indexOf("/"));
  return Object.hasOwn(KINDS, kind) ? (kind as Kind) : undefined;
}

export function fieldSpec(kind: Kind, field: string): FieldSpec | undefined {
  const fields: Record<string, FieldSpec> = KINDS[kind].fields;
  return Object.hasOwn(fields, field) ? fields[field] : undefined;
}
