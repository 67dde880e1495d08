// Transfers between accounts in GraphSense's shapes. There an account is an entity of its own; tokens stand apart from the
// chain's own coin, here under their CAIP-19 id, because two tokens may bear one ticker.
import { holdingsOf, type Transfer } from "../tracing/tracing.ts";
import { addToken, heightOf, ordered, tagCount, timestampOf, tokenValues, values, type World } from "./graphsense-shapes.ts";
import { isNative, type LedgerData } from "./ledger-data.ts";

export function accountWorld(data: LedgerData, chain: string, currency: string): World {
  const { table } = data;
  const accounts = data.accounts(chain);
  const transfersOf = (number: number): Transfer[] => accounts.rowsOf(number).map((row) => table.transfer(row));
  const nameOf = (number: number): string => accounts.addresses[number]!;
  const idOf = ({ txid, row }: Transfer): string => txid || row;
  const of = (hash: string): Transfer[] => {
    const id = /^0x[0-9a-fA-F]+$/.test(hash) && table.rowsOfTransaction(hash).length === 0 ? hash.toLowerCase() : hash;
    return table.rowsOfTransaction(id).map((row) => table.transfer(row)).filter((transfer) => transfer.chain === chain);
  };
  const summary = (transfer: Transfer) => ({ height: heightOf(transfer.block), timestamp: timestampOf(transfer.time), tx_hash: idOf(transfer) });

  const tx = (transfer: Transfer, sign = 1n) => ({
    tx_type: "account",
    currency: isNative(transfer.asset, chain) ? currency : transfer.asset,
    ...summary(transfer),
    value: values(sign * transfer.amount),
    from_address: transfer.from ?? "",
    to_address: transfer.to ?? "",
    ...(isNative(transfer.asset, chain) ? {} : { token_tx_id: transfer.index ?? 0 }),
  });

  const neighborsOf = (number: number, direction: "in" | "out") => {
    const own = nameOf(number);
    const sums = new Map<string, { value: bigint; tokens: Map<string, bigint>; txs: Set<string> }>();
    for (const transfer of transfersOf(number)) {
      const [mine, other] = direction === "out" ? [transfer.from, transfer.to] : [transfer.to, transfer.from];
      if (mine !== own || other === null || other === own) continue;
      const known = sums.get(other) ?? { value: 0n, tokens: new Map<string, bigint>(), txs: new Set<string>() };
      sums.set(other, known);
      if (!addToken(known.tokens, chain, transfer.asset, transfer.amount)) known.value += transfer.amount;
      known.txs.add(idOf(transfer));
    }
    return sums;
  };

  const totals = (number: number) => {
    const own = nameOf(number);
    const transfers = transfersOf(number);
    const sums = { received: 0n, spent: 0n, tokens_received: new Map<string, bigint>(), tokens_spent: new Map<string, bigint>() };
    const [incoming, outgoing] = [new Set<string>(), new Set<string>()];
    for (const transfer of transfers) {
      const { asset, amount } = transfer;
      if (transfer.to === own) {
        incoming.add(idOf(transfer));
        if (!addToken(sums.tokens_received, chain, asset, amount)) sums.received += amount;
      }
      if (transfer.from === own) {
        outgoing.add(idOf(transfer));
        if (!addToken(sums.tokens_spent, chain, asset, amount)) sums.spent += amount;
      }
    }
    const holdings = holdingsOf(table, own).filter((holding) => holding.chain === chain);
    const balances = new Map<string, bigint>();
    let balance = 0n;
    for (const { asset, balance: held } of holdings) if (!addToken(balances, chain, asset, held)) balance += held;
    return {
      balance: values(balance),
      ...(balances.size > 0 ? { token_balances: tokenValues(balances) } : {}),
      first_tx: summary(transfers[0]!),
      last_tx: summary(transfers.at(-1)!),
      in_degree: neighborsOf(number, "in").size,
      out_degree: neighborsOf(number, "out").size,
      no_incoming_txs: incoming.size,
      no_outgoing_txs: outgoing.size,
      total_received: values(sums.received),
      total_spent: values(sums.spent),
      ...(sums.tokens_received.size > 0 ? { total_tokens_received: tokenValues(sums.tokens_received) } : {}),
      ...(sums.tokens_spent.size > 0 ? { total_tokens_spent: tokenValues(sums.tokens_spent) } : {}),
    };
  };

  return {
    numberOf: (address) => accounts.numberOf(address) ?? (/^0x[0-9a-fA-F]{40}$/.test(address) ? accounts.numberOf(address.toLowerCase()) : undefined),
    has: (number) => number >= 0 && number < accounts.addresses.length,
    entityOf: (address) => address,
    addressName: nameOf,
    members: (entity) => [entity],
    address: (number) => ({ currency, address: nameOf(number), entity: number + 1, ...totals(number), status: "clean" }),
    entity: (number, labels) => ({
      currency,
      entity: number + 1,
      root_address: nameOf(number),
      ...totals(number),
      no_addresses: 1,
      no_address_tags: tagCount([nameOf(number)], labels),
    }),
    txs(node, _, ask) {
      const own = nameOf(node);
      const chosen = transfersOf(node).filter(
        ({ from, to, asset }) =>
          (ask.direction === undefined || (ask.direction === "out" ? from : to) === own) &&
          (ask.token_currency === undefined || asset === ask.token_currency || (ask.token_currency === currency && isNative(asset, chain))),
      );
      return ordered(chosen.map((transfer) => tx(transfer, transfer.from === own ? -1n : 1n)), ask);
    },
    neighbors: (node, _, direction) =>
      [...neighborsOf(node, direction)].map(([other, { value, tokens, txs }]) => ({ node: accounts.numberOf(other)!, value, tokens, transactions: txs.size })),
    links: (from, to) => transfersOf(from).filter((transfer) => transfer.from === nameOf(from) && transfer.to === nameOf(to)).map((transfer) => tx(transfer)),
    tx(hash, { token_tx_id }) {
      const own = of(hash);
      const found =
        token_tx_id === undefined
          ? (own.find(({ asset, kind }) => isNative(asset, chain) && kind !== "fee") ?? own[0])
          : own.find(({ asset, index }) => !isNative(asset, chain) && (index ?? 0) === token_tx_id);
      return found && tx(found);
    },
    tokenTxs(hash) {
      const own = of(hash);
      return own.length === 0 ? undefined : own.filter(({ asset }) => !isNative(asset, chain)).map((transfer) => tx(transfer));
    },
    // These three are of transactions with outputs alone.
    io: () => undefined,
    references: () => undefined,
    search(q, limit) {
      const txids = new Set<string>();
      for (const { chain: own, txid } of table.transfers) {
        if (txids.size >= limit) break;
        if (own === chain && txid !== "" && txid.startsWith(q)) txids.add(txid);
      }
      return { addresses: accounts.addresses.filter((address) => address.startsWith(q)).slice(0, limit), txs: [...txids] };
    },
    stats(labels) {
      const own = table.transfers.filter((transfer) => transfer.chain === chain);
      const pairs = new Set(own.flatMap(({ from, to }) => (from === null || to === null || from === to ? [] : [`${from} ${to}`])));
      return {
        name: currency,
        no_blocks: new Set(own.map(({ block }) => block)).size,
        no_address_relations: pairs.size,
        no_addresses: accounts.addresses.length,
        no_entities: accounts.addresses.length,
        no_txs: new Set(own.map(idOf)).size,
        no_labels: new Set(Object.values(labels).flat()).size,
        no_tagged_addresses: accounts.addresses.filter((address) => Object.hasOwn(labels, address)).length,
        timestamp: timestampOf(own.at(-1)?.time ?? null),
      };
    },
  };
}
