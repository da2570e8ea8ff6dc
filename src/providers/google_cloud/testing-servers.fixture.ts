import fc from 'fast-check';
import type { ResourceState } from '#model/resource.ts';
import { daySeconds } from '#model/window.ts';
import { engines, traitsOf } from './catalog.ts';
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
    ...traitsOf('server'),
    account: project,
    region: zone.slice(0, -2),
    zone,
    id: `https://www.googleapis.com/compute/v1/projects/${project}/zones/${zone}/instances/n${id}`,
    series: [{ id }],
    name: `n${id}`,
    state,
    instanceType: 'n2-standard-2',
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
  const servers = fc.uniqueArray(fc.tuple(fc.bigInt(10n ** 3n, 10n ** 19n), draft), {
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

export function databaseOf(name: string, project = 'a-project', engine?: GoogleResource['engine']): GoogleResource {
  return {
    ...traitsOf('cloud_sql_instance'),
    account: project,
    region: 'us-central1',
    zone: 'us-central1-a',
    id: `https://sqladmin.googleapis.com/sql/v1beta4/projects/${project}/instances/${name}`,
    series: [{ id: `${project}:${name}` }],
    name,
    state: 'RUNNING',
    instanceType: 'db-custom-2-8192',
    tags: {},
    constants: {},
    part: { project },
    ...(engine === undefined ? {} : { engine }),
  };
}

/** @param vms ids of those that it is attached to */
export function diskOf(name: string, vms: readonly string[], project = 'a-project'): GoogleResource {
  const zone = 'us-central1-a';
  return {
    ...traitsOf('persistent_disk'),
    account: project,
    region: 'us-central1',
    zone,
    id: `https://www.googleapis.com/compute/v1/projects/${project}/zones/${zone}/disks/${name}`,
    series: vms.map((id) => ({ id, part: `${name}-of-${id}` })),
    name,
    state: vms.length > 0 ? 'RUNNING' : 'STOPPED',
    instanceType: 'pd-ssd',
    tags: {},
    constants: { 'storage.total': 2 ** 30 },
    part: vms.length > 1 ? { isApart: true } : { project },
  };
}

/** Resources of all types, in any order. */
export function mixedFleets(most: number): fc.Arbitrary<GoogleResource[]> {
  const project = fc.constantFrom('a-project', 'b-project');
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{3,40}$/);
  const vm = fc.bigInt(10n ** 18n, 10n ** 19n).map(String);
  const database = fc.tuple(name, project, fc.constantFrom(...engines, undefined)).map((draft) => databaseOf(...draft));
  const disk = fc.tuple(name, fc.uniqueArray(vm, { maxLength: 3 }), project).map((draft) => diskOf(...draft));
  const others = fc.uniqueArray(fc.oneof(database, disk), { selector: ({ id }) => id, maxLength: most });
  return fc.tuple(fleets(most), others).map(([servers, more]) => [...more, ...servers]);
}
