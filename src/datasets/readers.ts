// Every reader of a public source, one file each.
import type { DatasetReader } from "./reader.ts";
import { bitcoinBlocks } from "./readers/bitcoin-blocks.ts";
import { csvTable } from "./readers/csv-table.ts";
import { harmonizedSystem } from "./readers/harmonized-system.ts";
import { incidentWiki } from "./readers/incident-wiki.ts";
import { maltrail } from "./readers/maltrail.ts";
import { mispActors } from "./readers/misp-actors.ts";
import { mitreAttack } from "./readers/mitre-attack.ts";
import { nomadEvents } from "./readers/nomad-events.ts";
import { ofacCrypto } from "./readers/ofac-crypto.ts";
import { ofacSdn } from "./readers/ofac-sdn.ts";
import { provocations } from "./readers/provocations.ts";
import { ownTags } from "./readers/own-tags.ts";
import { roninTransfers } from "./readers/ronin-transfers.ts";
import { tagpack } from "./readers/tagpack.ts";
import { unList } from "./readers/un-list.ts";

export const READERS: readonly DatasetReader[] = [
  nomadEvents,
  roninTransfers,
  incidentWiki,
  maltrail,
  mitreAttack,
  mispActors,
  ofacSdn,
  ofacCrypto,
  unList,
  provocations,
  harmonizedSystem,
  bitcoinBlocks,
  tagpack,
  ownTags,
  csvTable,
];
