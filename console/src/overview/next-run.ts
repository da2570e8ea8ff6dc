import type { ScheduleRow } from '../../../src/server/run-api.ts';

/** The first of what the schedules begin next. */
export function nextRunOf(schedules: readonly Pick<ScheduleRow, 'next_at'>[]): string | undefined {
  return schedules
    .flatMap(({ next_at }) => (next_at === null ? [] : [next_at]))
    .sort()
    .at(0);
}

/** Whether the newest values are older than two turns of the quickest schedule that has had one. */
export function isOverdue(
  collectedAt: string,
  schedules: readonly Pick<ScheduleRow, 'next_at' | 'last_at'>[],
  now: number,
): boolean {
  const turns = schedules.flatMap(({ next_at, last_at }) =>
    next_at === null || last_at === null ? [] : [Date.parse(next_at) - Date.parse(last_at)],
  );
  return turns.length > 0 && now - Date.parse(collectedAt) > 2 * Math.min(...turns);
}
