// A small kept trace, for tests of what is done with one: coins of a victim that a thief sends on to a market and a mixer.
import { askNewsroom, guessReader, importTransfers, readAskWords, saveTrace, type SourceFile } from "../src/tracing/tracing.ts";
import type { NewsroomWriter } from "../src/newsroom.ts";

const TRANSFERS = `txid,from,to,amount
t1,victim,thief,100
t2,thief,market,40
${Array.from({ length: 30 }, (_, at) => `s${at},thief,shill-${at},2`).join("\n")}
t3,shill-0,mixer,1
`;

/** Imports the transfers, once, and keeps a trace from the thief over them under a name. */
export async function keepTrace(newsroom: NewsroomWriter, id: string, { transfers = TRANSFERS, stops = ["market=service:The market"] } = {}): Promise<number> {
  await importMadeUp(newsroom, transfers);
  const found = await askNewsroom(newsroom, readAskWords({ from: "thief", stops }), { keepSteps: true });
  return newsroom.transact("anna", (transaction) => saveTrace(transaction, found, { id, title: "Made up", by: "anna", captures: found.captures })).seq;
}

export async function importMadeUp(newsroom: NewsroomWriter, transfers = TRANSFERS): Promise<void> {
  const file: SourceFile = {
    name: "made-up.csv",
    *raw() {
      yield Buffer.from(transfers);
    },
  };
  const reader = await guessReader([file]);
  await importTransfers(newsroom, reader!, [file], { by: "anna", retrieved_at: "2026-01-01T00:00:00Z" });
}
