/** What has to be asked apart from what is of another group. */
interface Grouped {
  readonly group: string;
}

/**
 * Splits what is to be asked into calls of at most `size`. A group that fills calls gets its own; what is left over of groups
 * shares calls, since a call costs more than its chunks do.
 *
 * @param mostGroups in one call; 1 where the other side cannot take more
 */
export function binsOf<T extends Grouped>(items: readonly T[], size: number, mostGroups: number): T[][] {
  const full: T[][] = [];
  const rests: T[][] = [];
  for (const group of Map.groupBy(items, (item) => item.group).values()) {
    for (let at = 0; at < group.length; at += size) {
      const piece = group.slice(at, at + size);
      (piece.length === size ? full : rests).push(piece);
    }
  }
  const shared: { items: T[]; groups: number }[] = [];
  for (const rest of rests.sort((a, b) => b.length - a.length)) {
    const open = shared.find(({ items, groups }) => groups < mostGroups && items.length + rest.length <= size);
    if (open === undefined) shared.push({ items: [...rest], groups: 1 });
    else {
      open.items.push(...rest);
      open.groups++;
    }
  }
  return [...full, ...shared.map((bin) => bin.items)];
}
