import { CollectError } from '#model/errors.ts';

/** The minutes, hours and so on at which a cron expression runs, each a set of whole numbers. */
export interface CronTimes {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  /** 1 to 12. */
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  /** Whether a date has to fit both the days of the month and those of the week: where one of them says `*`. */
  readonly needsBoth: boolean;
  readonly everyHour: boolean;
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const fields = {
  minutes: { name: 'minute', min: 0, max: 59 },
  hours: { name: 'hour', min: 0, max: 23 },
  days: { name: 'day of the month', min: 1, max: 31 },
  months: {
    name: 'month',
    min: 1,
    max: 12,
    names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  weekdays: {
    name: 'day of the week',
    min: 0,
    max: 7,
    names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
  },
} as const satisfies Record<string, Field>;

/**
 * Reads a cron expression of five fields, as crontab(5) has them: `*`, numbers, names, ranges, steps and lists.
 *
 * @throws CollectError `invalid_input` naming the field that is wrong
 */
export function parseCron(expression: string): CronTimes {
  const parts = expression.trim().split(/\s+/);
  const [minutes, hours, days, months, weekdays, more] = parts;
  if (
    minutes === undefined ||
    hours === undefined ||
    days === undefined ||
    months === undefined ||
    weekdays === undefined ||
    more !== undefined
  ) {
    throw new CollectError('invalid_input', `a cron expression has five fields, not ${parts.length}`, {
      where: expression,
      fix: "minute, hour, day of the month, month, day of the week: '0 3 * * *' is every day at 3",
    });
  }
  return {
    minutes: parseField(minutes, fields.minutes),
    hours: parseField(hours, fields.hours),
    days: parseField(days, fields.days),
    months: parseField(months, fields.months),
    weekdays: new Set([...parseField(weekdays, fields.weekdays)].map((day) => day % 7)),
    needsBoth: days.startsWith('*') || weekdays.startsWith('*'),
    everyHour: hours === '*',
  };
}

function parseField(text: string, field: Field): Set<number> {
  return new Set(text.split(',').flatMap((part) => parsePart(part, field)));
}

function parsePart(part: string, field: Field): number[] {
  const [, range = '', step = '1'] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
  const [first, last] = rangeOf(range, field, part.includes('/'));
  if (first === undefined || last === undefined || first > last || Number(step) < 1) {
    throw new CollectError('invalid_input', `'${part}' is no ${field.name}`, {
      fix: `${field.min} to ${field.max}, ranges as 1-5, steps as */2, lists as 1,3`,
    });
  }
  return Array.from({ length: Math.floor((last - first) / Number(step)) + 1 }, (_, at) => first + at * Number(step));
}

/** A single number with a step goes on to the end: `5/15` is 5, 20, 35, 50. */
function rangeOf(text: string, field: Field, hasStep: boolean): [number | undefined, number | undefined] {
  if (text === '*') return [field.min, field.max];
  const [from = '', to] = text.split('-');
  const first = numberOf(from, field);
  if (to !== undefined) return [first, numberOf(to, field)];
  return [first, hasStep ? field.max : first];
}

function numberOf(text: string, { min, max, names = [] }: Field): number | undefined {
  const named = text === '' ? -1 : names.indexOf(text.toLowerCase());
  const value = named >= 0 ? named : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}
