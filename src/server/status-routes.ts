import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
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
/** How many jobs are looked through for one of the whole fleet. */
const mostJobs = 200;
const OfAccounts = z.object({ accounts: z.array(z.string()) });

async function readStatus({ store, demo, version, now }: StatusSource): Promise<Status> {
  const [servers, newest] = await Promise.all([store.inventory.count(), store.jobs.list({ limit: jobsAtOnce })]);
  const summaries = newest.map((job) => jobSummary(job, now()));
  const last = await newestJob(store, newest, (job) => isOfFleet(job) && jobSummary(job, now()).state !== 'RUNNING');
  const measured = await newestJob(store, newest, hasReadFleet);
  const plan = StoredPlan.safeParse(measured?.plan);
  return {
    version,
    demo,
    servers,
    window: plan.success ? windowOf(plan.data.window) : await newestWindow(store),
    running: summaries.find((job) => job.state === 'RUNNING') ?? null,
    last_job: last === undefined ? null : jobSummary(last, now()),
  };
}

/** Whether it was not limited to some servers: such a job says nothing of how fresh the others are. */
function isOfFleet(job: Job): boolean {
  return limitOfJob(job) === undefined;
}

/** Whether what most records say now is of its window. */
function hasReadFleet(job: Job): boolean {
  const { accounts } = OfAccounts.safeParse(job.options).data ?? { accounts: [] };
  const isOver = job.state === 'SUCCESS' || job.state === 'PARTIAL';
  const hasRead = StoredPlan.safeParse(job.plan).success && job.counts.servers > job.counts.failed;
  return isOver && hasRead && isOfFleet(job) && accounts.length === 0;
}

async function newestJob(
  store: Store,
  newest: readonly Job[],
  isWanted: (job: Job) => boolean,
): Promise<Job | undefined> {
  let page = newest;
  for (let seen = page.length; ; seen += page.length) {
    const found = page.find(isWanted);
    const oldest = page.at(-1);
    if (found !== undefined || oldest === undefined || seen >= mostJobs) return found;
    page = await store.jobs.list({ limit: jobsAtOnce, before: oldest.id });
  }
}

function windowOf({ from, to }: DayRange): TimeWindow {
  return { start: isoOf(from), end: isoOf(to) };
}

/** The window of the record that changed last: where no job of the whole fleet is known, or it keeps no window. */
async function newestWindow(store: Store): Promise<TimeWindow | null> {
  const { rows } = await store.inventory.list({ sort: { by: 'updatedAt', descending: true }, limit: 1 });
  const window = rows[0]?.record.data.monitoring_info?.window;
  return window === undefined ? null : { start: window.start, end: window.end };
}
