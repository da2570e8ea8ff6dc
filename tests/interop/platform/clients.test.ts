import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isMissing, type PythonClient, pythonClients, pythonOf } from '../cloudforet/clients.ts';
import { region, type Site, servers, startSite } from './site.ts';

const Answer = z.object({
  replies: z.array(z.unknown()),
  error: z.looseObject({ code: z.string().default(''), message: z.string().default('') }).optional(),
});

interface Session extends Disposable {
  ask(method: string, params: object): Promise<z.infer<typeof Answer>>;
  /** The one message of a call that must succeed. */
  call(method: string, params: object): Promise<unknown>;
}

/** A Python client of a platform. @param token with each call */
async function openSession(client: PythonClient, address: string, token: string): Promise<Session> {
  const isPlain = client.script[0] === 'plain_client.py';
  const script = path.join(import.meta.dirname, 'platform_client.py');
  const way = isPlain ? 'plain' : client.generation;
  const child = spawn(await pythonOf(client), [script, way, token, address], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ask: Session['ask'] = async (method, params) => {
    child.stdin.write(`${JSON.stringify({ method, params })}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`${client.name} ended at ${method}`);
    return Answer.parse(JSON.parse(value));
  };
  return {
    ask,
    async call(method, params) {
      const { replies, error } = await ask(method, params);
      if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
      return replies[0];
    },
    [Symbol.dispose]() {
      child.stdin.end();
      child.kill();
    },
  };
}

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site?.[Symbol.asyncDispose]());

/** 1.12's API has neither generation's services whole. */
const clients = pythonClients.filter((client) => !client.name.includes('1.12') && !isMissing(client));

const Endpoints = z.object({
  results: z.array(
    z.looseObject({ service: z.string(), endpoint: z.string().optional(), internal_endpoint: z.string().optional() }),
  ),
});
const Sources = z.object({
  total_count: z.number(),
  results: z.array(
    z.looseObject({
      data_source_id: z.string(),
      state: z.literal('ENABLED'),
      plugin_info: z.looseObject({
        metadata: z.looseObject({ required_keys: z.array(z.string()), supported_stat: z.array(z.string()) }),
      }),
    }),
  ),
});
const Rows = z.object({ total_count: z.number(), results: z.array(z.looseObject({})).default([]) });
const Row = z.looseObject({
  server_id: z.string().optional(),
  cloud_service_id: z.string().optional(),
  data: z.looseObject({ cloudwatch: z.looseObject({ region_name: z.literal(region) }) }),
});
const Data = z.looseObject({ labels: z.array(z.iso.datetime()) });
const Series = z.record(z.string(), z.array(z.number().nullable()));

describe.each(clients)('our platform, as $name on $generation sees it,', (client) => {
  const { generation } = client;
  const isV1 = generation === 'v1';
  const list = isV1 ? 'Server.list' : 'CloudService.list';
  let session: Session;
  beforeAll(async () => {
    session = await openSession(client, site.platform[generation], site.token[generation]);
  }, 600_000);
  afterAll(() => session?.[Symbol.dispose]());

  it('says where its services are: where it was reached', async () => {
    const endpoint_type = isV1 ? 'internal' : 'INTERNAL';
    const { results } = Endpoints.parse(await session.call('Endpoint.list', { endpoint_type }));
    const inventory = results.find(({ service }) => service === 'inventory');
    expect(isV1 ? inventory?.endpoint : inventory?.internal_endpoint).toBe(`grpc://${site.platform[generation]}`);
    expect(results.map(({ service }) => service)).toContain('monitoring');
  });

  it('lists the data source of a provider', async () => {
    const request = { provider: 'aws', monitoring_type: 'METRIC' };
    const { results, total_count } = Sources.parse(await session.call('DataSource.list', request));
    expect([total_count, results.length]).toEqual([1, 1]);
    const [source] = results;
    expect(source?.plugin_info.metadata).toMatchObject({
      required_keys: ['data.cloudwatch'],
      supported_stat: ['AVERAGE', 'MAX', 'MIN', 'SUM'],
    });
  });

  it('lists servers as its query language has it', async () => {
    const query = (extra: object) => ({ provider: 'aws', query: extra });
    const counted = Rows.parse(await session.call(list, query({ count_only: true })));
    expect(counted).toEqual({ total_count: servers, results: [] });
    const key = isV1 ? 'server_id' : 'cloud_service_id';
    const sort = isV1 ? { key: 'name' } : [{ key: 'name' }];
    const page = { start: 3, limit: 2 };
    const { results, total_count } = Rows.parse(
      await session.call(list, query({ filter: [{ k: 'region_code', v: region }], only: [key, 'name'], sort, page })),
    );
    expect([total_count, results.length]).toEqual([servers, 2]);
    for (const row of results) expect(Object.keys(row).toSorted()).toEqual([key, 'name'].toSorted());
    const id = results[0]?.[key];
    const same = Rows.parse(await session.call(list, query({ filter: [{ k: key, v: [id], o: 'in' }], only: [key] })));
    expect(same.results).toEqual([{ [key]: id }]);
    const nobody = query({ filter: [{ k: 'name', v: 'no such server' }] });
    expect(Rows.parse({ total_count: 0, ...Object(await session.call(list, nobody)) }).results).toEqual([]);
  });

  it('has the series of running servers', async () => {
    const [source] = Sources.parse(await session.call('DataSource.list', { provider: 'aws' })).results;
    // Those that ran for all of the hours that are asked for, whatever hour it is now.
    const filter = [
      { k: 'data.compute.instance_state', v: 'RUNNING' },
      { k: 'name', v: ['web-prod', 'api', 'batch'], o: 'contain_in' },
    ];
    const { results } = Rows.parse(await session.call(list, { query: { filter, page: { start: 1, limit: 3 } } }));
    const rows = results.map((row) => Row.parse(row));
    const ids = rows.map(({ server_id, cloud_service_id }) => server_id ?? cloud_service_id ?? '');
    const end = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 7_200_000);
    const common = {
      data_source_id: source?.data_source_id,
      metric: 'CPUUtilization',
      start: new Date(end.getTime() - 6 * 3_600_000).toISOString(),
      end: end.toISOString(),
      period: 3600,
      stat: 'MAX',
    };
    const asked = isV1 ? { resource_type: 'inventory.Server', resources: ids } : { metric_query: await queries(ids) };
    const answer = Data.parse(await session.call('Metric.get_data', { ...common, ...asked }));
    const values = Series.parse(isV1 ? answer.resource_values : answer.values);
    expect(answer.labels).toHaveLength(6);
    expect(Object.keys(values).toSorted()).toEqual(ids.toSorted());
    for (const points of Object.values(values)) {
      expect(points.filter((point) => typeof point === 'number' && point >= 0 && point <= 100)).toHaveLength(6);
    }

    /** As the platform itself lists them. */
    async function queries(resources: readonly string[]): Promise<unknown> {
      const Listed = z.object({ metrics: z.array(z.looseObject({ key: z.string(), metric_query: z.unknown() })) });
      const request = { data_source_id: source?.data_source_id, resources };
      const { metrics } = Listed.parse(await session.call('Metric.list', request));
      return metrics.find(({ key }) => key === 'CPUUtilization')?.metric_query;
    }
  });

  it('says what is wrong in the words of its errors', async () => {
    const { error } = await session.ask('Metric.get_data', { data_source_id: 'ds-none' });
    expect(`${error?.code} ${error?.message}`).toMatch(/ERROR_REQUIRED_PARAMETER/);
  });

  it.each([
    { who: 'no token of ours', token: () => 'not.a.token' },
    { who: 'one that was cut', token: () => site.token[generation].slice(0, -3) },
    {
      who: 'one that says that it is not signed',
      token: () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${site.token[generation].split('.')[1]}.`,
    },
  ])('refuses $who', async ({ token }) => {
    using stranger = await openSession(client, site.platform[generation], token());
    const { error } = await stranger.ask(list, {});
    expect(`${error?.code} ${error?.message}`).toMatch(/ERROR_AUTHENTICATE_FAILURE/);
  });
});
