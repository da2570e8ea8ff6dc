import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Schedule } from '#store/schedules.ts';
import { parseCron } from './cron.ts';
import { nextRun, nextTime } from './schedule-times.ts';

const at = (text: string) => Date.parse(text);
const iso = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString().slice(0, 16));

describe('the next time', () => {
  it.each([
    { cron: '0 3 * * *', zone: 'UTC', after: '2026-11-22T03:00:00Z', want: '2026-11-23T03:00' },
    { cron: '0 3 * * *', zone: 'UTC', after: '2026-11-22T02:59:59.999Z', want: '2026-11-22T03:00' },
    { cron: '*/15 * * * *', zone: 'UTC', after: '2026-11-22T10:07:00Z', want: '2026-11-22T10:15' },
    { cron: '5/20 8-10/2 * * *', zone: 'UTC', after: '2026-11-22T08:46:00Z', want: '2026-11-22T10:05' },
    { cron: '0 9 * * mon-fri', zone: 'UTC', after: '2026-11-20T09:00:00Z', want: '2026-11-23T09:00' },
    { cron: '0 9 * * 7', zone: 'UTC', after: '2026-11-20T09:00:00Z', want: '2026-11-22T09:00' },
    { cron: '30 12 1 jan,JUL *', zone: 'UTC', after: '2026-11-20T09:00:00Z', want: '2027-01-01T12:30' },
    // crontab(5): where both are given, either will do.
    { cron: '0 0 13 * fri', zone: 'UTC', after: '2026-11-22T00:00:00Z', want: '2026-11-27T00:00' },
    { cron: '0 0 29 2 *', zone: 'UTC', after: '2026-11-22T00:00:00Z', want: '2028-02-29T00:00' },
    { cron: '0 0 30 2 *', zone: 'UTC', after: '2026-11-22T00:00:00Z', want: undefined },
    { cron: '0 9 * * *', zone: 'Asia/Seoul', after: '2026-11-22T00:00:00Z', want: '2026-11-23T00:00' },
    { cron: '0 9 * * *', zone: 'America/New_York', after: '2026-11-22T00:00:00Z', want: '2026-11-22T14:00' },
    // Berlin has no 02:30 on 29 March 2026, and two of them on 25 October.
    { cron: '30 2 * * *', zone: 'Europe/Berlin', after: '2026-03-28T12:00:00Z', want: '2026-03-29T01:30' },
    { cron: '30 2 * * *', zone: 'Europe/Berlin', after: '2026-10-24T12:00:00Z', want: '2026-10-25T00:30' },
    { cron: '30 2 * * *', zone: 'Europe/Berlin', after: '2026-10-25T00:30:00Z', want: '2026-10-26T01:30' },
    { cron: '30 * * * *', zone: 'Europe/Berlin', after: '2026-10-25T00:30:00Z', want: '2026-10-25T01:30' },
    { cron: '45 5 * * *', zone: 'Asia/Kathmandu', after: '2026-11-22T00:00:00Z', want: '2026-11-23T00:00' },
  ])('$cron in $zone after $after', ({ cron, zone, after, want }) => {
    expect(iso(nextTime({ cron }, zone, at(after)))).toBe(want);
  });

  it('is at the hours that Cloudforet names', () => {
    const times = { hours: [12, 0] };
    expect(iso(nextTime(times, 'UTC', at('2026-11-22T00:00:00Z')))).toBe('2026-11-22T12:00');
    expect(iso(nextTime(times, 'Asia/Seoul', at('2026-11-22T00:00:00Z')))).toBe('2026-11-22T03:00');
  });

  it('fits its expression, and no time between does', () => {
    const field = (min: number, max: number) =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min, max }).map(String),
        fc.integer({ min: 2, max: 9 }).map((n) => `*/${n}`),
      );
    const expressions = fc.tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6));
    const moments = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-12-31T00:00:00Z') });
    fc.assert(
      fc.property(expressions, moments, (parts, after) => {
        const cron = parseCron(parts.join(' '));
        const fits = (time: number) => {
          const date = new Date(time);
          const [day, weekday] = [cron.days.has(date.getUTCDate()), cron.weekdays.has(date.getUTCDay())];
          return (
            cron.minutes.has(date.getUTCMinutes()) &&
            cron.hours.has(date.getUTCHours()) &&
            cron.months.has(date.getUTCMonth() + 1) &&
            (parts[2].startsWith('*') || parts[4].startsWith('*') ? day && weekday : day || weekday)
          );
        };
        const next = nextTime({ cron: parts.join(' ') }, 'UTC', after);
        if (next === undefined) {
          // Such a day of both kinds may not come for many years.
          expect(parts[2]).not.toBe('*');
          expect(parts[4]).not.toBe('*');
          return;
        }
        expect(fits(next)).toBe(true);
        expect(next % 60_000).toBe(0);
        const before = Array.from({ length: 300 }, (_, n) => next - (n + 1) * 60_000).filter((time) => time > after);
        expect(before.filter(fits)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    '',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '5-1 * * * *',
  ])('is none for %j', (cron) => {
    expect(() => nextTime({ cron }, 'UTC', 0)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  it.each([{ hours: [] }, { hours: [24] }, { hours: [1.5] }])('is none for %j', (times) => {
    expect(() => nextTime(times, 'UTC', 0)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  it('is none in a zone that there is not', () => {
    const wrong = () => nextTime({ cron: '* * * * *' }, 'Mars/Olympus', 0);
    expect(wrong).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });
});

describe('the next run', () => {
  const hourly: Schedule = {
    id: 1,
    name: 'hourly',
    times: { cron: '0 * * * *' },
    timeZone: 'UTC',
    options: {},
    createdAt: at('2026-11-22T10:30:00Z'),
    error: null,
  };

  it('is the first since it was made', () => {
    expect(iso(nextRun(hourly, at('2026-11-22T10:31:00Z')))).toBe('2026-11-22T11:00');
  });

  it('is one run, however many were missed', () => {
    const now = at('2026-11-23T05:20:00Z');
    expect(nextRun(hourly, now)).toBeLessThan(now);
    expect(iso(nextRun({ ...hourly, lastRunAt: now }, now))).toBe('2026-11-23T06:00');
  });

  it('goes on where the clock was a year ahead, and was put right', () => {
    const lastRunAt = at('2027-11-22T12:00:00Z');
    expect(iso(nextRun({ ...hourly, lastRunAt }, at('2026-11-22T12:10:00Z')))).toBe('2026-11-22T13:00');
  });

  it('does not come twice where the clock is set back by seconds', () => {
    const lastRunAt = at('2026-11-22T12:00:01Z');
    expect(iso(nextRun({ ...hourly, lastRunAt }, at('2026-11-22T11:59:58Z')))).toBe('2026-11-22T13:00');
  });
});
