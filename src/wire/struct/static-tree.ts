import type { JsonObject } from './json.ts';

interface StaticTree {
  /** JSON levels, itself being the first. */
  readonly depth: number;
  /** Its Struct, once somebody has encoded it. */
  bytes?: Uint8Array;
}

const trees = new WeakMap<object, StaticTree>();

/**
 * Freezes an object to its leaves and has its encoding kept: each message that carries this very object (not a copy of it)
 * then costs a copy of bytes. Meant for what many messages repeat, such as a resource's layouts.
 */
export function makeStatic<T extends JsonObject>(tree: T): T {
  trees.set(tree, { depth: freeze(tree) });
  return tree;
}

export function staticTree(tree: object): StaticTree | undefined {
  return Object.isFrozen(tree) ? trees.get(tree) : undefined;
}

function freeze(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  Object.freeze(value);
  return 1 + Math.max(0, ...Object.values(value).map(freeze));
}
