// Accounts are numbered in a thread of their own while the caller decodes the next rows: the caller fills a batch of
// keys, hands it on, and takes a free one. Numbers do not hang on timing, since batches are settled in their order.
import assert from "node:assert/strict";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { KEY_WORDS } from "./address-book.ts";

export const BATCH_ROWS = 8192;
const BATCHES = 6;

/** Keys of the giver and the taker of each row, KEY_WORDS each, in turn. */
export type KeyBatch = { number: number; words: Int32Array };

/** Shared columns into which account numbers come, from 1 up. */
export type NumberColumns = { from: Int32Array; to: Int32Array };

export type WorkerBatch = { number: number; count: number; row: number };

export class Numbering {
  readonly #worker: Worker;
  readonly #buffers = Array.from({ length: BATCHES }, () => new SharedArrayBuffer(4 * 2 * KEY_WORDS * BATCH_ROWS));
  readonly #free: KeyBatch[] = this.#buffers.map((buffer, number) => ({ number, words: new Int32Array(buffer) }));
  #columns: NumberColumns | undefined;
  #accounts = 1;

  /** `expected` accounts: the table is made so large at once. */
  constructor(expected: number) {
    this.#worker = new Worker(new URL("./numbering-worker.ts", import.meta.url), { workerData: { buffers: this.#buffers, expected } });
    this.#worker.on("message", ({ number, accounts }: { number: number; accounts: number }) => {
      this.#accounts = accounts;
      this.#free.push({ number, words: new Int32Array(this.#buffers[number]!) });
    });
  }

  /** Where the numbers of the batches that follow come. */
  begin(columns: NumberColumns): void {
    assert.equal(this.#free.length, BATCHES, "the columns before are done");
    this.#columns = columns;
    this.#worker.postMessage(columns);
  }

  async take(): Promise<KeyBatch> {
    while (this.#free.length === 0) await once(this.#worker, "message");
    return this.#free.shift()!;
  }

  /** `count` rows of the batch are filled; the first of them is row `row`. */
  put({ number }: KeyBatch, count: number, row: number): void {
    assert.ok(this.#columns && count <= BATCH_ROWS && row + count <= this.#columns.from.length);
    this.#worker.postMessage({ number, count, row } satisfies WorkerBatch);
  }

  /** When all that was put is numbered: highest account number + 1. */
  async end(): Promise<number> {
    while (this.#free.length < BATCHES) await once(this.#worker, "message");
    return this.#accounts;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
