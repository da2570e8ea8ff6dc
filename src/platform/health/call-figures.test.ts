import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandBoundsMs, bandOf, type CallCounts } from '#store/call-quarters.ts';
import { figuresOf, latencyAt, quotaShare, stripCells } from './call-figures.ts';

const none = Array.from({ length: bandBoundsMs.length + 1 }, () => 0);
const row = (cell: number, calls: number, failed = 0, given: Partial<CallCounts> = {}) => ({
  cell,
  calls,
  failed,
  throttled: 0,
  error: failed > 0 ? ('access_denied' as const) : null,
  bands: none,
  ...given,
});

describe('the state of a source', () => {
  it.each([
    { name: 'nobody asked', rows: [], state: 'not_asked', since: undefined },
    { name: 'all is well', rows: [row(90, 100)], state: 'ok', since: undefined },
    { name: 'one call in a hundred fails', rows: [row(90, 100, 1)], state: 'ok', since: undefined },
    { name: 'one in twenty fails', rows: [row(90, 100), row(91, 100, 40)], state: 'degraded', since: 91 },
    { name: 'half fails', rows: [row(90, 100, 50)], state: 'failing', since: 90 },
    {
      name: 'it has failed long ago',
      rows: [row(10, 100, 100), ...[80, 81, 82, 83].map((at) => row(at, 9))],
      state: 'ok',
      since: undefined,
    },
    {
      name: 'it fails since a while, with pauses',
      rows: [row(50, 10), row(60, 10, 10), row(70, 10, 10), row(95, 10, 10)],
      state: 'failing',
      since: 60,
    },
    {
      name: 'it failed, and has been well for the newest quarters',
      rows: [row(90, 100), row(92, 100, 60), row(93, 100), row(94, 100), row(95, 100)],
      state: 'degraded',
      since: 92,
    },
  ])('is $state where $name', ({ rows, state, since }) => {
    expect(figuresOf(rows)).toMatchObject({ state, since });
  });

  it('has no latency and no last call where nobody asked, which is not zero', () => {
    expect(figuresOf([])).toMatchObject({ p50Ms: undefined, p95Ms: undefined, last: undefined, error: undefined });
  });

  it('names what most of the failed calls failed with', () => {
    const timeouts = row(1, 100, 90, { error: 'timeout' });
    expect(figuresOf([timeouts, row(2, 100, 3)]).error).toBe('timeout');
    expect(figuresOf([timeouts, row(2, 100, 60), row(3, 100, 40)]).error).toBe('access_denied');
    expect(figuresOf([row(1, 100, 40), row(2, 100, 80, { error: 'timeout', throttled: 50 })]).error).toBe(
      'rate_limited',
    );
  });

  it('names throttling where half of what failed was throttled', () => {
    expect(figuresOf([row(1, 10, 4, { throttled: 2 })]).error).toBe('rate_limited');
    expect(figuresOf([row(1, 10, 4, { throttled: 1 })]).error).toBe('access_denied');
  });

  it('counts every call of the strip once', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(stripCells - 1), fc.nat(50))), (calls) => {
        const { cells, calls: all } = figuresOf(calls.map(([cell, count]) => row(cell, count)));
        expect(cells).toHaveLength(stripCells);
        expect(all).toBe(calls.reduce((sum, [, count]) => sum + count, 0));
      }),
    );
  });
});

describe('latencies', () => {
  it('lie in the band of the call that they are of', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 11, max: 25_600 }), { minLength: 1 }),
        fc.constantFrom(0.5, 0.95),
        (took, share) => {
          const bands = took.reduce((counts, ms) => counts.with(bandOf(ms), (counts[bandOf(ms)] ?? 0) + 1), none);
          const exact = took.toSorted((a, b) => a - b)[Math.ceil(took.length * share) - 1] ?? 0;
          expect(bandOf(latencyAt(bands, share) ?? 0)).toBe(bandOf(exact));
        },
      ),
    );
  });

  it('are no less than the last bound where they are beyond it', () => {
    expect(latencyAt(none.with(bandBoundsMs.length, 3), 0.5)).toBe(25_600);
  });
});

it('tells which share of a limit a quarter of an hour was', () => expect(quotaShare(900, 2)).toBe(0.5));
