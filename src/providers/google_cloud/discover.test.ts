import { describe, expect, it } from 'vitest';
import { listServers } from './discover.ts';
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

async function serversFrom(answer: (url: URL) => Reply, projects: readonly Project[] = [{ id: 'a-project' }]) {
  const context = { rest: await restOf(answer), lookUpTypes: createTypeLookup() };
  return (await Array.fromAsync(listServers(context, projects, false, new AbortController().signal))).flat();
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
      instanceId: '9007199254740993001',
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
    expect(servers.map(({ instanceId }) => instanceId)).toEqual(['1', '2', '3']);
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

describe('several projects', () => {
  const projects = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id) => ({ id: `project-${id}` }));
  const projectIn = ({ pathname }: URL) => /projects\/([^/]+)/.exec(pathname)?.[1] ?? '';

  it('come in their order; those that refuse are named after the others', async () => {
    const refusing = ['project-b', 'project-g'];
    const seen: string[] = [];
    const context = {
      rest: await restOf((url) => {
        const project = projectIn(url);
        return refusing.includes(project)
          ? { status: 403, body: { error: { status: 'PERMISSION_DENIED', message: 'no' } } }
          : page([instance(project.replace('project-', '').charCodeAt(0).toString())]);
      }),
      lookUpTypes: createTypeLookup(),
    };
    const reading = (async () => {
      for await (const part of listServers(context, projects, true, new AbortController().signal))
        seen.push(...part.map(({ account }) => account));
    })();
    await expect(reading).rejects.toMatchObject({ code: 'access_denied', where: refusing.join(', ') });
    expect(seen).toEqual(projects.map(({ id }) => id).filter((id) => !refusing.includes(id)));
  });
});
