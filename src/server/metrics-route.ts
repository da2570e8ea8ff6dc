import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { serverType } from '#model/resource-type.ts';
import { conditionOfType } from '#store/query/resource-type.ts';
import { parseInput } from './input.ts';
import { fleetMetrics, serverMetrics } from './metrics-results.ts';
import type { ServerSource } from './server-routes.ts';

const MetricsQuery = z.strictObject({ detail: z.enum(['fleet', 'servers']).default('fleet') });

type MetricsSource = Pick<ServerSource, 'store' | 'types'>;

/** `/metrics` for Prometheus: of Fleetgauge, of the fleet, and with `?detail=servers` of each server. */
export async function metricsRoute(app: FastifyInstance, { store, types }: MetricsSource): Promise<void> {
  const { ownMetrics } = await import('./metrics-own.ts');
  const own = ownMetrics(app, store);
  const filter = { condition: conditionOfType(serverType, types) };
  app.get('/metrics', async ({ query }, reply) => {
    const { detail } = parseInput(MetricsQuery, query);
    // What can fail fails before the answer begins.
    const text = await own.text();
    async function* body() {
      yield text;
      yield* fleetMetrics(store.inventory, filter);
      if (detail === 'servers') yield* serverMetrics(store.inventory, filter);
    }
    reply.type('text/plain; version=0.0.4; charset=utf-8').header('cache-control', 'no-store');
    return reply.send(Readable.from(body(), { objectMode: false, highWaterMark: 1 }));
  });
}
