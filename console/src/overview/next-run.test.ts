import { expect, it } from 'vitest';
import { isOverdue, nextRunOf } from './next-run.ts';

const daily = { last_at: '2026-11-21T03:00:00Z', next_at: '2026-11-22T03:00:00Z' };
const never = { last_at: null, next_at: '2026-11-22T01:00:00Z' };
const ended = { last_at: '2026-11-01T03:00:00Z', next_at: null };

it('the next run is the first of all schedules', () => {
  expect(nextRunOf([daily, never, ended])).toBe('2026-11-22T01:00:00Z');
  expect(nextRunOf([ended])).toBeUndefined();
});

it.each([
  { name: 'within two turns', collectedAt: '2026-11-20T03:00:01Z', schedules: [daily], want: false },
  { name: 'after two turns', collectedAt: '2026-11-20T02:59:59Z', schedules: [daily], want: true },
  { name: 'where no schedule had a turn', collectedAt: '2026-01-01T00:00:00Z', schedules: [never, ended], want: false },
])('values are overdue $name: $want', ({ collectedAt, schedules, want }) => {
  expect(isOverdue(collectedAt, schedules, Date.parse('2026-11-22T03:00:00Z'))).toBe(want);
});
