// "51 months ago": how old a day or a moment is, in the words of a card, and when those words next change. A page that
// prints an age is made again exactly then. Calendar months: a month after Jan 31 is the last day of February.
export type Age = { words: string; /** The moment at which the words change. */ until: string };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** Months are said up to here: "51 months ago" says more than "4 years ago". */
const MONTHS_MAX = 60;

/** `at` is a time, a day, a month or a year, in UTC; an age is never more precise than it. */
export function ageOf(at: string, now: string): Age {
  const start = Date.parse(at.length === 4 ? `${at}-01-01` : at.length === 7 ? `${at}-01` : at);
  const current = Date.parse(now);
  const passed = current - start;
  const step = (length: number, one: string): Age => {
    const count = Math.floor(passed / length);
    return { words: `${count} ${one}${count === 1 ? "" : "s"} ago`, until: iso(start + (count + 1) * length) };
  };
  const months = monthsBetween(start, current);
  if (at.length === 4) return yearAge(start, current, "this year");
  if (at.length === 7 && months === 0) return { words: "this month", until: iso(addMonths(start, 1)) };
  if (months === 0) {
    const end = addMonths(start, 1);
    const capped = (age: Age): Age => (Date.parse(age.until) > end ? { ...age, until: iso(end) } : age);
    // A day that has not come yet where the clock stands is as good as now.
    if (at.length === 10)
      return passed < DAY
        ? { words: "today", until: iso(Math.max(start + DAY, current + 1)) }
        : capped(passed < WEEK ? step(DAY, "day") : step(WEEK, "week"));
    if (passed < MINUTE) return { words: "just now", until: iso(Math.max(start + MINUTE, current + 1)) };
    return capped(
      passed < HOUR ? step(MINUTE, "minute") : passed < DAY ? step(HOUR, "hour") : passed < WEEK ? step(DAY, "day") : step(WEEK, "week"),
    );
  }
  if (months < MONTHS_MAX) return { words: `${months} month${months === 1 ? "" : "s"} ago`, until: iso(addMonths(start, months + 1)) };
  return yearAge(start, current, "");
}

/** The earliest of several moments: when a page with these ages has to be made again. */
export function earliest(ages: readonly (Age | undefined)[]): string | undefined {
  return ages.reduce<string | undefined>(
    (first, age) => (age && (first === undefined || age.until < first) ? age.until : first),
    undefined,
  );
}

function yearAge(start: number, current: number, none: string): Age {
  const years = Math.floor(monthsBetween(start, current) / 12);
  const until = iso(addMonths(start, (years + 1) * 12));
  return years === 0 ? { words: none, until } : { words: `${years} year${years === 1 ? "" : "s"} ago`, until };
}

/** Whole calendar months from one moment to a later one; 0 when it is not later. */
function monthsBetween(start: number, current: number): number {
  if (current <= start) return 0;
  const [from, to] = [new Date(start), new Date(current)];
  const months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
  return addMonths(start, months) <= current ? months : months - 1;
}

function addMonths(start: number, months: number): number {
  const from = new Date(start);
  const month = from.getUTCMonth() + months;
  const last = new Date(Date.UTC(from.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Math.min(from.getUTCDate(), last);
  return Date.UTC(from.getUTCFullYear(), month, day) + (start - Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), from.getUTCDate()));
}

const iso = (time: number): string => new Date(time).toISOString();
