import { z } from 'zod';
import { type Clock, systemClock } from '#collect/clock.ts';
import { Client } from '#wire/client.ts';
import { CollectorDefinition as CollectorV1 } from '#wire/gen/v1/spaceone/api/inventory/plugin/collector.ts';
import { CollectorDefinition as CollectorV2 } from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';
import type { Generation } from '#wire/generation.ts';
import { serve } from '#wire/server.ts';
import type { CloudSecret, CloudServer } from '../../demo/cloudforet/inventory/server.ts';
import type { Platform } from '../../demo/cloudforet/platform.ts';
import { startPlatformV1 } from '../../demo/cloudforet/platform-v1.ts';
import { startPlatformV2 } from '../../demo/cloudforet/platform-v2.ts';
import { collectorServices } from '../collector/service.ts';
import { dataSourceServices } from '../datasource/service.ts';

const Collected = z.object({
  state: z.number(),
  message: z.string(),
  resource: z.looseObject({
    reference: z.object({ resource_id: z.string() }).optional(),
    data: z
      .object({
        monitoring: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.number()))),
        monitoring_info: z.object({ metrics: z.record(z.string(), z.looseObject({ source: z.string().optional() })) }),
      })
      .optional(),
  }),
});

/** What a collection tells of one server, by key. */
export interface Told {
  readonly values: ReadonlyMap<string, Readonly<Record<string, number>>>;
  readonly sources: ReadonlyMap<string, string | undefined>;
}

/** By `reference.resource_id`. */
export type Fleet = ReadonlyMap<string, Told>;

/** One fleet, read straight from its cloud, and by way of a platform of each generation whose data source is ours. */
export interface ThreeWays {
  readonly direct: Fleet;
  readonly v1: Fleet;
  readonly v2: Fleet;
}

export interface Cloud {
  readonly provider: CloudServer['provider'];
  /** What the cloud's own collector wrote into the inventory. */
  readonly servers: readonly CloudServer[];
  readonly secret: CloudSecret;
  /** Epoch milliseconds. */
  readonly now: number;
}

const monthMs = 30 * 86_400_000;

/** @throws Error where a collection tells of a failure */
export async function readThreeWays({ provider, servers, secret, now }: Cloud): Promise<ThreeWays> {
  await using started = new AsyncDisposableStack();
  // Time stands still, and so waits would only get longer.
  const sleep: Clock['sleep'] = (ms, signal) => systemClock.sleep(ms > 60_000 ? ms : Math.min(ms, 5), signal);
  const clock: Clock = { ...systemClock, now: () => now, sleep };
  const ports = { v1: await servePlugin('v1', clock, started), v2: await servePlugin('v2', clock, started) };
  // Records that are a month old, so that nothing is too new.
  let platformNow = now - monthMs;
  const platformOf = async (generation: Generation): Promise<Platform<object>> => {
    const start = { v1: startPlatformV1, v2: startPlatformV2 }[generation];
    const source = { plugin: `grpc://127.0.0.1:${ports[generation]}` };
    const platform = await start({
      servers,
      secrets: [secret],
      dataSources: [{ provider, options: { provider }, source }],
      clock: () => platformNow,
    });
    return started.adopt(platform, ({ close }) => close());
  };
  const platforms = { v1: await platformOf('v1'), v2: await platformOf('v2') };
  platformNow = now;
  return {
    direct: await collectFrom('v2', ports.v2, secret.data),
    v1: await collectFrom('v1', ports.v1, platforms.v1.secretData),
    v2: await collectFrom('v2', ports.v2, platforms.v2.secretData),
  };
}

async function servePlugin(generation: Generation, clock: Clock, started: AsyncDisposableStack): Promise<number> {
  const dataSources = started.use(dataSourceServices(generation, { clock }));
  const services = [...collectorServices(generation, { clock }), ...dataSources.services];
  const stop = new AbortController();
  const common = { generation, services, version: '0', host: '127.0.0.1', port: 0, graceMs: 0 };
  const { port, closed } = await serve({ ...common, signal: stop.signal });
  started.defer(() => {
    stop.abort();
    return closed;
  });
  return port;
}

async function collectFrom(generation: Generation, port: number, secret: object): Promise<Fleet> {
  using client = new Client({ address: `127.0.0.1:${port}`, tls: false });
  const request = { options: {}, secret_data: { ...secret }, filter: {} };
  const messages =
    generation === 'v1'
      ? await Array.fromAsync(client.stream(CollectorV1, 'collect', request))
      : await Array.fromAsync(client.stream(CollectorV2, 'collect', request));
  return new Map(
    messages.map((message) => {
      const { state, message: text, resource } = Collected.parse(message);
      if (state !== 4 || resource.reference === undefined || resource.data === undefined) throw new Error(text);
      return [resource.reference.resource_id, toldOf(resource.data)];
    }),
  );
}

function toldOf({ monitoring, monitoring_info }: NonNullable<z.infer<typeof Collected>['resource']['data']>): Told {
  return {
    values: new Map(
      Object.entries(monitoring).flatMap(([section, metrics]) =>
        Object.entries(metrics).map(([name, values]) => [`${section}.${name}`, values] as const),
      ),
    ),
    sources: new Map(Object.entries(monitoring_info.metrics).map(([key, { source }]) => [key, source])),
  };
}
