import { describe, expect, it } from 'vitest';
import type { TaskRow } from '../../../src/server/api.ts';
import type { PhaseSpan } from '../../../src/store/jobs.ts';
import { addressOf, timeByPhase, timelineOf, viewAfter, viewOf } from './timeline-lanes.ts';

const began = 1_000_000;
const counts = { servers: 0, created: 0, updated: 0, unchanged: 0, failed: 0 };
const spent = { calls: 0, metrics: 0, points: 0, usd: 0, usd_at_most: 0 };

/** @param times since the run began, in milliseconds */
function task(id: number, phases: PhaseSpan[], times: { from?: number; to?: number } = {}): TaskRow {
  const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(began + ms).toISOString());
  return {
    id,
    provider: 'aws',
    account: 'a',
    region: `r${id}`,
    state: 'SUCCESS',
    counts,
    planned_servers: 1,
    done_servers: 1,
    error: null,
    failures: [],
    spent,
    started_at: iso(times.from),
    finished_at: iso(times.to),
    phases: phases.map(([phase, from, to]) => [phase, began + from, began + to]),
  };
}

describe('a timeline', () => {
  it('has a lane for each region that has begun, and outlines what held the run up', () => {
    const { lanes, to } = timelineOf(
      [
        task(1, [
          ['discovery', 0, 500],
          ['metrics', 500, 4_000],
        ]),
        task(2, [['metrics', 0, 3_000]]),
        task(3, [['metrics', 4_100, 9_000]]),
        task(4, [['metrics', 3_050, 5_000]]),
        task(5, []),
      ],
      began,
    );
    expect(lanes.map(({ task, isLongest }) => [task.id, isLongest])).toEqual([
      [1, true],
      [2, false],
      [4, false],
      [3, true],
    ]);
    expect(to).toBe(9_000);
  });

  it('shows a region without phases as one bar', () => {
    const [lane] = timelineOf([task(1, [], { from: 100, to: 600 })], began).lanes;
    expect(lane?.spans).toEqual([{ phase: undefined, from: 100, to: 600 }]);
  });

  it('leaves out the shortest where there are too many', () => {
    const tasks = Array.from({ length: 402 }, (_, at) => task(at, [['metrics', 0, 1_000 - at]]));
    const { lanes, left } = timelineOf(tasks, began);
    expect([lanes.length, left]).toEqual([400, 2]);
    expect(lanes.some((lane) => lane.task.id === 401)).toBe(false);
  });

  it('adds up phases', () => {
    const [lane] = timelineOf(
      [
        task(1, [
          ['metrics', 0, 10],
          ['quota', 10, 30],
          ['metrics', 30, 100],
        ]),
      ],
      began,
    ).lanes;
    expect(lane && [...timeByPhase(lane)]).toEqual([
      ['metrics', 80],
      ['quota', 20],
    ]);
  });
});

describe('the view', () => {
  const whole = 8_000;
  const all = { from: 0, to: whole };

  it('is zoomed and moved by keys, and stays inside', () => {
    const near = viewAfter('+', all, whole);
    expect(near).toEqual({ from: 2_000, to: 6_000 });
    expect(viewAfter('ArrowRight', { from: 2_000, to: 6_000 }, whole)).toEqual({ from: 3_000, to: 7_000 });
    expect(viewAfter('ArrowLeft', { from: 500, to: 4_500 }, whole)).toEqual({ from: 0, to: 4_000 });
    expect(viewAfter('-', { from: 2_000, to: 6_000 }, whole)).toEqual(all);
    expect(viewAfter('Home', { from: 2_000, to: 6_000 }, whole)).toEqual(all);
    expect(viewAfter('x', all, whole)).toBeUndefined();
  });

  it('is in the address, and all where that says nothing good', () => {
    expect(viewOf('2000-6000', whole)).toEqual({ from: 2_000, to: 6_000 });
    for (const address of [undefined, '', '6000-2000', '1-x', '9000-9500'])
      expect([address, viewOf(address, whole)]).toEqual([address, all]);
    expect(addressOf(all, whole)).toBeUndefined();
    expect(addressOf({ from: 5, to: 10 }, whole)).toBe('5-10');
  });
});
