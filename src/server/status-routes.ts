import type { FastifyInstance } from 'fastify';
import type { Store } from '#store/store.ts';
import { Status, type TimeWindow } from './api.ts';
import { jobSummary } from './job-reply.ts';
import { jsonRoute } from './route.ts';

export interface StatusSource {
  readonly store: Store;
  readonly demo: boolean;
  readonly version: string;
  readonly now: () => number;
}

export function statusRoutes(app: FastifyInstance, source: StatusSource): void {
  jsonRoute(
    app,
    'GET',
    '/status',
    { id: 'getStatus', summary: 'What runs here, and what of it is new.', replies: { data: Status } },
    async () => ({ data: await readStatus(source) }),
  );
}

/** Jobs to look through for one that runs and one that does not. */
const newestJobs = 10;

async function readStatus({ store, demo, version, now }: StatusSource): Promise<Status> {
  const [servers, window, jobs] = await Promise.all([
    store.inventory.count(),
    newestWindow(store),
    store.jobs.list({ limit: newestJobs }),
  ]);
  const summaries = jobs.map((job) => jobSummary(job, now()));
  return {
    version,
    demo,
    servers,
    window,
    running: summaries.find((job) => job.state === 'RUNNING') ?? null,
    last_job: summaries.find((job) => job.state !== 'RUNNING') ?? null,
  };
}

/** The window of the record that changed last, which the newest job wrote. */
async function newestWindow(store: Store): Promise<TimeWindow | null> {
  const { rows } = await store.inventory.list({ sort: { by: 'updatedAt', descending: true }, limit: 1 });
  const window = rows[0]?.record.data.monitoring_info?.window;
  return window === undefined ? null : { start: window.start, end: window.end };
}
