import { describe, expect, it } from 'vitest';
import { noCost } from '#model/fleet.ts';
import { heartbeatLimitMs, type JobDraft, noCounts, ranMsOf, type Task } from './jobs.ts';
import { openTestStore } from './testing/open-test-store.ts';

const draft: JobDraft = {
  demo: false,
  options: { window: 14 },
  plan: [1, 2],
  planned: { ...noCost, calls: 12, usd: 0.5 },
  ownerPid: 4711,
  tasks: ['eu-west-1', 'us-east-1'].map((region) => ({ provider: 'aws', account: '123', region, plannedServers: 5 })),
};

const error = { code: 'access_denied', message: 'no', where: '123' } as const;

async function runningJob() {
  const store = await openTestStore();
  const { jobs, tasks } = store;
  const created = await jobs.create(draft, 1000);
  const [first, second] = created.tasks;
  if (first === undefined || second === undefined) throw new Error('two tasks were made');
  const begin = async ({ id }: Task, now: number) => {
    const claim = await tasks.begin(id, 'tester', now);
    if (claim === undefined) throw new Error(`task ${id} has ended`);
    return claim;
  };
  return { store, jobs, tasks, job: created.job, first, second, begin };
}

describe('jobs', () => {
  it('begins running, with pending tasks', async () => {
    const { jobs, job, first } = await runningJob();
    const { tasks, plannedServers: _, ...same } = { ...draft, plannedServers: 0 };
    expect(job).toMatchObject({ ...same, state: 'RUNNING', startedAt: 1000, heartbeatAt: 1000, counts: noCounts });
    expect(first).toMatchObject({ ...tasks[0], state: 'PENDING', doneServers: 0, error: null, failures: [] });
    expect((await jobs.get(job.id)).tasks).toHaveLength(2);
  });

  it('tells how far it is and how it ended', async () => {
    const { jobs, tasks, job, first, begin } = await runningJob();
    const counts = { ...noCounts, servers: 5, created: 4, failed: 1 };
    const spent = { ...noCost, calls: 3 };
    const failures = [{ reason: 'denied', count: 1, error }];
    const claim = await begin(first, 2000);
    await tasks.progress(claim, { doneServers: 3 });
    await tasks.end(claim, { state: 'PARTIAL', counts, spent, failures, error }, 3000);
    await jobs.heartbeat(job.id, 3500, { counts, spent });
    await jobs.finish(job.id, { state: 'PARTIAL', counts, spent }, 4000);
    const done = await jobs.get(job.id);
    expect(done.job).toMatchObject({ state: 'PARTIAL', counts, spent, finishedAt: 4000 });
    expect(done.tasks[0]).toMatchObject({
      state: 'PARTIAL',
      doneServers: 3,
      counts,
      spent,
      failures,
      error,
      startedAt: 2000,
      finishedAt: 3000,
    });
  });

  it('finds jobs whose process died, and runs them on', async () => {
    const { jobs, tasks, job, first, second, begin } = await runningJob();
    await tasks.end(await begin(first, 2000), { state: 'SUCCESS' }, 2500);
    await begin(second, 2000);
    await jobs.heartbeat(job.id, 3000);
    expect(await jobs.adoptInterrupted(3000 + heartbeatLimitMs)).toEqual([]);
    await expect(jobs.resume(job.id, 1, 4000)).rejects.toMatchObject({ code: 'conflict' });

    const found = await jobs.adoptInterrupted(3001 + heartbeatLimitMs);
    expect(found).toMatchObject([{ id: job.id, state: 'INTERRUPTED' }]);
    const resumable = await jobs.latestResumable();
    expect(resumable?.tasks.map((task) => task.state)).toEqual(['SUCCESS', 'PENDING']);

    const { job: resumed } = await jobs.resume(job.id, 99, 90_000);
    expect(resumed).toMatchObject({ state: 'RUNNING', ownerPid: 99, heartbeatAt: 90_000 });
    expect(resumed).not.toHaveProperty('finishedAt');
    expect(await jobs.latestResumable()).toBeUndefined();
  });

  it('has run for as long as it was running, however late it was retried or found dead', async () => {
    const { jobs, tasks, job, first, begin } = await runningJob();
    await tasks.end(await begin(first, 1000), { state: 'FAILURE', error }, 3000);
    await jobs.finish(job.id, { state: 'FAILURE', counts: noCounts, spent: noCost }, 4000);
    const ranOf = async () => ranMsOf((await jobs.get(job.id)).job);
    expect(await ranOf()).toBe(3000);
    const day = 86_400_000;
    await jobs.resume(job.id, 1, day);
    expect(await ranOf()).toBe(3000);
    await jobs.heartbeat(job.id, day + 500);
    expect(await ranOf()).toBe(3500);
    await jobs.adoptInterrupted(2 * day);
    expect(await ranOf()).toBe(3500);
    await jobs.retry(job.id, { instead: [], tasks: [] }, 3 * day);
    await jobs.cancel(job.id, 3 * day + 1000);
    expect((await jobs.get(job.id)).job).toMatchObject({
      state: 'CANCELED',
      startedAt: 1000,
      finishedAt: 3 * day + 1000,
    });
    expect(await ranOf()).toBe(4500);
  });

  it('knows what a killed one spent after its last heartbeat, also once it has been gone on with', async () => {
    const { jobs, tasks, job, first, begin } = await runningJob();
    const claim = await begin(first, 2000);
    await jobs.heartbeat(job.id, 3000, { counts: noCounts, spent: { ...noCost, calls: 7, usd: 1, usdAtMost: 1 } });
    await tasks.progress(claim, { spent: { ...noCost, calls: 5, usd: 3, usdAtMost: 4 } });
    const later = 3001 + heartbeatLimitMs;
    const spent = { ...noCost, calls: 7, usd: 3, usdAtMost: 4 };
    expect(await jobs.adoptInterrupted(later)).toMatchObject([{ id: job.id, spent }]);
    expect(await jobs.spending({ from: 0, to: 9000 }, later)).toEqual({ usd: 3, usdAtMost: 4, heldUsd: 0 });
    expect((await jobs.resume(job.id, 99, later)).job).toMatchObject({ spent });
  });

  it('resumes the newest job alone, of the demo or not', async () => {
    const { jobs, job } = await runningJob();
    await jobs.finish(job.id, { state: 'CANCELED', counts: noCounts, spent: noCost }, 2000);
    await jobs.create({ ...draft, demo: true }, 3000);
    expect((await jobs.latestResumable())?.job.id).toBe(job.id);
    expect(await jobs.latestResumable({ demo: true })).toBeUndefined();
    const { job: newer } = await jobs.create({ ...draft, tasks: [] }, 4000);
    await jobs.finish(newer.id, { state: 'SUCCESS', counts: noCounts, spent: noCost }, 5000);
    expect(await jobs.latestResumable()).toBeUndefined();
  });

  it('lists the newest first', async () => {
    const { jobs, job } = await runningJob();
    const { job: newer } = await jobs.create(draft, 2000);
    expect((await jobs.list({ limit: 10 })).map(({ id }) => id)).toEqual([newer.id, job.id]);
    expect((await jobs.list({ limit: 10, before: newer.id })).map(({ id }) => id)).toEqual([job.id]);
  });

  it('finds and counts those that read an account, by the name it is saved under or its id', async () => {
    const { jobs, job } = await runningJob();
    const place = { provider: 'aws', region: 'eu-west-1', plannedServers: 1 };
    const named = [{ ...place, account: '456', source: 'prod' }];
    const { job: newer } = await jobs.create({ ...draft, tasks: named }, 2000);
    await jobs.finish(newer.id, { state: 'PARTIAL', counts: noCounts, spent: noCost }, 3000);
    const found = async (source: string) => (await jobs.list({ limit: 10, source })).map(({ id }) => id);
    expect([await found('prod'), await found('456'), await found('123'), await found('pro')]).toEqual([
      [newer.id],
      [newer.id],
      [job.id],
      [],
    ]);
    expect(await jobs.list({ limit: 10, source: 'prod', states: ['RUNNING'] })).toEqual([]);
    expect(await jobs.countByState({ source: 'prod' })).toEqual([{ state: 'PARTIAL', count: 1 }]);
    expect(await jobs.countByState({ source: 'nobody' })).toEqual([]);
    const all = await jobs.countByState({});
    expect(all).toHaveLength(2);
    expect(all).toEqual(
      expect.arrayContaining([
        { state: 'RUNNING', count: 1 },
        { state: 'PARTIAL', count: 1 },
      ]),
    );
  });

  it('counts tasks by state, and accounts by provider, of many jobs at once', async () => {
    const { jobs, tasks, job, first, begin } = await runningJob();
    await tasks.end(await begin(first, 2000), { state: 'FAILURE', error }, 3000);
    const place = (provider: string, account: string, region: string) => ({
      provider,
      account,
      region,
      plannedServers: 1,
    });
    const elsewhere = [
      place('aws', 'b', 'r1'),
      place('aws', 'a', 'r1'),
      place('aws', 'a', 'r2'),
      place('azure', 'b', 'r1'),
    ];
    const { job: newer } = await jobs.create({ ...draft, tasks: elsewhere }, 4000);
    const { job: empty } = await jobs.create({ ...draft, tasks: [] }, 5000);
    expect(await jobs.tally([job.id, newer.id, empty.id])).toEqual(
      new Map([
        [job.id, { tasks: { FAILURE: 1, PENDING: 1 }, places: [{ provider: 'aws', accounts: 1 }] }],
        [
          newer.id,
          {
            tasks: { PENDING: 4 },
            places: [
              { provider: 'aws', accounts: 2 },
              { provider: 'azure', accounts: 1 },
            ],
          },
        ],
      ]),
    );
    expect(await jobs.tally([])).toEqual(new Map());
  });

  it('forgets what was limited to some servers, once it is old, also where nothing has read them since', async () => {
    const { jobs, job: whole } = await runningJob();
    const place = { provider: 'aws', account: '123', plannedServers: 1 };
    const ran = async (options: object, region: string, now: number) => {
      const { job } = await jobs.create({ ...draft, options, tasks: [{ ...place, region }] }, now);
      await jobs.finish(job.id, { state: 'FAILURE', counts: noCounts, spent: noCost }, now);
      return job.id;
    };
    await jobs.finish(whole.id, { state: 'SUCCESS', counts: noCounts, spent: noCost }, 2000);
    const servers = [7];
    await ran({ filter: 'cpu:>80', servers }, 'eu-west-1', 3000);
    await ran({ filter: 'cpu:>80', servers }, 'ap-south-1', 3000);
    await ran({ servers }, '*', 3000);
    const left = [whole.id, await ran({}, 'ap-south-2', 3000), await ran({ servers }, 'eu-west-1', 5000)];
    expect(await jobs.forget(4000)).toBe(3);
    expect((await jobs.list({ limit: 9 })).map(({ id }) => id).toReversed()).toEqual(left);
  });

  it('adds up the ledger', async () => {
    const { jobs, job } = await runningJob();
    const line = { account: '123', region: 'eu-west-1', api: 'cloudwatch:GetMetricData' };
    const once = { ...line, calls: 2, retried: 1, throttled: 1, failed: 0, usd: 0.25, usdAtMost: 0.5 };
    const other = { ...once, api: 'a' };
    await jobs.addToLedger(job.id, [once, other]);
    await jobs.addToLedger(job.id, [once]);
    expect(await jobs.ledger(job.id)).toEqual([
      other,
      { ...line, calls: 4, retried: 2, throttled: 2, failed: 0, usd: 0.5, usdAtMost: 1 },
    ]);
  });

  it('knows no other job or task', async () => {
    const { jobs, tasks } = await runningJob();
    const missing = { code: 'not_found' };
    await expect(jobs.get(99)).rejects.toMatchObject(missing);
    await expect(jobs.heartbeat(99, 1)).rejects.toMatchObject(missing);
    await expect(jobs.cancel(99, 1)).rejects.toMatchObject(missing);
    await expect(tasks.begin(99, 'tester', 1)).rejects.toMatchObject(missing);
  });
});
