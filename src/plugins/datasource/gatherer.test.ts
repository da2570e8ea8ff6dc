import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CollectError } from '#model/errors.ts';
import type { Points, ReadRequest, SeriesRead } from '#model/metric-reader.ts';
import { Gatherer } from './gatherer.ts';
import { settled, steppedClock } from './stepped-clock.fixture.ts';

const never = new AbortController().signal;
const window = { start: 0, end: 3600 };

/** A cloud that answers when it is told to: each metric, a number, has one point that is the metric itself. */
function testReader() {
  const sent: { request: ReadRequest<number>; signal: AbortSignal; answer: () => void }[] = [];
  return {
    sent,
    answerAll: () => {
      for (const { answer } of sent) answer();
      return settled();
    },
    read: (request: ReadRequest<number>, signal: AbortSignal) =>
      new Promise<(Points | CollectError)[]>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        const answer = () => resolve(request.reads.map(({ metric }) => outcomeOf(metric)));
        sent.push({ request, signal, answer });
      }),
  };
}

const outcomeOf = (metric: number): Points | CollectError =>
  metric < 0 ? new CollectError('access_denied', `no leave for ${metric}`) : { timestamps: [0], values: [metric] };

const readOf = (metric: number): SeriesRead<number> => ({ metric, stat: 'avg', periodSeconds: 60 });
const requestOf = (...metrics: number[]) => ({ place: 'r', window, reads: metrics.map(readOf) });

function setUp() {
  const clock = steppedClock();
  const reader = testReader();
  const gatherer = new Gatherer(reader, clock);
  const ask = (request: ReadRequest<number>, signal = never) => gatherer.read(request, signal);
  const metricsSent = () => reader.sent.map(({ request }) => request.reads.map(({ metric }) => metric));
  return { clock, reader, ask, metricsSent };
}

describe('requests of one moment', () => {
  it('go as one, and each gets its own back', async () => {
    const { clock, reader, ask, metricsSent } = setUp();
    const asked = [ask(requestOf(1, 2)), ask(requestOf(3)), ask(requestOf(2, 4))];
    await settled();
    expect(reader.sent).toEqual([]);
    await clock.advance(4);
    expect(metricsSent()).toEqual([[1, 2, 3, 4]]);
    await reader.answerAll();
    expect(await Promise.all(asked)).toEqual([
      [outcomeOf(1), outcomeOf(2)],
      [outcomeOf(3)],
      [outcomeOf(2), outcomeOf(4)],
    ]);
  });

  it('are waited for as long as more come, but not for ever', async () => {
    const { clock, reader, ask } = setUp();
    for (let metric = 0; metric < 30; metric++) {
      void ask(requestOf(metric));
      await clock.advance(2);
    }
    expect(reader.sent[0]?.request.reads).toHaveLength(20);
  });

  it('go at once where they fill a call', async () => {
    const { reader, ask, metricsSent } = setUp();
    const metrics = Array.from({ length: 500 }, (_, metric) => metric);
    const asked = ask(requestOf(...metrics));
    await settled();
    expect(metricsSent()).toEqual([metrics]);
    await reader.answerAll();
    expect(await asked).toEqual(metrics.map(outcomeOf));
  });

  it.each([
    { name: 'another place', other: { ...requestOf(1), place: 's' } },
    { name: 'another window', other: { ...requestOf(1), window: { start: 60, end: 3600 } } },
  ])('but not with those of $name', async ({ other }) => {
    const { clock, reader, ask } = setUp();
    void ask(requestOf(1));
    void ask(other);
    await clock.advance(4);
    expect(reader.sent).toHaveLength(2);
  });

  it('of another statistic or period are other reads', async () => {
    const { clock, reader, ask } = setUp();
    const read = readOf(1);
    const reads: SeriesRead<number>[] = [read, { ...read, stat: 'max' }, { ...read, periodSeconds: 300 }];
    for (const each of reads) void ask({ place: 'r', window, reads: [each] });
    await clock.advance(4);
    expect(reader.sent[0]?.request.reads).toEqual(reads);
  });

  it('do not suffer from each other', async () => {
    const { clock, reader, ask } = setUp();
    const [good, bad] = [ask(requestOf(1)), ask(requestOf(-1))];
    await clock.advance(4);
    await reader.answerAll();
    expect(await good).toEqual([outcomeOf(1)]);
    expect(await bad).toMatchObject([{ code: 'access_denied' }]);
  });
});

describe('one who leaves', () => {
  it('before the call takes the reads along', async () => {
    const { clock, ask, metricsSent } = setUp();
    const leaving = new AbortController();
    void ask(requestOf(1, 2));
    const gone = ask(requestOf(2, 3), leaving.signal);
    leaving.abort();
    await expect(gone).rejects.toMatchObject({ code: 'cancelled' });
    await clock.advance(4);
    expect(metricsSent()).toEqual([[1, 2]]);
  });

  it('during the call leaves it to the others', async () => {
    const { clock, reader, ask } = setUp();
    const leaving = new AbortController();
    const staying = ask(requestOf(1));
    const gone = ask(requestOf(2), leaving.signal);
    await clock.advance(4);
    leaving.abort();
    await expect(gone).rejects.toMatchObject({ code: 'cancelled' });
    expect(reader.sent[0]?.signal.aborted).toBe(false);
    await reader.answerAll();
    expect(await staying).toEqual([outcomeOf(1)]);
  });

  it('as the last one breaks the call off', async () => {
    const { clock, reader, ask } = setUp();
    const leaving = new AbortController();
    const gone = [ask(requestOf(1), leaving.signal), ask(requestOf(2), leaving.signal)];
    await clock.advance(4);
    leaving.abort();
    expect(reader.sent[0]?.signal.aborted).toBe(true);
    for (const each of gone) await expect(each).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('as the last one before the call lets nothing be sent, and does not hold up who comes then', async () => {
    const { clock, reader, ask, metricsSent } = setUp();
    const gone = ask(requestOf(1), AbortSignal.abort());
    const coming = ask(requestOf(2));
    await expect(gone).rejects.toMatchObject({ code: 'cancelled' });
    await clock.advance(4);
    expect(metricsSent()).toEqual([[2]]);
    await reader.answerAll();
    expect(await coming).toEqual([outcomeOf(2)]);
  });
});

it('whatever is asked together, each gets what it would get alone', async () => {
  const requests = fc.array(fc.array(fc.integer({ min: -3, max: 20 }), { maxLength: 8 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(requests, async (asked) => {
      const { clock, reader, ask } = setUp();
      const answers = asked.map((metrics) => ask(requestOf(...metrics)));
      for (let waits = 0; waits < 11; waits++) await clock.advance(4);
      await reader.answerAll();
      expect(reader.sent.length).toBeLessThanOrEqual(1);
      expect(await Promise.all(answers)).toEqual(asked.map((metrics) => metrics.map(outcomeOf)));
    }),
    { seed: 1, numRuns: 60 },
  );
});
