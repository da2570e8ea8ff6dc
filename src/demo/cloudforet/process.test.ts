import { fork } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { connect } from './calls.fixture.ts';
import { CloudServiceList } from './inventory/cloud-service-v2.ts';
import type { ProcessOptions } from './process.ts';

it('serves from a process of its own, tells what it was asked, and ends when told to', async () => {
  const options: ProcessOptions = { generation: 'v2', servers: 1500, latencyMs: 5 };
  const child = fork(new URL('./process.ts', import.meta.url), [JSON.stringify(options)]);
  const [{ endpoint, secretData }] = await once(child, 'message');
  using client = connect({ endpoint }, secretData.api_key);
  const query = { sort: [{ key: 'cloud_service_id' }], page: { start: 1001, limit: 1000 } };
  expect((await client.call(CloudServiceList, 'list', { query })).results.length).toBe(500);
  child.send('stats');
  const [{ stats, cpuSeconds, peakBytes }] = await once(child, 'message');
  expect(stats['CloudService.list']).toEqual({ calls: 1, failed: 0, inFlight: 0, maxInFlight: 1, items: 500 });
  expect(cpuSeconds).toBeGreaterThan(0);
  expect(peakBytes).toBeGreaterThan(2 ** 20);
  child.send('stop');
  expect(await once(child, 'exit')).toEqual([0, null]);
});
