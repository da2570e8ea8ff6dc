import type { Clock } from '#collect/clock.ts';
import { type CollectedServer, collectRegion } from '#collect/collect-region.ts';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import type { Days } from '#model/day-cell.ts';
import type { Fleet } from '#model/fleet.ts';
import { metricsOfAny, serverType } from '#model/resource-type.ts';
import type { Statistic } from '#model/statistic.ts';
import { lastDays } from '#model/window.ts';
import type { SimAccount } from '../../demo/aws/accounts.ts';
import { type AwsCloud, type AwsCloudOptions, startAwsCloud } from '../../demo/aws/server.ts';
import { aws } from './index.ts';

/** The time that the simulated world stands still at, epoch milliseconds. */
export const worldNow = Date.parse('2026-11-18T15:00:00Z');

/** Waits are cut short: what is tested is what is done about a fault, not how long it takes. */
export const hurried: Clock = {
  now: () => worldNow,
  sleep: (_, signal) => {
    signal.throwIfAborted();
    return new Promise((resolve) => setImmediate(resolve));
  },
  random: () => 0.5,
};

export const account: SimAccount = {
  id: '300000000003',
  name: 'contract',
  accessKeyId: 'AKIADEMOCONTRACT0003',
  secretAccessKey: 'demoContractSecretThatOpensNothing000003',
  regions: { 'us-east-1': 90, 'eu-west-1': 12 },
  managed: { 'us-east-1': 4, 'eu-west-1': 1 },
  roles: [
    { name: 'Reader', externalId: 'shared-secret-id' },
    { name: 'Web', webIdentityTokens: ['a-web-identity-token'] },
  ],
};

export function startCloud(options: AwsCloudOptions = {}): Promise<AwsCloud> {
  return startAwsCloud({
    accounts: [account],
    clock: () => worldNow,
    anchorSeconds: worldNow / 1000,
    seed: 7,
    ...options,
    faults: { quotaMultiplier: 1000, ...options.faults },
  });
}

export const keys = {
  kind: 'keys',
  accessKeyId: account.accessKeyId,
  secretAccessKey: account.secretAccessKey,
} as const;

export interface Reading {
  readonly servers: ReadonlyMap<string, CollectedServer>;
  readonly ledger: Ledger;
}

export interface ReadOptions {
  readonly region?: string;
  readonly types?: readonly string[];
  readonly statistics?: readonly Statistic[];
  readonly days?: number;
  readonly known?: ReadonlyMap<string, Days>;
  readonly timeoutMs?: number;
  readonly maxUsd?: number;
  readonly stopping?: AbortSignal;
  readonly signal?: AbortSignal;
}

export async function connectTo(
  url: string,
  options: ReadOptions = {},
  secret: object = { from: keys },
): Promise<{ fleet: Fleet; close: () => void; ledger: Ledger }> {
  const ledger = new Ledger(options.maxUsd);
  const timeoutMs = options.timeoutMs ?? 100_000;
  const limits = Object.fromEntries(Object.entries(aws.limits).map(([api, limit]) => [api, { ...limit, timeoutMs }]));
  const gate = createGate({ limits, ledger, clock: hurried });
  const signal = options.signal ?? new AbortController().signal;
  const { fleets, close } = await aws.connect({ ...secret, endpoint: url }, { gate, now: hurried.now, signal });
  const [fleet] = fleets;
  if (fleet === undefined) throw new Error('an AWS secret opens one account');
  return { fleet, close, ledger };
}

/** Reads a region of a simulated cloud as a run would, without a store. */
export async function read(cloud: AwsCloud, options: ReadOptions = {}): Promise<Reading> {
  const { fleet, close, ledger } = await connectTo(cloud.url, options);
  const never = new AbortController().signal;
  const servers = new Map<string, CollectedServer>();
  const types = options.types ?? [serverType];
  const run = collectRegion({
    fleet,
    region: options.region ?? 'us-east-1',
    types,
    wanted: {
      keys: metricsOfAny([aws], types),
      statistics: options.statistics ?? ['avg', 'max'],
      window: lastDays(options.days ?? 14, worldNow),
    },
    concurrency: 8,
    selects: () => true,
    known: async () => options.known ?? new Map(),
    stopping: options.stopping ?? never,
    signal: options.signal ?? never,
    now: hurried.now,
  });
  try {
    for await (const batch of run) for (const server of batch) servers.set(server.resource.id, server);
  } finally {
    close();
  }
  return { servers, ledger };
}
