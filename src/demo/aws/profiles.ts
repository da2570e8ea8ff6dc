import type { ShapeName } from './shapes.ts';

/** How hard a server works. CPU in percent; the rates are per second and virtual CPU at full load. */
export interface Load {
  readonly shape: ShapeName;
  readonly cpuFloor: number;
  readonly cpuSpan: number;
  readonly cpuCap: number;
  /** Chance that a five-minute sample is a spike. */
  readonly spikes: number;
  readonly packets: number;
  readonly operations: number;
}

/** The loads that groups of servers carry. An idle one stays below 7 % even in its busiest minute. */
export const loads = {
  idle: { shape: 'flat', cpuFloor: 0.2, cpuSpan: 3, cpuCap: 3.5, spikes: 0, packets: 3, operations: 0.4 },
  web: { shape: 'business', cpuFloor: 4, cpuSpan: 48, cpuCap: 92, spikes: 0.004, packets: 900, operations: 12 },
  batch: { shape: 'nightly', cpuFloor: 1, cpuSpan: 95, cpuCap: 100, spikes: 0.002, packets: 250, operations: 140 },
  hot: { shape: 'plateau', cpuFloor: 55, cpuSpan: 35, cpuCap: 100, spikes: 0.02, packets: 2500, operations: 60 },
  replica: { shape: 'business', cpuFloor: 9, cpuSpan: 30, cpuCap: 85, spikes: 0.006, packets: 500, operations: 260 },
  dev: { shape: 'office', cpuFloor: 2, cpuSpan: 35, cpuCap: 100, spikes: 0.03, packets: 60, operations: 25 },
} as const satisfies Record<string, Load>;

/** What befell the servers of a group; `life.ts` says when. */
export type LifeName =
  | 'always_on'
  | 'weekdays'
  | 'stopped_long_ago'
  | 'stopped_recently'
  | 'terminated'
  | 'launched_today'
  | 'launched_recently'
  | 'restarted';

/** A group of servers with one name, one load and one fate. */
export interface Profile {
  /** Names are `<name>-<number>`. */
  readonly name: string;
  /** Servers of this group in every thousand. */
  readonly perMille: number;
  readonly load: keyof typeof loads;
  readonly life: LifeName;
  readonly types: readonly string[];
  /** Tags `env` and `team`; `role` is the name's first word. */
  readonly env: 'prod' | 'stage' | 'dev';
  readonly team: string;
  /** Of a hundred, how many run Windows (x86 types only). */
  readonly windowsPercent: number;
}

/** The demo fleet's groups; `perMille` adds up to 1,000, so a thousand neighbours hold each group exactly. */
export const profiles: readonly Profile[] = [
  {
    name: 'web-prod',
    perMille: 230,
    load: 'web',
    life: 'always_on',
    types: ['m5.large', 'm6i.xlarge', 'c5.xlarge', 'm4.large', 'm6g.large'],
    env: 'prod',
    team: 'storefront',
    windowsPercent: 10,
  },
  {
    name: 'api',
    perMille: 110,
    load: 'web',
    life: 'always_on',
    types: ['c5.large', 'm6i.large', 'c4.xlarge', 'm5d.xlarge'],
    env: 'prod',
    team: 'platform',
    windowsPercent: 0,
  },
  {
    name: 'batch',
    perMille: 110,
    load: 'batch',
    life: 'always_on',
    types: ['c5d.4xlarge', 'm5d.2xlarge', 'c6g.4xlarge', 'm4.xlarge', 'm6gd.xlarge'],
    env: 'prod',
    team: 'data',
    windowsPercent: 0,
  },
  {
    name: 'db-replica',
    perMille: 80,
    load: 'replica',
    life: 'always_on',
    types: ['r5.2xlarge', 'i3en.xlarge', 'r6g.xlarge', 'r3.xlarge', 'r5.xlarge'],
    env: 'prod',
    team: 'data',
    windowsPercent: 0,
  },
  {
    name: 'rank-hot',
    perMille: 40,
    load: 'hot',
    life: 'always_on',
    types: ['c5.9xlarge', 'm7i.4xlarge', 'm5.metal'],
    env: 'prod',
    team: 'search',
    windowsPercent: 0,
  },
  {
    name: 'intranet',
    perMille: 190,
    load: 'idle',
    life: 'always_on',
    types: ['t3.micro', 't2.small', 't3.medium', 'm5.2xlarge', 't4g.medium', 't2.micro'],
    env: 'prod',
    team: 'corporate',
    windowsPercent: 30,
  },
  {
    name: 'dev-box',
    perMille: 110,
    load: 'dev',
    life: 'weekdays',
    types: ['t3.xlarge', 't2.large', 't3.large'],
    env: 'dev',
    team: 'platform',
    windowsPercent: 5,
  },
  {
    name: 'old-report',
    perMille: 40,
    load: 'idle',
    life: 'stopped_long_ago',
    types: ['m4.large', 't2.small', 'm5.large'],
    env: 'prod',
    team: 'corporate',
    windowsPercent: 20,
  },
  {
    name: 'poc',
    perMille: 25,
    load: 'idle',
    life: 'stopped_recently',
    types: ['t3.medium', 'm5.large', 't2.large'],
    env: 'stage',
    team: 'search',
    windowsPercent: 0,
  },
  {
    name: 'ci-runner',
    perMille: 10,
    load: 'batch',
    life: 'terminated',
    types: ['c5.xlarge', 'c6g.4xlarge'],
    env: 'dev',
    team: 'platform',
    windowsPercent: 0,
  },
  {
    name: 'canary',
    perMille: 20,
    load: 'web',
    life: 'launched_today',
    types: ['m6i.large', 'c5.large'],
    env: 'prod',
    team: 'storefront',
    windowsPercent: 0,
  },
  {
    name: 'web-new',
    perMille: 25,
    load: 'web',
    life: 'launched_recently',
    types: ['m6i.xlarge', 'm6g.large', 't3.large'],
    env: 'prod',
    team: 'storefront',
    windowsPercent: 0,
  },
  {
    name: 'queue-worker',
    perMille: 10,
    load: 'batch',
    life: 'restarted',
    types: ['c5.xlarge', 'm4.xlarge'],
    env: 'prod',
    team: 'platform',
    windowsPercent: 0,
  },
];

const perMilleOf = profiles.flatMap((profile) => Array.from({ length: profile.perMille }, () => profile));

/** The group of the server with this number: groups are dealt so that any 1,000 neighbours hold each in its share. */
export function profileOf(number: number): Profile {
  const profile = perMilleOf[(number * 619 + 137) % 1000];
  if (profile === undefined) throw new RangeError('the profiles do not add up to 1,000');
  return profile;
}
