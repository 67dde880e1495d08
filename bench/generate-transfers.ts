// A seeded world of transfers for the benches: exchanges as hubs (sizes by a power law), users that come and go, ten
// thefts whose money runs through peel chains a hundred hops long. Same seed, same bytes, on every machine.

export type World = {
  rows: number;
  /** Numbers of addresses, in the order in which they first appear. Exchanges come first. */
  addresses: number;
  exchanges: number;
  from: Uint32Array;
  to: Uint32Array;
  /** 0 is the native asset. */
  asset: Uint8Array;
  /** Amount in base units: high · 2^50 + low. */
  high: Float64Array;
  low: Float64Array;
  /** Rows that are the thefts: each brings ten to fifty thousand ETH to a fresh address. */
  thefts: number[];
};

export const EXCHANGES = 200;
const THEFTS = 10;
const HOPS = 100;
const CHAINS_PER_THEFT = 12;
const ETH = 1e18;
const LIMB = 2 ** 50;
const POOL = 1 << 17;
const BUSY = 1 << 13;

/** mulberry32: enough for a bench, and the same everywhere. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function generateWorld(rows: number, { seed = 1, assets = 4 } = {}): World {
  const random = createRandom(seed);
  const below = (n: number) => Math.floor(random() * n);
  const most = Math.ceil(rows * 0.4) + EXCHANGES + 1000;
  const balance = new Float64Array(most).fill(1e7, 0, EXCHANGES);
  const world = {
    rows,
    addresses: EXCHANGES,
    exchanges: EXCHANGES,
    from: new Uint32Array(rows),
    to: new Uint32Array(rows),
    asset: new Uint8Array(rows),
    high: new Float64Array(rows),
    low: new Float64Array(rows),
    thefts: [] as number[],
  };
  // Sizes of exchanges by a power law, as a table to draw from.
  const weights = Array.from({ length: EXCHANGES }, (_, rank) => (rank + 1) ** -0.8);
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  const byWeight = new Uint8Array(8192);
  for (let rank = 0, at = 0, until = 0; rank < EXCHANGES; rank++) {
    until += (weights[rank]! / weightSum) * byWeight.length;
    while (at < Math.min(byWeight.length, Math.ceil(until))) byWeight[at++] = rank;
  }
  const exchange = () => byWeight[below(byWeight.length)]!;
  const pool = new Uint32Array(POOL);
  let pooled = 0;
  const busy = new Uint32Array(BUSY);
  let busied = 0;
  /** An address that nobody else writes to; a user is one that others know. */
  const unknown = (): number => world.addresses++;
  const fresh = (): number => {
    const address = unknown();
    pool[pooled++ % POOL] = address;
    if (random() < 0.04) busy[busied++ % BUSY] = address;
    return address;
  };
  /** Most are seen a few times; a few are busy for long. */
  const user = () => {
    if (busied > 0 && random() < 0.3) return busy[below(Math.min(busied, BUSY))]!;
    return pooled === 0 ? fresh() : pool[below(Math.min(pooled, POOL))]!;
  };

  let row = 0;
  const put = (from: number, to: number, eth: number, asset = 0): void => {
    world.from[row] = from;
    world.to[row] = to;
    world.asset[row] = asset;
    const units = eth * ETH;
    world.high[row] = Math.floor(units / LIMB);
    world.low[row] = Math.floor(random() * LIMB);
    if (asset === 0) {
      balance[from] = from < EXCHANGES ? balance[from]! : Math.max(0, balance[from]! - eth);
      balance[to]! += eth;
    }
    row++;
  };
  const ordinary = (): void => {
    const asset = random() < 0.7 ? 0 : below(assets);
    const kind = random();
    if (kind < 0.38) return put(exchange(), random() < 0.4 ? fresh() : user(), 0.02 * Math.exp(random() * 7), asset);
    const from = user();
    const held = asset === 0 ? balance[from]! : 0;
    const eth = held > 0 ? held * (random() < 0.15 ? 1 : random() ** 2) : 0.01 * Math.exp(random() * 5);
    if (kind < 0.58) return put(from, exchange(), eth, asset);
    put(from, random() < 0.35 ? fresh() : user(), eth, asset);
  };

  // A peel chain: at each hop a little goes to an exchange or a user, the rest to a fresh address.
  type Chain = { at: number; hops: number };
  const chains: Chain[] = [];
  const firstTheft = Math.floor(rows * 0.05);
  const hopsPlanned = THEFTS * CHAINS_PER_THEFT * HOPS;
  const hopChance = Math.min(0.2, hopsPlanned / (rows * 0.7));
  const theft = (): void => {
    const thief = unknown();
    const stolen = 10_000 + 40_000 * random();
    world.thefts.push(row);
    put(exchange(), thief, stolen);
    for (let chain = 0; chain < CHAINS_PER_THEFT && row < rows; chain++) {
      const start = unknown();
      put(thief, start, stolen / CHAINS_PER_THEFT);
      chains.push({ at: start, hops: HOPS });
    }
  };
  const hop = (): void => {
    const number = below(chains.length);
    const chain = chains[number]!;
    const held = balance[chain.at]!;
    put(chain.at, random() < 0.5 ? exchange() : user(), held * (0.005 + 0.03 * random()));
    if (row === rows) return;
    const next = unknown();
    put(chain.at, next, balance[chain.at]!);
    chain.at = next;
    if (--chain.hops === 0) chains.splice(number, 1);
  };
  while (row < rows) {
    if (world.thefts.length < THEFTS && row >= firstTheft + (world.thefts.length * rows) / 100) theft();
    else if (chains.length > 0 && random() < hopChance) hop();
    else ordinary();
  }
  return world;
}

/** The twenty bytes of an address, as five words. */
export function addressWords(address: number, into: Uint32Array, at: number): void {
  let state = (address + 1) >>> 0;
  for (let word = 0; word < 5; word++) {
    state = (Math.imul(state ^ (state >>> 16), 0x85ebca6b) + 0x9e3779b9) >>> 0;
    state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35) >>> 0;
    into[at + word] = (state ^ (state >>> 16)) >>> 0;
  }
  into[at + 4] = address;
}
