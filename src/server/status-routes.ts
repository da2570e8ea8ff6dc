import type { FastifyInstance } from 'fastify';
import { limitOfJob, StoredPlan } from '#jobs/options.ts';
import { type DayRange, isoOf } from '#model/window.ts';
import type { Job } from '#store/jobs.ts';
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

const jobsAtOnce = 10;
/** How many jobs are looked through for one that was not limited to some servers. */
const mostJobs = 200;

async function readStatus({ store, demo, version, now }: StatusSource): Promise<Status> {
  const [servers, newest] = await Promise.all([store.inventory.count(), store.jobs.list({ limit: jobsAtOnce })]);
  const summaries = newest.map((job) => jobSummary(job, now()));
  const last = await lastOfFleet(store, newest, now);
  const plan = StoredPlan.safeParse(last?.plan);
  return {
    version,
    demo,
    servers,
    window: plan.success ? windowOf(plan.data.window) : await newestWindow(store),
    running: summaries.find((job) => job.state === 'RUNNING') ?? null,
    last_job: last === undefined ? null : jobSummary(last, now()),
  };
}

/** The newest job that has ended and was to read all: one of some servers says nothing of how fresh the others are. */
async function lastOfFleet(store: Store, newest: readonly Job[], now: () => number): Promise<Job | undefined> {
  let page = newest;
  for (let seen = page.length; ; seen += page.length) {
    const found = page.find((job) => limitOfJob(job) === undefined && jobSummary(job, now()).state !== 'RUNNING');
    const oldest = page.at(-1);
    if (found !== undefined || oldest === undefined || seen >= mostJobs) return found;
    page = await store.jobs.list({ limit: jobsAtOnce, before: oldest.id });
  }
}

function windowOf({ from, to }: DayRange): TimeWindow {
  return { start: isoOf(from), end: isoOf(to) };
}

/** The window of the record that changed last: of a job that is the first one, or keeps no window. */
async function newestWindow(store: Store): Promise<TimeWindow | null> {
  const { rows } = await store.inventory.list({ sort: { by: 'updatedAt', descending: true }, limit: 1 });
  const window = rows[0]?.record.data.monitoring_info?.window;
  return window === undefined ? null : { start: window.start, end: window.end };
}
