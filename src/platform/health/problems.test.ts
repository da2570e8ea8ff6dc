import { describe, expect, it, onTestFinished } from 'vitest';
import type { ErrorReport } from '#model/errors.ts';
import { noCost } from '#model/fleet.ts';
import type { TaskEnd } from '#store/tasks.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { readProblems } from './problems.ts';

const denied: ErrorReport = { code: 'access_denied', message: 'GetMetricData: denied', fix: 'allow it' };
const slow: ErrorReport = { code: 'rate_limited', message: 'Throttling' };

const failure = (error: ErrorReport): TaskEnd => ({ state: 'FAILURE', error, plannedServers: 5 });
const partial = (error: ErrorReport, count: number): TaskEnd => ({
  state: 'PARTIAL',
  failures: [{ reason: 'denied', count, error }],
});
const success: TaskEnd = { state: 'SUCCESS' };

/** By region, how a run of account 1 ended there; of the region `*` it could not sign in; `2/*` is account 2, whose regions it could not list. */
type Run = Readonly<Record<string, TaskEnd>>;

/** One that is limited to some servers. */
type LimitedRun = readonly [limit: { readonly filter?: string; readonly servers: readonly number[] }, run: Run];
type AnyRun = Run | LimitedRun;

function isLimited(run: AnyRun): run is LimitedRun {
  return Array.isArray(run);
}

async function openRuns(...runs: readonly AnyRun[]) {
  const store = await openTestStore();
  onTestFinished(() => store.close());
  for (const [at, given] of runs.entries()) {
    const [options, run] = isLimited(given) ? given : [{}, given];
    const ends = Object.entries(run);
    const drafts = ends.map(([place]) => {
      const [region = '', account = region === '*' ? 'prod' : '1'] = place.split('/').reverse();
      return { provider: 'aws', account, region, plannedServers: 5, source: 'prod' };
    });
    const draft = { demo: false, options, plan: {}, planned: noCost, ownerPid: 1, runsOn: 'workers' as const };
    const { job, tasks } = await store.jobs.create({ ...draft, tasks: drafts }, at * 1000);
    for (const [nth, task] of tasks.entries()) {
      const claim = await store.tasks.begin(task.id, 'w', at * 1000);
      const end = ends[nth]?.[1];
      if (claim === undefined || end === undefined) throw new Error('there is no such task');
      await store.tasks.end(claim, end, at * 1000 + 500);
    }
    await store.jobs.settle(job.id, at * 1000 + 500);
  }
  return store;
}

describe('problems', () => {
  it('are told by place, and by cause: how often, since when, and whether it is so still', async () => {
    const store = await openRuns(
      { 'eu-west-1': failure(denied), 'us-east-1': partial(slow, 2) },
      { 'eu-west-1': failure(denied), 'us-east-1': success },
    );
    const { cells, causes, isCut } = await readProblems(store);
    expect(cells).toEqual([
      { provider: 'aws', account: '1', region: 'eu-west-1', times: 2, isOpen: true, codes: ['access_denied'] },
      { provider: 'aws', account: '1', region: 'us-east-1', times: 1, isOpen: false, codes: ['rate_limited'] },
    ]);
    expect(causes).toMatchObject([
      {
        code: 'access_denied',
        times: 2,
        places: 1,
        open: 1,
        servers: 5,
        first: 500,
        last: 1500,
        jobs: [2, 1],
        fixes: [{ fix: 'allow it', message: denied.message, times: 2 }],
        fixCount: 1,
      },
      { code: 'rate_limited', times: 1, open: 0, servers: 0, first: 500, last: 500, fixes: [{ fix: undefined }] },
    ]);
    expect(isCut).toBe(false);
  });

  it('are the same servers where they met one code in two ways', async () => {
    const other = { ...denied, message: 'ListMetrics: denied', fix: 'allow the other' };
    const store = await openRuns({
      'eu-west-1': {
        state: 'PARTIAL',
        failures: [
          { reason: 'denied', count: 3, error: denied },
          { reason: 'denied', count: 2, error: other },
        ],
      },
    });
    const { causes, cells } = await readProblems(store);
    expect(causes).toMatchObject([{ times: 1, servers: 3, fixCount: 2 }]);
    expect(cells).toMatchObject([{ times: 1 }]);
  });

  it('are narrowed by place, code and time', async () => {
    const store = await openRuns({ 'eu-west-1': failure(denied) }, { 'us-east-1': failure(slow) });
    const regions = async (filter: Parameters<typeof readProblems>[1]) =>
      (await readProblems(store, filter)).cells.map(({ region }) => region);
    expect(await regions({ code: 'access_denied' })).toEqual(['eu-west-1']);
    expect(await regions({ region: 'us-east-1' })).toEqual(['us-east-1']);
    expect(await regions({ account: '2' })).toEqual([]);
    expect(await regions({ provider: 'azure' })).toEqual([]);
    expect(await regions({ since: 1000 })).toEqual(['us-east-1']);
  });

  it('of an account that did not let us in are over once anything of it was read', async () => {
    const signIn = { '*': failure({ code: 'secret_rejected', message: 'no' }) };
    expect((await readProblems(await openRuns(signIn))).cells).toMatchObject([{ region: '*', isOpen: true }]);
    const later = await openRuns(signIn, { 'eu-west-1': success });
    expect((await readProblems(later)).cells).toMatchObject([{ region: '*', isOpen: false }]);
  });

  it('of one account of several are over once that one was read by a later run', async () => {
    const refused = { '2/*': failure(denied), 'eu-west-1': success };
    const openOf = async (...runs: readonly Run[]) =>
      (await readProblems(await openRuns(...runs))).cells.map(({ account, isOpen }) => [account, isOpen]);
    expect(await openOf(refused)).toEqual([['2', true]]);
    expect(await openOf(refused, { 'eu-west-1': success })).toEqual([['2', true]]);
    expect(await openOf(refused, { '2/eu-west-1': success })).toEqual([['2', false]]);
    expect(await openOf(refused, refused)).toEqual([['2', true]]);
    const { retryable } = await readProblems(await openRuns(refused, refused));
    expect([...retryable].map(([job, tasks]) => [job, tasks.length])).toEqual([[2, 1]]);
  });

  it('can be retried where the last run of their place met them, and nowhere else', async () => {
    const store = await openRuns(
      { 'eu-west-1': failure(denied), 'us-east-1': failure(denied), 'eu-north-1': failure(slow) },
      { 'us-east-1': success },
      { 'eu-west-1': failure(denied) },
    );
    const tasksOf = async (filter: Parameters<typeof readProblems>[1]) =>
      [...(await readProblems(store, filter)).retryable].map(([job, tasks]) => [job, tasks.length]);
    expect(await tasksOf({})).toEqual([
      [3, 1],
      [1, 1],
    ]);
    expect(await tasksOf({ code: 'access_denied' })).toEqual([[3, 1]]);
    expect(await tasksOf({ code: 'timeout' })).toEqual([]);
  });

  const denials = { 'eu-west-1': failure(denied) };
  const reads = { 'eu-west-1': success };
  const picked = { servers: [1, 2] };
  const found = { filter: 'cpu:>80', servers: [1, 2] };

  it.each([
    { name: 'a run of the same servers', first: picked, later: [picked, reads], isOpen: false },
    {
      name: 'a run of the same filter, whatever that found',
      first: found,
      later: [{ ...found, servers: [3] }, reads],
      isOpen: false,
    },
    { name: 'a run of all', first: picked, later: reads, isOpen: false },
    { name: 'no run of other servers', first: picked, later: [{ servers: [1] }, reads], isOpen: true },
    { name: 'no run of another filter', first: found, later: [{ ...found, filter: 'cpu:>90' }, reads], isOpen: true },
    {
      name: 'no run of the same servers elsewhere',
      first: picked,
      later: [picked, { 'us-east-1': success }],
      isOpen: true,
    },
  ] as const)('of a run that is limited to some servers are settled by $name', async ({ first, later, isOpen }) => {
    const store = await openRuns([first, denials], later);
    expect((await readProblems(store)).cells).toMatchObject([{ region: 'eu-west-1', isOpen }]);
  });

  it('of a run of all are settled by none that is limited', async () => {
    const store = await openRuns(denials, [picked, reads], [picked, reads]);
    expect((await readProblems(store)).cells).toMatchObject([{ isOpen: true }]);
  });

  it('are counted and retried once for each limit that met them', async () => {
    const other = { servers: [3] };
    const store = await openRuns([picked, denials], [other, denials], [picked, denials], [picked, denials]);
    const { causes, retryable } = await readProblems(store);
    expect(causes).toMatchObject([{ times: 4, places: 1, open: 1, servers: 10 }]);
    expect([...retryable].map(([job, tasks]) => [job, tasks.length])).toEqual([
      [4, 1],
      [2, 1],
    ]);
  });

  it('of servers that no account opened are over once a run of the same ones read their account', async () => {
    const unread = { '2/*': failure(denied) };
    const openOf = async (...runs: readonly AnyRun[]) =>
      (await readProblems(await openRuns([picked, unread], ...runs))).cells.map(({ isOpen }) => isOpen);
    expect(await openOf([{ servers: [1] }, { '2/eu-west-1': success }])).toEqual([true]);
    expect(await openOf([picked, { 'eu-west-1': success }])).toEqual([true]);
    expect(await openOf([picked, { '2/eu-west-1': success }])).toEqual([false]);
    expect(await openOf({ '2/eu-west-1': success })).toEqual([false]);
  });

  it('are told whatever a filter is made of', async () => {
    const odd = { filter: 'name:a\u0000"b\ud800', servers: [1] };
    const store = await openRuns([odd, denials], [picked, reads]);
    expect((await readProblems(store)).cells).toMatchObject([{ isOpen: true }]);
    const settled = await openRuns([odd, denials], [odd, reads]);
    expect((await readProblems(settled)).cells).toMatchObject([{ isOpen: false }]);
  });
});
