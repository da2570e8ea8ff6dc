import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type JobStore, jobStates } from '#store/jobs.ts';
import { JobDetail, JobRow, TaskProblem } from './api.ts';
import { idCursor } from './cursor.ts';
import { enveloped } from './envelope.ts';
import { sendEvents } from './event-stream.ts';
import { countIn, IdPath } from './input.ts';
import { runSource } from './job-count-routes.ts';
import { readJob, watchJob } from './job-events.ts';
import { jobRow, taskProblem } from './job-reply.ts';
import { jsonRoute, rawRoute } from './route.ts';

export interface JobSource {
  readonly jobs: JobStore;
  readonly demo: boolean;
  readonly now: () => number;
  /** Ends the streams when the server stops. */
  readonly stopping: AbortSignal;
}

/** How often a stream looks at the store: another process may run the job. */
const pollMs = 300;

const jobCursor = idCursor('jobs');
const errorCursor = idCursor('errors');

const ListQuery = z.strictObject({
  limit: countIn(1, 200, 50),
  cursor: jobCursor.schema,
  state: z.enum(jobStates).exactOptional(),
  source: runSource,
});
const ErrorsQuery = z.strictObject({
  limit: countIn(1, 200, 50),
  cursor: errorCursor.schema,
  job: IdPath.shape.id.exactOptional(),
});

export function jobRoutes(app: FastifyInstance, { jobs, demo, now, stopping }: JobSource): void {
  jsonRoute(
    app,
    'GET',
    '/jobs',
    {
      id: 'listJobs',
      summary: 'Runs, newest first.',
      query: ListQuery,
      replies: { data: z.array(JobRow).readonly(), isPage: true },
    },
    async ({ query: { limit, cursor, state, source } }) => {
      const found = await jobs.list({
        limit: limit + 1,
        ...(cursor === undefined ? {} : { before: cursor }),
        ...(state === undefined ? {} : { states: [state] }),
        ...(source === undefined ? {} : { source }),
      });
      const { rows, meta } = jobCursor.page(found, limit, ({ id }) => id);
      const tallies = await jobs.tally(rows.map(({ id }) => id));
      return { data: rows.map((job) => jobRow(job, tallies.get(job.id), now())), meta };
    },
  );

  jsonRoute(
    app,
    'GET',
    '/jobs/:id',
    {
      id: 'getJob',
      summary: 'A run with its tasks, and what it spent.',
      params: IdPath,
      replies: { data: JobDetail },
    },
    async ({ params }) => ({ data: await readJob(jobs, params.id, now()) }),
  );

  rawRoute(
    app,
    'GET',
    '/jobs/:id/events',
    {
      id: 'watchJob',
      summary: 'What happens to a run, as it happens.',
      params: IdPath,
      query: z.looseObject({}),
      replies: {
        status: 200,
        types: ['text/event-stream'],
        about:
          'Events `snapshot` (JobDetail), `change` (JobChange, at most four a second) and `end` (JobSummary), each in the usual envelope.',
      },
    },
    async ({ params: { id }, request, reply }) => {
      const snapshot = await readJob(jobs, id, now());
      await sendEvents(request, reply, stopping, (signal) => enveloping(watchJob(jobs, snapshot, now, pollMs, signal)));
    },
  );

  jsonRoute(
    app,
    'GET',
    '/errors',
    {
      id: 'listErrors',
      summary: 'What went wrong in runs, task by task, newest first.',
      query: ErrorsQuery,
      replies: { data: z.array(TaskProblem).readonly(), isPage: true },
    },
    async ({ query: { limit, cursor, job } }) => {
      const found = await jobs.problems({
        limit: limit + 1,
        ...(cursor === undefined ? {} : { before: cursor }),
        ...(job === undefined ? {} : { job }),
      });
      const { rows, meta } = errorCursor.page(found, limit, ({ id }) => id);
      return { data: rows.map(taskProblem), meta };
    },
  );

  async function* enveloping(events: ReturnType<typeof watchJob>) {
    for await (const { name, data } of events) yield { name, data: enveloped<unknown>({ data }, demo, 0) };
  }
}
