// The door of the freezing room: a packet for a service's desk as files, with their sums and the proof from the log.
import { exportBundle, sha256Hex, type EvidenceReader } from "../evidence/evidence.ts";
import type { SavedTrace } from "../tracing/tracing.ts";
import { lazily } from "../lazy.ts";
import { writeLetter } from "./letter.ts";
import type { Packet } from "./packet.ts";
import { addressesCsv, transactionsCsv } from "./tables.ts";

export { makePacket, servicesOf, type Packet, type PacketInput } from "./packet.ts";

/** Files by name. Two packets of one trace, state and hour are the same bytes. */
export async function packetFiles(newsroom: EvidenceReader & { verifierKey: string }, trace: SavedTrace, packet: Packet): Promise<Map<string, Uint8Array>> {
  const { log, blobs, verifierKey } = newsroom;
  const seqs = [trace.seq, trace.totals, trace.flows, ...(trace.steps === null ? [] : [trace.steps]), ...trace.sets.map(({ seq }) => seq)];
  const proof = exportBundle(log, blobs, { subject: `freeze ${trace.id}`, seqs, made_at: packet.made_at, verifier_key: verifierKey });
  const text = (value: string) => Buffer.from(value);
  const files = new Map<string, Uint8Array>([
    ["letter.pdf", await writeLetter(packet, verifierKey, { is_public: trace.released !== undefined })],
    ["addresses.csv", text(addressesCsv(packet))],
    ["transactions.csv", text(transactionsCsv(packet))],
    ["packet.json", text(`${JSON.stringify(packet, null, 1)}\n`)],
    ["proof.json", text(`${JSON.stringify(proof)}\n`)],
  ]);
  files.set("SHA256SUMS", text([...files].map(([name, bytes]) => `${sha256Hex(bytes)}  ${name}\n`).join("")));
  return files;
}

const fflate = lazily<typeof import("fflate")>(import.meta.url, "fflate");
/** ZIP cannot say "no date"; this is its first day. */
const NO_DATE = new Date(1980, 0, 1);

/** The files as one, for who gets them from a page. */
export const packetArchive = (files: ReadonlyMap<string, Uint8Array>): Uint8Array => fflate().zipSync(Object.fromEntries(files), { mtime: NO_DATE });
