import { beforeAll, describe, expect, it } from 'vitest';
import {
  connectTo,
  fleetOf,
  isGoogles,
  projects,
  startCloud,
  worldNow,
} from '#providers/google_cloud/testing-fleet.fixture.ts';
import { listedInventory } from './listed-inventory.fixture.ts';
import { digitsOf, type Pair, pairsOf } from './pairs.fixture.ts';
import { readThreeWays, type ThreeWays } from './three-ways.fixture.ts';

const project = { ...projects[0], zones: { 'us-central1-a': 24, 'europe-west1-b': 20 } };

let ways: ThreeWays;
beforeAll(async () => {
  const cloud = await startCloud({ projects: [project, projects[1], projects[2]] });
  const { connection } = await connectTo(cloud);
  const secretId = 'secret-google';
  const servers = await listedInventory(
    fleetOf(connection, project.id),
    (server) => ({
      provider: 'google_cloud',
      // Google's word for one that is switched off.
      state: server.state === 'STOPPED' ? 'TERMINATED' : server.state,
      instanceId: isGoogles(server) ? (server.series[0]?.id ?? '') : '',
    }),
    secretId,
  );
  connection.close();
  const data = { ...cloud.credentials.serviceAccount, project_id: project.id, endpoint_url: cloud.url };
  const secret = { secretId, provider: 'google_cloud', schema: 'google_oauth2_credentials', data };
  ways = await readThreeWays({ provider: 'google_cloud', servers, secret, now: worldNow });
  await cloud.close();
});

const isOfAgent = ({ source }: Pair) => source.startsWith('agent.googleapis.com');

describe.each(['v1', 'v2'] as const)('a fleet of Google Cloud by way of the platform %s', (generation) => {
  it('is the fleet that it is straight from Google Cloud', () => {
    expect(ways.direct.size).toBe(44);
    expect(new Set(ways[generation].keys())).toEqual(new Set(ways.direct.keys()));
  });

  it('has the same average and maximum of every key, of all disks and ways of traffic together', () => {
    const alike = pairsOf(ways.direct, ways[generation]).filter((pair) => !isOfAgent(pair));
    expect(alike.length).toBeGreaterThan(250);
    for (const { id, key, direct, platform } of alike) {
      for (const statistic of ['avg', 'max']) {
        const value = direct?.[statistic] ?? Number.NaN;
        expect(platform?.[statistic], `${statistic} of ${key} of ${id}`).toBeCloseTo(value, digitsOf(value));
      }
    }
  });

  it('lacks the memory that agents report, which no record names', () => {
    const ofAgents = pairsOf(ways.direct, ways[generation]).filter(isOfAgent);
    expect(ofAgents.length).toBeGreaterThan(10);
    // Of E2 machines the hypervisor reports it, too.
    for (const { direct, platform } of ofAgents)
      if (platform !== undefined) expect(platform.avg).toBeCloseTo(direct?.avg ?? 0, -6);
  });
});
