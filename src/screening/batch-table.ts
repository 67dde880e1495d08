// A batch as it comes in and as it goes out: one address a line, one line of CSV for each answer, and the counts of all.
import { formatCell } from "../csv.ts";
import { TracewireError } from "../errors.ts";
import type { BatchAnswer, Screener } from "./screen-batch.ts";

const LINE_LENGTH_MAX = 10_000;

/** Of a line with more columns the first; undefined where it is empty or the heading “address”. Throws BAD_INPUT for one that is no line of text. */
export function addressOfLine(line: string, at: number, file: string): string | undefined {
  if (line.length > LINE_LENGTH_MAX) throw new TracewireError("BAD_INPUT", { what: `A line of ${line.length} characters`, where: `${file}:${at}` });
  const cell = line.replace(/^\uFEFF/, "").split(/[,;\t]/)[0]!.trim().replace(/^"(.*)"$/, "$1");
  return cell === "" || (at === 1 && /^address(es)?$/i.test(cell)) ? undefined : cell;
}

export const BATCH_COLUMNS = ["given", "address", "form", "as_of", "outcome", "alert", "words", "for", "against", "tags", "exceptions", "editions"] as const;

/** Of BATCH_COLUMNS, without the end of the line. */
export function batchLine({ given, address, form, on, outcome, is_alert, words, evidence, tags, exceptions, editions }: BatchAnswer): string {
  const cells = [
    given, address, form, on, outcome, is_alert ? "yes" : "no", words, evidence.for.join(" | "), evidence.against.join(" | "),
    tags.map(({ label, said_by }) => `${label} (${said_by})`).join(" | "),
    exceptions.map(({ seq, state }) => `${seq} ${state}`).join(" | "),
    editions.map(({ list: name, edition, holds }) => `${name} ${edition} ${holds ? "yes" : "no"}`).join(" | "),
  ];
  return cells.map(formatCell).join(",");
}

/** What is shown of a batch: everything else is in the table. */
export const isShown = ({ is_alert, exceptions, outcome }: BatchAnswer): boolean => is_alert || exceptions.length > 0 || outcome === "delisted";

/** For, against, tags that are no sanction, each as (what it is, words). */
export function evidenceLines({ evidence, tags }: BatchAnswer): [kind: "for" | "against" | "tag", words: string][] {
  return [
    ...evidence.for.map((line): ["for", string] => ["for", line]),
    ...evidence.against.map((line): ["against", string] => ["against", line]),
    ...tags.filter(({ abuse }) => abuse !== "sanction").slice(0, 3).map((tag): ["tag", string] => ["tag", `${tag.label}, says ${tag.said_by}${tag.since ? `, ${tag.since}` : ""}`]),
  ];
}

const OUTCOMES = ["listed", "delisted", "not listed", "unknown"] as const;

/** Of those that cannot be read and are no alert, so many are named. */
const UNREAD_SHOWN = 50;

export type BatchCounts = { addresses: number; alerts: number; unreadable: number; unread: { given: string; form: string }[]; outcomes: Record<string, number> };
export const newCounts = (): BatchCounts => ({ addresses: 0, alerts: 0, unreadable: 0, unread: [], outcomes: {} });

export function count(counts: BatchCounts, { given, outcome, is_alert, form }: BatchAnswer): void {
  counts.addresses += 1;
  counts.outcomes[outcome] = (counts.outcomes[outcome] ?? 0) + 1;
  if (is_alert) counts.alerts += 1;
  if (!form.startsWith("no ")) return;
  counts.unreadable += 1;
  if (!is_alert && counts.unread.length < UNREAD_SHOWN) counts.unread.push({ given, form });
}

export type BatchWords = { counts: [head: string, words: string]; unreadable?: string; unread: BatchCounts["unread"]; looked_into: string };

/** The counts, what could not be read, and which editions were looked into. */
export function batchWords({ addresses, alerts, unreadable, unread, outcomes }: BatchCounts, { on, vintage, indexed }: Pick<Screener, "on" | "vintage" | "indexed">): BatchWords {
  const parts = OUTCOMES.flatMap((name) => (outcomes[name] === undefined ? [] : [`${outcomes[name]} ${name}`]));
  return {
    counts: [`${addresses} ${addresses === 1 ? "address" : "addresses"} as of ${on}`, `${parts.join(", ")}; ${alerts} to be looked at.`],
    ...(unreadable > 0 ? { unreadable: `${unreadable} cannot be read as an address: compared letter by letter only, and no list clears them.` } : {}),
    unread,
    looked_into:
      vintage.length > 0
        ? `Looked into: ${vintage.map(({ list, edition, entry, row_count }) => `${list} ${edition} (entry ${entry}, ${row_count} lines)`).join("; ")}; ${indexed.tags} tags.`
        : "No list of addresses is held and released: nothing was looked into.",
  };
}
