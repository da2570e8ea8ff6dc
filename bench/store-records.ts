import type { DayCell, Days } from '#model/day-cell.ts';
import { serverMetricKeys } from '#model/metric.ts';
import type { InventoryRecord, Values } from '#model/record.ts';
import { sketchOf } from '#model/sketch.ts';

export const firstDay = 20_000;

/** The record of a server, of some 3 KiB; another day has other values. */
export function serverAt(index: number, day: number): InventoryRecord {
  const id = `i-${(index * 2_654_435_761).toString(16).padStart(17, '0')}`;
  const region = ['eu-west-1', 'us-east-1', 'ap-northeast-2', 'eu-central-1'][index % 4] ?? 'eu-west-1';
  const account = String(100_000_000_000 + (index % 50));
  const value = (seed: number): Values => ({
    avg: ((index * 31 + day * 17 + seed) % 9973) / 100,
    max: ((index * 31 + day * 17 + seed) % 9973) / 50,
  });
  const measured = (source: string) => ({ source, period: 86_400, coverage: 0.98 });
  const name = `web-${index}.prod.${region}.internal.example.com`;
  return {
    provider: 'aws',
    cloud_service_group: 'EC2',
    cloud_service_type: 'Instance',
    account,
    region_code: region,
    name,
    instance_type: 'm7i.large',
    reference: {
      resource_id: id,
      external_link: `https://${region}.console.aws.amazon.com/ec2/v2/home?region=${region}#Instances:instanceId=${id}`,
    },
    tags: { Name: name, team: 'payments', env: 'prod', 'aws:autoscaling:groupName': `payments-web-${index % 97}` },
    data: {
      compute: {
        account,
        instance_id: id,
        instance_name: name,
        instance_state: 'RUNNING',
        instance_type: 'm7i.large',
        az: `${region}a`,
        created_at: '2026-03-01T08:00:00.000Z',
      },
      hardware: { core: 2, memory: 8 },
      monitoring: {
        cpu: { utilization: value(1) },
        memory: { usage: value(2), total: value(3), used: value(4) },
        disk: { read_iops: value(5), write_iops: value(6), read_throughput: value(7), write_throughput: value(8) },
        network: {
          received_throughput: value(9),
          sent_throughput: value(10),
          received_pps: value(11),
          sent_pps: value(12),
        },
      },
      monitoring_info: {
        window: { start: '2026-11-08T00:00:00Z', end: '2026-11-22T00:00:00Z' },
        collected_at: `2026-11-22T0${day}:00:00Z`,
        metrics: Object.fromEntries(serverMetricKeys.map((key) => [key, measured(`AWS/EC2 ${key}`)])),
      },
    },
    metadata: {},
  };
}

const sketches = Array.from({ length: 40 }, (_, seed) =>
  sketchOf(Array.from({ length: 288 }, (_, point) => 10 + ((point * (seed + 3)) % 89) / 2)),
);

/** What was measured of a server on the days of the bench. */
export function daysAt(index: number, withSketch: boolean, dayCount = 14): Days {
  const cell = (seed: number): DayCell => ({
    sum: (index + seed) * 86_400.5,
    seconds: 86_400,
    max: seed * 3.25,
    min: seed / 7,
    ...(withSketch ? { sketch: sketches[seed % sketches.length] ?? sketchOf([]) } : {}),
  });
  return new Map(
    Array.from({ length: dayCount }, (_, day) => [
      firstDay + day,
      new Map(serverMetricKeys.map((key, number) => [key, cell(number + day)])),
    ]),
  );
}
