import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { account, startCloud } from '#providers/aws/testing-fleet.fixture.ts';
import { Client } from '#wire/client.ts';
import { CollectorDefinition, type ResourceInfo } from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';
import { JobDefinition } from '#wire/gen/v2/spaceone/api/inventory/plugin/job.ts';
import { serve } from '#wire/server.ts';
import type { AwsCloud } from '../../demo/aws/server.ts';
import { collectorServices } from './service.ts';
import { partsOf, tasksOfAccount } from './task-options.ts';

let cloud: AwsCloud;
let client: Client;
const stop = new AbortController();

beforeAll(async () => {
  cloud = await startCloud({ clock: Date.now, anchorSeconds: Date.now() / 1000 });
  const { port } = await serve({
    generation: 'v2',
    services: collectorServices('v2'),
    version: '0',
    host: '127.0.0.1',
    port: 0,
    signal: stop.signal,
  });
  client = new Client({ address: `127.0.0.1:${port}`, tls: false });
});
afterAll(async () => {
  client.close();
  stop.abort();
  await cloud.stop();
});
beforeEach(() => cloud.faults.set({ deniedCloudwatch: [], deniedEc2: [] }));

const secret = () => ({
  aws_access_key_id: account.accessKeyId,
  aws_secret_access_key: account.secretAccessKey,
  endpoint_url: cloud.url,
});

const Resource = z.object({
  provider: z.literal('aws'),
  cloud_service_type: z.literal('Instance'),
  account: z.literal(account.id),
  region_code: z.string(),
  reference: z.object({ resource_id: z.string(), external_link: z.string() }),
  data: z.strictObject({
    monitoring: z.record(z.string(), z.unknown()),
    monitoring_info: z.object({
      window: z.object({ start: z.string(), end: z.string() }),
      metrics: z.record(z.string(), z.unknown()),
    }),
  }),
});

const Throughput = z.object({
  network: z.object({ received_throughput: z.object({ avg: z.number(), max: z.number() }) }),
});

interface CollectChoices {
  readonly options?: Record<string, unknown>;
  readonly secretData?: Record<string, unknown>;
  readonly task?: Record<string, unknown>;
}

async function collect({ options = {}, secretData = secret(), task }: CollectChoices = {}): Promise<ResourceInfo[]> {
  return Array.fromAsync(
    client.stream(CollectorDefinition, 'collect', {
      options,
      secret_data: secretData,
      filter: {},
      ...(task === undefined ? {} : { task_options: task }),
    }),
  );
}

const idOf = ({ resource }: ResourceInfo) => Resource.parse(resource).reference.resource_id;

describe('collect', () => {
  it('tells each server once, with what identifies it and its values, and nothing else', async () => {
    const messages = await collect();
    expect(messages).toHaveLength(102);
    expect(new Set(messages.map(idOf)).size).toBe(102);
    for (const message of messages) {
      expect(message).toMatchObject({ state: 4, resource_type: 'inventory.CloudService' });
      expect(message.match_rules).toEqual({
        '1': ['reference.resource_id', 'provider', 'cloud_service_type', 'account'],
      });
      expect(Object.keys(message.resource ?? {}).toSorted()).toEqual([
        'account',
        'cloud_service_type',
        'data',
        'provider',
        'reference',
        'region_code',
      ]);
    }
  });

  it('has the values that the servers truly had', async () => {
    const key = 'network.received_throughput';
    let compared = 0;
    for (const message of await collect({ options: { regions: ['eu-west-1'] } })) {
      const { reference, data } = Resource.parse(message.resource);
      const values = Throughput.safeParse(data.monitoring);
      if (!values.success) continue;
      const { start, end } = data.monitoring_info.window;
      const truth = cloud.truth({
        account: account.id,
        region: 'eu-west-1',
        instance: reference.resource_id,
        start: Date.parse(start) / 1000,
        end: Date.parse(end) / 1000,
      })?.[key];
      const { avg, max } = values.data.network.received_throughput;
      expect(avg / (truth?.avg ?? 0)).toBeCloseTo(1, 6);
      expect(max / (truth?.max ?? 0)).toBeCloseTo(1, 6);
      compared++;
    }
    expect(compared).toBeGreaterThan(3);
  });

  it('by the tasks of get_tasks is exactly the whole', async () => {
    const { tasks } = await client.call(JobDefinition, 'get_tasks', { options: {}, secret_data: secret() });
    expect(tasks.map(({ task_options }) => task_options?.region)).toEqual(['eu-west-1', 'us-east-1']);
    const parts = await Promise.all(tasks.map(({ task_options }) => collect({ task: task_options ?? {} })));
    expect(parts.flat().map(idOf).toSorted()).toEqual((await collect()).map(idOf).toSorted());
  });

  it('tells a region that refuses as a failure, and the servers of the others', async () => {
    cloud.faults.set({ deniedEc2: ['*/eu-west-1'] });
    const messages = await collect();
    expect(messages.filter(({ state }) => state === 4)).toHaveLength(90);
    const [failure, ...more] = messages.filter(({ state }) => state === 5);
    expect(more).toEqual([]);
    expect(failure).toMatchObject({
      resource_type: 'inventory.ErrorResource',
      message: expect.stringContaining('ec2:DescribeInstances'),
    });
  });

  it('tells servers that could not be measured with their reason, and the cause once', async () => {
    cloud.faults.set({ deniedCloudwatch: ['*/eu-west-1'] });
    const messages = await collect();
    expect(messages.filter(({ state }) => state === 4)).toHaveLength(102);
    expect(messages.filter(({ state }) => state === 5)).toHaveLength(2);
  });

  it('ends with an error where nothing could be read', async () => {
    cloud.faults.set({ deniedEc2: ['*/*'] });
    await expect(collect()).rejects.toMatchObject({ code: 'access_denied' });
  });

  it('keeps to the filters', async () => {
    const running = await collect({ options: { states: ['RUNNING'], regions: ['us-east-1'] } });
    expect(running.length).toBeGreaterThan(20);
    expect(running.length).toBeLessThan(90);
    expect(await collect({ options: { tags: { nobody: 'has this' } } })).toEqual([]);
  });

  it('measures only what is asked, in the old form of the option too', async () => {
    const supported = [{ provider: 'aws', resource_type: 'inventory.Server', metric: ['cpu.utilization'] }];
    for (const supported_metrics of [supported, ['cpu.utilization']]) {
      const [message] = await collect({ options: { supported_metrics, regions: ['eu-west-1'] } });
      expect(Object.keys(Resource.parse(message?.resource).data.monitoring_info.metrics)).toEqual(['cpu.utilization']);
    }
  });
});

describe('bad input', () => {
  it.each([
    {
      name: 'an unknown option',
      options: { suported_period: 3 },
      says: "no 'suported_period'. It has: supported_metrics",
    },
    { name: 'a metric that is none', options: { supported_metrics: ['cpu.usage'] }, says: 'options.supported_metrics' },
    { name: 'a period that is no number', options: { supported_period: 'week' }, says: 'options.supported_period' },
    { name: 'a statistic that is none', options: { statistics: ['mean'] }, says: 'Allowed: avg, max' },
  ])('$name is refused in init already', async ({ options, says }) => {
    await expect(client.call(CollectorDefinition, 'init', { options })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(says),
    });
  });

  it.each([
    { name: 'no options', request: { secret_data: {} }, says: 'key = options' },
    { name: 'no secret', request: { options: {} }, says: 'key = secret_data' },
    {
      name: 'a secret of no cloud',
      request: { options: {}, secret_data: { token: 'x' } },
      says: 'no cloud that we know',
    },
  ])('$name is refused', async ({ request, says }) => {
    await expect(Array.fromAsync(client.stream(CollectorDefinition, 'collect', request))).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(says),
    });
  });

  it('a task of another account is refused', async () => {
    await expect(
      collect({ task: { provider: 'aws', account: '999999999999', region: 'eu-west-1' } }),
    ).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('verify', () => {
  const verify = (secretData: Record<string, unknown>) =>
    client.call(CollectorDefinition, 'verify', { options: {}, secret_data: secretData });

  it('passes where everything is allowed', async () => {
    await expect(verify(secret())).resolves.toEqual({});
  });

  it('names what is missing', async () => {
    await expect(
      verify({ ...secret(), aws_secret_access_key: 'aWrongSecretAccessKeyThatFits0000000' }),
    ).rejects.toMatchObject({ code: 'secret_rejected' });
    cloud.faults.set({ deniedCloudwatch: ['*/*'] });
    await expect(verify(secret())).rejects.toMatchObject({
      code: 'access_denied',
      message: expect.stringContaining('cloudwatch:'),
    });
    cloud.faults.set({ deniedEc2: ['*/*'] });
    await expect(verify(secret())).rejects.toMatchObject({
      code: 'access_denied',
      message: expect.stringContaining('ec2:'),
    });
  });
});

it('stops asking the cloud when the caller goes', async () => {
  const messages = client.stream(CollectorDefinition, 'collect', {
    options: { regions: ['eu-west-1', 'us-east-1'] },
    secret_data: secret(),
    filter: {},
  });
  await messages.next();
  await messages.return();
  const settle = () => new Promise((resolve) => setTimeout(resolve, 300));
  await settle();
  const before = cloud.stats.rows().reduce((sum, { calls }) => sum + calls, 0);
  await settle();
  expect(cloud.stats.rows().reduce((sum, { calls }) => sum + calls, 0)).toBe(before);
});

it('cuts large accounts into regions and parts', () => {
  expect(partsOf({ provider: 'aws', account: 'a', region: 'r' }, 5000)).toHaveLength(1);
  expect(partsOf({ provider: 'aws', account: 'a', region: 'r' }, 12_000)).toMatchObject([
    { part: { number: 0, of: 3 } },
    { part: { number: 1, of: 3 } },
    { part: { number: 2, of: 3 } },
  ]);
  const regions = (servers: number) =>
    new Map([
      ['r', servers],
      ['s', 10],
    ]);
  expect(tasksOfAccount('aws', 'a', regions(4990))).toEqual([{ provider: 'aws', account: 'a' }]);
  expect(tasksOfAccount('aws', 'a', regions(6000))).toEqual([
    { provider: 'aws', account: 'a', region: 'r', part: { number: 0, of: 2 } },
    { provider: 'aws', account: 'a', region: 'r', part: { number: 1, of: 2 } },
    { provider: 'aws', account: 'a', region: 's' },
  ]);
});
