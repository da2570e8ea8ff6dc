import { expect, it } from 'vitest';
import { openTestStore } from '../testing/open-test-store.ts';
import { server } from '../testing/servers.ts';
import { matchedRecord, stampedDigest } from './record-lookup.ts';

const row = {
  ...{ id: 1, provider: 'aws', account: '1', region: 'r', resource_id: 'i', group: 'EC2', type: 'Instance' },
  ...{ name: 'n', instance_type: 't', state: 'RUNNING', shape: 's', facts: 'f', tags: '{}', measured: 0 },
  ...{ cpu_avg: null, cpu_max: null, cpu_p95: null, mem_avg: null, mem_max: null, mem_p95: null },
  ...{ first_seen: 1, updated_at: 1200, last_seen_at: 1200, absent_since: null },
};

it('trusts a digest of the write that it came with alone', () => {
  const digestOf = (digest: string) => matchedRecord({ ...row, digest }).outline.digest;
  expect(digestOf(stampedDigest('abc', 1200))).toBe('abc');
  expect(digestOf(stampedDigest('abc', 120))).toBe('');
  expect(digestOf('')).toBe('');
});

it('knows no shape of a record with keys that nobody knows', async () => {
  const store = await openTestStore();
  await store.inventory.put([{ record: server('a') }, { record: Object.assign(server('b'), { more: 1 }) }], 7);
  const found = await store.inventory.match([{ 'reference.resource_id': 'a' }, { 'reference.resource_id': 'b' }]);
  const outlines = found.flat().map(({ outline }) => outline);
  expect(outlines.map(({ digest }) => digest.length)).toEqual([16, 16]);
  expect(outlines.map(({ shape }) => shape.length)).toEqual([16, 0]);
  await store.close();
});
