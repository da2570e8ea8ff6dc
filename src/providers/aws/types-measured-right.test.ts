import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CollectedServer } from '#collect/collect-region.ts';
import { valuesAt } from '#model/record.ts';
import { metricsOf, serverType } from '#model/resource-type.ts';
import { lastDays, startOf } from '#model/window.ts';
import type { AwsCloud } from '../../demo/aws/server.ts';
import { aws } from './index.ts';
import { account, type Reading, read, startCloud, worldNow } from './testing-fleet.fixture.ts';

const types = aws.types.map(({ id }) => id).filter((id) => id !== serverType);
const window = lastDays(14, worldNow);
const statistics = ['avg', 'max', 'min', 'p95'] as const;

let cloud: AwsCloud;
let reading: Reading;
beforeAll(async () => {
  cloud = await startCloud();
  reading = await read(cloud, { types, statistics });
});
afterAll(() => cloud.stop());

/** What the simulated resource really did, straight from its generator. */
function truthOf({ resource }: CollectedServer) {
  const truth = cloud.truth({
    account: account.id,
    region: resource.region,
    instance: resource.id,
    start: startOf(window.from),
    end: startOf(window.to),
  });
  if (truth === undefined) throw new Error(`no such resource: ${resource.id}`);
  return truth;
}

function ofType(type: string): CollectedServer[] {
  const { group = '', type: name = '' } = aws.types.find(({ id }) => id === type) ?? {};
  const isBalancer = { alb: 'application', nlb: 'network', elb: 'classic' }[type];
  return [...reading.servers.values()].filter(
    ({ resource }) =>
      resource.group === group &&
      resource.type === name &&
      (isBalancer === undefined || resource.instanceType === isBalancer),
  );
}

const measured = types.flatMap((type) =>
  metricsOf(aws, type)
    .filter((key) => key !== 'memory.total' && key !== 'storage.total')
    .map((key) => ({ type, key })),
);

/** Days on which nothing is known of a function: silent ones, before it was last changed. */
function isOfUnknownAge({ resource }: CollectedServer): boolean {
  return 'thereSince' in resource && Number(resource.thereSince) > startOf(window.from);
}

describe.each(types)('%s', (type) => {
  it('is found, with every key as a value or a reason', () => {
    const found = ofType(type);
    expect(found.length).toBeGreaterThanOrEqual(4);
    for (const { folded, resource } of found) {
      expect(resource.metrics).toEqual(metricsOf(aws, type));
      expect(Object.keys(folded?.info.metrics ?? {}).toSorted()).toEqual([...resource.metrics].toSorted());
      for (const key of resource.metrics) {
        const info = folded?.info.metrics[key];
        expect(info !== undefined && 'missing' in info).toBe(valuesAt(folded?.monitoring ?? {}, key) === undefined);
      }
    }
  });
});

describe('every resource of a simulated region', () => {
  it.each(measured)('has the true $key of $type', ({ type, key }) => {
    let compared = 0;
    for (const found of ofType(type)) {
      if (isOfUnknownAge(found)) continue;
      const truth = truthOf(found)[key];
      const values = valuesAt(found.folded?.monitoring ?? {}, key);
      expect(values === undefined, `${found.resource.name} has ${key}`).toBe(truth === undefined);
      if (values === undefined || truth === undefined) continue;
      compared++;
      expect(values.avg, `avg of ${found.resource.name}`).toBeCloseTo(truth.avg, digitsFor(truth.avg));
      expect(values.max, `max of ${found.resource.name}`).toBeCloseTo(truth.max, digitsFor(truth.max));
      expect(values.min).toBeLessThanOrEqual((values.avg ?? 0) * (1 + 1e-9));
      expect(values.p95).toBeLessThanOrEqual((values.max ?? 0) * 1.006);
    }
    expect(compared).toBeGreaterThan(0);
  });
});

function digitsFor(value: number): number {
  return value === 0 ? 9 : 6 - Math.ceil(Math.log10(Math.abs(value)));
}
