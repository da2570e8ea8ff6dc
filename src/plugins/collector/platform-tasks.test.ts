import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CollectorWorld, startWorld } from './platform-world.fixture.ts';
import { recordsOf } from './record.fixture.ts';

let world: CollectorWorld;
beforeAll(async () => {
  world = await startWorld({
    generation: 'v2',
    fleet: { servers: 90, accountsPerProvider: 3, withoutAccountRate: 0.2 },
  });
});
afterAll(() => world.close());

const some = (...values: string[]) => fc.subarray(values, { maxLength: 2 });
const choices = fc.record({
  providers: some('aws', 'google_cloud', 'azure'),
  accounts: some('320000000001', 'demo-project-0002', '00000000-0000-4000-8000-000000000003'),
  regions: some('us-east-1', 'europe-west1', 'koreacentral', 'eastus'),
  states: some('RUNNING', 'STOPPED'),
});

const idsOf = async (task?: object, asked: object = {}) => {
  const options = { ...asked, supported_metrics: ['cpu.utilization'] };
  const messages = await world.collect({ options, ...(task === undefined ? {} : { task }) });
  return recordsOf(messages).map(({ reference }) => reference.resource_id);
};

it('all tasks together are exactly the whole, each server once', async () => {
  await fc.assert(
    fc.asyncProperty(choices, async (options) => {
      const tasks = await world.tasks({ options });
      const parts: string[] = [];
      for (const task of tasks) parts.push(...(await idsOf(task, options)));
      expect(parts.toSorted()).toEqual((await idsOf(undefined, options)).toSorted());
    }),
    { numRuns: 8, seed: 2 },
  );
});

it('are one an account where accounts are small', async () => {
  const tasks = await world.tasks();
  expect(tasks).toHaveLength(9);
  expect(tasks).toContainEqual({ provider: 'aws', account: '320000000001' });
});

it('may be of an account and a region, or of a part', async () => {
  const task = { provider: 'aws', account: '320000000001' };
  const whole = await idsOf(task);
  const regions = await Promise.all(['ap-northeast-2', 'us-east-1'].map((region) => idsOf({ ...task, region })));
  expect(regions.flat().toSorted()).toEqual(whole.toSorted());
  const parts = await Promise.all([0, 1, 2].map((number) => idsOf({ ...task, part: { number, of: 3 } })));
  expect(parts.flat().toSorted()).toEqual(whole.toSorted());
});

it('of a provider that the platform cannot be asked for is refused', async () => {
  await expect(idsOf({ provider: 'oracle', account: 'x' })).rejects.toMatchObject({ code: 'invalid_input' });
});
