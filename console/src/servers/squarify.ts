export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Parts a rectangle into one for each size, as large as the size and as square as may be: Bruls, Huizing and van Wijk, “Squarified
 * Treemaps”, 2000. Rows are laid along the shorter side, and end where another part would make them narrower.
 *
 * @param sizes none below 0
 * @returns in the order of the sizes; empty rectangles where there is nothing to part
 */
export function squarify(sizes: readonly number[], within: Rectangle): Rectangle[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const scale = total > 0 ? (within.width * within.height) / total : 0;
  const waiting = sizes.map((size, at) => ({ at, area: size * scale })).sort((a, b) => b.area - a.area);
  const placed = sizes.map((): Rectangle => ({ x: within.x, y: within.y, width: 0, height: 0 }));
  let free = within;
  for (let from = 0; from < waiting.length; ) {
    const side = Math.min(free.width, free.height);
    let [end, sum] = [from, 0];
    for (let worst = Number.POSITIVE_INFINITY; end < waiting.length; end++) {
      const area = waiting[end]?.area ?? 0;
      const next = worstRatio(waiting[from]?.area ?? 0, area, sum + area, side);
      if (next > worst) break;
      worst = next;
      sum += area;
    }
    const depth = side > 0 ? sum / side : 0;
    const isColumn = free.width >= free.height;
    let along = 0;
    for (const { at, area } of waiting.slice(from, end)) {
      const length = depth > 0 ? area / depth : 0;
      placed[at] = isColumn
        ? { x: free.x, y: free.y + along, width: depth, height: length }
        : { x: free.x + along, y: free.y, width: length, height: depth };
      along += length;
    }
    free = isColumn
      ? { ...free, x: free.x + depth, width: Math.max(0, free.width - depth) }
      : { ...free, y: free.y + depth, height: Math.max(0, free.height - depth) };
    from = end;
  }
  return placed;
}

/** Of a row, the longer side by the shorter one of its least square part: that is its largest or its smallest. */
function worstRatio(largest: number, smallest: number, sum: number, side: number): number {
  if (sum === 0) return 0;
  const depth = (sum / side) ** 2;
  return Math.max(largest / depth, smallest === 0 ? 0 : depth / smallest);
}
