import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { JobStore } from '#store/jobs.ts';
import type { JobDetail, JobSummary } from './api.ts';
import { type Answer, enveloped } from './envelope.ts';
import { sendEvents } from './event-stream.ts';
import { countIn, IdPath, parseInput } from './input.ts';
import { readJob, watchJob } from './job-events.ts';
import { jobSummary } from './job-reply.ts';

export interface JobSource {
  readonly jobs: JobStore;
  readonly demo: boolean;
  readonly now: () => number;
  /** Ends the streams when the server stops. */
  readonly stopping: AbortSignal;
}

/** How often a stream looks at the store: another process may run the job. */
const pollMs = 250;

const ListQuery = z.strictObject({
  limit: countIn(1, 200).default(50),
  after: IdPath.shape.id.exactOptional(),
});

const NoQuery = z.strictObject({});

export function jobRoutes(app: FastifyInstance, { jobs, demo, now, stopping }: JobSource): void {
  app.get('/jobs', async (request): Promise<Answer<readonly JobSummary[]>> => {
    const { limit, after } = parseInput(ListQuery, request.query);
    const found = await jobs.list({ limit: limit + 1, ...(after === undefined ? {} : { before: after }) });
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const next = found.length > limit && last !== undefined ? { next: String(last.id) } : {};
    return { data: shown.map((job) => jobSummary(job, now())), meta: next };
  });

  app.get('/jobs/:id', async (request): Promise<Answer<JobDetail>> => {
    parseInput(NoQuery, request.query);
    return { data: await readJob(jobs, parseInput(IdPath, request.params).id, now()) };
  });

  app.get('/jobs/:id/events', async (request, reply) => {
    const { id } = parseInput(IdPath, request.params);
    const snapshot = await readJob(jobs, id, now());
    await sendEvents(request, reply, stopping, (signal) => enveloping(watchJob(jobs, snapshot, now, pollMs, signal)));
  });

  async function* enveloping(events: ReturnType<typeof watchJob>) {
    for await (const { name, data } of events) yield { name, data: enveloped<unknown>({ data }, demo, 0) };
  }
}
