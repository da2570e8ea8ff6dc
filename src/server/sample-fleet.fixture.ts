import type { DayCell } from '#model/day-cell.ts';
import type { InventoryRecord } from '#model/record.ts';
import type { Store } from '#store/store.ts';

/** A few servers and runs for the tests of this room. */
export const sampleNow = Date.parse('2026-11-22T10:00:00Z');
const today = Math.floor(sampleNow / 86_400_000);
const noCost = { calls: 0, metrics: 0, points: 0, usd: 0, usdAtMost: 0 };

export interface SampleServer {
  readonly id: string;
  readonly name: string;
  readonly account?: string;
  readonly region?: string;
  readonly state?: string;
  readonly cpu?: number;
  readonly memory?: number;
}

export const sampleServers: readonly SampleServer[] = [
  { id: 'i-1', name: 'web-1', cpu: 3.4, memory: 41 },
  { id: 'i-2', name: 'web-2', cpu: 17 },
  { id: 'i-3', name: 'batch', cpu: 99.9, account: '222222222222' },
  { id: 'i-4', name: 'old', state: 'STOPPED', region: 'us-east-1' },
];

export function sampleRecord({ account = '111111111111', region = 'eu-west-1', ...server }: SampleServer) {
  const { id, name, state = 'RUNNING', cpu, memory } = server;
  const read = { source: 'AWS/EC2 CPUUtilization', period: 86400, coverage: 1 };
  return {
    provider: 'aws',
    cloud_service_group: 'EC2',
    cloud_service_type: 'Instance',
    account,
    region_code: region,
    name,
    instance_type: 'm7i.large',
    reference: { resource_id: id },
    tags: {},
    data: {
      compute: { account, instance_state: state },
      monitoring: {
        ...(cpu === undefined ? {} : { cpu: { utilization: { avg: cpu, max: cpu } } }),
        ...(memory === undefined ? {} : { memory: { usage: { avg: memory, max: memory } } }),
      },
      monitoring_info: {
        window: { start: '2026-11-08T00:00:00Z', end: '2026-11-22T00:00:00Z' },
        collected_at: '2026-11-22T09:00:00Z',
        metrics: {
          'cpu.utilization': cpu === undefined ? { missing: 'stopped' } : read,
          'memory.usage': memory === undefined ? { missing: cpu === undefined ? 'stopped' : 'agent_absent' } : read,
        },
      },
    },
    metadata: {},
  } satisfies InventoryRecord;
}

/** @returns the ids of `sampleServers`, in order */
export async function seedServers(store: Store): Promise<readonly number[]> {
  const writes = sampleServers.map((server) => ({ record: sampleRecord(server) }));
  const ids = await store.inventory.put(writes, sampleNow - 1000);
  const [first = 0] = ids;
  const cell: DayCell = { sum: 3.4 * 3600, seconds: 3600, max: 61 };
  const asked: DayCell = { sum: 0, seconds: 0, max: 0 };
  const days = new Map([
    [today - 1, new Map([['cpu.utilization' as const, cell]])],
    [today - 2, new Map([['cpu.utilization' as const, asked]])],
  ]);
  await store.history.write([{ resourceId: first, days }]);
  return ids;
}

/** A running job with a task in each of two regions. */
export function seedJob(store: Store) {
  const tasks = ['eu-west-1', 'us-east-1'].map((region) => ({
    provider: 'aws',
    account: '111111111111',
    region,
    plannedServers: 2,
  }));
  const planned = { ...noCost, calls: 4, usd: 0.4, usdAtMost: 0.5 };
  return store.jobs.create({ demo: true, options: {}, plan: {}, planned, ownerPid: process.pid, tasks }, sampleNow);
}
