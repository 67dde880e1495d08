// Every reader of transfers, one file each; the first that recognises a file is taken where no format was named.
import { bitcoinBlock } from "./bitcoin-block.ts";
import { bitcoinEtl } from "./bitcoin-etl.ts";
import { ethereumEtl } from "./ethereum-etl.ts";
import { nomadTransfers } from "./nomad-events.ts";
import type { TransferReader } from "./reader.ts";
import { roninTransferSet } from "./ronin-transfers.ts";
import { headOf, unpacked, type SourceFile } from "./source-file.ts";
import { transfersReader } from "./transfers.ts";
import { utxoReader } from "./utxo.ts";

export const TRANSFER_READERS: readonly TransferReader[] = [
  nomadTransfers,
  roninTransferSet,
  bitcoinBlock,
  bitcoinEtl,
  ethereumEtl,
  transfersReader,
  utxoReader,
];

/** The reader that recognises every one of the files, by name and first bytes; undefined where none does. */
export async function guessReader(sources: readonly SourceFile[]): Promise<TransferReader | undefined> {
  const heads: string[] = [];
  for (const source of sources) heads.push(await headOf(unpacked(source)));
  return sources.length === 0 ? undefined : TRANSFER_READERS.find((reader) => sources.every(({ name }, at) => reader.recognises(name, heads[at]!)));
}
