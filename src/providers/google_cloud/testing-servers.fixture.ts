import fc from 'fast-check';
import type { ResourceState } from '#model/resource.ts';
import { daySeconds } from '#model/window.ts';
import { metricKeysOfGce } from './catalog.ts';
import type { GoogleResource } from './resource.ts';

/** Epoch milliseconds. */
export const testNow = Date.parse('2026-11-22T12:00:00Z');
export const today = Math.floor(testNow / 1000 / daySeconds);

export interface ServerDraft {
  readonly project?: string;
  readonly zone?: string;
  readonly state?: ResourceState;
  readonly hasBalloon?: boolean;
  readonly knowsMemory?: boolean;
  readonly bornDaysAgo?: number;
}

export function serverOf(id: string, draft: ServerDraft = {}): GoogleResource {
  const { project = 'a-project', zone = 'us-central1-a', state = 'RUNNING', bornDaysAgo = 100 } = draft;
  return {
    provider: 'google_cloud',
    group: 'ComputeEngine',
    type: 'Instance',
    typeId: 'server',
    account: project,
    region: zone.slice(0, -2),
    zone,
    id: `https://www.googleapis.com/compute/v1/projects/${project}/zones/${zone}/instances/n${id}`,
    instanceId: id,
    name: `n${id}`,
    state,
    instanceType: 'n2-standard-2',
    metrics: metricKeysOfGce,
    tags: {},
    constants: draft.knowsMemory === false ? {} : { 'memory.total': 8 * 2 ** 30 },
    createdAt: testNow / 1000 - bornDaysAgo * daySeconds,
    hasBalloon: draft.hasBalloon ?? false,
    part: {},
  };
}

/** Servers as discovery finds them: project by project, zone by zone. */
export function fleets(most: number): fc.Arbitrary<GoogleResource[]> {
  const draft = fc.record({
    project: fc.constantFrom('a-project', 'b-project', 'c-project'),
    zone: fc.constantFrom('asia-east1-b', 'europe-west4-a', 'us-central1-a', 'us-central1-f'),
    state: fc.constantFrom<ResourceState>('RUNNING', 'STOPPED', 'TERMINATED', 'PENDING'),
    hasBalloon: fc.boolean(),
    knowsMemory: fc.boolean(),
    bornDaysAgo: fc.nat(40),
  });
  const servers = fc.uniqueArray(fc.tuple(fc.bigInt(1n, 10n ** 19n), draft), {
    selector: ([id]) => id,
    maxLength: most,
  });
  return servers.map((all) =>
    all
      .map(([id, each]) => serverOf(String(id), each))
      .sort((a, b) => `${a.account} ${a.zone}`.localeCompare(`${b.account} ${b.zone}`)),
  );
}

/** What a discovery in pages of 3 yields: pages of one zone each. */
export async function* zonePages(servers: readonly GoogleResource[]): AsyncGenerator<GoogleResource[]> {
  for (const own of Map.groupBy(servers, ({ account, zone }) => `${account} ${zone}`).values())
    for (let at = 0; at < own.length; at += 3) yield own.slice(at, at + 3);
}
