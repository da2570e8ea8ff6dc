import type { Selectable } from 'kysely';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { ErrorReportSchema } from '../job-schema.ts';
import type { Schedule, ScheduleStore, ScheduleTimes } from '../schedules.ts';
import type { SqlSession } from './session.ts';
import { parseStored } from './stored-json.ts';
import type { ScheduleTable } from './tables.ts';

const Times: z.ZodType<ScheduleTimes> = z.union([
  z.strictObject({ cron: z.string() }),
  z.strictObject({ hours: z.array(z.int()) }),
]);

export function sqlSchedules(session: SqlSession): ScheduleStore {
  return {
    add: ({ name, times, timeZone, options }, now) =>
      session.transaction(async ({ db }) => {
        const row = await db
          .insertInto('schedule')
          .values({
            name,
            times: JSON.stringify(times),
            time_zone: timeZone,
            options: JSON.stringify(options ?? null),
            created_at: now,
            last_run_at: null,
            last_job: null,
            error: null,
            leased_until: null,
          })
          .onConflict((conflict) => conflict.column('name').doNothing())
          .returningAll()
          .executeTakeFirst();
        if (row !== undefined) return scheduleOf(row);
        throw new CollectError('conflict', `there is a schedule named ${name}`, { fix: 'Choose another name.' });
      }),
    async list() {
      const rows = await session.db.selectFrom('schedule').selectAll().orderBy('name').execute();
      return rows.map(scheduleOf);
    },
    async remove(name) {
      const { numDeletedRows } = await session.transaction((tx) =>
        tx.db.deleteFrom('schedule').where('name', '=', name).executeTakeFirstOrThrow(),
      );
      if (numDeletedRows === 0n) throw new CollectError('not_found', 'there is no such schedule', { where: name });
    },
    async lease(schedule, until, now, held) {
      const { numUpdatedRows } = await session.transaction((tx) =>
        unrun(tx, schedule)
          .set({ leased_until: until })
          .where((eb) =>
            eb.or([
              eb('leased_until', 'is', null),
              eb('leased_until', '<', now),
              ...(held === undefined ? [] : [eb('leased_until', '=', held)]),
            ]),
          )
          .executeTakeFirstOrThrow(),
      );
      return numUpdatedRows === 1n;
    },
    async ran(schedule, outcome, now) {
      const { numUpdatedRows } = await session.transaction((tx) =>
        unrun(tx, schedule)
          .set({
            last_run_at: now,
            leased_until: null,
            ...('job' in outcome ? { last_job: outcome.job, error: null } : { error: JSON.stringify(outcome.error) }),
          })
          .executeTakeFirstOrThrow(),
      );
      if (numUpdatedRows === 1n) return;
      throw new CollectError('conflict', `schedule ${schedule.name} has run meanwhile, or is gone`);
    },
  };
}

/** A schedule, where it has not run since it was read. */
function unrun({ db }: SqlSession, { id, lastRunAt }: Schedule) {
  return db
    .updateTable('schedule')
    .where('id', '=', id)
    .where('last_run_at', lastRunAt === undefined ? 'is' : '=', lastRunAt ?? null);
}

function scheduleOf(row: Selectable<ScheduleTable>): Schedule {
  const where = `schedule ${row.name}`;
  return {
    id: row.id,
    name: row.name,
    times: parseStored(Times, row.times, where),
    timeZone: row.time_zone,
    options: parseStored(z.unknown(), row.options, where),
    createdAt: row.created_at,
    ...(row.last_run_at === null ? {} : { lastRunAt: row.last_run_at }),
    ...(row.last_job === null ? {} : { lastJob: row.last_job }),
    error: row.error === null ? null : parseStored(ErrorReportSchema, row.error, where),
  };
}
