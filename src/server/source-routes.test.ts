import { expect, it, onTestFinished } from 'vitest';
import type { PaceOf } from '#collect/gate.ts';
import { recordCalls } from '#jobs/call-recorder.ts';
import { addAccount } from '#platform/secret/accounts.ts';
import { masterKey } from '#platform/secret/master-key.ts';
import { knownTypes } from '#providers/registry.ts';
import { quarterAt } from '#store/call-quarters.ts';
import { server } from '#store/testing/servers.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { worldClock } from '../jobs/workshop.fixture.ts';
import { JobSummary } from './api.ts';
import { openServer } from './auth-server.fixture.ts';
import { account, openRunServer } from './run-server.fixture.ts';
import { MetricSourcesReply, SourcesReply, SourceTest } from './source-api.ts';
import { testSource } from './test-source.ts';

const run = { accounts: ['prod'], metrics: ['cpu.utilization'], days: 2, max_cost: 1 };

const bands = [0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0];

it('tells how the API for metrics did in a run, a region that refused alone and first', async () => {
  const { ask, workshop } = await openRunServer({ faults: { deniedCloudwatch: ['*/eu-west-1'] } });
  await using calls = recordCalls(workshop.store.callQuarters, () => {}, worldClock);
  const sources = async () => SourcesReply.parse((await ask('GET', '/sources')).data).sources;
  expect(await sources()).toMatchObject([{ id: 'aws', state: 'not_asked', calls: 0, p50_ms: null, quota: null }]);
  const { id } = JobSummary.parse((await ask('POST', '/jobs', run)).data);
  await workshop.work(id, 1, { calls });
  await calls.flush();
  const after = await sources();
  expect(after).toMatchObject([
    { id: 'aws:eu-west-1', state: 'failing', error: 'access_denied', regions: ['eu-west-1'], throttled: 0 },
    { id: 'aws', state: 'ok', error: null, failed: 0, regions: ['us-east-1'], accounts: 1, since: null },
  ]);
  const ledger = await workshop.store.jobs.ledger(id);
  const [sent, told] = ['us-east-1', 'eu-west-1'].map((region) =>
    ledger.find((line) => line.api === 'cloudwatch:GetMetricData' && line.region === region),
  );
  expect(after.map(({ calls }) => calls)).toEqual([told?.calls, sent?.calls]);
  expect(after[1]?.cells.calls.at(-1)).toBe(sent?.calls);
  expect(after[1]?.cells.calls).toHaveLength(96);
  const one = await ask('GET', '/sources/aws:eu-west-1');
  expect(one.data).toMatchObject({
    source: { id: 'aws:eu-west-1', state: 'failing' },
    places: [{ account: account.id, region: 'eu-west-1', error: 'access_denied' }],
  });
});

it('lists registered data sources and plugins, too', async () => {
  const { ask, workshop } = await openRunServer();
  const plugin = { id: 'grpc://10.0.0.9:50051', version: '1', options: {}, metadata: {} };
  const source = {
    id: 'ds-1',
    name: 'theirs',
    provider: 'aws',
    state: 'DISABLED',
    plugin,
    tags: {},
    createdAt: 1000,
  } as const;
  await workshop.store.dataSources.add(source);
  await workshop.store.dataSources.add({ ...source, id: 'ds-ours', plugin: { ...plugin, id: 'fleetgauge-aws' } });
  expect(SourcesReply.parse((await ask('GET', '/sources')).data).outside).toEqual([
    {
      id: 'ds-1',
      kind: 'data_source',
      name: 'theirs',
      provider: 'aws',
      state: 'disabled',
      at: '1970-01-01T00:00:01.000Z',
      error: null,
      where: plugin.id,
    },
  ]);
});

it('tests a source without a call that bills, in its region alone', async () => {
  const { ask, workshop } = await openRunServer({ faults: { deniedCloudwatch: ['*/eu-west-1'] } });
  workshop.cloud.stats.reset();
  const { status, data } = await ask('POST', '/sources/aws:us-east-1/test', {});
  expect(status).toBe(200);
  expect(data).toMatchObject({
    is_ok: true,
    accounts: [{ name: 'prod', report: { is_ok: true, servers: 20, spent: { usd: 0 } } }],
  });
  expect(SourceTest.parse(data).accounts[0]?.not_called.length).toBeGreaterThan(0);
  const asked = workshop.cloud.stats.rows();
  expect(asked.filter(({ operation }) => ['GetMetricData', 'ListMetrics'].includes(operation))).toEqual([]);
  expect(asked.filter(({ region, operation }) => region === 'eu-west-1' && operation === 'DescribeInstances')).toEqual(
    [],
  );
});

it('tells of a test what helps where the cloud does not let us in, and who may test', async () => {
  const { ask, keys, secret, workshop } = await openRunServer();
  const { store, vault } = workshop;
  await store.accounts.remove((await store.accounts.get('prod')).id);
  const wrong = { from: { ...secret.from, secretAccessKey: 'x'.repeat(40) }, endpoint: secret.endpoint };
  const draft = { provider: 'aws', account: account.id, name: 'prod', regions: [] };
  await addAccount(store, vault.key, draft, wrong, 1);
  const { data } = await ask('POST', '/sources/aws/test', {}, keys.operator);
  expect(data).toMatchObject({ is_ok: false, accounts: [{ report: { error: { code: 'secret_rejected' } } }] });
  expect((await ask('POST', '/sources/aws/test', {}, keys.viewer)).status).toBe(403);
  expect((await ask('POST', '/sources/azure/test', {})).error).toMatchObject({ code: 'not_found' });
  for (const path of ['/sources/nobody', '/sources/nobody:eu-west-1'])
    expect((await ask('GET', path)).status).toBe(404);
});

it('tests the other accounts where a secret cannot be opened, and says how many it left out', async () => {
  const { ask, secret, workshop } = await openRunServer();
  const { store, vault } = workshop;
  const other = await masterKey({ folder: await temporaryFolder(), env: {} });
  for (let nth = 0; nth < 11; nth++) {
    const draft = { provider: 'aws', account: `${nth}`, name: `more-${nth}`, regions: ['eu-west-1'] };
    await addAccount(store, nth === 0 ? other : vault.key, draft, secret, 1);
  }
  const told = SourceTest.parse((await ask('POST', '/sources/aws/test', {})).data);
  expect(told).toMatchObject({ is_ok: false, account_count: 12 });
  expect(told.accounts).toHaveLength(10);
  const failed = told.accounts.filter(({ report }) => !report.is_ok);
  expect(failed).toMatchObject([{ name: 'more-0', report: { error: { code: 'secret_rejected' }, checks: [] } }]);
});

it('refuses a region that the cloud cannot have', async () => {
  const { ask } = await openRunServer();
  const told = await ask('POST', '/sources/aws:nonsense/test', {});
  expect(told).toMatchObject({ status: 404, error: { code: 'not_found' } });
});

it('keeps the pace of all who ask the same accounts', async () => {
  const { workshop } = await openRunServer();
  const paced = new Set<string>();
  const paceOf: PaceOf = (call, limit) => {
    paced.add(call.api);
    return workshop.start.paceOf(call, limit);
  };
  const about = { signal: AbortSignal.timeout(20_000), clock: worldClock };
  const { is_ok } = await testSource({ provider: 'aws', region: undefined }, { ...workshop.start, paceOf }, about);
  expect(is_ok).toBe(true);
  expect(paced).toContain('ec2:DescribeInstances');
});

it('tells which metric feeds which field, and how many have it', async () => {
  const { ask, workshop } = await openRunServer();
  const rowsOf = async () => MetricSourcesReply.parse((await ask('GET', '/sources/metrics')).data).rows;
  const before = await rowsOf();
  const measured = server('i-1', { data: { monitoring: { cpu: { utilization: { avg: 1 } } } } });
  await workshop.store.inventory.put([{ record: measured }, { record: server('i-2') }], 1);
  const after = await rowsOf();
  const of = (rows: typeof after, key: string) => rows.find((row) => row.key === key);
  const [cpu, memory] = [of(before, 'cpu.utilization'), of(before, 'memory.usage')];
  expect(of(after, 'cpu.utilization')).toEqual({ ...cpu, having: (cpu?.having ?? 0) + 1, all: (cpu?.all ?? 0) + 2 });
  expect(of(after, 'memory.usage')).toEqual({ ...memory, all: (memory?.all ?? 0) + 2 });
  expect(cpu).toMatchObject({ native: 'AWS/EC2 CPUUtilization', unit: 'Percent', provider: 'aws', type: 'server' });
});

it('tells of other types and of one cloud, and refuses a type that there is not', async () => {
  const opened = await openServer({ types: await knownTypes() });
  onTestFinished(opened.close);
  const ask = (query: string) => opened.ask('GET', `/api/sources/metrics?${query}`);
  const replyTo = async (query: string) => MetricSourcesReply.parse((await ask(query)).data);
  const { providers, types } = await replyTo('type=server&provider=aws');
  expect(providers).toContain('aws');
  const other = types.find(({ id }) => id !== 'server');
  const { rows } = await replyTo(`type=${other?.id}&provider=aws`);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.every(({ type, all }) => type === other?.id && all === 0)).toBe(true);
  expect((await ask('type=nothing')).status).toBe(400);
  expect((await replyTo('provider=nobody')).rows).toEqual([]);
});

it('says of the quota what the busiest account used of it', async () => {
  const { ask, workshop } = await openRunServer();
  const quarter = quarterAt(worldClock.now());
  const counts = { calls: 4050, failed: 0, throttled: 0, error: null, bands };
  const place = { provider: 'aws', region: 'eu-west-1', quarter };
  await workshop.store.callQuarters.add([
    { ...place, account: '1', ...counts },
    { ...place, account: '2', ...counts, calls: 1 },
  ]);
  // 45 a second.
  expect((await ask('GET', '/sources')).data).toMatchObject({ sources: [{ id: 'aws', quota: 0.1, accounts: 2 }] });
});

it('tests nothing in the demo', async () => {
  const { ask, close } = await openServer({ demo: true });
  onTestFinished(close);
  expect(await ask('POST', '/api/sources/aws/test', { body: {} })).toMatchObject({ status: 409 });
});
