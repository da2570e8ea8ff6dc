import { CollectError } from '#model/errors.ts';
import type { Schedule, ScheduleTimes } from '#store/schedules.ts';
import { type CronTimes, parseCron } from './cron.ts';
import { type TimeZone, timeZone } from './zoned-time.ts';

const dayMs = 86_400_000;
/** Clocks are put right by less than this every day; by more, only where they were wrong. */
const toleranceMs = 60_000;
/** 29 February comes every four years, but for 1900 and 2100. */
const searchDays = 8 * 366 + 1;

/**
 * When a schedule runs next: the first of its times after its last run, or after it was made. A time that has passed is due, and
 * however many have passed meanwhile, they are one run.
 *
 * @param now epoch milliseconds; a last run that lies after it was timed by a clock that was wrong
 * @returns epoch milliseconds; undefined where it never runs, as on 30 February
 */
export function nextRun({ times, timeZone: zone, lastRunAt, createdAt }: Schedule, now: number): number | undefined {
  const last = lastRunAt ?? createdAt;
  return nextTime(times, zone, last > now + toleranceMs ? now : last);
}

/** @throws CollectError `invalid_input` for times or a zone that are none */
export function nextTime(times: ScheduleTimes, zone: string, after: number): number | undefined {
  const cron = 'cron' in times ? parseCron(times.cron) : atHours(times.hours);
  const clock = timeZone(zone);
  const firstDay = Math.floor(clock.localOf(after) / dayMs);
  for (let day = firstDay; day < firstDay + searchDays; day++) {
    if (!fitsDay(cron, day * dayMs)) continue;
    const next = timesOf(cron, day * dayMs, clock).find((time) => time > after);
    if (next !== undefined) return next;
  }
  return undefined;
}

/** Cloudforet's way to say it: at these full hours of every day. */
function atHours(hours: readonly number[]): CronTimes {
  if (hours.length === 0 || hours.some((hour) => !Number.isInteger(hour) || hour < 0 || hour > 23)) {
    throw new CollectError('invalid_input', 'hours are whole numbers from 0 to 23', { where: hours.join() });
  }
  return parseCron(`0 ${hours.join()} * * *`);
}

function fitsDay({ days, months, weekdays, needsBoth }: CronTimes, local: number): boolean {
  const date = new Date(local);
  if (!months.has(date.getUTCMonth() + 1)) return false;
  const [isDay, isWeekday] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
  return needsBoth ? isDay && isWeekday : isDay || isWeekday;
}

/** In order. An hour that comes twice, when clocks are set back, is one hour to those who name it, and two to every hour. */
function timesOf({ hours, minutes, everyHour }: CronTimes, localDay: number, clock: TimeZone): number[] {
  return [...hours]
    .flatMap((hour) =>
      [...minutes].flatMap((minute) => {
        const moments = clock.momentsOf(localDay + hour * 3_600_000 + minute * 60_000);
        return everyHour ? moments : moments.slice(0, 1);
      }),
    )
    .toSorted((a, b) => a - b);
}
