import { draw, hashText } from './hash.ts';

/** One call's luck: draws that depend on the seed, the place and the number of the call there, so that runs repeat. */
export interface Luck {
  /** How many calls to this place came before. */
  readonly turn: number;
  /** A draw from `[0, 1)`; each `purpose` has its own. */
  draw(purpose: string): number;
}

/** Hands out luck call by call. */
export function makeLuck(seed: number): (place: string) => Luck {
  const turns = new Map<string, number>();
  return (place) => {
    const turn = turns.get(place) ?? 0;
    turns.set(place, turn + 1);
    return { turn, draw: (purpose) => draw(hashText(seed, `${place} ${purpose}`), turn) };
  };
}
