// Two thefts whose laundering others followed by hand (tests only, read from where they are held), and strangers' transfers
// to hide them in.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import type { Transfer } from "../src/tracing/tracing.ts";

const folder = join(process.env.TRACEWIRE_CORPORA ?? "../shared", "data", "trace-groundtruth");
export const skip = existsSync(folder) ? false : `no ${folder}`;
const STRANGERS = 200_000;

export type Case = { edges: Transfer[]; sources: Set<string>; terminals: Set<string> };

export function readCase(name: string): Case {
  const text = (file: string) => readFileSync(join(folder, `${name}__${file}.csv`), "utf8");
  const addresses = (file: string) => new Set(text(file).split(/\r?\n/).map((line) => line.trim().toLowerCase()).filter((line) => line.startsWith("0x")));
  const rows = parse(text(name), { columns: true, bom: true, relax_column_count: true }) as Record<string, string>[];
  const edges = rows.map(
    (row, at): Transfer => ({
      chain: "",
      txid: `edge-${at}`,
      block: Number(row.Block),
      tx_index: null,
      index: null,
      kind: "transfer",
      time: null,
      from: row.From!.toLowerCase(),
      to: row.To!.toLowerCase(),
      asset: "native",
      // Only dollars are stated: millionths of one, as whole units.
      amount: BigInt(Math.round(Number(row.Value_in_USD) * 1e6)),
      row: `${name}:${at + 1}`,
    }),
  );
  return { edges, sources: addresses("source_addresses"), terminals: addresses("terminal_addresses") };
}

/** Transfers between strangers; of a hundred, one goes to an address of the theft and one comes from it: other money that mixes in and leaves. */
export function background({ edges }: Case, count: number): Transfer[] {
  let state = 7;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const places = [...new Set(edges.flatMap(({ from, to }) => [from!, to!]))];
  const [first, last] = [edges.reduce((least, { block }) => Math.min(least, block!), Infinity), edges.reduce((most, { block }) => Math.max(most, block!), 0)];
  return Array.from({ length: count }, (_, at): Transfer => {
    const mixed = next(100);
    return {
      ...edges[0]!,
      txid: `stranger-${at}`,
      block: first + next(last - first + 1),
      from: mixed === 1 ? places[next(places.length)]! : `s${next(STRANGERS)}`,
      to: mixed === 0 ? places[next(places.length)]! : `s${next(STRANGERS)}`,
      amount: BigInt(1 + next(1_000)) * 1_000_000n,
      row: `background:${at + 1}`,
    };
  });
}
