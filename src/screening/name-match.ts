// How like a name on a list is to the one that was typed: letters in common, word by word, with the sum in plain sight.
// Likeness is never identity, and the words for it are "written so", "the same words", "near".
import { editDistance } from "../edit-distance.ts";

export type Likeness = {
  kind: "exact" | "same words" | "near" | "contains";
  /** 0 to 1: twice the letters that agree, over the letters of both names; a common word counts a quarter. */
  score: number;
  /** What agreed, what did not, and what was left over. */
  why: string[];
};

/** More than any name held has; a query is bounded by its length as well. */
const WORDS_MAX = 40;
const NEAR_SCORE_MIN = 0.72;
/** A word that more than this part of a list's names have says little. */
const COMMON_SHARE = 0.01;
const COMMON_WEIGHT = 0.25;

/** Letters that no decomposition takes apart. */
const PLAIN: Record<string, string> = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };

/** Case, accents and punctuation go; letters of every script and digits stay. */
export function foldName(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/[\p{M}\p{Cf}]/gu, "")
    .toLowerCase()
    .replaceAll(/[ßæœøłđðþı]/g, (letter) => PLAIN[letter]!)
    .replaceAll(/['’ʼ`]/g, "")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

const wordsOf = (folded: string): string[] => (folded === "" ? [] : folded.split(" ").slice(0, WORDS_MAX));

/** Letters that two words may differ by and still be near: none in a short word, where every letter makes another name. */
const lettersOff = (length: number): number => (length <= 3 ? 0 : length <= 5 ? 1 : 2);

export type ListedName = { id: string; text: string; folded: string; words: readonly string[]; is: string };

export type NameIndex = {
  names: readonly ListedName[];
  /** Names that have a word. */
  byWord: ReadonlyMap<string, readonly number[]>;
  /** Names by their letters in order of words, without blanks: "ho jin yun" and "hojin yun" are one. */
  byLetters: ReadonlyMap<string, readonly number[]>;
  /** One bit for each kind of letter in a word: two words that differ in many bits are far apart. */
  bits: ReadonlyMap<string, number>;
  isCommon(word: string): boolean;
};

export function indexNames(listed: Iterable<{ id: string; text: string; is: string }>): NameIndex {
  const names: ListedName[] = [];
  const byWord = new Map<string, number[]>();
  const byLetters = new Map<string, number[]>();
  for (const { id, text, is } of listed) {
    const folded = foldName(text);
    if (folded === "") continue;
    const words = wordsOf(folded);
    const at = names.push({ id, text, folded, words, is }) - 1;
    for (const word of new Set(words)) put(byWord, word, at);
    put(byLetters, lettersOf(words), at);
  }
  const common = Math.max(3, names.length * COMMON_SHARE);
  return {
    names,
    byWord,
    byLetters,
    bits: new Map([...byWord.keys()].map((word) => [word, bitsOf(word)])),
    isCommon: (word) => (byWord.get(word)?.length ?? 0) > common,
  };
}

/**
 * Every name of the index that is exactly so, of the same words, or near. No candidate is dropped before it is weighed:
 * each word of the query is compared with each of the list, and near needs one word in common that is not a common one.
 */
export function matchNames(index: NameIndex, text: string): { name: ListedName; likeness: Likeness }[] {
  const folded = foldName(text);
  const words = wordsOf(folded);
  if (words.every((word) => index.isCommon(word))) return exactOnly(index, folded, words);
  const candidates = new Set(index.byLetters.get(lettersOf(words)));
  for (const word of words)
    for (const near of nearWords(index, word)) if (!index.isCommon(near)) for (const at of index.byWord.get(near)!) candidates.add(at);
  return [...candidates]
    .map((at) => ({ name: index.names[at]!, likeness: weigh(index, folded, words, index.names[at]!) }))
    .filter((match): match is { name: ListedName; likeness: Likeness } => match.likeness !== undefined);
}

/** Names that have every word that was typed and more: by far the most for a common family name, and no likeness of persons. */
export function namesContaining(index: NameIndex, text: string): ListedName[] {
  const words = wordsOf(foldName(text));
  const [rarest, ...others] = words.map((word) => index.byWord.get(word) ?? []).sort((a, b) => a.length - b.length);
  if (!rarest) return [];
  const sets = others.map((places) => new Set(places));
  return rarest.filter((at) => sets.every((places) => places.has(at))).map((at) => index.names[at]!);
}

/** A query of common words alone ("company limited") would be near to thousands: only what is written so is told. */
function exactOnly(index: NameIndex, folded: string, words: readonly string[]) {
  return (index.byLetters.get(lettersOf(words)) ?? []).map((at) => ({
    name: index.names[at]!,
    likeness: sameOf(folded, words, index.names[at]!),
  }));
}

function sameOf(folded: string, words: readonly string[], name: ListedName): Likeness {
  if (folded === name.folded) return { kind: "exact", score: 1, why: ["written the same, but for case, accents and punctuation"] };
  const same = words.length === name.words.length;
  return {
    kind: "same words",
    score: 1,
    why: [same ? "the same words in another order" : "the same letters, divided into words otherwise"],
  };
}

function weigh(index: NameIndex, folded: string, words: readonly string[], name: ListedName): Likeness | undefined {
  if (folded === name.folded || lettersOf(words) === lettersOf(name.words)) return sameOf(folded, words, name);
  const weight = (word: string) => word.length * (index.isCommon(word) ? COMMON_WEIGHT : 1);
  const pairs = words
    .flatMap((typed, i) => name.words.map((listed, j) => ({ i, j, typed, listed, off: distance(typed, listed) })))
    .filter(({ typed, listed, off }) => off <= lettersOff(Math.min(typed.length, listed.length)))
    .sort((a, b) => a.off - b.off || b.typed.length - a.typed.length || a.i - b.i || a.j - b.j);
  const [usedTyped, usedListed] = [new Set<number>(), new Set<number>()];
  const why: string[] = [];
  let agreed = 0;
  let isRare = false;
  for (const { i, j, typed, listed, off } of pairs) {
    if (usedTyped.has(i) || usedListed.has(j)) continue;
    usedTyped.add(i);
    usedListed.add(j);
    const longer = typed.length >= listed.length ? typed : listed;
    agreed += 2 * weight(longer) * (1 - off / longer.length);
    isRare ||= !index.isCommon(listed);
    if (off > 0) why.push(`“${typed}” for “${listed}”, ${off === 1 ? "one letter" : `${off} letters`} off`);
  }
  agreed += joinedWords(words, name.words, usedTyped, usedListed, why);
  const total = [...words, ...name.words].reduce((sum, word) => sum + weight(word), 0);
  const score = Math.min(1, agreed / total);
  if (!isRare || score < NEAR_SCORE_MIN) return undefined;
  const left = (list: readonly string[], used: ReadonlySet<number>) => list.filter((_, at) => !used.has(at)).map((word) => `“${word}”`);
  const [onlyTyped, onlyListed] = [left(words, usedTyped), left(name.words, usedListed)];
  if (onlyTyped.length > 0) why.push(`only in what was typed: ${onlyTyped.join(", ")}`);
  if (onlyListed.length > 0) why.push(`only on the list: ${onlyListed.join(", ")}`);
  const common = [...new Set([...words, ...name.words])].filter((word) => index.isCommon(word));
  if (common.length > 0) why.push(`common on this list, counted a quarter: ${common.map((word) => `“${word}”`).join(", ")}`);
  return { kind: "near", score, why };
}

/** One word here that is two there ("jongun", "jong un"). Twice the letters that agree. */
function joinedWords(
  typed: readonly string[],
  listed: readonly string[],
  usedTyped: Set<number>,
  usedListed: Set<number>,
  why: string[],
): number {
  let agreed = 0;
  const join = (one: readonly string[], usedOne: Set<number>, two: readonly string[], usedTwo: Set<number>) => {
    for (const [at, word] of one.entries())
      for (let next = 0; next + 1 < two.length; next++) {
        if (usedOne.has(at) || usedTwo.has(next) || usedTwo.has(next + 1) || two[next]! + two[next + 1]! !== word) continue;
        usedOne.add(at);
        usedTwo.add(next).add(next + 1);
        agreed += 2 * word.length;
        why.push(`“${word}” for “${two[next]} ${two[next + 1]}”, written together`);
      }
  };
  join(typed, usedTyped, listed, usedListed);
  join(listed, usedListed, typed, usedTyped);
  return agreed;
}

function nearWords(index: NameIndex, word: string): string[] {
  if (lettersOff(word.length) === 0) return index.byWord.has(word) ? [word] : [];
  const bits = bitsOf(word);
  const most = lettersOff(word.length);
  const near: string[] = [];
  for (const [other, otherBits] of index.bits) {
    const off = lettersOff(Math.min(word.length, other.length));
    if (Math.abs(other.length - word.length) > most || bitCount(bits ^ otherBits) > 2 * off) continue;
    if (other === word || (off > 0 && editDistance(word, other) <= off)) near.push(other);
  }
  return near;
}

const distance = (a: string, b: string): number => (a === b ? 0 : Math.abs(a.length - b.length) > 2 ? 3 : editDistance(a, b));

const lettersOf = (words: readonly string[]): string => words.toSorted().join("");

function bitsOf(word: string): number {
  let bits = 0;
  for (const letter of word) bits |= 1 << (letter.codePointAt(0)! % 32);
  return bits;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count += 1;
  return count;
}

function put<K>(map: Map<K, number[]>, key: K, value: number): void {
  const held = map.get(key);
  if (held) held.push(value);
  else map.set(key, [value]);
}
