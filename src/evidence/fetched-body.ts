// The body of an answer, decoded, within limits that hold while it streams: what a source sends may be endless, or small on
// the wire and huge when decompressed, or cut into a million pieces.
import type { IncomingMessage } from "node:http";
import type { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import zlib from "node:zlib";
import { TracewireError } from "../errors.ts";

export type BodyLimits = {
  /** Of the body as it comes over the wire, and again after decompression. */
  bytes_max: number;
  /** Decompressed over compressed; text rarely exceeds twenty, a bomb has a thousand. */
  ratio_max: number;
};

export const ACCEPTED_ENCODINGS = "gzip, br, zstd";

const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ["gzip", () => zlib.createGunzip()],
  ["x-gzip", () => zlib.createGunzip()],
  ["br", () => zlib.createBrotliDecompress()],
  // RFC 9659: a zstd content coding needs no window over 8 MiB (2^23); a frame that asks for 2 GiB is refused.
  ["zstd", () => zlib.createZstdDecompress({ params: { [zlib.constants.ZSTD_d_windowLogMax]: 23 } })],
]);

/** Below this a high ratio is harmless. */
const RATIO_BYTES_MIN = 2 ** 20;
const BUFFER_BYTES_MIN = 64 * 1024;

/** Reads the body to its end. Throws CAPTURE_TOO_LARGE over a limit, EGRESS_FAILED when it breaks or cannot be decoded. */
export async function readBody(response: IncomingMessage, limits: BodyLimits, signal: AbortSignal, asked: string): Promise<Uint8Array> {
  const tooLarge = (what: string) => new TracewireError("CAPTURE_TOO_LARGE", { what, where: asked });
  const fail = (what: string, cause?: unknown) => new TracewireError("EGRESS_FAILED", { what, where: asked, cause });

  const encoding = (response.headers["content-encoding"] ?? "").trim().toLowerCase();
  const decoder = DECODERS.get(encoding);
  const declared = Number(response.headers["content-length"] ?? 0);
  const fault =
    declared > limits.bytes_max
      ? tooLarge(`It announces ${declared} bytes; the limit is ${limits.bytes_max}`)
      : !decoder && encoding !== "" && encoding !== "identity"
        ? fail(`It is encoded as "${encoding.slice(0, 40)}", which was not asked for`)
        : undefined;
  if (fault) {
    response.destroy();
    throw fault;
  }

  let received = 0;
  let size = 0;
  let kept = Buffer.allocUnsafe(Math.min(BUFFER_BYTES_MIN, limits.bytes_max));
  async function* counted(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      received += chunk.length;
      if (received > limits.bytes_max) throw tooLarge(`More than ${limits.bytes_max} bytes`);
      yield chunk;
    }
  }
  // One growing buffer, not a list: fifty million one-byte chunks kept as objects are gigabytes.
  async function keep(source: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of source) {
      const end = size + chunk.length;
      if (end > limits.bytes_max) throw tooLarge(`More than ${limits.bytes_max} bytes when decompressed`);
      if (end > RATIO_BYTES_MIN && end > received * limits.ratio_max)
        throw tooLarge(`It decompresses to more than ${limits.ratio_max} times its size`);
      if (end > kept.length) {
        const larger = Buffer.allocUnsafe(Math.min(Math.max(kept.length * 2, end), limits.bytes_max));
        kept.copy(larger, 0, 0, size);
        kept = larger;
      }
      kept.set(chunk, size);
      size = end;
    }
  }
  try {
    if (decoder) await pipeline(response, counted, decoder(), keep, { signal });
    else await pipeline(response, counted, keep, { signal });
  } catch (error) {
    // An empty answer (204, 304, many a 404) may still name an encoding: nothing is what it decodes to.
    if (received === 0 && response.complete && !signal.aborted) return new Uint8Array();
    if (error instanceof TracewireError) throw error;
    throw fail(`The body cannot be read: ${(error as Error).message}`, error);
  }
  return Buffer.copyBytesFrom(kept, 0, size);
}
