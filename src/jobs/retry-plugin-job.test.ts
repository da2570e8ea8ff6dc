import { expect, it, onTestFinished } from 'vitest';
import { registerPlugin } from '#platform/plugin/registry.ts';
import { serveLyingPlugin } from '#platform/plugin/testing/lying-plugin.ts';
import { retryJob } from './start-job.ts';
import { startPluginJob } from './start-plugin-job.ts';
import { openWorkshop } from './workshop.fixture.ts';

const never = new AbortController().signal;
const tasks = ['eu-west-1', 'us-east-1'].map((region) => ({ region, count: 3, prefix: `${region}-` }));

async function serve(port?: number) {
  const stop = new AbortController();
  const { closed, ...listening } = await serveLyingPlugin({
    signal: stop.signal,
    ...(port === undefined ? {} : { port }),
  });
  const leave = async () => {
    stop.abort();
    await closed;
  };
  onTestFinished(leave);
  return { ...listening, leave };
}

/** A job that failed whole, as its plugin was away; by now it is back. */
async function openFailed() {
  const shop = await openWorkshop();
  const { store, vault, start, work } = shop;
  const { port, leave } = await serve();
  const reach = { kind: 'endpoint', url: `grpc://127.0.0.1:${port}` } as const;
  const registration = { name: 'theirs', reach, options: { tasks }, secret: { data: { key: 'right' } } };
  await registerPlugin({ store, key: vault.key, host: vault.plugins.host }, registration, never);
  const { id } = await startPluginJob({ plugin: 'theirs' }, start);
  await leave();
  expect(await work(id)).toMatchObject({ state: 'FAILURE' });
  await serve(port);
  const stateOf = async () => (await store.plugins.get('theirs')).status.state;
  expect(await stateOf()).toBe('FAILED');
  return { ...shop, id, stateOf };
}

it('a plugin is well again once all that failed was collected', async () => {
  const { id, start, work, stateOf } = await openFailed();
  await retryJob(id, start);
  expect(await work(id)).toMatchObject({ state: 'SUCCESS', counts: { created: 6 } });
  expect(await stateOf()).toBe('OK');
});

it('a plugin is not well while some that failed is left', async () => {
  const { id, store, start, work, stateOf } = await openFailed();
  const [first] = (await store.jobs.get(id)).tasks;
  await retryJob(id, start, first === undefined ? [] : [first.id]);
  expect(await work(id)).toMatchObject({ state: 'PARTIAL', counts: { created: 3 } });
  expect(await stateOf()).toBe('FAILED');
  await retryJob(id, start);
  expect(await work(id)).toMatchObject({ state: 'SUCCESS', counts: { created: 6 } });
  expect(await stateOf()).toBe('OK');
});

it('nothing is begun of a plugin that is gone', async () => {
  const { id, store, start } = await openFailed();
  await store.plugins.remove('theirs');
  await expect(retryJob(id, start)).rejects.toMatchObject({ code: 'not_found' });
  expect((await store.jobs.get(id)).job.state).toBe('FAILURE');
});
