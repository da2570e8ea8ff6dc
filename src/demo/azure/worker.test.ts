import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { testNow } from './azure-clients.fixture.ts';
import type { AzureWorkerMessage, AzureWorkerOptions } from './worker.ts';

it('serves from a thread of its own, takes faults, and ends when told to', async () => {
  const workerData: AzureWorkerOptions = { frozenAtMs: testNow * 1000 };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
  const send = (message: AzureWorkerMessage) => worker.postMessage(message);
  const [{ url, secureUrl, certificateAuthority, credentials }] = await once(worker, 'message');
  expect(secureUrl).toMatch(/^https:/);
  expect(certificateAuthority).toContain('BEGIN CERTIFICATE');
  expect(credentials[0].clientSecret).toBeTypeOf('string');
  const status = async () => (await fetch(`${url}/subscriptions?api-version=2022-12-01`)).status;
  expect(await status()).toBe(401);
  send({ faults: { malformedHosts: ['management'] } });
  await expect.poll(status).toBe(200);
  send('stop');
  expect(await once(worker, 'exit')).toEqual([0]);
});
