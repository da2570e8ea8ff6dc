import { networkOf } from '../identity/login-limits.ts';

const minuteMs = 60_000;
/** Kept in mind at once. */
const mostKnown = 10_000;

/** Says which refusals are worth an entry: anybody can be refused as often as they like, and the log keeps each for years. */
export class Refusals {
  readonly #last = new Map<string, number>();

  /** Whether what this address was refused is the first of its kind within a minute. @param now epoch milliseconds */
  isNew(address: string, kind: string, now: number): boolean {
    const key = `${networkOf(address)} ${kind}`;
    const last = this.#last.get(key);
    if (last !== undefined && now - last < minuteMs) return false;
    this.#last.delete(key);
    this.#last.set(key, now);
    const [oldest] = this.#last.keys();
    if (this.#last.size > mostKnown && oldest !== undefined) this.#last.delete(oldest);
    return true;
  }
}
