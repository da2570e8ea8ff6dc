import { minuteAt, operationBytes, valueAt } from '../../fleet/channel.ts';
import { slotSeconds } from '../../fleet/shapes.ts';
import type { Series } from '../series.ts';
import type { Truth, Truths } from '../truths.ts';
import { bornAt, type Managed } from './kinds.ts';
import { seriesNamed } from './metrics.ts';

/** `[start, end)`, epoch seconds on the five-minute grid. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

type Measure = (resource: Managed, range: Range) => Truth | undefined;

const day = 86_400;

/** What a perfect collector would find of a managed resource. */
export function truthOfManaged(resource: Managed, range: Range): Truths {
  const truths: Record<string, Truth> = {};
  for (const [key, measure] of Object.entries(measuresOf(resource))) {
    const found = measure(resource, range);
    if (found) truths[key] = found;
  }
  return truths;
}

function measuresOf(resource: Managed): Readonly<Record<string, Measure>> {
  const { memory, storage } = resource;
  switch (resource.kind) {
    case 'database':
      return {
        ...ofDatabase(memory),
        'storage.free': level('FreeStorageSpace'),
        'storage.used': level('FreeStorageSpace', (free) => storage - free),
        'storage.usage': level('FreeStorageSpace', (free) => 100 - (100 * free) / storage),
      };
    case 'aurora':
    case 'docdb':
      return ofDatabase(memory);
    case 'redis':
      return {
        ...ofCache('BytesUsedForCache', 'CacheHits', 'CacheMisses'),
        'memory.usage': level('DatabaseMemoryUsagePercentage'),
      };
    case 'memcached':
      return ofCache('BytesUsedForCacheItems', 'GetHits', 'GetMisses');
    case 'alb':
      return {
        ...ofRequests('TargetResponseTime', ['HTTPCode_ELB_5XX_Count', 'HTTPCode_Target_5XX_Count']),
        'connections.active': happened(['ActiveConnectionCount'], 60),
        'connections.rate': happened(['NewConnectionCount']),
        'network.throughput': happened(['ProcessedBytes']),
      };
    case 'nlb':
      return {
        'connections.active': level('ActiveFlowCount'),
        'connections.rate': happened(['NewFlowCount']),
        'network.throughput': happened(['ProcessedBytes']),
      };
    case 'clb':
      return {
        ...ofRequests('Latency', ['HTTPCode_ELB_5XX', 'HTTPCode_Backend_5XX']),
        'requests.throttles': happened(['SpilloverCount']),
        'network.throughput': happened(['EstimatedProcessedBytes']),
      };
    case 'function':
      return {
        'requests.rate': happened(['Invocations']),
        'requests.errors': happened(['Errors']),
        'requests.throttles': happened(['Throttles']),
        'requests.latency': each('Duration', 1 / 1000),
        'requests.concurrency': concurrency,
      };
    case 'bucket':
      return { 'storage.used': daily('BucketSizeBytes'), 'storage.objects': daily('NumberOfObjects') };
  }
}

function ofDatabase(memory: number): Readonly<Record<string, Measure>> {
  return {
    'cpu.utilization': level('CPUUtilization'),
    'memory.used': level('FreeableMemory', (free) => memory - free),
    'memory.usage': level('FreeableMemory', (free) => 100 - (100 * free) / memory),
    'disk.read_iops': level('ReadIOPS'),
    'disk.write_iops': level('WriteIOPS'),
    'disk.read_throughput': level('ReadThroughput'),
    'disk.write_throughput': level('WriteThroughput'),
    'disk.queue_length': level('DiskQueueDepth'),
    'network.received_throughput': level('NetworkReceiveThroughput'),
    'network.sent_throughput': level('NetworkTransmitThroughput'),
    'connections.active': level('DatabaseConnections'),
  };
}

function ofCache(used: string, hits: string, misses: string): Readonly<Record<string, Measure>> {
  return {
    'cpu.utilization': level('CPUUtilization'),
    'memory.used': level(used),
    'network.received_throughput': moved('NetworkBytesIn'),
    'network.sent_throughput': moved('NetworkBytesOut'),
    'network.received_pps': moved('NetworkPacketsIn'),
    'network.sent_pps': moved('NetworkPacketsOut'),
    'connections.active': level('CurrConnections'),
    'cache.hits': moved(hits),
    'cache.misses': moved(misses),
  };
}

function ofRequests(latency: string, errors: readonly string[]): Readonly<Record<string, Measure>> {
  return {
    'requests.rate': happened(['RequestCount']),
    'requests.errors': happened(errors),
    'requests.latency': each(latency, 1),
  };
}

/** A state, averaged over the time in which there was one; its peak is of a minute. */
function level(metric: string, convert = (native: number) => native): Measure {
  return (resource, range) => {
    const [series] = seriesNamed(resource, metric);
    return series && levelOf(series, range, convert);
  };
}

export function levelOf(series: Series, range: Range, convert = (native: number) => native): Truth | undefined {
  const values: number[] = [];
  let max = Number.NEGATIVE_INFINITY;
  forEachSlot(series, range, (value, slot) => {
    values.push(convert(value));
    for (const sample of samplesOf(series, slot, value)) max = Math.max(max, convert(sample));
  });
  if (values.length === 0) return undefined;
  return { avg: total(values) / values.length, max, seconds: values.length * slotSeconds };
}

/** What was moved in each minute, per second. */
function moved(metric: string): Measure {
  return (resource, range) => {
    const [series] = seriesNamed(resource, metric);
    const found = series && levelOf(series, range);
    return found && { avg: found.avg / slotSeconds, max: found.max / 60, seconds: found.seconds };
  };
}

/** What happened over all the time in which the resource was there; its peak is of five minutes. */
function happened(metrics: readonly string[], factor = 1): Measure {
  return (resource, range) => {
    const seconds = secondsThere(resource, range);
    if (seconds === 0) return undefined;
    const bySlot = new Map<number, number>();
    for (const series of metrics.flatMap((name) => seriesNamed(resource, name))) {
      forEachSlot(series, range, (value, slot) => bySlot.set(slot, (bySlot.get(slot) ?? 0) + value));
    }
    const rates = [...bySlot.values()].map((value) => (value * factor) / slotSeconds);
    return { avg: (total(rates) * slotSeconds) / seconds, max: Math.max(0, ...rates), seconds };
  };
}

/** Of single events: of all of them together, and the longest. */
function each(metric: string, factor: number): Measure {
  return (resource, range) => {
    const [series] = seriesNamed(resource, metric);
    if (series === undefined) return undefined;
    const scale = (series.scale ?? 1) * factor;
    let [events, sum, max] = [0, 0, 0];
    forEachSlot(series, range, (value, slot) => {
      const size = operationBytes(series.channel, slot);
      if (value > 0) max = Math.max(max, size * scale);
      events += value / size;
      sum += value * scale;
    });
    return events === 0 ? undefined : { avg: sum / events, max, seconds: secondsThere(resource, range) };
  };
}

/** The time that all calls took together, over that in which they could come; at its peak as many as were seen at once. */
function concurrency(resource: Managed, range: Range): Truth | undefined {
  const busy = happened(['Duration'], 1 / 1000)(resource, range);
  const peak = level('ConcurrentExecutions')(resource, range);
  return busy && { ...busy, max: Math.max(busy.max, peak?.max ?? 0) };
}

/** Of what is seen once a day, all parts together. */
function daily(metric: string): Measure {
  return (resource, range) => {
    const totals: number[] = [];
    for (let midnight = Math.ceil(range.start / day) * day; midnight < range.end; midnight += day) {
      const there = seriesNamed(resource, metric).filter(({ stretches }) =>
        stretches.some(({ from, to }) => from <= midnight && midnight < to),
      );
      if (there.length > 0) totals.push(total(there.map(({ channel }) => valueAt(channel, midnight / slotSeconds))));
    }
    if (totals.length === 0) return undefined;
    return { avg: total(totals) / totals.length, max: Math.max(...totals), seconds: totals.length * day };
  };
}

function secondsThere(resource: Managed, { start, end }: Range): number {
  return Math.max(0, end - Math.max(start, bornAt(resource)));
}

function samplesOf({ channel, stretches }: Series, slot: number, value: number): number[] {
  if (stretches[0]?.sampleSeconds !== 60) return [value];
  return [0, 1, 2, 3, 4].map((part) => minuteAt(channel, slot, value, part));
}

function forEachSlot({ channel, stretches }: Series, range: Range, each: (value: number, slot: number) => void): void {
  for (const { from, to } of stretches) {
    const end = Math.min(to, range.end);
    for (let slot = Math.max(from, range.start) / slotSeconds; slot * slotSeconds < end; slot++) {
      const value = valueAt(channel, slot);
      if (value >= 0) each(value, slot);
    }
  }
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
