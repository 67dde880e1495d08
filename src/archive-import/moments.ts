// Times as exports write them, made UTC. A time without a zone is taken as UTC, and the import says so; a day stays a day.
import type { Losses } from "./taken-post.ts";

const YEAR_MIN = 1900;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const ZONELESS = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)$/;
/** RFC 822 as feeds write it, and ISO 8601 with a zone: what Date reads the same everywhere. */
const ISO = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})$/;
const RFC_822 = /^([A-Za-z]{3,9},?\s+)?\d{1,2}\s+[A-Za-z]{3,9}\s+\d{4}\s+\d{1,2}:\d{2}(:\d{2})?\s*(GMT|UTC|UT|Z|[+-]\d{4}|EST|EDT|CST|CDT|MST|MDT|PST|PDT)?$/;

/** "2018-08-11" or "2018-08-11T11:23:34.000Z"; undefined where it is no moment that can be. */
export function readMoment(value: string | number | undefined, lost: Losses): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number") return checked(new Date(value));
  const text = value.trim();
  if (DAY.test(text)) return checked(new Date(`${text}T00:00:00Z`))?.startsWith(text) ? text : undefined;
  const zoneless = ZONELESS.exec(text);
  if (zoneless) {
    lost.add("time zone not stated: taken as UTC");
    return checked(new Date(`${zoneless[1]}T${zoneless[2]}Z`));
  }
  if (ISO.test(text)) return checked(new Date(text.replace(/\s(?=[Z+-])/, "").replace(" ", "T")));
  if (!RFC_822.test(text)) return undefined;
  const hasZone = /[A-Z]$|[+-]\d{4}$/.test(text);
  if (!hasZone) lost.add("time zone not stated: taken as UTC");
  return checked(new Date(hasZone ? text : `${text} GMT`));
}

function checked(date: Date): string | undefined {
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < YEAR_MIN || date.getUTCFullYear() > 9999) return undefined;
  return date.toISOString();
}
