import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Store } from '#store/store.ts';
import { RunCounts } from './api.ts';
import { jsonRoute } from './route.ts';

export const runSource = z
  .string()
  .min(1)
  .max(300)
  .exactOptional()
  .describe('Only runs that read this account: a saved one by name, or any by its id.');

/** How many runs there are to list. */
export function jobCountRoutes(app: FastifyInstance, { jobs, schedules }: Pick<Store, 'jobs' | 'schedules'>): void {
  jsonRoute(
    app,
    'GET',
    '/jobs/counts',
    {
      id: 'countJobs',
      summary: 'How many runs there are by state, and how many schedules.',
      query: z.strictObject({ source: runSource }),
      replies: { data: RunCounts },
    },
    async ({ query }) => {
      const [counts, planned] = await Promise.all([jobs.countByState(query), schedules.list()]);
      const all = counts.reduce((sum, { count }) => sum + count, 0);
      const states = Object.fromEntries(counts.map(({ state, count }) => [state, count]));
      return { data: { all, states, schedules: planned.length } };
    },
  );
}
