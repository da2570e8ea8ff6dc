import type { Fleet } from './three-ways.fixture.ts';

type Values = Readonly<Record<string, number>>;

/** One key of one server, by either way; undefined where it has no value. */
export interface Pair {
  /** `reference.resource_id` */
  readonly id: string;
  readonly key: string;
  /** Where the direct way has it from; '' where it has not. */
  readonly source: string;
  readonly direct: Values | undefined;
  readonly platform: Values | undefined;
}

/** All keys that either way has of the servers that both have. */
export function pairsOf(direct: Fleet, platform: Fleet): Pair[] {
  return [...direct].flatMap(([id, told]) => {
    const other = platform.get(id);
    if (other === undefined) return [];
    return [...new Set([...told.values.keys(), ...other.values.keys()])].map((key) => ({
      id,
      key,
      source: told.sources.get(key) ?? '',
      direct: told.values.get(key),
      platform: other.values.get(key),
    }));
  });
}

/** So many decimals that eight digits of a value count. */
export function digitsOf(value: number): number {
  return value === 0 ? 9 : 7 - Math.ceil(Math.log10(Math.abs(value)));
}
