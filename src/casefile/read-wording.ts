// What a marked sentence says, as far as its words alone can tell: a number with its unit, how sure the speaker is, who speaks,
// a date. A proposal for a form that a person looks through; nothing is ever written by it.
import type { ClaimInput } from "./claim-schema.ts";

export type Reading = Partial<Pick<ClaimInput, "value" | "unit" | "hedge" | "bound" | "claimant" | "period" | "as_of" | "measure">> & {
  /** "amount", "count", "date" or "attributed_to": what field it may be for. */
  field?: string;
  /** The value as it stands in the text. */
  value_text?: string;
};

const SCALES: Record<string, number> = { thousand: 3, k: 3, million: 6, mn: 6, mln: 6, m: 6, billion: 9, bn: 9, b: 9, trillion: 12, tn: 12 };
const SIGNS: Record<string, string> = { $: "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₩": "KRW" };
const NAMES: Record<string, string> = { dollars: "USD", dollar: "USD", euros: "EUR", euro: "EUR", pounds: "GBP", yen: "JPY", won: "KRW" };
const ASSETS = "BTC|ETH|USDT|USDC|DAI|XRP|TRX|SOL|BNB|LTC|XMR|WBTC|WETH";
const NUMBER = String.raw`\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?`;
const SCALE = String.raw`(?:\s?(thousand|million|billion|trillion|mln|mn|bn|tn|[kmb])\b)?`;
const MONEY = new RegExp(String.raw`(US\$|[$€£¥₩])\s?(${NUMBER})${SCALE}`, "i");
const WITH_UNIT = new RegExp(String.raw`(${NUMBER})${SCALE}\s(${ASSETS}|USD|EUR|KRW|(?:US )?dollars?|euros?|pounds|yen|won)\b`, "i");
const COUNT = new RegExp(String.raw`(?<![\w.,$€£-])(${NUMBER})${SCALE}\s+((?:[a-z]+\s){0,2}[a-z]+s)\b`, "i");

const MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

const NAME = String.raw`[A-Z][\w.&’'-]*(?: (?:of|the|and|for|[A-Z][\w.&’'-]*))*`;
const SAYING = "said|says|told|tells|reported|reports|estimates?d?|claims?|claimed|announced|announces|believes?|suspects?|regrets?|regretted|puts|states|stated|denies|denied|confirms?|confirmed|warned|wrote|writes|disclosed|admitted|lists|counts|attributes|attributed|blames|blamed|accuses|accused";
/** "According to the exchange" names whoever that is as it names them. */
const SPEAKER = new RegExp(String.raw`\b[Aa]ccording to ((?:the )?${NAME}|the [a-z]+)|((?:[A-Z][\w.&’'-]*)(?: (?:of|for|[A-Z][\w.&’'-]*))*) (?:also |has |have |had )?(?:${SAYING})\b`);
const SPEAKS = new RegExp(String.raw`\b(?:${SAYING})\b`);
const SAID_ON = /\b(?:said|told \w+|announced|stated|wrote|reported|confirmed|disclosed)(?: so)? (?:on )?/;
const DATE_CHARS_MAX = 24;
const BOUND_CHARS_MAX = 40;
const WHO = String.raw`(?:the )?([A-Z]\w*(?: [A-Z]\w*)*)`;
const BLAMED = new RegExp(String.raw`\b${WHO} (?:is|was|were|are|to be) behind\b|\b(?:attribut\w+ (?:it|this|the \w+) to|blam\w+(?: it on)?|accus\w+) ${WHO}`);

/** Order matters: what is denied is not merely reported. First match wins. */
const HEDGE_WORDS: readonly [ClaimInput["hedge"], RegExp][] = [
  ["withdrawn", /\b(withdr[ae]w\w*|retract\w*)\b/i],
  ["denied", /\b(den(?:y|ied|ies|ying)|disput\w+|reject\w+)\b/i],
  ["suspected", /\b(suspect\w*|alleg\w+|believed? to|likely|possibly|may have|might have|thought to|investigat(?:e[ds]?|ing)|under investigation)\b/i],
  ["estimated", /\b(estimat\w+|approximately|roughly|some \d|around|about)\b/i],
  ["reported", /\b(report\w+|according to|reportedly|is said to|are said to)\b/i],
  ["asserted", /\b(stole|stolen|lost|took|confirm\w*|announc\w+|state[sd]?|said|says|told)\b/i],
];
const BOUND_WORDS: readonly [NonNullable<ClaimInput["bound"]>, RegExp][] = [
  ["at_least", /\b(at least|more than|over|no less than|not less than|exceed\w*|upwards of)\s+(?:US)?[$€£¥₩]?\s?\d/i],
  ["at_most", /\b(at most|up to|less than|no more than|fewer than|under)\s+(?:US)?[$€£¥₩]?\s?\d/i],
  ["about", /\b(about|approximately|around|roughly|nearly|almost|some|estimated)\s+(?:US)?[$€£¥₩]?\s?\d|~\s?[$€£¥₩]?\d/i],
];

/** "Between $43 million and $52 million", "3–4 million": two bounds, and neither of them is the value. */
const RANGE = new RegExp(
  String.raw`\b(?:between|from)\s+(?:US\$|[$€£¥₩])?\s?(?:${NUMBER})${SCALE}(?:\s[A-Za-z]+)?\s+(?:and|to)\s+(?:US\$|[$€£¥₩])?\s?(?:${NUMBER})${SCALE}|(?:US\$|[$€£¥₩])?\s?(?:${NUMBER})${SCALE}\s?(?:[–—]|to\b|-(?!\d\d-))\s?(?:US\$|[$€£¥₩])?\s?(?:${NUMBER})${SCALE}`,
  "gi",
);

/**
 * `sentence` is looked at for words, `marked` (the whole of it by default) for the value. Of a sentence of several clauses only
 * the one that was marked counts: what stands behind a semicolon is often somebody else's word. Of a range no value is read.
 */
export function readWording(whole: string, marked = whole): Reading {
  const reading: Reading = {};
  const sentence = clauseOf(whole, marked);
  const found = amountIn(marked);
  const amount = found && isInRange(marked, found.value_text!) ? { unit: found.unit, value_text: found.value_text } : found;
  const date = dateIn(marked);
  const blamed = amount ? undefined : BLAMED.exec(marked);
  const counted = amount || blamed ? null : COUNT.exec(marked);
  const count = counted && isInRange(marked, counted[0]) ? null : counted;
  if (blamed) Object.assign(reading, { value: blamed[1] ?? blamed[2], value_text: blamed[0], field: "attributed_to" });
  else if (amount) Object.assign(reading, amount, { field: "amount" });
  else if (date && marked.trim().length <= date.text.length + 4) Object.assign(reading, { value: date.value, value_text: date.text, field: "date" });
  else if (count) Object.assign(reading, { value: scaled(count[1]!, count[2]), unit: count[3]!.toLowerCase(), value_text: count[0], field: "count" });
  // What was marked says best how sure it is; the rest of its sentence may be of something else.
  const hedge = [marked, sentence].map((part) => HEDGE_WORDS.find(([, words]) => words.test(part))?.[0]).find((one) => one !== undefined);
  if (hedge) reading.hedge = hedge;
  const bound = reading.value !== undefined && (amount || count) ? boundBefore(sentence, marked, reading.value_text!) : undefined;
  if (bound) reading.bound = bound;
  if (/\b(net of|after deduct\w+|less what was recovered)\b/i.test(sentence)) reading.measure = "net";
  // Where the marked words have a speaker without a name, nobody else of the sentence is taken for him.
  const claimant = SPEAKER.exec(marked) ?? (SPEAKS.test(marked) ? null : SPEAKER.exec(sentence));
  const name = claimant?.[1] === undefined ? claimant?.[2]?.replace(/^[Tt]he /, "") : claimant[1].replace(/^the (?=[A-Z])/, "").replace(/^t/, "T");
  if (name && !/^(It|He|She|They|We|I|This|That|In|On|At)$/.test(name)) reading.claimant = name;
  // A date right behind a word of saying is when it was said; any other is of what it tells.
  const said = SAID_ON.exec(sentence);
  const said_on = said && dateIn(sentence.slice(said.index, said.index + said[0].length + DATE_CHARS_MAX));
  if (said_on && sentence.indexOf(said_on.text) === said.index + said[0].length) reading.as_of = said_on.value;
  const [told] = [marked, sentence].flatMap((part) => dateIn(reading.as_of === undefined ? part : part.replace(said_on!.text, "")) ?? []);
  if (told && reading.field !== "date") reading.period = told.value;
  return reading;
}

/** Every number that a text has, as plain decimals, each as it stands and with its scale: "41.4 million" is both. */
export function numbersIn(text: string): string[] {
  const found = text.matchAll(new RegExp(String.raw`(${NUMBER})${SCALE}`, "gi"));
  return [...found].flatMap((match) => [scaled(match[1]!, undefined), scaled(match[1]!, match[2])]);
}

function clauseOf(sentence: string, marked: string): string {
  const at = sentence.indexOf(marked);
  if (at < 0) return sentence;
  const end = sentence.indexOf(";", at + marked.length);
  return sentence.slice(sentence.lastIndexOf(";", at) + 1, end < 0 ? undefined : end);
}

/** "At least" is a bound of the number that it stands before, and of no other in the sentence. */
function boundBefore(sentence: string, marked: string, value_text: string): Reading["bound"] {
  const at = Math.max(0, sentence.indexOf(marked)) + marked.indexOf(value_text);
  const upToDigit = sentence.slice(0, at) + /^\D*\d/.exec(value_text)![0];
  const words = upToDigit.slice(-BOUND_CHARS_MAX);
  return BOUND_WORDS.find(([, pattern]) => [...words.matchAll(new RegExp(pattern.source, "gi"))].some((match) => match.index + match[0].length === words.length))?.[0];
}

function isInRange(text: string, value_text: string): boolean {
  const at = text.indexOf(value_text);
  return [...text.matchAll(RANGE)].some((range) => range.index < at + value_text.length && at < range.index + range[0].length);
}

function amountIn(text: string): Pick<Reading, "value" | "unit" | "value_text"> | undefined {
  const money = MONEY.exec(text);
  if (money) return { value: scaled(money[2]!, money[3]), unit: SIGNS[money[1]!.toUpperCase()]!, value_text: money[0] };
  const other = WITH_UNIT.exec(text);
  if (!other) return undefined;
  const word = other[3]!.toLowerCase().replace(/^us /, "");
  return { value: scaled(other[1]!, other[2]), unit: NAMES[word] ?? other[3]!.toUpperCase(), value_text: other[0] };
}

/** "41.4", "million" → "41400000": digits are moved, nothing is multiplied in floating point. */
function scaled(number: string, scale: string | undefined): string {
  const [whole, fraction = ""] = number.replaceAll(",", "").split(".") as [string, string?];
  const places = scale === undefined ? 0 : SCALES[scale.toLowerCase()]!;
  const moved = fraction.padEnd(places, "0");
  const rest = moved.slice(places).replace(/0+$/, "");
  const digits = (whole + moved.slice(0, places)).replace(/^0+(?=\d)/, "");
  return rest ? `${digits}.${rest}` : digits;
}

function dateIn(text: string): { value: string; text: string } | undefined {
  const iso = /\b(\d{4})-(\d{2})-(\d{2})\b/.exec(text);
  if (iso) return { value: iso[0], text: iso[0] };
  const name = MONTHS.map((month) => `${month}|${month.slice(0, 3)}`).join("|");
  const day = new RegExp(String.raw`\b(${name})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b|\b(\d{1,2}) (${name})\.?,? (\d{4})\b`, "i").exec(text);
  if (day) return { value: `${day[3] ?? day[6]}-${monthNumber(day[1] ?? day[5]!)}-${(day[2] ?? day[4]!).padStart(2, "0")}`, text: day[0] };
  const month = new RegExp(String.raw`\b(${name})\.? (\d{4})\b`, "i").exec(text);
  return month ? { value: `${month[2]}-${monthNumber(month[1]!)}`, text: month[0] } : undefined;
}

const monthNumber = (name: string): string => String(MONTHS.findIndex((month) => month.startsWith(name.toLowerCase())) + 1).padStart(2, "0");
