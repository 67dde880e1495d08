// A newsroom with a little of everything that the API reads, part of it not released, and its site with /v1 beside it.
import { join } from "node:path";
import { readFileSync, readdirSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { mountApi, openKeyStore, type ApiServerOptions, type Scope } from "../src/api/api.ts";
import { findReader, importDataset } from "../src/datasets/datasets.ts";
import { seededRandom } from "../src/effects.ts";
import { appendFigureSpec } from "../src/figures/figures.ts";
import { deskApp } from "../src/desk/desk.ts";
import { openNewsroom } from "../src/newsroom.ts";
import { openSite } from "../src/site/site.ts";
import { askNewsroom, importTransfers, METHOD_NAMES, saveTrace, TRANSFER_READERS, type SourceFile } from "../src/tracing/tracing.ts";
import { repositoryRoot } from "./scale.ts";
import { smallNewsroom, type SmallNewsroom } from "./small-newsroom.ts";

export const BITCOIN = "bip122:000000000019d6689c085ae165831e93";
export const ETHEREUM = "eip155:1";
/** On OFAC's list for the Ronin theft. */
export const LISTED = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96";
export const HOARD = `0x${"7".repeat(40)}`;
export const VICTIM = `0x${"1".repeat(40)}`;
export const THIEF = `0x${"2".repeat(40)}`;
export const MARKET = `0x${"3".repeat(40)}`;
export const TOKEN = `${ETHEREUM}/erc20:0x${"9".repeat(40)}`;
export const txid = (n: number): string => `0x${n.toString(16).padStart(64, "0")}`;
export const utxoId = (n: number): string => n.toString(16).padStart(64, "0");

/** 2^80: more than a float holds exactly. */
export const LARGE = 1_208_925_819_614_629_174_706_176n;

export const accountRows = (count = 40): string => {
  const head = "chain,txid,block,tx_index,index,kind,time,from,to,asset,amount\n";
  const row = (n: number, from: string, to: string, amount: bigint, asset = "") =>
    `${ETHEREUM},${txid(n)},${n},0,0,transfer,${new Date(1.66e12 + n * 12_000).toISOString()},${from},${to},${asset},${amount}\n`;
  const lines = [row(1, MARKET, VICTIM, LARGE), row(2, VICTIM, THIEF, LARGE - 1n), row(3, MARKET, THIEF, 500n, TOKEN), row(4, THIEF, MARKET, 120n, TOKEN)];
  for (let n = 5; n < 5 + count; n++) lines.push(row(n, THIEF, `0x${(1_000 + n).toString(16).padStart(40, "0")}`, BigInt(n) * 10n ** 18n));
  return head + lines.join("");
};

export const utxoRows = (): string => {
  const lines = [
    { txid: utxoId(1), inputs: [{ external: true, value: 5_000_000_000 }], outputs: [{ value: 5_000_000_000, address: "12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX" }] },
    { txid: utxoId(2), inputs: [{ external: true, value: 5_000_000_000 }], outputs: [{ value: 5_000_000_000, address: "1HLoD9E4SDFFPDiYfNYnkBLQ85Y51J3Zb1" }] },
    {
      txid: utxoId(3),
      inputs: [
        { txid: utxoId(1), vout: 0 },
        { txid: utxoId(2), vout: 0 },
      ],
      outputs: [
        { value: 9_000_000_000, address: "1FvzCLoTPGANNjWoUo6jUGuAG3wg1w4YjR" },
        { value: 990_000_000, address: "15ubicBBWFnvoZLT7GiU2qxjRaKJPdkDMG" },
      ],
    },
    { txid: utxoId(4), inputs: [{ txid: utxoId(3), vout: 0 }], outputs: [{ value: 8_999_990_000, address: "1JfbZRwdDHKZmuiZgYArJZhcuuzuw2HuMu" }] },
  ];
  return lines.map((line, at) => JSON.stringify({ ...line, block: at + 1, time: new Date(1.3e12 + at * 600_000).toISOString() })).join("\n");
};

export const bytesFile = (name: string, text: string): SourceFile => ({
  name,
  *raw() {
    yield Buffer.from(text);
  },
});

export type Called = { status: number; headers: Record<string, string | string[] | number | undefined>; text: string; json: any };
type CallOptions = { key?: string; body?: unknown; type?: string; headers?: Record<string, string>; remote?: string };

export type ApiNewsroom = {
  newsroom: SmallNewsroom;
  /** Tokens: of all scopes, of each alone, and of one that was revoked. */
  keys: Record<Scope | "all" | "other" | "revoked", string>;
  released_size: number;
  private_claim: number;
  call(method: string, url: string, options?: CallOptions): Promise<Called>;
  get(url: string, options?: CallOptions): Promise<Called>;
  importAccounts(name: string, text: string, release: boolean): Promise<void>;
  stop(): Promise<void>;
};

export async function apiNewsroom({ approval = "anybody", ...options }: Partial<ApiServerOptions> & { approval?: "another" | "anybody" } = {}): Promise<ApiNewsroom> {
  const newsroom = await smallNewsroom(7);
  const { clock } = newsroom.effects;
  const put = async (format: string, name: string, text: string, extra: object) => {
    const reader = TRANSFER_READERS.find((one) => one.format === format)!;
    await importTransfers(newsroom, reader, [bytesFile(name, text)], { by: "test", retrieved_at: "2026-01-01T00:00:00Z", name, ...extra });
  };
  newsroom.claim([
    { subject: "theft/2024-01-01-alpha", field: "victim", value: "Alpha Exchange" },
    { subject: "theft/2024-01-01-alpha", field: "amount", value: "1000000.50", unit: "USD", valuation: { basis: "as_published" } },
    { subject: "theft/2024-01-01-alpha", field: "amount", value: "1200000", unit: "USD", claimant: "Another", valuation: { basis: "as_published" } },
    { subject: "theft/2024-01-01-alpha", field: "date", value: "2024-01-01" },
    { subject: "theft/2024-01-01-alpha", field: "taken_by", value: THIEF },
    { subject: "theft/2024-02-02-gamma", field: "victim", value: "Gamma Bridge" },
    ...Array.from({ length: 30 }, (_, at) => ({ subject: `theft/2023-01-01-n${String(at).padStart(2, "0")}`, field: "victim", value: `Number ${at}` })),
  ]);
  await put("transfers", "open", accountRows(), { release: true });
  await put("utxo", "blocks", utxoRows(), { release: true, chain: BITCOIN });
  const folder = join(repositoryRoot, "demo", "sources", "ofac-crypto-2024-09-27");
  const read = (path: string, wanted: RegExp) => readdirSync(path).filter((name) => wanted.test(name)).map((name) => ({ name, bytes: readFileSync(join(path, name)) }));
  const importFrom = (format: string, files: { name: string; bytes: Uint8Array }[], extra: object) =>
    importDataset(newsroom, findReader(format, files.map(({ name }) => name)), files, { by: "test", retrieved_at: "2026-01-01T00:00:00Z", licence: "MIT", ...extra });
  await importFrom("ofac-crypto", read(folder, /\.txt$/), { release: true, edition: "2024-09-27" });
  await importFrom("tagpack", read(join(repositoryRoot, "demo", "sources", "graphsense-tagpacks"), /\.yaml$/), { release: true, edition: "2026-05-12" });
  newsroom.transact("test", (transaction) => {
    appendFigureSpec(transaction, { id: "open-count", title: "Thefts counted", measure: "count", of: "theft" }, "test");
    appendFigureSpec(transaction, { id: "secret-count", title: "Thefts counted, all evidence", measure: "count", of: "theft", evidence: "all" }, "test");
  });
  const keep = async (id: string, sets: string[], release: boolean) => {
    const found = await askNewsroom(newsroom, { from: THIEF, methods: [...METHOD_NAMES], direction: "forward" }, { sets, keepSteps: true });
    newsroom.transact("test", (transaction) => saveTrace(transaction, found, { id, title: `From the thief, ${id}`, by: "test", captures: found.captures, release }));
  };
  await keep("open-trace", ["open"], true);
  const released_size = newsroom.log.size();
  // What follows is not released.
  const [private_claim] = newsroom.claim([{ subject: "theft/2024-03-03-hidden", field: "victim", value: "Hidden Wallet" }, { subject: "theft/2024-03-03-hidden", field: "taken_by", value: THIEF }], { release: false });
  await put("transfers", "hidden", accountRows(3).replaceAll(MARKET, HOARD).replaceAll(/0x0{3,}/g, (zeros) => zeros.replace(/^0x000/, "0xabc")), { release: false });
  await keep("hidden-trace", ["hidden"], false);
  const own = "title: Own\ncreator: us\ntags:\n  - address: " + THIEF + "\n    currency: ETH\n    label: Our own suspicion\n    source: us\n    confidence: unknown\n    lastmod: 2026-01-01\n";
  await importFrom("tagpack", [{ name: "own.yaml", bytes: Buffer.from(own) }], { release: false, edition: "2026-06-01" });

  const store = openKeyStore(newsroom.folder, newsroom.effects);
  const token = (name: string, scopes: Scope[]) => store.add(name, scopes).token;
  const keys = {
    all: token("all", ["claims:unreleased", "tags:own", "traces:private"]),
    other: token("other", ["claims:unreleased", "tags:own", "traces:private"]),
    "claims:unreleased": token("claims", ["claims:unreleased"]),
    "tags:own": token("tags", ["tags:own"]),
    "traces:private": token("traces", ["traces:private"]),
    revoked: token("revoked", ["claims:unreleased"]),
    "case:write": token("analyst", ["case:write"]),
    "case:release": token("releaser", ["case:write", "case:release"]),
    "stories:write": token("cms", ["stories:write"]),
    "stories:review": token("reviewer", ["stories:write", "stories:review"]),
    "stories:publish": token("publisher", ["stories:write", "stories:publish", "stories:review"]),
  };
  store.revoke("revoked");
  store.close();

  const reader = openNewsroom(newsroom.folder);
  const site = openSite(reader, { clock, hosts: ["localhost"] });
  const faults: unknown[] = [];
  const effects = { clock: options.effects?.clock ?? clock, random: seededRandom(9) };
  const report = (error: unknown) => void faults.push(error);
  // In one process here, and the same way on as from process to process.
  const desk = deskApp().openDesk({ folder: newsroom.folder, effects, url: "http://localhost", hosts: ["localhost"], approval, report });
  await desk.app.ready();
  const api = mountApi(site.app, reader, { effects, report, ...options }, (request, response) => desk.app.routing(request, response));
  const call = async (method: string, url: string, { key, body, type, headers = {}, remote }: CallOptions = {}): Promise<Called> => {
    const answer = await site.app.inject({
      method: method as "GET",
      url,
      headers: {
        host: "localhost",
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { "content-type": type ?? "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === "string" ? body : JSON.stringify(body) }),
      ...(remote === undefined ? {} : { remoteAddress: remote }),
    });
    const text = answer.headers["content-encoding"] === "gzip" && answer.rawPayload.length > 0 ? gunzipSync(answer.rawPayload).toString() : answer.payload;
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    if (answer.statusCode >= 500 && faults.length > 0) console.error(faults.at(-1));
    return { status: answer.statusCode, headers: answer.headers, text, json };
  };
  return {
    newsroom,
    keys,
    released_size,
    private_claim: private_claim!,
    call,
    get: (url, given) => call("GET", url, given),
    importAccounts: (name, text, release) => put("transfers", name, text, { release }),
    async stop() {
      await api.close();
      await desk.close();
      await site.close();
      reader.close();
      newsroom.remove();
    },
  };
}
