// Does a sentence blame somebody, and does it say who blames? Names come from the case file: whom any claim blames, and what
// groups are called.
import type { LogReader } from "../evidence/evidence.ts";

/** Acts that a court or a named body may find, and a newsroom only reports (the IFCN's code of principles asks for the source). */
const ACCUSING = /\b(stole|steals?|robs?|robbed|hacks?|hacked|launder(?:s|ed)|order(?:s|ed)|carried out|committed|masterminded|smuggled|evaded|(?:was|were|is|are) behind)\b/i;
const NOBODY = /\b(nobody|no one|none of them)\b/i;
export const HEDGED =
  /\b(suspect\w*|alleg\w*|accus\w*|claim\w*|say|says|said|accord\w*|report\w*|attribut\w*|blam\w*|estimat\w*|investigat\w*|think\w*|believ\w*)\b/i;

const STATE = /\b(?:North Korea|DPRK|Pyongyang|Kim Jong.Un)\b/i;

/** Words of blame about the state, or an act of somebody whom the case file knows. "It blames nobody" blames nobody. */
export function blamesSomebody(log: LogReader, sentence: string): boolean {
  if (NOBODY.test(sentence)) return false;
  return /\b(North Korea|DPRK|accus|blam|suspect)/i.test(sentence) || (ACCUSING.test(sentence) && nameIn(log, sentence) !== undefined);
}

/** Who a sentence says flatly did what: a name, an act, and no word of who says so. */
export function accusedIn(log: LogReader, sentence: string): { name: string; act: string } | undefined {
  const act = ACCUSING.exec(sentence)?.[0];
  if (act === undefined || HEDGED.test(sentence) || NOBODY.test(sentence)) return undefined;
  const name = nameIn(log, sentence);
  return name === undefined ? undefined : { name, act };
}

function nameIn(log: LogReader, sentence: string): string | undefined {
  const low = sentence.toLowerCase();
  const isLetter = (at: number) => /\p{L}/u.test(low[at] ?? " ");
  const named = readBlamed(log).find((name) => {
    const at = low.indexOf(name.toLowerCase());
    return at >= 0 && !isLetter(at - 1) && !isLetter(at + name.length);
  });
  return named ?? STATE.exec(sentence)?.[0];
}

/** Shorter ones are words of the language too often. */
const NAME_CHARS_MIN = 4;
const blamed = new WeakMap<LogReader["db"], { log_size: number; names: readonly string[] }>();

/** Read once for a size of the log: the lint runs while somebody types. */
function readBlamed(log: LogReader): readonly string[] {
  const log_size = log.size();
  const known = blamed.get(log.db);
  if (known?.log_size === log_size) return known.names;
  const rows = log.db
    .prepare(
      `SELECT DISTINCT body ->> '$.value' AS name FROM claims WHERE to_seq IS NULL
         AND ((subject GLOB 'theft/*' AND field = 'attributed_to') OR (subject GLOB 'actor/*' AND field IN ('name', 'alias')))`,
    )
    .all() as { name: string }[];
  const names = rows.map(({ name }) => name).filter((name) => name.length >= NAME_CHARS_MIN);
  blamed.set(log.db, { log_size, names });
  return names;
}
