// One change of the newsroom, under the name of whoever makes it: the writer and its key are there for this change only, and
// what was done goes into the record of acts. People at the desk and programs by their keys write by this and nothing else.
import { recordAct, type Accounts, type Doer } from "../accounts/accounts.ts";
import type { Effects } from "../effects.ts";
import type { Transaction } from "../evidence/evidence.ts";
import { openForWriting, type NewsroomWriter } from "../newsroom.ts";

export type Write = <T>(act: string, object: string, change: (transaction: Transaction, newsroom: NewsroomWriter) => T, how?: { dry?: boolean }) => T;
type Place = { folder: string; accounts: Accounts; effects: Effects };

export function writesAs({ folder, accounts, effects }: Place, doer: Doer): Write {
  return (act, object, change, { dry = false } = {}) => {
    const writer = openForWriting(folder, effects);
    try {
      let done: { value: ReturnType<typeof change>; entries: number[] } | undefined;
      try {
        writer.transact(doer.user.handle, (transaction) => {
          const from = transaction.size();
          const value = change(transaction, writer);
          done = { value, entries: Array.from({ length: transaction.size() - from }, (_, at) => from + at) };
          if (dry) throw new TakenBack();
        });
      } catch (error) {
        if (!(error instanceof TakenBack)) throw error;
      }
      const { value, entries } = done!;
      if (!dry) accounts.change(() => recordAct(accounts, doer, act, object, entries));
      return value;
    } finally {
      writer.close();
    }
  };
}

class TakenBack extends Error {}
