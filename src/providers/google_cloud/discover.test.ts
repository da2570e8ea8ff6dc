import { describe, expect, it } from 'vitest';
import { serverType } from '#model/resource-type.ts';
import { listResources } from './discover.ts';
import { createTypeLookup, customType } from './machine-types.ts';
import type { Project } from './projects.ts';
import { type Reply, restOf } from './testing-service.fixture.ts';

const zone = 'us-central1-a';
const instance = (id: string, more: object = {}) => ({
  id,
  name: `n${id}`,
  status: 'RUNNING',
  machineType: `https://www.googleapis.com/compute/v1/projects/a-project/zones/${zone}/machineTypes/custom-4-8192`,
  selfLink: `https://www.googleapis.com/compute/v1/projects/a-project/zones/${zone}/instances/n${id}`,
  ...more,
});
const page = (instances: readonly object[], more: object = {}) => ({
  body: { items: { [`zones/${zone}`]: { instances } }, ...more },
});

async function discoveryOf(answer: (url: URL) => Reply, projects: readonly Project[], scoped = false) {
  const rest = await restOf(answer);
  return { rest, lookUpTypes: createTypeLookup(), projects, scoped, signal: new AbortController().signal };
}

async function serversFrom(answer: (url: URL) => Reply, projects: readonly Project[] = [{ id: 'a-project' }]) {
  return (await Array.fromAsync(listResources(await discoveryOf(answer, projects), [serverType]))).flat();
}

describe('an instance', () => {
  it.each([
    { status: 'PROVISIONING', state: 'PENDING' },
    { status: 'STAGING', state: 'PENDING' },
    { status: 'RUNNING', state: 'RUNNING' },
    { status: 'STOPPING', state: 'STOPPED' },
    { status: 'TERMINATED', state: 'STOPPED' },
    { status: 'SUSPENDED', state: 'STOPPED' },
    { status: 'DEPROVISIONING', state: 'TERMINATED' },
    { status: 'REPAIRING', state: 'UNKNOWN' },
  ])('that is $status is $state', async ({ status, state }) => {
    expect(await serversFrom(() => page([instance('1', { status })]))).toMatchObject([{ state }]);
  });

  it('is told with its own and its numeric id, its place, its type and its times', async () => {
    const times = {
      creationTimestamp: '2026-11-01T00:00:00.000-08:00',
      lastStopTimestamp: '2026-11-10T01:00:00.000-08:00',
      lastSuspendedTimestamp: '2026-11-12T01:00:00.000-08:00',
    };
    const disks = [
      {
        boot: true,
        licenses: ['https://www.googleapis.com/compute/v1/projects/debian-cloud/global/licenses/debian-12'],
      },
    ];
    const labels = { env: 'prod' };
    const [stopped, suspended] = await serversFrom(() =>
      page([
        instance('9007199254740993001', { ...times, disks, labels, status: 'TERMINATED' }),
        instance('2', { ...times, status: 'SUSPENDED' }),
      ]),
    );
    expect(stopped).toMatchObject({
      id: `https://www.googleapis.com/compute/v1/projects/a-project/zones/${zone}/instances/n9007199254740993001`,
      series: [{ id: '9007199254740993001' }],
      account: 'a-project',
      region: 'us-central1',
      zone,
      instanceType: 'custom-4-8192',
      vcpus: 4,
      constants: { 'memory.total': 8 * 2 ** 30 },
      createdAt: Date.parse('2026-11-01T08:00:00Z') / 1000,
      stoppedAt: Date.parse('2026-11-10T09:00:00Z') / 1000,
      platform: 'debian-12',
      tags: labels,
    });
    expect(suspended).toMatchObject({ stoppedAt: Date.parse('2026-11-12T09:00:00Z') / 1000 });
  });

  it('that ran again has no time at which it was stopped', async () => {
    const [server] = await serversFrom(() => page([instance('1', { lastStopTimestamp: '2026-11-10T01:00:00Z' })]));
    expect(server).not.toHaveProperty('stoppedAt');
  });

  it('that comes on two pages comes once', async () => {
    const servers = await serversFrom(({ searchParams }) =>
      searchParams.get('pageToken') === 'next'
        ? page([instance('2'), instance('3')])
        : page([instance('1'), instance('2')], { nextPageToken: 'next' }),
    );
    expect(servers.flatMap(({ series }) => series.map(({ id }) => id))).toEqual(['1', '2', '3']);
  });

  it('without an id is malformed', async () => {
    const reading = serversFrom(() => page([{ ...instance('1'), id: undefined }]));
    await expect(reading).rejects.toMatchObject({ code: 'malformed_reply' });
  });
});

describe('a machine type', () => {
  const types = (answer: (type: string) => Reply) => {
    const asked: string[] = [];
    const servers = serversFrom(({ pathname }) => {
      const type = /machineTypes\/(.*)$/.exec(pathname)?.[1];
      if (type !== undefined) asked.push(type);
      return type === undefined
        ? page(
            ['n2-standard-2', 'n2-standard-2', 'old-1'].map((name, at) =>
              instance(String(at), { machineType: `zones/${zone}/machineTypes/${name}` }),
            ),
          )
        : answer(type);
    });
    return servers.then((found) => ({ found, asked: asked.toSorted() }));
  };
  const known: Reply = { body: { guestCpus: 2, memoryMb: 8192 } };

  it('is looked up once; one that is not there any more leaves its servers without a size', async () => {
    const gone = { status: 404, body: { error: { status: 'NOT_FOUND', message: 'gone' } } };
    const { found, asked } = await types((type) => (type === 'old-1' ? gone : known));
    expect(asked).toEqual(['n2-standard-2', 'old-1']);
    expect(found.map(({ constants }) => constants['memory.total'])).toEqual([8 * 2 ** 30, 8 * 2 ** 30, undefined]);
  });

  it('that may not be read leaves them without a size too', async () => {
    const { found } = await types(() => ({
      status: 403,
      body: { error: { status: 'PERMISSION_DENIED', message: 'no' } },
    }));
    expect(found).toHaveLength(3);
    expect(found.every(({ vcpus }) => vcpus === undefined)).toBe(true);
  });

  it.each([
    { name: 'custom-4-26624', vcpus: 4, gibibytes: 26 },
    { name: 'n2-custom-8-16384', vcpus: 8, gibibytes: 16 },
    { name: 'n2d-custom-2-4096-ext', vcpus: 2, gibibytes: 4 },
    { name: 'e2-custom-small-3072', vcpus: 2, gibibytes: 3 },
  ])('$name tells its size by its name', ({ name, vcpus, gibibytes }) => {
    expect(customType(name)).toEqual({ vcpus, memoryBytes: gibibytes * 2 ** 30 });
  });
  it.each(['n2-standard-4', 'e2-micro', 'custom', 'm1-megamem-96'])('%s does not', (name) => {
    expect(customType(name)).toBeUndefined();
  });
});

describe('an instance of Cloud SQL', () => {
  const database = (more: object = {}, settings: object = {}) => ({
    name: 'orders',
    region: 'europe-west1',
    gceZone: 'europe-west1-b',
    databaseVersion: 'POSTGRES_16',
    state: 'RUNNABLE',
    instanceType: 'CLOUD_SQL_INSTANCE',
    createTime: '2026-11-01T00:00:00.000Z',
    selfLink: 'https://sqladmin.googleapis.com/sql/v1beta4/projects/a-project/instances/orders',
    settings: { tier: 'db-custom-4-15360', activationPolicy: 'ALWAYS', dataDiskSizeGb: '100', ...settings },
    ...more,
  });
  const databasesFrom = async (answer: (url: URL) => Reply, scoped = false) =>
    (
      await Array.fromAsync(
        listResources(await discoveryOf(answer, [{ id: 'a-project' }], scoped), ['cloud_sql_instance']),
      )
    ).flat();

  it.each([
    { state: 'RUNNABLE', policy: 'ALWAYS', is: 'RUNNING' },
    { state: 'RUNNABLE', policy: 'NEVER', is: 'STOPPED' },
    { state: 'MAINTENANCE', policy: 'ALWAYS', is: 'RUNNING' },
    { state: 'SUSPENDED', policy: 'ALWAYS', is: 'STOPPED' },
    { state: 'PENDING_CREATE', policy: 'ALWAYS', is: 'PENDING' },
    { state: 'PENDING_DELETE', policy: 'NEVER', is: 'TERMINATED' },
    { state: 'FAILED', policy: 'ALWAYS', is: 'UNKNOWN' },
  ])('that is $state, with activation policy $policy, is $is', async ({ state, policy, is }) => {
    const answer = () => ({ body: { items: [database({ state }, { activationPolicy: policy })] } });
    expect(await databasesFrom(answer)).toMatchObject([{ state: is }]);
  });

  it('is told with what its time series are called, its engine, its size and its storage', async () => {
    const [found] = await databasesFrom(() => ({ body: { items: [database()] } }), true);
    expect(found).toMatchObject({
      group: 'CloudSQL',
      type: 'Instance',
      id: 'https://sqladmin.googleapis.com/sql/v1beta4/projects/a-project/instances/orders',
      series: [{ id: 'a-project:orders' }],
      region: 'europe-west1',
      zone: 'europe-west1-b',
      engine: 'postgres',
      platform: 'POSTGRES_16',
      vcpus: 4,
      createdAt: Date.parse('2026-11-01T00:00:00Z') / 1000,
      constants: { 'memory.total': 15 * 2 ** 30, 'storage.total': 100 * 2 ** 30 },
      part: { project: 'a-project' },
    });
  });

  it('of a tier that does not tell its memory has it measured', async () => {
    const [found] = await databasesFrom(() => ({ body: { items: [database({}, { tier: 'db-g1-small' })] } }));
    expect(found?.constants).toEqual({ 'storage.total': 100 * 2 ** 30 });
    expect(found?.metrics).toContain('memory.total');
  });

  it('that only stands for a primary elsewhere is none', async () => {
    const answer = () => ({ body: { items: [database({ instanceType: 'ON_PREMISES_INSTANCE' }), database()] } });
    expect(await databasesFrom(answer)).toHaveLength(1);
  });

  it('comes page by page, before the word of a region that could not be looked into', async () => {
    const found: string[] = [];
    const warnings = [{ code: 'REGION_UNREACHABLE', message: 'not now', region: 'us-east1' }];
    const answer = ({ searchParams }: URL) =>
      searchParams.get('pageToken') === 'next'
        ? { body: { items: [database({ name: 'second' })] } }
        : { body: { items: [database()], warnings, nextPageToken: 'next' } };
    const discovery = await discoveryOf(answer, [{ id: 'a-project' }]);
    const reading = (async () => {
      for await (const part of listResources(discovery, ['cloud_sql_instance']))
        found.push(...part.map(({ name }) => name));
    })();
    await expect(reading).rejects.toMatchObject({ code: 'unavailable', where: 'a-project/us-east1' });
    expect(found).toEqual(['orders', 'second']);
  });
});

describe('a persistent disk', () => {
  const api = 'https://www.googleapis.com/compute/v1/projects/a-project';
  const disk = (id: string, more: object = {}) => ({
    id,
    name: `d${id}`,
    status: 'READY',
    sizeGb: '20',
    type: `${api}/zones/${zone}/diskTypes/pd-ssd`,
    selfLink: `${api}/zones/${zone}/disks/d${id}`,
    ...more,
  });
  const disksFrom = async (instances: readonly object[], items: object) => {
    const answer = ({ pathname }: URL) =>
      pathname.endsWith('/instances') ? { body: { items: { [`zones/${zone}`]: { instances } } } } : { body: { items } };
    return (
      await Array.fromAsync(listResources(await discoveryOf(answer, [{ id: 'a-project' }]), ['persistent_disk']))
    ).flat();
  };
  const holder = (id: string, source: string, deviceName: string) => ({
    id,
    disks: [{ deviceName: 'local-ssd-0' }, { source, deviceName }],
  });

  it('is measured by each VM that it is attached to, under the name that it has there', async () => {
    const [one, two] = [disk('1', { users: ['a'] }), disk('2', { users: ['a', 'b'] })];
    const instances = [
      holder('11', one.selfLink, 'persistent-disk-0'),
      // Compute Engine names resources under either of its hosts.
      holder('12', two.selfLink.replace('www.googleapis.com', 'compute.googleapis.com'), 'data'),
      holder('13', two.selfLink, 'shared'),
    ];
    expect(await disksFrom(instances, { [`zones/${zone}`]: { disks: [one, two] } })).toMatchObject([
      {
        id: one.selfLink,
        series: [{ id: '11', part: 'persistent-disk-0' }],
        state: 'RUNNING',
        instanceType: 'pd-ssd',
        constants: { 'storage.total': 20 * 2 ** 30 },
        part: {},
      },
      {
        series: [
          { id: '12', part: 'data' },
          { id: '13', part: 'shared' },
        ],
        part: { isApart: true },
      },
    ]);
  });

  it('of a region has no zone, and is seen from wherever its VM is', async () => {
    const regional = disk('1', { users: ['a'], selfLink: `${api}/regions/us-central1/disks/d1` });
    const found = await disksFrom([holder('11', regional.selfLink, 'data')], {
      'regions/us-central1': { disks: [regional] },
    });
    expect(found).toMatchObject([
      { region: 'us-central1', series: [{ id: '11', part: 'data', ofId: 2 }], part: { isApart: true } },
    ]);
    expect(found[0]).not.toHaveProperty('zone');
  });

  it.each([
    { status: 'READY', users: ['a'], state: 'RUNNING' },
    { status: 'READY', users: [], state: 'STOPPED' },
    { status: 'CREATING', users: [], state: 'PENDING' },
    { status: 'DELETING', users: [], state: 'TERMINATED' },
    { status: 'FAILED', users: ['a'], state: 'UNKNOWN' },
  ])('that is $status and has users $users is $state', async ({ status, users, state }) => {
    const found = await disksFrom([], { [`zones/${zone}`]: { disks: [disk('1', { status, users })] } });
    expect(found).toMatchObject([{ state, series: [] }]);
  });
});

describe('several types', () => {
  it('come in their order; one that refuses does not keep the others from being found', async () => {
    const answer = ({ pathname }: URL): Reply => {
      if (pathname.includes('/sql/'))
        return { status: 403, body: { error: { status: 'PERMISSION_DENIED', message: 'no' } } };
      return pathname.endsWith('/instances') ? page([instance('1')]) : { body: { items: {} } };
    };
    const discovery = await discoveryOf(answer, [{ id: 'a-project' }]);
    const types: string[] = [];
    const reading = (async () => {
      for await (const part of listResources(discovery, [
        'persistent_disk',
        'cloud_sql_instance',
        serverType,
        'bucket',
      ]))
        types.push(...part.map(({ typeId }) => typeId));
    })();
    await expect(reading).rejects.toMatchObject({ code: 'access_denied', message: /^sqladmin:instances.list/ });
    expect(types).toEqual([serverType]);
  });
});

describe('several projects', () => {
  const projects = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id) => ({ id: `project-${id}` }));
  const projectIn = ({ pathname }: URL) => /projects\/([^/]+)/.exec(pathname)?.[1] ?? '';

  it('come in their order; those that refuse are named after the others', async () => {
    const refusing = ['project-b', 'project-g'];
    const seen: string[] = [];
    const answer = (url: URL) => {
      const project = projectIn(url);
      return refusing.includes(project)
        ? { status: 403, body: { error: { status: 'PERMISSION_DENIED', message: 'no' } } }
        : page([instance(project.replace('project-', '').charCodeAt(0).toString())]);
    };
    const discovery = await discoveryOf(answer, projects, true);
    const reading = (async () => {
      for await (const part of listResources(discovery, [serverType])) seen.push(...part.map(({ account }) => account));
    })();
    await expect(reading).rejects.toMatchObject({ code: 'access_denied', where: refusing.join(', ') });
    expect(seen).toEqual(projects.map(({ id }) => id).filter((id) => !refusing.includes(id)));
  });
});
