import type { Clock } from '#collect/clock.ts';
import { CollectError } from '#model/errors.ts';
import type { MetricReader, Points, ReadRequest, SeriesRead } from '#model/metric-reader.ts';
import { SharedWork } from './shared-work.ts';

/** Once nobody new has come for so long, those who are here go. */
const quietMs = 4;
/** The longest that the first one waits for others. */
const patienceMs = 40;
/** So many reads fill a call: there is nothing to wait for. */
const fullReads = 500;

type Outcome = Points | CollectError;

interface Wanted<Metric> {
  readonly read: SeriesRead<Metric>;
  /** Requests that still wait for it. */
  requests: number;
}

interface Batch<Metric> {
  readonly wanted: Map<string, Wanted<Metric>>;
  readonly outcomes: SharedWork<ReadonlyMap<string, Outcome>>;
}

/**
 * Puts requests together that come at about the same time for the same place and window: a console asks for each chart and a
 * platform for each metric on its own, while a cloud counts calls. Equal reads are sent once. Each request gets the outcomes
 * of its own reads, so that what one asks wrongly does not hurt the others.
 */
export class Gatherer<Metric> {
  readonly #reader: Pick<MetricReader<Metric, unknown>, 'read'>;
  readonly #clock: Clock;
  readonly #open = new Map<string, Batch<Metric>>();

  constructor(reader: Pick<MetricReader<Metric, unknown>, 'read'>, clock: Clock) {
    this.#reader = reader;
    this.#clock = clock;
  }

  /** @returns for each read, in order, its points or why it has none. @throws CollectError `cancelled` */
  async read(request: ReadRequest<Metric>, signal: AbortSignal): Promise<Outcome[]> {
    const { wanted, outcomes } =
      request.reads.length < fullReads ? this.#openBatch(request) : this.#begin(request, async () => {});
    const keys = request.reads.map((read) => add(wanted, read));
    try {
      const known = await outcomes.wait(signal);
      return keys.map((key) => known.get(key) ?? new CollectError('internal', 'a read has no outcome'));
    } finally {
      for (const key of keys) leave(wanted, key);
    }
  }

  #openBatch(request: ReadRequest<Metric>): Batch<Metric> {
    const key = JSON.stringify([request.place, request.window]);
    const known = this.#open.get(key);
    if (known !== undefined && !known.outcomes.isAbandoned) return known;
    const batch = this.#begin(request, async (wanted, signal) => {
      try {
        await this.#gather(wanted, signal);
      } finally {
        if (this.#open.get(key) === batch) this.#open.delete(key);
      }
    });
    this.#open.set(key, batch);
    return batch;
  }

  #begin(
    { place, window }: ReadRequest<Metric>,
    gather: (wanted: ReadonlyMap<string, Wanted<Metric>>, signal: AbortSignal) => Promise<void>,
  ): Batch<Metric> {
    const wanted = new Map<string, Wanted<Metric>>();
    const outcomes = new SharedWork(async (signal) => {
      await gather(wanted, signal);
      const sent = [...wanted].filter(([, { requests }]) => requests > 0);
      const reads = sent.map(([, { read }]) => read);
      const replies = await this.#reader.read({ place, window, reads }, signal);
      return new Map(replies.flatMap((reply, at): [string, Outcome][] => (sent[at] ? [[sent[at][0], reply]] : [])));
    });
    return { wanted, outcomes };
  }

  async #gather(wanted: ReadonlyMap<string, unknown>, signal: AbortSignal): Promise<void> {
    const latest = this.#clock.now() + patienceMs;
    let before: number;
    do {
      before = wanted.size;
      await this.#clock.sleep(quietMs, signal);
    } while (wanted.size > before && wanted.size < fullReads && this.#clock.now() < latest);
  }
}

function add<Metric>(wanted: Map<string, Wanted<Metric>>, read: SeriesRead<Metric>): string {
  const key = JSON.stringify([read.metric, read.stat, read.periodSeconds]);
  const known = wanted.get(key);
  if (known === undefined) wanted.set(key, { read, requests: 1 });
  else known.requests++;
  return key;
}

function leave(wanted: ReadonlyMap<string, Wanted<unknown>>, key: string): void {
  const known = wanted.get(key);
  if (known !== undefined) known.requests--;
}
