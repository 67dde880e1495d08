// A text as a reader types it becomes an account of a chain, or an answer that says why not. The same text on two chains is
// two accounts, whoever holds the key: a text that does not say its chain is not guessed.
import { CHAINS, findChain, type Chain } from "./chain-table.ts";
import type { Ruled } from "./address-rule.ts";

export const ADDRESS_LENGTH_MAX = 200;

export type Address = {
  outcome: "address";
  /** CAIP-2. */
  chain: string;
  chain_name: string;
  /** The form used for equality within its chain: folded where its rule folds, verbatim elsewhere. */
  address: string;
  /** The form to be shown, with its checksum. */
  display: string;
  /** CAIP-10, of the form used for equality: two texts are one account exactly when this is the same. */
  caip10: string;
  kind: string;
  /** "absent": the text carried none, so a mistyped letter cannot be seen. */
  checksum: "held" | "absent";
};
export type AddressReading =
  | Address
  /** The same text is an address of each of these. */
  | { outcome: "several_chains"; candidates: Address[]; reason: string }
  | { outcome: "bad_checksum"; chain: string; chain_name: string; expected?: string; reason: string }
  | { outcome: "not_an_address"; reason: string };

/** `text` may be a bare address or a CAIP-10 account; `chain` is a CAIP-2 id. */
export function readAddress(text: string, { chain }: { chain?: string } = {}): AddressReading {
  const typed = text.trim();
  if (typed === "") return { outcome: "not_an_address", reason: "nothing was given" };
  if (typed.length > ADDRESS_LENGTH_MAX) return { outcome: "not_an_address", reason: `it has more than ${ADDRESS_LENGTH_MAX} characters` };
  const account = /^([-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}):([-.%a-zA-Z0-9]{1,128})$/.exec(typed);
  const named = [account?.[1], chain].filter((id) => id !== undefined).map(findChain);
  if (named.includes(undefined)) return { outcome: "not_an_address", reason: `“${chain}” is no chain id (CAIP-2)` };
  if (named.length === 2 && named[0]!.id !== named[1]!.id)
    return { outcome: "not_an_address", reason: `it says ${named[0]!.name}, and was asked about on ${named[1]!.name}` };
  return named[0] ? readOn(named[0], account?.[2] ?? typed) : readAnywhere(typed);
}

function readOn(chain: Chain, text: string): AddressReading {
  if (chain.rules.length === 0) {
    if (/\s/.test(text)) return { outcome: "not_an_address", reason: "it has blanks" };
    return toAddress(chain, {
      outcome: "valid",
      address: text,
      display: text,
      kind: "rule not known: compared verbatim",
      checksum: "absent",
    });
  }
  const ruled = chain.rules.map((rule) => rule(text, chain.id)).filter((item) => item !== undefined);
  const valid = ruled.find((item) => item.outcome === "valid");
  if (valid) return toAddress(chain, valid);
  const wrong = ruled.find((item) => item.outcome === "checksum");
  if (wrong) return { ...wrong, outcome: "bad_checksum", chain: chain.id, chain_name: chain.name };
  const form = ruled.find((item) => item.outcome === "form");
  return { outcome: "not_an_address", reason: form?.reason ?? `${chain.name} writes no address like this` };
}

function readAnywhere(text: string): AddressReading {
  const readings = CHAINS.map((chain) => readOn(chain, text));
  const candidates = readings.filter((reading) => reading.outcome === "address");
  if (candidates.length === 1) return candidates[0]!;
  if (candidates.length > 1) {
    const isEvm = candidates.every(({ chain }) => chain.startsWith("eip155:"));
    const names = candidates.map((candidate) => candidate.chain_name);
    return {
      outcome: "several_chains",
      candidates,
      reason: isEvm
        ? "every chain of the Ethereum kind writes addresses like this; the text does not say which is meant"
        : `${names.slice(0, -1).join(", ")} and ${names.at(-1)} all write addresses like this; the text does not say which is meant`,
    };
  }
  const wrong = readings.find((reading) => reading.outcome === "bad_checksum");
  if (wrong) return wrong;
  const chain = CHAINS.find((item) => item.rules.some((rule) => rule(text, item.id)?.outcome === "form"));
  return chain ? readOn(chain, text) : { outcome: "not_an_address", reason: "no chain that is known writes addresses like this" };
}

function toAddress(chain: Chain, { address, display, kind, checksum }: Extract<Ruled, { outcome: "valid" }>): Address {
  return {
    outcome: "address",
    chain: chain.id,
    chain_name: chain.name,
    address,
    display,
    caip10: `${chain.id}:${address}`,
    kind,
    checksum,
  };
}

/** A reading in words, to stand after "this is": "a Bitcoin address (taproot)", "no valid Ethereum address: …". */
export function describeReading(reading: AddressReading): string {
  if (reading.outcome === "not_an_address") return `no address: ${reading.reason}`;
  if (reading.outcome === "bad_checksum") return `no valid ${reading.chain_name} address: ${reading.reason}`;
  const silent = reading.outcome === "address" && reading.checksum === "absent";
  const unchecked = silent ? "; it carries no checksum, so a mistyped letter would not be seen" : "";
  if (reading.outcome === "address") return `a ${reading.chain_name} address (${reading.kind})${unchecked}`;
  const isBare = reading.candidates.every(({ checksum }) => checksum === "absent");
  return `an address of more than one chain: ${reading.reason}${isBare ? "; as typed it carries no checksum, so a mistyped letter would not be seen" : ""}`;
}

/** The accounts that a text may name: one, several, or none where it is no valid address. */
export function accountsOf(reading: AddressReading): Address[] {
  if (reading.outcome === "address") return [reading];
  return reading.outcome === "several_chains" ? reading.candidates : [];
}

/** Whether two CAIP-10 accounts are one: by each chain's rule, never across chains. False where either cannot be read. */
export function sameAccount(a: string, b: string): boolean {
  const [one, other] = [readAddress(a), readAddress(b)];
  return one.outcome === "address" && other.outcome === "address" && one.caip10 === other.caip10;
}

/**
 * The case of an address as a source's row has it, folded by its form alone where every chain with that form folds. For
 * bulk rows: nothing is checked, and what is not recognised stays as it is.
 */
export function foldAddress(text: string): string {
  return /^(?:0x[0-9a-fA-F]{40}|BC1[02-9AC-HJ-NP-Z]{11,87})$/.test(text) ? text.toLowerCase() : text;
}
