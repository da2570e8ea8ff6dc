import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CollectedServer } from '#collect/collect-region.ts';
import { type MetricKey, serverMetricKeys } from '#model/metric.ts';
import { valuesAt } from '#model/record.ts';
import { lastDays, startOf } from '#model/window.ts';
import type { AwsCloud } from '../../demo/aws/server.ts';
import { account, type Reading, read, startCloud, worldNow } from './testing-fleet.fixture.ts';

let cloud: AwsCloud;
let reading: Reading;

beforeAll(async () => {
  cloud = await startCloud();
  reading = await read(cloud, { statistics: ['avg', 'max', 'min', 'p95'] });
});
afterAll(() => cloud.stop());

/** What the simulated server really did, straight from its generator. */
function truthOf({ resource }: CollectedServer) {
  const { from, to } = lastDays(14, worldNow);
  const truth = cloud.truth({
    account: account.id,
    region: resource.region,
    instance: resource.id,
    start: startOf(from),
    end: startOf(to),
  });
  if (truth === undefined) throw new Error(`no such server: ${resource.id}`);
  return truth;
}

const measured = serverMetricKeys.filter((key) => key !== 'memory.total' && key !== 'memory.used');

describe('every server of a simulated region', () => {
  it('is there, with every key as a value or a reason', () => {
    expect(reading.servers.size).toBe(90);
    for (const { folded } of reading.servers.values()) {
      for (const key of serverMetricKeys) {
        const info = folded?.info.metrics[key];
        const hasValue = valuesAt(folded?.monitoring ?? {}, key) !== undefined;
        expect(info !== undefined && 'missing' in info).toBe(!hasValue);
      }
    }
  });

  it.each(measured)('has the true %s', (key) => {
    let compared = 0;
    for (const server of reading.servers.values()) {
      if (server.resource.state === 'TERMINATED') continue;
      const truth = truthOf(server)[key];
      const values = valuesAt(server.folded?.monitoring ?? {}, key);
      expect(values === undefined, `${server.resource.name} has ${key}`).toBe(truth === undefined);
      if (values === undefined || truth === undefined) continue;
      compared++;
      expect(values.avg, `avg of ${server.resource.name}`).toBeCloseTo(truth.avg, digitsFor(truth.avg));
      if (isBound(server, key)) expect(values.max).toBeGreaterThanOrEqual(truth.max * (1 - 1e-9));
      else expect(values.max, `max of ${server.resource.name}`).toBeCloseTo(truth.max, digitsFor(truth.max));
      expect(values.min).toBeLessThanOrEqual(values.avg ?? 0);
      expect(values.p95).toBeLessThanOrEqual((values.max ?? 0) * 1.006);
    }
    expect(compared).toBeGreaterThan(20);
  });

  it('has a coverage that is the observed part of the window', () => {
    for (const server of reading.servers.values()) {
      const info = server.folded?.info.metrics['cpu.utilization'];
      if (info === undefined || 'missing' in info) continue;
      expect(info.coverage).toBeCloseTo((truthOf(server)['cpu.utilization']?.seconds ?? 0) / (14 * 86_400), 3);
    }
  });

  it('has memory totals from its type, and memory used as their share', () => {
    for (const { folded, resource } of reading.servers.values()) {
      const total = valuesAt(folded?.monitoring ?? {}, 'memory.total')?.avg;
      expect(total).toBe(resource.constants['memory.total']);
      const used = valuesAt(folded?.monitoring ?? {}, 'memory.used');
      const usage = valuesAt(folded?.monitoring ?? {}, 'memory.usage');
      if (used !== undefined) expect(used.avg).toBeCloseTo(((usage?.avg ?? 0) / 100) * (total ?? 0), -2);
    }
  });

  it('is told apart: stopped, terminated, too new, without agent, idle', () => {
    const reasons = new Set<string>();
    for (const { folded } of reading.servers.values()) {
      for (const info of Object.values(folded?.info.metrics ?? {})) if ('missing' in info) reasons.add(info.missing);
    }
    expect([...reasons]).toEqual(expect.arrayContaining(['agent_absent', 'stopped', 'terminated', 'too_new']));
    const idle = [...reading.servers.values()].filter(
      ({ folded }) => (valuesAt(folded?.monitoring ?? {}, 'cpu.utilization')?.max ?? 100) < 8,
    );
    expect(idle.length).toBeGreaterThan(0);
  });
});

it('names where each value comes from', () => {
  const sources = new Set(
    [...reading.servers.values()].flatMap(({ folded }) =>
      Object.values(folded?.info.metrics ?? {}).flatMap((info) => ('source' in info ? [info.source] : [])),
    ),
  );
  expect([...sources]).toEqual(
    expect.arrayContaining([
      'AWS/EC2 CPUUtilization',
      'AWS/EC2 NetworkPacketsIn',
      'AWS/EC2 EBSReadOps',
      'AWS/EBS VolumeReadOps',
      'CWAgent mem_used_percent',
      'AWS/EC2 EBSReadOps + DiskReadOps',
    ]),
  );
});

describe('a second reading', () => {
  it('asks for nothing that is known', async () => {
    const known = new Map([...reading.servers].map(([id, { days }]) => [id, days]));
    const again = await read(cloud, { known, statistics: ['avg', 'max', 'min', 'p95'] });
    expect(again.ledger.lines().find(({ api }) => api === 'cloudwatch:GetMetricData')).toBeUndefined();
    for (const [id, { folded }] of again.servers) expect(folded).toEqual(reading.servers.get(id)?.folded);
  });

  it('asks only for the days that are missing', async () => {
    const { to } = lastDays(14, worldNow);
    const known = new Map(
      [...reading.servers].map(([id, { days }]) => [id, new Map([...days].filter(([day]) => day < to - 1))]),
    );
    const again = await read(cloud, { known, statistics: ['avg', 'max', 'min', 'p95'] });
    for (const [id, { folded, days }] of again.servers) {
      expect(folded).toEqual(reading.servers.get(id)?.folded);
      expect([...days.keys()].every((day) => day === to - 1)).toBe(true);
    }
  });

  it('folds another window from the same days', async () => {
    const known = new Map([...reading.servers].map(([id, { days }]) => [id, days]));
    const week = await read(cloud, { known, days: 7, statistics: ['avg', 'max'] });
    expect(week.ledger.lines().find(({ api }) => api === 'cloudwatch:GetMetricData')).toBeUndefined();
    const fresh = await read(cloud, { days: 7 });
    for (const [id, { folded }] of week.servers) {
      const cpu = valuesAt(folded?.monitoring ?? {}, 'cpu.utilization')?.avg;
      const asked = valuesAt(fresh.servers.get(id)?.folded?.monitoring ?? {}, 'cpu.utilization')?.avg;
      if (cpu === undefined || asked === undefined) expect(cpu).toBe(asked);
      else expect(cpu).toBeCloseTo(asked, 6);
    }
  });
});

/** Seven significant digits. */
function digitsFor(value: number): number {
  return value === 0 ? 9 : 6 - Math.ceil(Math.log10(Math.abs(value)));
}

function isBound({ folded }: CollectedServer, key: MetricKey): boolean {
  const info = folded?.info.metrics[key];
  return info !== undefined && 'max_is' in info;
}
