// The same haircut with other engines' data access. None of them computes an ordered haircut, so each hands over the
// rows of accounts that have become tainted, round by round, and the settling is done here in the same floats.
import { execFileSync, spawn } from "node:child_process";
import { chownSync, chmodSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Rows as every engine is given them: dense account numbers, share worked out beforehand. That is their best case. */
export type PeerRows = { row: number[]; from: number[]; to: number[]; share: number[] };
export type Fetch = (accounts: readonly number[]) => Promise<PeerRows>;

export type Question = {
  seeds: readonly { row: number; account: number; quanta: number; giver: number }[];
  isStop: (account: number) => boolean;
  floor: number;
};
export type Answer = { edges: number; checksum: number };

/** One number for where how much is: the same for the same amounts in the same accounts. */
export function checksumOf(held: Iterable<[account: number, quanta: number]>): number {
  let sum = 0;
  for (const [account, quanta] of held) {
    if (quanta === 0) continue;
    let mixed = Math.imul(account, 0x9e3779b1) ^ Math.imul(quanta % 4294967296 | 0, 0x85ebca6b) ^ Math.imul(Math.floor(quanta / 4294967296), 0xc2b2ae35);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
    sum = (sum + ((mixed ^ (mixed >>> 13)) >>> 0)) % 4294967296;
  }
  return sum;
}

/** Fetches accounts as they become tainted until none is new; settles all that is known after each round. */
export async function traceByFetching(fetch: Fetch, question: Question): Promise<Answer & { rounds: number; fetch_ms: number }> {
  let fetch_ms = 0;
  const known = new Map<number, { row: number; to: number; share: number }[]>();
  for (let rounds = 0; ; rounds++) {
    const { taint, edges } = settle((account) => known.get(account), question);
    const wanted = [...taint.keys()].filter((account) => !known.has(account) && !question.isStop(account));
    if (wanted.length === 0) return { edges, checksum: checksumOf(taint), rounds, fetch_ms };
    for (const account of wanted) known.set(account, []);
    const start = performance.now();
    const rows = await fetch(wanted);
    fetch_ms += performance.now() - start;
    for (let at = 0; at < rows.row.length; at++) known.get(rows.from[at]!)!.push({ row: rows.row[at]!, to: rows.to[at]!, share: rows.share[at]! });
    for (const account of wanted) known.get(account)!.sort((a, b) => a.row - b.row);
  }
}

type Debits = readonly { row: number; to: number; share: number }[];

/** The haircut over debits of accounts, with a heap of rows. */
export function settle(debitsOf: (account: number) => Debits | undefined, { seeds, isStop, floor }: Question): { taint: Map<number, number>; edges: number } {
  const taint = new Map<number, number>();
  const cursors = new Map<number, number>();
  const heap: { row: number; account: number }[] = [];
  let edges = 0;
  const wait = (account: number, row: number) => {
    const debits = debitsOf(account);
    if (!debits) return;
    let low = 0;
    let high = debits.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (debits[middle]!.row <= row) low = middle + 1;
      else high = middle;
    }
    if (low === debits.length) return;
    cursors.set(account, low);
    push(heap, { row: debits[low]!.row, account });
  };
  const arrive = (account: number, row: number, quanta: number, isSeed = false) => {
    if (!isSeed && !isStop(account) && quanta < floor) return;
    taint.set(account, (taint.get(account) ?? 0) + quanta);
    if (!isStop(account) && !cursors.has(account)) wait(account, row);
  };
  let seed = 0;
  while (heap.length > 0 || seed < seeds.length) {
    if (seed < seeds.length && (heap.length === 0 || seeds[seed]!.row < heap[0]!.row)) {
      const { row, account, quanta } = seeds[seed++]!;
      arrive(account, row, quanta, true);
      continue;
    }
    const { row, account } = pop(heap);
    const cursor = cursors.get(account)!;
    const { to, share } = debitsOf(account)![cursor]!;
    const held = taint.get(account)!;
    const out = share === 1 ? held : Math.floor(held * share);
    edges++;
    taint.set(account, held - out);
    cursors.delete(account);
    if (held - out > 0) wait(account, row);
    if (out > 0) arrive(to, row, out);
  }
  return { taint, edges };
}

function push<T extends { row: number }>(heap: T[], item: T): void {
  let at = heap.push(item) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent]!.row <= item.row) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = item;
}

function pop<T extends { row: number }>(heap: T[]): T {
  const first = heap[0]!;
  const last = heap.pop()!;
  if (heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]!.row < heap[child]!.row) child++;
    if (heap[child]!.row >= last.row) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return first;
}

export async function openDuckdb(csv: string): Promise<{ fetch: Fetch; close(): void }> {
  const duckdb = await import("@duckdb/node-api" as string);
  const connection = await (await duckdb.DuckDBInstance.create(":memory:", { threads: "2" })).connect();
  await connection.run(`create table transfers as select * from read_csv('${csv}', header = false, columns = {row: 'INTEGER', f: 'INTEGER', t: 'INTEGER', share: 'DOUBLE'}) order by f, row`);
  return {
    async fetch(accounts) {
      const list = accounts.length > 5000 ? `select unnest([${accounts.join(",")}])` : accounts.join(",");
      const result = await connection.stream(`select row, f, t, share from transfers where f in (${list})`);
      const rows: PeerRows = { row: [], from: [], to: [], share: [] };
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        const [row, from, to, share] = [0, 1, 2, 3].map((column) => (chunk.getColumnVector(column) as { items: ArrayLike<number> }).items);
        for (let at = 0; at < chunk.rowCount; at++) {
          rows.row.push(row![at]!);
          rows.from.push(from![at]!);
          rows.to.push(to![at]!);
          rows.share.push(share![at]!);
        }
      }
      return rows;
    },
    close: () => connection.closeSync(),
  };
}

/** A server of one's own, from Debian's package, as the user `postgres` where this runs as root. */
export async function openPostgres(csv: string, folder: string): Promise<{ fetch: Fetch; close(): Promise<void> }> {
  const versions = readdirSync("/usr/lib/postgresql").toSorted();
  const bin = join("/usr/lib/postgresql", versions.at(-1)!, "bin");
  const isRoot = process.getuid?.() === 0;
  const number = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  const who = isRoot ? { uid: number("-u"), gid: number("-g") } : {};
  const data = join(folder, "postgres");
  mkdirSync(data);
  if (isRoot) chownSync(data, who.uid!, who.gid!);
  chmodSync(folder, 0o755);
  execFileSync(join(bin, "initdb"), ["-D", data, "-A", "trust", "-U", "bench"], { ...who, cwd: data, stdio: "ignore" });
  const server = spawn(join(bin, "postgres"), ["-D", data, "-h", "", "-k", data, "-c", "shared_buffers=1GB", "-c", "fsync=off", "-c", "max_wal_size=8GB", "-c", "maintenance_work_mem=512MB", "-c", "work_mem=256MB", "-c", "jit=off"], { ...who, cwd: data, stdio: "ignore" });
  const { default: pg } = await import("pg" as string);
  let client;
  for (let attempt = 0; ; attempt++) {
    client = new pg.Client({ host: data, user: "bench", database: "postgres" });
    try {
      await client.connect();
      break;
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  await client.query("create unlogged table transfers (row int4, f int4, t int4, share float8)");
  await client.query(`copy transfers from '${csv}' with (format csv)`);
  await client.query("create index on transfers (f, row)");
  await client.query("cluster transfers using transfers_f_row_idx");
  await client.query("analyze transfers");
  return {
    async fetch(accounts) {
      const result = await client.query({ text: "select row, f, t, share from transfers where f = any($1::int4[])", values: [accounts], rowMode: "array" });
      const rows: PeerRows = { row: [], from: [], to: [], share: [] };
      for (const [row, from, to, share] of result.rows) {
        rows.row.push(row);
        rows.from.push(from);
        rows.to.push(to);
        rows.share.push(share);
      }
      return rows;
    },
    async close() {
      await client.end();
      await new Promise((resolve) => (server.once("exit", resolve), server.kill("SIGINT")));
    },
  };
}

export async function openGraphology(rows: number, edge: (record: number) => [from: number, to: number, share: number, row: number]): Promise<(question: Question) => Answer> {
  const { default: graphology } = await import("graphology" as string);
  const graph = new graphology.MultiDirectedGraph();
  for (let record = 0; record < rows; record++) {
    const [from, to, share, row] = edge(record);
    graph.mergeNode(from);
    graph.mergeNode(to);
    graph.addDirectedEdge(from, to, { row, share });
  }
  return (question) => {
    const kept = new Map<number, Debits>();
    const debitsOf = (account: number): Debits => {
      let debits = kept.get(account);
      if (!debits) {
        const found: { row: number; to: number; share: number }[] = [];
        graph.forEachOutboundEdge(account, (_: unknown, { row, share }: { row: number; share: number }, __: string, to: string) => void found.push({ row, to: Number(to), share }));
        kept.set(account, (debits = found.sort((a, b) => a.row - b.row)));
      }
      return debits;
    };
    const { taint, edges } = settle(debitsOf, question);
    return { edges, checksum: checksumOf(taint) };
  };
}
