import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { day, endOf, iso, midnight, type Params, setUp, TimeSeriesReply, testNow } from './cloud-client.fixture.ts';
import { computeTimestamp } from './instance-json.ts';
import type { GoogleCloudOptions } from './server.ts';
import { everyVm } from './world.ts';

const Instance = z.looseObject({
  id: z.string().regex(/^\d{18,20}$/),
  name: z.string(),
  status: z.enum(['RUNNING', 'STAGING', 'TERMINATED', 'STOPPING', 'SUSPENDED', 'SUSPENDING']),
  machineType: z.url(),
  zone: z.url(),
  labels: z.record(z.string(), z.string()),
  creationTimestamp: z.iso.datetime({ offset: true }),
  lastStartTimestamp: z.iso.datetime({ offset: true }),
  lastStopTimestamp: z.iso.datetime({ offset: true }).optional(),
  disks: z.array(z.looseObject({ deviceName: z.string(), type: z.enum(['PERSISTENT', 'SCRATCH']) })),
});
type Instance = z.infer<typeof Instance>;

const Warning = z.object({ code: z.enum(['NO_RESULTS_ON_PAGE', 'UNREACHABLE']), message: z.string() });
const Page = z.looseObject({
  items: z.record(z.string(), z.looseObject({ instances: z.array(Instance).optional(), warning: Warning.optional() })),
  nextPageToken: z.string().optional(),
  unreachables: z.array(z.string()).optional(),
});

const aggregated = (what: string, project = 'demo-shop-prod') => `/compute/v1/projects/${project}/aggregated/${what}`;

async function setUpCompute(options: GoogleCloudOptions = {}) {
  const { cloud, get } = await setUp(options);
  const page = async (params: Params = {}, project?: string) => {
    const { status, body } = await get(aggregated('instances', project), params);
    expect(status, JSON.stringify(body)).toBe(200);
    return Page.parse(body);
  };
  const listAll = async (params: Params = {}, project?: string) => {
    const found: Instance[] = [];
    let [pages, pageToken]: [number, string | undefined] = [0, ''];
    while (pageToken !== undefined) {
      const reply: z.infer<typeof Page> = await page({ ...params, pageToken }, project);
      found.push(...Object.values(reply.items).flatMap(({ instances = [] }) => instances));
      pages++;
      pageToken = reply.nextPageToken;
    }
    return { found, pages };
  };
  return { cloud, get, page, listAll };
}

describe('instances.aggregatedList', () => {
  it.each([
    { maxResults: '7', pages: 60 },
    { maxResults: '500', pages: 1 },
    { maxResults: '0', pages: 1 },
  ])('lists each once, in pages of $maxResults', async ({ maxResults, pages: expected }) => {
    const { listAll } = await setUpCompute();
    const { found, pages } = await listAll({ maxResults });
    expect(pages).toBe(expected);
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    expect(found).toHaveLength(420);
  });

  it('names every zone on every page, with a warning where it has none', async () => {
    const { page } = await setUpCompute();
    const { items } = await page({ maxResults: '10' });
    const zones = Object.entries(items);
    expect(zones).toHaveLength(31);
    expect(items['zones/us-central1-a']?.instances).toHaveLength(10);
    expect(items['zones/us-central1-b']?.warning?.code).toBe('NO_RESULTS_ON_PAGE');
    expect(zones.every(([, { instances, warning }]) => (instances === undefined) !== (warning === undefined))).toBe(
      true,
    );
  });

  it('tells the states of a fleet', async () => {
    const { listAll } = await setUpCompute();
    const { found } = await listAll();
    const states = Map.groupBy(found, ({ status }) => status);
    expect(states.get('RUNNING')?.length).toBeGreaterThan(300);
    expect(states.get('TERMINATED')?.length).toBeGreaterThan(10);
    expect(states.get('SUSPENDED')?.length).toBeGreaterThan(3);
    const stopped = [...(states.get('TERMINATED') ?? []), ...(states.get('SUSPENDED') ?? [])];
    expect(
      stopped.every(
        ({ lastStopTimestamp, lastStartTimestamp }) =>
          Date.parse(lastStopTimestamp ?? '') > Date.parse(lastStartTimestamp),
      ),
    ).toBe(true);
    const custom = found.filter(({ machineType }) => /machineTypes\/\w+-custom-\d+-\d+$/.test(machineType));
    expect(custom.length).toBeGreaterThan(20);
  });

  it.each([
    { at: Date.UTC(2026, 10, 18, 14, 0, 30), status: 'STAGING' },
    { at: Date.UTC(2026, 10, 18, 14, 1), status: 'RUNNING' },
    { at: Date.UTC(2026, 10, 19, 1, 0, 30), status: 'STOPPING' },
    { at: Date.UTC(2026, 10, 19, 1, 1), status: 'TERMINATED' },
  ])('tells the way into and out of a state: $status', async ({ at, status }) => {
    const { listAll } = await setUpCompute({ clock: () => at, anchorSeconds: testNow });
    const { found } = await listAll({ filter: 'labels.role = "dev-box" AND zone eq ".*/us-central1-a"' });
    expect(found.length).toBeGreaterThan(5);
    expect(found.map((one) => one.status)).toContain(status);
  });

  it('forgets a deleted VM at once, while its series stay; a namesake has another id', async () => {
    const { cloud, get, listAll } = await setUpCompute();
    const [project] = cloud.world.projects;
    if (project === undefined) throw new Error('no project');
    const [deleted] = cloud.world
      .cells(project)
      .flatMap((cell) => [...everyVm(cell)].filter(({ deletedAt }) => deletedAt < midnight - 3600));
    if (deleted === undefined) throw new Error('the demo world lacks a deleted VM');
    const { found } = await listAll({ filter: `name = "${deleted.name}"` });
    expect(found).toMatchObject([{ name: deleted.name, status: 'RUNNING' }]);
    expect(found[0]?.id).not.toBe(deleted.id);
    expect(found[0]?.creationTimestamp).toBe(computeTimestamp(deleted.deletedAt + 600));
    const filter = `metric.type = "compute.googleapis.com/instance/cpu/utilization" AND project = "demo-shop-prod" AND metric.labels.instance_name = "${deleted.name}"`;
    const window = { 'interval.startTime': iso(midnight - 14 * day), 'interval.endTime': iso(midnight) };
    const { body } = await get('/v3/projects/demo-shop-prod/timeSeries', { filter, ...window });
    const { timeSeries = [] } = TimeSeriesReply.parse(body);
    expect(timeSeries.map(({ resource }) => resource.labels.instance_id).sort()).toEqual(
      [deleted.id, found[0]?.id].sort(),
    );
    const [first] = timeSeries.filter(({ resource }) => resource.labels.instance_id === deleted.id);
    expect(first?.points?.map(endOf).at(0)).toBe(deleted.deletedAt);
  });

  it.each([
    { filter: 'status = RUNNING', some: ({ status }: Instance) => status === 'RUNNING' },
    { filter: 'status != "RUNNING"', some: ({ status }: Instance) => status !== 'RUNNING' },
    {
      filter: '(labels.env = "dev") (labels.team = "platform")',
      some: ({ labels }: Instance) => labels.env === 'dev' && labels.team === 'platform',
    },
    { filter: 'name eq "web-.*"', some: ({ name }: Instance) => name.startsWith('web-') },
    { filter: 'labels.team:* AND (name:batch OR name:api)', some: ({ name }: Instance) => /batch|api/.test(name) },
    { filter: 'labels.none:*', some: () => false },
  ])('filters: $filter', async ({ filter, some }) => {
    const { listAll } = await setUpCompute();
    const { found: all } = await listAll();
    const { found } = await listAll({ filter });
    expect(found.map(({ id }) => id)).toEqual(all.filter(some).map(({ id }) => id));
  });

  it.each([
    { maxResults: '501' },
    { maxResults: '-1' },
    { maxResults: 'many' },
    { filter: 'nonsense = 1' },
    { filter: 'status = ' },
    { pageToken: 'invented' },
    { limit: '10' },
  ])('refuses %o', async (params) => {
    const { get } = await setUpCompute();
    expect(await get(aggregated('instances'), params)).toMatchObject({
      status: 400,
      body: { error: { code: 400, errors: [{ domain: 'global' }] } },
    });
  });

  it('leaves out a zone that is down only for those who take part of the answer', async () => {
    const { get, page } = await setUpCompute({ faults: { unreachableZones: ['demo-shop-prod/us-central1-b'] } });
    expect(await get(aggregated('instances'))).toMatchObject({
      status: 503,
      body: { error: { status: 'UNAVAILABLE' } },
    });
    const { items, unreachables } = await page({ returnPartialSuccess: 'true' });
    expect(unreachables).toEqual(['zones/us-central1-b']);
    expect(items['zones/us-central1-b']?.warning?.code).toBe('UNREACHABLE');
    expect(items['zones/us-central1-a']?.instances).toHaveLength(150);
  });

  it('cuts an answer down to the fields that are asked for', async () => {
    const { get } = await setUpCompute();
    const { body } = await get(aggregated('instances'), {
      maxResults: '1',
      fields: 'nextPageToken,items/*/instances(id,disks/deviceName)',
    });
    expect(body).toMatchObject({
      items: { 'zones/us-central1-a': { instances: [{ id: expect.any(String) }] }, 'zones/us-central1-b': {} },
    });
    expect(JSON.stringify(body)).not.toMatch(/status|warning|"kind"/);
    expect((await get(aggregated('instances'), { fields: 'items(' })).status).toBe(400);
  });
});

describe('the other lists of Compute Engine', () => {
  it('hold every type in every zone, page by page, and no custom one', async () => {
    const { get } = await setUpCompute();
    const Types = z.looseObject({
      items: z.record(
        z.string(),
        z.looseObject({ machineTypes: z.array(z.looseObject({ name: z.string(), memoryMb: z.number() })).optional() }),
      ),
      nextPageToken: z.string().optional(),
    });
    const names: string[] = [];
    for (let pageToken: string | undefined = ''; pageToken !== undefined; ) {
      const reply: z.infer<typeof Types> = Types.parse((await get(aggregated('machineTypes'), { pageToken })).body);
      names.push(
        ...Object.values(reply.items).flatMap(({ machineTypes = [] }) => machineTypes.map(({ name }) => name)),
      );
      pageToken = reply.nextPageToken;
    }
    expect(names).toHaveLength(24 * 31);
    expect(names.some((name) => name.includes('custom'))).toBe(false);
    const { body } = await get(aggregated('machineTypes'), { filter: 'name = "e2-medium"' });
    expect(Types.parse(body).items['zones/us-east1-b']?.machineTypes).toMatchObject([
      { name: 'e2-medium', memoryMb: 4096 },
    ]);
  });

  it.each([
    { type: 'n1-standard-4', found: { guestCpus: 4, memoryMb: 15_360 } },
    { type: 'e2-custom-4-8192', found: { guestCpus: 4, memoryMb: 8192 } },
    { type: 'custom-2-4096', found: { guestCpus: 2, memoryMb: 4096 } },
  ])('know one type by its name: $type', async ({ type, found }) => {
    const { get } = await setUpCompute();
    const path = `/compute/v1/projects/demo-shop-prod/zones/us-central1-a/machineTypes/${type}`;
    expect(await get(path)).toMatchObject({ status: 200, body: { name: type, ...found } });
    expect((await get(path.replace(type, 'x9-none'))).status).toBe(404);
  });

  it('hold regions with their zones', async () => {
    const { get } = await setUpCompute();
    const { body } = await get('/compute/v1/projects/demo-shop-prod/regions', { maxResults: '4' });
    expect(body).toMatchObject({
      nextPageToken: expect.any(String),
      items: [
        {
          name: 'us-central1',
          status: 'UP',
          zones: expect.arrayContaining([expect.stringMatching(/zones\/us-central1-f$/)]),
        },
        {},
        {},
        {},
      ],
    });
  });

  it('hold disks: of a zone or a region, with one user, two, or none', async () => {
    const { get } = await setUpCompute();
    const first = async (scope: string, filter: string) => {
      const { body } = await get(aggregated('disks'), { filter, maxResults: '500' });
      return z.looseObject({ items: z.record(z.string(), z.looseObject({})) }).parse(body).items[scope];
    };
    const user = expect.stringContaining('/zones/us-central1-a/instances/');
    expect(await first('zones/us-central1-a', 'name eq "loose-.*"')).toMatchObject({
      disks: expect.arrayContaining([expect.not.objectContaining({ users: expect.anything() })]),
    });
    expect(await first('zones/us-central1-a', 'name eq "shared-.*"')).toMatchObject({
      disks: expect.arrayContaining([expect.objectContaining({ sizeGb: '500', users: [user, user] })]),
    });
    expect(await first('regions/us-central1', 'name eq "db-replica-.*-data"')).toMatchObject({
      disks: expect.arrayContaining([
        expect.objectContaining({
          sizeGb: '200',
          region: expect.stringMatching(/regions\/us-central1$/),
          selfLink: expect.stringContaining('/regions/us-central1/disks/'),
          users: [expect.stringContaining('/instances/db-replica-')],
        }),
      ]),
    });
  });
});
