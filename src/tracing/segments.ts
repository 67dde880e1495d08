// Taint that keeps its place: stretches of tainted units inside an amount, in order and apart. FIFO and LIFO carry
// these; a stretch that is cut and moved loses nothing, which is why both can be walked backward (FIELD §4.1).

/** `start` counts units from the front of whatever holds it; `length` is above zero. */
export type Segment = { start: bigint; length: bigint };

export const totalOf = (segments: readonly Segment[]): bigint => segments.reduce((sum, { length }) => sum + length, 0n);

/** Puts a stretch in its place; stretches that touch become one; units that were there already are not counted twice. Returns how many are new. */
export function addSegment(segments: Segment[], start: bigint, length: bigint): bigint {
  if (length <= 0n) return 0n;
  let end = start + length;
  let at = segments.length;
  while (at > 0 && segments[at - 1]!.start + segments[at - 1]!.length >= start) at--;
  let known = 0n;
  let until = at;
  for (; until < segments.length && segments[until]!.start <= end; until++) {
    const other = segments[until]!;
    known += other.length;
    if (other.start < start) start = other.start;
    if (other.start + other.length > end) end = other.start + other.length;
  }
  segments.splice(at, until - at, { start, length: end - start });
  return end - start - known;
}

/** Cuts [start, end) out of `segments` and returns what was there, in units counted from `start`. */
export function takeSegments(segments: Segment[], start: bigint, end: bigint): Segment[] {
  const taken: Segment[] = [];
  const kept: Segment[] = [];
  let at = segments.length;
  while (at > 0 && segments[at - 1]!.start + segments[at - 1]!.length > start) at--;
  let until = at;
  for (; until < segments.length && segments[until]!.start < end; until++) {
    const segment = segments[until]!;
    const segmentEnd = segment.start + segment.length;
    const from = segment.start > start ? segment.start : start;
    const to = segmentEnd < end ? segmentEnd : end;
    if (segment.start < from) kept.push({ start: segment.start, length: from - segment.start });
    taken.push({ start: from - start, length: to - from });
    if (to < segmentEnd) kept.push({ start: to, length: segmentEnd - to });
  }
  segments.splice(at, until - at, ...kept);
  return taken;
}

/** Stretches `offset` units behind the front of an amount `of`, as they lie in an amount `into`: each edge is moved in proportion and cut to a whole unit. */
export function scaleSegments(segments: readonly Segment[], offset: bigint, of: bigint, into: bigint): Segment[] {
  const scaled: Segment[] = [];
  for (const { start, length } of segments) {
    const from = ((offset + start) * into) / of;
    addSegment(scaled, from, ((offset + start + length) * into) / of - from);
  }
  return scaled;
}

/** Taints up to `amount` clean units of the stretches, from the front of each; returns how many were found. */
export function addClean(segments: Segment[], amount: bigint, ...stretches: [bigint, bigint][]): bigint {
  let left = amount;
  for (const [start, end] of stretches) {
    let at = start;
    while (left > 0n && at < end) {
      const next = segments.find((segment) => segment.start + segment.length > at);
      if (next && next.start <= at) {
        at = next.start + next.length;
        continue;
      }
      const until = next && next.start < end ? next.start : end;
      const length = until - at < left ? until - at : left;
      left -= addSegment(segments, at, length);
      at += length;
    }
  }
  return amount - left;
}
