import { afterEach, describe, expect, it } from 'vitest';
import { application, startCloud as startAzure, subscription, tenant } from '#providers/azure/testing-fleet.fixture.ts';
import { projects, startCloud as startGoogle } from '#providers/google_cloud/testing-fleet.fixture.ts';
import { type CollectorWorld, startWorld, worldNow } from './platform-world.fixture.ts';
import { failuresOf, recordsOf, valuesOf } from './record.fixture.ts';

/** Reading straight from a cloud, with the secret of that cloud's own collector. */

let world: CollectorWorld;
let stop: () => Promise<void>;
afterEach(async () => {
  await world.close();
  await stop();
});

const clock = () => worldNow;
const anchorSeconds = worldNow / 1000;

const clouds = [
  {
    provider: 'google_cloud',
    servers: 90,
    account: projects[0].id,
    async open() {
      const cloud = await startGoogle({ clock, anchorSeconds });
      const key = cloud.credentials.serviceAccount;
      return { stop: () => cloud.close(), secretData: { ...key, project_id: projects[0].id, endpoint_url: cloud.url } };
    },
  },
  {
    provider: 'azure',
    servers: 100,
    account: subscription,
    async open() {
      const cloud = await startAzure({ clock, anchorSeconds });
      const secretData = {
        tenant_id: tenant.id,
        client_id: application.clientId,
        client_secret: application.clientSecret,
        subscription_id: subscription,
        endpoint_url: cloud.url,
      };
      return { stop: () => cloud.stop(), secretData };
    },
  },
] as const;

describe.each(clouds)('$provider', ({ provider, servers, account, open }) => {
  it('is verified, cut into tasks and collected', async () => {
    const { secretData, stop: stopCloud } = await open();
    stop = stopCloud;
    world = await startWorld({ generation: 'v2' });
    const options = { supported_metrics: ['cpu.utilization'], supported_period: 3 };
    await expect(world.verify({ secretData, options })).resolves.toEqual({});
    const messages = await world.collect({ secretData, options });
    expect(failuresOf(messages)).toEqual([]);
    const records = recordsOf(messages);
    expect(new Set(records.map(({ reference }) => reference.resource_id)).size).toBe(records.length);
    expect(records.length).toBeGreaterThan(servers * 0.9);
    expect(new Set(records.map((record) => `${record.provider} ${record.account}`))).toEqual(
      new Set([`${provider} ${account}`]),
    );
    const measured = records.filter((record) => (valuesOf(record, 'cpu.utilization')?.avg ?? 0) > 0);
    expect(measured.length).toBeGreaterThan(servers / 2);
    const parts: string[] = [];
    for (const task of await world.tasks({ secretData, options })) {
      const told = recordsOf(await world.collect({ secretData, options, task }));
      parts.push(...told.map(({ reference }) => reference.resource_id));
    }
    expect(parts.toSorted()).toEqual(records.map(({ reference }) => reference.resource_id).toSorted());
  });
});
