import { beforeAll, describe, expect, it } from 'vitest';
import {
  clientSecret,
  connectTo,
  fleetOf,
  startCloud,
  subscription,
  tenant,
  worldNow,
} from '#providers/azure/testing-fleet.fixture.ts';
import { listedInventory } from './listed-inventory.fixture.ts';
import { digitsOf, type Pair, pairsOf } from './pairs.fixture.ts';
import { readThreeWays, type ThreeWays } from './three-ways.fixture.ts';

let ways: ThreeWays;
beforeAll(async () => {
  // What is listed is there.
  const cloud = await startCloud({ graphLagSeconds: 0 });
  const { connection } = await connectTo(cloud.url);
  const secretId = 'secret-azure';
  const servers = await listedInventory(
    fleetOf(connection),
    ({ state }) => ({ provider: 'azure', state: state === 'STOPPED' ? 'DEALLOCATED' : state }),
    secretId,
  );
  connection.close();
  const data = {
    tenant_id: tenant.id,
    client_id: tenant.applications[0]?.clientId ?? '',
    client_secret: clientSecret,
    subscription_id: subscription,
    endpoint_url: cloud.url,
  };
  const secret = { secretId, provider: 'azure', schema: 'azure_client_secret', data };
  ways = await readThreeWays({ provider: 'azure', servers, secret, now: worldNow });
  await cloud.stop();
});

const isOfInterfaces = ({ source }: Pair) => source.startsWith('Microsoft.Network/networkInterfaces');

describe.each(['v1', 'v2'] as const)('a fleet of Azure by way of the platform %s', (generation) => {
  it('is the fleet that it is straight from Azure', () => {
    expect(ways.direct.size).toBeGreaterThan(90);
    expect(new Set(ways[generation].keys())).toEqual(new Set(ways.direct.keys()));
  });

  it('has the same average and maximum of every key', () => {
    const alike = pairsOf(ways.direct, ways[generation]).filter((pair) => !isOfInterfaces(pair));
    expect(alike.length).toBeGreaterThan(700);
    for (const { id, key, direct, platform } of alike) {
      for (const statistic of ['avg', 'max']) {
        const value = direct?.[statistic] ?? Number.NaN;
        expect(platform?.[statistic], `${statistic} of ${key} of ${id}`).toBeCloseTo(value, digitsOf(value));
      }
    }
  });

  it('lacks packets, which network interfaces count, and no record names those', () => {
    const ofInterfaces = pairsOf(ways.direct, ways[generation]).filter(isOfInterfaces);
    expect(ofInterfaces.length).toBeGreaterThan(100);
    for (const { platform } of ofInterfaces) expect(platform).toBeUndefined();
  });
});
