import type { MetricKey } from '#model/metric.ts';
import { type Day, dayAt } from '#model/window.ts';
import type { Series } from './api.ts';
import { nameIn } from './server.ts';

/** What was read of one key of one server, by day: statistics of its slots, or the slots themselves. */
export interface Readings {
  readonly sum: Map<Day, number>;
  readonly count: Map<Day, number>;
  readonly max: Map<Day, number>;
  readonly min: Map<Day, number>;
  readonly slots: Map<Day, number[]>;
}

/** The replies to the queries of one request, put together by server and key. */
export class ReadingsByServer {
  readonly #by: readonly string[];
  readonly #servers = new Map<string, Map<MetricKey, Readings>>();

  /** @param by labels that name a server in the replies */
  constructor(by: readonly string[]) {
    this.#by = by;
  }

  take(replies: readonly Series[], key: MetricKey, statistic: keyof Readings): void {
    for (const { labels, points } of replies) {
      const name = nameIn(labels, this.#by);
      if (name === undefined) continue;
      const { slots, ...daily } = this.of(name, key);
      for (const [time, value] of points) {
        const day = dayBefore(time);
        if (statistic !== 'slots') daily[statistic].set(day, value);
        else if (slots.get(day)?.push(value) === undefined) slots.set(day, [value]);
      }
    }
  }

  /** Of a server by its name in the metrics. */
  of(name: string, key: MetricKey): Readings {
    const keys = this.#servers.get(name) ?? new Map<MetricKey, Readings>();
    this.#servers.set(name, keys);
    const known = keys.get(key);
    if (known !== undefined) return known;
    const made = { sum: new Map(), count: new Map(), max: new Map(), min: new Map(), slots: new Map() };
    keys.set(key, made);
    return made;
  }

  /** Whether a key has sums on days of which another key's count says nothing. */
  hasUncounted(key: MetricKey, counted: MetricKey): boolean {
    return [...this.#servers.keys()].some((name) => {
      const { count } = this.of(name, counted);
      return [...this.of(name, key).sum.keys()].some((day) => !count.has(day));
    });
  }
}

/** The day that ends when a statistic was evaluated, or that a slot lies in which ends then. */
function dayBefore(time: number): Day {
  return dayAt(time - 1);
}
