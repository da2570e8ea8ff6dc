import { describe, expect, it } from 'vitest';
import type { DayCell } from '#model/day-cell.ts';
import { daySeconds } from '#model/window.ts';
import { foreignDays } from './foreign-days.ts';

const cell: DayCell = { sum: 60, seconds: 60, max: 1 };
const empty: DayCell = { sum: 0, seconds: 0, max: 0 };
const window = { from: 100, to: 104 };
const days = new Map([
  [100, new Map([['cpu.utilization' as const, cell]])],
  [101, new Map([['cpu.utilization' as const, empty]])],
  [102, new Map([['cpu.utilization' as const, cell]])],
]);

describe('days of another under the same id', () => {
  it.each([
    { name: 'none where ids are never given again', since: undefined, want: [] },
    { name: 'none where it is older than the window', since: 99, want: [] },
    { name: 'none of the day on which it was made', since: 100, want: [] },
    { name: 'those before that have something', since: 102, want: [100] },
    { name: 'all that have something', since: 103, want: [100, 102] },
  ])('are $name', ({ since, want }) => {
    const resource = since === undefined ? {} : { idSince: since * daySeconds + 3600 };
    const foreign = foreignDays(resource, days, window);
    expect([...foreign.keys()]).toEqual(want);
    for (const cells of foreign.values()) expect(cells).toEqual(new Map([['cpu.utilization', empty]]));
  });
});
