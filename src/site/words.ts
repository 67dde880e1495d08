// Dates and addresses as readers see them.
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "2024-03-26" → "Mar 26, 2024", to the precision given; also of a time (its day in UTC) and of a span "from/to". */
export function formatDay(date: string): string {
  if (date === "unstated") return "date not stated";
  const [from, to] = date.split("/") as [string, string?];
  if (to) return `${formatDay(from)} to ${formatDay(to)}`;
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/.exec(date);
  if (!match) return date;
  const [, year, month, day] = match;
  if (!month) return year!;
  return day ? `${MONTHS[Number(month) - 1]} ${Number(day)}, ${year}` : `${MONTHS[Number(month) - 1]} ${year}`;
}

/** "2024-03-26T01:02:03Z" → "Mar 26, 2024, 01:02:03", as exactly as it is stated. UTC, which the column's head says. */
export const formatMoment = (time: string): string => `${formatDay(time.slice(0, 10))}, ${time.slice(11).replace("Z", "")}`;

/** The machine's form of the same date for a time element: a day, a month, a year. */
export function dayOf(date: string): string {
  return date.slice(0, 10);
}

export function plural(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Where a figure is opened, with the state of the log that its value was computed from. */
export const figureHref = (id: string, log_size: string | number): string => `/figures/${id}?known=${log_size}`;
export const theftHref = (subject: string): string => `/thefts/${subject.slice("theft/".length)}`;
export const storyHref = (slug: string): string => `/stories/${slug}`;

/** Of whatever was published, an archive story too. */
export const publishedHref = ({ slug, type }: { slug: string; type: string }): string => (type === "release" ? `/press-releases/${slug}` : storyHref(slug));
export const revisionHref = (slug: string, revision: number): string => `/stories/${slug}/revisions/${revision}`;

const PROPER: Record<string, string> = {
  dprk: "DPRK",
  un: "UN",
  msmt: "MSMT",
  it: "IT",
  russia: "Russia",
  russian: "Russian",
  reconnaissance: "Reconnaissance",
  general: "General",
  bureau: "Bureau",
  chollima: "Chollima",
};

/** A subject's key as words: "worker-posting/dprk-it-workers" becomes "DPRK IT workers". Keys have no capitals of their own. */
export function subjectWords(subject: string): string {
  const key = subject.slice(subject.indexOf("/") + 1);
  // A symbol of the Security Council: S/2024/215.
  if (/^s-\d{4}-\d+$/.test(key)) return key.toUpperCase().replaceAll("-", "/");
  const words = key.split("-").map((word) => (Object.hasOwn(PROPER, word) ? PROPER[word]! : word));
  return capital(words.join(" ").replace(/ (\d{4})(?: (\d{4}))?$/, (_, from: string, to?: string) => (to ? `, ${from} to ${to}` : `, ${from}`)));
}
