import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Client } from '#wire/client.ts';
import { CollectorDefinition as CollectorV1 } from '#wire/gen/v1/spaceone/api/inventory/plugin/collector.ts';
import { CollectorDefinition as CollectorV2 } from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';
import type { Generation } from '#wire/generation.ts';
import { startPlatformV1 } from '../../../src/demo/cloudforet/platform-v1.ts';
import { startPlatformV2 } from '../../../src/demo/cloudforet/platform-v2.ts';
import { awsInventory } from '../../../src/plugins/equivalence/aws-inventory.fixture.ts';
import { mostWaitedMs, untilDayHasTime } from '../../e2e/turn-of-day.ts';
import { account, region, type Site, servers, startSite } from './site.ts';

const Values = z.record(z.string(), z.record(z.string(), z.object({ avg: z.number(), max: z.number() })));
const Message = z.object({
  state: z.literal(4),
  resource: z.object({
    reference: z.object({ resource_id: z.string() }),
    data: z.object({ monitoring: Values.default({}) }),
  }),
});

/** `data.monitoring` by `reference.resource_id`. */
type Told = ReadonlyMap<string, z.infer<typeof Values>>;

let site: Site;
beforeAll(async () => {
  // What is read in several ways is to be of the same days.
  await untilDayHasTime();
  site = await startSite();
}, mostWaitedMs + 600_000);
afterAll(() => site?.[Symbol.asyncDispose]());

async function collect(generation: Generation, secret: object): Promise<Told> {
  using client = new Client({ address: site.plugin[generation], tls: false });
  const request = { options: { regions: [region] }, secret_data: { ...secret }, filter: {} };
  const messages =
    generation === 'v1'
      ? await Array.fromAsync(client.stream(CollectorV1, 'collect', request))
      : await Array.fromAsync(client.stream(CollectorV2, 'collect', request));
  return new Map(
    messages.map((message) => {
      const { resource } = Message.parse(message);
      return [resource.reference.resource_id, resource.data.monitoring];
    }),
  );
}

function ofOurPlatform(generation: Generation): Promise<Told> {
  const { token, platform } = site;
  return collect(generation, { api_key: token[generation], endpoint: `grpc://${platform[generation]}` });
}

/** By way of a platform that shares no code with ours, whose data source is the same plugin. */
async function ofSimulatedPlatform(generation: Generation): Promise<Told> {
  const secretId = 'secret-1';
  const start = { v1: startPlatformV1, v2: startPlatformV2 }[generation];
  const platform = await start({
    servers: await awsInventory(site.cloudSecret.endpoint_url ?? '', account, [region], secretId),
    secrets: [{ secretId, provider: 'aws', schema: 'aws_access_key', data: site.cloudSecret }],
    dataSources: [
      { provider: 'aws', options: { provider: 'aws' }, source: { plugin: `grpc://${site.plugin[generation]}` } },
    ],
  });
  try {
    return await collect(generation, platform.secretData);
  } finally {
    await platform.close();
  }
}

describe.each(['v1', 'v2'] as const)('our collector, by way of our platform %s', (generation) => {
  it('tells the same of every server as by way of a Cloudforet', async () => {
    const [ours, theirs] = [await ofOurPlatform(generation), await ofSimulatedPlatform(generation)];
    expect(ours.size).toBeGreaterThan(servers - 5);
    expect(ours).toEqual(theirs);
  });

  it('tells the same as straight from the cloud, of all that a platform can be asked for', async () => {
    const [direct, ours] = [await collect(generation, site.cloudSecret), await ofOurPlatform(generation)];
    let compared = 0;
    for (const [id, monitoring] of ours) {
      const [truth, told] = [direct.get(id), monitoring];
      const pairs = [
        [told.cpu?.utilization?.max, truth?.cpu?.utilization?.max],
        ...(['received_pps', 'sent_pps'] as const).flatMap((name) => [
          [told.network?.[name]?.avg, truth?.network?.[name]?.avg],
          [told.network?.[name]?.max, truth?.network?.[name]?.max],
        ]),
      ];
      for (const [value, want] of pairs) {
        if (want === undefined) expect(value).toBeUndefined();
        else {
          expect(value).toBeCloseTo(want, 6 - Math.ceil(Math.log10(want + 1e-9)));
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(300);
  });
});
