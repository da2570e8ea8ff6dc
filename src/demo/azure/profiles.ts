import { makeDealer } from '../fleet/groups.ts';
import type { LifeName } from '../fleet/life.ts';
import type { LoadName } from './levels.ts';

/** A group of virtual machines with one name, one load and one fate. */
export interface Profile {
  /** Names are `<name>-<number>`. */
  readonly name: string;
  /** Machines of this group in every thousand. */
  readonly perMille: number;
  readonly load: LoadName;
  readonly life: LifeName;
  readonly sizes: readonly string[];
  /** Tags `env` and `team`; the resource group is named after both. */
  readonly env: 'prod' | 'stage' | 'dev';
  readonly team: string;
  /** Of a hundred, how many run Windows. */
  readonly windowsPercent: number;
  /** Whether they are instances of a scale set in Flexible mode: plain virtual machines that name it. */
  readonly flexible?: true;
}

const profiles: readonly Profile[] = [
  {
    name: 'shop-web',
    perMille: 220,
    load: 'web',
    life: 'always_on',
    sizes: ['Standard_D2s_v5', 'Standard_D4s_v5', 'Standard_F4s_v2', 'Standard_D2s_v3', 'Standard_D2ps_v5'],
    env: 'prod',
    team: 'storefront',
    windowsPercent: 15,
  },
  {
    name: 'shop-api',
    perMille: 110,
    load: 'web',
    life: 'always_on',
    sizes: ['Standard_F2s_v2', 'Standard_D2s_v5', 'Standard_F4s_v2'],
    env: 'prod',
    team: 'platform',
    windowsPercent: 5,
  },
  {
    name: 'etl',
    perMille: 110,
    load: 'batch',
    life: 'always_on',
    sizes: ['Standard_F16s_v2', 'Standard_D8ds_v5', 'Standard_D4ps_v5'],
    env: 'prod',
    team: 'data',
    windowsPercent: 0,
  },
  {
    name: 'sql-replica',
    perMille: 80,
    load: 'replica',
    life: 'always_on',
    sizes: ['Standard_E8ds_v5', 'Standard_E4s_v5', 'Standard_L8s_v3'],
    env: 'prod',
    team: 'data',
    windowsPercent: 60,
  },
  {
    name: 'search-hot',
    perMille: 40,
    load: 'hot',
    life: 'always_on',
    sizes: ['Standard_F32s_v2', 'Standard_D16s_v5'],
    env: 'prod',
    team: 'search',
    windowsPercent: 0,
  },
  {
    name: 'intranet',
    perMille: 190,
    load: 'idle',
    life: 'always_on',
    sizes: ['Standard_B1s', 'Standard_B2s', 'Standard_DS1_v2', 'Standard_D8ds_v5', 'Standard_A1_v2'],
    env: 'prod',
    team: 'corporate',
    windowsPercent: 40,
  },
  {
    name: 'dev-box',
    perMille: 110,
    load: 'dev',
    life: 'weekdays',
    sizes: ['Standard_B4ms', 'Standard_B2ms', 'Standard_D4s_v5'],
    env: 'dev',
    team: 'platform',
    windowsPercent: 30,
  },
  {
    name: 'old-report',
    perMille: 40,
    load: 'idle',
    life: 'stopped_long_ago',
    sizes: ['Standard_D2s_v3', 'Standard_DS1_v2'],
    env: 'prod',
    team: 'corporate',
    windowsPercent: 30,
  },
  {
    name: 'poc',
    perMille: 25,
    load: 'idle',
    life: 'stopped_recently',
    sizes: ['Standard_B2s', 'Standard_D2s_v5'],
    env: 'stage',
    team: 'search',
    windowsPercent: 0,
  },
  {
    name: 'ci-agent',
    perMille: 20,
    load: 'batch',
    life: 'terminated',
    sizes: ['Standard_F4s_v2', 'Standard_D4ps_v5'],
    env: 'dev',
    team: 'platform',
    windowsPercent: 0,
  },
  {
    name: 'canary',
    perMille: 20,
    load: 'web',
    life: 'launched_today',
    sizes: ['Standard_D2s_v5', 'Standard_F2s_v2'],
    env: 'prod',
    team: 'storefront',
    windowsPercent: 0,
  },
  {
    name: 'shop-flex',
    perMille: 25,
    load: 'web',
    life: 'launched_recently',
    sizes: ['Standard_D4s_v5', 'Standard_D4ps_v5'],
    env: 'prod',
    team: 'storefront',
    windowsPercent: 0,
    flexible: true,
  },
  {
    name: 'queue-worker',
    perMille: 10,
    load: 'batch',
    life: 'restarted',
    sizes: ['Standard_F4s_v2', 'Standard_D2s_v3'],
    env: 'prod',
    team: 'platform',
    windowsPercent: 0,
  },
];

/** The group of the machine with this number: any 1,000 neighbours hold each group in its share. */
export const profileOf = makeDealer(profiles);
