/** The part of a subject behind its kind, made of words: lower case, no accents, at most 80 characters; empty where nothing is left. */
export const subjectName = (text: string): string => hyphened(text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase());

/** As it was made before: é became e and a hyphen. Subjects that are in a log under such a name keep it, and so their address. */
const formerName = (text: string): string => hyphened(text.toLowerCase().normalize("NFKD"));

const hyphened = (text: string): string =>
  text
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 80);

/** A subject, `before` and `words` joined to its name; under the name that it has already, where `isHeld` knows it by the former one. */
export function subjectOf(kind: string, before: string, words: string, isHeld: (subject: string) => boolean): string {
  const [subject, former] = [subjectName, formerName].map((name) => `${kind}/${before}${name(words)}`) as [string, string];
  return former !== subject && !isHeld(subject) && isHeld(former) ? former : subject;
}
