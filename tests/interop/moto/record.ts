import { expect } from 'vitest';
import { z } from 'zod';
import type { KnownServer } from './fleet.ts';
import type { Truth, Window } from './truth.ts';

const Values = z.record(z.string(), z.number());

/** What the command line prints of a server; only the fields that are compared. */
export const PrintedRecord = z.object({
  name: z.string(),
  account: z.string(),
  region_code: z.string(),
  reference: z.object({ resource_id: z.string() }),
  data: z.object({
    compute: z.object({ instance_state: z.string() }),
    monitoring: z.record(z.string(), z.record(z.string(), Values)),
    monitoring_info: z.object({
      window: z.object({ start: z.string(), end: z.string() }),
      metrics: z.record(
        z.string(),
        z.object({
          missing: z.string().optional(),
          coverage: z.number().optional(),
          resolution: z.number().optional(),
          max_is: z.string().optional(),
        }),
      ),
    }),
  }),
});
export type PrintedRecord = z.infer<typeof PrintedRecord>;

export const Listing = z.object({ data: z.array(PrintedRecord), meta: z.object({ total: z.number() }) });

/** Values are printed with ten significant digits. */
const digits = 1e-9;
/** How far a percentile may be off: the sketch's error, as documented. */
const sketchError = 0.005 + 1e-6;

const keys = [
  'cpu.utilization',
  'memory.usage',
  'memory.used',
  'disk.read_iops',
  'disk.write_iops',
  'disk.read_throughput',
  'disk.write_throughput',
  'network.received_throughput',
  'network.sent_throughput',
  'network.received_pps',
  'network.sent_pps',
];

/** Differences between a record and the truth, in words; none where all agree. */
export function differences(
  record: PrintedRecord,
  server: KnownServer,
  window: Window,
  wanted: { readonly keys?: readonly string[]; readonly statistics: readonly string[] },
): string[] {
  const truths = server.values(window);
  const found: string[] = [];
  const note = (key: string, what: string, got: unknown, want: unknown) =>
    found.push(`${server.name} ${key} ${what}: got ${got}, want ${want}`);
  for (const key of wanted.keys ?? keys) {
    const info = record.data.monitoring_info.metrics[key];
    const [section = '', name = ''] = key.split('.');
    const values = record.data.monitoring[section]?.[name];
    const truth = truths[key];
    if (truth === undefined) {
      const reason = server.reasons[key] ?? server.otherwise;
      if (values !== undefined) note(key, 'values', JSON.stringify(values), 'none');
      if (info?.missing !== reason) note(key, 'reason', info?.missing, reason);
      continue;
    }
    const want = [...new Set(['avg', 'max', ...wanted.statistics])].sort();
    const got = Object.keys(values ?? {}).sort();
    if (got.join() !== want.join()) note(key, 'statistics', got.join(), want.join());
    for (const [statistic, value] of Object.entries(values ?? {})) {
      const [least, most] = rangeOf(truth, statistic);
      if (!(value >= least && value <= most))
        note(key, statistic, value, least === most ? least : `${least} to ${most}`);
    }
    if (info?.coverage === undefined || Math.abs(info.coverage - truth.coverage) > 1e-4)
      note(key, 'coverage', info?.coverage, truth.coverage);
    const isBound = truth.max.least !== truth.max.most;
    if ((info?.max_is === 'upper_bound') !== isBound) note(key, 'max_is', info?.max_is, isBound);
    if (wanted.statistics.includes('p95') && info?.resolution !== 300) note(key, 'resolution', info?.resolution, 300);
  }
  const total = record.data.monitoring.memory?.total;
  for (const statistic of ['avg', 'max'])
    if (total?.[statistic] !== server.memoryBytes)
      note('memory.total', statistic, total?.[statistic], server.memoryBytes);
  return found;
}

function rangeOf({ avg, max, min, p95 }: Truth, statistic: string): [least: number, most: number] {
  const around = (value: number, error: number): [number, number] => [value * (1 - error), value * (1 + error)];
  switch (statistic) {
    case 'avg':
      return around(avg, digits);
    case 'max':
      return [max.least * (1 - digits), max.most * (1 + digits)];
    case 'min':
      return around(min, digits);
    case 'p95':
      return around(p95, sketchError);
    default:
      throw new Error(`no truth for ${statistic}`);
  }
}

/** Every known server once and no other, each as it should be. */
export function expectFleet(
  records: readonly PrintedRecord[],
  servers: readonly KnownServer[],
  window: Window,
  wanted: { readonly keys?: readonly string[]; readonly statistics: readonly string[] },
): void {
  const byId = new Map(records.map((record) => [record.reference.resource_id, record]));
  expect([...byId.keys()].sort()).toEqual(servers.map(({ id }) => id).sort());
  expect(records).toHaveLength(servers.length);
  const found = servers.flatMap((server) => {
    const record = byId.get(server.id);
    if (record === undefined) return [`${server.name} is not there`];
    expect(record).toMatchObject({ name: server.name, region_code: server.region });
    expect(record.data.compute.instance_state).toBe(server.state);
    expect(record.data.monitoring_info.window).toEqual({ start: iso(window.start), end: iso(window.end) });
    return differences(record, server, window, wanted);
  });
  expect(found).toEqual([]);
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
