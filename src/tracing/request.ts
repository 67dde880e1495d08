// What is asked of a trace, apart from the data it is asked of.
import type { MethodName } from "./methods/method.ts";

/** Where the tainted units are at the start. */
export type Seed =
  /** All that an address sends and keeps (per asset, or of one). */
  | { kind: "address"; address: string; asset?: string }
  /** An amount in an account right after a row. */
  | { kind: "account"; address: string; asset?: string; row: number; amount: bigint }
  /** Transfers that are the theft itself: what they bring to their receivers. */
  | { kind: "rows"; rows: readonly number[]; name: string }
  /** An output, or its first `amount` units. */
  | { kind: "output"; txid: string; vout: number; amount?: bigint }
  /** Every output of a transaction. */
  | { kind: "transaction"; txid: string };

export const STOP_REASONS = [
  "service",
  "mixer",
  "bridge",
  "contract",
  "named",
  "depth",
  "mint",
  "burn",
  "conversion",
  "inputs_unknown",
  "unknown",
  "external",
] as const;
export type StopReason = (typeof STOP_REASONS)[number];

/** Why a trace does not go on at an address, and according to whom. */
export type Stop = { reason: StopReason; name?: string; source?: string };

/** Where a backward trace comes upon what it was asked about. */
export const ITSELF = { reason: "named", name: "the seed itself" } as const satisfies Stop;

export type TraceRequest = {
  seeds: readonly Seed[];
  methods: readonly MethodName[];
  /** Where the seed went, or where it came from. */
  direction?: "forward" | "backward";
  /** Taint below this many base units of its asset is not followed; it is counted in `floor`. */
  floor?: bigint;
  /** Floors of single assets, which go before `floor`. */
  floors?: ReadonlyMap<string, bigint>;
  /** How many transfers from the seed are followed. */
  depth?: number;
  /** Ends there, on whichever chain. Looked up once, so it costs less than asking `stopAt`, which is asked of all others. */
  stops?: ReadonlyMap<string, Stop>;
  stopAt?: (address: string, chain: string) => Stop | undefined;
  /** Exchanges inside one transaction carry taint into the other asset; on unless false. */
  conversions?: boolean;
  onStep?: (step: Step) => void;
};

/** Reason of a step that rests on the shape of a transaction and on nothing that was decoded. */
export const INFERRED = "inferred from shape";

/** One line of the audit: what a transfer did to one place under one method. `after = before + in - out`. */
export type Step = {
  method: MethodName;
  asset: string;
  rule:
    | "seed"
    | "credit"
    | "debit"
    | "fee"
    | "stop"
    | "floor"
    | "conversion_out"
    | "conversion_in"
    | "spend"
    | "pay"
    | "unknown";
  /** Address, or txid:vout. */
  place: string;
  /** Of what arrives: who sent it; of outputs, the transaction. */
  from?: string;
  before: bigint;
  in: bigint;
  out: bigint;
  after: bigint;
  /** Of the transfer, and of the known balance before it: what `out` is a share of. */
  amount: bigint;
  balance: bigint;
  /** What was cut to whole units, as numerator of a fraction over `balance` (haircut), else 0. */
  rounding: bigint;
  transfer: string;
  reason?: string;
};
