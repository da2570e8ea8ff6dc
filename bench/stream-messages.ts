import type { Folded } from '#collect/fold.ts';
import { serverMetricKeys } from '#model/metric.ts';
import { type MetricInfo, type Monitoring, splitKey } from '#model/record.ts';
import type { Resource } from '#model/resource.ts';
import { type Emission, emitter } from '../src/plugins/collector/emission.ts';

/** So many different ones, over and over. */
const variety = 64;

/** What Collector.collect sends of servers that have all keys, with the layout that each message repeats. */
export function streamMessages(): readonly Emission[] {
  const emit = emitter({
    generation: 'v2',
    provider: 'aws',
    statistics: ['avg', 'max', 'p95'],
    layout: serverMetricKeys,
    fillsWithZero: false,
  });
  return Array.from({ length: variety }, (_, index) => {
    const emission = emit.server({
      resource: resourceOf(index),
      folded: foldedOf(index),
      days: new Map(),
      failures: [],
    });
    if (emission === undefined) throw new Error('a server that was read is told');
    return emission;
  });
}

function resourceOf(index: number): Resource {
  return {
    provider: 'aws',
    group: 'EC2',
    type: 'Instance',
    account: '123456789012',
    region: 'eu-west-1',
    id: `i-${index.toString(16).padStart(17, '0')}`,
    name: `web-${index}`,
    state: 'RUNNING',
    instanceType: 'm7i.large',
    metrics: serverMetricKeys,
    tags: {},
    externalLink: `https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:instanceId=i-${index}`,
    constants: {},
  };
}

function foldedOf(index: number): Folded {
  const monitoring: Record<string, Monitoring[string]> = {};
  const metrics: Record<string, MetricInfo> = {};
  for (const [at, key] of serverMetricKeys.entries()) {
    const [section, name] = splitKey(key);
    const average = Number(((index * 31 + at) / 7).toPrecision(10));
    monitoring[section] = {
      ...monitoring[section],
      [name]: { avg: average, max: average * 3 + 1, p95: average * 2 + 0.5 },
    };
    metrics[key] = { source: `AWS/EC2 ${key}`, period: 86_400, coverage: 0.9821, resolution: 300 };
  }
  const window = { start: '2026-11-04T00:00:00.000Z', end: '2026-11-18T00:00:00.000Z' };
  return { monitoring, info: { window, collected_at: '2026-11-18T12:00:00.000Z', metrics } };
}
