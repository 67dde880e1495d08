// The closed vocabularies of a claim (docs/claims.md).
export const HEDGES = ["asserted", "reported", "estimated", "suspected", "denied", "withdrawn", "unstated"] as const;
export const BOUNDS = ["exact", "about", "at_least", "at_most"] as const;
export const VALUATION_BASES = ["as_published", "at_theft", "at_disclosure", "at_publication", "realised"] as const;
export const MEASURES = ["gross", "net", "traced", "liquidated"] as const;
