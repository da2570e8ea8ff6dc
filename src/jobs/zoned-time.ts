import { CollectError } from '#model/errors.ts';

const dayMs = 86_400_000;

/** A time zone of the IANA database, as the moments of its local times. */
export interface TimeZone {
  /**
   * The moments at which clocks there show this time, in epoch milliseconds: two where they are set back over it. Where they
   * are set forward over it, the moment at which they would have shown it.
   *
   * @param local the local time as if it were UTC, in epoch milliseconds
   */
  momentsOf(local: number): readonly number[];
  /** What clocks there show, as if it were UTC. */
  localOf(moment: number): number;
}

/** @throws CollectError `invalid_input` for a name that is none */
export function timeZone(name: string): TimeZone {
  const format = formatOf(name);
  const localOf = (moment: number): number => {
    const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  };
  const offsetAt = (moment: number): number => localOf(moment) - Math.floor(moment / 1000) * 1000;

  return {
    localOf,
    momentsOf(local) {
      // No zone changes its clocks twice within two days.
      const [before, after] = [offsetAt(local - dayMs), offsetAt(local + dayMs)];
      const moments = [...new Set([local - before, local - after])].filter((moment) => localOf(moment) === local);
      return moments.length > 0 ? moments.toSorted((a, b) => a - b) : [local - before];
    },
  };
}

function formatOf(name: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (cause) {
    throw new CollectError('invalid_input', `'${name}' is no time zone`, {
      fix: 'Europe/Berlin, Asia/Seoul, UTC',
      cause,
    });
  }
}
