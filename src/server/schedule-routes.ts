import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { limitOfSchedule, onlyGiven, PluginOptions, RunOptions } from '#jobs/options.ts';
import { nextRun, nextTime } from '#jobs/schedule-times.ts';
import { refuseUnkept } from '#jobs/start-job.ts';
import { CollectError } from '#model/errors.ts';
import { conditionOfText } from '#store/query/text.ts';
import type { Schedule } from '#store/schedules.ts';
import type { Store } from '#store/store.ts';
import { isoTime } from './iso-time.ts';
import { jsonRoute } from './route.ts';
import { ScheduleBody, ScheduleRow } from './run-api.ts';
import { savedRunOptions } from './run-options.ts';
import { type RunSource, workOf } from './run-source.ts';

/** Ten thousand ids of servers fit. */
const bodyLimit = 131_072;
const NamePath = z.object({ name: z.string().min(1).max(100) });

export function scheduleRoutes(app: FastifyInstance, source: RunSource): void {
  const { store, now } = source;

  jsonRoute(
    app,
    'GET',
    '/schedules',
    {
      id: 'listSchedules',
      summary: 'Runs that begin by themselves, by name.',
      replies: { data: z.array(ScheduleRow).readonly() },
    },
    async () => ({ data: (await store.schedules.list()).map((schedule) => scheduleRow(schedule, now())) }),
  );

  jsonRoute(
    app,
    'POST',
    '/schedules',
    {
      id: 'addSchedule',
      audit: 'schedule.add',
      summary: 'Run again and again, while a server runs; one that was missed is caught up with once.',
      body: ScheduleBody,
      bodyLimit,
      replies: { data: ScheduleRow, status: 201 },
    },
    async ({ body: { name, times, time_zone: timeZone = 'UTC', ...what } }) => {
      const work = workOf(source);
      if (nextTime(times, timeZone, now()) === undefined) {
        throw new CollectError('invalid_input', 'that time never comes', { where: 'times' });
      }
      if (what.run?.days !== undefined) await refuseUnkept(what.run.days, work);
      const options = await optionsOf(store, what);
      const schedule = await store.schedules.add({ name, times, timeZone, options }, now());
      return { data: scheduleRow(schedule, now()) };
    },
  );

  jsonRoute(
    app,
    'DELETE',
    '/schedules/:name',
    {
      id: 'removeSchedule',
      audit: 'schedule.remove',
      summary: 'Run no more; runs that began go on.',
      params: NamePath,
      replies: { data: z.strictObject({ name: z.string() }) },
    },
    async ({ params: { name } }) => {
      await store.schedules.remove(name);
      return { data: { name } };
    },
  );
}

/** @throws CollectError `not_found`, `invalid_input`, `invalid_query` */
async function optionsOf(
  store: Store,
  { run, collector, max_cost }: Pick<ScheduleBody, 'run' | 'collector' | 'max_cost'>,
): Promise<ReturnType<typeof onlyGiven> | PluginOptions> {
  if (collector !== undefined) {
    if (run === undefined && max_cost === undefined) return { plugin: (await store.plugins.get(collector)).name };
    throw new CollectError('invalid_input', 'a plugin has its own account, and reads all that it finds', {
      where: 'collector',
      fix: 'leave out run and max_cost',
    });
  }
  if (max_cost === undefined) {
    throw new CollectError('invalid_input', 'nobody will be there to agree to the cost of its runs', {
      where: 'max_cost',
      fix: 'say what each of them may cost at most',
    });
  }
  // It is resolved when a run begins; what can never be is said at once.
  if (run?.filter !== undefined) conditionOfText(run.filter);
  return onlyGiven(await savedRunOptions(store, { ...run, max_cost }), run ?? {});
}

function scheduleRow(schedule: Schedule, now: number): ScheduleRow {
  const { name, times, timeZone, lastRunAt, lastJob, error } = schedule;
  const byPlugin = PluginOptions.safeParse(schedule.options);
  const { accounts, maxCost } = byPlugin.success
    ? { accounts: [], maxCost: undefined }
    : RunOptions.parse(schedule.options);
  const limit = limitOfSchedule(schedule);
  const next = nextRun(schedule, now);
  return {
    name,
    times,
    time_zone: timeZone,
    accounts,
    selection: limit === undefined ? null : { servers: limit.servers ?? null, filter: limit.filter ?? null },
    ...(byPlugin.success ? { collector: byPlugin.data.plugin } : {}),
    max_cost: maxCost ?? null,
    next_at: next === undefined ? null : isoTime(next),
    last_at: lastRunAt === undefined ? null : isoTime(lastRunAt),
    last_job: lastJob ?? null,
    error,
  };
}
