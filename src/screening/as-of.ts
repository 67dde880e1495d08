// An edition proves its own day only. Between two that agree one may say so; after the last, and before the first, nobody
// knows (DOMAIN §9.15). An edition of a month is taken for every day of it, because its day is not known.
export type Outcome = "listed" | "delisted" | "not listed" | "unknown";
export type Decided = { outcome: Outcome; /** One sentence or two for readers. */ words: string };
export type Seen = { edition: string; holds: boolean };

const covers = (edition: string, on: string): boolean => on.startsWith(edition);

/** `seen`: every edition held, oldest first. `subject` stands in the sentences: "it", "this entry", "such a name". */
export function decideAsOf(on: string, seen: readonly Seen[], subject = "it"): Decided {
  const exact = seen.filter(({ edition }) => covers(edition, on));
  const holding = exact.find(({ holds }) => holds);
  if (holding) return { outcome: "listed", words: `The edition of ${holding.edition} has ${subject}.` };
  if (exact.length > 0) return { outcome: "not listed", words: `The edition of ${exact[0]!.edition} does not have ${subject}.` };
  const before = seen.findLast(({ edition }) => edition < on.slice(0, edition.length));
  const after = seen.find(({ edition }) => edition > on.slice(0, edition.length));
  if (before?.holds && after?.holds)
    return {
      outcome: "listed",
      words: `The editions of ${before.edition} and ${after.edition}, on either side of that day, have ${subject}. What happened in between was not seen.`,
    };
  if (before && after && !before.holds && !after.holds)
    return {
      outcome: "not listed",
      words: `Neither the edition of ${before.edition} nor that of ${after.edition}, on either side of that day, has ${subject}.`,
    };
  const near = [before, after]
    .filter((item) => item !== undefined)
    .map(({ edition, holds }, at) => `${at === 0 ? "the edition" : "that"} of ${edition} ${holds ? "has" : "does not have"} ${subject}`);
  const ending = near.length > 0 ? `; ${near.join(", and ")}` : "";
  return { outcome: "unknown", words: `No edition that we hold covers that day${ending}.` };
}

/** An entry that states the day of its listing, in one edition: the list itself says that it was there from then on. */
export function decideByListedOn(on: string, { edition, listed_on }: { edition: string; listed_on: string }): Decided {
  if (on < listed_on)
    return { outcome: "not listed", words: `Not yet: the edition of ${edition} gives ${listed_on} as the day of its listing.` };
  if (on.slice(0, edition.length) <= edition)
    return { outcome: "listed", words: `Since ${listed_on}, says the edition of ${edition}, which still has it.` };
  return { outcome: "unknown", words: `The last edition that we hold is of ${edition}, and has it as listed since ${listed_on}.` };
}

export type ReportedEvent = { listed: string; event: string; date: string };

/**
 * What was reported of one name, as held up to the day `until`. A date may be a month; a day within it cannot be told.
 * Undefined when nothing was by then.
 */
export function decideByReports(on: string, events: readonly ReportedEvent[], until: string): Decided | undefined {
  const within = events.find(({ date }) => date.length < 10 && on.startsWith(date));
  if (within) return { outcome: "unknown", words: `${within.listed} was reported ${within.event} within that month, its day not told.` };
  const last = events
    .filter(({ date }) => date <= on)
    .toSorted((a, b) => (a.date < b.date ? -1 : 1))
    .at(-1);
  if (!last) return undefined;
  if (last.event === "delisted") return { outcome: "delisted", words: `${last.listed} was reported taken off the list on ${last.date}.` };
  if (on.slice(0, until.length) > until)
    return { outcome: "unknown", words: `${last.listed} was reported ${last.event} in ${last.date}; reports are held up to ${until}.` };
  return {
    outcome: "listed",
    words: `By report: ${last.listed} was reported ${last.event} in ${last.date}, and no report held ends it by that day.`,
  };
}
