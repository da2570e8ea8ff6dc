import type { FastifyInstance } from 'fastify';
import { retryJob, startJob } from '#jobs/start-job.ts';
import { JobSummary } from './api.ts';
import { IdPath } from './input.ts';
import { jobSummary } from './job-reply.ts';
import { jsonRoute } from './route.ts';
import { RetryBody, StartBody } from './run-api.ts';
import { agreement, savedRunOptions } from './run-options.ts';
import { type RunSource, workOf } from './run-source.ts';

const bodyLimit = 65_536;

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
        'Plan saved accounts, and begin the run. 409 where one of them is being read, or it could cost too much.',
      body: StartBody,
      bodyLimit,
      replies: { data: JobSummary, status: 201 },
    },
    async ({ body }) => {
      const work = workOf(source);
      const options = await savedRunOptions(store, body);
      const job = await startJob(options, { ...work, agree: agreement(body.max_cost) });
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
    async ({ params: { id }, body }) => {
      const work = workOf(source);
      const job = await retryJob(id, { ...work, agree: agreement(body.max_cost) });
      return { data: jobSummary(job, now()) };
    },
  );
}
