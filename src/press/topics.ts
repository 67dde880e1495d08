// The topics of the publication, each with one line for its page. A story may open a new one: then its page says so.
export const TOPICS: Record<string, string> = {
  Sanctions: "Who is listed, since when, by whom; what monitors find, and what becomes of it.",
  Bridges: "Thefts from the contracts that carry assets from one chain to another.",
  Exchanges: "Trading places: what was taken from them, and how differently it is counted.",
  Bitcoin: "The oldest chain, its prices and its blocks, read from the blocks themselves.",
  Payments: "Firms that take crypto for others, and what was taken from them.",
  Terra: "The collapse of May 2022 and how records tell it.",
  Security: "Groups, their many names, and what they share.",
  Weapons: "Launches and tests, with the unit of count named.",
  Trade: "Recorded trade with North Korea. Recorded trade is not all trade.",
  Tracewire: "This publication itself: what it holds and what it cannot show.",
};

export const slugOf = (words: string): string =>
  words
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 60) || "other";
