import { type Command, InvalidArgumentError } from 'commander';
import { limitOfSchedule, onlyGiven, type PluginOptions } from '#jobs/options.ts';
import { nextRun, nextTime } from '#jobs/schedule-times.ts';
import { CollectError } from '#model/errors.ts';
import { conditionOfText } from '#store/query/text.ts';
import type { Schedule, ScheduleTimes } from '#store/schedules.ts';
import type { Store } from '#store/store.ts';
import { formatCount } from '../format.ts';
import { dataPlace, openData } from '../open-data.ts';
import { type ListFlags, listsRows, write } from '../output.ts';
import { collectEach, parseList } from '../parse-list.ts';
import { addFilter, addRunFlags } from '../run-flags.ts';
import { type SavedRunFlags, savedRunOptions } from '../saved-run.ts';
import { note } from '../say.ts';

interface AddFlags extends SavedRunFlags {
  readonly cron?: string;
  readonly hours?: number[];
  readonly zone: string;
  readonly collector?: string;
}

export function addScheduleCommand(program: Command): void {
  const schedule = program.command('schedule');
  const add = addFilter(addRunFlags(schedule.command('add')))
    .description('run again and again; one that was missed is caught up with once')
    .argument('<name>')
    .option('--cron <expression>', "minute, hour, day, month, weekday: '0 3 * * *'")
    .option('--hours <list>', 'full hours of every day: 0,6,12,18', parseHours)
    .option('--zone <name>', 'time zone: Europe/Berlin', 'UTC')
    .option(
      '--account <name>',
      'a saved account; may be given again. Where absent, all that there are when it runs',
      collectEach,
      [],
    )
    .option('--collector <name>', 'a registered plugin, in the place of accounts');
  add.action((name: string, flags: AddFlags) => addOne(name, flags, add));
  listsRows(schedule.command('list').description('schedules and their next runs'), listAll);
  const remove = schedule.command('rm').description('run no more; runs that began go on').argument('<name>');
  remove.action((name: string) => removeOne(name, remove));
}

async function addOne(name: string, flags: AddFlags, command: Command): Promise<void> {
  const times = timesFrom(flags);
  const next = nextTime(times, flags.zone, Date.now());
  if (next === undefined) throw new CollectError('invalid_input', 'that time never comes', { where: flags.cron ?? '' });
  await using data = await openData(dataPlace(command));
  const options = await optionsFrom(data.store, flags);
  await data.store.schedules.add({ name, times, timeZone: flags.zone, options }, Date.now());
  note(`Schedule ${name} runs next at ${new Date(next).toISOString()}, where a server runs then.`);
}

/** What its runs are to read. @throws CollectError `not_found`, `invalid_input`, `budget_exceeded` */
async function optionsFrom(store: Store, flags: AddFlags): Promise<ReturnType<typeof onlyGiven> | PluginOptions> {
  if (flags.collector !== undefined) {
    if (flags.account.length > 0) {
      throw new CollectError('invalid_input', 'a plugin has its own account', { where: '--account and --collector' });
    }
    if (flags.filter !== undefined) {
      throw new CollectError('invalid_input', 'a plugin reads all that it finds', {
        where: '--filter and --collector',
      });
    }
    return { plugin: (await store.plugins.get(flags.collector)).name };
  }
  if (!flags.yes && flags.maxCost === undefined) {
    throw new CollectError('budget_exceeded', 'nobody will be there to agree to the cost of its runs', {
      fix: 'add --max-cost <usd>, which holds for each run, or --yes',
    });
  }
  // Said now, and not by each of its runs.
  if (flags.filter !== undefined) conditionOfText(flags.filter);
  return onlyGiven(await savedRunOptions(store, flags), { ...flags, statistics: flags.stat });
}

/** @throws CollectError `invalid_input` */
function timesFrom({ cron, hours }: AddFlags): ScheduleTimes {
  if (cron !== undefined && hours === undefined) return { cron };
  if (hours !== undefined && cron === undefined) return { hours };
  throw new CollectError('invalid_input', 'a schedule has either --cron or --hours');
}

async function listAll(flags: ListFlags, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const now = Date.now();
  const rows = (await data.store.schedules.list()).map((schedule) => ({
    ...schedule,
    nextRunAt: nextRun(schedule, now) ?? null,
  }));
  await write<Schedule & { readonly nextRunAt: number | null }>({
    flags,
    store: data.store,
    rows,
    columns: [
      { title: 'NAME', value: ({ name }) => name },
      {
        title: 'TIMES',
        value: ({ times }) => ('cron' in times ? times.cron : times.hours.map((h) => `${h}:00`).join(' ')),
      },
      { title: 'SERVERS', value: describeLimit },
      { title: 'ZONE', value: ({ timeZone }) => timeZone },
      { title: 'NEXT', value: ({ nextRunAt }) => describeNext(nextRunAt, now) },
      { title: 'LAST', value: ({ lastRunAt }) => (lastRunAt === undefined ? 'never' : isoOf(lastRunAt)) },
      { title: 'JOB', value: ({ lastJob }) => (lastJob === undefined ? '' : String(lastJob)), alignRight: true },
      { title: 'TROUBLE', value: ({ error }) => error?.message ?? '' },
    ],
  });
}

function describeLimit(schedule: Schedule): string {
  const { servers, filter } = limitOfSchedule(schedule) ?? {};
  return filter ?? (servers === undefined ? 'all' : `${formatCount(servers)} picked`);
}

function describeNext(next: number | null, now: number): string {
  if (next === null) return 'never';
  return next <= now ? 'due' : isoOf(next);
}

async function removeOne(name: string, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  await data.store.schedules.remove(name);
  note(`Schedule ${name} runs no more.`);
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}

function parseHours(text: string): number[] {
  return parseList(text).map((part) => {
    const hour = Number(part);
    if (!Number.isInteger(hour) || hour < 0 || hour > 23)
      throw new InvalidArgumentError('Hours are 0 to 23, as in 0,6,12,18.');
    return hour;
  });
}
