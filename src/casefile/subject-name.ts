/** The part of a subject behind its kind, made of words: lower case, no accents, at most 80 characters; empty where nothing is left. */
export const subjectName = (text: string): string =>
  text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 80);
