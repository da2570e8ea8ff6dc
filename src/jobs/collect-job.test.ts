import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ledger } from '#collect/ledger.ts';
import { CollectError } from '#model/errors.ts';
import { serverType } from '#model/resource-type.ts';
import { lastDays } from '#model/window.ts';
import { aws } from '#providers/aws/index.ts';
import { account, hurried, keys, startCloud, worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import type { Store } from '#store/store.ts';
import { testDatabase } from '#store/testing/open-test-store.ts';
import { server } from '#store/testing/servers.ts';
import type { AwsCloud } from '../demo/aws/server.ts';
import { refuseSecondRun, runJob } from './collect-job.ts';
import { RunOptions } from './options.ts';
import { planRun } from './plan-run.ts';
import type { RunSink } from './run-regions.ts';
import { selectionOf } from './selection.ts';
import { storedDays } from './stored-days.ts';
import { closeAll, connectAll } from './targets.ts';

let cloud: AwsCloud;
let folder: string;
let store: Store;

beforeEach(async () => {
  cloud = await startCloud();
  folder = await mkdtemp(join(tmpdir(), 'fleetgauge-job-'));
  store = await (await testDatabase(folder))();
});
afterEach(async () => {
  await store.close();
  await cloud.stop();
  await rm(folder, { recursive: true, force: true });
});

const quiet: RunSink = { started: async () => {}, store: async () => {}, ended: async () => {} };

interface RunSetup {
  readonly regions?: readonly string[];
  readonly stopping?: AbortSignal;
  readonly observer?: RunSink;
  readonly resumes?: boolean;
  readonly secret?: object;
  readonly maxCost?: number;
  readonly servers?: readonly number[];
}

async function run({
  regions = ['eu-west-1', 'us-east-1'],
  stopping,
  observer = quiet,
  resumes,
  secret = { from: keys },
  maxCost,
  servers,
}: RunSetup = {}) {
  const ledger = new Ledger(maxCost);
  const never = new AbortController().signal;
  const resumed = resumes ? await store.jobs.latestResumable() : undefined;
  const left = resumed?.tasks
    .filter(({ state }) => state === 'PENDING' || state === 'CANCELED')
    .map(({ region }) => region);
  const target = {
    name: 'contract',
    provider: aws,
    secret: { ...secret, endpoint: cloud.url },
    regions: left ?? regions,
  };
  const connected = await connectAll([target], { ledger, signal: never, clock: hurried });
  const options = RunOptions.parse({ accounts: ['contract'], servers });
  const selection = await selectionOf(store.inventory, options, []);
  const window = lastDays(options.days, worldNow);
  const plan = await planRun(
    connected,
    { keys: options.metrics, types: options.types, statistics: options.statistics, window, selection },
    storedDays(store, window),
    never,
  );
  try {
    const context = {
      store,
      ledger,
      demo: false,
      options,
      observer,
      stopping: stopping ?? never,
      signal: never,
      now: () => worldNow,
    };
    return { plan, ledger, ...(await runJob(plan, context, resumed?.job)) };
  } finally {
    closeAll(connected);
  }
}

const dataQueries = () =>
  cloud.stats
    .rows()
    .filter(({ operation }) => operation === 'GetMetricData')
    .reduce((sum, { queries }) => sum + queries, 0);

describe('a run', () => {
  it('stores each server with its days, and counts what became of it', async () => {
    const { job, results } = await run();
    expect(job).toMatchObject({
      state: 'SUCCESS',
      counts: { servers: 102, created: 102, updated: 0, unchanged: 0, failed: 0 },
    });
    expect(results.map(({ state }) => state)).toEqual(['SUCCESS', 'SUCCESS']);
    expect(await store.inventory.count()).toBe(102);
    const { tasks } = await store.jobs.get(job.id);
    expect(tasks.map(({ region, doneServers, plannedServers }) => [region, doneServers, plannedServers])).toEqual([
      ['eu-west-1', 12, 12],
      ['us-east-1', 90, 90],
    ]);
  });

  it('writes the record of the design', async () => {
    await run({ regions: ['eu-west-1'] });
    const { rows } = await store.inventory.list({
      limit: 100,
      filter: { state: 'RUNNING' },
      sort: { by: 'cpuAvg', descending: true },
    });
    expect(rows[0]?.record).toMatchObject({
      provider: 'aws',
      cloud_service_group: 'EC2',
      cloud_service_type: 'Instance',
      account: account.id,
      region_code: 'eu-west-1',
      reference: { resource_id: expect.stringMatching(/^i-/) },
      data: {
        compute: { account: account.id, instance_state: 'RUNNING' },
        hardware: { core: expect.any(Number), memory: expect.any(Number) },
        monitoring: { cpu: { utilization: { avg: expect.any(Number), max: expect.any(Number) } } },
        monitoring_info: {
          window: { start: '2026-11-04T00:00:00Z', end: '2026-11-18T00:00:00Z' },
          metrics: {
            'cpu.utilization': { source: 'AWS/EC2 CPUUtilization', period: 86_400, coverage: expect.any(Number) },
          },
        },
      },
      metadata: { aws: { view: { sub_data: { layouts: [{ name: 'Performance', type: 'list' }] } } } },
    });
  });

  it('spends what its plan said, and the ledger knows each call', async () => {
    const { job, plan } = await run();
    const ledger = await store.jobs.ledger(job.id);
    const sent = ledger
      .filter(({ api }) => api === 'cloudwatch:GetMetricData')
      .reduce((sum, { calls }) => sum + calls, 0);
    const answered = cloud.stats
      .rows()
      .filter(({ operation }) => operation === 'GetMetricData')
      .reduce((sum, { calls }) => sum + calls, 0);
    expect(sent).toBe(answered);
    expect(job.spent.usd).toBeLessThanOrEqual(plan.cost.usdAtMost);
    expect(job.spent.usdAtMost).toBeLessThanOrEqual(plan.cost.usdAtMost);
    expect(job.planned).toEqual(plan.cost);
  });

  it('asks nothing again the second time, and changes nothing', async () => {
    await run();
    const before = dataQueries();
    const { job } = await run();
    expect(dataQueries()).toBe(before);
    expect(job).toMatchObject({
      state: 'SUCCESS',
      counts: { servers: 102, created: 0, updated: 0, unchanged: 102, failed: 0 },
    });
  });

  it('is partial where one region refuses, and says so of its servers', async () => {
    cloud.faults.set({ deniedCloudwatch: ['*/eu-west-1'] });
    const { job } = await run();
    expect(job).toMatchObject({ state: 'PARTIAL', counts: { servers: 102, created: 102 } });
    const { tasks } = await store.jobs.get(job.id);
    expect(tasks[0]).toMatchObject({
      region: 'eu-west-1',
      state: 'FAILURE',
      failures: [{ reason: 'denied' }, { reason: 'denied' }],
    });
    expect(tasks[1]).toMatchObject({ region: 'us-east-1', state: 'SUCCESS' });
  });

  it('fails where the account does not let us in, and the task says why', async () => {
    const { job } = await run({
      secret: { from: { ...keys, secretAccessKey: 'aWrongSecretAccessKeyThatFits0000000' } },
    });
    expect(job).toMatchObject({ state: 'FAILURE', counts: { servers: 0 } });
    const { tasks } = await store.jobs.get(job.id);
    expect(tasks).toMatchObject([
      {
        account: 'contract',
        region: '*',
        state: 'FAILURE',
        error: { code: 'secret_rejected', fix: expect.any(String) },
      },
    ]);
  });

  it('is partial where it reads some of what was selected', async () => {
    await run({ regions: ['eu-west-1'] });
    const lost = { record: server('i-lost', { account: '999999999999' }) };
    const [closed = 0] = await store.inventory.put([lost], worldNow);
    const { rows } = await store.inventory.list({ limit: 1, filter: { region: 'eu-west-1' } });
    const { job, results } = await run({ servers: [...rows.map(({ id }) => id), closed] });
    expect(job).toMatchObject({ state: 'PARTIAL', counts: { servers: 1 } });
    expect(results.map(({ state, error }) => [state, error?.where])).toEqual([
      ['SUCCESS', undefined],
      ['FAILURE', '999999999999'],
    ]);
    const { tasks } = await store.jobs.get(job.id);
    expect(tasks.map(({ region, state }) => [region, state])).toEqual([
      ['eu-west-1', 'SUCCESS'],
      ['*', 'FAILURE'],
    ]);
  });

  it('keeps what is known where a later run is refused', async () => {
    await run();
    const known = (await store.inventory.list({ limit: 1, sort: { by: 'cpuAvg', descending: true } })).rows[0]?.record;
    cloud.faults.set({ deniedCloudwatch: ['*/*'] });
    await run();
    const after = (await store.inventory.list({ limit: 1, sort: { by: 'cpuAvg', descending: true } })).rows[0]?.record;
    expect(after?.data.monitoring?.cpu).toEqual(known?.data.monitoring?.cpu);
  });
});

describe('a run that is stopped', () => {
  it('keeps what it read, and goes on with the rest alone', async () => {
    const whole = await run().then(async ({ job }) => ({ queries: dataQueries(), counts: job.counts }));
    await store.close();
    await rm(folder, { recursive: true, force: true });
    store = await (await testDatabase(folder))();
    cloud.stats.reset();

    const stop = new AbortController();
    const stopAfterFirst: RunSink = { ...quiet, ended: async () => stop.abort() };
    const { job } = await run({ stopping: stop.signal, observer: stopAfterFirst });
    expect(job.state).toBe('CANCELED');
    const stored = await store.inventory.count();
    expect(stored).toBeGreaterThan(0);

    const resumed = await run({ resumes: true });
    expect(resumed.job).toMatchObject({ id: job.id, state: 'SUCCESS', counts: { servers: whole.counts.servers } });
    expect(await store.inventory.count()).toBe(102);
    expect(dataQueries()).toBe(whole.queries);
  });

  it('ends where somebody else wants it to, and goes on later', async () => {
    cloud.faults.set({ latencyMs: 700 });
    const cancelFirst: RunSink = {
      ...quiet,
      started: async () => {
        const [running] = await store.jobs.list({ limit: 1 });
        await store.jobs.cancel(running?.id ?? 0, worldNow);
      },
    };
    const { job } = await run({ observer: cancelFirst });
    expect(job.state).toBe('CANCELED');
    cloud.faults.set({ latencyMs: 0 });
    const resumed = await run({ resumes: true });
    expect(resumed.job).toMatchObject({ id: job.id, state: 'SUCCESS', counts: { servers: 102, created: 102 } });
  });

  it('stops at its budget, and the rest can be read later', async () => {
    const { job, ledger } = await run({ maxCost: 0.004 });
    expect(ledger.spent().usdAtMost).toBeLessThanOrEqual(0.004);
    expect(job.state).not.toBe('SUCCESS');
    const again = await run();
    expect(again.job.state).toBe('SUCCESS');
    expect(await store.inventory.count()).toBe(102);
  });
});

it('is not begun without a region of which the store could not tell what is known', async () => {
  const signal = new AbortController().signal;
  const target = { name: 'c', provider: aws, secret: { from: keys, endpoint: cloud.url }, regions: [] };
  const connected = await connectAll([target], { ledger: new Ledger(), signal, clock: hurried });
  const wanted = { keys: ['cpu.utilization'], statistics: ['avg'], window: lastDays(1, worldNow) } as const;
  let asked = 0;
  const known = async () => {
    if (++asked === 2) throw new CollectError('store_failed', 'no PostgreSQL answers');
    return new Map();
  };
  const planned = planRun(connected, { ...wanted, types: [serverType] }, known, signal).catch(CollectError.from);
  expect(await planned).toMatchObject({ code: 'store_failed', message: 'no PostgreSQL answers' });
  closeAll(connected);
});

it('refuses a second run over the same account while one is under way', async () => {
  const task = { provider: 'aws', account: account.id, region: 'eu-west-1', plannedServers: 1 };
  const cost = { calls: 0, metrics: 0, points: 0, usd: 0, usdAtMost: 0 };
  await store.jobs.create(
    { demo: false, options: {}, plan: {}, planned: cost, ownerPid: 4242, tasks: [task] },
    worldNow,
  );
  const ledger = new Ledger();
  const signal = new AbortController().signal;
  const connected = await connectAll(
    [{ name: 'c', provider: aws, secret: { from: keys, endpoint: cloud.url }, regions: ['eu-west-1'] }],
    { ledger, signal, clock: hurried },
  );
  const plan = await planRun(
    connected,
    { keys: ['cpu.utilization'], types: [serverType], statistics: ['avg'], window: lastDays(1, worldNow) },
    async () => new Map(),
    signal,
  );
  closeAll(connected);
  const refused = await refuseSecondRun(store, plan, worldNow + 1000).catch(CollectError.from);
  expect(refused).toMatchObject({ code: 'conflict', message: expect.stringContaining('process 4242') });
  // Its process is not heard of any more: then the way is free.
  await expect(refuseSecondRun(store, plan, worldNow + 31_000)).resolves.toBeUndefined();
});
