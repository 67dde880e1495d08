// Sets that cannot be put in one order, or that contradict each other: what is read of them, and in how many parts. One
// way for every question, so that a trace, a screening and a cluster leave out the same sets and say so alike.
import { TracewireError } from "../errors.ts";
import type { EvidenceReader } from "../evidence/evidence.ts";
import type { SetKind } from "./set-row.ts";
import { listTransferSets, readTransferSets, type ReadTransferSets } from "./transfer-sets.ts";

type Newsroom = EvidenceReader & { folder: string };
export type WantedSets = {
  /** As the asker names them: all of these or none. */
  sets?: readonly string[];
  /** Where none is named: these are all that the asker may see. */
  among?: readonly string[];
  /** Where none is named: only sets of this kind. */
  kind?: SetKind;
  log_size?: number;
  until?: string;
};

// Without their names: a kept trace may be made public, and a set of another case may not.
const noteOf = (what: string) => `Only the sets that hold ${what} were read: not all that are held can be put in one order.`;

/** Each part in one order by itself, as few as come out when each set joins the first part that takes it. */
export async function readApart(newsroom: Newsroom, seqs: readonly number[], options: Pick<WantedSets, "log_size" | "until"> = {}): Promise<ReadTransferSets[]> {
  if (seqs.length === 0) return [];
  const readAll = (chosen: readonly number[]) => readTransferSets(newsroom, { sets: chosen.map(String), ...options });
  const whole = await orApart(() => readAll(seqs));
  if (whole) return [whole];
  const parts: { seqs: number[]; read: ReadTransferSets }[] = [];
  for (const seq of seqs) {
    let isTaken = false;
    for (const part of parts) {
      const read = await orApart(() => readAll([...part.seqs, seq]));
      if (!read) continue;
      [part.read, isTaken] = [read, true];
      part.seqs.push(seq);
      break;
    }
    if (!isTaken) parts.push({ seqs: [seq], read: await readAll([seq]) });
  }
  return parts.map(({ read }) => read);
}

/**
 * All sets together; where these cannot be, those alone that hold what is asked about, with a note: one part where one
 * order takes them, none where no set holds it. Throws BAD_INPUT for sets that were named and cannot be put together.
 * `what`: in the words of the note.
 */
export async function readHolding(newsroom: Newsroom, wanted: WantedSets, what: string, holds: (read: ReadTransferSets) => boolean): Promise<ReadTransferSets[]> {
  const { sets, among, kind, log_size, until } = wanted;
  const options = { log_size, until };
  if (sets !== undefined) return [await readTransferSets(newsroom, { sets, ...options })];
  const held = listTransferSets(newsroom.log, log_size).filter(
    (set) => set.superseded_by === undefined && (kind === undefined || set.kind === kind) && (among === undefined || among.includes(String(set.seq))),
  );
  // No names at all would be taken for all sets.
  if (held.length === 0 && (among !== undefined || kind !== undefined)) return [];
  const whole = await orApart(() => readTransferSets(newsroom, { sets: kind === undefined ? among : held.map(({ seq }) => String(seq)), ...options }));
  if (whole) return [whole];
  const holding: number[] = [];
  // Whether a set holds something hangs on no time: one that states none must not stand in the way of --until.
  for (const { seq } of held) if (holds(await readTransferSets(newsroom, { sets: [String(seq)], log_size }))) holding.push(seq);
  const parts = await readApart(newsroom, holding, options);
  for (const { notes } of parts) notes.push(noteOf(what));
  return parts;
}

/** Throws BAD_INPUT for a question that has to have one order and finds several. */
export function onePart(parts: readonly ReadTransferSets[]): ReadTransferSets | undefined {
  if (parts.length < 2) return parts[0];
  throw new TracewireError("BAD_INPUT", {
    what: `${parts.map(({ sets }) => sets.map(({ name }) => name).join(", ")).join("; and ")} cannot be put in one order`,
    hint: "State block or time in all of them, or name the sets to read with --set.",
  });
}

/** Whether sets hold one of the addresses or transactions. */
export const showsAny = (names: () => readonly string[]) => (read: ReadTransferSets): boolean => {
  const outputs = new Set(read.transactions.flatMap(({ txid, outputs: own }) => [txid, ...own.map(({ address }) => address)]));
  const table = read.table();
  return names().some((name) => outputs.has(name) || table.accountsOf(name).length > 0 || table.rowsOfTransaction(name).length > 0);
};

async function orApart(read: () => Promise<ReadTransferSets>): Promise<ReadTransferSets | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TracewireError && error.code === "BAD_INPUT") return undefined;
    throw error;
  }
}
