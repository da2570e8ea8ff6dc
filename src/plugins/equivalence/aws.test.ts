import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { account, startCloud, worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import type { AwsCloud } from '../../demo/aws/server.ts';
import { findServer } from '../../demo/aws/world.ts';
import type { CloudServer } from '../../demo/cloudforet/inventory/server.ts';
import { awsInventory } from './aws-inventory.fixture.ts';
import { digitsOf, type Pair, pairsOf } from './pairs.fixture.ts';
import { readThreeWays, type ThreeWays } from './three-ways.fixture.ts';

let cloud: AwsCloud;
let servers: readonly CloudServer[];
let ways: ThreeWays;
beforeAll(async () => {
  cloud = await startCloud();
  const secretId = 'secret-aws';
  servers = await awsInventory(cloud.url, account, Object.keys(account.regions), secretId);
  const data = {
    aws_access_key_id: account.accessKeyId,
    aws_secret_access_key: account.secretAccessKey,
    endpoint_url: cloud.url,
  };
  const secret = { secretId, provider: 'aws', schema: 'aws_access_key', data };
  ways = await readThreeWays({ provider: 'aws', servers, secret, now: worldNow });
});
afterAll(() => cloud.stop());

/** Of servers that still exist. */
function pairs(generation: 'v1' | 'v2'): Pair[] {
  const gone = new Set(terminated());
  return pairsOf(ways.direct, ways[generation]).filter(({ id }) => !gone.has(id));
}

function terminated(): string[] {
  return servers.filter(({ state }) => state === 'TERMINATED').map(({ resourceId }) => resourceId);
}

/** Whether its samples came every five minutes in one part of a day and every minute in the other. */
function isSwitched({ id }: Pair): boolean {
  return cloud.world.cells.some((cell) => (findServer(cell, id)?.monitoring.switchedAt ?? 0) > 0);
}

const isOfAgent = ({ source }: Pair) => source.startsWith('CWAgent');
const isOfVolumes = ({ source }: Pair) => source.includes('AWS/EBS');

describe.each(['v1', 'v2'] as const)('a fleet of AWS by way of the platform %s', (generation) => {
  it('is the fleet that it is straight from AWS, without those that 2.x is not to keep', () => {
    const gone = terminated();
    const told = servers.map(({ resourceId }) => resourceId).filter((id) => generation === 'v1' || !gone.includes(id));
    expect(new Set(ways.direct.keys())).toEqual(new Set(servers.map(({ resourceId }) => resourceId)));
    expect(new Set(ways[generation].keys())).toEqual(new Set(told));
    expect(gone.length).toBeGreaterThan(0);
  });

  it('has the same average and maximum of every key', () => {
    const alike = pairs(generation).filter((pair) => !isOfAgent(pair) && !isOfVolumes(pair) && !isSwitched(pair));
    expect(alike.length).toBeGreaterThan(700);
    for (const { id, key, direct, platform } of alike) {
      for (const statistic of ['avg', 'max']) {
        const value = direct?.[statistic] ?? Number.NaN;
        expect(platform?.[statistic], `${statistic} of ${key} of ${id}`).toBeCloseTo(value, digitsOf(value));
      }
    }
  });

  it('lacks the memory that agents report, under dimensions that no record has', () => {
    const ofAgents = pairs(generation).filter(isOfAgent);
    expect(ofAgents.length).toBeGreaterThan(30);
    for (const { platform } of ofAgents) expect(platform).toBeUndefined();
  });

  it('lacks the volumes of servers that do not count them: without an instance store there is nothing, else less', () => {
    const ofVolumes = pairs(generation).filter(isOfVolumes);
    expect(ofVolumes.length).toBeGreaterThan(30);
    for (const { id, source, direct, platform } of ofVolumes) {
      if (!source.includes('Disk')) expect(platform, id).toBeUndefined();
      else for (const statistic of ['avg', 'max']) expect(platform?.[statistic]).toBeLessThan(direct?.[statistic] ?? 0);
    }
  });

  it('knows a day of two sample distances less well: averages to a tenth, maxima to the fivefold', () => {
    const switched = pairs(generation).filter((pair) => isSwitched(pair) && !isOfAgent(pair) && !isOfVolumes(pair));
    expect(switched.length).toBeGreaterThan(10);
    for (const { id, key, direct, platform } of switched) {
      const ratio = (statistic: string) => (platform?.[statistic] ?? Number.NaN) / (direct?.[statistic] ?? Number.NaN);
      expect(Math.abs(ratio('avg') - 1), `avg of ${key} of ${id}`).toBeLessThan(1 / 10);
      expect(ratio('max'), `max of ${key} of ${id}`).toBeGreaterThan(1 / 5);
      expect(ratio('max')).toBeLessThan(5);
    }
  });
});
