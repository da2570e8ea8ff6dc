import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { account, startCloud, worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import type { AwsCloud } from '../../demo/aws/server.ts';
import { findServer } from '../../demo/aws/world.ts';
import type { CloudServer } from '../../demo/cloudforet/inventory/server.ts';
import { awsInventory } from './aws-inventory.fixture.ts';
import { type Fleet, readThreeWays, type ThreeWays, type Told } from './three-ways.fixture.ts';

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
}, 60_000);
afterAll(() => cloud.stop());

/** What a server is told to have done: straight from AWS, and by way of a platform. */
interface Pair {
  readonly name: string;
  readonly key: string;
  readonly source: string;
  readonly isSwitched: boolean;
  readonly direct: Readonly<Record<string, number>>;
  readonly platform: Readonly<Record<string, number>> | undefined;
}

/** All that the direct way has of servers that still exist. */
function pairs(platform: Fleet): Pair[] {
  return servers.flatMap(({ resourceId, name, state }) => {
    if (state === 'TERMINATED') return [];
    const direct = toldOf(ways.direct, resourceId);
    const other = toldOf(platform, resourceId);
    return [...direct.values].map(([key, values]) => ({
      name,
      key,
      source: direct.sources.get(key) ?? '',
      isSwitched: wasSwitched(resourceId),
      direct: values,
      platform: other.values.get(key),
    }));
  });
}

/** Whether its samples came every five minutes in one part of a day and every minute in the other. */
function wasSwitched(id: string): boolean {
  return cloud.world.cells.some((cell) => (findServer(cell, id)?.monitoring.switchedAt ?? 0) > 0);
}

function toldOf(fleet: Fleet, id: string): Told {
  const told = fleet.get(id);
  if (told === undefined) throw new Error(`${id} is not told`);
  return told;
}

const isOfAgent = ({ source }: Pair) => source.startsWith('CWAgent');
const isOfVolumes = ({ source }: Pair) => source.includes('AWS/EBS');

describe.each(['v1', 'v2'] as const)('a fleet of AWS by way of the platform %s', (generation) => {
  it('is the fleet that it is straight from AWS, without those that 2.x is not to keep', () => {
    const gone = servers.filter(({ state }) => state === 'TERMINATED').map(({ resourceId }) => resourceId);
    const told = servers.map(({ resourceId }) => resourceId).filter((id) => generation === 'v1' || !gone.includes(id));
    expect(new Set(ways.direct.keys())).toEqual(new Set(servers.map(({ resourceId }) => resourceId)));
    expect(new Set(ways[generation].keys())).toEqual(new Set(told));
    expect(gone.length).toBeGreaterThan(0);
  });

  it('has the same average and maximum of every key', () => {
    const alike = pairs(ways[generation]).filter((pair) => !isOfAgent(pair) && !isOfVolumes(pair) && !pair.isSwitched);
    expect(alike.length).toBeGreaterThan(700);
    for (const { name, key, direct, platform } of alike) {
      for (const statistic of ['avg', 'max']) {
        const value = direct[statistic] ?? Number.NaN;
        expect(platform?.[statistic], `${statistic} of ${key} of ${name}`).toBeCloseTo(value, digitsOf(value));
      }
    }
  });

  it('has nothing more', () => {
    for (const { resourceId, state } of servers) {
      if (state === 'TERMINATED') continue;
      const more = [...toldOf(ways[generation], resourceId).values.keys()];
      expect([...toldOf(ways.direct, resourceId).values.keys()]).toEqual(expect.arrayContaining(more));
    }
  });

  it('lacks the memory that agents report, under dimensions that no record has', () => {
    const ofAgents = pairs(ways[generation]).filter(isOfAgent);
    expect(ofAgents.length).toBeGreaterThan(30);
    for (const { platform } of ofAgents) expect(platform).toBeUndefined();
  });

  it('lacks the volumes of servers that do not count them: without an instance store there is nothing, else less', () => {
    const ofVolumes = pairs(ways[generation]).filter(isOfVolumes);
    expect(ofVolumes.length).toBeGreaterThan(30);
    for (const { name, source, direct, platform } of ofVolumes) {
      if (!source.includes('Disk')) expect(platform, name).toBeUndefined();
      else for (const statistic of ['avg', 'max']) expect(platform?.[statistic]).toBeLessThan(direct[statistic] ?? 0);
    }
  });

  it('knows a day of two sample distances less well: averages to a tenth, maxima to the fivefold', () => {
    const switched = pairs(ways[generation]).filter(
      (pair) => pair.isSwitched && !isOfAgent(pair) && !isOfVolumes(pair),
    );
    expect(switched.length).toBeGreaterThan(10);
    for (const { name, key, direct, platform } of switched) {
      const ratio = (statistic: string) => (platform?.[statistic] ?? Number.NaN) / (direct[statistic] ?? Number.NaN);
      expect(Math.abs(ratio('avg') - 1), `avg of ${key} of ${name}`).toBeLessThan(1 / 10);
      expect(ratio('max'), `max of ${key} of ${name}`).toBeGreaterThan(1 / 5);
      expect(ratio('max')).toBeLessThan(5);
    }
  });
});

/** Eight significant digits. */
function digitsOf(value: number): number {
  return value === 0 ? 9 : 7 - Math.ceil(Math.log10(Math.abs(value)));
}
