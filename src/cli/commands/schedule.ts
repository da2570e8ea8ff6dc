import { type Command, InvalidArgumentError } from 'commander';
import { nextRun, nextTime } from '#jobs/schedule-times.ts';
import { CollectError } from '#model/errors.ts';
import type { Schedule, ScheduleTimes } from '#store/schedules.ts';
import { dataPlace, openData } from '../open-data.ts';
import { type OutputForm, outputOption, write } from '../output.ts';
import { addRunFlags } from '../run-flags.ts';
import { type SavedRunFlags, savedRunOptions } from '../saved-run.ts';

interface AddFlags extends SavedRunFlags {
  readonly cron?: string;
  readonly hours?: number[];
  readonly zone: string;
}

export function addScheduleCommand(program: Command): void {
  const schedule = program.command('schedule').description('runs that begin by themselves, while a server runs');
  const add = addRunFlags(schedule.command('add'))
    .description('run again and again; one that was missed is caught up with once')
    .argument('<name>')
    .option('--cron <expression>', "minute, hour, day, month, weekday: '0 3 * * *'")
    .option('--hours <list>', 'full hours of every day: 0,6,12,18', parseHours)
    .option('--zone <name>', 'time zone: Europe/Berlin', 'UTC')
    .option(
      '--account <name>',
      'a saved account; may be given again. Where absent, all that there are when it runs',
      (name: string, before: string[]) => [...before, name],
      [],
    );
  add.action((name: string, flags: AddFlags) => addOne(name, flags, add));
  const list = schedule.command('list').description('schedules and their next runs').addOption(outputOption());
  list.action((flags: { output: OutputForm }) => listAll(flags.output, list));
  const remove = schedule.command('rm').description('run no more; runs that began go on').argument('<name>');
  remove.action((name: string) => removeOne(name, remove));
}

async function addOne(name: string, flags: AddFlags, command: Command): Promise<void> {
  const times = timesFrom(flags);
  const next = nextTime(times, flags.zone, Date.now());
  if (next === undefined) throw new CollectError('invalid_input', 'that time never comes', { where: flags.cron ?? '' });
  if (!flags.yes && flags.maxCost === undefined) {
    throw new CollectError('budget_exceeded', 'nobody will be there to agree to the cost of its runs', {
      fix: 'add --max-cost <usd>, which holds for each run, or --yes',
    });
  }
  await using data = await openData(dataPlace(command));
  const options = await savedRunOptions(data.store, flags);
  await data.store.schedules.add({ name, times, timeZone: flags.zone, options }, Date.now());
  process.stderr.write(`Schedule ${name} runs next at ${new Date(next).toISOString()}, where a server runs then.\n`);
}

/** @throws CollectError `invalid_input` */
function timesFrom({ cron, hours }: AddFlags): ScheduleTimes {
  if (cron !== undefined && hours === undefined) return { cron };
  if (hours !== undefined && cron === undefined) return { hours };
  throw new CollectError('invalid_input', 'a schedule has either --cron or --hours');
}

async function listAll(form: OutputForm, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const now = Date.now();
  const rows = (await data.store.schedules.list()).map((schedule) => ({
    ...schedule,
    nextRunAt: nextRun(schedule, now) ?? null,
  }));
  await write<Schedule & { readonly nextRunAt: number | null }>({
    form,
    rows,
    columns: [
      { title: 'NAME', value: ({ name }) => name },
      {
        title: 'TIMES',
        value: ({ times }) => ('cron' in times ? times.cron : times.hours.map((h) => `${h}:00`).join(' ')),
      },
      { title: 'ZONE', value: ({ timeZone }) => timeZone },
      { title: 'NEXT', value: ({ nextRunAt }) => describeNext(nextRunAt, now) },
      { title: 'LAST', value: ({ lastRunAt }) => (lastRunAt === undefined ? 'never' : isoOf(lastRunAt)) },
      { title: 'JOB', value: ({ lastJob }) => (lastJob === undefined ? '' : String(lastJob)), alignRight: true },
      { title: 'TROUBLE', value: ({ error }) => error?.message ?? '' },
    ],
  });
}

function describeNext(next: number | null, now: number): string {
  if (next === null) return 'never';
  return next <= now ? 'due' : isoOf(next);
}

async function removeOne(name: string, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  await data.store.schedules.remove(name);
  process.stderr.write(`Schedule ${name} runs no more.\n`);
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}

function parseHours(text: string): number[] {
  return text.split(',').map((part) => {
    const hour = Number(part);
    if (part.trim() === '' || !Number.isInteger(hour) || hour < 0 || hour > 23)
      throw new InvalidArgumentError('Hours are 0 to 23, as in 0,6,12,18.');
    return hour;
  });
}
