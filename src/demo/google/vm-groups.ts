import { makeDealer } from '../fleet/groups.ts';
import type { LifeName } from '../fleet/life.ts';
import type { loads } from '../fleet/loads.ts';

/** A group of servers with one name, one load and one fate. */
export interface VmGroup {
  /** Names are `<name>-<number>`. */
  readonly name: string;
  /** Servers of this group in every thousand. */
  readonly perMille: number;
  readonly load: keyof typeof loads;
  /** `reborn`: deleted days ago, and made again at once under the same name. */
  readonly life: LifeName | 'reborn';
  readonly types: readonly string[];
  /** Labels `env` and `team`. */
  readonly env: 'prod' | 'stage' | 'dev';
  readonly team: string;
  /** Stands behind a load balancer: part of its traffic is counted apart. */
  readonly balanced: boolean;
}

const web = { load: 'web', env: 'prod', team: 'storefront' } as const;
const batch = { load: 'batch', env: 'prod', team: 'data', balanced: false } as const;
const idle = { load: 'idle', team: 'corporate', balanced: false } as const;

/** The fleet's groups; `perMille` adds up to 1,000. */
export const vmGroups: readonly VmGroup[] = [
  {
    ...web,
    name: 'web-prod',
    perMille: 230,
    life: 'always_on',
    types: ['e2-standard-4', 'n2-standard-4', 'n2d-standard-4', 'n1-standard-2', 'n2-custom-6-12288'],
    balanced: true,
  },
  {
    ...web,
    name: 'api',
    perMille: 110,
    life: 'always_on',
    types: ['n2-standard-2', 'e2-standard-2', 'e2-custom-4-8192', 't2d-standard-2'],
    team: 'platform',
    balanced: true,
  },
  {
    ...batch,
    name: 'batch',
    perMille: 110,
    life: 'always_on',
    types: ['c2-standard-8', 'n2-highcpu-8', 'n1-standard-4', 'n2-custom-8-16384'],
  },
  {
    ...batch,
    name: 'db-replica',
    perMille: 80,
    load: 'replica',
    life: 'always_on',
    types: ['n2-highmem-4', 'n2-highmem-8', 'e2-highmem-4', 'custom-4-26624'],
  },
  {
    ...batch,
    name: 'rank-hot',
    perMille: 40,
    load: 'hot',
    life: 'always_on',
    types: ['c2-standard-16', 'n2-standard-16', 'c3-standard-8'],
    team: 'search',
  },
  {
    ...idle,
    name: 'intranet',
    perMille: 190,
    life: 'always_on',
    types: ['e2-micro', 'e2-small', 'e2-medium', 'f1-micro', 'g1-small', 'n2-standard-8'],
    env: 'prod',
  },
  {
    name: 'dev-box',
    perMille: 110,
    load: 'dev',
    life: 'weekdays',
    types: ['e2-standard-4', 'e2-medium', 'e2-standard-8'],
    env: 'dev',
    team: 'platform',
    balanced: false,
  },
  {
    ...idle,
    name: 'old-report',
    perMille: 40,
    life: 'stopped_long_ago',
    types: ['n1-standard-1', 'e2-small', 'n1-standard-2'],
    env: 'prod',
  },
  {
    ...idle,
    name: 'poc',
    perMille: 25,
    life: 'stopped_recently',
    types: ['e2-medium', 'n2-standard-2', 'n1-standard-1'],
    env: 'stage',
    team: 'search',
  },
  {
    ...batch,
    name: 'ci-runner',
    perMille: 10,
    life: 'reborn',
    types: ['n2-highcpu-8', 'e2-standard-4'],
    env: 'dev',
    team: 'platform',
  },
  {
    ...web,
    name: 'canary',
    perMille: 20,
    life: 'launched_today',
    types: ['n2-standard-2', 'e2-standard-2'],
    balanced: true,
  },
  {
    ...web,
    name: 'web-new',
    perMille: 25,
    life: 'launched_recently',
    types: ['n2-standard-4', 'e2-custom-4-8192', 'n2d-standard-4'],
    balanced: true,
  },
  {
    ...batch,
    name: 'queue-worker',
    perMille: 10,
    life: 'restarted',
    types: ['n2-standard-2', 'n1-standard-4'],
    team: 'platform',
  },
];

/** The group of the server with this number. */
export const vmGroupOf = makeDealer(vmGroups);
