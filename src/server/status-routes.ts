import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { limitOfJob, PluginOptions, RunOptions, StoredPlan } from '#jobs/options.ts';
import { type DayRange, isoOf } from '#model/window.ts';
import type { Account } from '#store/accounts.ts';
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
/** How many jobs are looked through for those of the whole fleet. */
const mostJobs = 200;

async function readStatus({ store, demo, version, now }: StatusSource): Promise<Status> {
  const [servers, newest, accounts] = await Promise.all([
    store.inventory.count(),
    store.jobs.list({ limit: jobsAtOnce }),
    store.accounts.list(),
  ]);
  const summaries = newest.map((job) => jobSummary(job, now()));
  const { last, measured } = await readRuns(newestFirst(store, newest), accounts, now());
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

async function* newestFirst(store: Store, newest: readonly Job[]): AsyncGenerator<Job> {
  let page = newest;
  for (let seen = page.length; ; seen += page.length) {
    yield* page;
    const oldest = page.at(-1);
    if (oldest === undefined || seen >= mostJobs) return;
    page = await store.jobs.list({ limit: jobsAtOnce, before: oldest.id });
  }
}

interface FleetRuns {
  /** That has ended; where none was of the whole fleet, one of some accounts or regions. */
  readonly last: Job | undefined;
  /** Of whose window is what most records say now. */
  readonly measured: Job | undefined;
}

/** A run that was limited to some servers says nothing of the others, and is passed over. */
async function readRuns(jobs: AsyncIterable<Job>, accounts: readonly Account[], now: number): Promise<FleetRuns> {
  const found: { whole?: Job; part?: Job; measured?: Job } = {};
  for await (const job of jobs) {
    if (limitOfJob(job) !== undefined) continue;
    const isWhole = isOfFleet(job, accounts);
    if (jobSummary(job, now).state !== 'RUNNING') found[isWhole ? 'whole' : 'part'] ??= job;
    if (isWhole && hasRead(job)) found.measured ??= job;
    if (found.whole !== undefined && found.measured !== undefined) break;
  }
  return { last: found.whole ?? found.part, measured: found.measured };
}

const RunPlaces = z.object({ accounts: RunOptions.shape.accounts, regions: RunOptions.shape.regions });

/** Whether it was to read all accounts that there were when it began, and all of their regions. A plugin reads none. */
function isOfFleet({ options, startedAt }: Job, saved: readonly Account[]): boolean {
  const chosen = RunPlaces.safeParse(options).data ?? { accounts: [], regions: [] };
  if (chosen.regions.length > 0) return false;
  const named = new Set(chosen.accounts);
  const namesNone = named.size === 0 && !PluginOptions.safeParse(options).success;
  return namesNone || saved.every(({ name, createdAt }) => createdAt > startedAt || named.has(name));
}

function hasRead({ state, plan, counts }: Job): boolean {
  const isOver = state === 'SUCCESS' || state === 'PARTIAL';
  return isOver && StoredPlan.safeParse(plan).success && counts.servers > counts.failed;
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
