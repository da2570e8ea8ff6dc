import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { clients, listInstances, testNow } from './sdk-clients.fixture.ts';
import type { AwsWorkerMessage, AwsWorkerOptions } from './worker.ts';

it('serves from a thread of its own, takes faults, and ends when told to', async () => {
  const workerData: AwsWorkerOptions = { frozenAtMs: testNow * 1000 };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
  const send = (message: AwsWorkerMessage) => worker.postMessage(message);
  const [{ url }] = await once(worker, 'message');
  const { ec2 } = clients({ url });
  expect(await listInstances(ec2)).toHaveLength(360);
  send({ faults: { deniedEc2: ['*/*'] } });
  await expect
    .poll(() =>
      ec2.send(new DescribeInstancesCommand({ MaxResults: 5 })).then(
        () => 'ok',
        (error: Error) => error.name,
      ),
    )
    .toBe('UnauthorizedOperation');
  send('stop');
  expect(await once(worker, 'exit')).toEqual([0]);
});
