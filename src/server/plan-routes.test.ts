import { once } from 'node:events';
import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { CollectError } from '#model/errors.ts';
import { worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import { openWorkshop } from '../jobs/workshop.fixture.ts';
import { errorHandler } from './http-errors.ts';
import { planRoute } from './plan-routes.ts';

it('asks the clouds no longer than there is a client, whose leaving is no failure', async () => {
  const { store, vault, start } = await openWorkshop();
  const asked = Promise.withResolvers<AbortSignal>();
  const connect = async (_secret: unknown, { signal }: { readonly signal: AbortSignal }): Promise<never> => {
    asked.resolve(signal);
    await once(signal, 'abort');
    throw new CollectError('cancelled', 'stopped');
  };
  const loadProvider = async (id: string) => ({ ...(await vault.loadProvider(id)), connect });
  const work = { ...start, vault: { ...vault, loadProvider } };
  const app = fastify({ forceCloseConnections: true });
  onTestFinished(() => app.close());
  const reported: CollectError[] = [];
  app.setErrorHandler(errorHandler((error) => reported.push(error)));
  const answered = Promise.withResolvers<number>();
  app.addHook('onSend', async (_request, { statusCode }) => answered.resolve(statusCode));
  planRoute(app, { store, demo: false, work, now: () => worldNow, stopping: new AbortController().signal });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });

  const client = new AbortController();
  const headers = { 'content-type': 'application/json' };
  const told = fetch(`${url}/plan`, { method: 'POST', headers, body: '{}', signal: client.signal });
  const left = expect(told).rejects.toMatchObject({ name: 'AbortError' });
  expect((await asked.promise).aborted).toBe(false);
  client.abort();
  await left;
  expect(await answered.promise).toBe(503);
  expect(reported).toEqual([]);
});
