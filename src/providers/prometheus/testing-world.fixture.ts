import { daySeconds } from '#model/window.ts';

/** One call of the API, as it came in. */
export interface Asked {
  /** `query_range`, … */
  readonly api: string;
  readonly query: string;
  readonly form: URLSearchParams;
}

/** A server that node_exporter tells of, by when it was there; epoch seconds. */
export interface SimServer {
  readonly instance: string;
  readonly from: number;
  readonly to: number;
}

const slotSeconds = 300;
export const memoryBytes = 8 * 2 ** 30;

/** Which key a query asks for, by a metric in it. */
const keyByMetric: readonly (readonly [metric: string, key: string])[] = [
  ['node_cpu_seconds_total', 'cpu.utilization'],
  ['node_disk_reads_completed_total', 'disk.read_iops'],
  ['node_disk_writes_completed_total', 'disk.write_iops'],
  ['node_disk_read_bytes_total', 'disk.read_throughput'],
  ['node_disk_written_bytes_total', 'disk.write_throughput'],
  ['node_network_receive_bytes_total', 'network.received_throughput'],
  ['node_network_transmit_bytes_total', 'network.sent_throughput'],
  ['node_network_receive_packets_total', 'network.received_pps'],
  ['node_network_transmit_packets_total', 'network.sent_pps'],
];

/** The value that a key of a server has on a day: its average; one slot of the day has twice as much, and one nothing. */
export function valueOn(instance: string, key: string, day: number): number {
  const percent =
    10 + ([...`${instance} ${key} ${day}`].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 9973, 7) % 30);
  if (key === 'memory.used') return (memoryBytes * valueOn(instance, 'memory.usage', day)) / 100;
  return percent;
}

/** Slots of a day in which a server was there from end to end. */
export function slotsOn({ from, to }: SimServer, day: number): number {
  const begin = Math.max(from, day * daySeconds);
  const end = Math.min(to, (day + 1) * daySeconds);
  return Math.max(0, Math.floor(end / slotSeconds) - Math.ceil(begin / slotSeconds));
}

/**
 * What a Prometheus says that knows these servers. It understands which key and statistic a query asks for by the words in it,
 * not PromQL: whether queries are right is shown against the real one, in tests/interop/prometheus.
 *
 * @param now epoch seconds
 */
export function answerOf(asked: Asked, servers: readonly SimServer[], now: number): unknown {
  const { api, query, form } = asked;
  if (query === 'time()') return { resultType: 'scalar', result: [now, String(now)] };
  const named = namedIn(query);
  const known = servers.filter(({ instance }) => query.includes('node_') && (named?.has(instance) ?? true));
  if (api === 'series') {
    const [start, end] = [Number(form.get('start')), Number(form.get('end'))];
    return known.filter(({ from, to }) => from <= end && to >= start).map(labelsOf);
  }
  if (api === 'query') {
    const isOfThePast = /timestamp|last_over_time/.test(query);
    const told = known.filter(({ to }) => isOfThePast || to >= now);
    return {
      resultType: 'vector',
      result: told.map((server) => ({ metric: labelsOf(server), value: [now, String(factOf(query, server, now))] })),
    };
  }
  return { resultType: 'matrix', result: known.flatMap((server) => seriesOf(query, form, server)) };
}

function namedIn(query: string): ReadonlySet<string> | undefined {
  const [, pattern] = /instance=~"([^"]*)"/.exec(query) ?? [];
  return pattern === undefined ? undefined : new Set(pattern.replaceAll('\\\\', '').split('|'));
}

function labelsOf({ instance }: SimServer) {
  return { instance, job: 'node', nodename: `host-${instance.split(':')[0]}` };
}

function factOf(query: string, { from, to }: SimServer, now: number): number {
  if (query.startsWith('min_over_time(timestamp')) return from;
  if (query.startsWith('max_over_time(timestamp')) return Math.min(to, now);
  if (query.includes('count_over_time')) return 60;
  return query.includes('MemTotal') ? memoryBytes : 2;
}

function seriesOf(query: string, form: URLSearchParams, server: SimServer) {
  const key = keyIn(query);
  const [, statistic] = /^(sum|count|max|min)_over_time/.exec(query) ?? [];
  const [start, end] = [Number(form.get('start')), Number(form.get('end'))];
  const values: [number, string][] = [];
  for (let day = Math.floor((start - 1) / daySeconds); day < end / daySeconds; day++) {
    const count = slotsOn(server, day);
    const value = valueOn(server.instance, key, day);
    if (count === 0) continue;
    const daily: Readonly<Record<string, number>> = { sum: count * value, count, max: 2 * value, min: 0 };
    const midnight = (day + 1) * daySeconds;
    if (statistic !== undefined) values.push([midnight, String(daily[statistic])]);
    else
      for (let slot = 0; slot < count; slot++) {
        const factor = slot === 0 ? 2 : slot === 1 ? 0 : 1;
        values.push([midnight - (count - 1 - slot) * slotSeconds, String(factor * value)]);
      }
  }
  return values.length === 0 ? [] : [{ metric: { instance: server.instance }, values }];
}

function keyIn(query: string): string {
  if (query.includes('node_memory_MemAvailable')) return query.includes('100 *') ? 'memory.usage' : 'memory.used';
  return keyByMetric.find(([metric]) => query.includes(metric))?.[1] ?? '';
}
