// Periods as YYYY, YYYY-MM, YYYY-MM-DD or from/to, in UTC days, both ends included.

export function periodDays(period: string): number {
  const [from, to = from] = period.split("/") as [string, string?];
  return Math.round((Date.parse(lastDay(to!)) - Date.parse(firstDay(from))) / 86_400_000) + 1;
}

/** "3 years", "9 months", "15 days": whole calendar units, so that a leap year is as long as another. */
export function periodLengthName(period: string): string {
  const [from, to = from] = period.split("/") as [string, string?];
  const [first, last] = [firstDay(from), lastDay(to!)];
  const startsMonth = first.endsWith("-01");
  const endsMonth = last === lastDay(last.slice(0, 7));
  if (!startsMonth || !endsMonth) return plural(periodDays(period), "day");
  const months = monthIndex(last) - monthIndex(first) + 1;
  return months % 12 === 0 ? plural(months / 12, "year") : plural(months, "month");
}

export function firstDay(date: string): string {
  return date.length === 4 ? `${date}-01-01` : date.length === 7 ? `${date}-01` : date;
}

export function lastDay(date: string): string {
  if (date.length === 10) return date;
  if (date.length === 4) return `${date}-12-31`;
  const [year, month] = date.split("-").map(Number) as [number, number];
  return `${date}-${new Date(Date.UTC(year, month, 0)).getUTCDate().toString().padStart(2, "0")}`;
}

const monthIndex = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
