import { maxDepth } from './limits.ts';

interface Flaw {
  readonly path: string;
  readonly what: string;
}

/**
 * The first thing in a tree that a Struct cannot say, with the way to it. The encoder looks for it only once it has failed,
 * so that no path is built for trees that are well.
 */
export function findFlaw(value: unknown, path: string, depth = 1): Flaw | undefined {
  const what = flawOf(value, depth);
  if (what !== undefined) return { path, what };
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const step = Array.isArray(value) ? `[${key}]` : `.${key}`;
    const flaw = findFlaw(item, path + step, depth + (typeof item === 'object' && item !== null ? 1 : 0));
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

function flawOf(value: unknown, depth: number): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `is ${value}`;
  if (typeof value === 'object' && value !== null) {
    if (depth > maxDepth) return `is nested deeper than ${maxDepth} levels`;
    return isPlain(value) ? undefined : `is a ${value.constructor?.name ?? 'class instance'}, not plain data`;
  }
  const sayable = ['string', 'boolean', 'undefined', 'object'].includes(typeof value);
  return sayable ? undefined : `is a ${typeof value}`;
}

/** True of literals and parsed JSON, also of another realm's; false of a Date, a Map, a Buffer, a class's instance. */
export function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}
