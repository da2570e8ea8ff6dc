import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { JWT } from 'google-auth-library';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { testNow } from './cloud-client.fixture.ts';
import type { GoogleWorkerMessage, GoogleWorkerOptions } from './worker.ts';

const Started = z.object({
  url: z.url(),
  credentials: z.looseObject({ serviceAccount: z.looseObject({ client_email: z.string(), private_key: z.string() }) }),
});

it('serves from a thread of its own, takes faults, and ends when told to', async () => {
  const workerData: GoogleWorkerOptions = { frozenAtMs: testNow * 1000 };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
  const send = (message: GoogleWorkerMessage) => worker.postMessage(message);
  const [message] = await once(worker, 'message');
  const { url, credentials } = Started.parse(message);
  const { client_email: email, private_key: key } = credentials.serviceAccount;
  const client = new JWT({
    email,
    key,
    scopes: ['https://www.googleapis.com/auth/cloud-platform'],
    transporterOptions: {
      fetchImplementation: (input, init) => fetch(String(input).replace('https://oauth2.googleapis.com', url), init),
    },
  });
  const status = async () => {
    const { token } = await client.getAccessToken();
    const response = await fetch(`${url}/v3/projects:search`, { headers: { authorization: `Bearer ${token}` } });
    return response.status;
  };
  expect(await status()).toBe(200);
  send({ faults: { serverErrorRate: 1 } });
  await expect.poll(status).toBeGreaterThanOrEqual(500);
  send('stop');
  expect(await once(worker, 'exit')).toEqual([0]);
});
