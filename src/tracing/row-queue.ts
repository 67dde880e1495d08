// Rows still to be looked at, least first: a binary heap over plain numbers. A row may be put in twice; who takes it
// out knows whether it still counts.

export type RowQueue = { push(row: number): void; pop(): number | undefined; peek(): number | undefined };

export function createRowQueue(): RowQueue {
  const heap: number[] = [];
  return {
    push(row) {
      let at = heap.push(row) - 1;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (heap[parent]! <= row) break;
        heap[at] = heap[parent]!;
        at = parent;
      }
      heap[at] = row;
    },
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (heap.length === 0 || last === undefined) return first;
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
        if (heap[child]! >= last) break;
        heap[at] = heap[child]!;
        at = child;
      }
      heap[at] = last;
      return first;
    },
    peek: () => heap[0],
  };
}
