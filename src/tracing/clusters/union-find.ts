// Sets of numbers that are joined pair by pair. The least member is the root, so that a set's name follows from its
// members alone and not from the order in which they were joined.

export type UnionFind = {
  /** The least member of the set that holds `member`. */
  find(member: number): number;
  /** False where both were in one set already. */
  union(a: number, b: number): boolean;
};

export function createUnionFind(count: number): UnionFind {
  const parents = new Int32Array(count);
  for (let member = 0; member < count; member++) parents[member] = member;
  const find = (member: number): number => {
    // Path halving (Tarjan and van Leeuwen 1984): every second node of the path is hung one level higher.
    let at = member;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  };
  return {
    find,
    union(a, b) {
      const [one, other] = [find(a), find(b)];
      if (one === other) return false;
      parents[Math.max(one, other)] = Math.min(one, other);
      return true;
    },
  };
}
