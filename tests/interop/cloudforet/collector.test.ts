import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mostWaitedMs, untilDayHasTime } from '../../e2e/turn-of-day.ts';
import { isMissing, type PythonClient, pythonClients } from './clients.ts';
import { type Answer, openSession, type Session } from './session.ts';
import { account, closedRegion, region, startWorld, type World } from './world.ts';

const Values = z.object({ avg: z.number(), max: z.number() });
const Server = z.object({
  region_code: z.literal(region),
  reference: z.object({ resource_id: z.string() }),
  data: z.object({
    monitoring: z.record(z.string(), z.record(z.string(), Values)).default({}),
    monitoring_info: z.object({
      window: z.object({ start: z.coerce.date(), end: z.coerce.date() }),
      metrics: z.record(z.string(), z.looseObject({ missing: z.string().optional(), max_is: z.string().optional() })),
    }),
  }),
});
type Server = z.infer<typeof Server>;
const Message = z.object({
  state: z.string(),
  resource_type: z.string(),
  message: z.string().default(''),
  resource: z.unknown(),
});

let world: World;
beforeAll(async () => {
  // What is read in several ways is to be of the same days.
  await untilDayHasTime();
  world = await startWorld();
}, mostWaitedMs + 600_000);
afterAll(() => world?.[Symbol.asyncDispose]());

const regions: Readonly<Record<string, number>> = account.regions;
const wrongSecret = () => ({ ...world.cloudSecret, aws_secret_access_key: 'aWrongSecretAccessKeyThatFits0000000' });
const installed = pythonClients.filter((client) => !isMissing(client));

describe.each(installed)('a collector, as $name on $generation sees it,', (client) => {
  const { generation } = client;
  let session: Session;
  beforeAll(async () => {
    session = await openSession(client, world.address[generation]);
  }, 600_000);
  afterAll(() => session?.[Symbol.dispose]());

  const ask = (method: string, params: object = {}) =>
    session.ask(method, { options: {}, secret_data: world.cloudSecret, ...params });
  const collect = (params: object = {}) =>
    ask('Collector.collect', { filter: {}, options: { regions: [region] }, ...params });

  it('has its methods in reflection, with those of the data source and of every server', async () => {
    const jobs = generation === 'v2' ? { Job: ['get_tasks'] } : {};
    expect(await session.call('reflection', {})).toEqual({
      Collector: ['init', 'verify', 'collect'],
      ...jobs,
      DataSource: ['init', 'verify'],
      Metric: ['list', 'get_data'],
      ServerInfo: ['get_version'],
      Health: ['Check', 'Watch'],
    });
    expect(await session.call('Health.Check', {})).toEqual({ status: 'SERVING' });
  });

  it('tells what it can, and verifies a secret', async () => {
    const { metadata } = z
      .object({ metadata: z.looseObject({ supported_metrics: z.array(z.string()), concurrency: z.number() }) })
      .parse(await session.call('Collector.init', { options: { supported_period: 7 } }));
    expect(metadata.supported_metrics).toContain('cpu.utilization');
    expect(await ask('Collector.verify', { options: { regions: [region] } })).toEqual({ replies: [{}] });
  });

  it.each([
    {
      name: 'an option that there is not',
      method: 'Collector.init',
      params: () => ({ options: { colour: 'blue' } }),
      code: 'ERROR_INVALID_PARAMETER',
      status: 'INVALID_ARGUMENT',
      says: "options has no 'colour'",
    },
    {
      name: 'no secret',
      method: 'Collector.verify',
      params: () => ({ options: {} }),
      code: 'ERROR_REQUIRED_PARAMETER',
      status: 'INVALID_ARGUMENT',
      says: 'key = secret_data',
    },
    {
      name: 'a wrong secret',
      method: 'Collector.verify',
      params: () => ({ options: {}, secret_data: wrongSecret() }),
      code: 'ERROR_AUTHENTICATE_FAILURE',
      status: 'UNAUTHENTICATED',
      says: 'AWS',
    },
    {
      name: 'a wrong secret, in a stream',
      method: 'Collector.collect',
      params: () => ({ options: {}, secret_data: wrongSecret(), filter: {} }),
      code: 'ERROR_AUTHENTICATE_FAILURE',
      status: 'UNAUTHENTICATED',
      says: 'AWS',
    },
    {
      name: 'what AWS forbids',
      method: 'Collector.verify',
      params: () => ({ options: { regions: [closedRegion] }, secret_data: world.cloudSecret }),
      code: 'ERROR_PERMISSION_DENIED',
      status: 'PERMISSION_DENIED',
      // The platform's client has a text of its own for this one.
      says: isPlain(client) ? 'cloudwatch:' : 'Permission',
    },
  ])('refuses $name with an exception that says so', async ({ method, params, code, status, says }) => {
    const { error } = await session.ask(method, params());
    expect(error).toMatchObject(isPlain(client) ? { message: expect.stringMatching(`^${code}: `) } : { code });
    if (client.tellsStatus) expect(error).toMatchObject({ status });
    expect(error?.message).toContain(says);
  });

  it('tells of a region that AWS closes, and why, so that its task fails', async () => {
    const { replies } = await collect({ options: { regions: [closedRegion] } });
    const failed = z
      .array(Message)
      .parse(replies)
      .filter(({ state }) => state === 'FAILURE');
    expect(failed.length).toBeGreaterThan(0);
    for (const { resource_type, message } of failed) {
      expect(resource_type).toBe('inventory.ErrorResource');
      expect(message).toMatch(/^cloudwatch:.*AccessDenied/);
    }
  });

  it('reads a region straight from AWS: every server once, and what it truly did', async () => {
    const servers = serversOf(await collect());
    expect(new Set(servers.map(({ reference }) => reference.resource_id)).size).toBe(regions[region]);
    let compared = 0;
    for (const server of servers) compared += await expectTruth(server);
    expect(compared).toBeGreaterThan(400);
  });

  it('reads it by way of the platform of its generation: the same servers and numbers', async () => {
    const direct = byId(serversOf(await collect()));
    const servers = serversOf(await collect({ secret_data: world.platformSecret[generation] }));
    const running = [...direct.values()].filter(({ data }) => data.monitoring.cpu !== undefined);
    expect(running.length).toBeGreaterThan(50);
    const found = byId(servers);
    for (const { reference, data } of running) {
      const utilization = data.monitoring.cpu?.utilization;
      const other = found.get(reference.resource_id)?.data.monitoring.cpu?.utilization;
      expect(other?.max).toBeCloseTo(utilization?.max ?? 0, 6);
    }
  });

  if (generation === 'v2') {
    it('cuts an account into tasks that together are the whole', async () => {
      const Tasks = z.object({ tasks: z.array(z.object({ task_options: z.looseObject({ region: z.string() }) })) });
      const { tasks } = Tasks.parse((await ask('Job.get_tasks')).replies[0]);
      const named = tasks.map(({ task_options }) => task_options.region);
      expect(named.toSorted()).toEqual(Object.keys(regions).toSorted());
      const own = tasks.find(({ task_options }) => task_options.region === region);
      expect(serversOf(await collect({ options: {}, ...own }))).toHaveLength(regions[region] ?? 0);
    });
  }

  /** How many numbers were compared: all that the server has. Maxima of parts that were added may be larger than the truth. */
  async function expectTruth({ reference, data }: Server): Promise<number> {
    const { window, metrics } = data.monitoring_info;
    const [start, end] = [window.start.getTime() / 1000, window.end.getTime() / 1000];
    const truths = await world.truth(reference.resource_id, { start, end });
    let compared = 0;
    for (const [section, values] of Object.entries(data.monitoring)) {
      for (const [name, { avg, max }] of Object.entries(values)) {
        const truth = truths[`${section}.${name}`];
        if (truth === undefined) continue;
        expect(avg).toBeCloseTo(truth.avg, digitsFor(truth.avg));
        if (metrics[`${section}.${name}`]?.max_is === undefined)
          expect(max).toBeCloseTo(truth.max, digitsFor(truth.max));
        else expect(max).toBeGreaterThan(truth.max * (1 - 1e-6));
        compared += 2;
      }
    }
    return compared;
  }
});

/** The servers of a stream that has told nothing but servers. */
function serversOf({ replies, error }: Answer): Server[] {
  expect(error).toBeUndefined();
  const messages = z.array(Message).parse(replies);
  expect(messages.filter(({ state }) => state !== 'SUCCESS')).toEqual([]);
  return messages.map(({ resource }) => Server.parse(resource));
}

function byId(servers: readonly Server[]): ReadonlyMap<string, Server> {
  return new Map(servers.map((server) => [server.reference.resource_id, server]));
}

/** Six significant digits. */
function digitsFor(value: number): number {
  return value === 0 ? 9 : 5 - Math.ceil(Math.log10(Math.abs(value)));
}

function isPlain({ script: [script] }: PythonClient): boolean {
  return script === 'plain_client.py';
}
