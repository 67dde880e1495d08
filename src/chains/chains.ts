// The door of the chains room: which chain, which account, which asset a text names, by each chain's own rule (CAIP-2,
// CAIP-10, CAIP-19). Whatever compares addresses compares what comes out of here.
export { chainsOfSymbol, findChain, isChainId, type Chain } from "./chain-table.ts";
export { accountsOf, describeReading, foldAddress, readAddress, sameAccount, type Address, type AddressReading } from "./read-address.ts";
export { formatAssetId, nativeAsset, parseAssetId, type AssetId, type AssetReading } from "./asset-id.ts";
export { bitcoinAddressOf, BITCOIN_MAGIC, readBitcoinBlock, type BitcoinBlock } from "./bitcoin-block.ts";
export { createAddressIndex, readAccounts, INDEXED_LENGTH_MAX, NOT_INDEXED, type AddressIndex } from "./address-index.ts";
