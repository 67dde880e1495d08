// What each heuristic claims, by whom, and how often it is known to be wrong. A cluster or an edge never stands without
// this beside it: in Sterlingov (D.D.C. 2024) the attack on the tracing was that no error rate was known.

export type Heuristic = {
  about: string;
  version: string;
  /** 0 to 100 as its author states it; null where nobody does. */
  confidence: number | null;
  source: string;
  error_rate: string;
};

const NOT_MEASURED = "not measured";

export const HEURISTICS = {
  co_spend: {
    about: "Addresses whose coins are spent together in one transaction have one owner",
    version: "1",
    confidence: null,
    source: "Nakamoto 2008, section 10; Androulaki et al. 2013; Meiklejohn et al. 2013",
    error_rate:
      "not measured on this data. Measured elsewhere: it finds 68.59 % of a wallet’s addresses on average (Nick 2015, 37,585 wallets); one vendor’s clusters covered 24.54 to 94.85 % of seized services’ addresses, with less than 0.5 % false ones (Ghost Clusters, USENIX Security 2025)",
  },
  one_time_change: {
    about: "The one fresh output of the inputs’ script type, uneven in amount and smaller than every input, is change",
    version: "1",
    confidence: 50,
    source: "GraphSense",
    error_rate: NOT_MEASURED,
  },
  direct_change: {
    about: "An output to an address that also pays is change",
    version: "1",
    confidence: 100,
    source: "GraphSense",
    error_rate: NOT_MEASURED,
  },
  multi_input_change: {
    about: "An output to an address of the payers’ own co-spend cluster is change",
    version: "1",
    confidence: 50,
    source: "GraphSense",
    error_rate: NOT_MEASURED,
  },
  address_reuse: {
    about: "The one output to an address that also pays is change",
    version: "1",
    confidence: null,
    source: "BlockSci",
    error_rate: NOT_MEASURED,
  },
  address_type: {
    about: "The one output of the script type that all inputs have is change",
    version: "1",
    confidence: null,
    source: "BlockSci",
    error_rate: NOT_MEASURED,
  },
  optimal_change: {
    about: "The one output smaller than every input is change: had it been larger, an input would not have been needed",
    version: "1",
    confidence: null,
    source: "BlockSci",
    error_rate: NOT_MEASURED,
  },
  power_of_ten: {
    about: "The one output that is no multiple of 0.01 BTC is change: people pay round sums",
    version: "1",
    confidence: null,
    source: "BlockSci, with 6 digits",
    error_rate: NOT_MEASURED,
  },
  client_change_behavior: {
    about: "The one output to an address never seen before is change: wallets make a new one for it",
    version: "1",
    confidence: null,
    source: "BlockSci",
    error_rate: NOT_MEASURED,
  },
  peeling_chain: {
    about: "In a chain of transactions with one input and two outputs, the output that goes on with the chain is change",
    version: "1",
    confidence: null,
    source: "BlockSci",
    error_rate: NOT_MEASURED,
  },
  legacy: {
    about: "The one output that is both fresh and smaller than every input is change, where the transaction is no CoinJoin",
    version: "1",
    confidence: null,
    source: "BlockSci, before version 0.6",
    error_rate: NOT_MEASURED,
  },
} as const satisfies Record<string, Heuristic>;

export type HeuristicName = keyof typeof HEURISTICS;

/** Heuristics of the same family that this data cannot feed, and what is missing. */
export const HEURISTICS_WITHOUT_DATA = {
  locktime: "transactions here carry no locktime",
  fixed_fee: "transactions here carry no virtual size",
} as const;
