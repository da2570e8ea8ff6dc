import type { FastifyInstance } from 'fastify';
import { retryJob, startJob } from '#jobs/start-job.ts';
import { CollectError } from '#model/errors.ts';
import { JobSummary } from './api.ts';
import type { Caller } from './auth-caller.ts';
import { IdPath } from './input.ts';
import { jobSummary } from './job-reply.ts';
import { jsonRoute } from './route.ts';
import { RetryBody, StartBody } from './run-api.ts';
import { agreement, savedRunOptions } from './run-options.ts';
import { type RunSource, workOf } from './run-source.ts';

/** Ten thousand ids of servers fit, or of tasks. */
const bodyLimit = 131_072;

/** What begins and ends runs. Workers do them: those of this process on the embedded store, any on a shared one. */
export function jobControlRoutes(app: FastifyInstance, source: RunSource): void {
  const { store, now } = source;

  jsonRoute(
    app,
    'POST',
    '/jobs',
    {
      id: 'startJob',
      audit: 'job.start',
      summary:
        'Plan saved accounts, and begin the run. 409 where one of them is being read, or it could cost more than was agreed to, or than the budget leaves.',
      body: StartBody,
      bodyLimit,
      replies: { data: JobSummary, status: 201 },
    },
    async ({ body, request }) => {
      const work = workOf(source);
      const overBudget = mayPass(body.over_budget, request.caller);
      const options = await savedRunOptions(store, body);
      const job = await startJob(options, { ...work, overBudget, agree: agreement(body.max_cost) });
      return { data: jobSummary(job, now()) };
    },
  );

  jsonRoute(
    app,
    'POST',
    '/jobs/:id/cancel',
    {
      id: 'cancelJob',
      audit: 'job.cancel',
      summary: 'End a run: what is in flight is finished and stored. Without effect on one that has ended.',
      params: IdPath,
      replies: { data: JobSummary },
    },
    async ({ params: { id } }) => {
      await store.jobs.adoptInterrupted(now());
      return { data: jobSummary(await store.jobs.cancel(id, now()), now()) };
    },
  );

  jsonRoute(
    app,
    'POST',
    '/jobs/:id/retry',
    {
      id: 'retryJob',
      audit: 'job.retry',
      summary: 'Do again what failed of a run, or was not done, over the same window.',
      params: IdPath,
      body: RetryBody,
      bodyLimit,
      replies: { data: JobSummary },
    },
    async ({ params: { id }, body, request }) => {
      const work = workOf(source);
      const overBudget = mayPass(body.over_budget, request.caller);
      const job = await retryJob(id, { ...work, overBudget, agree: agreement(body.max_cost) }, body.tasks);
      return { data: jobSummary(job, now()) };
    },
  );
}

/** @throws CollectError `access_denied` for anybody but an admin */
function mayPass(overBudget: boolean | undefined, caller: Caller | null): boolean {
  if (overBudget !== true || caller?.role === 'admin') return overBudget === true;
  throw new CollectError('access_denied', 'only an admin lets a run pass the budget', {
    fix: 'ask one, or narrow the run',
  });
}
