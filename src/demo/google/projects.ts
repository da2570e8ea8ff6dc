import type { ServiceName } from './services.ts';

/** One project of the simulated cloud. */
export interface SimProject {
  readonly id: string;
  /** Digits. */
  readonly number: string;
  readonly displayName: string;
  /** Servers per zone. */
  readonly zones: Readonly<Record<string, number>>;
  /** Cloud SQL instances per region. */
  readonly databases?: Readonly<Record<string, number>>;
  /** Ids of further projects whose time series its metrics scope shows. */
  readonly monitors?: readonly string[];
  /** APIs that were never switched on. */
  readonly disabled?: readonly ServiceName[];
}

/**
 * The world of a demo: 740 servers and ten databases in three projects. The first one's metrics scope shows the second;
 * the third has servers, but its Monitoring API is off.
 */
export const demoProjects: readonly [SimProject, SimProject, SimProject] = [
  {
    id: 'demo-shop-prod',
    number: '310000000001',
    displayName: 'Demo shop (production)',
    zones: { 'us-central1-a': 150, 'us-central1-b': 90, 'europe-west1-b': 110, 'asia-northeast3-a': 70 },
    databases: { 'us-central1': 4, 'europe-west1': 3 },
    monitors: ['demo-data'],
  },
  {
    id: 'demo-data',
    number: '310000000002',
    displayName: 'Demo data',
    zones: { 'us-central1-a': 120, 'us-central1-f': 60, 'europe-west4-a': 80 },
    databases: { 'us-central1': 3 },
  },
  {
    id: 'demo-sandbox',
    number: '310000000003',
    displayName: 'Demo sandbox',
    zones: { 'us-west1-b': 60 },
    disabled: ['monitoring'],
  },
];

/**
 * One project with `count` servers dealt evenly to the zones, for benches. A server is computed when it is asked for, and
 * few are kept.
 */
export function bigProject(count: number, zoneNames: readonly string[] = ['us-central1-a']): readonly [SimProject] {
  const share = Math.floor(count / zoneNames.length);
  const rest = count - share * zoneNames.length;
  return [
    {
      id: 'bench-fleet',
      number: '310000000009',
      displayName: 'Bench',
      zones: Object.fromEntries(zoneNames.map((name, i) => [name, share + (i < rest ? 1 : 0)])),
    },
  ];
}
