import { type Clock, systemClock } from '#collect/clock.ts';
import type { CallWatch } from '#collect/gate.ts';
import { CollectError, type ErrorCode } from '#model/errors.ts';
import type { Provider } from '#model/provider.ts';
import { bandBoundsMs, bandOf, type CallQuarter, type CallQuarterStore, quarterAt } from '#store/call-quarters.ts';

/** Figures are stored no more often than this: what a kill can cost of them. */
const flushMs = 3_000;
/** Two days: the last one is shown. */
const keptQuarters = 192;
/** Old ones are dropped once an hour. */
const forgetEvery = 4;

/** Sums up how the clouds answer for metrics, and stores that every few seconds; collecting never waits for it. */
export interface CallRecorder extends AsyncDisposable {
  /** What the gate of a provider is to tell. */
  watch(provider: Pick<Provider, 'id' | 'metricApi'>): CallWatch;
  /** Stores what was seen since it last did. */
  flush(): Promise<void>;
}

/** @param report told where figures could not be stored; they are kept for the next time */
export function recordCalls(
  quarters: CallQuarterStore,
  report: (error: CollectError) => void = () => {},
  clock: Clock = systemClock,
): CallRecorder {
  const closing = new AbortController();
  let pending = new Map<string, CallQuarter>();
  let forgotAt = Number.NEGATIVE_INFINITY;
  let isWaiting = false;
  let last = Promise.resolve();

  const add = (seen: CallQuarter) => {
    const key = [seen.quarter, seen.provider, seen.account, seen.region].join('\n');
    const known = pending.get(key);
    pending.set(key, known === undefined ? seen : both(known, seen));
  };
  const store = async () => {
    const seen = [...pending.values()];
    if (seen.length === 0) return;
    pending = new Map();
    try {
      await quarters.add(seen);
    } catch (caught) {
      for (const each of seen) add(each);
      report(CollectError.from(caught));
      return;
    }
    const now = quarterAt(clock.now());
    if (now - forgotAt < forgetEvery) return;
    forgotAt = now;
    await quarters.forget(now - keptQuarters).catch((caught: unknown) => report(CollectError.from(caught)));
  };
  const flush = () => {
    last = last.then(store);
    return last;
  };
  const flushSoon = async () => {
    if (isWaiting) return;
    isWaiting = true;
    await clock.sleep(flushMs, closing.signal).catch(() => {});
    isWaiting = false;
    if (!closing.signal.aborted) await flush();
  };

  return {
    watch: ({ id: provider, metricApi }) =>
      function saw({ api, account, region }, tookMs, error) {
        if (api !== metricApi || error?.code === 'cancelled') return;
        add({ provider, account, region, quarter: quarterAt(clock.now()), ...countsOf(tookMs, error) });
        void flushSoon();
      },
    flush,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await flush();
    },
  };
}

/** What a cloud answers that was asked for what it does not have: no failure of its own. */
const answers: readonly (ErrorCode | undefined)[] = [undefined, 'invalid_query', 'not_found'];

function countsOf(tookMs: number, error: CollectError | undefined) {
  const isAnswer = answers.includes(error?.code);
  const isThrottled = error?.code === 'rate_limited';
  const band = bandOf(tookMs);
  return {
    calls: 1,
    failed: isAnswer ? 0 : 1,
    throttled: isThrottled ? 1 : 0,
    error: error === undefined || isAnswer || isThrottled ? null : error.code,
    bands: Array.from({ length: bandBoundsMs.length + 1 }, (_, at) => (at === band ? 1 : 0)),
  };
}

function both(a: CallQuarter, b: CallQuarter): CallQuarter {
  return {
    ...a,
    calls: a.calls + b.calls,
    failed: a.failed + b.failed,
    throttled: a.throttled + b.throttled,
    error: b.error ?? a.error,
    bands: a.bands.map((count, at) => count + (b.bands[at] ?? 0)),
  };
}
