import type { MetricKey, Unit } from '../../src/model/metric.ts';
import { locale, text } from './text.ts';
import { zone } from './zone.ts';

/** Narrow and unbreakable: stands between a number and its unit. */
const gap = '\u202f';

// Made once: a list formats thousands of numbers a second while it is scrolled.
const plainFormat = new Intl.NumberFormat(locale);
const oneDecimalFormat = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const trimmedFormat = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

export const units = {
  'cpu.utilization': 'percent',
  'memory.usage': 'percent',
  'memory.total': 'bytes',
  'memory.used': 'bytes',
  'disk.read_iops': 'per_second',
  'disk.write_iops': 'per_second',
  'disk.read_throughput': 'bytes_per_second',
  'disk.write_throughput': 'bytes_per_second',
  'network.received_throughput': 'bytes_per_second',
  'network.sent_throughput': 'bytes_per_second',
  'network.received_pps': 'per_second',
  'network.sent_pps': 'per_second',
  'disk.queue_length': 'count',
  'storage.total': 'bytes',
  'storage.used': 'bytes',
  'storage.free': 'bytes',
  'storage.usage': 'percent',
  'storage.objects': 'count',
  'connections.active': 'count',
  'connections.rate': 'per_second',
  'requests.rate': 'per_second',
  'requests.errors': 'per_second',
  'requests.throttles': 'per_second',
  'requests.latency': 'seconds',
  'requests.concurrency': 'count',
  'network.throughput': 'bytes_per_second',
  'cache.hits': 'per_second',
  'cache.misses': 'per_second',
} as const satisfies Record<MetricKey, Unit>;

export function isMetricKey(key: string): key is MetricKey {
  return Object.hasOwn(units, key);
}

/** `3.4 %`, `8.1 kB/s`, `16.0 GiB`, `1.2 k/s` */
export function formatMetric(key: MetricKey, value: number): string {
  switch (units[key]) {
    case 'percent':
      return formatPercent(value);
    case 'bytes':
      return scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);
    case 'bytes_per_second':
      return scaled(value, 1000, ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s']);
    case 'per_second':
      return scaled(value, 1000, ['/s', 'k/s', 'M/s', 'G/s']);
    case 'seconds':
      return value < 1 ? `${trimmed(value * 1000)}${gap}ms` : `${trimmed(value)}${gap}${text.units.seconds}`;
    case 'count':
      return trimmed(value);
  }
}

export function formatBytes(value: number): string {
  return scaled(value, 1000, ['B', 'kB', 'MB', 'GB', 'TB', 'PB']);
}

/** @param value 0 to 100 */
export function formatPercent(value: number): string {
  return `${oneDecimal(value)}${gap}%`;
}

/** @param part 0 to 1 */
export function formatPart(part: number): string {
  const percent = part * 100;
  // Nearly all is not all, and a few are not none.
  const whole = percent > 99 && percent < 100 ? 99 : percent > 0 && percent < 1 ? 1 : Math.round(percent);
  return `${whole}${gap}%`;
}

export function formatCount(count: number): string {
  return plainFormat.format(count);
}

/** Cents, and as many digits more as it takes to see a price per call. */
export function formatUsd(usd: number): string {
  const digits = usd === 0 || usd >= 0.1 ? 2 : 4;
  if (usd > 0 && usd < 0.0001) return '<$0.0001';
  return usd.toLocaleString(locale, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** `5 min`, `1 d` */
export function formatSeconds(seconds: number): string {
  const { units } = text;
  if (seconds >= 86_400) return `${trimmed(seconds / 86_400)}${gap}${units.days}`;
  if (seconds >= 3_600) return `${trimmed(seconds / 3_600)}${gap}${units.hours}`;
  if (seconds >= 60) return `${trimmed(seconds / 60)}${gap}${units.minutes}`;
  return `${trimmed(seconds)}${gap}${units.seconds}`;
}

/** `1 min 51 s` */
export function formatSpan(exact: number): string {
  const seconds = Math.round(exact);
  const { units } = text;
  if (seconds < 60) return `${seconds}${gap}${units.seconds}`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${gap}${units.minutes} ${seconds % 60}${gap}${units.seconds}`;
  return `${Math.floor(seconds / 3600)}${gap}${units.hours} ${Math.floor((seconds % 3600) / 60)}${gap}${units.minutes}`;
}

const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
const steps = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `12 minutes ago` */
export function formatAgo(time: string, now = Date.now()): string {
  const seconds = Math.round((Date.parse(time) - now) / 1000);
  const [unit, length] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return relative.format(Math.trunc(seconds / length), unit);
}

const dayFormat = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const inZone = zone === 'utc' ? { timeZone: 'UTC' } : {};
const clockFormat = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', ...inZone });
const timeFormat = new Intl.DateTimeFormat(locale, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
  ...inZone,
});

/** `8 Nov`, of a UTC day */
export function formatDay(day: string): string {
  return dayFormat.format(new Date(day));
}

/** In the zone that the reader wants, and with its name. */
export function formatTime(time: string): string {
  return timeFormat.format(new Date(time));
}

/** To the second, in the zone that the reader wants. */
export function formatClock(time: string): string {
  return clockFormat.format(new Date(time));
}

/** `820 ms`, `12.4 s`, `3 min 5 s` */
export function formatMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}${gap}ms`;
  return ms < 60_000 ? formatSeconds(ms / 1000) : formatSpan(ms / 1000);
}

function scaled(value: number, step: number, names: readonly string[]): string {
  let rest = value;
  let index = 0;
  while (Math.abs(rest) >= step * 0.9995 && index < names.length - 1) {
    rest /= step;
    index++;
  }
  const digits =
    rest >= 9.95 || (index === 0 && Number.isInteger(rest)) ? plainFormat.format(Math.round(rest)) : oneDecimal(rest);
  return `${digits}${gap}${names[index] ?? ''}`;
}

/** What is more than nothing is never shown as nothing. */
function oneDecimal(value: number): string {
  if (value > 0 && value < 0.05) return '<0.1';
  return oneDecimalFormat.format(value);
}

function trimmed(value: number): string {
  return trimmedFormat.format(value);
}
