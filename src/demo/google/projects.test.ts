import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { clientOf, setUp, testNow } from './cloud-client.fixture.ts';
import { signJwt } from './jwt.ts';
import { bigProject } from './projects.ts';
import { findVm, makeWorld, vmsAt } from './world.ts';

describe('Resource Manager', () => {
  it('finds the projects that a caller may read, page by page', async () => {
    const { cloud, get } = await setUp();
    const Page = z.object({
      projects: z.array(z.looseObject({ projectId: z.string() })).optional(),
      nextPageToken: z.string().optional(),
    });
    const first = Page.parse((await get('/v3/projects:search', { pageSize: '2' })).body);
    const second = Page.parse(
      (await get('/v3/projects:search', { pageSize: '2', pageToken: first.nextPageToken ?? '' })).body,
    );
    const ids = [first, second].flatMap(({ projects = [] }) => projects.map(({ projectId }) => projectId));
    expect(ids).toEqual(['demo-shop-prod', 'demo-data', 'demo-sandbox']);
    expect(second).not.toHaveProperty('nextPageToken');
    const { email, keys } = cloud.identities.deployer;
    if (keys === undefined) throw new Error('the deployer has no key');
    const iat = Math.floor(Date.now() / 1000);
    const token = signJwt(
      { iss: email, sub: email, scope: 'https://www.googleapis.com/auth/cloud-platform', iat, exp: iat + 60 },
      keys,
    );
    expect(await clientOf(cloud, token)('/v3/projects:search')).toEqual({ status: 200, body: {} });
  });

  it.each(['demo-data', '310000000002'])('knows a project by id and number: %s', async (name) => {
    const { get } = await setUp();
    const { body } = await get(`/v3/projects/${name}`);
    expect(body).toMatchObject({ name: 'projects/310000000002', projectId: 'demo-data', state: 'ACTIVE' });
    expect(await get('/v3/projects/nowhere')).toMatchObject({
      status: 403,
      body: { error: { status: 'PERMISSION_DENIED' } },
    });
  });
});

describe('Cloud SQL', () => {
  const path = '/sql/v1beta4/projects/demo-shop-prod/instances';

  it('lists instances page by page; one that is stopped shows it in its policy only', async () => {
    const { get } = await setUp();
    const Page = z.object({
      items: z
        .array(
          z.looseObject({
            name: z.string(),
            state: z.string(),
            settings: z.looseObject({ activationPolicy: z.string(), tier: z.string() }),
          }),
        )
        .optional(),
      nextPageToken: z.string().optional(),
    });
    const first = Page.parse((await get(path, { maxResults: '5' })).body);
    const second = Page.parse((await get(path, { maxResults: '5', pageToken: first.nextPageToken ?? '' })).body);
    const all = [first, second].flatMap(({ items = [] }) => items);
    expect(all).toHaveLength(7);
    expect(new Set(all.map(({ state }) => state))).toEqual(new Set(['RUNNABLE']));
    expect(new Set(all.map(({ settings }) => settings.activationPolicy))).toEqual(new Set(['ALWAYS', 'NEVER']));
    expect((await get(path.replace('shop-prod', 'sandbox'))).body).toEqual({ kind: 'sql#instancesList' });
  });
});

describe('a world', () => {
  it('is the same for the same seed, and another for another', () => {
    const names = (seed: number) => {
      const world = makeWorld(bigProject(50), seed, testNow);
      const [cell] = world.cells(world.projects[0] ?? bigProject(1)[0]);
      return (
        cell && Array.from({ length: 50 }, (_, index) => vmsAt(cell, index).map(({ id, type }) => [id, type.name]))
      );
    };
    expect(names(1)).toEqual(names(1));
    expect(names(1)).not.toEqual(names(2));
  });

  it('finds a VM by its id among 100,000', () => {
    const [project] = bigProject(100_000, ['us-central1-a', 'europe-west1-b']);
    const cells = makeWorld([project], 1, testNow).cells(project);
    for (const cell of cells) {
      for (const index of [0, 1, 777, 49_999]) {
        for (const vm of vmsAt(cell, index)) expect(findVm(cells, vm.id)).toBe(vm);
      }
    }
    expect(findVm(cells, '1234567890123456789')).toBeUndefined();
    expect(findVm(cells, 'web-prod-0001')).toBeUndefined();
  });

  it.each([
    { name: 'zone', change: { zones: { 'mars-north1-a': 1 } } },
    { name: 'region', change: { databases: { 'mars-north1': 1 } } },
    { name: 'project', change: { monitors: ['nowhere'] } },
  ])('has no unknown $name', ({ change }) => {
    expect(() => makeWorld([{ ...bigProject(1)[0], ...change }], 1, testNow)).toThrow(RangeError);
  });
});
