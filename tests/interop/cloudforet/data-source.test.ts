import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  clients,
  ec2Query,
  keysOf,
  listInstances,
  pointsOf,
  readMetricData,
} from '../../../src/demo/aws/sdk-clients.fixture.ts';
import { isMissing, pythonClients } from './clients.ts';
import { openSession, type Session } from './session.ts';
import { account, region, startWorld, type World } from './world.ts';

const hour = 3600;
const Data = z.object({
  labels: z.array(z.iso.datetime()),
  values: z.record(z.string(), z.array(z.number().nullable())),
});
const Listed = z.object({ metrics: z.array(z.object({ key: z.string(), unit: z.looseObject({ y: z.string() }) })) });

let world: World;
let ids: string[];
/** Epoch seconds, old enough for its samples to stay as they are. */
let window: { start: number; end: number };
let bySdk: ReadonlyMap<string, readonly number[]>;
beforeAll(async () => {
  world = await startWorld();
  const instances = await listInstances(sdk().ec2);
  ids = instances.filter(({ State }) => State?.Name === 'running').map(({ InstanceId = '' }) => InstanceId);
  const end = Math.floor(Date.now() / 1000 / hour) * hour - 2 * hour;
  window = { start: end - 12 * hour, end };
  bySdk = await readBySdk();
});
afterAll(() => world?.[Symbol.asyncDispose]());

function sdk() {
  return clients(world, region, keysOf(account));
}

/** What the official SDK gets for each server, in the order of time. */
async function readBySdk(): Promise<Map<string, number[]>> {
  const queries = ids.map((id, at) => ec2Query(`q${at}`, 'NetworkIn', id, 'Maximum', hour));
  const { results } = await readMetricData(sdk().cloudwatch, queries, window);
  const inOrder = (at: number) => [...pointsOf(results, `q${at}`)].toSorted(([a], [b]) => a - b);
  return new Map(ids.map((id, at) => [id, inOrder(at).map(([, value]) => value)]));
}

const installed = pythonClients.filter((client) => !isMissing(client));

describe.each(installed)('a data source, as $name on $generation sees it,', (client) => {
  const { generation } = client;
  let session: Session;
  beforeAll(async () => {
    session = await openSession(client, world.address[generation]);
  }, 600_000);
  afterAll(() => session?.[Symbol.dispose]());

  const common = () => ({ options: {}, secret_data: world.cloudSecret, schema: 'aws_access_key' });
  const asked = (more: object = {}) => ({
    ...common(),
    metric: 'NetworkIn',
    start: isoOf(window.start),
    end: isoOf(window.end),
    period: hour,
    stat: 'MAX',
    ...more,
  });

  it('says what it can, and verifies a secret', async () => {
    const { metadata } = z
      .object({ metadata: z.looseObject({ supported_stat: z.array(z.string()), required_keys: z.array(z.string()) }) })
      .parse(await session.call('DataSource.init', { options: { provider: 'aws' } }));
    expect(metadata).toMatchObject({
      supported_stat: ['AVERAGE', 'MAX', 'MIN', 'SUM'],
      required_keys: ['data.cloudwatch'],
    });
    expect(await session.call('DataSource.verify', common())).toEqual({});
  });

  it('lists the metrics of a server', async () => {
    const [id = ''] = ids;
    const { metrics } = Listed.parse(await session.call('Metric.list', { ...common(), ...recordOf(id) }));
    expect(metrics.map(({ key }) => key)).toEqual(expect.arrayContaining(['CPUUtilization', 'NetworkIn']));
    expect(metrics.find(({ key }) => key === 'NetworkIn')?.unit.y).toBe('Bytes');
  });

  it('has for every server what the SDK gets', async () => {
    const { labels, values } = dataOf(await session.call('Metric.get_data', asked(queriesOf(ids))));
    expect(labels).toHaveLength(12);
    expect(Object.keys(values).toSorted()).toEqual(ids.toSorted());
    for (const id of ids) expect(values[id]?.filter((value) => value !== null)).toEqual(bySdk.get(id));
  });

  it.each([
    {
      name: 'a statistic that is none',
      more: { stat: 'MEDIAN' },
      code: 'ERROR_NOT_SUPPORT_STAT',
      status: 'INVALID_ARGUMENT',
    },
    { name: 'no metric', more: { metric: '' }, code: 'ERROR_REQUIRED_PARAMETER', status: 'INVALID_ARGUMENT' },
    {
      name: 'a secret of no cloud',
      more: { secret_data: { token: 'x' } },
      code: 'ERROR_INVALID_PARAMETER',
      status: 'INVALID_ARGUMENT',
    },
  ])('refuses $name with an exception that says so', async ({ more, code, status }) => {
    const { error } = await session.ask('Metric.get_data', { ...asked(queriesOf(ids.slice(0, 1))), ...more });
    expect([error?.code, error?.message]).toEqual(expect.arrayContaining([expect.stringContaining(code)]));
    if (client.tellsStatus) expect(error).toMatchObject({ status });
  });

  const dimensions = (id: string) => [{ Name: 'InstanceId', Value: id }];

  /** What the platform hands over of a record. */
  function recordOf(id: string): object {
    if (generation === 'v2')
      return { query: { region_name: region, metrics_info: [{ Namespace: 'AWS/EC2', Dimensions: dimensions(id) }] } };
    const cloudwatch = { namespace: 'AWS/EC2', dimensions: dimensions(id), region_name: region };
    return { resource: { region_name: region, data: { cloudwatch } } };
  }

  /** How the platform asks for the metric of servers. */
  function queriesOf(servers: readonly string[]): object {
    if (generation === 'v2') {
      const of = (id: string) => ({
        Namespace: 'AWS/EC2',
        MetricName: 'NetworkIn',
        Dimensions: dimensions(id),
        region_name: region,
      });
      return { metric_query: Object.fromEntries(servers.map((id) => [id, of(id)])) };
    }
    const resources = servers.map((id) => ({
      namespace: 'AWS/EC2',
      dimensions: dimensions(id),
      region_name: region,
      resource_id: id,
    }));
    return { resource: { region_name: region, resources } };
  }

  function dataOf(reply: unknown): z.infer<typeof Data> {
    if (generation === 'v2') return Data.parse(reply);
    const { resource_values: values, ...rest } = z.looseObject({ resource_values: z.unknown() }).parse(reply);
    return Data.parse({ ...rest, values });
  }
});

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
