// The answer in a terminal: where the money is under each convention, how far they differ, what stopped where.
import { assetWords, knownErrors, shortAmount, shortName, sumOfAmounts, writeAmount, type Answer, type AssetResult, type AssetWords, type MethodResult } from "../tracing/tracing.ts";
import { table, wrap, type Output } from "./output.ts";

const PLACES_SHOWN_MAX = 20;
/** Below this an address of 42 signs leaves no room for five columns. */
const PLACE_WHOLE_WIDTH = 125;
/** Where amounts need the room; as the pages write it. */
const shorterName = (place: string): string => place.replace(/[0-9A-Za-z]{20,}/g, (name) => `${name.slice(0, 6)}…${name.slice(-4)}`);

export function printAnswer(output: Output, { result }: Answer): void {
  const { ask, sets, methods } = result;
  const names = Object.keys(methods) as (keyof typeof methods)[];
  const assets = [...new Set(names.flatMap((name) => Object.keys(methods[name]!.assets)))].sort();
  const count = sets.reduce((sum, { row_count }) => sum + row_count, 0);
  output.line(
    output.bold(`${ask.direction === "backward" ? "Where it came from" : "Where it went"}: ${ask.from}`),
  );
  output.line(output.dim(`over ${sets.map(({ name }) => name).join(", ")} (${count.toLocaleString("en-US")} rows, log size ${result.log_size})`));
  if (assets.length === 0) output.line("Nothing moved: the seed is empty.");
  for (const asset of assets) printAsset(output, asset, assetWords(asset, result.tokens), names.map((name) => [name, methods[name]!]));
  printBridges(output, result);
  output.line();
  for (const line of [...exploringLines(result), ...noteLines(result)]) for (const part of wrap(line, output.width)) output.line(output.dim(part));
}

function printAsset(output: Output, asset: string, words: AssetWords | undefined, methods: [string, MethodResult][]): void {
  const results = methods.map(([, { assets }]) => assets[asset]);
  const amounts = (pick: (one: AssetResult) => bigint) => results.map((one) => one && pick(one));
  output.line();
  output.line(output.bold(words ? `${words.symbol} (${asset})` : `${asset}, in base units`));
  const head = ["", ...methods.map(([name]) => name)];
  const right = head.map((_, at) => at).slice(1);
  const sums: [string, (bigint | undefined)[]][] = [
    ["seed", amounts(({ seed }) => BigInt(seed))],
    ["converted in", amounts(({ converted_in }) => BigInt(converted_in))],
    ["held", amounts(({ held }) => sumOfAmounts(held))],
    ["stopped", amounts(({ stops }) => sumOfAmounts(stops))],
    ["fees", amounts(({ fees }) => sumOfAmounts(fees))],
    ["below the floor", amounts(({ floor }) => BigInt(floor))],
    ["converted out", amounts(({ converted_out }) => BigInt(converted_out))],
  ];
  const shown = sums.filter(([name, all]) => name === "seed" || name === "held" || all.some((amount) => amount !== undefined && amount !== 0n));
  const cell = (amount: bigint | undefined, decimals: number) => (amount === undefined ? "–" : amount === 0n ? "0" : shortAmount(amount, words, decimals));
  for (const line of fitting(output.width, right, (decimals) => [head, ...shown.map(([name, all]) => [name, ...all.map((amount) => cell(amount, decimals))])])) output.line(line);
  const unbacked = results.find((one) => one?.seed_unbacked);
  if (unbacked) output.line(`of the seed, ${writeAmount(BigInt(unbacked.seed_unbacked!), words)} is more than the data shows to have been there`);

  const places = placesOf(results);
  output.line();
  const shownPlaces = places.slice(0, PLACES_SHOWN_MAX);
  const differ = shownPlaces.some(({ amounts }) => spread(amounts, methods) !== 0n);
  const rows = (decimals: number, isTight: boolean): string[][] =>
    shownPlaces.map(({ place, amounts, why }) => [
      output.width >= PLACE_WHOLE_WIDTH ? place : isTight ? shorterName(place) : shortName(place),
      ...amounts.map((amount) => (amount === 0n ? "·" : shortAmount(amount, words, decimals))),
      ...(differ ? [spread(amounts, methods) === 0n ? "" : shortAmount(spread(amounts, methods), words, decimals)] : []),
      why,
    ]);
  const headOf = [["place", ...methods.map(([name]) => name), ...(differ ? ["spread"] : []), ""]];
  for (const line of fitting(output.width, differ ? [...right, right.length + 1] : right, (decimals, isTight) => [...headOf, ...rows(decimals, isTight)])) output.line(line);
  if (!differ && methods.length > 1) output.line(output.dim(`${methods.filter(([, { conserves }]) => conserves).map(([name]) => name).join(", ")} agree in each place.`));
  if (places.length > PLACES_SHOWN_MAX) output.line(output.dim(`… and ${places.length - PLACES_SHOWN_MAX} more places (--csv or --json has all)`));
}

/** As many decimals as the width has room for, and names as short as that needs; where even whole units have none, the last column goes below, then the first above; a number is never cut. */
export function fitting(width: number, right: readonly number[], rowsWith: (decimals: number, isTight: boolean) => string[][]): string[] {
  const isFitting = (rows: string[][]) => table(rows, Infinity, right).every((line) => line.length <= width);
  const tried = ([[4, false], [2, false], [2, true], [0, false], [0, true]] as const).map(([decimals, isTight]) => rowsWith(decimals, isTight));
  const rows = tried.find(isFitting);
  if (rows) return table(rows, width, right);
  const last = Math.max(...right);
  const numbers = tried.at(-1)!;
  const words = numbers.map((cells) => cells.slice(last + 1).filter(Boolean).join(" "));
  const beside = table(numbers.map((cells) => cells.slice(0, last + 1)), Infinity, right);
  // Five amounts of nine digits and a name have no room in 80 columns: then the name stands above its numbers.
  const isBeside = beside.every((line) => line.length <= width);
  const below = isBeside ? beside : table(numbers.map((cells) => ["", ...cells.slice(1, last + 1)]), Infinity, right);
  return below.flatMap((line, at) => [...(isBeside ? [] : [numbers[at]![0]!]), line, ...(words[at] ? [`  ${words[at]}`] : [])].filter((part) => part !== ""));
}

type Place = { place: string; amounts: bigint[]; why: string };

/** Every place with something under any method, the largest first. */
function placesOf(results: readonly (AssetResult | undefined)[]): Place[] {
  const places = new Map<string, Place>();
  const at = (place: string, why: string) => {
    const address = results.find((one) => one?.addresses?.[place])?.addresses?.[place];
    const known = places.get(place) ?? { place: address === undefined ? place : `${place} ${address}`, amounts: results.map(() => 0n), why };
    places.set(place, known);
    return known;
  };
  for (const [column, one] of results.entries()) {
    if (!one) continue;
    for (const [place, amount] of Object.entries(one.held)) at(place, "").amounts[column]! += BigInt(amount);
    for (const [place, amount] of Object.entries(one.stops)) {
      const { reason, name } = one.stop_reasons[place]!;
      at(place, `stop: ${name ?? reason}`).amounts[column]! += BigInt(amount);
    }
  }
  const ranked = [...places.values()].map((place) => ({ place, most: place.amounts.reduce((a, b) => (a > b ? a : b), 0n) }));
  return ranked.sort((a, b) => (a.most === b.most ? (a.place.place < b.place.place ? -1 : 1) : a.most > b.most ? -1 : 1)).map(({ place }) => place);
}

/** Between the conventions that conserve: poison is a bound, not a share. */
function spread(amounts: readonly bigint[], methods: readonly [string, MethodResult][]): bigint {
  const compared = amounts.filter((_, at) => methods[at]![1].conserves);
  if (compared.length < 2) return 0n;
  const [low, high] = compared.reduce(([a, b], amount) => [amount < a ? amount : a, amount > b ? amount : b], [compared[0]!, compared[0]!]);
  return high - low;
}

const BRIDGES_SHOWN_MAX = 10;
const CANDIDATES_SHOWN_MAX = 3;

/** Where it ended at a bridge: how much fits elsewhere, and the nearest of it. */
function printBridges(output: Output, { bridges, tokens }: Answer["result"]): void {
  if (!bridges) return;
  const { window_hours, kept_percent_max } = bridges.rule;
  output.line();
  output.line(output.bold("At a bridge: what arrived on another chain and fits; listed, not followed"));
  for (const { place, transfer, asset, amount, candidate_count, candidates } of bridges.ends.slice(0, BRIDGES_SHOWN_MAX)) {
    const count = candidate_count === null ? "no time is stated, so nothing can be looked for" : `${candidate_count} within ${window_hours} h and ${kept_percent_max} %`;
    output.line(`  ${writeAmount(BigInt(amount), assetWords(asset, tokens))} into ${shortName(place)} by ${shortName(transfer)}: ${count}`);
    for (const one of candidates.slice(0, CANDIDATES_SHOWN_MAX))
      output.line(output.dim(`    ${one.time} ${writeAmount(BigInt(one.amount), assetWords(one.asset, tokens))} to ${shortName(one.to)} on ${one.chain || "a chain that is not named"}${one.is_same_address ? ", the address that paid" : ""}`));
  }
  const more = bridges.ends.length + bridges.left_out - BRIDGES_SHOWN_MAX;
  if (more > 0) output.line(output.dim(`… and ${more} more (--json)`));
}

/** What an answer for exploring is, and which convention the fast kernel left to the exact one. */
function exploringLines({ exploring, methods }: Answer["result"]): string[] {
  if (!exploring) return [];
  const left = Object.entries(exploring).filter(([, { kernel }]) => kernel === "exact");
  return [
    "For exploring, not for evidence: it is not kept and has no hash.",
    ...(exploring.haircut?.kernel === "fast" ? [`haircut by the fast kernel: no amount is further than ${methods.haircut!.bound} base units from the exact one.`] : []),
    ...left.map(([name, { why }]) => `${name} by the exact kernel, since the fast one refused: ${why}.`),
  ];
}

function noteLines({ ask, methods, tokens, exploring }: Answer["result"]): string[] {
  const notes: string[] = [];
  for (const [name, { excess, bound }] of Object.entries(methods)) {
    const over = Object.entries(excess ?? {}).filter(([, amount]) => amount !== "0");
    const [more, less] = [over.filter(([, amount]) => !amount.startsWith("-")), over.filter(([, amount]) => amount.startsWith("-"))];
    const amounts = (some: [string, string][]) => some.map(([asset, amount]) => writeAmount(BigInt(amount.replace("-", "")), assetWords(asset, tokens))).join(", ");
    if (more.length > 0) notes.push(`${name} does not conserve: it counts ${amounts(more)} more than the seed. Read it as an upper bound of exposure only.`);
    if (less.length > 0) notes.push(`${name} does not conserve: it ends ${amounts(less)} below its own seed, which counts what came back to where it began once more each time it leaves.`);
    if (bound !== undefined && exploring?.[name as keyof typeof exploring]?.kernel !== "fast") notes.push(`${name} backward is an estimate: each amount is less than ${bound} base units from the exact share.`);
  }
  const conserving = Object.entries(methods).filter(([, { conserves }]) => conserves);
  if (conserving.length > 0)
    notes.push(`${conserving.map(([name]) => name).join(", ")}: seed + converted in = held + stopped + fees + floor + converted out, to the unit.`);
  if (methods.fifo || methods.lifo) notes.push("FIFO and LIFO are presumptions about mixed accounts, not findings of fact.");
  notes.push(knownErrors(ask.methods, ask.direction));
  return notes;
}
