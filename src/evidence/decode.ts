// Bytes to characters. A byte order mark outranks what was declared, as WHATWG Encoding §6 has it;
// what could not be decoded is counted and said, because U+FFFD in a quotation is not what the source wrote.

export type Decoded = { text: string; charset: string; warnings: string[] };

/** `charset` was declared by the sender, `hint` found in the document (meta). */
export function decodeBytes(bytes: Uint8Array, { charset, hint }: { charset?: string; hint?: string } = {}): Decoded {
  const warnings: string[] = [];
  const named = byteOrderMark(bytes) ?? wideWithoutMark(bytes, warnings) ?? knownCharset(charset, warnings) ?? knownCharset(hint, warnings);
  if (named) {
    const text = new TextDecoder(named).decode(bytes);
    const replaced = countReplaced(text);
    if (replaced) warnings.push(`${replaced} characters are U+FFFD: not valid ${named}, or already lost at the source`);
    return { text, charset: named, warnings };
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), charset: "utf-8", warnings };
  } catch {
    // The label latin1 means windows-1252 (WHATWG Encoding §4.2); it maps every byte, so nothing can fail here.
    warnings.push("not valid UTF-8 and no encoding named: read as windows-1252, so letters beyond ASCII may be wrong");
    return { text: new TextDecoder("windows-1252").decode(bytes), charset: "windows-1252", warnings };
  }
}

/** Encoding named by a byte order mark. */
export function byteOrderMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return undefined;
}

const WIDE_SAMPLE_BYTES = 4096;
const WIDE_SHARE_MIN = 0.4;

/** UTF-16 without a mark shows as a NUL in every other byte of Western text. */
export function wideWithoutMark(bytes: Uint8Array, warnings: string[] = []): string | undefined {
  const sample = bytes.subarray(0, WIDE_SAMPLE_BYTES);
  if (sample.length < 8) return undefined;
  const nuls: [number, number] = [0, 0];
  for (let i = 0; i < sample.length; i += 1) if (sample[i] === 0) nuls[(i & 1) as 0 | 1] += 1;
  const half = sample.length / 2;
  const [even, odd] = [nuls[0] / half, nuls[1] / half];
  const found = odd > WIDE_SHARE_MIN && even < 0.05 ? "utf-16le" : even > WIDE_SHARE_MIN && odd < 0.05 ? "utf-16be" : undefined;
  if (found) warnings.push(`read as ${found}, guessed from its bytes: there is no byte order mark`);
  return found;
}

function knownCharset(label: string | undefined, warnings: string[]): string | undefined {
  if (label === undefined || label.trim() === "") return undefined;
  try {
    return new TextDecoder(label.trim()).encoding;
  } catch {
    warnings.push(`the encoding "${label.slice(0, 40)}" is not known and was ignored`);
    return undefined;
  }
}

function countReplaced(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\ufffd"); at !== -1; at = text.indexOf("\ufffd", at + 1)) count += 1;
  return count;
}
