import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Job, type JobStore, jobStates } from '#store/jobs.ts';
import { jobSummary } from './job-reply.ts';
import { jsonRoute } from './route.ts';

export const JobDuration = z
  .strictObject({
    id: z.int(),
    state: z.enum(jobStates),
    started_at: z.iso.datetime(),
    seconds: z.number().describe('So far, where it is running; without the time between its end and a retry.'),
    servers: z.int(),
    usd: z.number(),
  })
  .readonly();
export type JobDuration = z.infer<typeof JobDuration>;

/** As many as a chart can show. */
const mostRuns = 200;

/** How long the last runs took. */
export function jobDurationRoutes(
  app: FastifyInstance,
  { jobs, now }: { readonly jobs: JobStore; readonly now: () => number },
): void {
  jsonRoute(
    app,
    'GET',
    '/jobs/durations',
    {
      id: 'listJobDurations',
      summary: `How long each of the last ${mostRuns} runs took, oldest first.`,
      replies: { data: z.array(JobDuration).readonly() },
    },
    async () => {
      const found = await jobs.list({ limit: mostRuns });
      return { data: found.toReversed().map((job) => durationOf(job, now())) };
    },
  );
}

function durationOf(job: Job, now: number): JobDuration {
  const { id, state, started_at, seconds, counts, spent } = jobSummary(job, now);
  return { id, state, started_at, seconds, servers: counts.servers, usd: spent.usd };
}
