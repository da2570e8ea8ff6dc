import { z } from 'zod';
import type { JobId, JobTotals } from '../jobs.ts';
import { limitedJobs } from './job-rows.ts';
import { readLedgerTotals } from './ledger.ts';
import type { SqlSession } from './session.ts';
import { sqlSettings, takeTurn } from './settings.ts';
import { parseStored } from './stored-json.ts';

/** In a transaction, so that nobody waits long for it. */
const jobsAtOnce = 20;

/** What forgotten jobs called counts on: sums that shrink are taken for new ones. */
const callsSetting = 'forgotten_calls';

type Calls = JobTotals['calls'];

const number = z.number();
const StoredCalls: z.ZodType<Calls> = z.array(
  z.object({
    ...{ api: z.string(), calls: number, retried: number, throttled: number, failed: number },
    ...{ usd: number, usdAtMost: number },
  }),
);

/** @param before epoch milliseconds */
export async function forgetJobs(session: SqlSession, before: number): Promise<number> {
  for (let forgotten = 0; ; ) {
    const gone = await session.transaction((tx) => forgetSome(tx, before));
    forgotten += gone;
    if (gone === 0) return forgotten;
  }
}

async function forgetSome(tx: SqlSession, before: number): Promise<number> {
  const ids = await oldJobs(tx, before);
  if (ids.length === 0) return 0;
  const calls = addCalls(await forgottenCalls(tx), await readLedgerTotals(tx, ids));
  await sqlSettings(tx).set(callsSetting, JSON.stringify(calls));
  await tx.db.deleteFrom('job').where('id', 'in', ids).execute();
  return ids.length;
}

/** That ended by then, and of which no task is the newest one of its place; what was limited to some servers is none of it. */
async function oldJobs(tx: SqlSession, before: number): Promise<JobId[]> {
  // Nobody makes one run again meanwhile.
  await takeTurn(tx);
  const rows = await tx.db
    .selectFrom('job')
    .select('job.id')
    .where('job.state', '!=', 'RUNNING')
    .where('job.finished_at', '<', before)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('task')
            .select('task.id')
            .whereRef('task.job', '=', 'job.id')
            .where('task.job', 'not in', limitedJobs(tx.db))
            .where((task) =>
              task.not(
                task.exists(
                  task
                    .selectFrom('task as newer')
                    .select('newer.id')
                    .whereRef('newer.provider', '=', 'task.provider')
                    .whereRef('newer.account', '=', 'task.account')
                    .whereRef('newer.region', '=', 'task.region')
                    .whereRef('newer.id', '>', 'task.id')
                    .where('newer.job', 'not in', limitedJobs(tx.db)),
                ),
              ),
            ),
        ),
      ),
    )
    .orderBy('job.id')
    .limit(jobsAtOnce)
    .execute();
  return rows.map(({ id }) => id);
}

export async function forgottenCalls(session: SqlSession): Promise<Calls> {
  const stored = await sqlSettings(session).get(callsSetting);
  return stored === undefined ? [] : parseStored(StoredCalls, stored, 'the calls of forgotten jobs');
}

/** By api. */
export function addCalls(a: Calls, b: Calls): Calls {
  return [...Map.groupBy([...a, ...b], ({ api }) => api)]
    .map(([api, lines]) => {
      const sum = (of: keyof Omit<Calls[number], 'api'>) => lines.reduce((total, line) => total + line[of], 0);
      return {
        ...{ api, calls: sum('calls'), retried: sum('retried'), throttled: sum('throttled'), failed: sum('failed') },
        ...{ usd: sum('usd'), usdAtMost: sum('usdAtMost') },
      };
    })
    .toSorted((x, y) => (x.api < y.api ? -1 : 1));
}
