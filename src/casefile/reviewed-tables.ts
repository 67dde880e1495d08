// The reviewed tables of the case-file importer. The CSV's claimant strings mix who said it, who relayed it,
// which part, which vintage and which bound; each string was read by a person and split here. A string that is
// not listed stops the import: nothing is guessed.
import type { ClaimInput } from "./claims.ts";

export type SplitClaimant = {
  claimant: string;
  cites?: string[];
  relayed_by?: string;
  part_of?: string;
  bound?: ClaimInput["bound"];
  hedge?: ClaimInput["hedge"];
  valuation?: ClaimInput["valuation"];
  measure?: ClaimInput["measure"];
  /** Date the string itself states, when the source column does not. */
  as_of?: string;
  document?: string;
};

const TAYVANO = "tayvano (researcher)";
const PANEL = "UN Panel of Experts (1718)";
const JOINT = "United States, Japan and Republic of Korea, joint statement";
const lif = (claimant: string, more: Partial<SplitClaimant> = {}): SplitClaimant => ({
  claimant,
  relayed_by: "Legitimate Intervention Framework",
  ...more,
});

/** incident-claims.csv, column claimant. A string that names two claimants becomes two claims. */
export const CLAIMANTS: Record<string, SplitClaimant[]> = {
  "UN Panel": [{ claimant: PANEL, hedge: "suspected" }],
  "US DOJ": [{ claimant: "US Department of Justice" }],
  tayvano: [{ claimant: TAYVANO }],
  "tayvano (older)": [{ claimant: TAYVANO }],
  "UN Panel (Feb 2017 attack)": [{ claimant: PANEL, part_of: "attack of February 2017", hedge: "suspected" }],
  'UN Panel (Jul 2017 attack, "more than")': [{ claimant: PANEL, part_of: "attack of July 2017", bound: "at_least", hedge: "suspected" }],
  "tayvano reading of DOJ complaint, unnamed Exchange 1": [
    { claimant: TAYVANO, cites: ["US Department of Justice"], part_of: "unnamed Exchange 1" },
  ],
  "Group-IB": [{ claimant: "Group-IB" }],
  press: [{ claimant: "press" }],
  "UN Panel (total)": [{ claimant: PANEL, hedge: "suspected" }],
  "UN Panel (sum of its own parts 13.4M + 6M)": [{ claimant: PANEL, part_of: "sum of its own parts, 13.4M and 6M", hedge: "suspected" }],
  "Singapore (reply to Panel)": [{ claimant: "Singapore", document: "reply to the Panel" }],
  "US/Japan/ROK": [{ claimant: JOINT }],
  "ROK police (KRW 1.47tn)": [
    {
      claimant: "Republic of Korea, National Police",
      valuation: { basis: "at_publication", note: "converted from KRW 1.47tn at announcement" },
    },
  ],
  "ROK police": [{ claimant: "Republic of Korea, National Police" }],
  "UN Panel (unnamed exchange)": [{ claimant: PANEL, part_of: "an unnamed exchange", hedge: "suspected" }],
  "tayvano (older); rekt.news via LIF": [{ claimant: TAYVANO }, lif("rekt.news")],
  "Charoenwong & Bernardi via LIF": [lif("Charoenwong & Bernardi")],
  "US Treasury; tayvano": [{ claimant: "US Treasury" }, { claimant: TAYVANO }],
  "TRM; LIF; tayvano (older)": [{ claimant: "TRM Labs" }, { claimant: "Legitimate Intervention Framework" }, { claimant: TAYVANO }],
  "rekt.news via LIF": [lif("rekt.news")],
  'Reuters 2022-06 citing Treasury ("almost")': [{ claimant: "Reuters", cites: ["US Treasury"], bound: "at_most", as_of: "2022-06" }],
  "De.Fi via LIF; LII": [lif("De.Fi"), { claimant: "LII" }],
  "FBI/OFAC; used as row date by tayvano": [{ claimant: "US FBI and US Treasury OFAC" }, { claimant: TAYVANO }],
  Chainalysis: [{ claimant: "Chainalysis" }],
  "LIF intervention table": [{ claimant: "Legitimate Intervention Framework" }],
  'FBI ("over")': [{ claimant: "US FBI", bound: "at_least" }],
  "Elliptic via LIF": [lif("Elliptic")],
  "early press": [{ claimant: "press", document: "early reports" }],
  FBI: [{ claimant: "US FBI" }],
  "UN S/2024/215": [{ claimant: PANEL, document: "S/2024/215", hedge: "suspected" }],
  "FBI: Alphapo": [{ claimant: "US FBI", part_of: "Alphapo" }],
  "FBI: CoinsPaid": [{ claimant: "US FBI", part_of: "CoinsPaid" }],
  "tayvano: both": [{ claimant: TAYVANO }],
  "UN S/2024/215: Alphapo": [{ claimant: PANEL, document: "S/2024/215", part_of: "Alphapo", hedge: "suspected" }],
  "UN as read by AUSPEX: two heists enabled by JumpCloud": [
    { claimant: PANEL, relayed_by: "AUSPEX", document: "two heists enabled by one intrusion", hedge: "suspected" },
  ],
  "FBI release": [{ claimant: "US FBI" }],
  others: [{ claimant: TAYVANO }],
  "exchange-loss estimate quoted in tayvano file": [
    { claimant: "estimate of the exchange's loss", relayed_by: TAYVANO, hedge: "estimated" },
  ],
  "on-chain subset": [{ claimant: TAYVANO, measure: "traced", part_of: "the part traced on chain" }],
  "UN monitors May 2024": [{ claimant: PANEL, document: "unfinished work of May 2024", hedge: "suspected", as_of: "2024-05" }],
  "De.Fi via LIF: HECO 86.28M + HTX 21.85M": [lif("De.Fi")],
  "victim post-mortem via LIF": [lif("the victim, post-mortem")],
  "De.Fi via LIF": [lif("De.Fi")],
  MSMT: [{ claimant: "Multilateral Sanctions Monitoring Team" }],
  AUSPEX: [{ claimant: "AUSPEX" }],
  "AUSPEX (returned in full)": [{ claimant: "AUSPEX", measure: "net", document: "returned in full" }],
  "joint statement": [{ claimant: JOINT }],
  "FBI/DC3/NPA": [{ claimant: "US FBI, US DC3 and Japan NPA" }],
  "viewusglobal (misprint)": [{ claimant: "viewusglobal.com", document: "misprint" }],
  "joint statement (US+ROK only); Elliptic; LIF": [
    { claimant: JOINT, document: "United States and Republic of Korea only" },
    { claimant: "Elliptic" },
    { claimant: "Legitimate Intervention Framework" },
  ],
  "first press": [{ claimant: "press", document: "first reports" }],
  'press ("over")': [{ claimant: "press", bound: "at_least" }],
  "tayvano; De.Fi via LIF": [{ claimant: TAYVANO }, lif("De.Fi")],
  "rekt.news via LIF, dated a day later": [lif("rekt.news", { document: "dated a day later" })],
  "joint statement (US+ROK only); victim post-mortem via LIF": [
    { claimant: JOINT, document: "United States and Republic of Korea only" },
    lif("the victim, post-mortem"),
  ],
  "De.Fi via LIF (2025-01-23)": [lif("De.Fi", { document: "dated 2025-01-23" })],
  "rekt.news via LIF, misdated 2025-09-15": [lif("rekt.news", { document: "dated 2025-09-15, eight months late" })],
  "FBI (approximately); tayvano": [{ claimant: "US FBI", bound: "about" }, { claimant: TAYVANO }],
  Elliptic: [{ claimant: "Elliptic" }],
  "Bybit CEO": [{ claimant: "the victim, chief executive" }],
  "Elliptic-based press (about)": [{ claimant: "press", cites: ["Elliptic"], bound: "about" }],
  "MSMT: TraderTraitor": [{ claimant: "Multilateral Sanctions Monitoring Team" }],
};

/** incident-claims.csv, column source: the document and the date on which it was claimed. */
export const CLAIM_SOURCES: Record<string, { as_of: string; document?: string; relayed_by?: string }> = {
  "UN S/2019/691 table as transcribed by tayvano": { as_of: "2019-08-30", document: "S/2019/691, table", relayed_by: TAYVANO },
  "DOJ 2021 indictment via AUSPEX": { as_of: "2021-02-17", document: "indictment unsealed 2021-02-17", relayed_by: "AUSPEX" },
  "tayvano README commit baa0f9e6 (2026-05/06)": { as_of: "2026-06", document: "list of May and June 2026" },
  "tayvano README commit 000ce4a9 (early 2024)": { as_of: "2024", document: "list of early 2024" },
  "US v. 113 Virtual Currency Accounts (2020)": { as_of: "2020-03-02", document: "US v. 113 Virtual Currency Accounts" },
  "dailyhodl 2018-10-22": { as_of: "2018-10-22" },
  "decenter.org": { as_of: "unstated" },
  "US-Japan-ROK joint statement 2025-01-14": { as_of: "2025-01-14", document: "joint statement of 2025-01-14" },
  "panewslab 2024-11-21": { as_of: "2024-11-21", relayed_by: "panewslab" },
  "AP on UN report Feb 2021": { as_of: "2021-02", relayed_by: "AP" },
  "e3o8o/legitimate-intervention-framework lif_exploits_raw.csv": { as_of: "unstated" },
  "e3o8o/legitimate-intervention-framework lif_intervention_metrics.csv": { as_of: "unstated" },
  Reuters: { as_of: "unstated" },
  press: { as_of: "unstated" },
  "FBI 2023-01-23 via AUSPEX": { as_of: "2023-01-23", relayed_by: "AUSPEX" },
  "FBI 2023-08-22": { as_of: "2023-08-22", document: "release of 2023-08-22" },
  "The Record on S/2024/215 via scmagazine": { as_of: "2024-03", relayed_by: "The Record" },
  AUSPEX: { as_of: "unstated" },
  scmagazine: { as_of: "2024-05", relayed_by: "SC Media" },
  "FBI 2024-12-23": { as_of: "2024-12-23", document: "release of 2024-12-23" },
  "viewusglobal.com": { as_of: "unstated" },
  "FBI PSA 2025-02-26": { as_of: "2025-02-26" },
  "press; FBI PSA; AUSPEX audit": { as_of: "2025" },
  "MSMT report Oct 2025 list as transcribed by tayvano": { as_of: "2025-10", document: "report of October 2025", relayed_by: TAYVANO },
};

/** incident-claims.csv, column valuation_or_kind. */
export const VALUATIONS: Record<string, Partial<Pick<ClaimInput, "valuation" | "measure" | "hedge" | "bound">>> = {
  "": {},
  reported: {},
  'estimate ("approximately")': { hedge: "estimated", bound: "about" },
  reply: {},
  "at theft": { valuation: { basis: "at_theft" } },
  "at announcement": { valuation: { basis: "at_publication" } },
  "nominal value of minted tokens": { valuation: { basis: "as_published", minted: true, note: "nominal value of minted tokens" } },
  liquidated: { measure: "liquidated", valuation: { basis: "realised" } },
  gross: { measure: "gross" },
  net: { measure: "net" },
  estimate: { hedge: "estimated" },
  traced: { measure: "traced" },
};

/** incident-claims.csv, column field: the case file's own field and unit. */
export const CLAIM_FIELDS: Record<string, { field: string; unit?: string }> = {
  amount_usd: { field: "amount", unit: "USD" },
  native_amount: { field: "native_amount" },
  recovered_usd: { field: "recovered", unit: "USD" },
  date_theft: { field: "date_theft" },
  date_disclosed: { field: "date_disclosed" },
  date_attributed: { field: "date_attributed" },
  actor: { field: "attributed_to" },
  attribution: { field: "attributed_to" },
  country: { field: "country" },
  frozen_pct: { field: "frozen_share", unit: "percent" },
  traceable_pct: { field: "traceable_share", unit: "percent" },
};

/** annual-totals.csv, column publisher. */
export const PUBLISHERS: Record<string, SplitClaimant> = {
  "UN Panel of Experts S/2024/215 (table read from images by researcher)": {
    claimant: PANEL,
    document: "S/2024/215, yearly table",
    relayed_by: TAYVANO,
    hedge: "suspected",
  },
  "tayvano list": { claimant: TAYVANO },
  "Chainalysis (as charted by tayvano)": { claimant: "Chainalysis", document: "as charted by tayvano", relayed_by: TAYVANO },
  "TRM Labs (as charted by tayvano)": { claimant: "TRM Labs", document: "as charted by tayvano", relayed_by: TAYVANO },
  Chainalysis: { claimant: "Chainalysis" },
  CertiK: { claimant: "CertiK" },
  Elliptic: { claimant: "Elliptic" },
  "TRM Labs": { claimant: "TRM Labs" },
  "Recorded Future": { claimant: "Recorded Future" },
  "Group-IB": { claimant: "Group-IB" },
  "UN Panel of Experts": { claimant: PANEL, document: "report of August 2019", hedge: "suspected", bound: "at_most" },
  "UN Panel (one member state)": {
    claimant: PANEL,
    cites: ["one unnamed member state"],
    document: "report of February 2021",
    hedge: "reported",
  },
  "ROK government": { claimant: "Republic of Korea, government" },
  "UN Panel S/2023/171 (ROK estimate)": { claimant: PANEL, cites: ["Republic of Korea"], document: "S/2023/171", hedge: "estimated" },
  "UN Panel S/2023/171 (cyber firm)": {
    claimant: PANEL,
    cites: ["an unnamed cyber firm"],
    document: "S/2023/171",
    hedge: "estimated",
    bound: "at_least",
  },
  "UN Panel S/2023/656": { claimant: PANEL, document: "S/2023/656", hedge: "estimated", bound: "about" },
  "UN Panel S/2024/215 (text)": { claimant: PANEL, document: "S/2024/215, text", hedge: "suspected", bound: "at_least" },
  "UN monitors, unfinished work": { claimant: PANEL, document: "unfinished work of May 2024", hedge: "suspected" },
  "US-Japan-ROK joint statement": { claimant: JOINT, document: "joint statement of 2025-01-14" },
  MSMT: { claimant: "Multilateral Sanctions Monitoring Team", document: "report of October 2025", bound: "at_least" },
  "MSMT members": { claimant: "members of the Multilateral Sanctions Monitoring Team", bound: "at_least" },
};

/** Dates of publication as the tables print them. */
export const PUBLISHED: Record<string, string> = {
  "2026-05/06": "2026-06",
  "early 2024": "2024",
  "2025/26": "2026",
  "Reuters copy at morningtoasts.com": "2024-02-09",
};

/** Periods as the tables print them: the subject's name and the days it covers. */
export const PERIODS: Record<string, { name: string; period: string }> = {
  "2017-Apr 2024": { name: "2017-to-april-2024", period: "2017-01-01/2024-04-30" },
  "Jan-Apr 2024": { name: "january-to-april-2024", period: "2024-01-01/2024-04-30" },
  "Dec 2015-May 2019": { name: "december-2015-to-may-2019", period: "2015-12-01/2019-05-31" },
  "2019-Nov 2020": { name: "2019-to-november-2020", period: "2019-01-01/2020-11-30" },
  "2017-2018": { name: "2017-2018", period: "2017-01-01/2018-12-31" },
  "2017-2022": { name: "2017-2022", period: "2017-01-01/2022-12-31" },
  "2017-2023": { name: "2017-2023", period: "2017-01-01/2023-12-31" },
  "since 2017": { name: "2017-to-december-2022", period: "2017-01-01/2022-12-31" },
  "2023 YTD": { name: "2023-to-september", period: "2023-01-01/2023-09-30" },
  "2025 (to early Oct)": { name: "2025-to-early-october", period: "2025-01-01/2025-10-07" },
  "headed 2024 in media": { name: "2024", period: "2024" },
  "Jan 2024-Sep 2025": { name: "january-2024-to-september-2025", period: "2024-01-01/2025-09-30" },
};

/** founding-claims.csv, column subject: the case file's subject. */
export const FOUNDING_SUBJECTS: Record<string, string> = {
  "published total|thefts 2017-2023": "published-total/crypto-thefts-2017-2023",
  "published total|thefts 2023": "published-total/crypto-thefts-2023",
  "published total|thefts 2017-Apr 2024": "published-total/crypto-thefts-2017-to-april-2024",
  "published total|thefts Jan-Apr 2024": "published-total/crypto-thefts-january-to-april-2024",
  "funding claim|thefts 2017-2023": "funding-claim/thefts-2017-2023",
  "funding claim|DPRK foreign-currency income": "funding-claim/dprk-foreign-currency-income",
  "funding claim|DPRK weapons programmes": "funding-claim/dprk-weapons-programmes",
  "attribution|thefts 2017-2023": "actor/perpetrators-of-thefts-2017-2023",
  "actor|groups of the Reconnaissance General Bureau": "actor/groups-of-the-reconnaissance-general-bureau",
  "arms transfer|DPRK": "arms-transfer/from-the-dprk",
  "reply|arms supply": "reply/arms-supply",
  "reply|S/2024/215": "reply/s-2024-215",
  "reply|earlier UN finding of 2019": "reply/un-finding-of-2019",
  "reply|MSMT": "reply/msmt",
  "position|sanctions on the DPRK": "position/sanctions-on-the-dprk",
  "position|Security Council": "position/security-council",
  "position|Russia and DPRK": "position/russia-and-dprk",
  "position|mandate of the Panel of Experts": "position/mandate-of-the-panel-of-experts",
  "trade figure|DPRK recorded trade": "trade-figure/dprk-recorded-trade",
  "trade figure|consumer goods in the DPRK": "trade-figure/consumer-goods-in-the-dprk",
  "trade figure|Russian oil to the DPRK": "trade-figure/russian-oil-to-the-dprk",
  "worker posting|DPRK nationals abroad": "worker-posting/dprk-nationals-abroad",
  "worker posting|DPRK IT workers": "worker-posting/dprk-it-workers",
  "weapons event|DPRK": "weapons-event/dprk",
  "report|S/2024/215": "report/s-2024-215",
  "report|MSMT": "report/msmt",
};

/** founding-claims.csv, column claimant. */
export const FOUNDING_CLAIMANTS: Record<string, SplitClaimant> = {
  "UN Panel of Experts (1718), submitted draft of the report later issued as S/2024/215": {
    claimant: PANEL,
    document: "submitted draft of the report later issued as S/2024/215",
  },
  "UN Panel of Experts, unfinished work": { claimant: PANEL, document: "unfinished work of May 2024" },
  Russia: { claimant: "Russia" },
  DPRK: { claimant: "DPRK" },
  China: { claimant: "China" },
  press: { claimant: "press" },
  "UN Security Council": { claimant: "UN Security Council" },
  "DPRK (KCNA)": { claimant: "DPRK", relayed_by: "KCNA" },
  "eleven states": { claimant: "eleven states" },
  "Open Source Centre and BBC": { claimant: "Open Source Centre and BBC" },
};

/** founding-claims.csv, column note: facts of the report's life that a note states, as claims of their own. */
export const FOUNDING_NOTES: Record<string, { field: string; value: string }[]> = {
  "document dated 2024-03-07; covers July 2023 to January 2024": [
    { field: "dated", value: "2024-03-07" },
    { field: "covers", value: "2023-07/2024-01" },
  ],
};

/** founding-claims.csv, column field, where the case file's own name differs. */
export const FOUNDING_FIELDS: Record<string, string> = { attributed_to: "subordinate_to" };

/** incidents.csv, column attribution_level: with which hedge such a body blames. */
export const LEVEL_HEDGES: Record<string, ClaimInput["hedge"]> = {
  "official-UN": "suspected",
  "official-gov": "asserted",
  "official-coalition": "asserted",
  "official-UN-unnamed-victim": "suspected",
  "official-gov-unnamed-victim": "asserted",
  "official-suspected": "suspected",
  vendor: "estimated",
  "victim+vendor": "estimated",
  "independent-investigator": "estimated",
  "single-researcher": "estimated",
  "withdrawn-by-source": "withdrawn",
  "not-attributed": "unstated",
};

/** Judgements that reading the table needs; each is entered as a judgement with its author and reason. */
export const VICTIM_JUDGEMENTS: { subject: string; verdict: "negative"; why: string }[] = [
  {
    subject: "theft/2018-08-xx-unidentified-company",
    verdict: "negative",
    why: "The source prints a country and an amount and no victim; a label that says “unidentified” names nobody.",
  },
];

type NameRelation = { field: "alias" | "same_as" | "overlaps" | "split_into" | "not_same"; hedge?: ClaimInput["hedge"] };

/**
 * actor-aliases.csv, column relation: what the organisation says of the two names. A name that is listed or lumped under
 * a heading stays "another name"; only who says "equivalent" says the same, and "NOT same" must never read as a name.
 */
export const NAME_RELATIONS: Record<string, NameRelation> = {
  "other_name (as listed by vendor)": { field: "alias" },
  "synonym (lumped)": { field: "alias" },
  "also known as (FBI usage)": { field: "alias" },
  label: { field: "alias" },
  equivalent: { field: "same_as" },
  "likely corresponds": { field: "same_as", hedge: "estimated" },
  overlap: { field: "overlaps" },
  split: { field: "split_into" },
  "NOT same": { field: "not_same", hedge: "denied" },
};
