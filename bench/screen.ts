// Lookups of addresses in process: the index of src/chains against a Set of strings, SQLite and LMDB, over the same
// addresses and questions (half of them there), the answers compared. Run: <pinned node> bench/screen.ts [count]
// LMDB is a peer: npm install --prefix bench --ignore-scripts. Left out where it is not installed.
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createAddressIndex } from "../src/chains/chains.ts";

const COUNT = Number(process.argv[2] ?? 2_000_000);
const QUESTIONS = 1_000_000;
/** Peers that take long are asked fewer questions; the rate is what is compared. */
const SLOW_QUESTIONS = 200_000;
const ROUNDS = 5;
const WORDS = 5;

/** xorshift32: the same addresses in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const chance = random(20_261_126);
const keys = Uint32Array.from({ length: COUNT * WORDS }, chance);
const questions = new Uint32Array(QUESTIONS * WORDS);
let expected = 0;
for (let at = 0; at < QUESTIONS; at++) {
  if (at % 2 === 0) {
    const from = chance() % COUNT;
    questions.set(keys.subarray(from * WORDS, (from + 1) * WORDS), at * WORDS);
    expected++;
  } else for (let word = 0; word < WORDS; word++) questions[at * WORDS + word] = chance();
}
const textOf = (words: Uint32Array, at: number): string =>
  `0x${Array.from(words.subarray(at * WORDS, (at + 1) * WORDS), (word) => word.toString(16).padStart(8, "0")).join("")}`;
const bytesOf = (words: Uint32Array, at: number): Buffer => {
  const bytes = Buffer.alloc(WORDS * 4);
  for (let word = 0; word < WORDS; word++) bytes.writeUInt32BE(words[at * WORDS + word]!, word * 4);
  return bytes;
};

console.log(`${COUNT} addresses, ${QUESTIONS} questions; Node ${process.version}, ${cpus().length} × ${cpus()[0]!.model}, load ${loadavg()[0]!.toFixed(1)}`);
const seconds = (run: () => void): number => {
  const start = performance.now();
  run();
  return (performance.now() - start) / 1_000;
};
const megabytes = () => Math.round(process.memoryUsage().rss / 1e6);

/** Median of the rounds, in millions a second; the count of hits must be the one that was made. */
function measure(name: string, asked: number, ask: (count: number) => number, note = ""): void {
  const rates: number[] = [];
  const wanted = asked === QUESTIONS ? expected : Math.ceil(asked / 2);
  for (let round = 0; round < ROUNDS; round++) {
    let hits = 0;
    rates.push(asked / 1e6 / seconds(() => (hits = ask(asked))));
    if (hits !== wanted) throw new Error(`${name}: ${hits} hits for ${wanted}`);
  }
  rates.sort((a, b) => a - b);
  console.log(`${name.padEnd(44)} ${rates[ROUNDS >> 1]!.toFixed(3).padStart(8)} M/s  (${rates[0]!.toFixed(3)} to ${rates.at(-1)!.toFixed(3)})  ${note}`);
}

/** Reads that do not depend on each other, over the keys: what the machine's memory gives, to scale the rates by. */
let sum = 0;
const places = Uint32Array.from({ length: QUESTIONS }, () => (chance() % COUNT) * WORDS);
const reads = Array.from({ length: ROUNDS }, () =>
  seconds(() => {
    for (const place of places) sum ^= keys[place]!;
  }),
).sort((a, b) => a - b)[ROUNDS >> 1]!;
console.log(`independent reads over the keys: ${((reads / QUESTIONS) * 1e9).toFixed(0)} ns each (${sum === 0 ? "" : "checked"})`);

const index = createAddressIndex({ expected: COUNT });
const built = seconds(() => index.addAccounts(keys));
const found = new Int32Array(QUESTIONS);
measure(
  "index, 20-byte keys, in batches",
  QUESTIONS,
  () => {
    index.findAccounts(questions, found);
    let hits = 0;
    for (const number of found) if (number >= 0) hits++;
    return hits;
  },
  `built in ${built.toFixed(2)} s, ${(index.bytes() / COUNT).toFixed(1)} bytes an address`,
);
const texts = Array.from({ length: QUESTIONS }, (_, at) => textOf(questions, at));
const countTexts = (has: (text: string) => boolean) => (asked: number) => {
  let hits = 0;
  for (let at = 0; at < asked; at++) if (has(texts[at]!)) hits++;
  return hits;
};
measure("index, from 0x text", QUESTIONS, countTexts((text) => index.find(text) >= 0));

const before = megabytes();
const set = new Set<string>();
const setBuilt = seconds(() => {
  for (let at = 0; at < COUNT; at++) set.add(textOf(keys, at));
});
measure("Set of strings", QUESTIONS, countTexts((text) => set.has(text)), `built in ${setBuilt.toFixed(1)} s, about ${megabytes() - before} MB`);
set.clear();

const folder = mkdtempSync(join(tmpdir(), "tracewire-bench-"));
const blobs = Array.from({ length: SLOW_QUESTIONS }, (_, at) => bytesOf(questions, at));
const db = new DatabaseSync(join(folder, "a.db"));
db.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE a (k BLOB PRIMARY KEY) WITHOUT ROWID");
const insert = db.prepare("INSERT OR IGNORE INTO a VALUES (?)");
const sqliteBuilt = seconds(() => {
  db.exec("BEGIN");
  for (let at = 0; at < COUNT; at++) insert.run(bytesOf(keys, at));
  db.exec("COMMIT");
});
const select = db.prepare("SELECT 1 FROM a WHERE k = ?");
const countBlobs = (has: (bytes: Buffer) => boolean) => (asked: number) => {
  let hits = 0;
  for (let at = 0; at < asked; at++) if (has(blobs[at]!)) hits++;
  return hits;
};
measure("SQLite (node:sqlite), primary key", SLOW_QUESTIONS, countBlobs((bytes) => select.get(bytes) !== undefined), `built in ${sqliteBuilt.toFixed(1)} s`);
db.close();

type Lmdb = { open(options: object): { putSync(key: Buffer, value: Buffer): void; doesExist(key: Buffer): boolean; transactionSync(run: () => void): void; close(): Promise<void> } };
let lmdb: Lmdb | undefined;
try {
  lmdb = createRequire(import.meta.url)("lmdb") as Lmdb;
} catch {
  console.log("LMDB is not installed: left out");
}
if (lmdb) {
  const store = lmdb.open({ path: join(folder, "lmdb"), keyEncoding: "binary", encoding: "binary", noSync: true });
  const empty = Buffer.alloc(0);
  const lmdbBuilt = seconds(() =>
    store.transactionSync(() => {
      for (let at = 0; at < COUNT; at++) store.putSync(bytesOf(keys, at), empty);
    }),
  );
  measure("LMDB, 20-byte keys", SLOW_QUESTIONS, countBlobs((bytes) => store.doesExist(bytes)), `built in ${lmdbBuilt.toFixed(1)} s`);
  await store.close();
}
rmSync(folder, { recursive: true });
