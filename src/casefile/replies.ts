// Right of reply. Whoever is blamed is asked; what was asked, of whom, how and by when, their text, and that nothing came,
// are claims of kind `reply`, each read in a capture: the very words that were sent, the very words that came back (DOMAIN
// §1: reply records with deadline, channel, text, “no response by”, tied to the wording sent).
import { TracewireError } from "../errors.ts";
import { appendCapture, appendRelease, prepareCapture, type BlobKeeper, type LogReader, type PreparedCapture, type Transaction } from "../evidence/evidence.ts";
import { HEDGES } from "./claim-words.ts";
import { appendClaim, parseClaim, type Claim, type ClaimInput } from "./claims.ts";
import { fieldSpec } from "./kinds.ts";
import { readClaims, type Vantage } from "./read-casefile.ts";

/** As the reply box knows a request of our own. */
const HOUSE = "Tracewire";
const LINE_CHARS_MAX = 200;
const LETTER_CHARS_MAX = 20_000;
/** What of a letter a claim can hold, and a box can print. */
const PRINTED_CHARS_MAX = 2_000;
const QUOTE_CHARS = 160;
const NAME = /^[a-z0-9][a-z0-9.-]{1,80}$/;

export type RequestInput = {
  /** reply/NAME is its subject. */
  name: string;
  asked_of: string;
  channel: string;
  /** Days, YYYY-MM-DD. */
  asked_at: string;
  deadline: string;
  reminder?: string;
  /** The letter word for word, as it was sent. */
  wording: string;
  /** What the box prints of a letter longer than 2,000 characters. */
  question?: string;
  /** A story's slug or a report's symbol: its box or annex shows this by itself. */
  about?: string;
};

export type AnswerInput = {
  name: string;
  /** Who answers. */
  claimant: string;
  answered_at: string;
  /** Word for word. */
  text: string;
  /** What the box prints of a text longer than 2,000 characters. */
  printed?: string;
  hedge: (typeof HEDGES)[number];
};

export type Reply = {
  subject: string;
  name: string;
  asked: string | null;
  asked_of: string | null;
  asked_at: string | null;
  channel: string | null;
  deadline: string | null;
  reminder: string | null;
  about: string | null;
  /** The day by which it was found that nothing came. */
  silence: string | null;
  state: "waiting" | "answered" | "no reply";
  answers: Claim[];
  claims: Claim[];
};

type Prepared<I> = { input: I; capture: PreparedCapture };
/** The reminder is kept as a record of its own: whoever may read the request reads all of its bytes. */
type PreparedRequest = Prepared<RequestInput> & { reminder?: PreparedCapture };

/** Keeps the words sent as bytes and reads them back, before any change. Throws BAD_ARGUMENT naming the field. */
export async function prepareRequest(blobs: BlobKeeper, given: RequestInput, by: string, now: string): Promise<PreparedRequest> {
  const input: RequestInput = {
    name: checkName(given.name),
    asked_of: line("asked_of", given.asked_of),
    channel: line("channel", given.channel),
    asked_at: day("asked_at", given.asked_at),
    deadline: day("deadline", given.deadline),
    wording: letter("wording", given.wording),
    ...(given.reminder === undefined ? {} : { reminder: day("reminder", given.reminder) }),
    ...(given.question === undefined ? {} : { question: given.question.trim() }),
    ...(given.about === undefined ? {} : { about: line("about", given.about) }),
  };
  if (input.deadline < input.asked_at) throw bad("deadline", `${input.deadline} is before the day it was sent, ${input.asked_at}`);
  printed("question", input.question ?? input.wording);
  const encode = (text: string) => new TextEncoder().encode(text);
  const record = { title: `Request to ${input.asked_of}`, by, now, grades: ["A", "1"] as ["A", "1"] };
  const bytes = encode(`${headLines(input).map(([, text]) => text).join("\n")}\n\n${input.wording}\n`);
  return {
    input,
    capture: await capture(blobs, bytes, { ...record, name: `request-${input.name}.txt` }),
    ...(input.reminder === undefined
      ? {}
      : { reminder: await capture(blobs, encode(`${reminderLine(input.name, input.reminder)}\n`), { ...record, name: `reminder-${input.name}.txt`, title: `Reminder to ourselves: ${input.name}` }) }),
  };
}

/** The head of what is kept: one line for each thing that a claim says, so that each has its place. */
function headLines(input: RequestInput): [field: string, text: string][] {
  const { asked_of, channel, asked_at, deadline, about } = input;
  const lines: [string, string | undefined, string][] = [
    ["asked_of", asked_of, "Asked"],
    ["channel", channel, "Channel"],
    ["asked_at", asked_at, "Sent on"],
    ["deadline", deadline, "Answer asked for by"],
    ["about", about, "About"],
  ];
  return lines.flatMap(([field, value, words]) => (value === undefined ? [] : [[field, `${words}: ${value}`]]));
}

const reminderLine = (name: string, day: string): string => `Reminder to ourselves of ${name}: ${day}`;

/** Inside a change. Throws CONFLICT where this name was asked already. Returns the entries, the capture first. */
export function appendRequest(transaction: Transaction, { input, capture: prepared, reminder }: PreparedRequest, by: string): number[] {
  const subject = `reply/${input.name}`;
  if (transaction.db.prepare("SELECT 1 FROM claims WHERE subject = ? AND field = 'asked_at' AND to_seq IS NULL").get(subject))
    throw new TracewireError("CONFLICT", { what: `${subject} was asked already`, where: "name", hint: "A second request has a name of its own." });
  const seq = appendCapture(transaction, prepared);
  const claim = (field: string, value: string, quote: string, wording?: string, capture = seq): ClaimInput =>
    parseClaim({ subject, field, value, claimant: HOUSE, hedge: "asserted", as_of: input.asked_at, ...(wording === undefined ? {} : { wording }), source: { capture, locator: { quote } } });
  const question = input.question ?? input.wording;
  const claims = [
    claim("asked", question, firstWords(input.wording), input.question === undefined ? undefined : input.wording.slice(0, PRINTED_CHARS_MAX)),
    ...headLines(input).map(([field, text]) => claim(field, input[field as "asked_of"], text)),
  ];
  const entries = [seq, ...claims.map((one) => appendClaim(transaction, one, by))];
  if (!reminder) return entries;
  const aside = appendCapture(transaction, reminder);
  return [...entries, aside, appendClaim(transaction, claim("reminder", input.reminder!, reminderLine(input.name, input.reminder!), undefined, aside), by)];
}

export async function prepareAnswer(blobs: BlobKeeper, given: AnswerInput, by: string, now: string): Promise<Prepared<AnswerInput>> {
  const input = { ...given, name: checkName(given.name), claimant: line("claimant", given.claimant), answered_at: day("answered_at", given.answered_at), text: letter("text", given.text) };
  printed("printed", input.printed ?? input.text);
  // What somebody says in their own matter is theirs to say: how true it is, is not judged here.
  return { input, capture: await capture(blobs, new TextEncoder().encode(`${input.text}\n`), { name: `answer-${input.name}.txt`, title: `Answer of ${input.claimant}`, by, now, grades: ["F", "6"] }) };
}

/** Inside a change. Throws NOT_FOUND for a request that is not held. */
export function appendAnswer(transaction: Transaction, { input, capture: prepared }: Prepared<AnswerInput>, by: string): number[] {
  requireReply(transaction, input.name);
  const seq = appendCapture(transaction, prepared);
  const claim = parseClaim({
    subject: `reply/${input.name}`,
    field: "answer",
    value: input.printed ?? input.text,
    claimant: input.claimant,
    hedge: input.hedge,
    as_of: input.answered_at,
    source: { capture: seq, locator: { quote: firstWords(input.text) } },
  });
  return [seq, appendClaim(transaction, claim, by)];
}

/** That nothing came by the deadline is a claim too. Throws BAD_ARGUMENT before it has passed, CONFLICT where an answer is held. */
export function appendSilence(transaction: Transaction, name: string, today: string, by: string): number {
  const reply = requireReply(transaction, name);
  const asked = reply.claims.findLast(({ field }) => field === "deadline");
  if (!asked) throw bad("name", `${reply.subject} has no deadline`);
  if (reply.state !== "waiting") throw new TracewireError("CONFLICT", { what: `${reply.subject} is settled: ${reply.state}` });
  if (today <= asked.value) throw bad("name", `They have until the end of ${asked.value}`);
  const { locator, capture: seq } = asked.source;
  return appendClaim(transaction, parseClaim({ subject: reply.subject, field: "silence", value: asked.value, claimant: HOUSE, hedge: "asserted", as_of: today, source: { capture: seq, locator } }), by);
}

/** Inside a change: makes public what may be; the reminder to ourselves stays. Returns the entries. */
export function releaseReply(transaction: Transaction, name: string, by: string): number[] {
  const shown = requireReply(transaction, name).claims.filter(({ field, released }) => released === undefined && fieldSpec("reply", field)?.private !== true);
  const entries = [...new Set(shown.flatMap(({ seq, source }) => [seq, source.capture]))];
  if (entries.length > 0) appendRelease(transaction, entries, [], by);
  return entries;
}

/** All requests and replies, by name. */
export function readReplies(log: Pick<LogReader, "db">, at: Vantage): Reply[] {
  return [...Map.groupBy(readClaims(log, at, { kind: "reply" }), ({ subject }) => subject)].map(([subject, claims]) => toReply(subject, claims)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function readReply(log: Pick<LogReader, "db">, at: Vantage, name: string): Reply | undefined {
  const claims = readClaims(log, at, { subject: `reply/${name}` });
  return claims.length === 0 ? undefined : toReply(`reply/${name}`, claims);
}

/** Those that wait for an answer, the nearest deadline first, each with what is due today. */
export function dueReplies(replies: readonly Reply[], today: string): (Reply & { due: "overdue" | "remind" | undefined })[] {
  return replies
    .filter(({ state, deadline }) => state === "waiting" && deadline !== null)
    .map((reply) => ({ ...reply, due: reply.deadline! < today ? ("overdue" as const) : reply.reminder !== null && reply.reminder <= today ? ("remind" as const) : undefined }))
    .sort((a, b) => (a.deadline! < b.deadline! ? -1 : a.deadline! > b.deadline! ? 1 : a.name < b.name ? -1 : 1));
}

/** Requests that say of themselves that they are about this story or report. */
export function subjectsAbout(log: Pick<LogReader, "db">, at: Vantage, about: string): string[] {
  return [...new Set(readClaims(log, at, { kind: "reply", field: "about" }).filter(({ value }) => value === about).map(({ subject }) => subject))];
}

function toReply(subject: string, claims: Claim[]): Reply {
  const last = (field: string): string | null => claims.findLast((claim) => claim.field === field)?.value ?? null;
  const answers = claims.filter(({ field }) => field === "answer");
  const [asked, asked_of, asked_at, channel, deadline, reminder, about, silence] = (["asked", "asked_of", "asked_at", "channel", "deadline", "reminder", "about", "silence"] as const).map(last);
  return {
    subject,
    name: subject.slice("reply/".length),
    asked: asked!,
    asked_of: asked_of!,
    asked_at: asked_at!,
    channel: channel!,
    deadline: deadline!,
    reminder: reminder!,
    about: about!,
    silence: silence!,
    state: answers.length > 0 ? "answered" : silence === null ? "waiting" : "no reply",
    answers,
    claims,
  };
}

function requireReply(transaction: Transaction, name: string): Reply {
  const reply = readReply(transaction, { log_size: transaction.size(), evidence: "all" }, name);
  if (!reply) throw new TracewireError("NOT_FOUND", { what: `Nothing is held on “reply/${name}”`, hint: "Requests: tracewire reply due, or /desk/replies." });
  return reply;
}

function capture(blobs: BlobKeeper, bytes: Uint8Array, { name, title, by, now, grades }: { name: string; title: string; by: string; now: string; grades: ["A", "1"] | ["F", "6"] }): Promise<PreparedCapture> {
  return prepareCapture(blobs, {
    bytes,
    origin: { from: "stdin", name },
    retrieved_at: now,
    retrieved_by: by,
    grade: "original",
    source_grade: grades[0],
    item_grade: grades[1],
    title,
    declared_media_type: "text/plain; charset=utf-8",
  });
}

const bad = (field: string, what: string): TracewireError => new TracewireError("BAD_ARGUMENT", { what: `${field}: ${what}`, where: field });

function checkName(name: string): string {
  if (!NAME.test(name)) throw bad("name", `“${name}” is no name: small letters, digits, dots and hyphens`);
  return name;
}

function line(field: string, text: string): string {
  const words = text.replace(/\s+/g, " ").trim();
  if (words === "" || words.length > LINE_CHARS_MAX) throw bad(field, `1 to ${LINE_CHARS_MAX} characters`);
  return words;
}

function day(field: string, text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text))) throw bad(field, `“${text}” is no day (YYYY-MM-DD)`);
  return text;
}

function letter(field: string, text: string): string {
  const words = text.replaceAll("\r\n", "\n").trim();
  if (words === "" || words.length > LETTER_CHARS_MAX) throw bad(field, `1 to ${LETTER_CHARS_MAX} characters, word for word`);
  return words;
}

function printed(field: string, text: string): void {
  if (text === "" || text.length > PRINTED_CHARS_MAX) throw bad(field, `the box prints at most ${PRINTED_CHARS_MAX} characters; say which of a longer letter`);
}

/** The beginning of a letter, by which it is found in what is kept. */
const firstWords = (text: string): string => text.split("\n", 1)[0]!.slice(0, QUOTE_CHARS).trim();
