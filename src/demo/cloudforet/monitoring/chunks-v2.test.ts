import fc from 'fast-check';
import { expect, it } from 'vitest';
import { awsSecret } from '../calls.fixture.ts';
import { chunkQueries, type Entry } from './chunks-v2.ts';

const entries = (places: readonly (readonly [region: string, secretId: string])[]): Entry[] =>
  places.map(([region, secretId], index) => ({
    id: `id-${index}`,
    region,
    secret: { ...awsSecret, secretId },
    query: { MetricName: 'CPUUtilization' },
  }));

it('puts every query into one chunk of its region and secret, two hundred at most', () => {
  const place = fc.tuple(fc.constantFrom('us-east-1', 'eu-west-1'), fc.constantFrom('a', 'b'));
  fc.assert(
    fc.property(fc.array(place, { maxLength: 900, size: 'max' }), (places) => {
      let byte = 0;
      const chunks = chunkQueries('aws', entries(places), () => byte++);
      const found = chunks.flatMap(({ queries, region, secret }) =>
        [...queries].map(([id, query]) => `${id} ${region} ${secret.secretId} ${query.region_name}`),
      );
      expect(found.sort()).toEqual(
        entries(places)
          .map(({ id, region, secret }) => `${id} ${region} ${secret.secretId} ${region}`)
          .sort(),
      );
      for (const { queries } of chunks) expect(queries.size).toBeLessThanOrEqual(200);
    }),
    { numRuns: 30, seed: 1 },
  );
});

it('loses a full chunk where two are set aside under one name', () => {
  const chunks = chunkQueries('aws', entries(Array.from({ length: 650 }, () => ['us-east-1', 'a'] as const)), () => 7);
  expect(chunks.map(({ queries }) => queries.size).sort()).toEqual([200, 50]);
  expect(chunks.flatMap(({ queries }) => [...queries.keys()])).not.toContain('id-0');
});
