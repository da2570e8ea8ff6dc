import { makeDealer } from '../fleet/groups.ts';
import type { LifeName } from '../fleet/life.ts';
import type { loads } from '../fleet/loads.ts';

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

/** The group of the server with this number. */
export const profileOf = makeDealer(profiles);
