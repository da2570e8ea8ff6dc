import { dayAt } from '#model/window.ts';
import type { Store } from '#store/store.ts';

/** As many days of history as can be asked for at once; longer than any cloud keeps its own. */
export const defaultKeptDays = 400;

/** Drops the days of history that are older than is kept. @param now epoch milliseconds @returns how many resource days are gone */
export function forgetOldDays({ history }: Store, keptDays: number, now: number): Promise<number> {
  return history.forget(dayAt(now / 1000) - keptDays);
}
