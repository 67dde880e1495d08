// What an opposing expert looks for in an exchange: a fortune given for a token that nobody else ever moved. No price is
// used, so such an asset takes all the taint; it is named, with the transaction, and left to the reader.
import { NOBODY, type TransferTable } from "./transfer-table.ts";

const NAMED_MAX = 20;

/** `exchanged`: asset and transfer of each row by which taint came into another asset. One note for each asset that no other transaction moves. */
export function unusualAssets(table: TransferTable, exchanged: ReadonlySet<string>): string[] {
  if (exchanged.size === 0) return [];
  const assets = new Map<string, { txids: Set<string>; elsewhere: boolean }>();
  const named = new Set([...exchanged].map((name) => name.slice(0, name.indexOf(" "))));
  const rows: { asset: string; txid: string; name: string }[] = [];
  for (let row = 0; row < table.count; row++) {
    const asset = table.assetOf(table.from[row] === NOBODY ? table.to[row]! : table.from[row]!);
    if (named.has(asset)) rows.push({ asset, txid: table.transfer(row).txid, name: table.nameOf(row) });
  }
  for (const { asset, txid, name } of rows)
    if (exchanged.has(`${asset} ${name}`)) {
      const known = assets.get(asset) ?? { txids: new Set<string>(), elsewhere: false };
      known.txids.add(txid);
      assets.set(asset, known);
    }
  for (const { asset, txid } of rows) {
    const known = assets.get(asset);
    if (known && !known.txids.has(txid)) known.elsewhere = true;
  }
  const alone = [...assets].filter(([, { elsewhere }]) => !elsewhere);
  const notes = alone
    .slice(0, NAMED_MAX)
    .map(([asset, { txids }]) => `${asset} took taint in an exchange (${[...txids][0]}), and no other transaction here moves it: it may be worth nothing. Look at both sides, or ask with --no-conversions.`);
  return alone.length > NAMED_MAX ? [...notes, `${alone.length - NAMED_MAX} more such assets.`] : notes;
}
