// The other side of numbering.ts: takes batches of keys as they come and writes the numbers of their accounts.
import { parentPort, workerData } from "node:worker_threads";
import { AddressBook } from "./address-book.ts";
import { BATCH_ROWS, type NumberColumns, type WorkerBatch } from "./numbering.ts";

const { buffers, expected } = workerData as { buffers: SharedArrayBuffer[]; expected: number };
const words = buffers.map((buffer) => new Int32Array(buffer));
const book = new AddressBook(expected);
const numbers = new Int32Array(2 * BATCH_ROWS);
let columns: NumberColumns | undefined;

parentPort!.on("message", (message: NumberColumns | WorkerBatch) => {
  if ("from" in message) {
    columns = message;
    return;
  }
  const { number, count, row } = message;
  book.numbersOf(words[number]!, 2 * count, numbers);
  for (let at = 0; at < count; at++) {
    // Account 0 is what lies outside.
    columns!.from[row + at] = numbers[2 * at]! + 1;
    columns!.to[row + at] = numbers[2 * at + 1]! + 1;
  }
  parentPort!.postMessage({ number, accounts: book.count + 1 });
});
