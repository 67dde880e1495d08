// A binary heap: `pop` gives the item that `isFirst` puts before all others.

export function createHeap<T>(isFirst: (a: T, b: T) => boolean, items: readonly T[] = []) {
  const heap: T[] = [];
  const push = (item: T): void => {
    let at = heap.push(item) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && isFirst(item, heap[parent]!); parent = (at - 1) >> 1) {
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = item;
  };
  for (const item of items) push(item);
  return {
    push,
    pop(): T | undefined {
      const first = heap[0];
      const last = heap.pop();
      if (heap.length === 0 || last === undefined) return first;
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && isFirst(heap[child + 1]!, heap[child]!)) child++;
        if (!isFirst(heap[child]!, last)) break;
        heap[at] = heap[child]!;
        at = child;
      }
      heap[at] = last;
      return first;
    },
  };
}
