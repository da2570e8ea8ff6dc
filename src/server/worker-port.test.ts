import { expect, it, onTestFinished } from 'vitest';
import type { CollectError } from '#model/errors.ts';
import { noCost } from '#model/fleet.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { openWorkerPort } from './worker-port.ts';

const now = 1_000_000;

async function open(store: Store) {
  const stop = new AbortController();
  const reported: CollectError[] = [];
  const report = (error: CollectError) => void reported.push(error);
  const port = await openWorkerPort({ store, host: '127.0.0.1', port: 0, stopping: stop.signal, report });
  onTestFinished(() => port[Symbol.asyncDispose]());
  const ask = async (path: string, method = 'GET') => {
    const answer = await fetch(`${port.url}${path}`, { method });
    return { status: answer.status, text: await answer.text() };
  };
  return { ask, stop, reported, url: port.url };
}

it('tells how much waits, runs, was called and was throttled', async () => {
  const store = await openTestStore();
  onTestFinished(() => store.close());
  const task = { provider: 'aws', account: 'of the customer', plannedServers: 1 };
  const tasks = ['eu-west-1', 'eu-west-2', 'us-east-1'].map((region) => ({ ...task, region }));
  const draft = { demo: false, options: {}, plan: {}, planned: noCost, runsOn: 'workers', ownerPid: 1, tasks } as const;
  const created = await store.jobs.create(draft, now);
  await store.tasks.begin(created.tasks[0]?.id ?? 0, 'w', now);
  const line = { account: task.account, region: 'eu-west-1', api: 'ec2:DescribeInstances', retried: 2, failed: 0 };
  await store.jobs.addToLedger(created.job.id, [{ ...line, calls: 7, throttled: 3, usd: 0, usdAtMost: 0 }]);
  const { ask } = await open(store);
  const { status, text } = await ask('/metrics');
  expect(status).toBe(200);
  for (const sample of [
    'fleetgauge_queue_depth 2',
    'fleetgauge_tasks{state="RUNNING"} 1',
    'fleetgauge_cloud_calls_total{api="ec2:DescribeInstances"} 7',
    'fleetgauge_cloud_throttles_total{api="ec2:DescribeInstances"} 3',
  ]) {
    expect(text.split('\n')).toContain(sample);
  }
  expect(text).not.toContain(task.account);
});

it('is ready while it works, and not once it stops', async () => {
  const store = await openTestStore();
  onTestFinished(() => store.close());
  const { ask, stop } = await open(store);
  expect(await ask('/healthz')).toMatchObject({ status: 200 });
  const ready = await ask('/readyz');
  expect(ready.status).toBe(200);
  expect(JSON.parse(ready.text).checks).toMatchObject({ worker: { ok: true }, database: { ok: true } });
  stop.abort();
  expect(await ask('/healthz')).toMatchObject({ status: 200 });
  expect(await ask('/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('the worker is stopping') });
});

it('lives, and is not ready, while the database is away', async () => {
  const store = await openTestStore();
  await store.close();
  const { ask, reported } = await open(store);
  expect(await ask('/healthz')).toMatchObject({ status: 200 });
  expect(await ask('/readyz')).toMatchObject({ status: 503 });
  expect(await ask('/metrics')).toEqual({ status: 503, text: '{"ok":false}' });
  expect(reported.length).toBeGreaterThanOrEqual(2);
});

it('answers nothing else, and shares its port with nobody', async () => {
  const store = await openTestStore();
  onTestFinished(() => store.close());
  const { ask, url } = await open(store);
  for (const path of ['/', '/api/servers', '/../etc/passwd']) expect((await ask(path)).status).toBe(404);
  expect((await ask('/metrics', 'POST')).status).toBe(404);
  const { port } = new URL(url);
  const again = openWorkerPort({
    store,
    host: '127.0.0.1',
    port: Number(port),
    stopping: new AbortController().signal,
    report: () => {},
  });
  await expect(again).rejects.toMatchObject({ code: 'unavailable', where: `127.0.0.1:${port}` });
});
