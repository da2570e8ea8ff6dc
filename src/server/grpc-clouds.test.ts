import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Clock, systemClock } from '#collect/clock.ts';
import type { Fleet } from '#model/fleet.ts';
import { serverType } from '#model/resource-type.ts';
import { createPlatformKey } from '#platform/identity/api-keys.ts';
import { homeDomain } from '#platform/identity/domain.ts';
import { addUser } from '#platform/identity/users.ts';
import { recordOf } from '#platform/inventory/record.ts';
import { addAccount } from '#platform/secret/accounts.ts';
import { keyOf } from '#platform/secret/master-key.fixture.ts';
import { cloudAccess } from '#plugins/collector/cloud-secret.ts';
import { collectorServices } from '#plugins/collector/service.ts';
import * as azure from '#providers/azure/testing-fleet.fixture.ts';
import * as google from '#providers/google_cloud/testing-fleet.fixture.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { Client } from '#wire/client.ts';
import { CollectorDefinition as CollectorV1 } from '#wire/gen/v1/spaceone/api/inventory/plugin/collector.ts';
import { CollectorDefinition as CollectorV2 } from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';
import type { Generation } from '#wire/generation.ts';
import { serve } from '#wire/server.ts';
import type { Service } from '#wire/service.ts';
import { platformServices } from './grpc-services.ts';

interface Cloud {
  readonly account: string;
  readonly fleet: Fleet;
  /** As a plugin of Cloudforet is given it. */
  readonly secret: object;
  readonly now: number;
}

const clouds: Readonly<Record<string, (until: AsyncDisposableStack) => Promise<Cloud>>> = {
  async google_cloud(until) {
    const project = { ...google.projects[0], zones: { 'us-central1-a': 10, 'europe-west1-b': 8 } };
    const cloud = await google.startCloud({ projects: [project, google.projects[1], google.projects[2]] });
    until.defer(() => cloud.close());
    const { connection } = await google.connectTo(cloud);
    until.defer(() => connection.close());
    return {
      account: project.id,
      fleet: google.fleetOf(connection, project.id),
      secret: { ...cloud.credentials.serviceAccount, project_id: project.id, endpoint_url: cloud.url },
      now: google.worldNow,
    };
  },
  async azure(until) {
    const cloud = await azure.startCloud({ graphLagSeconds: 0 });
    until.defer(() => cloud.stop());
    const { connection } = await azure.connectTo(cloud.url);
    until.defer(() => connection.close());
    return {
      account: azure.subscription,
      fleet: azure.fleetOf(connection),
      secret: {
        tenant_id: azure.tenant.id,
        client_id: azure.tenant.applications[0]?.clientId ?? '',
        client_secret: azure.clientSecret,
        subscription_id: azure.subscription,
        endpoint_url: cloud.url,
      },
      now: azure.worldNow,
    };
  },
};

const Values = z.record(z.string(), z.record(z.string(), z.object({ avg: z.number(), max: z.number() })));
const Message = z.object({
  state: z.literal(4),
  resource: z.object({
    reference: z.object({ resource_id: z.string() }),
    data: z.object({ monitoring: Values.default({}) }),
  }),
});
type Told = ReadonlyMap<string, z.infer<typeof Values>>;

const monthMs = 30 * 86_400_000;

describe.each(Object.entries(clouds))('a fleet of %s in our platform', (provider, startCloud) => {
  let until: AsyncDisposableStack;
  let secret: object;
  let platformSecret: Readonly<Record<Generation, object>>;
  let plugin: Readonly<Record<Generation, number>>;
  beforeAll(async () => {
    until = new AsyncDisposableStack();
    const cloud = await startCloud(until);
    const began = Date.now();
    const now = () => cloud.now + Date.now() - began;
    const clock: Clock = { ...systemClock, now };
    const store = until.adopt(await openTestStore(), (open) => open.close());
    const masterKey = await keyOf(1);
    const draft = { provider, account: cloud.account, name: provider, regions: [] };
    await addAccount(store, masterKey, draft, (await cloudAccess(cloud.secret)).secret, now());
    for (const region of await cloud.fleet.regions(new AbortController().signal)) {
      for await (const page of cloud.fleet.resources(region, [serverType], new AbortController().signal)) {
        const writes = page.map((resource) => ({ record: recordOf(resource) }));
        await store.inventory.put(writes, now() - monthMs);
      }
    }
    const { id: domain } = await homeDomain(store, now());
    await addUser(store, { domain, kind: 'PERSON', name: 'ann@corp.example', role: 'admin' }, now());
    const user = await addUser(store, { domain, kind: 'SERVICE', name: 'plugin', role: 'viewer' }, now());
    const services = until.use(await platformServices({ store, masterKey, now, version: '0' }));
    const ofPlatform = async (generation: Generation) => {
      const form = { name: generation, generation: generation === 'v1' ? ('V1' as const) : ('V2' as const) };
      const { secret: api_key } = await createPlatformKey(store, masterKey, user, form, now());
      return { api_key, endpoint: `grpc://127.0.0.1:${await listen(generation, services[generation], until)}` };
    };
    platformSecret = { v1: await ofPlatform('v1'), v2: await ofPlatform('v2') };
    const ofPlugin = (generation: Generation) => listen(generation, collectorServices(generation, { clock }), until);
    plugin = { v1: await ofPlugin('v1'), v2: await ofPlugin('v2') };
    secret = cloud.secret;
  });
  afterAll(() => until.disposeAsync());

  it.each(['v1', 'v2'] as const)('is by way of %s what it is straight from the cloud', async (generation) => {
    const direct = await collect(generation, plugin[generation], secret);
    const ours = await collect(generation, plugin[generation], platformSecret[generation]);
    expect(new Set(ours.keys())).toEqual(new Set(direct.keys()));
    let compared = 0;
    for (const [id, { cpu, network }] of direct) {
      const told = ours.get(id);
      const pairs = [
        [told?.cpu?.utilization, cpu?.utilization],
        [told?.network?.received_throughput, network?.received_throughput],
        [told?.network?.sent_throughput, network?.sent_throughput],
      ];
      for (const [value, want] of pairs) {
        expect(value === undefined, id).toBe(want === undefined);
        if (value === undefined || want === undefined) continue;
        expect(Math.abs(value.avg - want.avg), id).toBeLessThanOrEqual(want.avg * 1e-6);
        expect(Math.abs(value.max - want.max), id).toBeLessThanOrEqual(want.max * 1e-6);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(40);
  });
});

async function collect(generation: Generation, port: number, secret_data: object): Promise<Told> {
  using client = new Client({ address: `127.0.0.1:${port}`, tls: false });
  const request = { options: {}, secret_data: { ...secret_data }, filter: {} };
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

/** @returns the port */
async function listen(generation: Generation, services: readonly Service[], until: AsyncDisposableStack) {
  const stop = new AbortController();
  const common = { generation, services, version: '0', host: '127.0.0.1', port: 0, graceMs: 0 };
  const { port, closed } = await serve({ ...common, signal: stop.signal });
  until.defer(() => {
    stop.abort();
    return closed;
  });
  return port;
}
