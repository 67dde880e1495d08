// One change of the newsroom, under the name of whoever makes it: the writer and its key are there for this change only, and
// what was done goes into the record of acts. People at the desk and programs by their keys write by this and nothing else.
import { intendAct, recordAct, recoverActs, settleAct, type Accounts, type Doer, type Intended } from "../accounts/accounts.ts";
import type { Effects } from "../effects.ts";
import type { Transaction } from "../evidence/evidence.ts";
import { openForWriting, type NewsroomReader, type NewsroomWriter } from "../newsroom.ts";

export type Write = <T>(act: string, object: string, change: (transaction: Transaction, newsroom: NewsroomWriter) => T, how?: { dry?: boolean }) => T;
type Place = { folder: string; accounts: Accounts; effects: Effects };

export function writesAs({ folder, accounts, effects }: Place, doer: Doer): Write {
  return (act, object, change, { dry = false } = {}) => {
    const writer = openForWriting(folder, effects);
    try {
      let done: { value: ReturnType<typeof change>; entries: number[]; intended?: Intended } | undefined;
      try {
        writer.transact(doer.user.handle, (transaction) => {
          const from = transaction.size();
          const value = change(transaction, writer);
          const entries = Array.from({ length: transaction.size() - from }, (_, at) => from + at);
          done = { value, entries };
          if (dry) throw new TakenBack();
          if (entries.length > 0) done.intended = accounts.change(() => intendAct(accounts, doer, act, object, entries, leafOf(transaction, entries.at(-1)!)!));
        });
      } catch (error) {
        const { intended } = done ?? {};
        if (intended) recoverActs(accounts, (seq) => leafOf(writer.log, seq), intended);
        if (!(error instanceof TakenBack)) throw error;
      }
      const { value, entries, intended } = done!;
      if (!dry) accounts.change(() => (intended ? settleAct(accounts, intended, doer, act, object, entries) : recordAct(accounts, doer, act, object)));
      return value;
    } finally {
      writer.close();
    }
  };
}

const leafOf = ({ db }: Pick<NewsroomReader["log"], "db">, seq: number): Uint8Array | undefined =>
  db.prepare("SELECT leaf FROM entries WHERE seq = ?").get(seq)?.leaf as Uint8Array | undefined;

/** When the desk starts: what it had begun when it last stopped is an act of the record, or was never done. */
export const recoverDone = (newsroom: NewsroomReader, accounts: Accounts): number => recoverActs(accounts, (seq) => leafOf(newsroom.log, seq));

class TakenBack extends Error {}
